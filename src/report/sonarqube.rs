//! SonarQube's generic issues, in the form since version 10.3. Columns count UTF-16 units from 0, and
//! a range may not be empty.

use super::escape::{self, Each, inline};
use super::place::{columns, file_of, place};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{Finding, Location, RuleId, Severity};
use serde::Serializer;
use serde::ser::SerializeMap;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::io;

/// The format.
pub(super) struct Sonarqube;

impl Reporter for Sonarqube {
    fn name(&self) -> &'static str {
        "sonarqube"
    }

    fn about(&self) -> &'static str {
        "SonarQube generic issues (10.3 and later)"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json(out, &Issues(report, order::ranked(report)))
    }
}

struct Issues<'r>(&'r Report, Vec<&'r Finding>);

impl serde::Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let used: BTreeSet<RuleId> = self.1.iter().map(|finding| finding.rule).collect();
        let rules: Vec<Value> = used.into_iter().map(|id| rule(self.0, id)).collect();
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("rules", &rules)?;
        map.serialize_entry("issues", &Each(|| self.1.iter().map(|finding| issue(self.0, finding))))?;
        map.end()
    }
}

fn rule(report: &Report, id: RuleId) -> Value {
    let rule = report.rule(id);
    let title = if rule.title.is_empty() { &rule.id } else { &rule.title };
    let security = report.clause_of(id).is_some_and(|clause| clause.security.is_some());
    let severity = match rule.severity {
        Severity::Error => "HIGH",
        Severity::Warning => "MEDIUM",
        Severity::Note | Severity::Hint => "LOW",
    };
    json!({
        "id": rule.id,
        "name": title,
        "description": if rule.help.is_empty() { title } else { &rule.help },
        "engineId": "assize",
        "cleanCodeAttribute": if security { "TRUSTWORTHY" } else { "CONVENTIONAL" },
        "impacts": [{
            "softwareQuality": if security { "SECURITY" } else { "MAINTAINABILITY" },
            "severity": severity,
        }],
    })
}

fn issue(report: &Report, finding: &Finding) -> Value {
    let mut entry = json!({
        "ruleId": report.rule(finding.rule).id,
        "primaryLocation": located(report, &finding.primary, &finding.message),
    });
    let related: Vec<Value> =
        finding.related.iter().map(|related| located(report, &related.location, &related.message)).collect();
    if !related.is_empty() {
        entry["secondaryLocations"] = Value::Array(related);
    }
    entry
}

fn located(report: &Report, location: &Location, message: &str) -> Value {
    let placed = place(report, location);
    let mut range = json!({ "startLine": placed.start.line });
    if placed.end > placed.start
        && let Some((start, end)) = columns(report, location, |text| text.encode_utf16().count())
    {
        range["endLine"] = json!(placed.end.line);
        range["startColumn"] = json!(start - 1);
        range["endColumn"] = json!(end - 1);
    }
    json!({ "message": inline(message), "filePath": file_of(report, location), "textRange": range })
}
