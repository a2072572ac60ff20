//! Parsers call this; it lays the arena out, finds duplicate keys and keeps the limits, so that
//! every format does all three alike.

use super::limits::Limits;
use super::{Document, Format, Kind, Node, NodeId, Symbol, Symbols, flag};
use crate::text::{Problem, Span, Text};
use std::sync::{Arc, OnceLock};

/// Problems of one file that are kept; of more, only the number. A hostile file has millions.
const MOST_PROBLEMS: usize = 200;

struct Frame {
    node: u32,
    /// Elements so far, for arrays.
    count: u32,
    /// Nodes this container stands for with every alias followed.
    expanded: u64,
}

/// Builds one document from a stream of `key`, `open`, `close`, `scalar` and `alias` calls.
pub struct Builder {
    text: Arc<Text>,
    limits: Limits,
    format: Format,
    nodes: Vec<Node>,
    symbols: Symbols,
    decoded: String,
    decoded_spans: Vec<(u32, u32)>,
    stack: Vec<Frame>,
    /// Per symbol, the last child seen with it while closing objects.
    stamps: Vec<u32>,
    pending: Option<(Symbol, Span, u8)>,
    /// Containers opened below the depth limit and not closed yet.
    skipping: u32,
    /// Where the container that the depth limit cut off is waiting for its end.
    cut: u32,
    roots: Vec<NodeId>,
    problems: Vec<Problem>,
    unreported: usize,
    comments: Vec<Span>,
    full: bool,
    breaks_off: bool,
    depth_reported: bool,
    expansion_reported: bool,
    expanded_total: u64,
}

impl Builder {
    /// A builder for the text of one file.
    #[must_use]
    pub fn new(text: Arc<Text>, format: Format, limits: Limits) -> Self {
        let estimate = text.as_str().len() / 44;
        Self {
            text,
            limits,
            format,
            nodes: Vec::with_capacity(estimate.min(limits.nodes as usize) + 8),
            symbols: Symbols::default(),
            decoded: String::new(),
            decoded_spans: Vec::new(),
            stack: Vec::new(),
            stamps: Vec::new(),
            pending: None,
            skipping: 0,
            cut: NodeId::NONE,
            roots: Vec::new(),
            problems: Vec::new(),
            unreported: 0,
            comments: Vec::new(),
            full: false,
            breaks_off: false,
            depth_reported: false,
            expansion_reported: false,
            expanded_total: 0,
        }
    }

    /// The text being parsed.
    #[must_use]
    pub fn text(&self) -> &Arc<Text> {
        &self.text
    }

    /// Sets the key of the next value of the open object. `flags` may hold [`flag::MERGE`] and
    /// [`flag::PLAIN_KEY`].
    #[inline]
    pub fn key(&mut self, key: &str, span: Span, flags: u8) {
        if self.skipping == 0 {
            let symbol = self.symbols.intern(key);
            self.pending = Some((symbol, span, flags));
        }
    }

