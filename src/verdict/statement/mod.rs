//! The statement of conformance: all the verdicts of one system under one profile, with what it was
//! judged by and what could not be judged. These types are its JSON form (docs/statement.schema.json)
//! and what the other formats print.

mod assemble;
mod beside;
pub mod digest;
mod looked;
mod parts;
mod result;
mod slips;

pub use assemble::{Setting, System, assemble};

use super::table::{Row, Verdict};
use crate::standard::{Addressee, Certainty, Date, Level, Standing, Truth};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the JSON form.
pub const VERSION: &str = "1.0";

/// What a statement comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResultName {
    /// A binding must is not met.
    DoesNotConform,
    /// A binding must is unknown or needs evidence.
    CannotBeDecided,
    /// Every binding must is met or waived.
    ConformsWithWaivers,
    /// Every binding must is met.
    Conforms,
}

impl ResultName {
    /// As people say it.
    #[must_use]
    pub const fn said(self) -> &'static str {
        match self {
            Self::DoesNotConform => "Does not conform",
            Self::CannotBeDecided => "Cannot be decided",
            Self::ConformsWithWaivers => "Conforms with waivers",
            Self::Conforms => "Conforms",
        }
    }
}

/// A statement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Statement {
    /// Version of this form.
    pub statement: &'static str,
    /// What it comes to.
    pub result: ResultName,
    /// That in a sentence, with what led to it.
    pub summary: String,
    /// How many clauses of each group have which verdict.
    pub counts: Counts,
    /// What it is about.
    pub system: SystemPart,
    /// What it was judged by.
    pub identity: Identity,
    /// What was and was not looked at.
    pub looked_at: LookedPart,
    /// The API descriptions.
    pub descriptions: Vec<DescriptionPart>,
    /// The facts.
    pub facts: Vec<FactPart>,
    /// The verdicts, those that hurt first.
    pub clauses: Vec<ClausePart>,
    /// What is wrong and tested by no clause: syntax, references.
    pub outside: Vec<OutsidePart>,
    /// Bodies named as today's that are no longer.
    pub authorities: Vec<AuthorityPart>,
    /// Successions that are announced of the bodies that answer for the packs.
    pub coming: Vec<ComingPart>,
    /// What would decide it.
    pub to_decide: Vec<String>,
}

/// Counts of verdicts by what the clauses count for.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// Musts whose standing binds under the profile.
    pub binding: BTreeMap<&'static str, usize>,
    /// Other clauses that count: comply or explain.
    pub guidance: BTreeMap<&'static str, usize>,
    /// Draft and convention clauses, which never count.
    pub not_counted: BTreeMap<&'static str, usize>,
}

/// What a statement is about.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct SystemPart {
    /// Its name.
    pub name: String,
    /// The judged folder, as it was named.
    pub path: String,
    /// Globs of its files, where the folder holds several systems.
    pub files: Vec<String>,
    /// Who supplies it, where declared.
    pub supplier: Option<String>,
    /// `live`, `retired` or `presumed live`.
    pub lifecycle: String,
}

/// What a statement was judged by: enough to judge again and get the same.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Identity {
    /// The judged tree.
    pub tree: TreePart,
    /// The program.
    pub tool: ToolPart,
    /// The profile.
    pub profile: NamedPart,
    /// The packs.
    pub packs: Vec<PackPart>,
    /// The configuration file that was read, where one was.
    pub configuration: Option<FilePart>,
    /// Waivers, manifest and evidence that were read.
    pub beside: Vec<FilePart>,
    /// Arguments of the command, without the path.
    pub flags: Vec<String>,
    /// The day that editions were chosen by.
    pub as_of: Date,
    /// A second day, of the contract, where one was given.
    pub contract_date: Option<Date>,
    /// The day that expiries were decided by.
    pub clock: Date,
    /// `supplier run, not audited` or `audit`.
    pub judged_by: String,
}

/// The judged tree.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct TreePart {
    /// SHA-256 over every file's path and content, in order of their paths.
    pub sha256: String,
    /// The files of each folder (`.` is the root) with the first 12 digits of their SHA-256, so that
    /// a file that changed can be named.
    pub folders: BTreeMap<String, BTreeMap<String, String>>,
    /// How many files.
    pub files: usize,
    /// How many bytes.
    pub bytes: u64,
    /// The commit, and who says so.
    pub commit: Option<String>,
}

/// The program.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ToolPart {
    /// Its name.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
    /// SHA-256 of its file, where that could be read.
    pub sha256: Option<String>,
}

/// Something with a name, a version and a digest.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct NamedPart {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// What it is.
    pub title: String,
    /// SHA-256.
    pub sha256: String,
}

