//! One tree for every format. A [`Document`] is a pre-order arena: node `i`'s descendants are
//! `i + 1 .. subtree_end`, so a pass over the tree is a loop over a slice. Values are spans into
//! the text; only strings whose text differs from what stands in the file are decoded, once.

mod build;
pub mod de;
pub mod detect;
mod index;
mod limits;
mod lines;
mod node;
mod number;
mod pointer;
mod symbols;
mod value;

pub mod csv;
pub mod dockerfile;
pub mod editor_config;
pub mod go;
pub mod json;
pub mod locks;
pub mod markdown;
pub mod plain;
pub mod spdx;
pub mod terraform;
pub mod toml;
pub mod xml;
pub mod yaml;

pub use build::Builder;
pub use limits::{Limits, MAX_DEPTH};
pub use node::{Kind, Node, NodeId, Symbol, flag};
pub use number::Number;
pub use pointer::{Step, escape_pointer_token, normalized_path, unescape_pointer_token};
pub use symbols::{Symbols, hash_key};

use crate::text::{Problem, Span, Text};
use index::ObjectIndex;
use std::sync::{Arc, OnceLock};

/// The syntax a document was written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.2.
    Yaml,
    /// TOML 1.0.
    Toml,
    /// RFC 4180 with a header row.
    Csv,
    /// CommonMark with optional YAML or TOML front matter.
    Markdown,
    /// XML 1.0 with namespaces.
    Xml,
    /// A Dockerfile.
    Dockerfile,
    /// Terraform's language, as text.
    Terraform,
    /// Tags and values of SPDX 2.
    SpdxTags,
    /// `go.mod`.
    GoMod,
    /// `go.sum`.
    GoSum,
    /// `yarn.lock`.
    YarnLock,
    /// `gradle.lockfile`.
    GradleLock,
    /// `.editorconfig`.
    EditorConfig,
    /// Lines of text.
    Plain,
    /// A tree built by the program, not read from a file.
    Synthetic,
}

/// A parsed file: owned, shareable between threads, without a lifetime parameter.
#[derive(Debug)]
pub struct Document {
    text: Arc<Text>,
    format: Format,
    nodes: Vec<Node>,
    symbols: Symbols,
    decoded: String,
    decoded_spans: Vec<(u32, u32)>,
    roots: Vec<NodeId>,
    problems: Vec<Problem>,
    comments: Vec<Span>,
    breaks_off: bool,
    index: OnceLock<ObjectIndex>,
}

impl Document {
    /// The text the spans point into.
    #[must_use]
    pub fn text(&self) -> &Arc<Text> {
        &self.text
    }

    /// The syntax it was written in.
    #[must_use]
    pub fn format(&self) -> Format {
        self.format
    }

