//! The index of a git repository, read for one thing: which files on disk are proved to hold what was
//! last added, so that they need not be read. A file proves it by the size, times, owner and inode that
//! the index noted; one that was written in the same moment as the index proves nothing, since it may
//! have been written again. What cannot be read here, or is of a form not known here, proves nothing.

use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::path::{Path, PathBuf};

/// The name of an object: 20 or 32 bytes, the rest zero.
pub(super) type Object = [u8; 32];

/// No honest index is larger.
const MOST_BYTES: u64 = 512 << 20;
/// Where times are kept in seconds alone, files written in these many seconds before the index prove nothing.
const COARSE: u32 = 2;

/// What the file system tells of a file, as the index notes it: the lower 32 bits of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    changed: (u32, u32),
    modified: (u32, u32),
    inode: u32,
    user: u32,
    group: u32,
    size: u32,
}

impl Stat {
    /// That of a file; `None` where the system does not tell all of it.
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        // The index holds the lower halves.
        Some(Self {
            changed: (metadata.ctime() as u32, metadata.ctime_nsec() as u32),
            modified: (metadata.mtime() as u32, metadata.mtime_nsec() as u32),
            inode: metadata.ino() as u32,
            user: metadata.uid(),
            group: metadata.gid(),
            size: metadata.len() as u32,
        })
    }

    /// That of a file; `None` where the system does not tell all of it.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Metadata) -> Option<Self> {
        None
    }

    /// Whether a file like this may have been written after an index of that time, in the same moment.
    fn is_racy(&self, written: (u32, u32)) -> bool {
        [self.modified, self.changed].iter().any(|&time| {
            let coarse = time.1 == 0 || written.1 == 0;
            time >= written || coarse && time.0.saturating_add(COARSE) >= written.0
        })
    }
}

/// An entry of the index.
struct Entry {
    stat: Stat,
    object: Object,
    /// A sparse checkout leaves the file out of the folder.
    left_out: bool,
}

/// The index, as far as it lies below a folder.
#[derive(Default)]
pub(super) struct Index {
    entries: HashMap<String, Entry>,
    written: (u32, u32),
}

impl Index {
    /// The index of the repository that a folder lies in; an empty one where there is none that can be
    /// read.
    pub(super) fn read(root: &Path) -> Self {
        Self::of(root).unwrap_or_default()
    }

    fn of(root: &Path) -> Option<Self> {
        let (entries, metadata) = entries(root)?;
        Some(Self { entries, written: Stat::of(&metadata)?.modified })
    }

    /// Whether any file of the folder is kept.
    pub(super) fn holds_any(&self) -> bool {
        !self.entries.is_empty()
    }

    /// The object that a file is proved to hold.
    pub(super) fn object(&self, path: &str, stat: Option<Stat>) -> Option<&Object> {
        let entry = self.entries.get(path)?;
        (stat? == entry.stat && !entry.stat.is_racy(self.written)).then_some(&entry.object)
    }

    /// Whether a file that is not there was left out by a sparse checkout, and is that object.
    pub(super) fn leaves_out(&self, path: &str, object: &Object) -> bool {
        self.entries.get(path).is_some_and(|entry| entry.left_out && entry.object == *object)
    }
}

/// The files below a folder that are kept in its repository, by their path from it; none where there is no
/// index that can be read. Those that a sparse checkout leaves out are not there.
pub(super) fn tracked(root: &Path) -> Vec<String> {
    let kept = entries(root).into_iter().flat_map(|(entries, _)| entries);
    kept.filter(|(_, entry)| !entry.left_out).map(|(path, _)| path).collect()
}

/// The entries of the index below a folder, and what the file system tells of the index.
fn entries(root: &Path) -> Option<(HashMap<String, Entry>, Metadata)> {
    let top = root.ancestors().find(|folder| folder.join(".git").exists())?;
    let below = root.strip_prefix(top).ok()?.to_str()?.replace('\\', "/");
    let below = if below.is_empty() { below } else { format!("{below}/") };
    let file = folder(&top.join(".git"))?.join("index");
    let metadata = fs::symlink_metadata(&file).ok()?;
    if !metadata.is_file() || metadata.len() > MOST_BYTES {
        return None;
    }
    let bytes = fs::read(&file).ok()?;
    // The objects' names are as long as the checksum at the end; a repository says which it uses.
    let entries = parse(&bytes, 20, &below).or_else(|| parse(&bytes, 32, &below))?;
    Some((entries, metadata))
}

/// The folder that `.git` is, or that it names where it is a file (work trees, submodules).
fn folder(git: &Path) -> Option<PathBuf> {
    let metadata = fs::symlink_metadata(git).ok()?;
    if metadata.is_dir() {
        return Some(git.to_owned());
    }
    if !metadata.is_file() || metadata.len() > 1 << 16 {
        return None;
    }
    let text = fs::read_to_string(git).ok()?;
    Some(git.parent()?.join(text.strip_prefix("gitdir:")?.trim()))
}

/// Reads forward through bytes.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let (taken, rest) = (self.0.get(..count)?, self.0.get(count..)?);
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn short(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    fn until_zero(&mut self) -> Option<&'b [u8]> {
        let end = memchr::memchr(0, self.0)?;
        let text = self.take(end)?;
        self.take(1)?;
        Some(text)
    }

    /// How many bytes of the last path are not in this one (version 4).
    fn varint(&mut self) -> Option<usize> {
        let mut byte = *self.take(1)?.first()?;
        let mut number = usize::from(byte & 0x7f);
        while byte & 0x80 != 0 {
            byte = *self.take(1)?.first()?;
            number = number.checked_add(1)?.checked_mul(128)?.checked_add(usize::from(byte & 0x7f))?;
        }
        Some(number)
    }
}

