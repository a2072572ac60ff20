//! `CHANGES.yaml`: what became of each clause from version to version of a pack, so that an upgrade
//! alone turns no pipeline red.

use super::form::PackForm;
use crate::finding::Severity;
use crate::standard::{Date, Term};
use assize_tree::document::de::{closest, from_node};
use assize_tree::document::{Document, NodeId};
use assize_tree::text::Problem;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Assize changes of a pack")]
pub struct Changes {
    /// Each version that changed a clause.
    #[serde(default)]
    pub changes: Vec<Release>,
}

/// A version of a pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The version: `1.2.0`.
    pub version: String,
    /// The day it was published.
    pub date: Date,
    /// What became of each clause that changed, by its id in the pack.
    #[serde(default)]
    pub clauses: BTreeMap<String, Change>,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What became of a clause.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Change {
    /// It is new.
    Added,
    /// It demands more.
    Tightened,
    /// It demands less.
    Loosened,
    /// It says the same in other words.
    Reworded,
    /// It is gone.
    Removed,
}

impl Change {
    /// As the file writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Tightened => "tightened",
            Self::Loosened => "loosened",
            Self::Reworded => "reworded",
            Self::Removed => "removed",
        }
    }
}

/// The severity of a clause's findings on a day. What a version added or tightened only warns until
/// a profile's grace after that version's day is over; its last day is still one of grace.
#[must_use]
pub fn severity_during_grace(
    severity: Severity,
    clause: &str,
    changes: &Changes,
    clock: Date,
    grace: Term,
) -> Severity {
    let in_grace = changes.changes.iter().any(|release| {
        matches!(release.clauses.get(clause), Some(Change::Added | Change::Tightened))
            && clock <= grace.after(release.date)
    });
    if in_grace { severity.min(Severity::Warning) } else { severity }
}

/// The numbers of a version, for comparing; `None` where it is none.
pub(super) fn numbers(version: &str) -> Option<(u64, u64, u64)> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(|part| part.parse().ok());
    let found = (parts.next()??, parts.next()??, parts.next()??);
    parts.next().is_none().then_some(found)
}

/// Reads the file and holds it against its pack.
///
/// # Errors
/// Every mistake, with its place.
pub(super) fn read(document: &Document, pack: &PackForm) -> Result<Changes, Vec<Problem>> {
    let Some(root) = document.root() else { return Ok(Changes::default()) };
    let changes: Changes = from_node(document, root).map_err(|problem| vec![problem])?;
    let mut problems = Vec::new();
    let own = numbers(&pack.version);
    let at = |pointer: &str| {
        let node: Option<NodeId> = document.pointer(root, pointer);
        node.map(|node| {
            let raw = document.node(node);
            if raw.key_span.is_empty() { raw.span } else { raw.key_span }
        })
        .unwrap_or_default()
    };
    for (index, release) in changes.changes.iter().enumerate() {
        let mut wrong = |pointer: &str, message: String, hint: Option<String>| {
            let span = at(&format!("/changes/{index}{pointer}"));
            problems.push(Problem { hint, ..Problem::new("pack", span, message) });
        };
        match numbers(&release.version) {
            None => {
                wrong("/version", format!("\"{}\" is no version; write it as 1.2.0.", release.version), None)
            }
            found if found > own => {
                wrong(
                    "/version",
                    format!("Version {} is newer than the pack's, {}.", release.version, pack.version),
                    None,
                );
            }
            found => {
                if changes.changes[..index].iter().any(|other| numbers(&other.version) == found) {
                    wrong("/version", format!("Version {} stands already above.", release.version), None);
                }
            }
        }
        for (id, change) in &release.clauses {
            let there = pack.clauses.iter().any(|clause| clause.id == *id);
            let pointer = format!("/clauses/{}", assize_tree::document::escape_pointer_token(id));
            // An older version may speak of a clause that a newer one removed.
            let removed_later = changes.changes.iter().any(|other| {
                numbers(&other.version) >= numbers(&release.version)
                    && other.clauses.get(id) == Some(&Change::Removed)
            });
            if !there && !removed_later {
                let near = closest(id, pack.clauses.iter().map(|clause| clause.id.as_str()));
                wrong(
                    &pointer,
                    format!("The pack has no clause \"{id}\"."),
                    near.map(|near| format!("Did you mean \"{near}\"?")),
                );
            } else if there && *change == Change::Removed && numbers(&release.version) == own {
                wrong(&pointer, format!("The clause \"{id}\" is said to be removed, and is there."), None);
            }
        }
    }
    let newest = changes.changes.iter().filter_map(|release| numbers(&release.version)).max();
    if problems.is_empty() && newest != own {
        problems.push(
            Problem::new(
                "pack",
                at("/changes"),
                format!("The pack's version, {}, has no entry.", pack.version),
            )
            .hint("Say what it changed; an entry without clauses says that no clause did."),
        );
    }
    if problems.is_empty() { Ok(changes) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_warns_until_its_grace_is_over() {
        let changes: Changes = serde_json::from_str(
            r#"{"changes": [
                {"version": "1.2.0", "date": "2024-02-01", "clauses": {"a": "added", "b": "tightened", "c": "loosened", "d": "reworded"}},
                {"version": "1.1.0", "date": "2020-01-01", "clauses": {"e": "added"}}
            ]}"#,
        )
        .unwrap();
        let on = |clause: &str, severity, day: &str| {
            severity_during_grace(severity, clause, &changes, day.parse().unwrap(), Term::days(28))
        };
        use Severity::{Error, Note, Warning};
        for (clause, day, severity) in [
            ("a", "2024-01-15", Warning),
            ("a", "2024-02-01", Warning),
            ("a", "2024-02-29", Warning),
            ("a", "2024-03-01", Error),
            ("b", "2024-02-29", Warning),
            ("c", "2024-02-02", Error),
            ("d", "2024-02-02", Error),
            ("e", "2024-02-02", Error),
            ("f", "2024-02-02", Error),
        ] {
            assert_eq!(on(clause, Error, day), severity, "{clause} on {day}");
        }
        assert_eq!(on("a", Note, "2024-02-02"), Note, "nothing is raised");
        let none = severity_during_grace(Error, "a", &changes, "2024-02-02".parse().unwrap(), Term::days(0));
        assert_eq!(none, Error, "no grace");
    }
}
