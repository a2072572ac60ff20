//! The judged tree: which files there are and what is in them. Everything above asks here, so that
//! a folder, standard input and (later) an archive or a git ref look alike, and nothing outside the
//! root is ever read.

mod changes;
mod disk;
mod git;
mod git_index;
mod git_object;
mod git_tree;
mod memory;
mod role;

pub use changes::{Changes, NoChanges};
pub use disk::Disk;
pub use git::Git;
pub use git_tree::GitTree;
pub use memory::Memory;
pub use role::{Role, may_be_empty, role};

use assize_tree::document::Limits;
use assize_tree::text::Text;
use rayon::slice::ParallelSliceMut;
use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The word that a comment begins with which speaks of findings beside it.
pub const MARK: &str = "assize-ignore:";

/// Where files come from.
pub trait Files: Send + Sync {
    /// Every file, in any order.
    fn list(&self) -> Vec<Entry>;

    /// The bytes of a file that [`list`](Self::list) gave.
    ///
    /// # Errors
    /// Those of reading.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;

    /// What a symbolic link that [`list`](Self::list) gave holds: a path, of bytes as they stand.
    fn link(&self, path: &str) -> Option<String> {
        let _ = path;
        None
    }

    /// Where the tree lies, where it lies in a folder.
    fn root(&self) -> Option<String> {
        None
    }

    /// What version control tells of the tree, where it is under one.
    fn git(&self) -> Option<Git> {
        None
    }
}

/// A file as found, unread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Path from the root, `/` between its parts.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// What keeps it from being judged, where something does.
    pub skip: Option<Skip>,
}

/// Why a file is listed and not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skip {
    /// A symbolic link: its target is judged where it stands, or lies outside the root.
    Link,
    /// Installed or vendored: somebody else's.
    Vendored,
    /// Not selected on the command line; read only where another file refers to it.
    NotSelected,
    /// Named on the command line, and a pipe, a socket or a device.
    NoFile,
    /// Named on the command line, and not there under the name that it has in the tree: a name that is
    /// not UTF-8, or a file that has gone since.
    Gone,
}

impl Skip {
    /// The reason, for lists.
    #[must_use]
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Link => "symbolic link, not followed",
            Self::Vendored => "vendored",
            Self::NotSelected => "not selected",
            Self::NoFile => "a pipe, a socket or a device, not a file",
            Self::Gone => "not found by its name: it is not UTF-8, or the file has gone",
        }
    }
}

/// The files of one judged tree, in order of their paths.
pub struct Workspace {
    files: Box<dyn Files>,
    entries: Vec<Entry>,
    /// Paths in small letters, where they have others.
    folded: Vec<Option<Box<str>>>,
    by_path: HashMap<String, usize>,
    folders: std::collections::HashSet<String>,
    limits: Limits,
    whole: bool,
    /// Which files are left out of judging since they did not change; none are where this is empty.
    left_out: Vec<bool>,
    /// Files in whose text, as far as anybody asked for it, [`MARK`] stands.
    marked: Vec<AtomicBool>,
}

/// Why a file's text could not be had.
#[derive(Clone, Debug)]
pub enum ReadError {
    /// There is no such file in the tree.
    NotFound,
    /// It is a folder.
    Folder,
    /// It is larger than the limit allows.
    TooLarge(u64),
    /// Its bytes are not all text; the problem says where that begins. Where only a few are bad, the
    /// text with those replaced.
    Encoding(assize_tree::text::Problem, Option<Arc<Text>>),
    /// Reading failed.
    Io(String),
}

