//! Reviewdog's diagnostics (rdjson), for review comments on any forge. Columns count bytes of UTF-8
//! from 1.

use super::escape::{self, Each, inline};
use super::place::{columns, file_of, place};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{Finding, Location, Severity};
use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::{Value, json};
use std::io;

/// The format.
pub(super) struct Rdjson;

impl Reporter for Rdjson {
    fn name(&self) -> &'static str {
        "rdjson"
    }

    fn about(&self) -> &'static str {
        "Reviewdog diagnostics, for review comments"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json(out, &Diagnostics(report, order::ranked(report)))
    }
}

struct Diagnostics<'r>(&'r Report, Vec<&'r Finding>);

impl serde::Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("source", &json!({ "name": "assize", "url": env!("CARGO_PKG_REPOSITORY") }))?;
        map.serialize_entry(
            "diagnostics",
            &Each(|| self.1.iter().map(|finding| diagnostic(self.0, finding))),
        )?;
        map.end()
    }
}

fn diagnostic(report: &Report, finding: &Finding) -> Value {
    let rule = report.rule(finding.rule);
    let mut code = json!({ "value": rule.id });
    if let Some(url) = &rule.url {
        code["url"] = json!(url);
    }
    let mut entry = json!({
        "message": inline(&finding.message),
        "location": located(report, &finding.primary),
        "severity": match finding.severity {
            Severity::Error => "ERROR",
            Severity::Warning => "WARNING",
            Severity::Note | Severity::Hint => "INFO",
        },
        "code": code,
    });
    if let Some(fix) = &finding.fix {
        let range = range(report, &Location::of_span(fix.file, fix.span));
        entry["suggestions"] = json!([{ "range": range, "text": fix.replacement }]);
    }
    let related: Vec<Value> = finding
        .related
        .iter()
        .map(|related| json!({ "message": inline(&related.message), "location": located(report, &related.location) }))
        .collect();
    if !related.is_empty() {
        entry["relatedLocations"] = Value::Array(related);
    }
    entry
}

fn located(report: &Report, location: &Location) -> Value {
    json!({ "path": file_of(report, location), "range": range(report, location) })
}

fn range(report: &Report, location: &Location) -> Value {
    let placed = place(report, location);
    let (mut start, mut end) = (json!({ "line": placed.start.line }), json!({ "line": placed.end.line }));
    if let Some((first, last)) = columns(report, location, str::len) {
        start["column"] = json!(first);
        end["column"] = json!(last);
    }
    json!({ "start": start, "end": end })
}
