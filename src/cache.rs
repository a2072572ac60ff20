//! The folder of results that are kept from one run to the next. It belongs to the user, never to a
//! judged tree. One file for each judged tree and set of packs: read whole, and used only where its own
//! checksum and its name in it are right; written beside and then renamed, so that another process sees
//! the old one or the new one. Whatever goes wrong here costs time and nothing else: no error leaves it.

use crate::engine::{Cache, Key};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{self, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

const MAGIC: &[u8; 16] = b"assize-results-1";
/// How the files of the folder are called.
const ENDING: &str = "results";
/// Bytes of one file.
const MOST_OF_A_TREE: u64 = 64 << 20;
/// Bytes of the folder.
const MOST: u64 = 256 << 20;
/// What nobody used for so long goes.
const OLDEST: Duration = Duration::from_secs(60 * 24 * 60 * 60);
/// A file that a process began and never finished.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

/// The folder where results are kept: the one named, else that of the surroundings, else the
/// platform's; `None` where there is none.
#[must_use]
pub fn folder(named: Option<&Path>) -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    // A relative one would be another in each folder, and may lie in the judged tree.
    let absolute = |path: PathBuf| path.is_absolute().then_some(path);
    if let Some(named) = named {
        return std::path::absolute(named).ok();
    }
    if let Some(own) = of("ASSIZE_CACHE_DIR") {
        return absolute(own);
    }
    let platform = if cfg!(windows) {
        of("LOCALAPPDATA").map(|local| local.join("assize").join("cache"))
    } else {
        let home = of("HOME")
            .map(|home| home.join(if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" }));
        of("XDG_CACHE_HOME").and_then(absolute).or(home).map(|caches| caches.join("assize"))
    };
    platform.and_then(absolute)
}

/// What this program is, so that another one's results are not taken for its own: its version and what
/// the file system tells of its file, which no two files share.
#[must_use]
pub fn program() -> Option<String> {
    let path = std::env::current_exe().ok()?;
    let metadata = fs::metadata(&path).ok()?;
    let version = env!("CARGO_PKG_VERSION");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let times = (metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec());
        Some(format!("{version} {} {} {} {times:?}", metadata.dev(), metadata.ino(), metadata.len()))
    }
    #[cfg(not(unix))]
    {
        let _ = metadata;
        let bytes = fs::read(&path).ok()?;
        Some(format!("{version} {}", hex(&Sha256::digest(bytes))))
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The results of one tree under one set of packs.
pub struct Store {
    folder: PathBuf,
    path: PathBuf,
    name: Key,
    bytes: Vec<u8>,
    /// Where in the bytes each entry stands.
    found: HashMap<Key, (usize, usize)>,
    new: Mutex<HashMap<Key, Vec<u8>>>,
}

impl Store {
    /// Opens the results of a tree; there are none where they cannot be read or are not right.
    #[must_use]
    pub fn open(folder: &Path, root: &Path, plan: &Key) -> Self {
        let digest = Sha256::new().chain_update(plan).chain_update(root.as_os_str().as_encoded_bytes());
        let name: Key = digest.finalize().into();
        let path = folder.join(format!("{}.{ENDING}", hex(&name[..16])));
        let bytes = read(folder, &path).unwrap_or_default();
        let (found, bytes) = match entries(&bytes, &name) {
            Some(found) => (found, bytes),
            None => (HashMap::new(), Vec::new()),
        };
        Self { folder: folder.to_owned(), path, name, bytes, found, new: Mutex::default() }
    }

    /// Writes what is new, and takes away what is too much. Says whether it could.
    ///
    /// # Errors
    /// Those of writing; whoever judges need not care.
    pub fn save(self) -> io::Result<()> {
        let new = self.new.into_inner().unwrap_or_else(PoisonError::into_inner);
        if new.is_empty() {
            // The oldest go first: this one was used today.
            if let Ok(file) = fs::File::options().append(true).open(&self.path) {
                let _ = file.set_modified(SystemTime::now());
            }
            return Ok(());
        }
        let mut all: Vec<(&Key, &[u8])> = new.iter().map(|(key, value)| (key, value.as_slice())).collect();
        all.extend(self.found.iter().filter_map(|(key, &(from, to))| {
            self.bytes.get(from..to).filter(|_| !new.contains_key(key)).map(|value| (key, value))
        }));
        let mut out = Vec::new();
        out.extend_from_slice(MAGIC);
        out.extend_from_slice(&self.name);
        for (key, value) in all {
            if (out.len() + value.len()) as u64 > MOST_OF_A_TREE {
                continue;
            }
            out.extend_from_slice(key);
            out.extend_from_slice(&(value.len() as u32).to_le_bytes());
            out.extend_from_slice(value);
        }
        let checksum = Sha256::digest(&out);
        out.extend_from_slice(&checksum);
        make(&self.folder)?;
        if !is_ours(&self.folder, &fs::symlink_metadata(&self.folder)?) {
            return Err(io::Error::other("others may write to the folder"));
        }
        let moment =
            SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let beside = self.folder.join(format!("{}-{moment}.begun", std::process::id()));
        let mut options = fs::File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let written = options.open(&beside).and_then(|mut file| file.write_all(&out));
        let placed = written.and_then(|()| fs::rename(&beside, &self.path));
        if placed.is_err() {
            let _ = fs::remove_file(&beside);
        }
        prune(&self.folder, MOST);
        placed
    }
}

impl Cache for Store {
    fn get(&self, key: &Key) -> Option<&[u8]> {
        let &(from, to) = self.found.get(key)?;
        self.bytes.get(from..to)
    }

    fn put(&self, key: Key, value: Vec<u8>) {
        self.new.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value);
    }
}

/// Makes the folder, for its owner alone.
fn make(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    // https://bford.info/cachedir/: backups leave it out.
    fs::write(folder.join("CACHEDIR.TAG"), "Signature: 8a477f597d28d172789f06886806bc55\n")
}

/// Whether nobody else could have written something: a folder or file of one owner, whom alone it obeys.
#[cfg(unix)]
fn is_ours(folder: &Path, metadata: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(of_folder) = fs::symlink_metadata(folder) else { return false };
    let user = fs::metadata("/proc/self").map_or(of_folder.uid(), |own| own.uid());
    let alone = |one: &Metadata| one.uid() == user && one.mode() & 0o022 == 0;
    of_folder.is_dir() && alone(&of_folder) && alone(metadata)
}

#[cfg(not(unix))]
fn is_ours(_: &Path, _: &Metadata) -> bool {
    true
}

fn read(folder: &Path, path: &Path) -> Option<Vec<u8>> {
    let metadata = fs::symlink_metadata(path).ok()?;
    if !metadata.is_file() || metadata.len() > 2 * MOST_OF_A_TREE || !is_ours(folder, &metadata) {
        return None;
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).ok()?);
    fs::File::open(path).ok()?.take(2 * MOST_OF_A_TREE).read_to_end(&mut bytes).ok()?;
    Some(bytes)
}

/// Where each entry of a file stands; `None` where the file is not whole, or not the one it should be.
fn entries(bytes: &[u8], name: &Key) -> Option<HashMap<Key, (usize, usize)>> {
    let end = bytes.len().checked_sub(32)?;
    let (body, checksum) = bytes.split_at(end);
    let start = MAGIC.len() + name.len();
    if body.len() < start || !body.starts_with(MAGIC) || body[MAGIC.len()..start] != *name {
        return None;
    }
    if Sha256::digest(body).as_slice() != checksum {
        return None;
    }
    let mut found = HashMap::new();
    let mut at = start;
    while at < end {
        let key: Key = body.get(at..at + 32)?.try_into().ok()?;
        let length = u32::from_le_bytes(body.get(at + 32..at + 36)?.try_into().ok()?) as usize;
        let (from, to) = (at + 36, (at + 36).checked_add(length)?);
        if to > end {
            return None;
        }
        found.insert(key, (from, to));
        at = to;
    }
    Some(found)
}

/// The files of the folder, those longest unused first: path, size, when it was last used.
fn files(folder: &Path) -> Vec<(PathBuf, u64, SystemTime)> {
    let mut all: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            let known = path.extension().is_some_and(|ending| ending == ENDING || ending == "begun");
            let metadata = fs::symlink_metadata(&path).ok().filter(|metadata| known && metadata.is_file())?;
            Some((path, metadata.len(), metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH)))
        })
        .collect();
    all.sort_by_key(|(_, _, used)| *used);
    all
}