/// Where a relative path leads from a folder; `None` where it is absolute or leaves the tree.
fn joined(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') || path.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl Workspace {
    /// A workspace over some files. `whole` says that they are a whole repository, so that what is
    /// missing can be judged too.
    #[must_use]
    pub fn new(files: Box<dyn Files>, limits: Limits, whole: bool) -> Self {
        let mut entries = files.list();
        entries.par_sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        let mut folders = std::collections::HashSet::new();
        for entry in &entries {
            let mut path = entry.path.as_str();
            while let Some((folder, _)) = path.rsplit_once('/') {
                if folders.contains(folder) {
                    break;
                }
                folders.insert(folder.to_owned());
                path = folder;
            }
        }
        // Stand-ins for folders (`a/.`) have told that the folder is there; they are no files.
        entries.retain(|entry| !entry.path.ends_with("/."));
        let folded = entries
            .iter()
            .map(|entry| {
                let upper = entry.path.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii());
                upper.then(|| entry.path.to_lowercase().into_boxed_str())
            })
            .collect();
        let by_path = entries.iter().enumerate().map(|(at, entry)| (entry.path.clone(), at)).collect();
        let marked = entries.iter().map(|_| AtomicBool::new(false)).collect();
        Self { files, entries, folded, by_path, folders, limits, whole, left_out: Vec::new(), marked }
    }

    /// The same, but judging only the files that a test of their path holds for; the others are there as
    /// they are, to be referred to and counted.
    #[must_use]
    pub fn only(mut self, test: impl Fn(&str) -> bool) -> Self {
        self.left_out = self.entries.iter().map(|entry| !test(&entry.path)).collect();
        self
    }

    /// Whether a file (by its index in [`entries`](Self::entries)) is left out of judging since nothing
    /// changed in it.
    #[must_use]
    pub fn is_left_out(&self, index: usize) -> bool {
        self.left_out.get(index).copied().unwrap_or_default()
    }

    /// A path with the place of the tree before it, where the tree has one.
    #[must_use]
    pub fn absolute(&self, path: &str) -> String {
        match self.files.root() {
            Some(root) => format!("{}/{path}", root.trim_end_matches('/')),
            None => path.to_owned(),
        }
    }

    /// The files, in order of their paths.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The files with their paths in small letters, for globs that regard no case.
    pub fn folded(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.folded
            .iter()
            .zip(&self.entries)
            .map(|(folded, entry)| (folded.as_deref().unwrap_or(&entry.path), entry))
    }

    /// Whether the files are a whole repository.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.whole
    }

    /// The limits that every file is read under.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Files that were read so far and hold [`MARK`], as indexes into [`entries`](Self::entries).
    #[must_use]
    pub fn marked(&self) -> Vec<usize> {
        (0..self.entries.len()).filter(|&at| self.marked[at].load(Ordering::Relaxed)).collect()
    }

    /// Whether [`MARK`] stands in a file, as far as anybody asked for its text.
    #[must_use]
    pub fn is_marked(&self, index: usize) -> bool {
        self.marked.get(index).is_some_and(|marked| marked.load(Ordering::Relaxed))
    }

    /// Notes that [`MARK`] stands in a file: an earlier run saw it.
    pub fn mark(&self, index: usize) {
        if let Some(marked) = self.marked.get(index) {
            marked.store(true, Ordering::Relaxed);
        }
    }

    /// Index of a file in [`entries`](Self::entries).
    #[must_use]
    pub fn find(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The root of the repository that keeps a folder as a part of it; `None` where the folder is a root
    /// itself, or nothing in it is kept by what lies above.
    #[must_use]
    pub fn repository_above(folder: &std::path::Path) -> Option<std::path::PathBuf> {
        let top = folder.ancestors().find(|folder| folder.join(".git").exists())?;
        (top != folder && git_index::Index::read(folder).holds_any()).then(|| top.to_owned())
    }

    /// What version control tells of the tree, where it is under one.
    #[must_use]
    pub fn git(&self) -> Option<Git> {
        self.files.git()
    }

    /// Whether there is a folder of that path.
    #[must_use]
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty() || self.folders.contains(path)
    }

    /// What a symbolic link holds.
    #[must_use]
    pub fn link(&self, path: &str) -> Option<String> {
        self.files.link(path)
    }

    /// The file of the tree that a symbolic link leads to, told by its text alone: nothing is followed
    /// on disk. `None` where it leads out of the tree, to nothing, to a folder, or round in a circle.
    #[must_use]
    pub fn behind<'w>(&'w self, entry: &'w Entry) -> Option<&'w Entry> {
        let mut at = entry;
        for _ in 0..8 {
            if at.skip != Some(Skip::Link) {
                return Some(at);
            }
            let text = self.link(&at.path)?;
            let folder = at.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            at = &self.entries[self.find(&joined(folder, &text)?)?];
        }
        None
    }

    /// The bytes of a file whatever its size: for digests.
    ///
    /// # Errors
    /// Those of reading.
    pub fn raw(&self, path: &str) -> io::Result<Vec<u8>> {
        self.files.read(path)
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// Why they cannot be had, in words.
    pub fn bytes(&self, path: &str) -> Result<Vec<u8>, String> {
        let Some(at) = self.find(path) else { return Err("there is no such file".to_owned()) };
        let entry = &self.entries[at];
        if entry.skip == Some(Skip::Link) {
            return Err("it is a symbolic link, which is not followed".to_owned());
        }
        let bytes = if entry.size > self.limits.bytes {
            None
        } else {
            Some(self.files.read(path).map_err(|error| error.to_string())?)
        };
        bytes.filter(|bytes| bytes.len() as u64 <= self.limits.bytes).ok_or_else(|| {
            format!("it has more bytes than the limit of {}; --max-file-size raises it", self.limits.bytes)
        })
    }

    /// The text of a file.
    ///
    /// # Errors
    /// Where there is none to be had.
    pub fn text(&self, path: &str) -> Result<Arc<Text>, ReadError> {
        let Some(at) = self.find(path) else {
            return Err(if self.is_folder(path) { ReadError::Folder } else { ReadError::NotFound });
        };
        let entry = &self.entries[at];
        if entry.size > self.limits.bytes {
            return Err(ReadError::TooLarge(entry.size));
        }
        let bytes = self.files.read(path).map_err(|error| ReadError::Io(error.to_string()))?;
        self.text_of(at, bytes)
    }

    /// The text of a file (by its index) whose bytes have been read already.
    ///
    /// # Errors
    /// As [`text`](Self::text).
    pub fn text_of(&self, at: usize, bytes: Vec<u8>) -> Result<Arc<Text>, ReadError> {
        // It may have grown since it was listed.
        if bytes.len() as u64 > self.limits.bytes {
            return Err(ReadError::TooLarge(bytes.len() as u64));
        }
        if memchr::memmem::find(&bytes, MARK.as_bytes()).is_some() {
            self.mark(at);
        }
        let lossy = Text::decode_lossy(&bytes);
        match (Text::decode(bytes), lossy) {
            (Ok(text), _) => Ok(Arc::new(text)),
            (Err(_), Some((text, problem))) => Err(ReadError::Encoding(problem, Some(Arc::new(text)))),
            (Err(problem), None) => Err(ReadError::Encoding(problem, None)),
        }
    }
}
