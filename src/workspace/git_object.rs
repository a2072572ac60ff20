//! One object of a repository's store, read from its files: loose, or in a pack, whole or as the
//! difference from another. Everything in a stranger's store is bounded: sizes, chains, packs.

use flate2::read::ZlibDecoder;
use std::fs::{self, File};
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;

/// Commits and trees are small; a larger object is none that is wanted here.
const MOST_BYTES: u64 = 1 << 20;
/// Differences from differences.
const MOST_STEPS: usize = 64;
/// Packs that are looked through.
const MOST_PACKS: usize = 512;

/// The kinds of objects, as packs number them.
const COMMIT: u8 = 1;
const TREE: u8 = 2;
const OFFSET_DELTA: u8 = 6;
const NAMED_DELTA: u8 = 7;

/// When the commit of a hash was made, in seconds since 1970; `None` where that cannot be read (it is
/// not there, lies in another store, or is no commit).
pub(super) fn commit_time(objects: &Path, hash: &str) -> Option<u64> {
    let text = read(objects, &bytes_of(hash)?, COMMIT)?;
    let text = String::from_utf8_lossy(&text);
    // The headers end at the first empty line; what follows is anybody's text.
    let line =
        text.lines().take_while(|line| !line.is_empty()).find_map(|line| line.strip_prefix("committer "))?;
    let (_, moment) = line.rsplit_once('>')?;
    moment.split_whitespace().next()?.parse().ok()
}

/// What a tree holds under a name.
pub(super) struct Listed {
    /// Path from the folder that was asked about.
    pub path: String,
    /// Its mode, in octal digits as git writes it: `100644`, `120000` for a link, `160000` for a submodule.
    pub mode: String,
    /// The name of its object.
    pub object: Vec<u8>,
}

/// Trees that are read; of more the program makes shorter work.
const MOST_TREES: usize = 256;
/// Files in them: a stranger's trees may name each other many times over.
const MOST_FILES: usize = 100_000;

/// Every file below a folder of a commit (a path with `/`, empty for all of it); `None` where some tree
/// cannot be read, or they are many.
pub(super) fn files(objects: &Path, commit: &str, folder: &str) -> Option<Vec<Listed>> {
    let length = bytes_of(commit)?.len();
    let text = read(objects, &bytes_of(commit)?, COMMIT)?;
    let first = text.split(|byte| *byte == b'\n').next()?.strip_prefix(b"tree ")?;
    let mut top = bytes_of(std::str::from_utf8(first).ok()?)?;
    for part in folder.split('/').filter(|part| !part.is_empty()) {
        let mut below = listed(&read(objects, &top, TREE)?, length)?.into_iter();
        match below.find(|one| one.path == part) {
            Some(one) if one.mode == FOLDER => top = one.object,
            _ => return Some(Vec::new()),
        }
    }
    let (mut found, mut trees, mut wait) = (Vec::new(), 0, vec![(String::new(), top)]);
    while let Some((before, tree)) = wait.pop() {
        trees += 1;
        if trees > MOST_TREES || found.len() > MOST_FILES {
            return None;
        }
        for mut one in listed(&read(objects, &tree, TREE)?, length)? {
            one.path.insert_str(0, &before);
            if one.mode == FOLDER {
                wait.push((format!("{}/", one.path), one.object));
            } else {
                found.push(one);
            }
        }
    }
    Some(found)
}

/// The mode of a folder.
const FOLDER: &str = "40000";

/// The entries of one tree: mode, space, name, zero byte, the name of the object in bytes.
fn listed(tree: &[u8], length: usize) -> Option<Vec<Listed>> {
    let (mut rest, mut found) = (tree, Vec::new());
    while !rest.is_empty() {
        let space = rest.iter().position(|byte| *byte == b' ')?;
        let end = space + rest[space..].iter().position(|byte| *byte == 0)?;
        let object = rest.get(end + 1..end + 1 + length)?.to_vec();
        let path = String::from_utf8_lossy(&rest[space + 1..end]).into_owned();
        // No honest tree has such names.
        if matches!(path.as_str(), "" | "." | "..") || path.contains('/') {
            return None;
        }
        // Some old programs wrote a zero in front.
        let mode = std::str::from_utf8(&rest[..space]).ok()?.trim_start_matches('0');
        found.push(Listed { path, mode: mode.to_owned(), object });
        rest = &rest[end + 1 + length..];
    }
    Some(found)
}

