//! What is judged together: a root description with every file it refers to, or a file alone.

use crate::finding::FileId;
use assize_tree::document::{Document, NodeId};
use assize_tree::path::{Graph, NodeRef};
use std::sync::Arc;

/// Documents judged together, the first being the root.
pub struct Bundle {
    files: Vec<FileId>,
    documents: Vec<Arc<Document>>,
    root: NodeId,
}

impl Bundle {
    /// A file without references.
    #[must_use]
    pub fn single(file: FileId, document: Arc<Document>, root: NodeId) -> Self {
        Self { files: vec![file], documents: vec![document], root }
    }

    /// The root of the first document.
    #[must_use]
    pub fn root(&self) -> NodeRef {
        NodeRef { doc: 0, node: self.root }
    }

    /// The document of that index.
    #[must_use]
    pub fn document(&self, doc: u32) -> &Document {
        &self.documents[doc as usize]
    }

    /// The file of that document.
    #[must_use]
    pub fn file(&self, doc: u32) -> FileId {
        self.files[doc as usize]
    }

    /// Where the reference at a node leads.
    #[must_use]
    pub fn follow(&self, _at: NodeRef) -> Option<NodeRef> {
        None
    }
}

impl Graph for Bundle {
    fn document(&self, doc: u32) -> &Document {
        Self::document(self, doc)
    }

    fn follow(&self, at: NodeRef) -> Option<NodeRef> {
        Self::follow(self, at)
    }
}
