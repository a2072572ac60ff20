//! JSON Schema validation of the tree (drafts 4 to 2020-12), and the only place that knows the
//! jsonschema crate. Nothing is ever fetched. The document need not be trusted: nesting, work, stack
//! and backtracking of patterns are bounded, and what a limit leaves open is said to be
//! [`ViolationKind::Undecided`], never taken as conforming. The schema is a pack's: a chain of some
//! thousand references, or alternatives that double at each level, still cost it more than they may.

mod adapter;
mod compile;
mod explain;
mod meter;
mod plain;
mod quick;
mod violation;
mod wording;

#[cfg(test)]
mod tests;

pub use compile::SchemaError;
pub use violation::{Violation, ViolationKind};

use crate::document::{Document, NodeId};
use adapter::{Session, Tree};
use explain::{Explainer, Sources};
use quick::Quick;
use serde_json::Value;
use std::sync::OnceLock;

/// Steps that any validation may take: some tenths of a second.
const WORK: u64 = 50_000_000;
/// Further steps for each node of the document. The OpenAPI schema takes about 30.
const WORK_PER_NODE: u64 = 500;

/// Which version of JSON Schema a schema is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// By `$schema`; 2020-12 where there is none or one that nobody knows.
    #[default]
    Auto,
    /// Draft 4 (2013).
    Draft4,
    /// Draft 6 (2017).
    Draft6,
    /// Draft 7 (2018).
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    Draft202012,
}

/// How a schema is to be understood.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The version of JSON Schema.
    pub dialect: Dialect,
    /// True if `format` demands; false if it only describes.
    pub formats: bool,
    /// Documents that references may lead to, by their absolute URIs. Nothing else is.
    pub external: Vec<(String, Value)>,
    /// True if the schema is known to be a sound one. The validator is then made when a value breaks it
    /// for the first time, or never; what is wrong with the schema would be told no earlier.
    pub known_sound: bool,
    /// True if of what is wrong only the places and kinds are wanted: a sound and plain schema then never
    /// needs the validator, the messages are empty words and the order is none.
    pub unworded: bool,
}

/// A schema, compiled once, for documents of any format and any number of threads.
pub struct Schema {
    sources: Sources,
    dialect: Dialect,
    formats: bool,
    /// The same schema for the answer "valid" alone, where it is plain enough.
    quick: Option<Quick>,
    unworded: bool,
    compiled: OnceLock<Result<Compiled, SchemaError>>,
}

struct Compiled {
    validator: jsonschema::Validator<Tree>,
    backtracks: bool,
}

impl std::fmt::Debug for Schema {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Schema").finish_non_exhaustive()
    }
}

impl Schema {
    /// Compiles a schema.
    ///
    /// # Errors
    /// Where the schema breaks its own meta-schema, nests deeper than 500 levels, has a pattern that
    /// is no ECMAScript regular expression, or refers to what is not there.
    pub fn new(schema: &Value, options: Options) -> Result<Self, SchemaError> {
        let Options { dialect, formats, external, known_sound, unworded } = options;
        let made = Self {
            quick: if known_sound { Quick::read(schema, dialect) } else { None },
            sources: Sources { schema: schema.clone(), external },
            dialect,
            formats,
            unworded,
            compiled: OnceLock::new(),
        };
        if made.quick.is_none() {
            made.compiled()?;
        }
        Ok(made)
    }

    fn compiled(&self) -> Result<&Compiled, SchemaError> {
        let compile = || {
            let (validator, backtracks) = compile::compile(&self.sources, self.dialect, self.formats)?;
            Ok(Compiled { validator, backtracks })
        };
        self.compiled.get_or_init(compile).as_ref().map_err(Clone::clone)
    }

    /// True if the value at a node is known to conform.
    #[must_use]
    pub fn is_valid(&self, document: &Document, node: NodeId) -> bool {
        let work = work(document);
        self.quickly_valid(document, node, work) == Some(true)
            || self.compiled().is_ok_and(|compiled| compiled.is_valid(document, node, work))
    }

