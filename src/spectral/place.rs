//! Where a result stands: from the way through the resolved document to a path in one of the files,
//! and from there to a range. Spectral walks the way in the root document as it is written; where a
//! reference stands in the way, the result moves to what it leads to.

use super::pointer;
use super::resolve::{Doc, Inventory};
use super::value::{Js, View};
use assize_tree::document::{Document, Kind, NodeId, flag};
use assize_tree::path::NodeRef;
use assize_tree::text::Span;

/// A result's place.
pub struct Item {
    /// Index of the document.
    pub doc: u32,
    /// The longest part of the path that is there.
    pub path: Vec<String>,
    /// The path that was asked for, where it goes further.
    pub missing: Option<Vec<String>>,
    /// No document could be told: the result has no source.
    pub lost: bool,
}

/// How much of a path is there.
fn closest(view: &View<'_>, root: NodeRef, path: &[String]) -> (usize, Js<'static>) {
    let mut at = view.target(root);
    for (index, step) in path.iter().enumerate() {
        match view.edge(at, step) {
            Some(edge) => at = view.target(edge),
            // The length of an array is a member of it.
            None if is_length(view, at, step) => return (index + 1, Js::Undefined),
            None => return (index, Js::Node(at)),
        }
    }
    (path.len(), Js::Node(at))
}

fn is_length(view: &View<'_>, at: NodeRef, step: &str) -> bool {
    step == "length" && view.doc(at.doc).kind(at.node) == Kind::Array
}

/// What walking the root document, as it is written, comes to.
enum Walk {
    /// The way does not meet a reference that decides.
    Here,
    /// A reference stands in the way; so many steps were left.
    Reference(usize),
    /// The way leaves the document.
    Lost,
}

fn until_reference(inventory: &Inventory, path: &[String]) -> Walk {
    let view = View { inventory, resolved: false };
    let mut at = view.target(inventory.root());
    let reference = |at: NodeRef| {
        view.edge(at, "$ref").is_some_and(|edge| matches!(view.read(edge), Js::Text(_)))
            && view.doc(at.doc).kind(at.node) == Kind::Object
    };
    for (index, step) in path.iter().enumerate() {
        if !matches!(view.doc(at.doc).kind(at.node), Kind::Array | Kind::Object) {
            return Walk::Lost;
        }
        if let Some(edge) = view.edge(at, step) {
            at = view.target(edge);
        } else if is_length(&view, at, step) {
            return Walk::Here;
        } else if reference(at) {
            return Walk::Reference(path.len() - index);
        } else {
            return Walk::Lost;
        }
    }
    if reference(at) && view.len(at) == 1 { Walk::Reference(0) } else { Walk::Here }
}

/// The place of a result found at a way through the document.
#[must_use]
pub fn locate(inventory: &Inventory, path: &[String], resolved: bool) -> Item {
    let raw = View { inventory, resolved: false };
    let root = inventory.root();
    let here = || Item {
        doc: 0,
        path: path[..closest(&raw, root, path).0].to_vec(),
        missing: Some(path.to_vec()),
        lost: false,
    };
    if !resolved {
        return here();
    }
    let view = View { inventory, resolved: true };
    let there = closest(&view, root, path).0;
    let left = match until_reference(inventory, &path[..there]) {
        Walk::Here => return here(),
        Walk::Lost => {
            return Item { doc: 0, path: path[..there].to_vec(), missing: None, lost: true };
        }
        Walk::Reference(left) => left,
    };
    let missing: &[String] = if left == 0 {
        &[]
    } else {
        let last = &path[there - 1];
        let at = path.iter().rposition(|step| step == last).map_or(0, |at| at + 1);
        &path[at..]
    };
    // The way again, jumping wherever a reference was replaced.
    let mut doc = 0;
    let mut at = Some(raw.target(root));
    let mut way: Vec<String> = Vec::new();
    for step in path {
        way.push(step.clone());
        at = at.and_then(|here| inventory.child(here, step));
        let mut jumps = 0;
        while let Some(jump) = at.and_then(|here| inventory.jump(here)) {
            let Some(next) = jump.doc else {
                // What the reference names was not to be had: the result stays in this document.
                let root = NodeRef { doc, node: inventory.docs()[doc as usize].root };
                let found = path[..closest(&raw, root, path).0].to_vec();
                return Item { doc, path: found, missing: Some(path.to_vec()), lost: false };
            };
            doc = next;
            way = jump.path.to_vec();
            at = inventory.walk(doc, &jump.path);
            jumps += 1;
            if jumps > 100 {
                break;
            }
        }
    }
    // Spectral takes the pointer it has put together apart again without decoding it, so that keys with
    // characters that pointers encode are not found.
    let way: Vec<String> = way.iter().map(|step| pointer::encoded(step)).collect();
    let root = NodeRef { doc, node: inventory.docs()[doc as usize].root };
    let found = way[..closest(&raw, root, &way).0].to_vec();
    let missing = found.iter().chain(missing).cloned().collect();
    Item { doc, path: found, missing: Some(missing), lost: false }
}

