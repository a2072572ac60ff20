//! The native pack form, as people write it. These types are both the reader and the source of
//! the JSON Schema that `assize pack schema` prints: a member exists in one place only.

use crate::standard::{Addressee, Certainty, Date, Level, Standing};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// One standard as data: `standards/<country>/<subject>/pack.yaml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "Assize pack")]
pub struct PackForm {
    /// Name by country and subject, never by authority: `uk/nhs-number`.
    #[schemars(regex(pattern = r"^[a-z0-9-]+(/[a-z0-9-]+)+$"))]
    pub pack: String,
    /// Version of this pack (semantic versioning), not of the standard.
    #[schemars(regex(pattern = r"^\d+\.\d+\.\d+"))]
    pub version: String,
    /// The standard it holds.
    pub standard: StandardForm,
    /// Facts that must be true for `assize check` to take it up unasked; `!public` where one must be false. A profile takes it up in any case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chosen_when: Vec<String>,
    /// Spectral rulesets of others that decide clauses of this standard and are not part of the pack, by a name for use in `ruleset`. Whoever judges by them names their files beside the pack.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rulesets: BTreeMap<String, RulesetForm>,
    /// The standard's demands.
    pub clauses: Vec<ClauseForm>,
    /// Automatic tests of the clauses, by id. Further rules stand in `rules/*.yaml` beside the pack, each file a map like this one.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<String, RuleForm>,
}

/// A published standard in one edition.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct StandardForm {
    /// Its title as published.
    pub title: String,
    /// Id of the body that answers for it today, from `standards/authorities.yaml`.
    pub authority: String,
    /// The edition's name or year.
    pub edition: String,
    /// When the edition is in force.
    pub in_force: InForceForm,
    /// Where it is published.
    pub url: String,
    /// SPDX id of the licence of the source text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// Names of its tiers, lowest first, where it has any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tiers: Vec<String>,
    /// The extension in which API descriptions say which of its clauses they depart from: an object from a clause's number (its `source`) to the reason. It explains findings there and below, of clauses that are no must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^x-"))]
    pub explained_in: Option<String>,
    /// Values a profile may set.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, ParameterForm>,
}

/// The days an edition is in force.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InForceForm {
    /// First day.
    pub from: Date,
    /// Last day, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// A value that a profile may set, within bounds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterForm {
    /// The value where no profile sets one.
    pub default: Value,
    /// Which way a profile may move it without weakening the standard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tighten: Option<Tighten>,
}

/// A direction.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tighten {
    /// Smaller is stricter.
    Lower,
    /// Larger is stricter.
    Higher,
}

/// A Spectral ruleset of others.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RulesetForm {
    /// What it is called where it is published.
    pub title: String,
    /// Where it is published.
    pub url: String,
    /// SPDX id of its licence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
}

/// A rule of a ruleset of others.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BorrowForm {
    /// Name of the ruleset among the pack's `rulesets`.
    pub of: String,
    /// Name of the rule there, where it is not this rule's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// One numbered demand.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ClauseForm {
    /// Id within the pack, in kebab-case.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9.-]*$"))]
    pub id: String,
    /// How strongly it demands.
    pub level: Level,
    /// Why it binds.
    pub standing: Standing,
    /// Who must obey it.
    #[serde(default)]
    pub addressee: Addressee,
    /// The demand in our own words, one sentence.
    pub title: String,
    /// More of it, where a sentence is not enough (Markdown).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Where the clause can be read.
    pub url: String,
    /// The clause's number or id at the source.
    pub source: String,
    /// How sure we are of its wording.
    #[serde(default)]
    pub certainty: Certainty,
    /// The lowest tier it applies to, where the standard has tiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Facts that must be true of the system for the clause to apply; `!public` where one must be false.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub applies_when: Vec<String>,
    /// Whether passing every rule proves the clause. Needed where it has rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub covers: Option<Covers>,
    /// With `covers: part`, what the rules cannot see, in words; it is needed there. With `covers: whole`, why passing proves the clause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub residue: Option<String>,
    /// How the outcomes of its rules combine; default: all must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decide: Option<DecideForm>,
    /// It forbids something anywhere in the tree: nothing found proves it only where every file of the tree could be read.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prohibition: bool,
    /// Whom to ask about it, where that is not the authority: a team, an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ask: Option<String>,
    /// Breaking it does more harm than its level tells: it is shown first.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub urgent: bool,
    /// How grave a breach of it would be for security, 0.1 to 10 as CVSS counts (from 7 it is high). Only where one would be a weakness an attacker can use.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 10.0))]
    pub security: Option<f64>,
    /// Where its findings are mended. Default `here`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mend>,
    /// Full ids of clauses of other packs that demand the contrary: a profile that selects both says which gives way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contradicts: Vec<String>,
    /// A record that decides it, where no program can.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<EvidenceForm>,
    /// Known misfires, or why the clause is a matter of taste.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caution: Option<String>,
}

