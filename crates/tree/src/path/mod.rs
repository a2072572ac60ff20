//! JSONPath over the tree: one compiled form, two ways to run it. [`Path::nodelist`] gives nodes in
//! the order and with the duplicates that RFC 9535 wants; [`PathSet`] merges many paths into one
//! automaton and gives sets of hits in one pass. Other surface syntaxes (Spectral's) compile to the
//! same form: to add one, write its parser beside [`rfc9535`].

mod automaton;
mod dead;
mod eval;
mod expr;
mod field;
mod lex;
mod needs;
mod rfc9535;
mod script;
mod spectral;
#[cfg(test)]
mod tests;
mod trail;
mod words;

pub use automaton::{Exhausted, Follow, Hit, PathSet};
pub use expr::{Path, Segment, Selector};
pub use field::{Field, FieldTarget};
pub use lex::PathError;
pub use script::Script;
pub use trail::{Taken, Trail, step_of};

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

    /// Whether the object at a node stands for something that could not be read, so that nobody knows
    /// what is below it.
    fn is_unresolved(&self, _: NodeRef) -> bool {
        false
    }

    /// Whether there is any such object.
    fn has_unresolved(&self) -> bool {
        false
    }
}

/// A document alone, without references.
pub(crate) struct Alone<'d>(pub(crate) &'d Document);

impl Graph for Alone<'_> {
    fn document(&self, _: u32) -> &Document {
        self.0
    }

    fn follow(&self, _: NodeRef) -> Option<NodeRef> {
        None
    }
}