/// Start of a span that Spectral does not find.
pub(super) const NOWHERE: u32 = u32::MAX - 1;
/// A place before the text: column -1 of the first line.
pub(super) const NO_COLUMN: u32 = u32::MAX;

/// The place of a key, and its span: in the object that holds it, whatever stands behind it.
#[must_use]
pub fn locate_key(inventory: &Inventory, path: &[String], resolved: bool) -> Option<(Item, Span)> {
    let (key, owner) = path.split_last()?;
    let item = locate(inventory, owner, resolved);
    let at = inventory.walk(item.doc, &item.path).filter(|_| !item.lost)?;
    let document = inventory.document(at.doc);
    let node = document.get(at.node, key)?;
    let span = document.node(node).key_span;
    let path: Vec<String> = item.path.iter().chain([key]).cloned().collect();
    Some((Item { missing: Some(path.clone()), path, ..item }, span))
}

/// A range as Spectral prints it: lines and columns from 0, columns in UTF-16 units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Range {
    /// Line and column of the start.
    pub start: (i64, i64),
    /// Line and column behind the end.
    pub end: (i64, i64),
}

/// What a path stands at in a document's text; `None` where Spectral finds no range.
#[must_use]
pub fn span_of(doc: &Doc, path: &[String]) -> Option<Span> {
    let document = &doc.document;
    let mut at = doc.root;
    for step in path {
        if document.node(at).span.start == NOWHERE {
            return None;
        }
        // An alias is where Spectral's search for a range ends.
        if document.node(at).kind == Kind::Alias {
            return None;
        }
        at = match document.kind(at) {
            Kind::Object => document.get(at, step)?,
            Kind::Array => document.item(at, step.parse().ok()?)?,
            _ => return None,
        };
    }
    (document.node(at).span.start != NOWHERE).then(|| span_of_node(doc, at))
}

fn span_of_node(doc: &Doc, at: NodeId) -> Span {
    let document = &doc.document;
    let node = document.node(at);
    if doc.json || doc.exact {
        return node.span;
    }
    let text = document.text().as_str();
    let end = end_of(document, at);
    if at == doc.root && !matches!(node.kind, Kind::Array | Kind::Object) {
        // A root that is a scalar goes from the first character to the last; nothing is at the end.
        let start = if text.trim().is_empty() { text.len() as u32 } else { 0 };
        return Span::new(start, text.len() as u32);
    }
    if !node.has(flag::MEMBER) {
        let start =
            if at == doc.root && first_line_start(text) == node.span.start { 0 } else { node.span.start };
        return Span::new(start, end);
    }
    let scalar = !matches!(node.kind, Kind::Array | Kind::Object | Kind::Alias);
    if node.span.start == node.span.end && scalar {
        // A key without a value: behind the character that follows the key.
        return Span::at(node.key_span.end + 1);
    }
    if scalar {
        return Span::new(node.span.start, end);
    }
    Span::new((node.key_span.end + 1).min(end), end)
}

/// Where the second line begins.
fn first_line_start(text: &str) -> u32 {
    text.find('\n').map_or(text.len() as u32 + 1, |at| at as u32 + 1)
}

/// Spectral's parser takes the lines without content behind a block scalar for part of it.
fn block_end(text: &str, span: Span) -> u32 {
    if !text.get(span.start as usize..).is_some_and(|rest| rest.starts_with(['|', '>'])) {
        return span.end;
    }
    let rest = &text.as_bytes()[span.end.min(text.len() as u32) as usize..];
    let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
    match memchr::memrchr(b'\n', &rest[..blank]) {
        Some(at) => span.end + at as u32,
        None if blank == rest.len() => text.len() as u32,
        None => span.end,
    }
}

/// Blocks end where their last member or element ends.
fn end_of(document: &Document, at: NodeId) -> u32 {
    let mut at = at;
    loop {
        let node = document.node(at);
        match node.kind {
            Kind::Array | Kind::Object => match document.children(at).last() {
                Some(last) => at = last,
                None => return node.span.end,
            },
            _ if node.span.start == node.span.end && node.has(flag::MEMBER) => {
                return node.key_span.end + 1;
            }
            Kind::String if !node.has(flag::QUOTED) => {
                return block_end(document.text().as_str(), node.span);
            }
            _ => return node.span.end,
        }
    }
}

