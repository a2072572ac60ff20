//! The text of a reference: where it leads, by its letters alone.

use crate::document::de::closest;
use crate::document::{Document, NodeId};
use std::collections::HashMap;

/// Where a reference leads.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reference {
    /// Within the same file: the fragment, decoded.
    Here(String),
    /// Into another file: its path from the judged root, and the fragment.
    File(String, String),
    /// To the network, or another scheme.
    Remote,
    /// Out of the judged root.
    Outside,
}

/// Takes a reference apart. `base` is the path of the file it stands in, `id` that file's own address.
pub(super) fn parse(base: &str, text: &str, id: Option<&str>) -> Reference {
    let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
    let fragment = decode(fragment);
    if address.is_empty() || id.is_some_and(|id| id.trim_end_matches('#') == address) {
        return Reference::Here(fragment);
    }
    if has_scheme(address) || address.starts_with("//") {
        return Reference::Remote;
    }
    let address = decode(address.split('?').next().unwrap_or_default());
    if address.starts_with('/') || address.contains(['\0', '\\']) {
        return Reference::Outside;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return Reference::Outside;
                }
            }
            name => parts.push(name),
        }
    }
    let path = parts.join("/");
    if path == base { Reference::Here(fragment) } else { Reference::File(path, fragment) }
}

/// `http:`, `urn:` and the like; a single letter is a drive, and leads outside as well.
pub(super) fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
    })
}

/// Percent-decodes a text; what does not decode stays as it is.
pub(super) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|digits| bytes[at] == b'%' && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(decoded).unwrap_or_else(|_| text.to_owned())
}

/// The address a schema gives itself.
pub(super) fn id_of(document: &Document, root: NodeId) -> Option<&str> {
    ["$id", "id"].iter().find_map(|key| document.str(document.get(root, key)?))
}

/// The schemas that have anchors (`$anchor`, `$dynamicAnchor`, or `$id: "#name"` before 2019-09), by
/// name; of several with one name the first.
pub(super) fn anchors(document: &Document) -> HashMap<String, NodeId> {
    let symbols: Vec<(u32, bool)> =
        [("$anchor", false), ("$dynamicAnchor", false), ("$id", true), ("id", true)]
            .into_iter()
            .filter_map(|(key, hash)| Some((document.symbols().lookup(key)?.0, hash)))
            .collect();
    let mut found = HashMap::new();
    for node in (0..document.nodes().len() as u32).map(NodeId) {
        let Some(key) = document.key_symbol(node).map(|key| key.0) else { continue };
        let Some((_, hash)) = symbols.iter().find(|(symbol, _)| *symbol == key) else { continue };
        let name =
            document.str(node).and_then(|text| if *hash { text.strip_prefix('#') } else { Some(text) });
        if let (Some(name), Some(parent)) = (name, document.parent(node)) {
            found.entry(name.to_owned()).or_insert(parent);
        }
    }
    found
}

/// The key nearest to one that is missing.
pub(super) fn did_you_mean(document: &Document, node: NodeId, missing: &str) -> Option<String> {
    // Comparing with very many keys costs more than the hint is worth.
    let keys = document.members(node).take(2000).map(|(key, _)| document.symbols().get(key));
    closest(missing, keys).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_stay_within_the_root() {
        let file = |path: &str, fragment: &str| Reference::File(path.to_owned(), fragment.to_owned());
        for (base, text, expected) in [
            ("a/b.yaml", "#/x%20y", Reference::Here("/x y".to_owned())),
            ("a/b.yaml", "c.yaml#/x", file("a/c.yaml", "/x")),
            ("a/b.yaml", "./../d%20e.yaml", file("d e.yaml", "")),
            ("a/b.yaml", "b.yaml#/x", Reference::Here("/x".to_owned())),
            ("a/b.yaml", "../../c.yaml", Reference::Outside),
            ("a/b.yaml", "/etc/passwd", Reference::Outside),
            ("a/b.yaml", "..%2f..%2fc.yaml", Reference::Outside),
            ("a/b.yaml", "..\\c.yaml", Reference::Outside),
            ("a/b.yaml", "https://x.org/c.yaml", Reference::Remote),
            ("a/b.yaml", "file:///etc/passwd", Reference::Remote),
            ("a/b.yaml", "C:/x.yaml", Reference::Remote),
            ("a/b.yaml", "//x.org/c", Reference::Remote),
        ] {
            assert_eq!(parse(base, text, None), expected, "{text}");
        }
        assert_eq!(
            parse("a.json", "https://x.org/a#/d", Some("https://x.org/a")),
            Reference::Here("/d".to_owned())
        );
    }
}
