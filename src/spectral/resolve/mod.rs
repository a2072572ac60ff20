//! The documents of one run and the references between them, as Spectral's resolver leaves them: which
//! `$ref`s it replaces by their targets, which it leaves standing, and what it complains of. The
//! resolver (json-ref-resolver 3.1) leaves a reference where following it would lead back into the
//! place it stands at; it crawls a referred-to file only from where references lead into it.

mod gather;
mod graph;

use super::ajv::Dialect;
use super::place::Lines;
use super::pointer;
use super::repairs::{Repair, Repairs};
use crate::finding::FileId;
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::path::NodeRef;
use gather::{Met, Remote};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, OnceLock, RwLock};

/// What an inventory needs from the judged tree.
pub(crate) trait Files {
    /// The file at a path from the root of the tree.
    fn load(&self, path: &str) -> Result<(FileId, Arc<Document>), String>;

    /// The path with the tree's place before it.
    fn absolute(&self, path: &str) -> String;
}

/// A document.
pub struct Doc {
    /// Its text as a tree.
    pub document: Arc<Document>,
    /// Its value.
    pub root: NodeId,
    /// Its path from the root of the judged tree.
    pub path: String,
    /// The same with the tree's place before it: the document's name in Spectral.
    pub source: String,
    /// The file.
    pub file: FileId,
    /// It was read as JSON, so that ranges are those of a JSON text.
    pub json: bool,
    /// Its spans are those that Spectral finds.
    pub exact: bool,
    /// What Spectral's parser says of it, where it was read as Spectral reads.
    pub(super) said: Option<Vec<super::yaml::Diagnostic>>,
    /// Where its lines start; made when a result needs it.
    pub lines: OnceLock<Lines>,
}

impl Doc {
    /// A file as Spectral reads it, which is as YAML unless it says `json`.
    pub(super) fn read(
        document: Arc<Document>,
        path: String,
        source: String,
        file: FileId,
        json: bool,
    ) -> Self {
        let reading =
            (!json && super::yaml::differs(&document)).then(|| super::yaml::read(document.text())).flatten();
        let (document, said) = match reading {
            Some(reading) => (Arc::new(reading.document), Some(reading.diagnostics)),
            None => (document, None),
        };
        let root = document.root().unwrap_or(NodeId(0));
        Self { document, root, path, source, file, json, exact: said.is_some(), said, lines: OnceLock::new() }
    }
}

/// Where a reference leads.
#[derive(Clone, Debug)]
pub struct Jump {
    /// Into that document; none where there is none to be had,
    pub doc: Option<u32>,
    /// along that path.
    pub path: Arc<[String]>,
}

/// What the resolver complains of.
pub struct Complaint {
    /// Where, in the root document: the way to the reference.
    pub path: Vec<String>,
    /// What it says.
    pub message: String,
    /// The document it names as source.
    pub doc: u32,
}

/// By node, with a hash that is quick for numbers.
type Map<V> = HashMap<NodeRef, V, foldhash::fast::FixedState>;
type Set = HashSet<NodeRef, foldhash::fast::FixedState>;

/// The documents of one run.
pub struct Inventory {
    docs: Vec<Doc>,
    by_path: HashMap<String, Option<u32>>,
    /// From the object that holds a reference to what stands in its place.
    crossed: Map<NodeRef>,
    /// The same once all is settled: for each document, for each node up to the last that is crossed, one
    /// more than the index of what stands in its place; 0 where it is not crossed. Asked at every step.
    places: Vec<Vec<u32>>,
    ends: Vec<NodeRef>,
    /// From the object that holds a reference to where it leads, whether something stands there or not.
    jumps: Map<Jump>,
    /// What was complained of.
    pub complaints: Vec<Complaint>,
    /// Every place that a reference names, decoded: file and pointer.
    pub named: HashSet<String>,
    /// Pointers crawled per document.
    crawled: HashSet<(u32, String)>,
    /// Files that were on the way when each document was referred to.
    stacks: Vec<Vec<u32>>,
    /// References that lead back to where they stand are crossed too, and prose is not read as YAML.
    corrected: Repairs,
    /// Schemas of the documents that were found to be right, by dialect and whether references are seen
    /// through.
    pub(super) clean: RwLock<HashMap<(Dialect, bool), HashSet<NodeRef>>>,
}

/// References followed one after the other, at most.
const CHAIN: usize = 100;

impl Inventory {
    /// The documents that a root document refers to, with it.
    pub(crate) fn new(root: Doc, files: &dyn Files, corrected: Repairs) -> Self {
        let by_path = HashMap::from([(root.path.clone(), Some(0))]);
        let mut inventory = Self {
            docs: vec![root],
            by_path,
            crossed: Map::default(),
            places: Vec::new(),
            ends: Vec::new(),
            jumps: Map::default(),
            complaints: Vec::new(),
            named: HashSet::new(),
            crawled: HashSet::new(),
            stacks: vec![Vec::new()],
            corrected,
            clean: RwLock::default(),
        };
        let source = files.absolute(&inventory.docs[0].path);
        inventory.named.insert(source);
        if matches!(inventory.docs[0].document.kind(inventory.docs[0].root), Kind::Array | Kind::Object) {
            inventory.crawl(0, &[], 0, files);
        }
        inventory.settle();
        inventory.lay_out();
        inventory
    }

