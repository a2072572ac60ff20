//! References as edges between nodes, within a file and across files. Nothing here opens a file:
//! a provider does, and only by paths that stay within the judged root.

pub mod grammar;
mod ids;
mod issue;
mod resolve;
mod schemas;
#[cfg(test)]
mod tests;

pub use grammar::Grammar;
pub use issue::{Fault, RefIssue};
pub use schemas::Holder;

use crate::document::{Document, Kind, NodeId, flag};
use crate::path::{Graph, NodeRef};
use foldhash::fast::FixedState;
use grammar::Place;
use ids::Ids;
use resolve::{Reference, did_you_mean};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Why a file that a reference names cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoadError {
    /// There is no such file.
    NotFound,
    /// It is a folder.
    Directory,
    /// It holds no data; what it holds instead.
    NotData(String),
    /// It is larger than the limit.
    TooLarge,
    /// It cannot be read.
    Unreadable(String),
    /// It holds no value.
    Empty,
}

/// Where documents come from.
pub trait Provider {
    /// The document at a path from the judged root.
    ///
    /// # Errors
    /// Where there is none to be had.
    fn load(&self, path: &str) -> Result<Arc<Document>, LoadError>;

    /// The path of the file whose root gives itself that address (`$id`), where there is one.
    fn path_of_id(&self, _address: &str) -> Option<String> {
        None
    }
}

/// The path of the file that a reference leads to, seen from the file it stands in; `None` where it leads
/// to its own file, to the network or out of the judged root.
#[must_use]
pub fn file_of(base: &str, text: &str) -> Option<String> {
    match resolve::parse(base, text, None) {
        Reference::File(path, _) => Some(path),
        Reference::Here(_) | Reference::Remote | Reference::Outside => None,
    }
}

/// A document of a bundle.
struct Member {
    path: String,
    document: Arc<Document>,
    root: NodeId,
    keys: Arc<[grammar::Key]>,
}

/// A root document with every document it refers to, and the edges between their nodes.
pub struct Bundle {
    members: Vec<Member>,
    /// From the object that holds a `$ref` to what the chain of references ends at.
    edges: HashMap<NodeRef, NodeRef, FixedState>,
    /// What some reference leads to directly.
    referenced: HashSet<NodeRef>,
    issues: Vec<RefIssue>,
    /// Objects whose reference leads to nothing that can be read.
    unresolved: HashSet<NodeRef>,
    grammar: Grammar,
    /// Where walks began, and as what: the root, and what references and aliases lead to.
    starts: Vec<(NodeRef, Place)>,
}

impl Bundle {
    /// Builds the graph of a root document.
    #[must_use]
    pub fn build(
        path: &str,
        document: Arc<Document>,
        root: NodeId,
        grammar: Grammar,
        provider: &dyn Provider,
    ) -> Self {
        let is_schema = grammar == Grammar::JsonSchema;
        let mut builder = Builder {
            grammar,
            strict_siblings: grammar.ignores_siblings(&document, root),
            provider,
            bundle: Self {
                members: Vec::new(),
                edges: HashMap::default(),
                referenced: HashSet::new(),
                issues: Vec::new(),
                unresolved: HashSet::new(),
                grammar,
                starts: Vec::new(),
            },
            ids: Ids::default(),
            by_path: HashMap::new(),
            failed: HashMap::new(),
            known: HashMap::new(),
            waiting: Vec::new(),
            seen: HashSet::new(),
            is_schema,
            anchors: HashMap::new(),
            hints: 0,
        };
        builder.add(path.to_owned(), document, root);
        builder.wait(NodeRef { doc: 0, node: root }, grammar.root());
        while let Some((from, place)) = builder.waiting.pop() {
            builder.walk(from, place);
        }
        builder.bundle.starts = builder.seen.drain().collect();
        builder.bundle.starts.sort_unstable();
        builder.finish()
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> NodeRef {
        NodeRef { doc: 0, node: self.members[0].root }
    }

    /// The document of that index.
    #[must_use]
    pub fn document(&self, doc: u32) -> &Document {
        &self.members[doc as usize].document
    }

    /// Paths of the documents, the root's first.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.members.iter().map(|member| member.path.as_str())
    }

