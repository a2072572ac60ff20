//! The report as JSON, for programs. Its form is documented in docs/report.md and by the JSON
//! Schema docs/report.schema.json; `version` changes with it.

use super::place::place;
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{Location, Outcome};
use serde_json::{Map, Value, json};
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
        let document = json!({
            "version": VERSION,
            "tool": { "name": "assize", "version": env!("CARGO_PKG_VERSION") },
            "subject": style.subject,
            "summary": {
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
            },
            "packs": report.packs.iter().map(|pack| json!({
                "name": pack.name,
                "version": pack.version,
                "title": pack.title,
                "edition": pack.edition,
                "authority": pack.authority,
                "url": pack.url,
                "sha256": pack.digest,
                "leftOut": pack.left_out,
            })).collect::<Vec<_>>(),
            "findings": report.findings.iter().map(|finding| {
                let rule = report.rule(finding.rule);
                let clause = report.clause_of(finding.rule);
                let mut entry = located(report, &finding.primary);
                let mut head = Map::new();
                head.insert("rule".into(), json!(rule.id));
                head.insert("clause".into(), clause.map_or(Value::Null, |clause| json!(clause.id)));
                head.insert("source".into(), clause.map_or(Value::Null, |clause| json!(clause.source)));
                head.insert("level".into(), json!(finding.severity.name()));
                head.insert("message".into(), json!(finding.message));
                head.append(&mut entry);
                head.insert("help".into(), json!(finding.hint.as_ref().unwrap_or(&rule.help)));
                head.insert("url".into(), json!(rule.url));
                head.insert("fingerprint".into(), json!(finding.fingerprint));
                head.insert("outcome".into(), json!(finding.outcome.name()));
                head.insert("mend".into(), json!(order::mend(report, finding)));
                head.insert("accepted".into(), accepted(&finding.outcome));
                head.insert("related".into(), finding.related.iter().map(|related| {
                    let mut entry = located(report, &related.location);
                    entry.insert("message".into(), json!(related.message));
                    Value::Object(entry)
                }).collect());
                Value::Object(head)
            }).collect::<Vec<_>>(),
            "unknown": report.unknown.iter().map(|unknown| json!({
                "file": unknown.file.map(|file| report.file(file).path.clone()),
                "rule": unknown.rule.map(|rule| report.rule(rule).id.clone()),
                "reason": unknown.reason,
            })).collect::<Vec<_>>(),
            "notices": report.notices,
            "scope": report.scopes.iter().map(|scope| json!({
                "since": scope.reference,
                "commit": scope.commit,
                "changed": scope.changed,
                "gone": scope.gone,
                "judged": scope.judged,
                "filesLeftOut": scope.files_left_out,
                "rulesLeftOut": scope.rules_left_out,
                "whole": scope.whole,
            })).collect::<Vec<_>>(),
            "files": report.files.iter().filter(|file| file.target.is_some() || file.note.is_some()).map(|file| json!({
                "path": file.path,
                "target": file.target,
                "version": file.version,
                "note": file.note,
                "bytes": file.size,
            })).collect::<Vec<_>>(),
        });
        super::escape::json(out, &document)
    }
}

fn accepted(outcome: &Outcome) -> Value {
    let Some(why) = outcome.accepted() else { return Value::Null };
    let how = match outcome {
        Outcome::Requested(_) => "waiver-requested",
        Outcome::Waived(_) => "waiver",
        Outcome::Suppressed(_) => "comment",
        Outcome::Open | Outcome::Baselined(_) => "baseline",
    };
    json!({
        "how": how,
        "id": why.id,
        "reason": why.reason,
        "by": why.by,
        "until": why.until,
        "reference": why.reference,
    })
}

fn located(report: &Report, location: &Location) -> Map<String, Value> {
    let placed = place(report, location);
    let mut entry = Map::new();
    entry.insert("file".into(), json!(placed.file));
    entry.insert("path".into(), json!(location.path));
    entry.insert(
        "start".into(),
        json!({ "line": placed.start.line, "column": placed.start.column, "offset": location.span.start }),
    );
    entry.insert(
        "end".into(),
        json!({ "line": placed.end.line, "column": placed.end.column, "offset": location.span.end }),
    );
    entry
}
