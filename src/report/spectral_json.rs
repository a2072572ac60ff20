//! The shape of `spectral lint -f json`, for pipelines that read that: a list of results with
//! zero-based ranges, severities as numbers and rule names without their pack.

use super::place::place;
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::{PathStep, Severity};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::cell::RefCell;
use std::io;

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
        let own = report.spectral.iter().map(|result| Printed {
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
        let others = report.findings.iter().filter(of_ruleset).map(|finding| {
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