    /// Where the reference at a node leads, over any chain of further references.
    #[must_use]
    pub fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        self.edges.get(&at).copied()
    }

    /// Whether some reference leads to a node directly.
    #[must_use]
    pub fn referenced(&self, at: NodeRef) -> bool {
        self.referenced.contains(&at)
    }

    /// Whether an object stands for something else that cannot be read.
    #[must_use]
    pub fn unresolved(&self, at: NodeRef) -> bool {
        self.unresolved.contains(&at)
    }

    /// By which grammar it was read.
    #[must_use]
    pub fn grammar(&self) -> Grammar {
        self.grammar
    }

    /// What is wrong with the references, in document order.
    #[must_use]
    pub fn issues(&self) -> &[RefIssue] {
        &self.issues
    }
}

impl Graph for Bundle {
    fn document(&self, doc: u32) -> &Document {
        Self::document(self, doc)
    }

    fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        Self::follow(self, at)
    }

    fn is_unresolved(&self, at: NodeRef) -> bool {
        self.unresolved(at)
    }

    fn has_unresolved(&self) -> bool {
        !self.unresolved.is_empty()
    }
}

struct Builder<'p> {
    grammar: Grammar,
    strict_siblings: bool,
    provider: &'p dyn Provider,
    bundle: Bundle,
    by_path: HashMap<String, u32>,
    failed: HashMap<String, LoadError>,
    /// What a reference in a document leads to: the same text is resolved once.
    known: HashMap<(u32, Option<String>, String), Result<NodeRef, Fault>>,
    ids: Ids,
    waiting: Vec<(NodeRef, Place)>,
    seen: HashSet<(NodeRef, Place)>,
    is_schema: bool,
    /// The anchors of a document, once one was asked for.
    anchors: HashMap<u32, HashMap<String, NodeId>>,
    /// How often a near name was looked for.
    hints: u32,
}

/// Names that are missed, at most, for which a near one is looked for: who has more has another problem.
const HINTS: u32 = 200;

