//! The files of a pack, wherever it lies: a folder (a git checkout is one) or a tar archive. They are
//! read once, and everything a pack is made of comes from here: what is judged by is what the digest
//! was taken over.

use super::{PackError, is_pack_file};
use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};
use tar::{Archive, EntryType};

/// Bytes of a pack's files together.
const MOST_KEPT: u64 = 64 << 20;
/// Bytes an archive may unpack to.
const MOST_READ: u64 = 512 << 20;
/// Entries of an archive.
const MOST_ENTRIES: usize = 200_000;
/// Folders within folders.
const DEEPEST: usize = 8;

/// The name of the file that holds a pack's signature; it is no part of what is signed.
pub const SIGNATURE: &str = "pack.minisig";
/// The name of the file that says what changed from version to version.
pub const CHANGES: &str = "CHANGES.yaml";

/// Files by their path from the pack's folder.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackFiles {
    /// The folder, for messages: a path, or one within an archive.
    pub folder: PathBuf,
    /// The main file's name.
    pub main: String,
    /// Their bytes.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl PackFiles {
    /// The SHA-256 over all files but the signature: of each its path and its bytes, each with its
    /// length before it. `build.rs` takes the same over embedded packs.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut digest = Sha256::new();
        for (path, bytes) in self.files.iter().filter(|(path, _)| *path != SIGNATURE) {
            for part in [path.as_bytes(), bytes] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part);
            }
        }
        digest.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// A file's path, for messages.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        self.folder.join(path).display().to_string()
    }

    /// The files of a folder. `main` is the path of the pack's main file.
    ///
    /// # Errors
    /// The first file that cannot be read.
    pub fn of_folder(main: &Path) -> Result<Self, PackError> {
        let folder = main.parent().map_or_else(PathBuf::new, Path::to_owned);
        let name = main.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let mut found = Self { folder: folder.clone(), main: name.clone(), files: BTreeMap::new() };
        found.take(main, &name)?;
        for name in [CHANGES, SIGNATURE] {
            let path = folder.join(name);
            if path.is_file() {
                found.take(&path, name)?;
            }
        }
        for part in ["rules", "schemas"] {
            found.below(&folder.join(part), part, 0)?;
        }
        Ok(found)
    }

    fn below(&mut self, folder: &Path, name: &str, depth: usize) -> Result<(), PackError> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        for entry in entries.flatten() {
            let path = entry.path();
            let name = format!("{name}/{}", entry.file_name().to_string_lossy());
            if path.is_dir() {
                if depth < DEEPEST && !path.is_symlink() {
                    self.below(&path, &name, depth + 1)?;
                }
            } else if path.is_file() && is_part(&name) {
                self.take(&path, &name)?;
            }
        }
        Ok(())
    }

    fn take(&mut self, path: &Path, name: &str) -> Result<(), PackError> {
        let unreadable =
            |error: io::Error| PackError::unreadable(path, format!("The file cannot be read: {error}."));
        let room = MOST_KEPT - self.size();
        let mut bytes = Vec::new();
        File::open(path).map_err(unreadable)?.take(room + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() as u64 > room {
            return Err(PackError::unreadable(path, too_large()));
        }
        self.files.insert(name.to_owned(), bytes);
        Ok(())
    }

    fn size(&self) -> u64 {
        self.files.values().map(|bytes| bytes.len() as u64).sum()
    }
}

fn too_large() -> String {
    format!("The pack's files have more than {MOST_KEPT} bytes together.")
}

/// Whether a file in a pack's folder is part of the pack.
fn is_part(path: &str) -> bool {
    match path.split_once('/') {
        None => is_pack_file(Path::new(path)) || path == CHANGES || path == SIGNATURE,
        Some(("rules", name)) => {
            !name.contains('/') && [".yaml", ".yml", ".json"].iter().any(|ending| name.ends_with(ending))
        }
        Some(("schemas", name)) => !name.split('/').any(|part| part.starts_with('.')),
        Some(_) => false,
    }
}

/// Whether a path names an archive.
#[must_use]
pub fn is_archive(path: &Path) -> bool {
    let name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().to_ascii_lowercase());
    [".tar", ".tar.gz", ".tgz"].iter().any(|ending| name.ends_with(ending))
}

