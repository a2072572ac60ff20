//! Digests: what a statement was judged by, so that anybody can see that nothing has changed since.

use super::TreePart;
use crate::workspace::{Skip, Workspace};
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Bytes of a file's digest that a statement keeps: enough to name the file that changed. That one
/// did, the digest of the whole tree tells.
const SHORT: usize = 6;

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of a tree: over every file's path and content, in order of their paths. A link counts
/// by its path and the path it holds; a file that cannot be read counts as that.
#[must_use]
pub fn tree(workspace: &Workspace) -> TreePart {
    let entries: Vec<_> =
        workspace.entries().iter().filter(|entry| entry.skip != Some(Skip::NotSelected)).collect();
    let of_files: Vec<[u8; 32]> = entries
        .par_iter()
        .with_max_len(64)
        .map(|entry| match entry.skip {
            Some(Skip::Link) => {
                let target = workspace.link(&entry.path).unwrap_or_default();
                Sha256::new_with_prefix(b"link\0").chain_update(target).finalize().into()
            }
            _ => workspace
                .raw(&entry.path)
                .map_or_else(|_| Sha256::digest(b"unreadable").into(), |bytes| Sha256::digest(bytes).into()),
        })
        .collect();
    let mut whole = Sha256::new();
    let mut folders: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (entry, digest) in entries.iter().zip(&of_files) {
        whole.update((entry.path.len() as u64).to_le_bytes());
        whole.update(entry.path.as_bytes());
        whole.update(entry.size.to_le_bytes());
        whole.update(digest);
        let (folder, name) = entry.path.rsplit_once('/').unwrap_or((".", &entry.path));
        let files = folders.entry(folder.to_owned()).or_default();
        files.insert(name.to_owned(), hex(&digest[..SHORT]));
    }
    TreePart {
        sha256: hex(&whole.finalize()),
        folders,
        files: entries.len(),
        bytes: entries.iter().map(|entry| entry.size).sum(),
        commit: workspace.git().and_then(|git| git.commit),
    }
}

#[cfg(test)]
mod tests {
    use super::tree;
    use crate::workspace::{Memory, Workspace};
    use assize_tree::document::Limits;

    fn digest(files: &[(&str, &str)]) -> super::TreePart {
        let memory = files.iter().fold(Memory::default(), |memory, (path, text)| memory.with(*path, *text));
        tree(&Workspace::new(Box::new(memory), Limits::default(), true))
    }

    #[test]
    fn any_byte_of_content_or_name_shows_and_says_where() {
        let before = digest(&[("a/b", "one"), ("c", "two")]);
        for (after, folder, file) in [
            (digest(&[("a/b", "onf"), ("c", "two")]), "a", "b"),
            (digest(&[("a/B", "one"), ("c", "two")]), "a", "b"),
            (digest(&[("a/b", "one"), ("c", "two\n")]), ".", "c"),
        ] {
            assert_ne!(before.sha256, after.sha256);
            assert_ne!(before.folders[folder].get(file), after.folders[folder].get(file));
            let others = before.folders.iter().filter(|(name, _)| *name != folder);
            for (name, files) in others {
                assert_eq!(after.folders[name], *files);
            }
        }
        assert_eq!(before.sha256, digest(&[("c", "two"), ("a/b", "one")]).sha256, "order does not matter");
    }
}