/// An object of a kind.
fn read(objects: &Path, hash: &[u8], kind: u8) -> Option<Vec<u8>> {
    loose(objects, hash, kind).or_else(|| packed(objects, hash, kind))
}

fn bytes_of(hash: &str) -> Option<Vec<u8>> {
    // The pack index of SHA-256 repositories has longer entries; the same reader fits both.
    if !matches!(hash.len(), 40 | 64) || !hash.is_ascii() {
        return None;
    }
    (0..hash.len() / 2).map(|at| u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16).ok()).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A regular file, never through a link.
fn open(path: &Path) -> Option<File> {
    fs::symlink_metadata(path).ok().filter(fs::Metadata::is_file)?;
    File::open(path).ok()
}

fn inflate(from: impl Read) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(from).take(MOST_BYTES + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= MOST_BYTES).then_some(bytes)
}

/// An object that lies in a file of its own: `commit 123\0...`.
fn loose(objects: &Path, hash: &[u8], kind: u8) -> Option<Vec<u8>> {
    let name = hex(hash);
    let bytes = inflate(open(&objects.join(&name[..2]).join(&name[2..]))?)?;
    let end = bytes.iter().position(|byte| *byte == 0)?;
    let name: &[u8] = if kind == COMMIT { b"commit " } else { b"tree " };
    bytes[..end].starts_with(name).then(|| bytes[end + 1..].to_vec())
}

fn packed(objects: &Path, hash: &[u8], wanted: u8) -> Option<Vec<u8>> {
    let mut indexes: Vec<_> = fs::read_dir(objects.join("pack"))
        .ok()?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "idx"))
        .take(MOST_PACKS)
        .collect();
    indexes.sort();
    indexes.iter().find_map(|index| {
        let at = offset(index, hash)?;
        let (kind, bytes) = entry(&mut open(&index.with_extension("pack"))?, index, at, hash.len())?;
        (kind == wanted).then_some(bytes)
    })
}

fn number(file: &mut File, at: u64) -> Option<u32> {
    let mut bytes = [0; 4];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut bytes).ok()?;
    Some(u32::from_be_bytes(bytes))
}

/// Where an object stands in the pack of an index (version 2).
fn offset(index: &Path, hash: &[u8]) -> Option<u64> {
    let file = &mut open(index)?;
    if number(file, 0)? != 0xff74_4f63 || number(file, 4)? != 2 {
        return None;
    }
    let first = u64::from(*hash.first()?);
    let (mut low, mut high) =
        (if first == 0 { 0 } else { number(file, 8 + (first - 1) * 4)? }, number(file, 8 + first * 4)?);
    let count = u64::from(number(file, 8 + 255 * 4)?);
    let (names, length) = (8 + 256 * 4, hash.len() as u64);
    let mut name = vec![0; hash.len()];
    while low < high {
        let middle = low + (high - low) / 2;
        file.seek(SeekFrom::Start(names + u64::from(middle) * length)).ok()?;
        file.read_exact(&mut name).ok()?;
        match name.as_slice().cmp(hash) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                let offsets = names + count * (length + 4);
                let short = number(file, offsets + u64::from(middle) * 4)?;
                if short & 0x8000_0000 == 0 {
                    return Some(u64::from(short));
                }
                let long = offsets + count * 4 + u64::from(short & 0x7fff_ffff) * 8;
                return Some(u64::from(number(file, long)?) << 32 | u64::from(number(file, long + 4)?));
            }
        }
    }
    None
}

