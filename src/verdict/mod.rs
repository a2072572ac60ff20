//! From findings to verdicts. Here: what is accepted of what was found, by whom and until when
//! (waivers, comments, baseline), and the records that show what no program can see (evidence).

pub mod authority;
pub mod baseline;
mod claims;
pub mod comment;
pub mod evidence;
pub mod facts;
mod known;
pub mod roles;
pub mod settle;
pub mod statement;
pub mod table;
pub mod waiver;

pub use known::{Known, Reach};

use assize_tree::document::de::from_node;
use assize_tree::document::{Document, Format, Kind, Limits, NodeId, detect};
use assize_tree::text::{Problem, Span, Text};
use serde::de::DeserializeOwned;
use std::sync::Arc;

/// Parses a YAML text that people keep by hand. A mistake in its syntax is a problem of that code.
fn parse(text: &Arc<Text>, code: &'static str) -> (Document, Vec<Problem>) {
    let document = detect::parse(Format::Yaml, Arc::clone(text), Limits::default());
    let problems = document.problems().iter().map(|problem| Problem { code, ..problem.clone() }).collect();
    (document, problems)
}

/// Reads one value of it; a mistake is a problem of that code.
fn read<T: DeserializeOwned>(document: &Document, node: NodeId, code: &'static str) -> Result<T, Problem> {
    from_node(document, node).map_err(|problem| {
        let whole = problem.span == document.span(node);
        let span = if whole { head(document, node) } else { problem.span };
        Problem { code, span, ..problem }
    })
}

/// Where an object is best pointed at: its first member's key, else all of it.
fn head(document: &Document, node: NodeId) -> Span {
    let first = if document.kind(node) == Kind::Object { document.children(node).next() } else { None };
    first.map_or_else(|| document.span(node), |first| document.node(first).key_span)
}

/// Where a member's value stands, else the object.
fn at(document: &Document, node: NodeId, member: &str) -> Span {
    let found = member.split('/').try_fold(node, |node, name| document.get(node, name));
    found.map_or_else(|| head(document, node), |found| document.span(found))
}
