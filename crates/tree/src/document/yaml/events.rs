//! Events to the tree.

use super::Failure;
use super::scalar::{Resolved, number, resolve};
use crate::document::{Builder, Kind, Limits, NodeId, flag};
use crate::text::{Problem, Span};
use granit_parser::{Event, Parser, ScalarStyle, StructureStyle, Tag};
use std::collections::HashMap;

/// What an anchor stands for.
enum Anchored {
    /// A container that is not closed yet: an alias of it would have no end.
    Open,
    /// A node and how many nodes it stands for.
    Node(NodeId, u64, Kind),
    /// A scalar value, with its text: it may stand for a key as well.
    Scalar(NodeId, Kind, String),
    /// A scalar key: it has no node of its own.
    Key(String),
}

enum Frame {
    Object { anchor: usize, flow: bool, expects_key: bool, merge: Option<Span> },
    Array { anchor: usize, flow: bool },
}

struct Reader<'s, 'b> {
    source: &'s str,
    builder: &'b mut Builder,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Anchored>,
    /// End of the last thing that stands in the file: block containers end there.
    last_end: u32,
    /// Nesting within a key that is no scalar, which is passed over, and where it began.
    complex: Option<(usize, u32)>,
}

/// Reads every event into the builder; where the text cannot be read on, says where and why.
pub(super) fn read(source: &str, builder: &mut Builder, limits: Limits, strict: bool) -> Option<Failure> {
    let nesting = limits.depth as usize + 8;
    let options = granit_parser::options! {
        strict_indentation: strict,
        // YAML allows 1,024 characters; other readers allow more.
        simple_key_max_lookahead: if strict { 1024 } else { 1 << 20 },
        emit_unresolved_aliases: true,
        flow_nesting_limit: nesting,
        block_nesting_limit: nesting,
        max_buffered_comment_events: usize::MAX,
    };
    let mut reader =
        Reader { source, builder, frames: Vec::new(), anchors: HashMap::new(), last_end: 0, complex: None };
    for event in Parser::new_from_str_with_options(source, options) {
        match event {
            Ok((event, span)) => {
                let range = span.byte_range().unwrap_or(0..0);
                let end = range.end.min(source.len());
                reader.event(event, Span::new(range.start.min(end) as u32, end as u32));
                if reader.builder.is_full() {
                    return None;
                }
            }
            Err(error) => {
                let at = error.marker().byte_offset().unwrap_or(source.len());
                return Some(Failure {
                    at: floor(source, at),
                    kind: error.kind().clone(),
                    words: error.info(),
                });
            }
        }
    }
    None
}

