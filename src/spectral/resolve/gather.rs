//! Finds the references below a place of a document.

use super::{Inventory, local};
use crate::spectral::pointer;
use assize_tree::document::{Document, Kind, NodeId, Symbol, flag};
use assize_tree::path::NodeRef;
use foldhash::fast::FixedState;
use std::collections::HashMap;
use std::sync::Arc;

/// A reference that stays in its file.
pub(super) struct Met {
    pub site: NodeRef,
    /// The way to it; none where it stands in a plain tree and leads to something: it can be told then.
    pub path: Option<Vec<String>>,
    pub target: Option<NodeRef>,
    /// `None` where the fragment is no pointer.
    pub to: Option<Arc<[String]>>,
    pub text: Arc<str>,
}

/// A reference to another file: where it stands, the way there, its text.
pub(super) type Remote = (NodeRef, Vec<String>, String);

/// Aliases that one look goes through.
const MOST_ALIASES: usize = 10_000;

/// What a reference's text comes to.
#[derive(Clone)]
enum Reading {
    Here { text: Arc<str>, to: Option<Arc<[String]>>, target: Option<NodeRef> },
    Elsewhere,
}

impl Inventory {
    /// References below a node, to which a way leads.
    pub(super) fn gather(&self, at: NodeRef, path: &[String], met: &mut Vec<Met>, remote: &mut Vec<Remote>) {
        let document = self.document(at.doc);
        let Some(name) = document.symbols().lookup("$ref") else { return };
        // Most places are named many times.
        let mut read: HashMap<&str, Reading, FixedState> = HashMap::default();
        let mut meet =
            |node: NodeId, text: &'_ str, reading: Reading, told: &dyn Fn() -> Vec<String>, tree: bool| {
                let site = NodeRef { doc: at.doc, node };
                match reading {
                    Reading::Elsewhere => remote.push((site, told(), text.to_owned())),
                    Reading::Here { text, to, target } => {
                        let path = (!tree || target.is_none()).then(told);
                        met.push(Met { site, path, target, to, text });
                    }
                }
            };
        let mut reading = |text| -> Reading {
            let reading = read.entry(text).or_insert_with(|| self.reading(at.doc, text));
            reading.clone()
        };
        if is_tree(document, at.node) {
            for (node, text) in sites(document, at.node, name) {
                let told = || steps(document, path, at.node, node);
                meet(node, text, reading(text), &told, true);
            }
            return;
        }
        // The ways are told only where a reference stands: each step knows the one before it.
        let mut ways: Vec<(u32, NodeId)> = Vec::new();
        let mut stack = vec![(at.node, u32::MAX)];
        let mut aliases = 0;
        let mut children: Vec<NodeId> = Vec::new();
        while let Some((node, way)) = stack.pop() {
            let kind = document.kind(node);
            if kind == Kind::Object
                && let Some(text) = document.member(node, name).and_then(|node| document.str(node))
            {
                let told = || {
                    let (mut steps, mut way) = (Vec::new(), way);
                    while let Some(&(before, node)) = ways.get(way as usize) {
                        steps.push(step(document, node));
                        way = before;
                    }
                    path.iter().cloned().chain(steps.into_iter().rev()).collect()
                };
                meet(node, text, reading(text), &told, false);
                continue;
            }
            children.clear();
            match kind {
                Kind::Object => children.extend(document.members(node).map(|(_, member)| member)),
                Kind::Array => children.extend(document.items(node)),
                _ => {}
            }
            for &child in &children {
                let inner = document.resolve(child);
                aliases += usize::from(inner != child);
                if matches!(document.kind(inner), Kind::Array | Kind::Object) && aliases < MOST_ALIASES {
                    ways.push((way, child));
                    stack.push((inner, ways.len() as u32 - 1));
                }
            }
        }
    }

    fn reading(&self, doc: u32, text: &str) -> Reading {
        let Some(fragment) = local(text, &self.docs[doc as usize].path) else { return Reading::Elsewhere };
        let to: Option<Arc<[String]>> = pointer::read(&fragment).map(Into::into);
        let target = to.as_ref().and_then(|to| self.walk(doc, to));
        Reading::Here { text: Arc::from(text), to, target }
    }
}

/// Whether what stands below a node is a plain tree: without aliases and merge keys.
fn is_tree(document: &Document, at: NodeId) -> bool {
    let end = document.node(at).subtree_end as usize;
    document.nodes()[at.0 as usize..end]
        .iter()
        .all(|node| node.kind != Kind::Alias && !node.has(flag::HAS_MERGE))
}

/// The objects of a plain tree that are references, with their texts; what stands beside a reference is
/// not looked into.
fn sites(document: &Document, at: NodeId, name: Symbol) -> Vec<(NodeId, &str)> {
    let end = document.node(at).subtree_end;
    let mut found = Vec::new();
    let mut next = at.0;
    while next < end {
        let id = NodeId(next);
        let node = document.node(id);
        if node.has(flag::SHADOWED) {
            next = node.subtree_end;
            continue;
        }
        next += 1;
        if node.kind == Kind::String
            && node.has(flag::MEMBER)
            && node.key == name.0
            && node.parent >= at.0
            && let Some(text) = document.str(id)
        {
            found.push((NodeId(node.parent), text));
        }
    }
    found.sort_unstable_by_key(|&(site, _)| site);
    let mut until = 0;
    found.retain(|&(site, _)| {
        let outside = site.0 >= until;
        if outside {
            until = document.node(site).subtree_end;
        }
        outside
    });
    found
}

/// The way to a node of a plain tree, from another above it to which a way leads.
fn steps(document: &Document, path: &[String], from: NodeId, to: NodeId) -> Vec<String> {
    let (mut steps, mut at) = (Vec::new(), to);
    while at != from {
        steps.push(step(document, at));
        let Some(parent) = document.parent(at) else { break };
        at = parent;
    }
    path.iter().cloned().chain(steps.into_iter().rev()).collect()
}

fn step(document: &Document, node: NodeId) -> String {
    document.key(node).map_or_else(|| document.node(node).key.to_string(), str::to_owned)
}
