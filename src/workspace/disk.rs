//! A folder on disk. It is a stranger's: links are listed and not followed, paths never leave the
//! root, what version control ignores is not judged.

use super::git_index::{self, Stat};
use super::{Entry, Files, Skip};
use ignore::WalkBuilder;
use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Folders whose contents somebody else wrote; listed by name only.
const VENDORED: [&str; 8] = [
    "node_modules",
    "vendor",
    "third_party",
    "bower_components",
    ".venv",
    "site-packages",
    ".terraform",
    "__pycache__",
];

/// A folder.
#[derive(Clone, Debug)]
pub struct Disk {
    root: PathBuf,
    ignore_files: bool,
    selected: Option<HashSet<String>>,
    exclude: Vec<String>,
    largest: u64,
    /// The files, where the folder has been walked already.
    listed: Option<Vec<Entry>>,
}

/// A file as a walk finds it.
pub(super) struct Found {
    pub entry: Entry,
    /// What the file system tells of it.
    pub stat: Option<Stat>,
}

impl Disk {
    /// The folder at `root`, judged as a whole.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            ignore_files: true,
            selected: None,
            exclude: Vec::new(),
            largest: u64::MAX,
            listed: None,
        }
    }

    /// The same, but judging only these files (paths from the root); the others are there to be
    /// referred to.
    #[must_use]
    pub fn select(mut self, files: impl IntoIterator<Item = String>) -> Self {
        self.selected = Some(files.into_iter().collect());
        self
    }

    /// Whether `.gitignore` and `.ignore` files are obeyed. An auditor does not obey them.
    #[must_use]
    pub fn obey_ignore_files(mut self, obey: bool) -> Self {
        self.ignore_files = obey;
        self
    }

    /// Globs, as in `.gitignore`, of files not to be looked at.
    #[must_use]
    pub fn exclude(mut self, globs: Vec<String>) -> Self {
        self.exclude = globs;
        self
    }

    /// Files beyond this size in bytes are never read whole.
    #[must_use]
    pub fn largest(mut self, bytes: u64) -> Self {
        self.largest = bytes;
        self
    }

    /// The same, with what a walk of it has found: it is not walked again.
    pub(super) fn listed(mut self, entries: Vec<Entry>) -> Self {
        self.listed = Some(entries);
        self
    }

    /// The folder.
    pub(super) fn folder(&self) -> &Path {
        &self.root
    }

    /// The size over which files are not read whole.
    pub(super) fn most_bytes(&self) -> u64 {
        self.largest
    }

    fn relative(&self, path: &Path) -> Option<String> {
        let relative = path.strip_prefix(&self.root).ok()?;
        let mut text = String::new();
        for part in relative.components() {
            let std::path::Component::Normal(part) = part else { return None };
            if !text.is_empty() {
                text.push('/');
            }
            // A name that is not UTF-8 keeps its place in the list; it cannot be read by it.
            text.push_str(&part.to_string_lossy());
        }
        (!text.is_empty()).then_some(text)
    }

    /// The selected files and what they may refer to, without walking the whole root. Which texts
    /// are references only a parser can tell; here every text that looks like one and names a file
    /// or folder below the root counts.
    fn list_selected(&self, selected: &HashSet<String>) -> Vec<Entry> {
        let mut entries = Vec::new();
        let mut seen: HashSet<String> = selected.clone();
        let mut waiting: Vec<String> = selected.iter().cloned().collect();
        while let Some(path) = waiting.pop() {
            let named = selected.contains(&path);
            let Ok(metadata) = fs::symlink_metadata(self.root.join(&path)) else {
                if named {
                    entries.push(Entry { path, size: 0, skip: Some(Skip::Gone) });
                }
                continue;
            };
            if metadata.is_dir() {
                // A folder shows by a file in it.
                entries.push(Entry { path: format!("{path}/."), size: 0, skip: Some(Skip::NotSelected) });
                continue;
            }
            if metadata.is_symlink() || !metadata.is_file() {
                let link = metadata.is_symlink() || !named;
                let skip = Some(if link { Skip::Link } else { Skip::NoFile });
                entries.push(Entry { path, size: 0, skip });
                continue;
            }
            let skip = (!named).then_some(Skip::NotSelected);
            entries.push(Entry { path: path.clone(), size: metadata.len(), skip });
            if metadata.len() > self.largest || entries.len() > MOST_REFERRED {
                continue;
            }
            let Ok(bytes) = self.read(&path) else { continue };
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            // Nearly every text is right as it is, which is quickly told.
            let text = std::str::from_utf8(&bytes)
                .map_or_else(|_| String::from_utf8_lossy(&bytes), std::borrow::Cow::Borrowed);
            for candidate in candidates(&text) {
                if let Some(path) = join(folder, &candidate)
                    && !seen.contains(&path)
                    && self.root.join(&path).symlink_metadata().is_ok()
                {
                    seen.insert(path.clone());
                    waiting.push(path);
                }
            }
        }
        entries
    }

    /// Every file of the folder.
    pub(super) fn walk(&self) -> Vec<Found> {
        let mut found = self.walk_past(self.ignore_files);
        if self.ignore_files {
            found.extend(self.kept_all_the_same(&found));
        }
        found
    }

    /// Files that `.gitignore` names and the repository keeps all the same: version control ignores a file
    /// only as long as it was not added.
    fn kept_all_the_same(&self, found: &[Found]) -> Vec<Found> {
        let mut kept = git_index::tracked(&self.root);
        let seen: HashSet<&str> = found.iter().map(|one| one.entry.path.as_str()).collect();
        kept.retain(|path| !seen.contains(path.as_str()));
        // Nearly all that is missing here is gone from the folder as well.
        kept.retain(|path| self.root.join(path).symlink_metadata().is_ok_and(|file| file.is_file()));
        if kept.is_empty() {
            return Vec::new();
        }
        let kept: HashSet<String> = kept.into_iter().collect();
        // What `.ignore` files and `--exclude` leave out stays out.
        let mut all = self.walk_past(false);
        all.retain(|one| kept.contains(&one.entry.path));
        all
    }

    fn walk_past(&self, git_ignore: bool) -> Vec<Found> {
        let mut overrides = ignore::overrides::OverrideBuilder::new(&self.root);
        for glob in &self.exclude {
            // The builder's globs select; a leading `!` makes them exclude.
            let _ = overrides.add(&format!("!{glob}"));
        }
        let mut walk = WalkBuilder::new(&self.root);
        walk.hidden(false)
            .parents(false)
            .ignore(self.ignore_files)
            .git_ignore(git_ignore)
            .git_exclude(git_ignore)
            .git_global(false)
            .require_git(false)
            .follow_links(false)
            .threads(rayon::current_num_threads().min(4))
            .filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git");
        if let Ok(overrides) = overrides.build() {
            walk.overrides(overrides);
        }
        let entries = Mutex::new(Vec::new());
        walk.build_parallel().run(|| {
            let mut batch = Batch { entries: &entries, found: Vec::new() };
            Box::new(move |found| {
                if let Ok(found) = found
                    && let Some(entry) = self.entry(&found)
                {
                    batch.found.push(entry);
                }
                ignore::WalkState::Continue
            })
        });
        entries.into_inner().unwrap_or_default()
    }

    fn entry(&self, found: &ignore::DirEntry) -> Option<Found> {
        let kind = found.file_type()?;
        if kind.is_dir() {
            return None;
        }
        let path = self.relative(found.path())?;
        if kind.is_symlink() {
            return Some(Found { entry: Entry { path, size: 0, skip: Some(Skip::Link) }, stat: None });
        }
        if !kind.is_file() {
            return None;
        }
        let metadata = found.metadata().ok();
        let size = metadata.as_ref().map_or(0, std::fs::Metadata::len);
        let skip = is_vendored(&path).then_some(Skip::Vendored);
        let stat = metadata.as_ref().and_then(Stat::of);
        Some(Found { entry: Entry { path, size, skip }, stat })
    }
}

