//! Makes a document of what was read, with the spans that Spectral finds for its values.

use super::state::{Fault, Id, Pair, State, Value};
use super::{Diagnostic, Reading};
use crate::spectral::place::{NO_COLUMN, NOWHERE, Range};
use assize_tree::document::{Builder, Format, Kind, Limits, NodeId, flag};
use assize_tree::js::number_to_string;
use assize_tree::text::{Span, Text};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// What a plain scalar is.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Plain {
    Null,
    Bool(bool),
    Int,
    Float,
    Text,
}

impl Plain {
    pub(super) fn of(text: &str) -> Self {
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let all = |text: &str, base: u32| !text.is_empty() && text.chars().all(|char| char.is_digit(base));
        match text {
            "" | "~" | "null" | "Null" | "NULL" => Self::Null,
            "true" | "True" | "TRUE" => Self::Bool(true),
            "false" | "False" | "FALSE" => Self::Bool(false),
            ".nan" | ".NaN" | ".NAN" => Self::Float,
            _ if matches!(unsigned, ".inf" | ".Inf" | ".INF") => Self::Float,
            _ if all(unsigned, 10) => Self::Int,
            _ if text.strip_prefix("0o").is_some_and(|rest| all(rest, 8)) => Self::Int,
            _ if text.strip_prefix("0x").is_some_and(|rest| all(rest, 16)) => Self::Int,
            _ if is_float(unsigned) => Self::Float,
            _ => Self::Text,
        }
    }

    /// The number, in a spelling that the tree reads.
    fn number(text: &str) -> String {
        let radix = |digits: &str, base: u32| {
            let mut value = 0.0;
            for digit in digits.chars().filter_map(|char| char.to_digit(base)) {
                value = value * f64::from(base) + f64::from(digit);
            }
            number_to_string(value)
        };
        if let Some(digits) = text.strip_prefix("0o") {
            return radix(digits, 8);
        }
        if let Some(digits) = text.strip_prefix("0x") {
            return radix(digits, 16);
        }
        let unsigned = text.trim_start_matches(['-', '+']);
        let sign = if text.starts_with('-') { "-" } else { "" };
        match unsigned {
            ".inf" | ".Inf" | ".INF" => format!("{sign}1e999"),
            _ => format!(
                "{sign}{}",
                unsigned.parse::<f64>().map_or_else(|_| "NaN".to_owned(), number_to_string)
            ),
        }
    }

    /// `String(value)`.
    pub(super) fn string(self, text: &str) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
            Self::Text => text.to_owned(),
            Self::Int | Self::Float => {
                let number = Self::number(text).parse::<f64>().unwrap_or(f64::NAN);
                number_to_string(number)
            }
        }
    }

    /// `typeof value`, with null by its name where it is written.
    fn type_of(self, text: &str) -> Option<&'static str> {
        Some(match self {
            Self::Null if text.is_empty() => "object",
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int | Self::Float => "number",
            Self::Text => return None,
        })
    }
}

fn is_float(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).map_or((text, None), |(a, b)| (a, Some(b)));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').map_or((mantissa, None), |(a, b)| (a, Some(b)));
    let mantissa_fits = digits(whole)
        && part.is_none_or(digits)
        && (!whole.is_empty() || part.is_some_and(|part| !part.is_empty()));
    let exponent = exponent.map(|text| text.strip_prefix(['-', '+']).unwrap_or(text));
    mantissa_fits && exponent.is_none_or(|text| !text.is_empty() && digits(text))
}

/// Values made, at most, for each that was read: an alias within its own value is written out.
const GROWTH: usize = 16;

struct Maker<'s> {
    state: &'s State,
    builder: Builder,
    /// Bytes before each unit; empty where they are the same.
    bytes: Vec<u32>,
    /// Where the first line ends, in units.
    first: i64,
    diagnostics: Vec<Diagnostic>,
    made: HashMap<Id, (NodeId, u64)>,
    /// Anchored values that are being written.
    open: Vec<Id>,
    path: Vec<String>,
    left: usize,
}