/// Where a finding is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mend {
    /// In the judged tree.
    Here,
    /// By somebody else: whoever keeps the domain, the forge, the copied file.
    Owner,
    /// Mending it would break those who rely on it: wait for a new version, or ask for a waiver.
    Waiver,
}

/// Whether passing the rules proves the clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Covers {
    /// Passing is meeting.
    Whole,
    /// Something remains that no rule sees.
    Part,
}

/// How outcomes of rules combine, in three-valued logic.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum DecideForm {
    /// The outcome of one rule.
    Rule(String),
    /// A combination.
    Combination(CombinationForm),
}

/// A combination of outcomes: exactly one member.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CombinationForm {
    /// Each must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<DecideForm>>,
    /// One must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<DecideForm>>,
    /// It must not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<DecideForm>>,
    /// That many must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<AtLeastForm>,
}

/// `n` out of a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AtLeastForm {
    /// How many must hold.
    pub n: u32,
    /// Out of which.
    pub of: Vec<DecideForm>,
}

/// The record that shows a clause is met.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct EvidenceForm {
    /// What kind of record: `report`, `certificate`, `declaration`, `assessment`, ...
    pub kind: String,
    /// How long a record is good for: `1y`, `6m`, `90d`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^\d+[ymd]$"))]
    pub renew_every: Option<String>,
    /// What the record must show, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shows: Option<String>,
}

/// One automatic test of a clause, or of part of it. `given`, `then`, `field`, `function`,
/// `functionOptions`, `severity`, `message` and `resolved` mean what they mean in a Spectral rule.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RuleForm {
    /// Id of the clause it tests.
    pub clause: String,
    /// Kinds of files it runs on: `openapi`, `openapi-3.1`, `github-workflow`, `repository`, ... A rule with `gather` has none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<String>,
    /// Where to look: JSONPath (RFC 9535), one or several. Default `$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<OneOrMany<String>>,
    /// What of that is let be: places that these paths lead to, and findings that stand there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<OneOrMany<String>>,
    /// What must hold there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub then: Option<OneOrMany<ThenForm>>,
    /// Values gathered from several files, by the name of the set, for the checks that compare them: `equal`, `subset`, `count`, `share`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub gather: BTreeMap<String, OneOrMany<GatherForm>>,
    /// A rule of a ruleset of others that is run in this rule's stead: its results are this rule's. Such a rule has neither `given`, `then`, `gather` nor examples; in `message`, `{{error}}` is what the ruleset says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ruleset: Option<BorrowForm>,
    /// Lowers the severity that follows from the clause's level; it never raises it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<SeverityForm>,
    /// Whether `$ref`s are followed. Default true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<bool>,
    /// What an outcome says about the clause. Default `both`.
    #[serde(default)]
    pub decides: Decides,
    /// Whether findings in files of tests count like others; by default they are notes.
    #[serde(default, rename = "counts-tests", skip_serializing_if = "std::ops::Not::not")]
    pub counts_tests: bool,
    /// A rule that finds the same fault. Where both find it in one place it is told once: of Assize's own
    /// rules (`assize/operation-id-unique`) by this rule, of a rule of the same pack (its name) by that one.
    #[serde(default, rename = "same-as", skip_serializing_if = "Option::is_none")]
    pub same_as: Option<String>,
    /// What it means that there was nothing to look at.
    pub empty: Empty,
    /// What is wrong, with `{{property}}`, `{{value}}`, `{{path}}` and `{{error}}` filled in.
    pub message: String,
    /// What to do about it.
    pub help: String,
    /// Longer help for `assize explain` (Markdown).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Files it must accept and files it must reject.
    #[serde(default)]
    pub examples: ExamplesForm,
    /// Version of the pack that brought it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Whether it runs unasked.
    #[serde(default)]
    pub status: Status,
}