    /// What the parser found wrong.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Where comments stand, in document order.
    #[must_use]
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// All nodes, in pre-order.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The interned keys.
    #[must_use]
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }

    /// The roots: one for each document of a YAML stream, one at most in every other format.
    #[must_use]
    pub fn roots(&self) -> &[NodeId] {
        &self.roots
    }

    /// The first root; `None` for a file that holds no value.
    #[must_use]
    pub fn root(&self) -> Option<NodeId> {
        self.roots.first().copied()
    }

    /// Whether reading stopped before the end of the text, or went on by guessing what belongs where:
    /// what is missing below the last root may stand in the rest of the file.
    #[must_use]
    pub fn breaks_off(&self) -> bool {
        self.breaks_off
    }

    /// Whether all that stands below a root was read: what is missing there is missing from the file.
    #[must_use]
    pub fn is_whole(&self, root: NodeId) -> bool {
        !self.breaks_off || self.roots.last() != Some(&root)
    }

    /// The root above a node.
    #[must_use]
    pub fn root_of(&self, id: NodeId) -> NodeId {
        let at = self.roots.partition_point(|&root| root <= id);
        self.roots[at.saturating_sub(1)]
    }

    /// The raw node: an alias is seen as such.
    #[inline]
    #[must_use]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The node itself, or the anchored node where it is an alias.
    #[inline]
    #[must_use]
    pub fn resolve(&self, id: NodeId) -> NodeId {
        let node = self.node(id);
        if node.kind == Kind::Alias { NodeId(node.data) } else { id }
    }

    /// What the value is, aliases followed.
    #[inline]
    #[must_use]
    pub fn kind(&self, id: NodeId) -> Kind {
        self.node(self.resolve(id)).kind
    }

    /// Where the value stands in the file (the alias, where it is one).
    #[must_use]
    pub fn span(&self, id: NodeId) -> Span {
        self.node(id).span
    }

    /// The containing node.
    #[must_use]
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        let parent = self.node(id).parent;
        (parent != NodeId::NONE).then_some(NodeId(parent))
    }

    /// The key of an object member, as text.
    #[must_use]
    pub fn key(&self, id: NodeId) -> Option<&str> {
        self.key_symbol(id).map(|symbol| self.symbols.get(symbol))
    }

    /// The key of an object member, as symbol.
    #[inline]
    #[must_use]
    pub fn key_symbol(&self, id: NodeId) -> Option<Symbol> {
        let node = self.node(id);
        node.has(flag::MEMBER).then_some(Symbol(node.key))
    }

    /// The direct children as they stand in the file: aliases and merge keys as such, shadowed
    /// duplicates left out.
    #[inline]
    pub fn children(&self, id: NodeId) -> Children<'_> {
        Children { nodes: &self.nodes, next: id.0 + 1, end: self.node(id).subtree_end }
    }

    /// Elements of an array, aliases followed on the way in; empty for anything else.
    pub fn items(&self, id: NodeId) -> Children<'_> {
        let id = self.resolve(id);
        if self.node(id).kind == Kind::Array {
            self.children(id)
        } else {
            Children { nodes: &self.nodes, next: 0, end: 0 }
        }
    }

    /// Number of elements or members.
    #[must_use]
    pub fn len(&self, id: NodeId) -> usize {
        match self.kind(id) {
            Kind::Array => self.items(id).count(),
            Kind::Object => self.members(id).count(),
            _ => 0,
        }
    }

    /// True for a file without any value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// Members of an object as YAML means them: aliases followed on the way in, merge keys fallen
    /// through (own keys win, earlier merges win over later ones). Empty for anything else.
    pub fn members(&self, id: NodeId) -> impl Iterator<Item = (Symbol, NodeId)> + '_ {
        let id = self.resolve(id);
        let node = self.node(id);
        let (plain, merged) = if node.kind != Kind::Object {
            (Children { nodes: &self.nodes, next: 0, end: 0 }, Vec::new())
        } else if node.has(flag::HAS_MERGE) {
            (Children { nodes: &self.nodes, next: 0, end: 0 }, self.merged_members(id))
        } else {
            (self.children(id), Vec::new())
        };
        plain.map(|child| (Symbol(self.node(child).key), child)).chain(merged)
    }

    fn merged_members(&self, id: NodeId) -> Vec<(Symbol, NodeId)> {
        let mut found = Vec::new();
        let mut names = std::collections::HashSet::new();
        let mut seen = std::collections::HashSet::new();
        self.collect_merged(id, &mut found, &mut names, &mut seen);
        found
    }

    /// Each map contributes once, so that nested merges of merges stay linear.
    fn collect_merged(
        &self,
        id: NodeId,
        found: &mut Vec<(Symbol, NodeId)>,
        names: &mut std::collections::HashSet<Symbol>,
        seen: &mut std::collections::HashSet<NodeId>,
    ) {
        let id = self.resolve(id);
        if self.node(id).kind != Kind::Object || !seen.insert(id) {
            return;
        }
        for child in self.children(id) {
            let node = self.node(child);
            if !node.has(flag::MERGE) && names.insert(Symbol(node.key)) {
                found.push((Symbol(node.key), child));
            }
        }
        for child in self.children(id).filter(|&child| self.node(child).has(flag::MERGE)) {
            match self.kind(child) {
                Kind::Array => {
                    self.items(child).for_each(|item| self.collect_merged(item, found, names, seen))
                }
                _ => self.collect_merged(child, found, names, seen),
            }
        }
    }

    /// The member of that name, aliases followed on the way in and merge keys fallen through.
    #[must_use]
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        /// Members whose texts are compared before the key is looked up: cheaper than its hash.
        const FIRST: usize = 8;
        let id = self.resolve(id);
        let node = self.node(id);
        if node.kind != Kind::Object {
            return None;
        }
        if !node.has(flag::HAS_MERGE) {
            let mut children = self.children(id);
            for child in children.by_ref().take(FIRST) {
                if self.symbols.get(Symbol(self.node(child).key)) == key {
                    return Some(child);
                }
            }
            children.next()?;
        }
        self.member(id, self.symbols.lookup(key)?)
    }

    /// The member with that symbol; see [`get`](Self::get).
    #[must_use]
    pub fn member(&self, id: NodeId, key: Symbol) -> Option<NodeId> {
        let id = self.resolve(id);
        let node = self.node(id);
        if node.kind != Kind::Object {
            return None;
        }
        if node.has(flag::HAS_MERGE) {
            return self.members(id).find(|&(symbol, _)| symbol == key).map(|(_, child)| child);
        }
        let mut children = self.children(id);
        for child in children.by_ref().take(index::LINEAR) {
            if self.node(child).key == key.0 {
                return Some(child);
            }
        }
        children.next()?;
        self.index.get_or_init(|| ObjectIndex::new(self)).get(id, key)
    }

    /// The element at an index counted from 0.
    #[must_use]
    pub fn item(&self, id: NodeId, index: usize) -> Option<NodeId> {
        let id = self.resolve(id);
        if self.node(id).kind != Kind::Array {
            return None;
        }
        if index < index::LINEAR {
            return self.items(id).nth(index);
        }
        self.index.get_or_init(|| ObjectIndex::new(self)).item(id, index)
    }

    /// The text of a string; `None` for anything else.
    #[inline]
    #[must_use]
    pub fn str(&self, id: NodeId) -> Option<&str> {
        let node = self.node(self.resolve(id));
        (node.kind == Kind::String).then(|| self.scalar_text(node))
    }

    /// The text of a scalar as decoded: a string's characters, a number's digits, `true`, `null`.
    #[must_use]
    pub fn scalar(&self, id: NodeId) -> Option<&str> {
        let node = self.node(self.resolve(id));
        match node.kind {
            Kind::String | Kind::Number => Some(self.scalar_text(node)),
            Kind::Bool => Some(if node.has(flag::TRUE) { "true" } else { "false" }),
            Kind::Null => Some("null"),
            _ => None,
        }
    }

    #[inline]
    fn scalar_text(&self, node: &Node) -> &str {
        if node.data != NodeId::NONE {
            let (start, end) = self.decoded_spans[node.data as usize];
            return &self.decoded[start as usize..end as usize];
        }
        let Span { start, end } = node.span;
        let quote = u32::from(node.has(flag::QUOTED));
        self.text
            .as_str()
            .get((start + quote) as usize..end.saturating_sub(quote) as usize)
            .unwrap_or_default()
    }

    /// The raw text of a value as it stands in the file, quotes and all.
    #[must_use]
    pub fn raw(&self, id: NodeId) -> &str {
        self.text.slice(self.node(id).span)
    }

    /// The value of a boolean; `None` for anything else.
    #[must_use]
    pub fn bool(&self, id: NodeId) -> Option<bool> {
        let node = self.node(self.resolve(id));
        (node.kind == Kind::Bool).then(|| node.has(flag::TRUE))
    }

    /// The value of a number; `None` for anything else.
    #[must_use]
    pub fn number(&self, id: NodeId) -> Option<Number<'_>> {
        let node = self.node(self.resolve(id));
        (node.kind == Kind::Number).then(|| Number::new(self.scalar_text(node)))
    }
}

/// Iterator over direct children.
#[derive(Clone, Debug)]
pub struct Children<'d> {
    nodes: &'d [Node],
    next: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    #[inline]
    fn next(&mut self) -> Option<NodeId> {
        while self.next < self.end {
            let id = self.next;
            let node = &self.nodes[id as usize];
            self.next = node.subtree_end;
            if !node.has(flag::SHADOWED) {
                return Some(NodeId(id));
            }
        }
        None
    }
}
