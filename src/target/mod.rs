//! Targets: what kind of thing a file is. Content decides first, the name second; a file that only
//! resembles a kind is listed as doubtful and not judged as something it is not. To add a kind,
//! write its file and add its line to [`ALL`].

mod arazzo;
mod asyncapi;
mod azure_pipelines;
mod cargo;
mod codeowners;
mod csv;
mod cyclonedx;
mod dependabot;
mod dockerfile;
mod dotnet;
mod editor_config;
mod fhir;
mod github_action;
mod github_workflow;
mod gitlab_ci;
mod gitleaks;
mod go;
mod json_schema;
mod locks;
mod markdown;
mod maven;
mod npm;
mod openapi;
mod pre_commit;
mod publiccode;
mod python;
mod resemblance;
mod spdx;
mod terraform;
mod version;
mod xsd;

use crate::bundle::Bundle;
use assize_tree::document::{Document, Format, Kind as Node, NodeId};
use assize_tree::path::NodeRef;
use assize_tree::reference;
use assize_tree::text::Problem;
pub(crate) use openapi::{COMPONENTS, PARTS};
pub use resemblance::{is_pointer, is_unsettled, presumed, resembled, resembled_at_root};

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

impl Candidate<'_> {
    /// The root, where it is an object.
    #[must_use]
    pub fn object(&self) -> Option<NodeId> {
        self.root.filter(|&root| self.document.kind(root) == Node::Object)
    }

    /// The root element of an XML file: its local name, its node and its namespace (empty for none).
    #[must_use]
    pub fn element(&self) -> Option<(&str, NodeId, &str)> {
        let document = self.document;
        let root = self.object().filter(|_| document.format() == Format::Xml)?;
        let element = document.children(root).next()?;
        let namespace = document.get(element, "#ns").and_then(|node| document.str(node));
        Some((document.key(element)?, element, namespace.unwrap_or_default()))
    }

    /// Whether the file is YAML by its name.
    #[must_use]
    pub fn is_yaml(&self) -> bool {
        self.document.format() == Format::Yaml
    }
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

impl Recognised {
    fn doubtful(like: &'static str, why: String) -> Self {
        Self::Doubtful { like, why }
    }
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

impl Grammar {
    /// The grammar of its references, where it has any.
    #[must_use]
    pub const fn references(self) -> Option<reference::Grammar> {
        Some(match self {
            Self::None => return None,
            Self::OpenApi2 => reference::Grammar::OpenApi2,
            Self::OpenApi3 => reference::Grammar::OpenApi3,
            Self::AsyncApi2 | Self::AsyncApi3 => reference::Grammar::AsyncApi,
            Self::Arazzo => reference::Grammar::Arazzo,
            Self::JsonSchema => reference::Grammar::JsonSchema,
        })
    }
}

/// A kind of file.
pub trait Target: Send + Sync {
    /// Every name it gives (`openapi-3.0`, `openapi-3.1`), each with the wider names that `on:` may
    /// use for it (`openapi-3`, `openapi`, `api-description`) and the name of an example file of
    /// that kind.
    fn names(&self) -> &'static [Name];

    /// Whether the file is of this kind.
    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised>;

