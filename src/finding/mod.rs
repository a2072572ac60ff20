//! What was found, where, and how it is named from one run to the next.

mod fingerprint;

pub use fingerprint::{fingerprint, stable_pointer};

use assize_tree::document::{Document, NodeId, Step, escape_pointer_token};
use assize_tree::text::{Span, Text};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How much a finding matters. Ordered: `Error` is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Spectral's `hint`; native rules never give it.
    Hint,
    /// Worth knowing; a `may`, a convention, a draft, or a clause nobody has read at its source.
    Note,
    /// A `should` that is not met.
    Warning,
    /// A `must` that is not met.
    Error,
}

impl Severity {
    /// As reports write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hint => "hint",
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Index of a file in its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub u32);

impl FileId {
    /// The id of the file at an index of the workspace.
    #[must_use]
    pub fn of_index(index: usize) -> Self {
        Self(index as u32)
    }
}

/// Index of a rule in its report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub u32);

/// One step of a path, owned: documents are gone by the time reports are written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PathStep {
    /// Into an object.
    Key(String),
    /// Into an array, counted from 0.
    Index(u32),
}

impl From<Step<'_>> for PathStep {
    fn from(step: Step<'_>) -> Self {
        match step {
            Step::Key(key) => Self::Key(key.to_owned()),
            Step::Index(index) => Self::Index(index),
        }
    }
}

/// The JSON pointer (RFC 6901) of a path.
#[must_use]
pub fn pointer(path: &[PathStep]) -> String {
    let mut pointer = String::new();
    for step in path {
        pointer.push('/');
        match step {
            PathStep::Key(key) => pointer.push_str(&escape_pointer_token(key)),
            PathStep::Index(index) => pointer.push_str(&index.to_string()),
        }
    }
    pointer
}

/// A place in a file. Line and column exist only in reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The file; `None` for the repository as a whole.
    pub file: Option<FileId>,
    /// The node there, while its document lives.
    pub node: Option<NodeId>,
    /// Where in the file's text.
    pub span: Span,
    /// The steps from the root of the file's tree.
    pub path: Vec<PathStep>,
}

impl Location {
    /// The place of a node's value, or of its key.
    #[must_use]
    pub fn of_node(file: FileId, document: &Document, node: NodeId, key: bool) -> Self {
        let raw = document.node(node);
        let span = if key && !raw.key_span.is_empty() { raw.key_span } else { raw.span };
        Self {
            file: Some(file),
            node: Some(node),
            span,
            path: document.route(node).into_iter().map(Into::into).collect(),
        }
    }

    /// A place in a file that is no node.
    #[must_use]
    pub fn of_span(file: FileId, span: Span) -> Self {
        Self { file: Some(file), node: None, span, path: Vec::new() }
    }

    /// The repository as a whole.
    #[must_use]
    pub fn repository() -> Self {
        Self { file: None, node: None, span: Span::default(), path: Vec::new() }
    }
}

/// A further place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    /// Where.
    pub location: Location,
    /// What it shows.
    pub message: String,
}

/// A change that mends a finding: replace what stands in the span.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// The file.
    pub file: FileId,
    /// What to replace.
    pub span: Span,
    /// By what.
    pub replacement: String,
    /// What the change does, for people.
    pub title: String,
}

/// What became of a finding after waivers, comments and baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Outcome {
    /// It stands.
    #[default]
    Open,
    /// It stands; a waiver was asked for and nobody has granted it.
    Requested(Arc<Accepted>),
    /// Accepted by a granted waiver.
    Waived(Arc<Accepted>),
    /// Explained in a comment beside it.
    Suppressed(Arc<Accepted>),
    /// It was there before. It does not fail the run, but it counts in every verdict.
    Baselined(Arc<Accepted>),
}

impl Outcome {
    /// As reports write it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Open | Self::Requested(_) => "open",
            Self::Waived(_) => "waived",
            Self::Suppressed(_) => "suppressed",
            Self::Baselined(_) => "baselined",
        }
    }

    /// Whether it can fail a run.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::Requested(_))
    }

    /// Why it is accepted, or asked to be.
    #[must_use]
    pub fn accepted(&self) -> Option<&Accepted> {
        match self {
            Self::Open => None,
            Self::Requested(why) | Self::Waived(why) | Self::Suppressed(why) | Self::Baselined(why) => {
                Some(why)
            }
        }
    }
}

/// Why a finding is accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Id of the waiver, or the name of the baseline.
    pub id: Option<String>,
    /// Why, in somebody's words.
    pub reason: String,
    /// Who accepted it, where that is a person or an office.
    pub by: Option<String>,
    /// The last day it holds, as YYYY-MM-DD.
    pub until: Option<String>,
    /// Days left until then, on the day of the run.
    pub days_left: Option<i64>,
    /// What it refers to: a ticket, a letter.
    pub reference: Option<String>,
}

/// A rule broken at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: RuleId,
    /// How much it matters.
    pub severity: Severity,
    /// Where it stands.
    pub primary: Location,
    /// Other places that explain it.
    pub related: Vec<Related>,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do here, where that is more than the rule's own help.
    pub hint: Option<String>,
    /// A change that mends it, where there is one.
    pub fix: Option<Fix>,
    /// Its name from one run to the next; see [`fingerprint`](fingerprint()).
    pub fingerprint: String,
    /// What became of it.
    pub outcome: Outcome,
}

/// A file as a report knows it.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// Path from the judged root, with `/` between its parts.
    pub path: String,
    /// Size in bytes.
    pub size: u64,
    /// Name of the target it was taken for, with its version where it has one: `openapi-3.1`.
    pub target: Option<String>,
    /// The exact version the file itself states (`3.0.3`), where it states one.
    pub version: Option<String>,
    /// Why it was not judged, or only doubtfully recognised.
    pub note: Option<String>,
    /// The name that `on` may use for what it seems to be, where that is not told for certain.
    pub like: Option<&'static str>,
    /// Whose publication it is a copy of, where it says so itself.
    pub publisher: Option<&'static str>,
    /// Its text, kept while a finding points into it.
    pub text: Option<Arc<Text>>,
    /// It is no file but a judged folder, one of several: what is found of it as a whole stands here.
    pub folder: bool,
}