    /// True once the node limit is reached: the parser should stop; everything more is dropped.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.full
    }

    /// True if a key waits for its value.
    #[must_use]
    pub fn has_pending_key(&self) -> bool {
        self.pending.is_some()
    }

    /// Number of open containers that are kept (not below the depth limit).
    #[must_use]
    pub fn depth(&self) -> usize {
        self.stack.len()
    }

    #[inline]
    fn push(&mut self, kind: Kind, span: Span, data: u32, flags: u8) -> Option<NodeId> {
        if self.nodes.len() >= self.limits.nodes as usize {
            if !self.full {
                self.full = true;
                self.breaks_off = true;
                let limit = self.limits.nodes;
                self.problems.push(
                    Problem::new(
                        "limit-nodes",
                        Span::at(span.start),
                        format!("The file has more than {limit} values; the rest was not read."),
                    )
                    .hint("Raise the limit with --max-nodes."),
                );
            }
            self.pending = None;
            return None;
        }
        let id = self.nodes.len() as u32;
        let mut node = Node {
            span,
            key_span: Span::default(),
            key: u32::MAX,
            parent: NodeId::NONE,
            subtree_end: id + 1,
            data,
            kind,
            flags,
        };
        if let Some(frame) = self.stack.last_mut() {
            node.parent = frame.node;
            if let Some((symbol, key_span, key_flags)) = self.pending.take() {
                node.key = symbol.0;
                node.key_span = key_span;
                node.flags |= flag::MEMBER | key_flags;
                if key_flags & flag::MERGE != 0 {
                    self.nodes[frame.node as usize].flags |= flag::HAS_MERGE;
                }
            } else {
                node.key = frame.count;
                frame.count += 1;
            }
            frame.expanded = frame.expanded.saturating_add(1);
        } else {
            self.roots.push(NodeId(id));
        }
        self.nodes.push(node);
        Some(NodeId(id))
    }

    /// Opens an array or object that starts at `start`. `None` where a limit drops it.
    #[inline]
    pub fn open(&mut self, kind: Kind, start: u32) -> Option<NodeId> {
        if self.skipping > 0 || self.full {
            self.skipping += 1;
            return None;
        }
        if self.stack.len() >= self.limits.depth as usize {
            self.too_deep(start);
            let id = self.push(Kind::Null, Span::at(start), NodeId::NONE, flag::TRUNCATED);
            self.cut = id.map_or(NodeId::NONE, |id| id.0);
            self.skipping = 1;
            return None;
        }
        let id = self.push(kind, Span::at(start), NodeId::NONE, 0);
        match id {
            Some(id) => self.stack.push(Frame { node: id.0, count: 0, expanded: 0 }),
            None => self.skipping = 1,
        }
        id
    }

    /// Notes, once, that something lies deeper than the limit.
    pub fn too_deep(&mut self, at: u32) {
        if !self.depth_reported {
            self.depth_reported = true;
            let limit = self.limits.depth;
            self.problems.push(
                Problem::new(
                    "limit-depth",
                    Span::at(at),
                    format!("Nested more than {limit} levels deep; what lies deeper was not read."),
                )
                .hint("Raise the limit with --max-depth."),
            );
        }
    }

    /// Closes the container opened last; its span ends at `end`. Returns its node and the number
    /// of nodes it stands for with every alias followed.
    #[inline]
    pub fn close(&mut self, end: u32) -> Option<(NodeId, u64)> {
        if self.skipping > 0 {
            self.skipping -= 1;
            if self.skipping == 0 && self.cut != NodeId::NONE {
                self.nodes[self.cut as usize].span.end = end;
                self.cut = NodeId::NONE;
            }
            return None;
        }
        let frame = self.stack.pop()?;
        let subtree_end = self.nodes.len() as u32;
        let node = &mut self.nodes[frame.node as usize];
        node.span.end = end;
        node.subtree_end = subtree_end;
        let is_object = node.kind == Kind::Object;
        if let Some(parent) = self.stack.last_mut() {
            parent.expanded = parent.expanded.saturating_add(frame.expanded);
        }
        if is_object && subtree_end - frame.node > 2 {
            self.find_duplicates(frame.node, subtree_end);
        }
        Some((NodeId(frame.node), frame.expanded.saturating_add(1)))
    }

    fn find_duplicates(&mut self, object: u32, end: u32) {
        if self.stamps.len() < self.symbols.len() {
            self.stamps.resize(self.symbols.len(), NodeId::NONE);
        }
        let mut child = object + 1;
        while child < end {
            let node = self.nodes[child as usize];
            let previous = std::mem::replace(&mut self.stamps[node.key as usize], child);
            // Node ids never repeat, so a stamp of another object cannot be taken for one of this.
            if previous != NodeId::NONE && previous > object && self.nodes[previous as usize].parent == object
            {
                // A second merge key adds to the first: only that it stands twice is worth saying.
                if node.flags & flag::MERGE == 0 {
                    self.nodes[previous as usize].flags |= flag::SHADOWED;
                }
                let name = self.symbols.get(Symbol(node.key)).to_owned();
                let first = self.nodes[previous as usize].key_span;
                self.problem(
                    Problem::new(
                        "duplicate-key",
                        node.key_span,
                        format!("The key \"{name}\" stands twice in this object; only the last one counts."),
                    )
                    .hint("Remove one of the two, or rename it.")
                    .related(first, "first given here"),
                );
            }
            child = node.subtree_end;
        }
    }

    /// Adds a value that is no container. `data` comes from [`decoded`](Self::decoded).
    #[inline]
    pub fn scalar(&mut self, kind: Kind, span: Span, data: Option<u32>, flags: u8) -> Option<NodeId> {
        if self.skipping > 0 || self.full {
            self.pending = None;
            return None;
        }
        self.push(kind, span, data.unwrap_or(NodeId::NONE), flags)
    }

    /// Keeps text that differs from what stands in the file (escapes taken out, lines folded, a
    /// number in JSON's spelling) and returns the index to hand to [`scalar`](Self::scalar).
    pub fn decoded(&mut self, text: &str) -> u32 {
        let start = self.decoded.len() as u32;
        self.decoded.push_str(text);
        self.decoded_spans.push((start, self.decoded.len() as u32));
        self.decoded_spans.len() as u32 - 1
    }

    /// Adds an alias of an earlier node that stands for `expanded` nodes. Past the expansion limit
    /// it is cut off.
    pub fn alias(&mut self, span: Span, target: NodeId, expanded: u64) -> Option<NodeId> {
        if self.skipping > 0 || self.full {
            self.pending = None;
            return None;
        }
        // Counted against the total at once: what later aliases multiply is itself counted then.
        self.expanded_total = self.expanded_total.saturating_add(expanded);
        if self.expanded_total > self.limits.expansion {
            if !self.expansion_reported {
                self.expansion_reported = true;
                let limit = self.limits.expansion;
                self.problems.push(
                    Problem::new("limit-expansion", span, format!("With its aliases followed, the file stands for more than {limit} values; this alias and later ones were not followed."))
                        .hint("Raise the limit with --max-expansion, or write the values out."),
                );
            }
            return self.push(Kind::Null, span, NodeId::NONE, flag::TRUNCATED);
        }
        if let Some(frame) = self.stack.last_mut() {
            frame.expanded = frame.expanded.saturating_add(expanded.saturating_sub(1));
        }
        self.push(Kind::Alias, span, target.0, 0)
    }

    /// Adds a null that stands for something the parser could not read.
    pub fn truncated(&mut self, span: Span) -> Option<NodeId> {
        self.scalar(Kind::Null, span, None, flag::TRUNCATED)
    }

    /// Notes that the rest of the text is not read, or that where it belongs can only be guessed.
    pub fn break_off(&mut self) {
        self.breaks_off = true;
    }

    /// Notes a problem.
    pub fn problem(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else {
            self.unreported += 1;
        }
    }

    /// Notes where a comment stands.
    pub fn comment(&mut self, span: Span) {
        self.comments.push(span);
    }

    /// The span of a node's value so far, for parsers that learn a start late.
    pub fn set_span(&mut self, id: NodeId, span: Span) {
        self.nodes[id.index()].span = span;
    }

    /// Closes whatever is open and hands the document over.
    #[must_use]
    pub fn finish(mut self) -> Document {
        let end = self.text.as_str().len() as u32;
        while self.skipping > 0 || !self.stack.is_empty() {
            if self.pending.is_some() {
                self.truncated(Span::at(end));
            }
            self.close(end);
        }
        if self.unreported > 0
            && let Some(last) = self.problems.last_mut()
        {
            let note = format!("{} more problems of the file are not listed.", self.unreported);
            last.hint = Some(last.hint.take().map_or_else(|| note.clone(), |hint| format!("{hint} {note}")));
        }
        self.symbols.freeze();
        if self.nodes.capacity() > self.nodes.len() + self.nodes.len() / 4 {
            self.nodes.shrink_to_fit();
        }
        Document {
            text: self.text,
            format: self.format,
            nodes: self.nodes,
            symbols: self.symbols,
            decoded: self.decoded,
            decoded_spans: self.decoded_spans,
            roots: self.roots,
            problems: self.problems,
            comments: self.comments,
            breaks_off: self.breaks_off,
            index: OnceLock::new(),
        }
    }
}
