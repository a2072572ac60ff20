//! What is judged together: a root description with every file it refers to, or a file alone.

use crate::finding::FileId;
use crate::workspace::{ReadError, Workspace};
use assize_tree::document::{Document, Format, NodeId, detect};
use assize_tree::path::{Graph, NodeRef};
use assize_tree::reference::{self, Grammar, Holder, LoadError, Provider, RefIssue};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

/// Documents judged together, the first being the root.
pub struct Bundle {
    files: Vec<FileId>,
    inner: Inner,
    repository: bool,
}

enum Inner {
    Single { document: Arc<Document>, root: NodeId },
    References(Box<reference::Bundle>),
}

impl Bundle {
    /// A file without references.
    #[must_use]
    pub fn single(file: FileId, document: Arc<Document>, root: NodeId) -> Self {
        Self { files: vec![file], inner: Inner::Single { document, root }, repository: false }
    }

    /// Stands for the file of the synthetic document, which is none.
    pub(crate) const REPOSITORY: FileId = FileId(u32::MAX);

    /// The synthetic document of a repository.
    #[must_use]
    pub fn repository(document: Arc<Document>, root: NodeId) -> Self {
        Self { repository: true, ..Self::single(Self::REPOSITORY, document, root) }
    }

    /// A root with every file it refers to.
    pub(crate) fn build(
        store: &Store<'_>,
        file: FileId,
        document: Arc<Document>,
        root: NodeId,
        grammar: Option<Grammar>,
    ) -> Self {
        let Some(rules) = grammar else { return Self::single(file, document, root) };
        let path = &store.workspace.entries()[file.0 as usize].path;
        let inner = reference::Bundle::build(path, document, root, rules, store);
        let files =
            inner.paths().map(|path| store.workspace.find(path).map_or(file, FileId::of_index)).collect();
        Self { files, inner: Inner::References(Box::new(inner)), repository: false }
    }

    /// The root of the first document.
    #[must_use]
    pub fn root(&self) -> NodeRef {
        match &self.inner {
            Inner::Single { root, .. } => NodeRef { doc: 0, node: *root },
            Inner::References(bundle) => bundle.root(),
        }
    }

    /// The document of that index.
    #[must_use]
    pub fn document(&self, doc: u32) -> &Document {
        match &self.inner {
            Inner::Single { document, .. } => document,
            Inner::References(bundle) => bundle.document(doc),
        }
    }

    /// The file of that document.
    #[must_use]
    pub fn file(&self, doc: u32) -> FileId {
        self.files[doc as usize]
    }

    /// The files of every document, the root's first.
    #[must_use]
    pub fn files(&self) -> &[FileId] {
        &self.files
    }

    /// Whether it may hold references: whether its kind has any.
    #[must_use]
    pub(crate) fn has_references(&self) -> bool {
        matches!(self.inner, Inner::References(_))
    }

    /// Where the reference at a node leads.
    #[must_use]
    pub fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        match &self.inner {
            Inner::Single { .. } => None,
            Inner::References(bundle) => bundle.follow(at),
        }
    }

    /// Whether some reference leads to a node.
    #[must_use]
    pub fn is_referenced(&self, at: NodeRef) -> bool {
        match &self.inner {
            Inner::Single { .. } => false,
            Inner::References(bundle) => bundle.referenced(at),
        }
    }

    /// Whether an object stands for something else that cannot be read.
    #[must_use]
    pub fn is_unresolved(&self, at: NodeRef) -> bool {
        match &self.inner {
            Inner::Single { .. } => false,
            Inner::References(bundle) => bundle.unresolved(at),
        }
    }

    /// Whether a file that the root refers to was not read whole: what is missing in it may stand in
    /// the rest. A root that was not is not judged at all.
    #[must_use]
    pub(crate) fn breaks_off(&self, doc: u32) -> bool {
        doc != 0 && self.document(doc).breaks_off()
    }

    /// Every schema and every object that holds one, and by which grammar; nothing for a file alone.
    pub(crate) fn schemas(&self) -> Option<(Grammar, Vec<(NodeRef, Holder)>)> {
        match &self.inner {
            Inner::Single { .. } => None,
            Inner::References(bundle) => Some((bundle.grammar(), bundle.schemas())),
        }
    }

    /// The schemas that have a name in some file, for others to refer to: `components/schemas`, and
    /// `definitions`.
    pub(crate) fn named_schemas(&self) -> impl Iterator<Item = (&str, NodeRef)> {
        let lists = (0..self.files.len() as u32).flat_map(|doc| {
            let document = self.document(doc);
            let root = if doc == 0 { Some(self.root().node) } else { document.root() };
            let under = |names: &[&str]| {
                names.iter().try_fold(root?, |node, name| document.get(node, name)).map(|node| (doc, node))
            };
            [under(&["components", "schemas"]), under(&["definitions"])].into_iter().flatten()
        });
        lists.flat_map(|(doc, list)| {
            let document = self.document(doc);
            document
                .members(list)
                .map(move |(symbol, node)| (document.symbols().get(symbol), NodeRef { doc, node }))
        })
    }

    /// What is wrong with the references.
    #[must_use]
    pub fn issues(&self) -> &[RefIssue] {
        match &self.inner {
            Inner::Single { .. } => &[],
            Inner::References(bundle) => bundle.issues(),
        }
    }

    /// Whether this is the synthetic document of a repository.
    #[must_use]
    pub fn is_repository(&self) -> bool {
        self.repository
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
        Self::is_unresolved(self, at)
    }

    fn has_unresolved(&self) -> bool {
        match &self.inner {
            Inner::Single { .. } => false,
            Inner::References(bundle) => bundle.has_unresolved(),
        }
    }
}

