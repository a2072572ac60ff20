//! The shape of `spectral lint -f json`, for pipelines that read that: a list of results with
//! zero-based ranges, severities as numbers and rule names without their pack. The form has no word
//! for what was accepted, and whoever reads it counts every entry: what a waiver, a comment or a
//! baseline accepts is left out.

use super::place::place;
use super::{Reporter, Style};
use crate::engine::{Report, SpectralResult};
use crate::finding::{PathStep, Severity};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;

/// Accepted findings of rulesets: name of the rule, path and message, with the file each stands in.
type Known<'r> = HashMap<(&'r str, Vec<String>, &'r str), Vec<&'r str>>;

fn accepted(report: &Report) -> Known<'_> {
    let mut known: Known<'_> = HashMap::new();
    for finding in report.findings.iter().filter(|finding| !finding.outcome.is_open()) {
        let rule = report.rule(finding.rule);
        let Some(pack) = rule.pack.map(|pack| &report.packs[pack]).filter(|pack| pack.is_ruleset) else {
            continue;
        };
        let code = rule.id.strip_prefix(pack.name.as_str()).and_then(|rest| rest.strip_prefix('/'));
        let path = finding.primary.path.iter().map(step).collect();
        let file = finding.primary.file.map_or("", |file| report.file(file).path.as_str());
        known.entry((code.unwrap_or(&rule.id), path, finding.message.as_str())).or_default().push(file);
    }
    known
}

fn is_among(known: &Known<'_>, result: &SpectralResult) -> bool {
    // Most runs accept nothing.
    if known.is_empty() {
        return false;
    }
    let files = known.get(&(result.code.as_str(), result.path.clone(), result.message.as_str()));
    files.is_some_and(|files| {
        let source = result.source.as_deref();
        files.iter().any(|file| source.is_none_or(|source| source.ends_with(file)))
    })
}

/// Spectral writes every step of a path as a text.
fn step(step: &PathStep) -> String {
    match step {
        PathStep::Key(key) => key.clone(),
        PathStep::Index(index) => index.to_string(),
    }
}

/// The format.
pub(super) struct SpectralJson;

impl Reporter for SpectralJson {
    fn name(&self) -> &'static str {
        "spectral-json"
    }

    fn about(&self) -> &'static str {
        "the list that `spectral lint -f json` prints"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let accepted = accepted(report);
        let own =
            report.spectral.iter().filter(|result| !is_among(&accepted, result)).map(|result| Printed {
                code: &result.code,
                path: result.path.iter().map(|step| Cow::Borrowed(step.as_str())).collect(),
                message: &result.message,
                severity: result.severity,
                range: Range { start: result.start.into(), end: result.end.into() },
                source: result.source.as_deref(),
            });
        let of_ruleset = |finding: &&crate::finding::Finding| {
            let pack = report.rule(finding.rule).pack;
            !pack.is_some_and(|pack| report.packs[pack].is_ruleset)
        };
        let open = report.findings.iter().filter(|finding| finding.outcome.is_open());
        let others = open.filter(of_ruleset).map(|finding| {
            let rule = report.rule(finding.rule);
            let pack = rule.pack.map_or("assize", |pack| report.packs[pack].name.as_str());
            let code = rule.id.strip_prefix(pack).and_then(|rest| rest.strip_prefix('/'));
            let placed = place(report, &finding.primary);
            // Spectral writes every step of a path as a text, and counts from 0.
            let path = finding.primary.path.iter().map(|step| match step {
                PathStep::Key(key) => Cow::Borrowed(key.as_str()),
                PathStep::Index(index) => Cow::Owned(index.to_string()),
            });
            let from_zero = |line: u32, column: u32| Position {
                line: i64::from(line) - 1,
                character: i64::from(column) - 1,
            };
            Printed {
                code: code.unwrap_or(&rule.id),
                path: path.collect(),
                message: &finding.message,
                severity: match finding.severity {
                    Severity::Error => 0,
                    Severity::Warning => 1,
                    Severity::Note => 2,
                    Severity::Hint => 3,
                },
                range: Range {
                    start: from_zero(placed.start.line, placed.start.column),
                    end: from_zero(placed.end.line, placed.end.column),
                },
                source: Some(placed.file),
            }
        });
        // The list is made while it is written, and an iterator is gone then.
        let all = RefCell::new(Some(own.chain(others)));
        super::escape::json(out, &List(&all))
    }
}

struct List<'a, I>(&'a RefCell<Option<I>>);

impl<'p, I: Iterator<Item = Printed<'p>>> Serialize for List<'_, I> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.take().into_iter().flatten())
    }
}

/// A result, member by member in Spectral's order.
#[derive(Serialize)]
struct Printed<'a> {
    code: &'a str,
    path: Vec<Cow<'a, str>>,
    message: &'a str,
    severity: i8,
    range: Range,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: i64,
    character: i64,
}

impl From<(i64, i64)> for Position {
    fn from((line, character): (i64, i64)) -> Self {
        Self { line, character }
    }
}