/// An archive's content, as far as packs and profiles are made of it.
#[derive(Clone, Debug, Default)]
pub struct Unpacked {
    /// Every file that may be wanted, by its path in the archive.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Unpacked {
    /// Reads a tar archive, gzipped or not. Nothing is written to disk.
    ///
    /// # Errors
    /// Where it is none, leads out of itself, or is larger than the limits.
    pub fn read(path: &Path) -> Result<Self, PackError> {
        let wrong = |what: String| PackError::unreadable(path, what);
        let broken = |error: io::Error| wrong(format!("The archive cannot be read: {error}."));
        let mut file = File::open(path).map_err(broken)?;
        let mut magic = [0; 2];
        let gzipped = file.read_exact(&mut magic).is_ok() && magic == [0x1f, 0x8b];
        let file = File::open(path).map_err(broken)?;
        let plain: Box<dyn Read> = if gzipped { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
        let mut archive = Archive::new(plain.take(MOST_READ));
        let mut found = Self::default();
        let mut kept = 0;
        let mut links = Vec::new();
        for (at, entry) in archive.entries().map_err(broken)?.enumerate() {
            if at >= MOST_ENTRIES {
                return Err(wrong(format!("The archive has more than {MOST_ENTRIES} entries.")));
            }
            let mut entry = entry.map_err(broken)?;
            let name = inside(&entry.path_bytes()).map_err(&wrong)?;
            match entry.header().entry_type() {
                EntryType::Regular | EntryType::Continuous => {}
                EntryType::Directory | EntryType::XGlobalHeader => continue,
                _ => {
                    links.push(name);
                    continue;
                }
            }
            if !may_be_wanted(&name) {
                continue;
            }
            let mut bytes = Vec::new();
            (&mut entry).take(MOST_KEPT - kept + 1).read_to_end(&mut bytes).map_err(broken)?;
            kept += bytes.len() as u64;
            if kept > MOST_KEPT {
                return Err(wrong(too_large()));
            }
            if found.files.insert(name.clone(), bytes).is_some() {
                return Err(wrong(format!("The archive holds {name} twice.")));
            }
        }
        // A link in a pack would be left out without a word.
        let folders = found.folders();
        for link in links {
            if folders.iter().any(|folder| below(&link, folder).is_some_and(is_part)) {
                return Err(wrong(format!("The archive holds {link} as a link; only files are read.")));
            }
        }
        Ok(found)
    }

    /// Folders with a pack's main file.
    fn folders(&self) -> Vec<String> {
        let mains = self.files.keys().filter(|path| is_pack_file(Path::new(path)));
        mains.map(|path| path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned()).collect()
    }

    /// The packs in it.
    #[must_use]
    pub fn packs(&self, archive: &Path) -> Vec<PackFiles> {
        let mut folders = self.folders();
        folders.sort();
        folders.dedup();
        folders
            .into_iter()
            .map(|folder| {
                let files: BTreeMap<String, Vec<u8>> = self
                    .files
                    .iter()
                    .filter_map(|(path, bytes)| Some((below(path, &folder)?, bytes)))
                    .filter(|(path, _)| is_part(path))
                    .map(|(path, bytes)| (path.to_owned(), bytes.clone()))
                    .collect();
                let main = files.keys().find(|path| is_pack_file(Path::new(path))).cloned();
                PackFiles { folder: archive.join(&folder), main: main.unwrap_or_default(), files }
            })
            .collect()
    }
}

fn below<'p>(path: &'p str, folder: &str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

/// Files of packs, profiles and registers; the rest of a repository's archive is passed over.
fn may_be_wanted(path: &str) -> bool {
    let ending = [".yaml", ".yml", ".json", ".minisig"].iter().any(|ending| path.ends_with(ending));
    ending || path.split('/').any(|part| part == "schemas")
}

/// An entry's path, if it stays within the archive.
fn inside(bytes: &[u8]) -> Result<String, String> {
    let shown = String::from_utf8_lossy(bytes);
    let path = std::str::from_utf8(bytes)
        .map_err(|_| format!("The archive holds the name {shown}, which is no UTF-8."))?;
    let out = || format!("The archive holds {shown}, which leads out of it.");
    if path.contains(['\\', '\0']) {
        return Err(out());
    }
    let mut parts = Vec::new();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => parts.push(name.to_string_lossy().into_owned()),
            Component::CurDir => {}
            _ => return Err(out()),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_stay_within_the_archive() {
        assert_eq!(inside(b"./a/b.yaml").unwrap(), "a/b.yaml");
        for bad in [&b"../a"[..], b"/etc/passwd", b"a/../../b", b"a\\..\\b", b"\xff"] {
            assert!(inside(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_digest_is_over_names_and_bytes_and_not_over_the_signature() {
        let files = |pairs: &[(&str, &str)]| PackFiles {
            files: pairs.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect(),
            ..PackFiles::default()
        };
        let one = files(&[("pack.yaml", "a"), ("rules/x.yaml", "b")]).digest();
        assert_eq!(one, files(&[("pack.yaml", "a"), ("rules/x.yaml", "b"), (SIGNATURE, "s")]).digest());
        for other in [
            &[("pack.yaml", "a"), ("rules/y.yaml", "b")][..],
            &[("pack.yaml", "ab"), ("rules/x.yaml", "")],
            &[("pack.yaml", "a"), ("rules/x.yaml", "b"), ("schemas/s", "")],
        ] {
            assert_ne!(one, files(other).digest());
        }
    }
}
