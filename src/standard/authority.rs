//! Who issues standards, who did before and who will. Bodies merge and are renamed; packs name the
//! authority by an id that this register knows the history of.

use super::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The register: `standards/authorities.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authorities {
    /// Every body by its id.
    pub authorities: BTreeMap<String, Authority>,
}

/// A body that issues or issued standards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Authority {
    /// Its name in full.
    pub name: String,
    /// Other names it is written by (abbreviations, former brands), for recognising it in text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// ISO 3166-1 alpha-2 code in lower case, with a subdivision where it has one: `gb`, `gb-wls`, `nl`; `int` for international bodies.
    pub country: String,
    /// Where it publishes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The day it came into being, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The day it ceased, where it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Whose work it took over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub predecessors: Vec<Succession>,
    /// Who will take over, where that is announced but not done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub announced: Vec<Succession>,
}

/// One body's work passing to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Succession {
    /// Id of the other body.
    pub authority: String,
    /// The day of the change (for an announced one: the day expected, if any is named).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Date>,
    /// What passed, where it was not everything, or what is known of the plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// Where that can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}
