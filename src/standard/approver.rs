//! Who may grant waivers, and the key that their signature is known by.

use super::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A person or an office on the buyer's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Approver {
    /// Name of the person or office.
    pub name: String,
    /// The role they grant in: `clinical-safety-officer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Their minisign public key: the line of letters and digits of `minisign.pub`.
    pub key: String,
    /// Packs, clauses or rules they may grant waivers for; everything where empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grants: Vec<String>,
    /// The last day they were on the list; waivers issued later are not theirs to grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

impl Approver {
    /// Whether they may grant a waiver for one of these ids (a rule, its clause, its pack).
    #[must_use]
    pub fn may_grant(&self, id: &str) -> bool {
        let under = |wide: &String| {
            id == wide || id.strip_prefix(wide.as_str()).is_some_and(|rest| rest.starts_with('/'))
        };
        self.grants.is_empty() || self.grants.iter().any(under)
    }
}