impl Builder<'_> {
    fn add(&mut self, path: String, document: Arc<Document>, root: NodeId) -> u32 {
        let doc = self.bundle.members.len() as u32;
        self.by_path.insert(path.clone(), doc);
        self.ids.add(doc, &path, &document);
        let keys = grammar::keys(&document).into();
        self.bundle.members.push(Member { path, document, root, keys });
        doc
    }

    fn wait(&mut self, at: NodeRef, place: Place) {
        let document = &self.bundle.members[at.doc as usize].document;
        let at = NodeRef { node: document.resolve(at.node), ..at };
        if place != Place::Data && self.seen.insert((at, place)) {
            self.waiting.push((at, place));
        }
    }

    /// Walks what lies below a node, each place by the grammar: a loop over the arena.
    fn walk(&mut self, from: NodeRef, place: Place) {
        let document = Arc::clone(&self.bundle.members[from.doc as usize].document);
        let keys = Arc::clone(&self.bundle.members[from.doc as usize].keys);
        let start = *document.node(from.node);
        let mut open = vec![(start.subtree_end, place, from.node)];
        let mut at = from.node.0 + 1;
        while at < start.subtree_end {
            while open.len() > 1 && open.last().is_some_and(|&(end, ..)| end <= at) {
                open.pop();
            }
            let Some(&(_, place, parent)) = open.last() else { break };
            let id = NodeId(at);
            let node = document.node(id);
            if node.has(flag::SHADOWED) {
                at = node.subtree_end;
                continue;
            }
            let key = node.has(flag::MEMBER).then(|| keys[node.key as usize]);
            if document.kind(parent) == Kind::Object {
                let object = NodeRef { doc: from.doc, node: parent };
                match key {
                    Some(grammar::Key::Ref) => self.reference(&document, object, id, place),
                    Some(grammar::Key::DynamicRef) if place == Place::Schema => {
                        self.mention(&document, object, id, place);
                    }
                    Some(grammar::Key::Discriminator) if place == Place::Schema => {
                        self.mapping(&document, object, id);
                    }
                    _ => {}
                }
            }
            let next =
                if node.has(flag::MERGE) { place } else { self.grammar.child(place, key, document.kind(id)) };
            if next == Place::Data {
                at = node.subtree_end;
            } else if node.kind == Kind::Alias {
                self.wait(NodeRef { doc: from.doc, node: id }, next);
                at = node.subtree_end;
            } else {
                open.push((node.subtree_end, next, id));
                at += 1;
            }
        }
    }

    /// One `$ref` member of an object.
    fn reference(&mut self, document: &Document, object: NodeRef, value: NodeId, place: Place) {
        let at = NodeRef { node: value, ..object };
        let Some(text) = document.str(value) else {
            if document.node(value).has(flag::TRUNCATED) {
                self.bundle.unresolved.insert(object);
                return;
            }
            // A property may be called $ref; its value is then a schema.
            if !place.is_map() {
                self.issue(at, Fault::NotAString);
            }
            return;
        };
        match self.target(document, object, text) {
            Ok(target) => {
                self.bundle.referenced.insert(target);
                self.bundle.edges.insert(object, target);
                self.wait(target, place);
                if !place.allows_reference() {
                    self.issue(at, Fault::NonPortable { place: place.name() });
                }
            }
            Err(fault) => {
                self.bundle.unresolved.insert(object);
                // The break itself has been told of.
                if fault != Fault::BrokenOff {
                    self.issue(at, fault);
                }
            }
        }
        if self.strict_siblings && place.allows_reference() && place != Place::PathItem {
            let siblings: Vec<String> = document
                .children(object.node)
                .filter(|&child| child != value)
                .filter_map(|child| document.key(child))
                .filter(|key| !key.starts_with("x-"))
                .map(str::to_owned)
                .collect();
            if !siblings.is_empty() {
                self.issue(at, Fault::Siblings { keys: siblings });
            }
        }
    }

    /// What the text of a reference names, seen from the object it stands in.
    fn target(&mut self, document: &Document, object: NodeRef, text: &str) -> Result<NodeRef, Fault> {
        let path = &self.bundle.members[object.doc as usize].path;
        let base = ids::base(path, document, object.node);
        let key = (object.doc, base, text.to_owned());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let found = self.resolve(object.doc, key.1.as_deref(), text);
        self.known.insert(key, found.clone());
        found
    }

    /// A text that names a schema without standing for it: what it names is looked at and counts as
    /// referred to, and a faulty one is an issue, but nothing is seen through it.
    fn mention(&mut self, document: &Document, object: NodeRef, value: NodeId, place: Place) {
        let Some(text) = document.str(value) else { return };
        match self.target(document, object, text) {
            Ok(target) => {
                self.bundle.referenced.insert(target);
                self.wait(target, place);
            }
            Err(fault) => self.issue(NodeRef { node: value, ..object }, fault),
        }
    }

    /// The schemas that a discriminator's `mapping` names (OpenAPI 3.0.4, 4.7.25): references, or
    /// names of components.
    fn mapping(&mut self, document: &Document, object: NodeRef, discriminator: NodeId) {
        let Some(mapping) = document.get(discriminator, "mapping") else { return };
        let values: Vec<NodeId> = document.members(mapping).map(|(_, value)| value).collect();
        for value in values {
            let Some(text) = document.str(value) else { continue };
            let is_name = !text.contains(['#', '/', '.']);
            if !is_name {
                self.mention(document, object, value, Place::Schema);
                continue;
            }
            let root = &self.bundle.members[0];
            let named = root.document.pointer(root.root, &format!("/components/schemas/{text}"));
            if let Some(node) = named {
                let target = NodeRef { doc: 0, node };
                self.bundle.referenced.insert(target);
                self.wait(target, Place::Schema);
            }
        }
    }

    fn issue(&mut self, at: NodeRef, fault: Fault) {
        self.bundle.issues.push(RefIssue { at, fault });
    }

    fn resolve(&mut self, doc: u32, base: Option<&str>, text: &str) -> Result<NodeRef, Fault> {
        let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
        let fragment = resolve::decode(fragment);
        // By an address that some schema gives itself, here or in another file of the tree.
        let url = base.map_or_else(|| address.to_owned(), |base| ids::join(base, address));
        if let Some(found) = self.ids.find(&url)
            && (base.is_some() || !address.is_empty())
        {
            let located = self.locate(found, &fragment, text, 0);
            // Many schemas count from the file's root although a `$id` around them says otherwise.
            if located.is_ok() || !address.is_empty() {
                return located;
            }
        }
        if !address.is_empty()
            && let Some(path) = self.provider.path_of_id(url.trim_end_matches('#'))
        {
            let target = self.load(doc, path, text)?;
            let root = self.bundle.members[target as usize].root;
            return self.locate(NodeRef { doc: target, node: root }, &fragment, text, 0);
        }
        let member = &self.bundle.members[doc as usize];
        let id = self.is_schema.then(|| resolve::id_of(&member.document, member.root)).flatten();
        let (target, fragment) = match resolve::parse(&member.path, text, id) {
            Reference::Here(fragment) => (doc, fragment),
            Reference::Remote => return Err(Fault::Remote { url: text.to_owned() }),
            Reference::Outside => return Err(Fault::OutsideRoot { reference: text.to_owned() }),
            Reference::File(path, fragment) => (self.load(doc, path, text)?, fragment),
        };
        let node = self.bundle.members[target as usize].root;
        self.locate(NodeRef { doc: target, node }, &fragment, text, 0)
    }

    fn load(&mut self, from: u32, path: String, text: &str) -> Result<u32, Fault> {
        if let Some(&doc) = self.by_path.get(&path) {
            return Ok(doc);
        }
        if let Some(error) = self.failed.get(&path) {
            return Err(self.load_fault(from, error, &path, text));
        }
        match self.provider.load(&path) {
            Ok(document) => match document.root() {
                Some(root) => Ok(self.add(path, document, root)),
                None => Err(Fault::Unreadable { path, reason: "it holds no value".to_owned() }),
            },
            Err(error) => {
                let fault = self.load_fault(from, &error, &path, text);
                self.failed.insert(path, error);
                Err(fault)
            }
        }
    }

    fn load_fault(&self, from: u32, error: &LoadError, path: &str, text: &str) -> Fault {
        let path = path.to_owned();
        let member = &self.bundle.members[from as usize];
        let published = self.is_schema
            && resolve::id_of(&member.document, member.root).is_some_and(|id| id.contains("://"));
        match error {
            // Relative to an address on the network, not to the file.
            LoadError::NotFound if published => Fault::Remote { url: text.to_owned() },
            LoadError::NotFound => Fault::MissingFile { path },
            LoadError::Directory => Fault::Directory { path },
            LoadError::NotData(what) => Fault::NotData { path, what: what.clone() },
            LoadError::TooLarge => {
                Fault::Unreadable { path, reason: "it is larger than the limit".to_owned() }
            }
            LoadError::Unreadable(reason) => Fault::Unreadable { path, reason: reason.clone() },
            LoadError::Empty => Fault::Unreadable { path, reason: "it is empty".to_owned() },
        }
    }

    /// The node a fragment names. A pointer may lead through further references.
    fn locate(&mut self, from: NodeRef, fragment: &str, text: &str, depth: u32) -> Result<NodeRef, Fault> {
        let (doc, root) = (from.doc, from.node);
        let document = Arc::clone(&self.bundle.members[doc as usize].document);
        let dangling = |missing: String, near: Option<String>| Fault::Dangling {
            reference: text.to_owned(),
            missing,
            near,
        };
        let whole = |document: &Document, node: NodeId| document.is_whole(document.root_of(node));
        if fragment.is_empty() {
            return Ok(NodeRef { doc, node: document.resolve(root) });
        }
        let Some(pointer) = fragment.strip_prefix('/') else {
            let anchors = self.anchors.entry(doc).or_insert_with(|| resolve::anchors(&document));
            return anchors.get(fragment).map(|&node| NodeRef { doc, node }).ok_or_else(|| {
                match whole(&document, root) {
                    true => dangling(fragment.to_owned(), None),
                    false => Fault::BrokenOff,
                }
            });
        };
        let mut at = NodeRef { doc, node: root };
        let mut here = document;
        for token in pointer.split('/') {
            let name = crate::document::unescape_pointer_token(token);
            let step = |document: &Document, node: NodeId| match document.kind(node) {
                Kind::Object => document.get(node, &name),
                Kind::Array => name.parse().ok().and_then(|index| document.item(node, index)),
                _ => None,
            };
            let mut next = step(&here, at.node);
            // Through a reference that stands on the way, as most tools do.
            if next.is_none()
                && depth < 16
                && let Some(inner) =
                    here.get(at.node, "$ref").and_then(|node| here.str(node)).map(str::to_owned)
                && let Ok(target) = self.resolve_through(at.doc, &inner, depth)
            {
                at = target;
                here = Arc::clone(&self.bundle.members[at.doc as usize].document);
                next = step(&here, at.node);
            }
            match next {
                Some(node) => at = NodeRef { node: here.resolve(node), ..at },
                None if !whole(&here, at.node) => return Err(Fault::BrokenOff),
                None => {
                    self.hints += 1;
                    let near = (self.hints <= HINTS).then(|| did_you_mean(&here, at.node, &name));
                    return Err(dangling(name.to_string(), near.flatten()));
                }
            }
        }
        Ok(at)
    }

    fn resolve_through(&mut self, doc: u32, text: &str, depth: u32) -> Result<NodeRef, Fault> {
        let member = &self.bundle.members[doc as usize];
        match resolve::parse(&member.path, text, None) {
            Reference::Here(fragment) => {
                let node = member.root;
                self.locate(NodeRef { doc, node }, &fragment, text, depth + 1)
            }
            Reference::File(path, fragment) => {
                let doc = self.load(doc, path, text)?;
                let node = self.bundle.members[doc as usize].root;
                self.locate(NodeRef { doc, node }, &fragment, text, depth + 1)
            }
            Reference::Remote => Err(Fault::Remote { url: text.to_owned() }),
            Reference::Outside => Err(Fault::OutsideRoot { reference: text.to_owned() }),
        }
    }

    /// Shortens chains of references to their ends; those without an end are issues.
    fn finish(mut self) -> Bundle {
        let direct = std::mem::take(&mut self.bundle.edges);
        let mut ends: HashMap<NodeRef, Option<NodeRef>, FixedState> =
            HashMap::with_capacity_and_hasher(direct.len(), FixedState::default());
        let mut starts: Vec<NodeRef> = direct.keys().copied().collect();
        starts.sort_unstable();
        for &start in &starts {
            let mut way = Vec::new();
            let mut on_way = HashSet::new();
            let mut at = start;
            let end = loop {
                if let Some(&known) = ends.get(&at) {
                    break known;
                }
                let Some(&next) = direct.get(&at) else { break Some(at) };
                if !on_way.insert(at) {
                    break None;
                }
                way.push(at);
                at = next;
            };
            for passed in way {
                ends.insert(passed, end);
            }
        }
        for &start in &starts {
            match ends.get(&start) {
                Some(Some(end)) => {
                    self.bundle.edges.insert(start, *end);
                }
                _ => {
                    let document = &self.bundle.members[start.doc as usize].document;
                    let node = document.get(start.node, "$ref").unwrap_or(start.node);
                    self.bundle.unresolved.insert(start);
                    let fault =
                        if direct.get(&start) == Some(&start) { Fault::SelfReference } else { Fault::Cycle };
                    self.bundle.issues.push(RefIssue { at: NodeRef { node, ..start }, fault });
                }
            }
        }
        self.bundle.issues.sort_by_key(|issue| (issue.at, issue.code()));
        self.bundle.issues.dedup();
        self.bundle
    }
}
