//! Values as JavaScript would see them: a document with its references replaced by what they lead
//! to, read in place. Nothing is copied; an object is named by the node it stands at.

use super::resolve::Inventory;
use assize_tree::document::{Document, Kind, Step};
use assize_tree::js::{number_to_string, to_number};
use assize_tree::path::{Graph, NodeRef};
use std::borrow::Cow;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Js<'a> {
    /// There is none.
    Undefined,
    /// `null`
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(f64),
    /// A text.
    Text(Cow<'a, str>),
    /// An object or array of a document.
    Node(NodeRef),
}

impl Js<'_> {
    /// Whether `if (value)` holds.
    #[must_use]
    pub fn truthy(&self) -> bool {
        match self {
            Self::Undefined | Self::Null => false,
            Self::Bool(bool) => *bool,
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Text(text) => !text.is_empty(),
            Self::Node(_) => true,
        }
    }

    /// The text of a text.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// `Number(value)`.
    #[must_use]
    pub fn number(&self) -> f64 {
        match self {
            Self::Null => 0.0,
            Self::Bool(bool) => f64::from(u8::from(*bool)),
            Self::Number(number) => *number,
            Self::Text(text) => to_number(text),
            Self::Undefined | Self::Node(_) => f64::NAN,
        }
    }
}

/// A text as JSON writes it.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::String(text.to_owned()).to_string()
}

/// Levels of a value that are looked at: more than a file may have, so that only values that hold
/// themselves have more.
const DEEPEST: u32 = 2 * assize_tree::document::MAX_DEPTH;
/// Values that one comparison looks at.
const MOST_COMPARISONS: u32 = 5_000_000;

/// How an inventory's documents are looked at: with references seen through, or as they stand.
#[derive(Clone, Copy)]
pub struct View<'a> {
    /// The documents.
    pub inventory: &'a Inventory,
    /// Whether references are seen through.
    pub resolved: bool,
}

impl Graph for View<'_> {
    fn document(&self, doc: u32) -> &Document {
        self.inventory.document(doc)
    }

    fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        if self.resolved { self.inventory.follow(at) } else { None }
    }
}

