//! Checks: the functions a rule's `then` names. A check is compiled once from its options; a wrong
//! option is an error in the pack. To add one, write its file and add its line to [`ALL`].

mod accepts;
mod alphabetical;
mod alternatives;
mod casing;
mod code_owners;
mod consistent_case;
mod content;
mod discriminator_property;
mod distinct;
mod encoding;
mod enumeration;
mod file_beside;
mod file_exists;
mod file_limits;
mod files;
mod heading_present;
mod instance_valid;
mod length;
mod licence_is;
mod options;
mod pattern;
mod presence;
mod same_as_key;
mod schema;
mod share;
mod typed_enum;
mod unreferenced;
mod value;
mod words;

use crate::bundle::Bundle;
use crate::workspace::Workspace;
use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::path::NodeRef;
use assize_tree::text::Span;
use serde_json::Value;
use std::path::Path;

/// What a check is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A value that is there.
    Node(NodeRef),
    /// The key of a member (`field: "@key"`): the node is the member.
    Key(NodeRef),
    /// A value that is not there: the deepest node of the way to it that exists.
    Missing(NodeRef),
}

impl Subject {
    /// The node the subject stands at.
    #[must_use]
    pub const fn node(self) -> NodeRef {
        match self {
            Self::Node(at) | Self::Key(at) | Self::Missing(at) => at,
        }
    }
}

/// What a check may look at beside its subject. All of it is read-only.
pub struct Context<'a> {
    /// The description with its fragments, and the references between them.
    pub bundle: &'a Bundle,
    /// The place the rule's `given` matched: the member or element as it stands, before a
    /// reference there is followed.
    pub at: NodeRef,
    /// Below a subject that is missing, the way of names to what is not there.
    pub missing: Option<&'a str>,
    /// The files of the judged tree, for checks of the repository.
    pub workspace: &'a Workspace,
    /// For the repository target: file of each element of `$.files`, in order.
    pub files: &'a [crate::finding::FileId],
    /// Checks over files look at those alone that are not left out of judging.
    pub changed_only: bool,
    /// The text that the subject stands for, where that is not the text that is written there.
    pub stands_for: Option<&'a str>,
}

impl<'a> Context<'a> {
    /// The document a place is in.
    #[must_use]
    pub fn document(&self, at: NodeRef) -> &'a Document {
        self.bundle.document(at.doc)
    }

    /// A node's value seen through a reference that stands there.
    #[must_use]
    pub fn through(&self, at: NodeRef) -> NodeRef {
        self.bundle.follow(at).unwrap_or(at)
    }

    /// The text of the subject, where it is a string or a key.
    #[must_use]
    pub fn text(&self, subject: Subject) -> Option<&'a str> {
        match subject {
            Subject::Node(_) if self.stands_for.is_some() => self.stands_for,
            Subject::Node(at) => self.document(at).str(at.node),
            Subject::Key(at) => self.document(at).key(at.node),
            Subject::Missing(_) => None,
        }
    }

    /// The kind of the subject's value; `None` where it is missing.
    #[must_use]
    pub fn kind(&self, subject: Subject) -> Option<Kind> {
        match subject {
            Subject::Node(at) => Some(self.document(at).kind(at.node)),
            Subject::Key(_) => Some(Kind::String),
            Subject::Missing(_) => None,
        }
    }
}

/// Where a check says something is wrong.
#[derive(Clone, Debug)]
pub enum Place {
    /// At the subject itself.
    Subject,
    /// At another node.
    Node(NodeRef),
    /// At a node's key.
    Key(NodeRef),
    /// In a file of the judged tree, by its path from the root.
    File {
        /// The path.
        path: String,
        /// Where in its text.
        span: Span,
    },
    /// At the repository as a whole.
    Repository,
}

