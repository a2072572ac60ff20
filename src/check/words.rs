//! The words Spectral's functions use of a subject, so that their messages come out the same.

use super::{Context, Subject};
use assize_tree::document::{Document, Kind, NodeId};

/// `"name" property ` or `The document `: Spectral's `print("property")`.
pub(super) fn property(cx: &Context<'_>, subject: Subject) -> String {
    if let (Subject::Missing(_), Some(missing)) = (subject, cx.missing) {
        return format!("\"{missing}\" property ");
    }
    let at = match subject {
        Subject::Node(node) if cx.through(cx.at) == node => cx.at,
        other => other.node(),
    };
    let document = cx.document(at);
    let raw = document.node(at.node);
    match (document.key(at.node), document.parent(at.node)) {
        (Some(key), _) => format!("\"{key}\" property "),
        (None, Some(_)) => format!("\"{}\" property ", raw.key),
        (None, None) => "The document ".to_owned(),
    }
}

/// A value as Spectral prints it: strings in quotes, containers by their kind.
pub(super) fn value(document: &Document, node: NodeId) -> String {
    match document.kind(node) {
        Kind::String => quoted(document.str(node).unwrap_or_default()),
        Kind::Array => "Array[]".to_owned(),
        Kind::Object => "Object{}".to_owned(),
        _ => document.scalar(node).unwrap_or("null").to_owned(),
    }
}

/// A string in quotes, as JSON writes it.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `"a", "b" and "c"`.
pub(super) fn listed(names: &[String], last: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("\"{name}\"")).collect();
    match quoted.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{} {last} {end}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