/// A pack.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PackPart {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// SHA-256.
    pub sha256: String,
    /// Title of the standard.
    pub standard: String,
    /// Its edition.
    pub edition: String,
    /// Who answers for it.
    pub authority: String,
}

/// A file that was read beside the tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FilePart {
    /// What it was read as.
    pub what: String,
    /// Its path as given.
    pub path: String,
    /// SHA-256.
    pub sha256: String,
}

/// What was and was not looked at.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct LookedPart {
    /// Files whose content was there to be read.
    pub readable: usize,
    /// Files of no bytes.
    pub empty: usize,
    /// The empty files by ending or name.
    pub empty_kinds: BTreeMap<String, usize>,
    /// Why others were not judged, and how many.
    pub not_judged: BTreeMap<String, Vec<String>>,
    /// Whether git data was there, and how much of the history.
    pub history: String,
}

/// An API description.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct DescriptionPart {
    /// Its path.
    pub path: String,
    /// What it is: `openapi-3.0`.
    pub kind: String,
    /// `info.title`.
    pub title: Option<String>,
    /// `info.version`.
    pub version: Option<String>,
    /// How many operations.
    pub operations: u32,
    /// Its role.
    pub role: String,
    /// How that is known.
    pub evidence: String,
    /// What to answer where it is doubtful.
    pub question: Option<String>,
}

/// A fact.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct FactPart {
    /// Its name.
    pub name: String,
    /// True, false or unknown.
    pub value: Truth,
    /// Somebody should confirm it.
    pub confirm: bool,
    /// How it is known.
    pub how: String,
    /// What to answer.
    pub question: String,
    /// How many clauses it decides.
    pub clauses: usize,
}

/// A clause's verdict.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ClausePart {
    /// Full id.
    pub clause: String,
    /// Its id at the source.
    pub source: String,
    /// The demand.
    pub title: String,
    /// How strongly it demands.
    pub level: Level,
    /// Why it binds, under the profile.
    pub standing: Standing,
    /// How sure we are of its wording.
    pub certainty: Certainty,
    /// Who must obey it.
    pub addressee: Addressee,
    /// It is a must whose standing binds: it decides the result.
    pub binding: bool,
    /// It counts at all.
    pub counts: bool,
    /// Breaking it does more harm than its level tells.
    pub urgent: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict on the day of the contract, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub then: Option<Verdict>,
    /// The row of the decision table.
    pub row: Row,
    /// Why.
    pub reason: String,
    /// A should that is not met, and that was explained.
    pub explained: bool,
    /// The profile does not demand it, or exempts it.
    pub exempt: bool,
    /// What would decide it.
    pub question: Option<String>,
    /// How many places were looked at.
    pub looked_at: u64,
    /// Where it is not met, or what points that way.
    pub places: Vec<PlacePart>,
    /// Findings that do not count, by the role of their files.
    pub notes: BTreeMap<String, usize>,
    /// The waiver.
    pub waiver: Option<WaiverPart>,
    /// The record that is wanted.
    pub wanted: Option<String>,
    /// The last day to mend it, where the profile gives one.
    pub mend_by: Option<Date>,
    /// What to do.
    pub help: Option<String>,
    /// Whom to ask.
    pub ask: String,
    /// Where it can be read.
    pub url: String,
    /// The derivation.
    pub steps: Vec<String>,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct PlacePart {
    /// The rule.
    pub rule: String,
    /// The file; `.` for the repository as a whole.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1.
    pub column: u32,
    /// What is wrong there.
    pub message: String,
    /// `open`, `waived`, ...
    pub outcome: &'static str,
    /// Its name from one run to the next.
    pub fingerprint: String,
}

/// A waiver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct WaiverPart {
    /// Its id.
    pub id: String,
    /// `granted` or `requested`.
    pub state: &'static str,
    /// Who granted it.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
    /// Its last day.
    pub until: String,
    /// Days left.
    pub days_left: i64,
}

/// Findings of the engine's own rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct OutsidePart {
    /// The rule.
    pub rule: String,
    /// The first finding.
    pub message: String,
    /// Its file and line.
    pub first: String,
    /// How many.
    pub count: usize,
}

/// A body that is no longer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuthorityPart {
    /// The name as written.
    pub name: String,
    /// File and line.
    pub place: String,
    /// What the place names it as.
    pub as_what: String,
    /// Who took its work over.
    pub successor: String,
    /// The day.
    pub on: Option<Date>,
}

/// A succession that is announced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct ComingPart {
    /// The body that is to go.
    pub name: String,
    /// Who is to take over.
    pub successor: String,
    /// The day, where one is named.
    pub on: Option<Date>,
    /// What is known of it.
    pub note: Option<String>,
}