pub(super) fn build(text: &Arc<Text>, mut state: State, roots: &[Id]) -> Option<Reading> {
    let &root = roots.first()?;
    if let Some(&last) = roots.last() {
        let given = state.given;
        let node = state.node(last);
        node.end = given;
        node.start = node.start.min(node.end);
    }
    let faults = std::mem::take(&mut state.faults);
    let source = text.as_str();
    let mut bytes = Vec::new();
    if !source.is_ascii() {
        for (at, char) in source.char_indices() {
            bytes.resize(bytes.len() + char.len_utf16(), at as u32);
        }
        bytes.push(source.len() as u32);
    }
    let first = state.units().iter().position(|&unit| unit == 0x0A);
    let mut maker = Maker {
        builder: Builder::new(Arc::clone(text), Format::Yaml, Limits::default()),
        bytes,
        first: first.map_or(state.given + 1, |at| at as i64 + 1),
        diagnostics: Vec::new(),
        made: HashMap::new(),
        open: Vec::new(),
        path: Vec::new(),
        left: state.nodes.len() * GROWTH + 64,
        state: &state,
    };
    let start =
        if maker.first == state.nodes[root as usize].start { 0 } else { state.nodes[root as usize].start };
    let span = maker.span(start, maker.end(root));
    maker.value(Some(root), span, &[])?;
    let mut diagnostics = std::mem::take(&mut maker.diagnostics);
    let document = maker.builder.finish();
    // A value that stands nowhere is no root.
    document.root()?;
    diagnostics.extend(worded(&state, faults, roots.len()));
    diagnostics.sort_by_key(|one| one.range.start.0);
    Some(Reading { document, diagnostics })
}

/// The faults of syntax, as Spectral words them.
fn worded(state: &State, faults: Vec<Fault>, roots: usize) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    // A comma that is missing where a block begins within brackets: the next fault is part of it.
    let mut comma = None;
    for fault in faults {
        let mut range = Range { start: (fault.line, fault.column), end: (fault.line, fault.column) };
        if fault.to_line_end {
            range.end.1 = line_length(state, fault.line);
        }
        if fault.message == "missed comma between flow collection entries" {
            comma.get_or_insert(found.len());
        } else if let Some(at) = comma.take()
            && let Some(first) = found.get_mut(at)
        {
            first.range.end = range.end;
            "Invalid mixed usage of block and flow styles".clone_into(&mut first.message);
            found.truncate(at + 1);
        }
        let mut message = fault.message;
        if let Some(first) = message.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        found.push(Diagnostic { message, path: Vec::new(), range, severity: i8::from(fault.warning) });
    }
    if roots > 1 {
        found.push(Diagnostic {
            message: "Expected a single document in the stream, but found more".to_owned(),
            path: Vec::new(),
            range: Range::default(),
            severity: 0,
        });
    }
    found
}

fn line_length(state: &State, line: i64) -> i64 {
    let given = &state.units()[..state.given as usize];
    given.split(|&unit| unit == 0x0A).nth(line.max(0) as usize).map_or(0, |line| line.len() as i64)
}