/// Kind and content of the entry of a pack.
fn entry(pack: &mut File, index: &Path, at: u64, length: usize) -> Option<(u8, Vec<u8>)> {
    let mut at = at;
    // Differences, the last to be applied first.
    let mut steps: Vec<Vec<u8>> = Vec::new();
    let (kind, mut content) = loop {
        if steps.len() > MOST_STEPS {
            return None;
        }
        pack.seek(SeekFrom::Start(at)).ok()?;
        let mut head = [0; 64];
        let read = pack.read(&mut head).ok()?;
        let mut head = head[..read].iter().copied();
        let first = head.next()?;
        let kind = first >> 4 & 7;
        let mut used = 1;
        let mut byte = first;
        while byte & 0x80 != 0 {
            byte = head.next()?;
            used += 1;
        }
        let base = match kind {
            OFFSET_DELTA => {
                let mut back = 0_u64;
                loop {
                    let byte = head.next()?;
                    used += 1;
                    back = back.checked_mul(128)?.checked_add(u64::from(byte & 0x7f))?;
                    if byte & 0x80 == 0 {
                        break;
                    }
                    back += 1;
                }
                Some(at.checked_sub(back).filter(|base| *base < at)?)
            }
            NAMED_DELTA => {
                let name: Vec<u8> = head.by_ref().take(length).collect();
                used += length as u64;
                Some(offset(index, &name)?)
            }
            _ => None,
        };
        pack.seek(SeekFrom::Start(at + used)).ok()?;
        let bytes = inflate(&mut *pack)?;
        match base {
            Some(base) => {
                steps.push(bytes);
                at = base;
            }
            None => break (kind, bytes),
        }
    };
    while let Some(step) = steps.pop() {
        content = apply(&content, &step)?;
    }
    Some((kind, content))
}

/// A number in groups of seven bits, the lowest first.
fn varint(bytes: &mut std::slice::Iter<'_, u8>) -> Option<u64> {
    let mut number = 0_u64;
    for shift in (0..63).step_by(7) {
        let byte = *bytes.next()?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(number);
        }
    }
    None
}

/// An object from the one it differs from.
fn apply(base: &[u8], step: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = step.iter();
    if varint(&mut bytes)? != base.len() as u64 {
        return None;
    }
    let size = varint(&mut bytes).filter(|size| *size <= MOST_BYTES)?;
    let mut content = Vec::new();
    while let Some(&order) = bytes.next() {
        if order & 0x80 == 0 {
            // So many new bytes.
            let count = usize::from(order).checked_sub(1)? + 1;
            content.extend_from_slice(bytes.as_slice().get(..count)?);
            bytes = bytes.as_slice()[count..].iter();
        } else {
            let mut part = |bits: std::ops::Range<u32>| {
                bits.clone().try_fold(0_usize, |number, bit| {
                    Some(if order & 1 << bit == 0 {
                        number
                    } else {
                        number | usize::from(*bytes.next()?) << ((bit - bits.start) * 8)
                    })
                })
            };
            let (from, count) = (part(0..4)?, part(4..7)?);
            let count = if count == 0 { 0x1_0000 } else { count };
            content.extend_from_slice(base.get(from..from.checked_add(count)?)?);
        }
        if content.len() as u64 > size {
            return None;
        }
    }
    (content.len() as u64 == size).then_some(content)
}

#[cfg(test)]
mod tests {
    use super::{apply, commit_time, files, hex};
    use std::path::Path;
    use std::process::Command;