/// The regular files of an index below a folder, by their path from it. `length` is that of an object's name.
fn parse(bytes: &[u8], length: usize, below: &str) -> Option<HashMap<String, Entry>> {
    let body = bytes.get(..bytes.len().checked_sub(length)?)?;
    let mut rest = Bytes(body);
    if rest.take(4)? != b"DIRC" {
        return None;
    }
    let version = rest.number().filter(|version| (2..=4).contains(version))?;
    let count = rest.number()? as usize;
    // The smallest entry has 62 bytes and more: a count that cannot be is no reason to make room.
    if count > body.len() / 40 {
        return None;
    }
    let mut entries = HashMap::with_capacity(count);
    let mut path: Vec<u8> = Vec::new();
    for _ in 0..count {
        let before = rest.0.len();
        let changed = (rest.number()?, rest.number()?);
        let modified = (rest.number()?, rest.number()?);
        let (_device, inode, mode) = (rest.number()?, rest.number()?, rest.number()?);
        let (user, group, size) = (rest.number()?, rest.number()?, rest.number()?);
        let mut object = [0; 32];
        object.get_mut(..length)?.copy_from_slice(rest.take(length)?);
        let flags = rest.short()?;
        let more = if flags & 0x4000 != 0 && version >= 3 { rest.short()? } else { 0 };
        if version == 4 {
            let cut = rest.varint()?;
            path.truncate(path.len().checked_sub(cut)?);
            path.extend_from_slice(rest.until_zero()?);
        } else {
            path.clear();
            path.extend_from_slice(rest.until_zero()?);
            // Padded with one to eight zeros to a multiple of eight; one has been read.
            let used = before - rest.0.len();
            rest.take((8 - used % 8) % 8)?;
        }
        let (merging, promised, left_out) = (flags & 0x3000 != 0, more & 0x2000 != 0, more & 0x4000 != 0);
        let regular = mode & 0o170_000 == 0o100_000;
        if let Some(path) = std::str::from_utf8(&path).ok().and_then(|path| path.strip_prefix(below))
            && regular
            && !merging
            && !promised
        {
            let stat = Stat { changed, modified, inode, user, group, size };
            entries.insert(path.to_owned(), Entry { stat, object, left_out });
        }
    }
    // Of a split index the rest lies elsewhere, and what stands here may be replaced by it.
    while rest.0.len() >= 8 {
        let name = rest.take(4)?;
        let size = rest.number()? as usize;
        if name == b"link" {
            return None;
        }
        rest.take(size)?;
    }
    rest.0.is_empty().then_some(entries)
}

#[cfg(test)]
mod tests {
    use super::{Stat, parse};
    use std::path::Path;
    use std::process::Command;

    fn git(root: &Path, arguments: &[&str]) {
        let done = Command::new("git").arg("-C").arg(root).args(arguments).output().unwrap();
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
    }

    #[test]
    fn every_version_of_the_index_is_read_and_none_panics() {
        let root = std::env::temp_dir().join(format!("assize-index-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(root.join("api/parts")).unwrap();
        git(&root, &["init", "-q"]);
        for path in ["a.yaml", "api/b.yaml", "api/parts/c.yaml", "api/parts/a longer name.json", "ü.md"] {
            std::fs::write(root.join(path), path).unwrap();
        }
        git(&root, &["add", "."]);
        for version in ["2", "3", "4"] {
            git(&root, &["update-index", "--index-version", version]);
            git(&root, &["update-index", "--force-write-index"]);
            let bytes = std::fs::read(root.join(".git/index")).unwrap();
            let all = parse(&bytes, 20, "").unwrap();
            assert_eq!(all.len(), 5, "version {version}");
            let below = parse(&bytes, 20, "api/").unwrap();
            let mut names: Vec<&str> = below.keys().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(names, ["b.yaml", "parts/a longer name.json", "parts/c.yaml"]);
            #[cfg(unix)]
            assert_eq!(
                below["b.yaml"].stat,
                Stat::of(&std::fs::symlink_metadata(root.join("api/b.yaml")).unwrap()).unwrap()
            );
            // A file that is cut off, or changed anywhere, is refused or read, and never more than that.
            for length in 0..bytes.len() {
                assert!(parse(&bytes[..length], 20, "").is_none_or(|all| all.len() <= 5));
                let mut wrong = bytes.clone();
                wrong[length] ^= 0x55;
                let _ = parse(&wrong, 20, "");
                let _ = parse(&wrong, 32, "");
            }
        }
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_file_of_the_moment_of_the_index_proves_nothing() {
        let stat = |time| Stat { changed: time, modified: time, inode: 1, user: 1, group: 1, size: 1 };
        for (file, index, racy) in [
            ((10, 5), (10, 6), false),
            ((10, 6), (10, 6), true),
            ((11, 0), (10, 6), true),
            // Seconds alone: what came after in the same second cannot be told.
            ((10, 0), (10, 6), true),
            ((9, 0), (10, 6), true),
            ((7, 0), (10, 6), false),
            ((10, 5), (11, 0), true),
        ] {
            assert_eq!(stat(file).is_racy(index), racy, "{file:?} {index:?}");
        }
        // A change of the inode alone (a restored time) is as late as the change.
        let restored = Stat { modified: (1, 1), ..stat((10, 6)) };
        assert!(restored.is_racy((10, 6)));
    }
}