/// One thing a check found wrong.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Where.
    pub place: Place,
    /// The check's own words: `{{error}}` in a rule's message.
    pub error: String,
    /// What to do, where the check knows better than the rule's help.
    pub hint: Option<String>,
    /// Overrides `{{property}}`.
    pub property: Option<String>,
    /// Overrides `{{value}}`; checks of personal data put a masked value here.
    pub value: Option<String>,
    /// Other places, each with what it shows.
    pub related: Vec<(NodeRef, String)>,
}

impl Violation {
    /// Something wrong at the subject.
    #[must_use]
    pub fn new(error: impl Into<String>) -> Self {
        Self {
            place: Place::Subject,
            error: error.into(),
            hint: None,
            property: None,
            value: None,
            related: Vec::new(),
        }
    }

    /// The same at another place.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with `{{value}}` overridden.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// What running a check came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Looked {
    /// So many places were looked at and judged.
    At(u32),
    /// Nothing here was of the kind the check judges (a number where it judges strings).
    Nothing,
}

/// What is said where a reference stands in the way.
pub const UNRESOLVED: &str =
    "A reference leads to nothing that could be read, so that what stands behind it is not known.";

/// Why a check could not answer; the rule is reported as unknown for that file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct CannotTell(pub String);

/// A compiled check.
pub trait Check: Send + Sync {
    /// Judges one subject; what is wrong goes into `found`.
    ///
    /// # Errors
    /// Where the check cannot answer: a pattern ran out of steps, a file could not be read.
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell>;

    /// Empty files that the check would have had to look into, where an answer rests on what stands
    /// in every one of them. Asked of checks of the repository.
    fn blind(&self, _cx: &Context<'_>) -> Vec<String> {
        Vec::new()
    }

    /// Whether the answer may be another one if a file of that path comes, goes or changes. Asked of
    /// checks of the repository that look at files.
    fn looks_at(&self, _path: &str) -> bool {
        true
    }

    /// The check as one that judges all places of a rule in a description at once (how many of them
    /// have something), where it is one: see [`AllPlaces`].
    fn together(&self) -> Option<&dyn Together> {
        None
    }
}

/// A check that judges all places together.
pub trait Together: Send + Sync {
    /// Judges the places, in document order, each once. A violation without a place of its own
    /// stands at the root of the description.
    ///
    /// # Errors
    /// As [`Check::run`].
    fn run(
        &self,
        cx: &Context<'_>,
        places: &[NodeRef],
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell>;
}

/// Makes a check of one that judges all places together; asked about one place, it judges nothing.
struct AllPlaces<T>(T);

impl<T: Together> Check for AllPlaces<T> {
    fn run(&self, _: &Context<'_>, _: Subject, _: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        Ok(Looked::Nothing)
    }

    fn together(&self) -> Option<&dyn Together> {
        Some(&self.0)
    }
}

/// A mistake in a check's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionError {
    /// JSON pointer below `functionOptions`.
    pub pointer: String,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
}

impl OptionError {
    /// A mistake at a pointer.
    #[must_use]
    pub fn new(pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), message: message.into(), hint: None }
    }
}

/// What compiling a check may need beside its options.
pub struct Compile<'a> {
    /// Reads a file that lies in the pack's folder, by a path relative to it (schemas).
    pub read: &'a dyn Fn(&Path) -> Result<String, String>,
    /// The pack passed its tests: what is costly to compile waits until it is wanted.
    pub tested: bool,
    /// The rule's message shows what the check says is wrong (`{{error}}`).
    pub worded: bool,
}