impl Maker<'_> {
    fn offset(&self, unit: i64) -> u32 {
        match usize::try_from(unit) {
            Err(_) => NO_COLUMN,
            Ok(at) if self.bytes.is_empty() => at as u32,
            Ok(at) => self.bytes.get(at).copied().unwrap_or_else(|| {
                let end = self.bytes.last().copied().unwrap_or(0);
                end + (at + 1 - self.bytes.len()) as u32
            }),
        }
    }

    fn span(&self, start: i64, end: i64) -> Span {
        Span { start: self.offset(start), end: self.offset(end) }
    }

    /// Where a value ends: where its last member or element does.
    fn end(&self, mut id: Id) -> i64 {
        loop {
            let node = &self.state.nodes[id as usize];
            match &node.value {
                Value::Seq(items) => match items.last() {
                    Some(Some(last)) => id = *last,
                    _ => return node.end,
                },
                Value::Map(pairs) => match pairs.last() {
                    Some(Pair { value: Some(last), .. }) => id = *last,
                    Some(Pair { key, .. }) => return self.state.nodes[*key as usize].end + 1,
                    None => return node.end,
                },
                _ => return node.end,
            }
        }
    }

    /// Writes a value. `None` where there are too many of them.
    /// `cut`: anchors whose aliases are null within a value that is written out.
    fn value(&mut self, id: Option<Id>, span: Span, cut: &[String]) -> Option<()> {
        self.left = self.left.checked_sub(1)?;
        let Some(id) = id else {
            self.builder.scalar(Kind::Null, span, None, 0);
            return Some(());
        };
        let state = self.state;
        let node = &state.nodes[id as usize];
        let nowhere = !cut.is_empty();
        match &node.value {
            Value::Include => {
                self.builder.scalar(Kind::Null, span, None, 0);
            }
            Value::Scalar { text, plain } => {
                let kind = if *plain { Plain::of(text) } else { Plain::Text };
                let made = match kind {
                    Plain::Null => self.builder.scalar(Kind::Null, span, None, 0),
                    Plain::Bool(value) => {
                        self.builder.scalar(Kind::Bool, span, None, if value { flag::TRUE } else { 0 })
                    }
                    Plain::Text => {
                        let data = self.builder.decoded(text);
                        self.builder.scalar(Kind::String, span, Some(data), 0)
                    }
                    Plain::Int | Plain::Float => {
                        let data = self.builder.decoded(&Plain::number(text));
                        self.builder.scalar(Kind::Number, span, Some(data), 0)
                    }
                };
                if let Some(made) = made.filter(|_| !nowhere) {
                    self.made.insert(id, (made, 1));
                }
            }
            Value::Seq(items) => {
                self.builder.open(Kind::Array, span.start);
                self.open.push(id);
                for (index, item) in items.iter().enumerate() {
                    self.path.push(index.to_string());
                    let place = match item {
                        _ if nowhere => Span { start: NOWHERE, end: NOWHERE },
                        Some(item) => self.span(state.nodes[*item as usize].start, self.end(*item)),
                        None => Span { start: NOWHERE, end: NOWHERE },
                    };
                    self.value(*item, place, cut)?;
                    self.path.pop();
                }
                self.close(id, span, nowhere);
            }
            Value::Map(pairs) => {
                self.builder.open(Kind::Object, span.start);
                self.open.push(id);
                self.members(pairs, cut)?;
                self.close(id, span, nowhere);
            }
            Value::Alias { name, target } => self.alias(name, *target, span, cut)?,
        }
        Some(())
    }

    fn close(&mut self, id: Id, span: Span, nowhere: bool) {
        self.open.pop();
        if let Some((made, expanded)) = self.builder.close(span.end)
            && !nowhere
        {
            self.made.insert(id, (made, expanded));
        }
    }

    fn alias(&mut self, name: &str, target: Option<Id>, span: Span, cut: &[String]) -> Option<()> {
        let Some(target) = target.filter(|_| !cut.iter().any(|one| one == name)) else {
            self.builder.scalar(Kind::Null, span, None, 0);
            return Some(());
        };
        if let Some(&(made, expanded)) = self.made.get(&target) {
            self.builder.alias(span, made, expanded);
            return Some(());
        }
        // Within its own value, or of something that was dropped: it is written out, once.
        let mut cut = cut.to_vec();
        cut.push(name.to_owned());
        for id in &self.open {
            if let Some(anchor) = &self.state.nodes[*id as usize].anchor {
                cut.push(anchor.clone());
            }
        }
        self.value(Some(target), span, &cut)
    }

    /// Complains of keys and writes the members: of keys that stand twice the last.
    fn members(&mut self, pairs: &[Pair], cut: &[String]) -> Option<()> {
        let state = self.state;
        let mut last: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<(String, &Pair, &str)> = Vec::new();
        let mut merges: Vec<&Pair> = Vec::new();
        for pair in pairs {
            let key = &state.nodes[pair.key as usize];
            let Value::Scalar { text, plain } = &key.value else {
                self.complain(pair.key, None, "Mapping key must be a string scalar".to_owned(), 1);
                continue;
            };
            let kind = if *plain { Plain::of(text) } else { Plain::Text };
            let name = kind.string(text);
            if let Some(found) = kind.type_of(text) {
                let message = format!("Mapping key must be a string scalar rather than {found}");
                self.complain(pair.key, Some(text), message, 0);
            }
            if name == "<<" {
                // What is merged takes the place of what stands before it.
                if let Some(value) = pair.value {
                    let mut names = HashSet::new();
                    self.names(value, &mut names, 0);
                    kept.retain(|(name, ..)| !names.contains(name));
                }
                merges.push(pair);
                continue;
            }
            if last.insert(name.clone(), kept.len()).is_some() {
                self.complain(pair.key, Some(text), format!("Duplicate key: {text}"), 0);
                kept.retain(|(one, ..)| *one != name);
            }
            kept.push((name, pair, text));
        }
        let nowhere = !cut.is_empty();
        for (name, pair, text) in kept {
            // Spectral looks for the key as it is written.
            let named = |pair: &&Pair| matches!(&state.nodes[pair.key as usize].value, Value::Scalar { text, .. } if *text == name);
            let found = pairs.iter().rev().find(named);
            let key = &state.nodes[pair.key as usize];
            let place = match found {
                Some(found) if !nowhere => self.member_span(found),
                _ => Span { start: NOWHERE, end: NOWHERE },
            };
            let key_span = self.span(key.start, key.end);
            // An alias of nothing is no value at all.
            if let Some(value) = pair.value
                && matches!(state.nodes[value as usize].value, Value::Alias { target: None, .. })
            {
                continue;
            }
            self.builder.key(&name, key_span, 0);
            self.path.push(text.to_owned());
            self.value(pair.value, place, cut)?;
            self.path.pop();
        }
        // The first merge wins in a document, the last in Spectral.
        for pair in merges.into_iter().rev() {
            let Some(value) = pair.value else { continue };
            if !self.mergeable(value) {
                continue;
            }
            let key = &state.nodes[pair.key as usize];
            let key_span = self.span(key.start, key.end);
            let place = self.member_span(pair);
            self.builder.key("<<", key_span, flag::MERGE);
            self.path.push("<<".to_owned());
            self.value(Some(value), place, cut)?;
            self.path.pop();
        }
        Some(())
    }

    fn member_span(&self, pair: &Pair) -> Span {
        let key = &self.state.nodes[pair.key as usize];
        match pair.value {
            None => self.span(key.end + 1, key.end + 1),
            Some(value) => {
                let node = &self.state.nodes[value as usize];
                let scalar = matches!(node.value, Value::Scalar { .. });
                let start = if scalar { node.start } else { key.end + 1 };
                self.span(start, self.end(value))
            }
        }
    }

    fn target(&self, mut id: Id) -> Option<Id> {
        for _ in 0..64 {
            match &self.state.nodes[id as usize].value {
                Value::Alias { target, .. } => id = (*target)?,
                _ => return Some(id),
            }
        }
        None
    }

    fn mergeable(&self, value: Id) -> bool {
        let target = self.target(value).filter(|target| !self.open.contains(target));
        target.is_some_and(|id| matches!(self.state.nodes[id as usize].value, Value::Map(_) | Value::Seq(_)))
    }

    /// Names that a merged value has.
    fn names(&self, value: Id, found: &mut HashSet<String>, depth: usize) {
        let Some(target) = self.target(value).filter(|_| depth < 32) else { return };
        match &self.state.nodes[target as usize].value {
            Value::Map(pairs) => {
                for pair in pairs {
                    let Value::Scalar { text, plain } = &self.state.nodes[pair.key as usize].value else {
                        continue;
                    };
                    let name = if *plain { Plain::of(text).string(text) } else { text.clone() };
                    match pair.value {
                        Some(inner) if name == "<<" => self.names(inner, found, depth + 1),
                        _ => {
                            found.insert(name);
                        }
                    }
                }
            }
            Value::Seq(items) => {
                for item in items.iter().flatten() {
                    self.names(*item, found, depth + 1);
                }
            }
            _ => {}
        }
    }

    fn complain(&mut self, key: Id, name: Option<&str>, message: String, severity: i8) {
        let node = &self.state.nodes[key as usize];
        let mut path = self.path.clone();
        path.extend(name.map(str::to_owned));
        let range = Range { start: self.place(node.start), end: self.place(node.end) };
        self.diagnostics.push(Diagnostic { message, path, range, severity });
    }

    /// Line and column of a unit.
    fn place(&self, unit: i64) -> (i64, i64) {
        let Ok(at) = usize::try_from(unit) else { return (0, unit) };
        let before = &self.state.units()[..at.min(self.state.units().len())];
        let line = before.iter().filter(|&&unit| unit == 0x0A).count();
        let start = before.iter().rposition(|&unit| unit == 0x0A).map_or(0, |at| at + 1);
        (line as i64, (at - start) as i64)
    }
}