/// The documents of a workspace: those of the first round, and fragments, each parsed when first
/// referred to and dropped with its last description.
pub(crate) struct Store<'a> {
    workspace: &'a Workspace,
    kept: Vec<Option<Arc<Document>>>,
    fragments: Vec<Mutex<Weak<Document>>>,
    /// From the address that a file's root gives itself to the file.
    ids: HashMap<String, usize>,
    /// Gives the documents of files that are left out of judging and may have an address of their own.
    others: Option<Others<'a>>,
    /// The addresses with theirs.
    all_ids: OnceLock<HashMap<String, usize>>,
}

/// Documents of further files, each with the file's index, made when first asked for.
pub(crate) type Others<'a> = &'a (dyn Fn() -> Vec<(usize, Arc<Document>)> + Sync);

/// The addresses that documents give themselves. Of two files with one address the first in order counts.
fn ids<'d>(documents: impl Iterator<Item = (usize, &'d Document)>) -> HashMap<String, usize> {
    let mut ids: HashMap<String, usize> = HashMap::new();
    for (index, document) in documents {
        let id = document.root().and_then(|root| document.str(document.get(root, "$id")?));
        if let Some(id) = id.filter(|id| id.contains("://")) {
            let first = ids.entry(id.trim_end_matches('#').to_owned()).or_insert(index);
            *first = index.min(*first);
        }
    }
    ids
}

impl<'a> Store<'a> {
    pub(crate) fn new(
        workspace: &'a Workspace,
        kept: Vec<Option<Arc<Document>>>,
        others: Option<Others<'a>>,
    ) -> Self {
        let fragments = kept.iter().map(|_| Mutex::default()).collect();
        let ids = ids(kept.iter().enumerate().filter_map(|(at, document)| Some((at, &**document.as_ref()?))));
        Self { workspace, kept, fragments, ids, others, all_ids: OnceLock::new() }
    }

    /// The document of a file: what is no JSON is read as YAML.
    pub(crate) fn load_any(&self, index: usize) -> Result<Arc<Document>, String> {
        if let Some(document) =
            self.get(index).filter(|document| matches!(document.format(), Format::Json | Format::Yaml))
        {
            return Ok(document);
        }
        let path = &self.workspace.entries()[index].path;
        let text = self.workspace.text(path).or_else(|error| match error {
            ReadError::Encoding(_, Some(text)) => Ok(text),
            error => Err(error),
        });
        let text = text.map_err(|error| format!("{path} cannot be read: {error:?}"))?;
        let limits = self.workspace.limits();
        Ok(Arc::new(match detect::format_of(path, text.as_str()) {
            Some(format @ (Format::Json | Format::Yaml)) => detect::parse(format, text, limits),
            // What is no JSON is YAML, whatever its name says.
            _ => detect::parse(Format::Yaml, text, limits),
        }))
    }

    pub(crate) fn get(&self, index: usize) -> Option<Arc<Document>> {
        self.kept[index].clone()
    }
}

impl Provider for Store<'_> {
    fn path_of_id(&self, address: &str) -> Option<String> {
        // Most texts are no addresses, and most trees have nobody left out.
        let all = match self.others.filter(|_| address.contains("://")) {
            None => &self.ids,
            Some(others) => self.all_ids.get_or_init(|| {
                let others = others();
                let kept = self.kept.iter().enumerate().filter_map(|(at, one)| Some((at, &**one.as_ref()?)));
                ids(kept.chain(others.iter().map(|(at, document)| (*at, &**document))))
            }),
        };
        all.get(address).map(|&index| self.workspace.entries()[index].path.clone())
    }

    fn load(&self, path: &str) -> Result<Arc<Document>, LoadError> {
        let Some(index) = self.workspace.find(path) else {
            return Err(if self.workspace.is_folder(path) {
                LoadError::Directory
            } else {
                LoadError::NotFound
            });
        };
        if let Some(document) = &self.kept[index] {
            return data(Arc::clone(document));
        }
        // Held while parsing, so that two descriptions do not parse the same fragment twice.
        let mut slot = self.fragments[index].lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(document) = slot.upgrade() {
            return data(document);
        }
        let text = self.workspace.text(path).or_else(|error| match error {
            ReadError::Encoding(_, Some(text)) => Ok(text),
            error => Err(error),
        });
        let text = text.map_err(|error| match error {
            ReadError::NotFound => LoadError::NotFound,
            ReadError::Folder => LoadError::Directory,
            ReadError::TooLarge(_) => LoadError::TooLarge,
            ReadError::Encoding(..) => LoadError::NotData("binary or not UTF-8".to_owned()),
            ReadError::Io(reason) => LoadError::Unreadable(reason),
        })?;
        let Some(format) = detect::format_of(path, text.as_str()) else {
            return Err(LoadError::NotData("of no data format".to_owned()));
        };
        let document = Arc::new(detect::parse(format, text, self.workspace.limits()));
        *slot = Arc::downgrade(&document);
        data(document)
    }
}

/// Only JSON, YAML and TOML hold what a description may refer to.
fn data(document: Arc<Document>) -> Result<Arc<Document>, LoadError> {
    match document.format() {
        Format::Markdown => Err(LoadError::NotData("Markdown".to_owned())),
        Format::Csv => Err(LoadError::NotData("CSV".to_owned())),
        Format::Xml => Err(LoadError::NotData("XML".to_owned())),
        Format::Json | Format::Yaml | Format::Toml | Format::Synthetic => {
            if document.is_empty() {
                Err(LoadError::Empty)
            } else {
                Ok(document)
            }
        }
        _ => Err(LoadError::NotData("plain text".to_owned())),
    }
}