/// How a check is made from `functionOptions` (`Value::Null` where there are none).
pub type Make = fn(&Value, &Compile<'_>) -> Result<Box<dyn Check>, OptionError>;

/// One line of the list of checks.
pub struct Entry {
    /// Name in a rule's `function`.
    pub name: &'static str,
    /// What it does, in a line, for `assize pack` help and the documentation.
    pub about: &'static str,
    /// Its maker.
    pub make: Make,
}

/// Every check, by name.
pub const ALL: &[Entry] = &[
    entry("accepts", "a regular expression in the file accepts some samples", accepts::make),
    entry("alphabetical", "elements or keys stand in order", alphabetical::make),
    entry("casing", "a text follows a style of casing", casing::make),
    entry("code-owners", "CODEOWNERS gives owners to some files", code_owners::make),
    entry("consistent-case", "names of members are written in one style", consistent_case::make),
    entry("content-absent", "nothing in some files matches a pattern", content::absent),
    entry("content-matches", "something in some files matches a pattern", content::matches),
    entry("defined", "the value is there", presence::defined),
    entry(
        "discriminator-property",
        "alternatives have and require the property that tells them apart",
        discriminator_property::make,
    ),
    entry("distinct", "no two of the values are the same, all over a description", distinct::make),
    entry("encoding", "files are in UTF-8, with or without a byte order mark", encoding::make),
    entry("enumeration", "the value is one of a list", enumeration::make),
    entry("falsy", "the value is missing, null, false, 0 or empty", presence::falsy),
    entry("file-absent", "no file of some names is there", file_exists::absent),
    entry("file-beside", "for each of some files another stands beside or above it", file_beside::make),
    entry("file-exists", "a file of one of some names is there", file_exists::exists),
    entry("file-limits", "files are no larger than a limit, and not binary", file_limits::make),
    entry("heading-present", "one of some headings stands in a Markdown file", heading_present::make),
    entry(
        "instance-valid",
        "examples, defaults and enumerated values follow their schemas",
        instance_valid::make,
    ),
    entry("length", "length, count or number lies within bounds", length::make),
    entry("licence-is", "the licence files satisfy an SPDX expression", licence_is::make),
    entry("or", "at least one of some members is there", alternatives::or),
    entry("pattern", "a text matches a regular expression, or does not", pattern::make),
    entry("same-as-key", "a text is the name of the object it stands in", same_as_key::make),
    entry("share", "most of many things have something", share::make),
    entry("truthy", "the value is there, and not null, false, 0 or empty", presence::truthy),
    entry("typedEnum", "values of an enum have the schema's type", typed_enum::make),
    entry("undefined", "the value is not there", presence::undefined),
    entry("unreferencedReusableObject", "reusable objects are referred to", unreferenced::make),
    entry("xor", "exactly one of some members is there", alternatives::xor),
    entry("date-time", "a text is an RFC 3339 date or moment", value::date_time),
    entry("dmd-id", "a text is a dm+d identifier", value::dmd_id),
    entry("eps-prescription-id", "a text is a prescription's identifier", value::eps_prescription_id),
    entry("nhs-number", "a text is an NHS number", value::nhs_number),
    entry("ods-code", "a text may be an ODS code", value::ods_code),
    entry("snomed-id", "a text is a SNOMED CT identifier", value::snomed_id),
    entry("uri-is", "a text is one of some URIs, to the letter", value::uri_is),
    entry("uuid", "a text is a UUID", value::uuid),
    entry("json-schema", "a value follows a JSON Schema; every violation at its node", schema::json_schema),
    entry("schema", "a value follows a JSON Schema, with the options of Spectral's function", schema::schema),
];

const fn entry(name: &'static str, about: &'static str, make: Make) -> Entry {
    Entry { name, about, make }
}

/// Checks that judge a text as [`Context::text`] gives it, and can so be asked about one that stands
/// nowhere.
pub const OF_TEXT: &[&str] = &["pattern", "uri-is"];

/// The check of that name, or the nearest name there is.
///
/// # Errors
/// The name that was probably meant, if any is near.
pub fn find(name: &str) -> Result<&'static Entry, Option<&'static str>> {
    ALL.iter()
        .find(|entry| entry.name == name)
        .ok_or_else(|| assize_tree::document::de::closest(name, ALL.iter().map(|entry| entry.name)))
}

/// A node reference in the same document.
#[must_use]
pub const fn beside(at: NodeRef, node: NodeId) -> NodeRef {
    NodeRef { doc: at.doc, node }
}
