//! `then.field` of a rule: where below a place the check looks. A name or a dotted way of names, as
//! in lodash (`info.contact`, `a[0].b`), `@key` for each key, or a JSONPath from the place.

use super::eval::Eval;
use super::expr::Path;
use super::lex::PathError;
use super::{Exhausted, Graph, NodeRef};
use crate::document::Kind;

/// A compiled field.
#[derive(Clone, Debug)]
pub enum Field {
    /// Each key.
    Keys,
    /// A way of names and indexes.
    Way(Vec<String>),
    /// A path from the place.
    Path(Path),
}

/// What a field leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldTarget {
    /// A value, aliases and references seen through.
    Node(NodeRef),
    /// A key: the member it belongs to.
    Key(NodeRef),
    /// Nobody knows: the way leads behind a reference to what could not be read.
    Unread,
    /// Nothing: the deepest node of the way that is there, and the rest of the way.
    Missing {
        /// The deepest node there is.
        deepest: NodeRef,
        /// What is missing below it, with dots.
        rest: String,
    },
}

impl Field {
    /// Reads a field.
    ///
    /// # Errors
    /// Where it begins with `$` and is no path.
    pub fn parse(text: &str) -> Result<Self, PathError> {
        if text == "@key" {
            return Ok(Self::Keys);
        }
        if text.starts_with('$') {
            return Path::parse(text).map(Self::Path);
        }
        Ok(Self::Way(way(text)))
    }

    /// The steps of a way of names, as lodash's `toPath` takes it apart.
    #[must_use]
    pub fn way(text: &str) -> Vec<String> {
        way(text)
    }

    /// What the field leads to from a place. Where the place is no object and no array, the field
    /// is not regarded (as in Spectral): the value itself is judged.
    ///
    /// # Errors
    /// Where a path takes more steps than it may.
    pub fn targets(&self, graph: &dyn Graph, at: NodeRef) -> Result<Vec<FieldTarget>, Exhausted> {
        let eval = Eval::new(graph, at, true);
        let document = graph.document(at.doc);
        if !matches!(document.kind(at.node), Kind::Object | Kind::Array) {
            return Ok(vec![FieldTarget::Node(at)]);
        }
        Ok(match self {
            Self::Keys => {
                document.members(at.node).map(|(_, node)| FieldTarget::Key(NodeRef { node, ..at })).collect()
            }
            Self::Path(path) => {
                let found = eval.select(&path.segments, at)?;
                if found.is_empty() && eval.met_unread() {
                    vec![FieldTarget::Unread]
                } else if found.is_empty() {
                    vec![FieldTarget::Missing { deepest: at, rest: String::new() }]
                } else {
                    found.into_iter().map(|node| FieldTarget::Node(eval.target(node))).collect()
                }
            }
            Self::Way(names) => {
                let mut here = at;
                for (index, name) in names.iter().enumerate() {
                    let document = graph.document(here.doc);
                    let child = match document.kind(here.node) {
                        Kind::Object => document.get(here.node, name),
                        Kind::Array => name.parse().ok().and_then(|index| document.item(here.node, index)),
                        _ => None,
                    };
                    match child {
                        Some(node) => here = eval.target(NodeRef { node, ..here }),
                        None if graph.is_unresolved(here) => return Ok(vec![FieldTarget::Unread]),
                        None => {
                            return Ok(vec![FieldTarget::Missing {
                                deepest: here,
                                rest: names[index..].join("."),
                            }]);
                        }
                    }
                }
                vec![FieldTarget::Node(here)]
            }
        })
    }
}

/// lodash's `toPath`: names between dots, indexes and quoted names in brackets.
fn way(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut name = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '.' => names.push(std::mem::take(&mut name)),
            '[' => {
                if !name.is_empty() {
                    names.push(std::mem::take(&mut name));
                }
                let quote = chars.next_if(|&char| char == '"' || char == '\'');
                for char in chars.by_ref() {
                    if Some(char) == quote || quote.is_none() && char == ']' {
                        break;
                    }
                    name.push(char);
                }
                if quote.is_some() {
                    chars.next_if(|&char| char == ']');
                }
                names.push(std::mem::take(&mut name));
                chars.next_if(|&char| char == '.');
            }
            other => name.push(other),
        }
    }
    if !name.is_empty() || names.is_empty() || text.ends_with('.') {
        names.push(name);
    }
    names
}