    /// A document without references: options of a ruleset, say.
    #[must_use]
    pub fn alone(document: Arc<Document>) -> Self {
        let root = document.root().unwrap_or(NodeId(0));
        let doc = Doc {
            document,
            root,
            path: String::new(),
            source: String::new(),
            file: FileId(u32::MAX),
            json: true,
            exact: false,
            said: None,
            lines: OnceLock::new(),
        };
        Self {
            docs: vec![doc],
            by_path: HashMap::new(),
            crossed: Map::default(),
            places: Vec::new(),
            ends: Vec::new(),
            jumps: Map::default(),
            complaints: Vec::new(),
            named: HashSet::new(),
            crawled: HashSet::new(),
            stacks: Vec::new(),
            corrected: Repairs::default(),
            clean: RwLock::default(),
        }
    }

    /// The documents, the root first.
    #[must_use]
    pub fn docs(&self) -> &[Doc] {
        &self.docs
    }

    /// The document of that index.
    #[must_use]
    pub fn document(&self, doc: u32) -> &Document {
        &self.docs[doc as usize].document
    }

    /// The value of the root document.
    #[must_use]
    pub fn root(&self) -> NodeRef {
        NodeRef { doc: 0, node: self.docs[0].root }
    }

    /// What stands in the place of a reference.
    #[must_use]
    #[inline]
    pub fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        let place = *self.places.get(at.doc as usize)?.get(at.node.0 as usize)?;
        if place == 0 { None } else { Some(self.ends[place as usize - 1]) }
    }

    /// Makes the tables that [`follow`](Self::follow) reads.
    fn lay_out(&mut self) {
        let mut last = vec![0_usize; self.docs.len()];
        for site in self.crossed.keys() {
            let known = &mut last[site.doc as usize];
            *known = (*known).max(site.node.0 as usize + 1);
        }
        self.places = last.into_iter().map(|length| vec![0; length]).collect();
        for (site, end) in &self.crossed {
            self.ends.push(*end);
            self.places[site.doc as usize][site.node.0 as usize] = self.ends.len() as u32;
        }
    }

    /// Whether any reference is replaced by what it leads to.
    #[must_use]
    pub fn has_crossings(&self) -> bool {
        !self.crossed.is_empty()
    }

    /// Whether values may hold themselves.
    #[must_use]
    pub fn has_cycles(&self) -> bool {
        self.corrected.has(Repair::Cycles)
    }

    /// Where the reference at a node leads.
    #[must_use]
    pub fn jump(&self, at: NodeRef) -> Option<&Jump> {
        self.jumps.get(&at)
    }

    /// The child at a step, as the file has it.
    #[must_use]
    pub fn child(&self, at: NodeRef, key: &str) -> Option<NodeRef> {
        let document = self.document(at.doc);
        let node = document.resolve(at.node);
        let found = match document.kind(node) {
            Kind::Object => document.get(node, key)?,
            Kind::Array => document.item(node, key.parse().ok()?)?,
            _ => return None,
        };
        Some(NodeRef { doc: at.doc, node: document.resolve(found) })
    }

    /// What stands at a path of a document, as the file has it.
    #[must_use]
    pub fn walk(&self, doc: u32, path: &[String]) -> Option<NodeRef> {
        let mut at = NodeRef { doc, node: self.docs[doc as usize].root };
        for step in path {
            at = self.child(at, step)?;
        }
        Some(at)
    }

    /// Finds the references below a place of a document and decides which of them are crossed.
    /// Returns what stands at the place.
    fn crawl(&mut self, doc: u32, from: &[String], depth: usize, files: &dyn Files) -> Option<NodeRef> {
        let start = self.walk(doc, from)?;
        if !self.crawled.insert((doc, pointer::write(from))) {
            return Some(start);
        }
        let mut met: Vec<Met> = Vec::new();
        let mut waiting = vec![(start, from.to_vec())];
        let mut entered: Set = Set::default();
        let mut remote: Vec<Remote> = Vec::new();
        while let Some((at, path)) = waiting.pop() {
            if !entered.insert(at) {
                continue;
            }
            self.gather(at, &path, &mut met, &mut remote);
            // From a fragment, local references are crawled where they lead; from the root, all is.
            if !from.is_empty() {
                let more = met.iter().filter_map(|one| Some((one.target?, one.to.as_ref()?.to_vec())));
                waiting.extend(more.filter(|(target, _)| !entered.contains(target)));
            }
        }
        met.sort_by_key(|one| one.site);
        remote.sort_by_key(|one| one.0);
        for (site, path, text) in remote {
            self.remote(site, path, &text, from, depth, files);
        }
        self.cross(doc, &met, files);
        Some(start)
    }

    fn remote(
        &mut self,
        site: NodeRef,
        path: Vec<String>,
        text: &str,
        from: &[String],
        depth: usize,
        files: &dyn Files,
    ) {
        let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
        let complain = |this: &mut Self, path: Vec<String>, message: String| {
            this.complaints.push(Complaint { path, message, doc: 0 });
        };
        if address.contains("://") || address.starts_with("//") {
            self.jumps.insert(site, Jump { doc: None, path: Arc::default() });
            complain(
                self,
                path,
                format!("{address} is not fetched: references to the network are not followed."),
            );
            return;
        }
        let base = self.docs[site.doc as usize].path.clone();
        if self.corrected.has(Repair::Prose) && is_prose(address) {
            self.jumps.insert(site, Jump { doc: None, path: Arc::default() });
            return;
        }
        let Some(joined) = join(&base, address) else {
            self.jumps.insert(site, Jump { doc: None, path: Arc::default() });
            complain(self, path, format!("{address} leads out of the judged folder, and is not read."));
            return;
        };
        self.named.insert(format!("{}{}", files.absolute(&joined), fragment_of(fragment)));
        let known = match self.by_path.get(&joined) {
            Some(known) => *known,
            None => {
                let loaded = match files.load(&joined) {
                    Ok((file, document)) => {
                        let id = self.docs.len() as u32;
                        let json = joined.to_ascii_lowercase().ends_with(".json");
                        self.docs.push(Doc::read(
                            document,
                            joined.clone(),
                            files.absolute(&joined),
                            file,
                            json,
                        ));
                        self.stacks.push(Vec::new());
                        Some(id)
                    }
                    Err(message) => {
                        complain(self, path.clone(), message);
                        None
                    }
                };
                self.by_path.insert(joined.clone(), loaded);
                loaded
            }
        };
        let Some(doc) = known else {
            self.jumps.insert(site, Jump { doc: None, path: Arc::default() });
            return;
        };
        let to = if fragment.is_empty() { Some(Vec::new()) } else { pointer::read(&format!("#{fragment}")) };
        let Some(to) = to else {
            complain(self, Vec::new(), format!("'#{fragment}' JSON pointer is invalid"));
            return;
        };
        self.jumps.insert(site, Jump { doc: Some(doc), path: to.as_slice().into() });
        // A file that is on the way already is not entered again; corrected, what was found there before is
        // as good.
        if self.has_cycles() && self.stacks[site.doc as usize].contains(&doc) {
            if let Some(target) = self.walk(doc, &to).filter(|target| *target != site) {
                self.crossed.insert(site, target);
            }
            return;
        }
        if self.stacks[site.doc as usize].contains(&doc) || depth >= CHAIN {
            return;
        }
        if site.doc != 0 {
            let entry = site.doc;
            self.stacks[doc as usize].push(entry);
        }
        if self.docs[doc as usize].document.text().as_str().is_empty() {
            let address = files.absolute(&joined);
            complain(self, to, format!("'' does not exist @ '{address}'"));
            return;
        }
        match self.crawl(doc, &to, depth + 1, files) {
            Some(target) => {
                if target != site {
                    self.crossed.insert(site, target);
                }
            }
            None => {
                let address = files.absolute(&joined);
                let _ = from;
                complain(self, to.clone(), format!("'{}' does not exist @ '{address}'", written(fragment)));
            }
        }
    }
}