/// Files beyond the selected ones that are looked at for further references.
const MOST_REFERRED: usize = 20_000;

/// What may be the file part of a reference: the values of `$ref`, and texts that end like data.
fn candidates(text: &str) -> HashSet<String> {
    let mut found = HashSet::new();
    let mut keep = |raw: &str| {
        let file = raw.split('#').next().unwrap_or_default().trim();
        if !file.is_empty() && file.len() < 512 && !file.contains("://") {
            found.insert(file.replace("\\/", "/"));
        }
    };
    for at in memchr::memmem::find_iter(text.as_bytes(), b"$ref") {
        // Most references stay in their file.
        let mut behind = text.as_bytes()[at + 4..].iter();
        if behind.find(|&byte| !b"\"' :\t".contains(byte)) == Some(&b'#') {
            continue;
        }
        // A file may be one line: no path is longer than this window.
        let mut end = (at + 4 + 600).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let rest = text[at + 4..end].lines().next().unwrap_or_default();
        let rest = rest.trim_start_matches(['"', '\'', ' ', ':', '\t']);
        keep(rest.split(['"', '\'', ',', '}']).next().unwrap_or_default());
    }
    for ending in [".yaml", ".yml", ".json"] {
        for at in memchr::memmem::find_iter(text.as_bytes(), ending.as_bytes()) {
            // No path is longer; looking further back would cost a hostile file's size for each.
            let mut from = at.saturating_sub(512);
            while !text.is_char_boundary(from) {
                from += 1;
            }
            let ends = |char: char| {
                char.is_whitespace() || matches!(char, '"' | '\'' | '(' | '[' | '{' | ',' | '`' | '<')
            };
            let start = from + text[from..at].rfind(ends).map_or(0, |found| found + 1);
            if text.is_char_boundary(start) {
                keep(&text[start..at + ending.len()]);
            }
        }
    }
    found
}