fn floor(source: &str, at: usize) -> usize {
    let mut at = at.min(source.len());
    while !source.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl Reader<'_, '_> {
    fn event(&mut self, event: Event<'_>, span: Span) {
        if let Event::Comment(..) = event {
            self.builder.comment(span);
            return;
        }
        if self.complex.is_some() {
            self.pass_over(&event, span);
            return;
        }
        let key_wanted = matches!(self.frames.last(), Some(Frame::Object { expects_key: true, .. }));
        match event {
            Event::Scalar(value, style, anchor, tag) if key_wanted => {
                self.key(&value, style, anchor, tag.as_deref(), span)
            }
            Event::Scalar(value, style, anchor, tag) => {
                self.scalar(&value, style, anchor, tag.as_deref(), span)
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if key_wanted => {
                self.complex = Some((1, span.start))
            }
            Event::SequenceStart(style, anchor, _) => self.open(Kind::Array, style, anchor, span),
            Event::MappingStart(style, anchor, _) => self.open(Kind::Object, style, anchor, span),
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(id) if key_wanted => self.alias_key(id, span),
            Event::Alias(id) => self.alias(id, span),
            Event::UnresolvedAlias(name) => {
                self.builder.problem(
                    Problem::new("syntax", span, format!("The alias *{name} refers to no anchor above it."))
                        .hint(format!(
                            "Put &{name} before the value it should stand for, or put the text in quotes."
                        )),
                );
                if key_wanted {
                    let text = self.slice(span).to_owned();
                    self.set_key(&text, span, flag::PLAIN_KEY);
                } else {
                    self.before_value(Kind::Null);
                    self.builder.truncated(span);
                    self.last_end = span.end;
                    self.after_value();
                }
            }
            Event::DocumentStart(..) => self.anchors.clear(),
            _ => {}
        }
    }

    fn slice(&self, span: Span) -> &str {
        self.source.get(span.range()).unwrap_or_default()
    }

    /// Keys that are no scalars: JSON has none. The text becomes the key.
    fn pass_over(&mut self, event: &Event<'_>, span: Span) {
        let Some((depth, start)) = self.complex.take() else { return };
        let depth = match event {
            Event::SequenceStart(..) | Event::MappingStart(..) => depth + 1,
            Event::SequenceEnd | Event::MappingEnd => depth - 1,
            _ => depth,
        };
        if !matches!(event, Event::SequenceEnd | Event::MappingEnd) || self.slice(span).ends_with([']', '}'])
        {
            self.last_end = span.end;
        }
        if depth > 0 {
            self.complex = Some((depth, start));
            return;
        }
        let whole = Span::new(start, self.last_end.max(start));
        let text = self.slice(whole).trim().to_owned();
        self.builder.problem(
            Problem::new(
                "yaml-complex-key",
                whole,
                "A key must be a scalar; this one is an array or an object.",
            )
            .hint("Write the key as a string."),
        );
        self.set_key(&text, whole, flag::PLAIN_KEY);
    }

    fn key(&mut self, value: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored::Key(value.to_owned()));
        }
        let plain = style == ScalarStyle::Plain;
        if plain && value == "<<" && tag.is_none_or(|tag| tag.core_suffix() == Some("merge")) {
            if let Some(Frame::Object { expects_key, merge, .. }) = self.frames.last_mut() {
                *expects_key = false;
                *merge = Some(span);
            }
            self.last_end = span.end;
            return;
        }
        let typed = plain && tag.is_none() && resolve(value).kind != Kind::String;
        self.set_key(value, span, if typed { flag::PLAIN_KEY } else { 0 });
    }

    fn set_key(&mut self, text: &str, span: Span, flags: u8) {
        self.builder.key(text, span, flags);
        self.last_end = self.last_end.max(span.end);
        if let Some(Frame::Object { expects_key, .. }) = self.frames.last_mut() {
            *expects_key = false;
        }
    }

    /// A merge key is one only where its value can be merged.
    fn before_value(&mut self, kind: Kind) {
        if let Some(Frame::Object { merge, .. }) = self.frames.last_mut()
            && let Some(span) = merge.take()
        {
            let flags = if matches!(kind, Kind::Object | Kind::Array) { flag::MERGE } else { 0 };
            self.builder.key("<<", span, flags);
        }
    }

    fn after_value(&mut self) {
        if let Some(Frame::Object { expects_key, .. }) = self.frames.last_mut() {
            *expects_key = true;
        }
    }

    fn scalar(&mut self, value: &str, style: ScalarStyle, anchor: usize, tag: Option<&Tag>, span: Span) {
        self.before_value(Kind::Null);
        let plain = style == ScalarStyle::Plain;
        let resolved = match tag.and_then(Tag::core_suffix) {
            Some("str") => Resolved::of(Kind::String),
            Some("int" | "float") => number(value).unwrap_or_else(|| Resolved::of(Kind::String)),
            Some("bool" | "null") => resolve(value),
            // `!` alone makes a string of anything.
            _ if tag.is_some_and(|tag| {
                tag.suffix() == "!" && tag.handle().is_empty() || tag.suffix().is_empty()
            }) =>
            {
                Resolved::of(Kind::String)
            }
            _ if plain => resolve(value),
            _ => Resolved::of(Kind::String),
        };
        // A value that is not there stands after what came before it.
        let mut span = if plain && value.is_empty() { Span::at(self.last_end) } else { span };
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            // The event covers the content; the value begins at its `|` or `>`.
            let before = self.source.get(self.last_end as usize..span.start as usize).unwrap_or_default();
            let end = span.start + self.slice(span).trim_end().len() as u32;
            let start = before.find(['|', '>']).map_or(span.start, |at| self.last_end + at as u32);
            span = Span::new(start, end.max(start));
        }
        let quoted = matches!(style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
        let mut flags = if resolved.is_true { flag::TRUE } else { 0 };
        let data = match (resolved.kind, resolved.spelling) {
            (Kind::Number, Some(spelling)) => Some(self.builder.decoded(&spelling)),
            (Kind::Number | Kind::String, _) => {
                let raw = self.slice(span);
                let inner =
                    if quoted { raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default() } else { raw };
                if quoted && raw.len() >= 2 {
                    flags |= flag::QUOTED;
                }
                (inner != value).then(|| self.builder.decoded(value))
            }
            _ => None,
        };
        let id = self.builder.scalar(resolved.kind, span, data, flags);
        if let (true, Some(id)) = (anchor != 0, id) {
            self.anchors.insert(anchor, Anchored::Scalar(id, resolved.kind, value.to_owned()));
        }
        self.last_end = self.last_end.max(span.end);
        self.after_value();
    }

    fn open(&mut self, kind: Kind, style: StructureStyle, anchor: usize, span: Span) {
        self.before_value(kind);
        let flow = style == StructureStyle::Flow;
        self.builder.open(kind, span.start);
        self.last_end = self.last_end.max(span.end);
        if anchor != 0 {
            self.anchors.insert(anchor, Anchored::Open);
        }
        self.frames.push(match kind {
            Kind::Object => Frame::Object { anchor, flow, expects_key: true, merge: None },
            _ => Frame::Array { anchor, flow },
        });
    }

    fn close(&mut self, span: Span) {
        let Some(frame) = self.frames.pop() else { return };
        let (anchor, flow, kind) = match frame {
            Frame::Object { anchor, flow, .. } => (anchor, flow, Kind::Object),
            Frame::Array { anchor, flow } => (anchor, flow, Kind::Array),
        };
        if flow {
            self.last_end = self.last_end.max(span.end);
        }
        let closed = self.builder.close(self.last_end);
        if anchor != 0 {
            match closed {
                Some((id, expanded)) => self.anchors.insert(anchor, Anchored::Node(id, expanded, kind)),
                None => self.anchors.remove(&anchor),
            };
        }
        self.after_value();
    }

    fn alias_key(&mut self, id: usize, span: Span) {
        let text = match self.anchors.get(&id) {
            Some(Anchored::Key(text) | Anchored::Scalar(_, _, text)) => text.clone(),
            _ => {
                self.builder.problem(
                    Problem::new("yaml-complex-key", span, "An alias stands in place of a key.")
                        .hint("Write the key itself."),
                );
                self.slice(span).to_owned()
            }
        };
        self.set_key(&text, span, 0);
    }

    fn alias(&mut self, id: usize, span: Span) {
        let kind = match self.anchors.get(&id) {
            Some(Anchored::Node(_, _, kind) | Anchored::Scalar(_, kind, _)) => *kind,
            _ => Kind::Null,
        };
        self.before_value(kind);
        match self.anchors.get(&id) {
            Some(&Anchored::Node(node, expanded, _)) => {
                self.builder.alias(span, node, expanded);
            }
            Some(&Anchored::Scalar(node, ..)) => {
                self.builder.alias(span, node, 1);
            }
            Some(Anchored::Key(text)) => {
                let data = self.builder.decoded(text);
                self.builder.scalar(Kind::String, span, Some(data), 0);
            }
            Some(Anchored::Open) => {
                self.builder.problem(Problem::new("alias-cycle", span, "The alias stands inside the value it refers to: it would have no end. It was read as null."));
                self.builder.truncated(span);
            }
            None => {
                self.builder.truncated(span);
            }
        }
        self.last_end = self.last_end.max(span.end);
        self.after_value();
    }
}
