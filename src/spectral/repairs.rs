//! Known faults of Spectral that `--corrected` mends, each with its name; docs/spectral.md says more of them.
//! The mending itself stands where the fault would be.

use super::lint::Finding;

/// A fault that can be mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    /// A file in JSON is read as JSON.
    JsonAsJson,
    /// References that lead back are crossed.
    Cycles,
    /// What is wrong with a key stands at the key.
    KeysAtKeys,
    /// Security schemes behind references are seen.
    SecurityBehindReferences,
    /// Prose is not read as YAML.
    Prose,
    /// Status codes need no quotes.
    StatusKeys,
    /// A reference in place of an operation is one finding.
    OperationReferences,
}

/// A repair's name, and what is mended.
pub struct Described {
    /// The repair.
    pub repair: Repair,
    /// As the command line and the documentation name it.
    pub name: &'static str,
    /// What is mended.
    pub what: &'static str,
}

const fn described(repair: Repair, name: &'static str, what: &'static str) -> Described {
    Described { repair, name, what }
}

/// Every repair.
pub const ALL: [Described; 7] = [
    described(
        Repair::JsonAsJson,
        "json-as-json",
        "A file in JSON is read as JSON: with its errors, and its ranges",
    ),
    described(
        Repair::Cycles,
        "cycles",
        "References that lead back to where they stand are seen through like others",
    ),
    described(
        Repair::KeysAtKeys,
        "keys-at-keys",
        "What is wrong with a key stands at the key, not at what its value refers to",
    ),
    described(
        Repair::SecurityBehindReferences,
        "security-behind-references",
        "Security schemes count as defined where they stand behind a reference",
    ),
    described(Repair::Prose, "prose", "A reference to a text for people (Markdown, say) is not read as YAML"),
    described(Repair::StatusKeys, "status-keys", "Status codes of responses may be written without quotes"),
    described(
        Repair::OperationReferences,
        "operation-references",
        "A reference in place of an operation is one finding, not one for every member that is missing beside it",
    ),
];

/// Which faults are mended; none by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repairs(u16);

impl Repairs {
    /// Those of these names; `all` for every one.
    #[must_use]
    pub fn named<T: AsRef<str>>(names: &[T]) -> Self {
        let wanted = |described: &&Described| {
            names.iter().any(|name| name.as_ref() == described.name || name.as_ref() == "all")
        };
        Self(ALL.iter().filter(wanted).fold(0, |set, described| set | 1 << described.repair as u16))
    }

    /// Whether a fault is mended.
    #[must_use]
    pub fn has(self, repair: Repair) -> bool {
        self.0 >> repair as u16 & 1 == 1
    }
}

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