/// A path relative to a folder, as a path from the root; `None` where it leads out.
fn join(folder: &str, relative: &str) -> Option<String> {
    if relative.starts_with('/') || relative.contains(['\\', '\0', ':']) {
        return None;
    }
    let decoded = relative.replace("%20", " ");
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in decoded.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/")).filter(|path| !path.is_empty())
}

pub(super) fn is_vendored(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|part| VENDORED.contains(&part)))
}

impl Files for Disk {
    fn link(&self, path: &str) -> Option<String> {
        let target = fs::read_link(self.root.join(path)).ok()?;
        Some(target.to_string_lossy().replace('\\', "/"))
    }

    fn root(&self) -> Option<String> {
        Some(self.root.to_string_lossy().replace('\\', "/"))
    }

    fn list(&self) -> Vec<Entry> {
        if let Some(listed) = &self.listed {
            return listed.clone();
        }
        if let Some(selected) = &self.selected {
            return self.list_selected(selected);
        }
        self.walk().into_iter().map(|found| found.entry).collect()
    }

    fn git(&self) -> Option<super::Git> {
        super::git::read(&self.root)
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        let full = self.root.join(path);
        // The tree may change while it is read: what was a file must still be one, and a link that
        // took its place is not followed.
        let metadata = fs::symlink_metadata(&full)?;
        if !metadata.is_file() {
            return Err(io::Error::other("not a regular file"));
        }
        let mut bytes =
            Vec::with_capacity(usize::try_from(metadata.len().min(self.largest)).unwrap_or(0) + 1);
        File::open(full)?.take(self.largest.saturating_add(1)).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

/// Entries of one walking thread, handed over at its end.
struct Batch<'a> {
    entries: &'a Mutex<Vec<Found>>,
    found: Vec<Found>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.entries.lock() {
            all.append(&mut self.found);
        }
    }
}
