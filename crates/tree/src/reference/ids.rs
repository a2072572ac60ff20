//! Addresses that schemas give themselves (`$id`, JSON Schema core 8.2.1): what references inside
//! them are relative to, and what references elsewhere may name them by. A file without one has the
//! address of its path, as `file:///path/from/the/root`.

use crate::document::{Document, Kind, NodeId};
use crate::path::NodeRef;
use std::collections::HashMap;

/// What begins the address of a file of the judged tree.
pub(super) const FILE: &str = "file:///";

/// The addresses in the documents of a bundle.
#[derive(Default)]
pub(super) struct Ids {
    known: HashMap<String, NodeRef>,
}

impl Ids {
    /// Notes every `$id` of a document.
    pub(super) fn add(&mut self, doc: u32, path: &str, document: &Document) {
        let Some(symbol) = document.symbols().lookup("$id") else { return };
        for node in (0..document.nodes().len() as u32).map(NodeId) {
            if document.key_symbol(node) == Some(symbol)
                && document.kind(node) == Kind::String
                && let Some(object) = document.parent(node)
                && let Some(address) = base(path, document, object)
            {
                self.known.entry(address).or_insert(NodeRef { doc, node: object });
            }
        }
    }

    /// What has that address.
    pub(super) fn find(&self, address: &str) -> Option<NodeRef> {
        self.known.get(address.trim_end_matches('#')).copied()
    }
}

/// What references at a node are relative to, where some `$id` around it says so.
pub(super) fn base(path: &str, document: &Document, node: NodeId) -> Option<String> {
    document.symbols().lookup("$id")?;
    let mut around = Vec::new();
    let mut at = Some(node);
    while let Some(here) = at {
        if document.kind(here) == Kind::Object
            && let Some(id) = document.get(here, "$id").and_then(|id| document.str(id))
            // Before 2019-09 an anchor was written so.
            && !id.starts_with('#')
            && !id.is_empty()
        {
            around.push(id);
        }
        at = document.parent(here);
    }
    if around.is_empty() {
        return None;
    }
    let own = format!("{FILE}{path}");
    let joined = around.iter().rev().fold(own, |base, id| join(&base, id));
    Some(joined.trim_end_matches('#').to_owned())
}

/// A reference seen from a base (RFC 3986, 5.2, for addresses with a hierarchy). Fragments of the
/// base are dropped.
pub(super) fn join(base: &str, reference: &str) -> String {
    let base = base.split('#').next().unwrap_or_default();
    if super::resolve::has_scheme(reference) {
        return reference.to_owned();
    }
    let Some((scheme, rest)) = base.split_once("://") else {
        // urn:x: nothing is relative to it but a fragment.
        return if reference.starts_with('#') { format!("{base}{reference}") } else { reference.to_owned() };
    };
    if let Some(network) = reference.strip_prefix("//") {
        return format!("{scheme}://{network}");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if reference.is_empty() || reference.starts_with('#') {
        return format!("{base}{reference}");
    }
    let (relative, tail) = reference.split_at(reference.find(['?', '#']).unwrap_or(reference.len()));
    let folder =
        path.split('?').next().and_then(|path| path.rsplit_once('/')).map_or("", |(folder, _)| folder);
    let whole = if relative.starts_with('/') { relative.to_owned() } else { format!("{folder}/{relative}") };
    let mut parts: Vec<&str> = Vec::new();
    for part in whole.split('/').skip(1) {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    format!("{scheme}://{authority}/{}{tail}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::join;

    #[test]
    fn addresses_are_joined_as_rfc_3986_says() {
        for (base, reference, wanted) in [
            ("https://x.org/a/b.json", "c.json", "https://x.org/a/c.json"),
            ("https://x.org/a/b.json#/d", "#/e", "https://x.org/a/b.json#/e"),
            ("https://x.org/a/b.json", "/c.json#/d", "https://x.org/c.json#/d"),
            ("https://x.org/a/b.json", "../c.json", "https://x.org/c.json"),
            ("https://x.org", "c.json", "https://x.org/c.json"),
            ("https://x.org/a/", "./c/./d.json", "https://x.org/a/c/d.json"),
            ("https://x.org/a", "//y.org/b", "https://y.org/b"),
            ("file:///a/b.json", "c.json", "file:///a/c.json"),
            ("urn:x", "#/a", "urn:x#/a"),
            ("https://x.org/a", "urn:y", "urn:y"),
        ] {
            assert_eq!(join(base, reference), wanted, "{reference} from {base}");
        }
    }
}
