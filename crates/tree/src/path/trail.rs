//! The way from the root to a hit, references followed: told on demand, so that a pass that asks for
//! no way pays nothing for it.

use super::{Graph, NodeRef};
use crate::document::NodeId;

/// One step of a way: the member or element, and the object or array it was found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The member or element as it stands in its file.
    pub edge: NodeRef,
    /// Where it was found: its parent in the file, or the object that inherits it.
    pub owner: NodeRef,
}

/// A stretch of a walk within one document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Descent {
    /// Where it begins.
    pub start: NodeRef,
    /// The descent before it, the edge that led here and where that was found.
    pub from: Option<(u32, NodeRef, NodeRef)>,
    /// 0: no reference was followed yet; 1: the first one led here; 2: further ones.
    pub entry: u8,
}

/// The descents of a pass so far.
#[derive(Debug, Default)]
pub struct Trail {
    pub(super) descents: Vec<Descent>,
    pub(super) unread: Vec<u32>,
}

impl Trail {
    /// Paths, by their index, that might have led further if what a reference leads to could have been
    /// read. Their hits are not known to be all.
    #[must_use]
    pub fn unread(&self) -> &[u32] {
        &self.unread
    }

    /// The steps from the root to an edge found in a descent.
    #[must_use]
    pub fn steps(&self, graph: &dyn Graph, descent: u32, edge: NodeRef, owner: NodeRef) -> Vec<Taken> {
        let mut steps = Vec::new();
        let mut here = Some((descent, edge, owner));
        while let Some((descent, edge, owner)) = here {
            let Some(stretch) = self.descents.get(descent as usize) else { break };
            let document = graph.document(owner.doc);
            let mut taken = Taken { edge, owner };
            loop {
                steps.push(taken);
                let at = taken.owner.node;
                if at == stretch.start.node {
                    break;
                }
                let Some(parent) = document.parent(at) else { break };
                taken = Taken { edge: taken.owner, owner: NodeRef { node: parent, ..owner } };
            }
            here = stretch.from;
        }
        steps.reverse();
        steps
    }
}

/// Where a filter is asked.
pub(super) struct Here<'t> {
    pub trail: &'t Trail,
    pub descent: u32,
    pub owner: NodeRef,
}

impl Here<'_> {
    /// The steps to an edge found here.
    pub(super) fn steps(&self, graph: &dyn Graph, edge: NodeRef) -> Vec<Taken> {
        self.trail.steps(graph, self.descent, edge, self.owner)
    }
}

/// The name or index of an edge.
#[must_use]
pub fn step_of(graph: &dyn Graph, edge: NodeRef) -> crate::document::Step<'_> {
    let document = graph.document(edge.doc);
    document
        .key(edge.node)
        .map_or(crate::document::Step::Index(document.node(edge.node).key), crate::document::Step::Key)
}

/// The parent of a node in its file.
pub(super) fn parent_of(graph: &dyn Graph, at: NodeRef) -> Option<NodeRef> {
    graph.document(at.doc).parent(at.node).map(|node: NodeId| NodeRef { node, ..at })
}