/// Whether an address names a text for people, which is no part of the description's tree.
fn is_prose(address: &str) -> bool {
    let name = address.to_ascii_lowercase();
    [".md", ".markdown", ".txt", ".html", ".adoc", ".rst"].iter().any(|ending| name.ends_with(ending))
}

fn fragment_of(fragment: &str) -> String {
    if fragment.is_empty() { String::new() } else { format!("#{}", pointer::decode(fragment)) }
}

fn written(fragment: &str) -> String {
    format!("#{fragment}")
}

/// What a reference to a place in its own file says of it.
fn fragment(text: &str) -> &str {
    text.find('#').map_or("", |at| &text[at..])
}

/// The fragment of a reference that stays in its file.
fn local(text: &str, base: &str) -> Option<String> {
    if text.starts_with('#') {
        return Some(text.to_owned());
    }
    let (address, fragment) = text.split_once('#').unwrap_or((text, ""));
    if address.contains("://") {
        return None;
    }
    (join(base, address).as_deref() == Some(base)).then(|| format!("#{fragment}"))
}

/// A path from the file at `base`, within the judged root.
fn join(base: &str, address: &str) -> Option<String> {
    if address.starts_with('/') || address.contains(['\0', '\\']) {
        return None;
    }
    let mut parts: Vec<&str> = base.split('/').collect();
    parts.pop();
    for part in address.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}
