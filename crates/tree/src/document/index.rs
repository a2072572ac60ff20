//! Look-up in large objects and arrays. Built for the whole document when somebody first looks
//! into a container with more than [`LINEAR`] children; small ones are scanned.

use super::{Document, Kind, NodeId, Symbol};
use std::collections::HashMap;

/// Children looked at one by one before the index is asked.
pub(super) const LINEAR: usize = 16;

#[derive(Debug)]
pub(super) struct ObjectIndex {
    /// (container, symbol or element number) to child.
    children: HashMap<(u32, u32), u32, foldhash::fast::FixedState>,
}

impl ObjectIndex {
    pub(super) fn new(document: &Document) -> Self {
        let mut children = HashMap::default();
        for (id, node) in document.nodes().iter().enumerate() {
            if !matches!(node.kind, Kind::Object | Kind::Array) || node.subtree_end as usize - id <= LINEAR {
                continue;
            }
            let id = NodeId(id as u32);
            if document.children(id).nth(LINEAR).is_some() {
                children
                    .extend(document.children(id).map(|child| ((id.0, document.node(child).key), child.0)));
            }
        }
        Self { children }
    }

    pub(super) fn get(&self, object: NodeId, key: Symbol) -> Option<NodeId> {
        self.children.get(&(object.0, key.0)).map(|&id| NodeId(id))
    }

    pub(super) fn item(&self, array: NodeId, index: usize) -> Option<NodeId> {
        self.children.get(&(array.0, u32::try_from(index).ok()?)).map(|&id| NodeId(id))
    }
}