    #[test]
    fn commits_are_found_loose_and_packed() {
        let root = std::env::temp_dir().join(format!("assize-objects-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        std::fs::create_dir_all(&root).unwrap();
        let git = |arguments: &[&str]| {
            let output = Command::new("git")
                .arg("-C")
                .arg(&root)
                .args(["-c", "user.name=A", "-c", "user.email=a@b.example", "-c", "gc.auto=0"])
                .args(arguments)
                .env("GIT_COMMITTER_DATE", "1700000000 +0100")
                .output()
                .unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap().trim().to_owned()
        };
        git(&["init", "-q"]);
        let mut hashes = Vec::new();
        for number in 0..40 {
            let message =
                format!("{number}\n\n{}committer X <x> 5 +0000\n", "a long text that stays\n".repeat(40));
            git(&["commit", "-q", "--allow-empty", "-m", &message]);
            hashes.push(git(&["rev-parse", "HEAD"]));
        }
        let objects = root.join(".git/objects");
        assert!(hashes.iter().all(|hash| commit_time(&objects, hash) == Some(1_700_000_000)));
        git(&["repack", "-adfq", "--depth=50", "--window=50"]);
        git(&["prune-packed"]);
        // Long alike messages: most of them are packed as differences.
        let pack = git(&["verify-pack", "-v", &format!("{}", index(&objects).display())]);
        assert!(pack.contains("chain length"), "{pack}");
        assert!(hashes.iter().all(|hash| commit_time(&objects, hash) == Some(1_700_000_000)));
        let tree = git(&["rev-parse", "HEAD^{tree}"]);
        for other in [&*tree, &"0".repeat(40), "", "zz", &"é".repeat(20)] {
            assert_eq!(commit_time(&objects, other), None);
        }
        // A pack that is cut off, or not one, is no panic.
        let pack = index(&objects).with_extension("pack");
        let bytes = std::fs::read(&pack).unwrap();
        let mut permissions = std::fs::metadata(&pack).unwrap().permissions();
        #[expect(clippy::permissions_set_readonly_false, reason = "a file of this test's own")]
        permissions.set_readonly(false);
        std::fs::set_permissions(&pack, permissions).unwrap();
        for length in (0..bytes.len()).step_by(97) {
            std::fs::write(&pack, &bytes[..length]).unwrap();
            hashes.iter().for_each(|hash| {
                let _ = commit_time(&objects, hash);
            });
        }
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn files_are_those_that_git_lists() {
        let root = std::env::temp_dir().join(format!("assize-trees-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&root);
        let git = |arguments: &[&str]| {
            let mut command = Command::new("git");
            command.arg("-C").arg(&root).args(["-c", "user.name=A", "-c", "user.email=a@b.example"]);
            let output = command.args(["-c", "gc.auto=0"]).args(arguments).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            String::from_utf8(output.stdout).unwrap()
        };
        for (name, text) in
            [("a.txt", "a"), ("b/c d.txt", "b"), ("b/e/ü.txt", "c"), ("b.x/f", "d"), ("b/e/g/h/i", "e")]
        {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        git(&["init", "-q"]);
        git(&["add", "-A"]);
        git(&["commit", "-q", "-m", "x"]);
        let commit = git(&["rev-parse", "HEAD"]).trim().to_owned();
        let objects = root.join(".git/objects");
        let told = |folder: &str| {
            let found = files(&objects, &commit, folder).unwrap();
            let mut lines: Vec<String> = found
                .iter()
                .map(|one| format!("{} blob {}\t{}", one.mode, hex(&one.object), one.path))
                .collect();
            lines.sort();
            lines
        };
        let listed = |folder: &str| {
            let text = git(&["ls-tree", "-r", "-z", &format!("{commit}:{folder}")]);
            let mut lines: Vec<String> =
                text.split('\0').filter(|line| !line.is_empty()).map(str::to_owned).collect();
            lines.sort();
            lines
        };
        for packed in [false, true] {
            if packed {
                git(&["repack", "-adq"]);
                git(&["prune-packed"]);
            }
            for folder in ["", "b", "b/e"] {
                assert_eq!(told(folder), listed(folder), "{folder} {packed}");
            }
            assert!(told("b").len() == 3 && told("none").is_empty() && told("a.txt").is_empty());
        }
        // What is gone from the store is told by nobody.
        std::fs::remove_dir_all(objects.join("pack")).unwrap();
        assert!(files(&objects, &commit, "").is_none());
        std::fs::remove_dir_all(&root).unwrap();
    }

    fn index(objects: &Path) -> std::path::PathBuf {
        let folder = std::fs::read_dir(objects.join("pack")).unwrap();
        folder
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|one| one == "idx"))
            .unwrap()
    }

    #[test]
    fn differences_are_bounded() {
        assert_eq!(apply(b"abcdef", &[6, 5, 0x91, 2, 3, 2, b'x', b'y']), Some(b"cdexy".to_vec()));
        for broken in
            [&[][..], &[6], &[6, 3], &[5, 0], &[6, 3, 0x91, 2, 9], &[6, 3, 9, 1], &[6, 1, 0], &[0xff; 12]]
        {
            assert_eq!(apply(b"abcdef", broken), None, "{broken:?}");
        }
    }
}
