//! Fingerprint v1. Baselines and waivers rest on it, so it changes only with its version number.
//! It holds what stays when a file is edited elsewhere: rule, file, pointer and ordinal; never the
//! message, never a line. Array elements are named by what identifies them where they have such a
//! member, so that inserting one does not rename the others.

use assize_tree::document::{Document, Format, Kind, NodeId, escape_pointer_token, flag};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Members that name an element of an array, in order of preference.
const NAMES: [&str; 3] = ["operationId", "id", "name"];

/// A pointer in which array elements stand by name where they have one:
/// `/paths/~1a/get/parameters/name=limit`.
#[must_use]
pub fn stable_pointer(document: &Document, node: NodeId) -> String {
    let mut parts = Vec::new();
    let mut at = node;
    while let Some(parent) = document.parent(at) {
        let raw = document.node(at);
        parts.push(if raw.has(flag::MEMBER) {
            escape_pointer_token(document.key(at).unwrap_or_default()).into_owned()
        } else {
            element_name(document, at).unwrap_or_else(|| raw.key.to_string())
        });
        at = parent;
    }
    let mut pointer = String::new();
    for part in parts.iter().rev() {
        pointer.push('/');
        pointer.push_str(part);
    }
    pointer
}

fn element_name(document: &Document, element: NodeId) -> Option<String> {
    if document.kind(element) != Kind::Object {
        return None;
    }
    // A file of the repository stands by its path: its number changes with every file that comes or goes.
    let path = (document.format() == Format::Synthetic).then_some(&"path");
    NAMES.iter().chain(path).find_map(|name| {
        let value = document.str(document.get(element, name)?)?;
        Some(format!("{name}={}", escape_pointer_token(value)))
    })
}

/// The fingerprint: `v1:` and 32 hexadecimal digits. `ordinal` counts findings alike in the other
/// three, in document order, from 0.
#[must_use]
pub fn fingerprint(rule: &str, file: &str, pointer: &str, ordinal: u32) -> String {
    let mut hash = Sha256::new();
    for part in [rule, file, pointer] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hash.update(ordinal.to_le_bytes());
    let mut text = String::from("v1:");
    for byte in &hash.finalize()[..16] {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::fingerprint;

    #[test]
    fn version_one_never_changes() {
        assert_eq!(fingerprint("uk/a/b", "x.yaml", "/paths", 0), "v1:f5109ed1f366acbd9f6d469094950673");
        assert_ne!(
            fingerprint("uk/a/b", "x.yaml", "/paths", 0),
            fingerprint("uk/a/b", "x.yaml", "/paths", 1)
        );
        assert_ne!(fingerprint("ab", "c", "", 0), fingerprint("a", "bc", "", 0), "parts do not run together");
    }
}
