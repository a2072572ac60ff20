//! Where the schemas of a description stand, by its grammar: a member called `schema` or `example` may
//! be a property, an example or a response, and only the places around it tell.

use super::Bundle;
use super::grammar::{Key, Place};
use crate::document::{Kind, NodeId, flag};
use crate::path::NodeRef;
use std::collections::HashSet;

/// What holds values that are to follow a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// A schema, for the examples and the default in it.
    Schema,
    /// An object with a schema and examples beside each other: a parameter, a header, a media type.
    Beside,
}

impl Bundle {
    /// Every schema and every object that holds one, in document order, each once.
    #[must_use]
    pub fn schemas(&self) -> Vec<(NodeRef, Holder)> {
        let mut found = Vec::new();
        let mut seen = HashSet::new();
        for &(from, place) in &self.starts {
            self.schemas_below(from, place, &mut seen, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    fn schemas_below(
        &self,
        from: NodeRef,
        place: Place,
        seen: &mut HashSet<(NodeRef, Place)>,
        found: &mut Vec<(NodeRef, Holder)>,
    ) {
        let member = &self.members[from.doc as usize];
        let document = &member.document;
        let start = *document.node(from.node);
        let mut open = vec![(start.subtree_end, place)];
        let mut at = from.node.0;
        while at < start.subtree_end {
            while open.len() > 1 && open.last().is_some_and(|&(end, _)| end <= at) {
                open.pop();
            }
            let Some(&(_, above)) = open.last() else { break };
            let id = NodeId(at);
            let node = document.node(id);
            let key = node.has(flag::MEMBER).then(|| member.keys[node.key as usize]);
            let here = if at == from.node.0 {
                place
            } else if node.has(flag::MERGE) {
                above
            } else {
                self.grammar.child(above, key, document.kind(id))
            };
            let whole = NodeRef { doc: from.doc, node: id };
            // What an alias stands for is a start of its own.
            if node.has(flag::SHADOWED)
                || here == Place::Data
                || node.kind == Kind::Alias
                || !seen.insert((whole, here))
            {
                at = node.subtree_end;
                continue;
            }
            if node.kind == Kind::Object && !here.is_map() {
                if here == Place::Schema {
                    found.push((whole, Holder::Schema));
                } else if document.children(id).any(|child| {
                    let child = document.node(child);
                    child.has(flag::MEMBER) && member.keys[child.key as usize] == Key::Schema
                }) {
                    found.push((whole, Holder::Beside));
                }
            }
            open.push((node.subtree_end, here));
            at += 1;
        }
    }
}