/// What must hold at the places a rule looks at.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ThenForm {
    /// A member below the place (`info.title`), `@key` for each key, or a JSONPath from the place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Name of the check.
    pub function: String,
    /// Its options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_options: Option<Value>,
    /// The place is a server's `url`: the check is asked about every address that it stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expand: Option<Expand>,
}

/// How the `url` of a server is made the addresses that it stands for: variables have each value of
/// their `enum` and `default`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Expand {
    /// An address without a scheme is relative to a place nobody knows, and unknown.
    Server,
    /// An address without a scheme is judged as it is written.
    ServerPath,
}

/// Values gathered from every file of some kinds. Files of tests, examples and others' code are left
/// out; references are not followed.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GatherForm {
    /// Kinds of files.
    pub on: Vec<String>,
    /// Where to look in each: JSONPath (RFC 9535), one or several. Default `$`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<OneOrMany<String>>,
    /// What of a place is taken. Default `value`.
    #[serde(default)]
    pub take: Take,
    /// Only the part that matches this pattern (ECMAScript) is taken; places without one are left out.
    #[serde(default, rename = "match", skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
    /// A value that stands for each place instead: what a kind of file is called elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// What of a place is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Take {
    /// The value there: a string, a number, a truth value.
    #[default]
    Value,
    /// Its key.
    Key,
    /// The file's path from the root.
    File,
    /// The path of its folder, empty at the root.
    Folder,
    /// The file's name.
    Name,
}

/// One value or a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    /// One.
    One(T),
    /// Several.
    Many(Vec<T>),
}

impl<T> OneOrMany<T> {
    /// As a slice.
    pub fn as_slice(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

/// Spectral's names of severities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SeverityForm {
    /// Blocks.
    Error,
    /// Should be mended.
    Warn,
    /// A note.
    Info,
    /// A hint.
    Hint,
}

/// What an outcome of a rule says about its clause.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Decides {
    /// A finding refutes the clause, none proves it.
    #[default]
    Both,
    /// A finding refutes the clause; none proves nothing.
    Refutes,
    /// No finding proves the clause; one refutes nothing.
    Proves,
    /// Either way it only points somewhere.
    Indicates,
    /// A finding is a question that only a person can answer: until then the clause is unknown. None proves it.
    Asks,
}

impl Decides {
    /// In words.
    #[must_use]
    pub const fn says(self) -> &'static str {
        match self {
            Self::Both => "a finding refutes the clause, none shows it",
            Self::Refutes => "a finding refutes the clause, none proves nothing",
            Self::Proves => "no finding shows the clause, one leaves it open",
            Self::Indicates => "it only points somewhere",
            Self::Asks => "a finding is a question to a person",
        }
    }
}

/// What it means that a rule found nothing to look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Empty {
    /// The clause is not met.
    Fail,
    /// The clause is met.
    Pass,
    /// The clause does not apply.
    NotApplicable,
    /// It could not be checked.
    Unknown,
}

impl Empty {
    /// The verdict it means.
    #[must_use]
    pub const fn means(self) -> &'static str {
        match self {
            Self::Fail => "not met",
            Self::Pass => "met",
            Self::NotApplicable => "not applicable",
            Self::Unknown => "unknown",
        }
    }
}

/// Whether a rule runs unasked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It runs.
    #[default]
    Stable,
    /// It runs; its findings are notes.
    Preview,
    /// It runs only when asked for by name.
    Deprecated,
}

/// Files a rule must accept and reject.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExamplesForm {
    /// No rule of the pack may find anything in these.
    pub conforming: Vec<ExampleForm>,
    /// The rule must find something in each of these.
    pub violating: Vec<ExampleForm>,
}

/// One example: the text of one file, or a small repository.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum ExampleForm {
    /// The text of one file of the rule's first kind; its name follows from the kind.
    Text(String),
    /// File names and their texts.
    Files(BTreeMap<String, String>),
}
