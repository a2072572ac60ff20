//! Targets: what kind of thing a file is. Content decides first, the name second; a file that only
//! resembles a kind is listed as doubtful and not judged as something it is not. To add a kind,
//! write its file and add its line to [`ALL`].

use assize_tree::document::{Document, NodeId};

/// What a target looks at to recognise a file.
pub struct Candidate<'a> {
    /// Path from the judged root, `/` between its parts.
    pub path: &'a str,
    /// The last part of the path.
    pub name: &'a str,
    /// The parsed file.
    pub document: &'a Document,
    /// Its root (of several in a YAML stream, the one asked about); `None` where it holds no value.
    pub root: Option<NodeId>,
}

/// What a file was recognised as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// It is of this kind.
    Sure(Kind),
    /// It resembles the kind, but is not judged as it; the reason is a sentence for people.
    Doubtful {
        /// The kind it resembles.
        like: &'static str,
        /// Why it is not taken for it.
        why: String,
    },
}

/// A kind of file, as specific as the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The most specific target name: `openapi-3.1`, `github-workflow`, ...
    pub name: &'static str,
    /// The version the file itself states: `3.0.3`, a `$schema` address, ...
    pub version: Option<String>,
}

/// How places and references are told from data in a kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grammar {
    /// Nothing in the file is a reference.
    None,
    /// OpenAPI 2.0.
    OpenApi2,
    /// OpenAPI 3.0 to 3.2.
    OpenApi3,
    /// AsyncAPI 2.
    AsyncApi2,
    /// AsyncAPI 3.
    AsyncApi3,
    /// Arazzo 1.
    Arazzo,
    /// JSON Schema, by its draft.
    JsonSchema,
}

/// A kind of file.
pub trait Target: Send + Sync {
    /// Every name it gives (`openapi-3.0`, `openapi-3.1`), each with the wider names that `on:` may
    /// use for it (`openapi-3`, `openapi`, `api-description`) and the name of an example file of
    /// that kind.
    fn names(&self) -> &'static [Name];

    /// Whether the file is of this kind.
    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised>;

    /// How references are found in it.
    fn grammar(&self, _name: &str) -> Grammar {
        Grammar::None
    }
}

/// A target name.
pub struct Name {
    /// The most specific name.
    pub name: &'static str,
    /// Wider names that mean this one too.
    pub wider: &'static [&'static str],
    /// What a file of this kind is called in examples: `openapi.yaml`.
    pub example: &'static str,
}

/// Every kind of file, in the order they are asked.
pub const ALL: &[&dyn Target] = &[];
