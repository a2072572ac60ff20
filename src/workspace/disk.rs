//! A folder on disk. It is a stranger's: links are listed and not followed, paths never leave the
//! root, what version control ignores is not judged.

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
}

impl Disk {
    /// The folder at `root`, judged as a whole.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), ignore_files: true, selected: None, exclude: Vec::new(), largest: u64::MAX }
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

    fn entry(&self, found: &ignore::DirEntry) -> Option<Entry> {
        let kind = found.file_type()?;
        if kind.is_dir() {
            return None;
        }
        let path = self.relative(found.path())?;
        if kind.is_symlink() {
            return Some(Entry { path, size: 0, skip: Some(Skip::Link) });
        }
        if !kind.is_file() {
            return None;
        }
        let size = found.metadata().map_or(0, |metadata| metadata.len());
        let skip = match &self.selected {
            Some(selected) if !selected.contains(&path) => Some(Skip::NotSelected),
            Some(_) => None,
            None => is_vendored(&path).then_some(Skip::Vendored),
        };
        Some(Entry { path, size, skip })
    }
}

fn is_vendored(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folders, _)| folders.split('/').any(|part| VENDORED.contains(&part)))
}

impl Files for Disk {
    fn list(&self) -> Vec<Entry> {
        let mut overrides = ignore::overrides::OverrideBuilder::new(&self.root);
        for glob in &self.exclude {
            // The builder's globs select; a leading `!` makes them exclude.
            let _ = overrides.add(&format!("!{glob}"));
        }
        let mut walk = WalkBuilder::new(&self.root);
        walk.hidden(false)
            .parents(false)
            .ignore(self.ignore_files)
            .git_ignore(self.ignore_files)
            .git_exclude(self.ignore_files)
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
    entries: &'a Mutex<Vec<Entry>>,
    found: Vec<Entry>,
}

impl Drop for Batch<'_> {
    fn drop(&mut self) {
        if let Ok(mut all) = self.entries.lock() {
            all.append(&mut self.found);
        }
    }
}