/// Where the lines of a text start, and how many UTF-16 units stand before every so many bytes: a
/// file may be one line of many megabytes, whose columns must not be counted from its start each time.
pub struct Lines {
    /// Every byte of the text is a character and a unit.
    plain: bool,
    starts: Vec<u32>,
    units: Vec<u32>,
}

/// Bytes between two counts of units.
const BLOCK: usize = 1024;

/// UTF-16 units that some bytes of a text stand for.
fn units(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0xbf => 0,
            0xf0.. => 2,
            _ => 1,
        })
        .sum()
}

impl Lines {
    fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', bytes).map(|at| at as u32 + 1));
        let plain = text.is_ascii();
        let mut sum = 0;
        let counts = bytes.chunks(BLOCK).map(|block| {
            let before = sum;
            sum += units(block);
            before
        });
        Self { plain, units: if plain { Vec::new() } else { counts.collect() }, starts }
    }

    /// UTF-16 units before a byte.
    fn before(&self, text: &str, offset: u32) -> u32 {
        if self.plain {
            return offset;
        }
        let block = offset as usize / BLOCK;
        let known = self.units.get(block).copied();
        let (known, from) = match known {
            Some(known) => (known, block * BLOCK),
            None => (self.units.last().copied().unwrap_or(0), self.units.len().saturating_sub(1) * BLOCK),
        };
        known + units(&text.as_bytes()[from..offset as usize])
    }

    fn place(&self, text: &str, offset: u32) -> (i64, i64) {
        if offset == NO_COLUMN {
            return (0, -1);
        }
        // Spectral's parser ends every text with a line break.
        if offset > text.len() as u32 {
            return (self.starts.len() as i64, 0);
        }
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let column = self.before(text, offset) - self.before(text, self.starts[line]);
        (line as i64, i64::from(column))
    }
}

/// The byte at a line and a column.
pub(super) fn offset(doc: &Doc, (line, column): (i64, i64)) -> u32 {
    let text = doc.document.text().as_str();
    let lines = doc.lines.get_or_init(|| Lines::new(text));
    let start = usize::try_from(line).ok().and_then(|line| lines.starts.get(line)).copied();
    let Some(start) = start else { return text.len() as u32 };
    let (mut at, mut left) = (start, column);
    for char in text[start as usize..].chars() {
        if left <= 0 {
            break;
        }
        left -= char.len_utf16() as i64;
        at += char.len_utf8() as u32;
    }
    at
}

/// A span that lies in a text, for those who show it.
pub(super) fn within(doc: &Doc, span: Span) -> Span {
    let length = doc.document.text().as_str().len() as u32;
    let start = if span.start >= NOWHERE { 0 } else { span.start.min(length) };
    Span::new(start, if span.end >= NOWHERE { start } else { span.end.clamp(start, length) })
}

/// A span as a range. Only LF ends a line.
#[must_use]
pub fn range(doc: &Doc, span: Span) -> Range {
    let text = doc.document.text().as_str();
    let lines = doc.lines.get_or_init(|| Lines::new(text));
    let (mut start, mut end) = (lines.place(text, span.start), lines.place(text, span.end));
    // A byte order mark moves the lines below the first by one, for Spectral counts it where lines start.
    if doc.document.text().encoding() == assize_tree::text::Encoding::Utf8Bom {
        start.1 -= i64::from(start.0 > 0);
        end.1 -= i64::from(end.0 > 0);
    }
    Range { start, end }
}

/// The value at a path of a document as it is written.
#[must_use]
pub fn value_at<'a>(inventory: &'a Inventory, doc: u32, path: &[String]) -> Js<'a> {
    let view = View { inventory, resolved: false };
    let mut at = NodeRef { doc, node: inventory.docs()[doc as usize].root };
    for step in path {
        at = view.target(at);
        match view.edge(at, step) {
            Some(edge) => at = edge,
            None if is_length(&view, at, step) => {
                #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                return Js::Number(view.len(at) as f64);
            }
            None => return Js::Undefined,
        }
    }
    view.read(at)
}

/// The pointer to a path, for messages: segments are unescaped once more before they are written.
#[must_use]
pub fn pointer_of(path: &[String]) -> String {
    let path: Vec<String> = path.iter().map(|step| pointer::unescape(step)).collect();
    pointer::write(&path)
}

/// A path with dots, as messages name a missing member.
#[must_use]
pub fn dotted(path: &[String]) -> String {
    let mut text = String::new();
    for (index, step) in path.iter().enumerate() {
        if step.is_empty() {
            text.push_str("['']");
        } else if step.chars().any(char::is_whitespace) {
            text.push_str(&format!("['{step}']"));
        } else if !assize_tree::js::to_number(step).is_nan() {
            text.push_str(&format!("[{step}]"));
        } else {
            if index > 0 {
                text.push('.');
            }
            text.push_str(step);
        }
    }
    pointer::unescape(&text)
}
