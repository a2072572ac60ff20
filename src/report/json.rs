//! The report as JSON, for programs. Its form is documented in docs/report.md and by the JSON
//! Schema docs/report.schema.json; `version` changes with it.

use super::escape::Each;
use super::place::place;
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{Finding, Location, Outcome, PathStep};
use crate::pack::form::Mend;
use assize_tree::text::Position;
use serde::Serialize;
use serde_json::{Value, json};
use std::io;

/// The format.
pub(super) struct Json;

/// Version of the form: members may be added within a version, never changed or removed.
const VERSION: &str = "1.0";

impl Reporter for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> &'static str {
        "everything, for programs (docs/report.md)"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let count = |name| {
            let open = report.findings.iter().filter(|finding| finding.outcome.is_open());
            open.filter(|finding| finding.severity.name() == name).count()
        };
        let became = |name| report.findings.iter().filter(|finding| finding.outcome.name() == name).count();
        let document = Document {
            version: VERSION,
            tool: json!({ "name": "assize", "version": env!("CARGO_PKG_VERSION") }),
            subject: &style.subject,
            summary: json!({
                "files": report.file_count(),
                "recognised": report.files.iter().filter(|file| file.target.is_some()).count(),
                "error": count("error"),
                "warning": count("warning"),
                "note": count("note"),
                "hint": count("hint"),
                "waived": became("waived"),
                "suppressed": became("suppressed"),
                "baselined": became("baselined"),
                "unknown": report.unknown.len(),
            }),
            packs: Each(|| {
                report.packs.iter().map(|pack| {
                    json!({
                        "name": pack.name,
                        "version": pack.version,
                        "title": pack.title,
                        "edition": pack.edition,
                        "authority": pack.authority,
                        "url": pack.url,
                        "sha256": pack.digest,
                        "leftOut": pack.left_out,
                    })
                })
            }),
            findings: Each(|| report.findings.iter().map(|finding| Entry::new(report, finding))),
            unknown: Each(|| {
                report.unknown.iter().map(|unknown| {
                    json!({
                        "file": unknown.file.map(|file| &report.file(file).path),
                        "rule": unknown.rule.map(|rule| &report.rule(rule).id),
                        "reason": unknown.reason,
                    })
                })
            }),
            notices: &report.notices,
            scope: Each(|| {
                report.scopes.iter().map(|scope| {
                    json!({
                        "since": scope.reference,
                        "commit": scope.commit,
                        "changed": scope.changed,
                        "gone": scope.gone,
                        "judged": scope.judged,
                        "filesLeftOut": scope.files_left_out,
                        "rulesLeftOut": scope.rules_left_out,
                        "whole": scope.whole,
                    })
                })
            }),
            files: Each(|| {
                let told = report.files.iter().filter(|file| file.target.is_some() || file.note.is_some());
                told.map(|file| {
                    json!({
                        "path": file.path,
                        "target": file.target,
                        "version": file.version,
                        "note": file.note,
                        "bytes": file.size,
                    })
                })
            }),
        };
        super::escape::json(out, &document)
    }
}

/// The report, each list made while it is written: of findings there may be any number.
#[derive(Serialize)]
struct Document<'a, P: Serialize, E: Serialize, U: Serialize, S: Serialize, F: Serialize> {
    version: &'static str,
    tool: Value,
    subject: &'a str,
    summary: Value,
    packs: P,
    findings: E,
    unknown: U,
    notices: &'a [String],
    scope: S,
    files: F,
}

/// A finding.
#[derive(Serialize)]
struct Entry<'a> {
    rule: &'a str,
    clause: Option<&'a str>,
    source: Option<&'a str>,
    level: &'static str,
    message: &'a str,
    #[serde(flatten)]
    at: At<'a>,
    help: &'a str,
    url: Option<&'a str>,
    fingerprint: &'a str,
    outcome: &'static str,
    mend: Mend,
    accepted: Option<Accepted<'a>>,
    related: Vec<Related<'a>>,
}

/// Where something stands.
#[derive(Serialize)]
struct At<'a> {
    file: &'a str,
    path: &'a [PathStep],
    start: Offset,
    end: Offset,
}

#[derive(Serialize)]
struct Offset {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Related<'a> {
    #[serde(flatten)]
    at: At<'a>,
    message: &'a str,
}

/// Why a finding is accepted, and by what.
#[derive(Serialize)]
struct Accepted<'a> {
    how: &'static str,
    id: Option<&'a str>,
    reason: &'a str,
    by: Option<&'a str>,
    until: Option<&'a str>,
    reference: Option<&'a str>,
}

impl<'a> Entry<'a> {
    fn new(report: &'a Report, finding: &'a Finding) -> Self {
        let rule = report.rule(finding.rule);
        let clause = report.clause_of(finding.rule);
        let related = finding.related.iter();
        Self {
            rule: &rule.id,
            clause: clause.map(|clause| clause.id.as_str()),
            source: clause.map(|clause| clause.source.as_str()),
            level: finding.severity.name(),
            message: &finding.message,
            at: At::new(report, &finding.primary),
            help: finding.hint.as_ref().unwrap_or(&rule.help),
            url: rule.url.as_deref(),
            fingerprint: &finding.fingerprint,
            outcome: finding.outcome.name(),
            mend: order::mend(report, finding),
            accepted: Accepted::of(&finding.outcome),
            related: related
                .map(|one| Related { at: At::new(report, &one.location), message: &one.message })
                .collect(),
        }
    }
}

impl<'a> At<'a> {
    fn new(report: &'a Report, location: &'a Location) -> Self {
        let placed = place(report, location);
        let at = |position: Position, offset| Offset { line: position.line, column: position.column, offset };
        Self {
            file: placed.file,
            path: &location.path,
            start: at(placed.start, location.span.start),
            end: at(placed.end, location.span.end),
        }
    }
}

impl<'a> Accepted<'a> {
    fn of(outcome: &'a Outcome) -> Option<Self> {
        let why = outcome.accepted()?;
        let how = match outcome {
            Outcome::Requested(_) => "waiver-requested",
            Outcome::Waived(_) => "waiver",
            Outcome::Suppressed(_) => "comment",
            Outcome::Open | Outcome::Baselined(_) => "baseline",
        };
        Some(Self {
            how,
            id: why.id.as_deref(),
            reason: &why.reason,
            by: why.by.as_deref(),
            until: why.until.as_deref(),
            reference: why.reference.as_deref(),
        })
    }
}
