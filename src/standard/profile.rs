//! A profile: a buyer's choice of standards. (The other kind is always "FHIR profile" in full.) It
//! is the buyer's word, so it never comes from the judged tree.

use super::{Addressee, Approver, Date, Standing, Term};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a buyer demands of a system.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
#[schemars(title = "Assize profile")]
pub struct Profile {
    /// Its name.
    #[schemars(regex(pattern = r"^[a-z0-9-]+$"))]
    pub profile: String,
    /// Its version.
    pub version: String,
    /// What it is for, in a sentence.
    pub title: String,
    /// The standards.
    pub standards: Vec<Selection>,
    /// Standings that bind: musts of these decide the result.
    #[serde(default = "law_and_contract")]
    pub binding: Vec<Standing>,
    /// Who the statement is about: clauses that address others do not apply.
    #[serde(default = "supplier")]
    pub addressees: Vec<Addressee>,
    /// Facts that the buyer states of every system under this profile.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, bool>,
    /// Which of two clauses that contradict each other gives way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub precedence: Vec<Precedence>,
    /// Who may grant waivers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvers: Vec<Approver>,
    /// The longest term of a waiver.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_waiver: Option<Term>,
    /// How long clauses that a new version of a pack added or tightened only warn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grace: Option<Term>,
    /// Days to mend what is not met, by level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mend: Option<Mend>,
    /// Roles that may sign off records of evidence; any where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence_roles: Vec<String>,
}

/// One standard of a profile.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Selection {
    /// Name of the pack: `uk/nhs-number`.
    pub pack: String,
    /// The edition it must hold, where the buyer names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edition: Option<String>,
    /// The highest tier that is demanded, where the standard has tiers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// Values of the standard's parameters, tightened in the direction it allows.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, Value>,
    /// Why its clauses bind under this profile, where that is more than the pack says: guidance that a contract takes up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// Clauses that are not demanded, by id or by id at the source, each with the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub without: BTreeMap<String, String>,
}

/// One clause gives way to another.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Precedence {
    /// Its number, for arguments.
    pub id: String,
    /// What prevails: a clause, or a pack.
    pub prevails: String,
    /// The clauses that give way, by full id.
    pub over: Vec<String>,
    /// Why.
    pub because: String,
}

/// Days to mend.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Mend {
    /// A binding must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binding: Option<Term>,
    /// Another must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must: Option<Term>,
    /// A should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub should: Option<Term>,
}

impl Mend {
    /// The last day to mend something first seen on a day.
    #[must_use]
    pub fn by(&self, binding: bool, must: bool, seen: Date) -> Option<Date> {
        let term = match (binding, must) {
            (true, _) => self.binding,
            (false, true) => self.must,
            (false, false) => self.should,
        };
        term.map(|term| term.after(seen))
    }
}

fn law_and_contract() -> Vec<Standing> {
    vec![Standing::Law, Standing::Contract]
}

fn supplier() -> Vec<Addressee> {
    vec![Addressee::Supplier]
}
