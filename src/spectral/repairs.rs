//! Known faults of Spectral that `--corrected` mends, each with its name; docs/spectral.md says more of them.
//! The mending itself stands where the fault would be.

use super::lint::Finding;

/// A repair: its name, and what is otherwise because of it.
pub struct Repair {
    /// As the documentation names it.
    pub name: &'static str,
    /// What is mended.
    pub what: &'static str,
}

/// Every repair.
pub const ALL: [Repair; 7] = [
    Repair { name: "json-as-json", what: "A file in JSON is read as JSON: with its errors, and its ranges." },
    Repair {
        name: "cycles",
        what: "References that lead back to where they stand are seen through like others.",
    },
    Repair {
        name: "keys-at-keys",
        what: "What is wrong with a key stands at the key, not at what its value refers to.",
    },
    Repair {
        name: "security-behind-references",
        what: "Security schemes count as defined where they stand behind a reference.",
    },
    Repair { name: "prose", what: "A reference to a text for people (Markdown, say) is not read as YAML." },
    Repair { name: "status-keys", what: "Status codes of responses may be written without quotes." },
    Repair {
        name: "operation-references",
        what: "A reference in place of an operation is one finding, not one for every member that is missing beside it.",
    },
];

const NUMBER_KEY: &str = "Mapping key must be a string scalar rather than number";

/// Whether a result only says that a status code stands without quotes: every reader of descriptions takes
/// it for what is meant.
pub(super) fn is_status_key(finding: &Finding) -> bool {
    let code = |text: &String| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
    finding.code == "parser"
        && finding.message == NUMBER_KEY
        && match finding.path.as_slice() {
            [.., owner, key] => owner == "responses" && code(key),
            _ => false,
        }
}
