//! What the parsers of line-based formats share: lines, the place of a part of the text, and members
//! whose value is such a part.

use super::{Builder, Kind, flag};
use crate::text::{Span, Text};
use std::sync::Arc;

/// Each line. LF, CRLF and CR end lines.
pub(super) fn lines(source: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(source).filter(|source| !source.is_empty());
    std::iter::from_fn(move || {
        let text = rest?;
        let end = memchr::memchr2(b'\n', b'\r', text.as_bytes());
        let (line, after) = text.split_at(end.unwrap_or(text.len()));
        let skip = if after.starts_with("\r\n") { 2 } else { usize::from(!after.is_empty()) };
        rest = Some(&after[skip..]).filter(|rest| !rest.is_empty());
        Some(line)
    })
}

/// The builder together with the text that its values are parts of.
pub(super) struct Parts {
    pub tree: Builder,
    source: Arc<Text>,
}

impl Parts {
    /// Over a builder.
    pub(super) fn new(tree: Builder) -> Self {
        let source = Arc::clone(tree.text());
        Self { tree, source }
    }

    /// Where a part of the text stands in it.
    pub(super) fn span(&self, part: &str) -> Span {
        let whole = self.source.as_str();
        let start = (part.as_ptr() as usize).checked_sub(whole.as_ptr() as usize);
        let start = start.filter(|start| start + part.len() <= whole.len());
        start.map_or_else(Span::default, |start| Span::new(start as u32, (start + part.len()) as u32))
    }

    /// Opens a list or object as a member.
    pub(super) fn open(&mut self, key: &str, kind: Kind, at: &str) {
        self.tree.key(key, Span::default(), 0);
        self.open_item(kind, at);
    }

    /// Opens a list or object as an element.
    pub(super) fn open_item(&mut self, kind: Kind, at: &str) {
        let start = self.span(at).start;
        self.tree.open(kind, start);
    }

    /// Closes what was opened last, at the end of a part.
    pub(super) fn close(&mut self, at: &str) {
        let end = self.span(at).end;
        self.tree.close(end);
    }

    /// Adds a part as an element.
    pub(super) fn item(&mut self, part: &str) {
        let span = self.span(part);
        self.tree.scalar(Kind::String, span, None, 0);
    }

    /// Adds a part as a member.
    pub(super) fn member(&mut self, key: &str, part: &str) {
        self.tree.key(key, Span::default(), 0);
        self.item(part);
    }

    /// Adds a truth value, at a part that shows it.
    pub(super) fn truth(&mut self, key: &str, truth: bool, at: &str) {
        self.tree.key(key, Span::default(), 0);
        let span = self.span(at);
        self.tree.scalar(Kind::Bool, span, None, if truth { flag::TRUE } else { 0 });
    }

    /// Adds text that differs from what stands at a part.
    pub(super) fn decoded(&mut self, key: &str, text: &str, at: &str) {
        self.tree.key(key, Span::default(), 0);
        let span = self.span(at);
        let data = self.tree.decoded(text);
        self.tree.scalar(Kind::String, span, Some(data), 0);
    }
}

/// A text without one pair of quotes around it.
pub(super) fn unquoted(text: &str) -> &str {
    ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(text)
}
