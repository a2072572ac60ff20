//! Paths over the tree.

use crate::document::{Document, NodeId};

/// A node of one of several documents that are looked at together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeRef {
    /// Index of the document.
    pub doc: u32,
    /// The node in it.
    pub node: NodeId,
}

/// Documents with references between them.
pub trait Graph {
    /// The document of that index.
    fn document(&self, doc: u32) -> &Document;

    /// Where the reference object at a node leads; `None` where there is no reference, or none
    /// that can be followed.
    fn follow(&self, at: NodeRef) -> Option<NodeRef>;
}