/// Takes away what is old, abandoned, or too much.
fn prune(folder: &Path, most: u64) {
    let all = files(folder);
    let mut total: u64 = all.iter().map(|(_, size, _)| size).sum();
    for (path, size, used) in all {
        let age = used.elapsed().unwrap_or_default();
        let begun = path.extension().is_some_and(|ending| ending == "begun");
        if (total > most || age > OLDEST || begun && age > ABANDONED) && fs::remove_file(&path).is_ok() {
            total -= size;
        }
    }
}

/// Number of files in the folder, and their bytes.
#[must_use]
pub fn size(folder: &Path) -> (usize, u64) {
    let all = files(folder);
    (all.len(), all.iter().map(|(_, size, _)| size).sum())
}

/// Takes away all results, and nothing else that may lie in the folder. Gives their number and bytes.
///
/// # Errors
/// Those of removing.
pub fn clean(folder: &Path) -> io::Result<(usize, u64)> {
    let mut done = (0, 0);
    for (path, size, _) in files(folder) {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => done = (done.0 + 1, done.1 + size),
        }
    }
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::{ENDING, Store, clean, entries, files, prune, size};
    use crate::engine::Cache;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("assize-cache-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        folder
    }

    fn filled(folder: &Path) -> Store {
        let store = Store::open(folder, Path::new("/a"), &[7; 32]);
        store.put([1; 32], b"one".to_vec());
        store.put([2; 32], Vec::new());
        store.save().unwrap();
        Store::open(folder, Path::new("/a"), &[7; 32])
    }

    #[test]
    fn what_is_kept_is_found_and_nothing_else() {
        let folder = folder("kept");
        let store = filled(&folder);
        assert_eq!(
            (store.get(&[1; 32]), store.get(&[2; 32]), store.get(&[3; 32])),
            (Some(&b"one"[..]), Some(&b""[..]), None)
        );
        assert_eq!(Store::open(&folder, Path::new("/b"), &[7; 32]).get(&[1; 32]), None);
        assert_eq!(Store::open(&folder, Path::new("/a"), &[8; 32]).get(&[1; 32]), None);
        // What is there stays when more comes.
        store.put([3; 32], b"three".to_vec());
        store.save().unwrap();
        let store = Store::open(&folder, Path::new("/a"), &[7; 32]);
        assert_eq!((store.get(&[1; 32]), store.get(&[3; 32])), (Some(&b"one"[..]), Some(&b"three"[..])));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&store.path)), (0o700, 0o600));
            // A folder that others may write to is not believed, nor is a link.
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
            assert_eq!(Store::open(&folder, Path::new("/a"), &[7; 32]).get(&[1; 32]), None);
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
            fs::rename(&store.path, folder.join("x")).unwrap();
            std::os::unix::fs::symlink(folder.join("x"), &store.path).unwrap();
            assert_eq!(Store::open(&folder, Path::new("/a"), &[7; 32]).get(&[1; 32]), None);
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn what_is_broken_is_nothing() {
        let folder = folder("broken");
        let store = filled(&folder);
        let (bytes, name) = (fs::read(&store.path).unwrap(), store.name);
        assert_eq!(entries(&bytes, &name).unwrap().len(), 2);
        for at in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1;
            assert!(entries(&wrong, &name).is_none(), "byte {at}");
            assert!(entries(&bytes[..at], &name).is_none(), "{at} bytes");
        }
        // A checksum that is right does not make lengths right.
        use sha2::Digest;
        let mut long = bytes[..bytes.len() - 32].to_vec();
        let at = super::MAGIC.len() + 32 + 32;
        long[at..at + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        let checksum = sha2::Sha256::digest(&long);
        long.extend_from_slice(&checksum);
        assert!(entries(&long, &name).is_none());
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_oldest_go_first_and_cleaning_leaves_what_is_not_ours() {
        let folder = folder("pruned");
        drop(filled(&folder));
        fs::write(folder.join("mine.txt"), "x").unwrap();
        let day = std::time::Duration::from_secs(24 * 60 * 60);
        let now = std::time::SystemTime::now();
        for (name, age) in [("a", 3), ("b", 2), ("c", 61)] {
            let path = folder.join(format!("{name}.{ENDING}"));
            fs::write(&path, [0; 1000]).unwrap();
            fs::File::options().append(true).open(&path).unwrap().set_modified(now - day * age).unwrap();
        }
        let left = |most| {
            prune(&folder, most);
            files(&folder)
                .iter()
                .filter_map(|(path, ..)| path.file_stem()?.to_str().map(str::to_owned))
                .collect::<Vec<_>>()
        };
        assert_eq!(left(1 << 20).len(), 3);
        assert_eq!(left(1500)[0], "b");
        assert_eq!(size(&folder).0, 2);
        assert_eq!(clean(&folder).unwrap().0, 2);
        assert!(folder.join("mine.txt").exists() && size(&folder) == (0, 0));
        fs::remove_dir_all(&folder).unwrap();
    }
}
