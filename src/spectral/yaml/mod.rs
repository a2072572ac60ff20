//! YAML as Spectral's parser reads it (stoplight/yaml 4.3 over yaml-ast-parser 0.0.50), faults and all:
//! it goes on behind a fault with what it has, so that the values that are judged, their places and
//! the words for the fault differ from what YAML says. Used for texts that both read differently;
//! everything else comes from the tree's own reader.
//!
//! `state` keeps where reading stands and what was found wrong, `scalars` and `nodes` read, `tree`
//! makes a document of what was read.

mod nodes;
mod properties;
mod scalars;
mod state;
#[cfg(test)]
mod tests;

mod tree;
mod types;

use super::parser::tabs;
use super::place::Range;
use assize_tree::document::{Document, Format, Kind, Node, flag};
use assize_tree::text::Text;
use std::sync::Arc;

/// What Spectral's parser says of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Diagnostic {
    /// The words, as Spectral prints them.
    pub message: String,
    /// Where; empty for faults of syntax.
    pub path: Vec<String>,
    /// Lines and columns.
    pub range: Range,
    /// 0 or 1.
    pub severity: i8,
}

/// A text as Spectral's parser reads it.
pub(super) struct Reading {
    /// The values; the spans are those that Spectral finds.
    pub document: Document,
    /// What was found wrong.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text. `None` where Spectral's parser does not come to an end, stops with a fault of its
/// own, or goes deeper than we do: what the tree's own reader found stands then.
pub(super) fn read(text: &Arc<Text>) -> Option<Reading> {
    let mut state = state::State::new(text.as_str());
    let roots = nodes::documents(&mut state).ok()?;
    tree::build(text, state, &roots)
}

/// Whether Spectral's parser may read a text otherwise than the tree's own reader did.
pub(super) fn differs(document: &Document) -> bool {
    if !matches!(document.format(), Format::Yaml | Format::Json) {
        return false;
    }
    if document.problems().iter().any(|problem| problem.code != "duplicate-key") {
        return true;
    }
    document.format() == Format::Yaml
        && (document.symbols().lookup("<<").is_some()
            || document.nodes().iter().any(|node| odd(document, node))
            || tagged(document.text().as_str())
            || !tabs(document).is_empty())
}

/// Keys over several lines, keys that change when they become texts, and block scalars whose lines are
/// counted otherwise.
fn odd(document: &Document, node: &Node) -> bool {
    if document.text().slice(node.key_span).contains('\n') {
        return true;
    }
    if node.has(flag::PLAIN_KEY) && node.has(flag::MEMBER) {
        let key = document.text().slice(node.key_span);
        let same = match tree::Plain::of(key) {
            tree::Plain::Text => true,
            plain => plain.string(key) == key,
        };
        if !same {
            return true;
        }
    }
    if node.kind == Kind::String && !node.has(flag::QUOTED) {
        let raw = document.text().slice(node.span);
        if raw.starts_with(['|', '>']) {
            let mut lines = raw.lines();
            let header = lines.next().unwrap_or_default();
            let header = header.split('#').next().unwrap_or_default();
            return header.contains(|char: char| char == '+' || char.is_ascii_digit())
                || lines.next().is_some_and(|line| line.trim().is_empty());
        }
    }
    false
}

/// Whether something in a text looks like a tag.
fn tagged(text: &str) -> bool {
    let bytes = text.as_bytes();
    memchr::memchr_iter(b'!', bytes).any(|at| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let behind = bytes.get(at + 1);
        before.is_none_or(|byte| byte.is_ascii_whitespace() || b"[{,".contains(&byte))
            && behind.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"!<".contains(byte))
    })
}