    /// Whose publication it is a copy of, where it says so itself: a standard that comes with its own
    /// definitions is carried about in many trees, and nobody there has written them.
    fn publisher(&self, _file: &Candidate<'_>) -> Option<&'static str> {
        None
    }

    /// Faults in what the file says it is (its version no string, two kinds at once), as problems
    /// whose codes are rules of the engine. Asked only where the file was recognised.
    fn problems(&self, _file: &Candidate<'_>) -> Vec<Problem> {
        Vec::new()
    }

    /// Faults that show only with every file that the description refers to.
    fn bundle_problems(&self, _bundle: &Bundle) -> Vec<BundleProblem> {
        Vec::new()
    }

    /// Why a file of a kind is not judged by rules for others of its family, with the family's name.
    fn doubt(&self, _name: &str) -> Option<(&'static str, &'static str)> {
        None
    }

    /// How references are found in it.
    fn grammar(&self, _name: &str) -> Grammar {
        Grammar::None
    }
}

/// A fault in a description with its fragments.
pub struct BundleProblem {
    /// Name of the engine's rule.
    pub code: &'static str,
    /// Where.
    pub at: NodeRef,
    /// What is wrong, as a sentence.
    pub message: String,
    /// Other places, each with what it shows.
    pub related: Vec<(NodeRef, String)>,
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
pub const ALL: &[&dyn Target] = &[
    &openapi::OpenApi,
    &asyncapi::AsyncApi,
    &arazzo::Arazzo,
    &json_schema::JsonSchema,
    &fhir::Fhir,
    &xsd::Xsd,
    &github_workflow::GithubWorkflow,
    &github_action::GithubAction,
    &dependabot::Dependabot,
    &gitlab_ci::GitlabCi,
    &azure_pipelines::AzurePipelines,
    &pre_commit::PreCommit,
    &npm::NpmManifest,
    &python::PythonManifest,
    &cargo::RustManifest,
    &maven::MavenManifest,
    &dotnet::DotNet,
    &go::Go,
    &locks::Locks,
    &cyclonedx::CycloneDx,
    &spdx::Spdx,
    &dockerfile::Dockerfile,
    &terraform::Terraform,
    &publiccode::PublicCode,
    &codeowners::Codeowners,
    &gitleaks::Gitleaks,
    &editor_config::EditorConfig,
    &markdown::Markdown,
    &csv::Csv,
];

/// Every name a target gives, with what the list says of it.
fn every_name() -> impl Iterator<Item = &'static Name> {
    ALL.iter().flat_map(|target| target.names())
}

/// The target that gives a name.
#[must_use]
pub fn of_name(name: &str) -> Option<&'static dyn Target> {
    ALL.iter().copied().find(|target| target.names().iter().any(|given| given.name == name))
}

/// The most specific names that a name in a rule's `on` means; none where it means nothing.
#[must_use]
pub fn specific(name: &str) -> Vec<&'static str> {
    if name == REPOSITORY {
        return vec![REPOSITORY];
    }
    every_name()
        .filter(|given| given.name == name || given.wider.contains(&name))
        .map(|given| given.name)
        .collect()
}

/// Every publisher that a target names.
pub const PUBLISHERS: [&str; 1] = [fhir::HL7];

/// Whether a name in `on` means a kind whose words stand in certain places only: an API description or
/// a JSON Schema.
#[must_use]
pub fn has_grammar(name: &str) -> bool {
    ALL.iter().any(|target| {
        target.names().iter().any(|given| {
            (given.name == name || given.wider.contains(&name)) && target.grammar(given.name) != Grammar::None
        })
    })
}

/// What kinds of files are called together: the widest name whose members are all among them.
#[must_use]
pub fn families(kinds: &[&'static str]) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = Vec::new();
    for kind in kinds {
        let given = every_name().find(|given| given.name == *kind);
        let wider = given.iter().flat_map(|given| given.wider.iter().copied());
        let whole = wider.filter(|name| specific(name).iter().all(|member| kinds.contains(member)));
        let name = whole.max_by_key(|name| specific(name).len()).unwrap_or(kind);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

/// Every name that `on` may use.
pub fn all_names() -> impl Iterator<Item = &'static str> {
    every_name()
        .flat_map(|given| std::iter::once(given.name).chain(given.wider.iter().copied()))
        .chain([REPOSITORY])
}

/// The kinds that files of a format can be of, where they are few: an empty file of one matters only
/// where a rule looks at one of these.
#[must_use]
pub fn kinds_of(format: Format) -> Option<&'static [&'static str]> {
    Some(match format {
        Format::Xml => &["xsd", "maven-manifest", "dotnet-manifest", "dotnet-packages", "cyclonedx-xml"],
        Format::Dockerfile => &["dockerfile"],
        Format::Terraform => &["terraform"],
        Format::SpdxTags => &["spdx-tags"],
        Format::GoMod => &["go-manifest"],
        Format::GoSum => &["go-lock"],
        Format::YarnLock => &["yarn-lock"],
        Format::GradleLock => &["gradle-lock"],
        Format::EditorConfig => &["editor-config"],
        _ => return None,
    })
}

/// What an example file of a kind is called.
#[must_use]
pub fn example_name(name: &str) -> Option<&'static str> {
    every_name().find(|given| given.name == name || given.wider.contains(&name)).map(|given| given.example)
}

/// The target that is the tree as a whole; it is no file, so no file is recognised as it.
pub const REPOSITORY: &str = "repository";