    /// What the plain part alone tells; nothing where it leaves the answer to the validator.
    fn quickly_valid(&self, document: &Document, node: NodeId, work: u64) -> Option<bool> {
        let quick = self.quick.as_ref()?;
        let answer = meter::metered(work, || {
            let session = Session::new(document, node, false);
            quick.accepts(session.root()).ok()
        });
        answer.ok().flatten()
    }

    /// The violations there are, where the plain part can tell them.
    fn plainly_wrong(&self, document: &Document, node: NodeId, work: u64) -> Option<Vec<Violation>> {
        let quick = self.quick.as_ref()?;
        let told = meter::metered(work, || {
            let session = Session::new(document, node, false);
            let explainer = Explainer { session: &session, start: node, sources: &self.sources };
            let told = plain::tell(quick, session.root(), self.unworded)?;
            Some(told.into_iter().map(|plain| explainer.plain(plain)).collect())
        });
        told.ok().flatten()
    }

    /// True if the schema is plain enough for "valid" to be told without the validator.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.quick.is_some()
    }

    /// True if the plain part, where there is one, and the validator say the same of a value.
    #[must_use]
    pub fn agrees(&self, document: &Document, node: NodeId) -> bool {
        let work = work(document);
        let fully = self.compiled().is_ok_and(|compiled| compiled.is_valid(document, node, work));
        self.quickly_valid(document, node, work).is_none_or(|answer| answer == fully)
    }

    /// What is wrong with the value at a node, in the schema's order; empty if it conforms.
    #[must_use]
    pub fn errors(&self, document: &Document, node: NodeId) -> Vec<Violation> {
        self.errors_within(document, node, work(document))
    }

    /// The same in so many steps at most, for schemas that are not to be trusted.
    #[must_use]
    pub fn errors_within(&self, document: &Document, node: NodeId, work: u64) -> Vec<Violation> {
        // Errors are costly to gather and most values have none.
        match self.quickly_valid(document, node, work) {
            Some(true) => return Vec::new(),
            Some(false) => {
                if let Some(violations) = self.plainly_wrong(document, node, work) {
                    return violations;
                }
            }
            None => {}
        }
        let Ok(compiled) = self.compiled() else { return vec![undecided(document, node)] };
        if compiled.is_valid(document, node, work) {
            return Vec::new();
        }
        let run = |first_only: bool| {
            meter::metered(work, || {
                let session = Session::new(document, node, compiled.backtracks);
                let explainer = Explainer { session: &session, start: node, sources: &self.sources };
                let mut violations = Vec::new();
                if first_only {
                    if let Err(error) = compiled.validator.validate(session.root()) {
                        explainer.explain(&error, 0, &mut violations);
                    }
                } else {
                    for error in compiled.validator.iter_errors(session.root()) {
                        explainer.explain(&error, 0, &mut violations);
                    }
                }
                violations
            })
        };
        // With too many to gather, the first is still worth having.
        match run(false).or_else(|_| run(true)) {
            Ok(violations) if !violations.is_empty() => violations,
            _ => vec![undecided(document, node)],
        }
    }
}

impl Compiled {
    fn is_valid(&self, document: &Document, node: NodeId, work: u64) -> bool {
        meter::metered(work, || {
            let session = Session::new(document, node, false);
            self.validator.is_valid(session.root())
        })
        .unwrap_or(false)
    }
}

fn work(document: &Document) -> u64 {
    WORK + WORK_PER_NODE * document.nodes().len() as u64
}

fn undecided(document: &Document, node: NodeId) -> Violation {
    let kind = ViolationKind::Undecided;
    Violation {
        node,
        at_key: None,
        keyword: String::new(),
        message: wording::message(&kind, "", &wording::Subject::node(document, node), &[]),
        schema_pointer: String::new(),
        instance_pointer: String::new(),
        children: Vec::new(),
        kind,
    }
}
