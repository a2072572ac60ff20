//! The shape of `spectral lint -f json`, for pipelines that read that: a list of results with
//! zero-based ranges, severities as numbers and rule names without their pack.

use super::place::place;
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::{PathStep, Severity};
use serde_json::{Value, json};
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
        let own = report.spectral.iter().map(|result| {
            let mut value = json!({
                "code": result.code,
                "path": result.path,
                "message": result.message,
                "severity": result.severity,
                "range": {
                    "start": { "line": result.start.0, "character": result.start.1 },
                    "end": { "line": result.end.0, "character": result.end.1 },
                },
            });
            if let (Some(source), Some(members)) = (&result.source, value.as_object_mut()) {
                members.insert("source".to_owned(), source.as_str().into());
            }
            value
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
            let path: Vec<String> = finding
                .primary
                .path
                .iter()
                .map(|step| match step {
                    PathStep::Key(key) => key.clone(),
                    PathStep::Index(index) => index.to_string(),
                })
                .collect();
            json!({
                "code": code.unwrap_or(&rule.id),
                "path": path,
                "message": finding.message,
                "severity": match finding.severity {
                    Severity::Error => 0,
                    Severity::Warning => 1,
                    Severity::Note => 2,
                    Severity::Hint => 3,
                },
                "range": {
                    "start": { "line": placed.start.line - 1, "character": placed.start.column - 1 },
                    "end": { "line": placed.end.line - 1, "character": placed.end.column - 1 },
                },
                "source": placed.file,
            })
        });
        let results: Vec<Value> = own.chain(others).collect();
        serde_json::to_writer_pretty(&mut *out, &results)?;
        writeln!(out)
    }
}