impl<'a> View<'a> {
    /// The document of that index.
    #[must_use]
    pub fn doc(&self, doc: u32) -> &'a Document {
        self.inventory.document(doc)
    }

    /// What stands at an edge, aliases and references seen through.
    #[must_use]
    pub fn target(&self, at: NodeRef) -> NodeRef {
        // Only objects are references, and what an alias names may be one.
        match self.doc(at.doc).node(at.node).kind {
            Kind::Object | Kind::Alias => {
                let at = NodeRef { doc: at.doc, node: self.doc(at.doc).resolve(at.node) };
                if self.resolved { self.inventory.follow(at).unwrap_or(at) } else { at }
            }
            _ => at,
        }
    }

    /// The value at an edge.
    #[must_use]
    pub fn read(&self, at: NodeRef) -> Js<'a> {
        let at = self.target(at);
        let document = self.doc(at.doc);
        match document.kind(at.node) {
            Kind::Null | Kind::Alias => Js::Null,
            Kind::Bool => Js::Bool(document.bool(at.node).unwrap_or_default()),
            Kind::Number => Js::Number(document.number(at.node).map_or(f64::NAN, |number| number.as_f64())),
            Kind::String => Js::Text(document.str(at.node).unwrap_or_default().into()),
            Kind::Array | Kind::Object => Js::Node(at),
        }
    }

    /// The root of the first document.
    #[must_use]
    pub fn root(&self) -> NodeRef {
        self.inventory.root()
    }

    /// Whether a value is an array.
    #[must_use]
    pub fn is_array(&self, value: &Js<'_>) -> bool {
        matches!(value, Js::Node(at) if self.doc(at.doc).kind(at.node) == Kind::Array)
    }

    /// The object that a value is, if it is one and no array.
    #[must_use]
    pub fn object(&self, value: &Js<'_>) -> Option<NodeRef> {
        match value {
            Js::Node(at) if self.doc(at.doc).kind(at.node) == Kind::Object => Some(*at),
            _ => None,
        }
    }

    /// The array that a value is.
    #[must_use]
    pub fn array(&self, value: &Js<'_>) -> Option<NodeRef> {
        match value {
            Js::Node(at) if self.doc(at.doc).kind(at.node) == Kind::Array => Some(*at),
            _ => None,
        }
    }

    /// The member or element of that name.
    #[must_use]
    pub fn edge(&self, at: NodeRef, key: &str) -> Option<NodeRef> {
        let document = self.doc(at.doc);
        let node = match document.kind(at.node) {
            Kind::Object => document.get(at.node, key)?,
            Kind::Array => {
                let plain = key == "0" || !key.starts_with('0') && !key.starts_with('+');
                document.item(at.node, key.parse().ok().filter(|_| plain)?)?
            }
            _ => return None,
        };
        Some(NodeRef { node, ..at })
    }

    /// The value of the member or element of that name.
    #[must_use]
    pub fn get(&self, at: NodeRef, key: &str) -> Js<'a> {
        self.edge(at, key).map_or(Js::Undefined, |edge| self.read(edge))
    }

    /// The same of a value that may be none.
    #[must_use]
    pub fn member(&self, value: &Js<'a>, key: &str) -> Js<'a> {
        match value {
            Js::Node(at) => self.get(*at, key),
            _ => Js::Undefined,
        }
    }

    /// Keys and edges of an object, indexes and edges of an array.
    pub fn entries(&self, at: NodeRef) -> Vec<(Step<'a>, NodeRef)> {
        let document = self.doc(at.doc);
        match document.kind(at.node) {
            Kind::Object => document
                .members(at.node)
                .map(|(key, node)| (Step::Key(document.symbols().get(key)), NodeRef { node, ..at }))
                .collect(),
            Kind::Array => document
                .items(at.node)
                .enumerate()
                .map(|(index, node)| (Step::Index(index as u32), NodeRef { node, ..at }))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Keys of an object with the values' edges.
    pub fn members(&self, at: NodeRef) -> impl Iterator<Item = (&'a str, NodeRef)> + use<'a> {
        let document = self.doc(at.doc);
        document
            .members(at.node)
            .map(move |(key, node)| (document.symbols().get(key), NodeRef { node, ..at }))
    }

    /// Edges of an array.
    pub fn items(&self, at: NodeRef) -> impl Iterator<Item = NodeRef> + use<'a> {
        self.doc(at.doc).items(at.node).map(move |node| NodeRef { node, ..at })
    }

    /// Number of members or elements.
    #[must_use]
    pub fn len(&self, at: NodeRef) -> usize {
        self.doc(at.doc).len(at.node)
    }

    /// `String(value)`.
    #[must_use]
    pub fn string(&self, value: &Js<'_>) -> String {
        self.string_within(value, DEEPEST)
    }

    fn string_within(&self, value: &Js<'_>, depth: u32) -> String {
        match value {
            Js::Undefined => "undefined".to_owned(),
            Js::Null => "null".to_owned(),
            Js::Bool(bool) => bool.to_string(),
            Js::Number(number) => number_to_string(*number),
            Js::Text(text) => text.to_string(),
            // An array within itself is nothing there.
            Js::Node(at) if self.doc(at.doc).kind(at.node) == Kind::Array => self
                .items(*at)
                .map(|item| match self.read(item) {
                    Js::Null => String::new(),
                    _ if depth == 0 => String::new(),
                    value => self.string_within(&value, depth - 1),
                })
                .collect::<Vec<_>>()
                .join(","),
            Js::Node(_) => "[object Object]".to_owned(),
        }
    }

    /// A value as messages show it.
    #[must_use]
    pub fn print(&self, value: &Js<'_>) -> String {
        match value {
            Js::Text(text) => quoted(text),
            Js::Number(number) if !number.is_finite() => "null".to_owned(),
            Js::Node(_) if self.is_array(value) => "Array[]".to_owned(),
            Js::Node(_) => "Object{}".to_owned(),
            other => self.string(other),
        }
    }

    /// A value as `JSON.stringify` writes it; it ends after so many bytes.
    #[must_use]
    pub fn json(&self, value: &Js<'_>) -> String {
        let mut text = String::new();
        self.write_json(value, &mut text, DEEPEST);
        text
    }

    fn write_json(&self, value: &Js<'_>, out: &mut String, depth: u32) {
        let most = if self.inventory.has_cycles() { 1 << 16 } else { 1 << 20 };
        if out.len() > most || depth == 0 {
            return;
        }
        match value {
            Js::Text(text) => out.push_str(&quoted(text)),
            Js::Number(number) if !number.is_finite() => out.push_str("null"),
            Js::Node(at) if self.is_array(value) => {
                out.push('[');
                for (index, item) in self.items(*at).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    self.write_json(&self.read(item), out, depth - 1);
                }
                out.push(']');
            }
            Js::Node(at) => {
                out.push('{');
                for (index, (key, member)) in self.members(*at).enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    out.push_str(&quoted(key));
                    out.push(':');
                    self.write_json(&self.read(member), out, depth - 1);
                }
                out.push('}');
            }
            other => out.push_str(&self.string(other)),
        }
    }

    /// `a === b`; objects are equal where they are one and the same.
    #[must_use]
    pub fn same(&self, a: &Js<'_>, b: &Js<'_>) -> bool {
        match (a, b) {
            (Js::Text(a), Js::Text(b)) => a == b,
            (Js::Number(a), Js::Number(b)) => a == b,
            (Js::Bool(a), Js::Bool(b)) => a == b,
            (Js::Null, Js::Null) | (Js::Undefined, Js::Undefined) => true,
            (Js::Node(a), Js::Node(b)) => a == b,
            _ => false,
        }
    }

    /// Equality of content, keys in any order.
    #[must_use]
    pub fn equal(&self, a: &Js<'_>, other: &View<'_>, b: &Js<'_>) -> bool {
        let cyclic = self.inventory.has_cycles() || other.inventory.has_cycles();
        self.equal_within(a, other, b, DEEPEST, &mut if cyclic { 50_000 } else { MOST_COMPARISONS })
    }

    fn equal_within(&self, a: &Js<'_>, other: &View<'_>, b: &Js<'_>, depth: u32, left: &mut u32) -> bool {
        // Values that hold themselves have no end: what was equal for so long is taken to be.
        if depth == 0 || *left == 0 {
            return true;
        }
        *left -= 1;
        let depth = depth - 1;
        if a == b && std::ptr::eq(self.inventory, other.inventory) && self.resolved == other.resolved {
            return true;
        }
        match (a, b) {
            (Js::Text(a), Js::Text(b)) => a == b,
            (Js::Number(a), Js::Number(b)) => a == b,
            (Js::Bool(a), Js::Bool(b)) => a == b,
            (Js::Null, Js::Null) | (Js::Undefined, Js::Undefined) => true,
            (Js::Node(x), Js::Node(y)) => match (self.is_array(a), other.is_array(b)) {
                (true, true) => {
                    self.len(*x) == other.len(*y)
                        && self.items(*x).zip(other.items(*y)).all(|(x, y)| {
                            self.equal_within(&self.read(x), other, &other.read(y), depth, left)
                        })
                }
                (false, false) => {
                    self.len(*x) == other.len(*y)
                        && self.members(*x).all(|(key, x)| {
                            other.edge(*y, key).is_some_and(|y| {
                                self.equal_within(&self.read(x), other, &other.read(y), depth, left)
                            })
                        })
                }
                _ => false,
            },
            _ => false,
        }
    }
}
