//! GitLab's code quality report: a list of issues with a fingerprint each, which must be unique.

use super::escape::{self, inline};
use super::place::{file_of, place};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{Finding, Severity};
use serde::Serializer;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io;

/// The format.
pub(super) struct Gitlab;

impl Reporter for Gitlab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["code-climate"]
    }

    fn about(&self) -> &'static str {
        "GitLab code quality (Code Climate)"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        escape::json(out, &Issues(report, order::ranked(report)))
    }
}

struct Issues<'r>(&'r Report, Vec<&'r Finding>);

impl serde::Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // In folders that are judged together the same file may break the same rule.
        let mut seen: HashMap<&str, u32> = HashMap::new();
        serializer.collect_seq(self.1.iter().map(|finding| {
            let times = seen.entry(&finding.fingerprint).or_default();
            *times += 1;
            let mut issue = issue(self.0, finding);
            if *times > 1 {
                issue["fingerprint"] = json!(format!("{}:{times}", finding.fingerprint));
            }
            issue
        }))
    }
}

fn issue(report: &Report, finding: &Finding) -> Value {
    let placed = place(report, &finding.primary);
    // What an attacker can use blocks, whatever its level.
    let severity = match (order::harm(report, finding), finding.severity) {
        (90.., Severity::Error | Severity::Warning) => "blocker",
        (70.., Severity::Error | Severity::Warning) => "critical",
        (_, Severity::Error) => "major",
        (_, Severity::Warning) => "minor",
        (_, Severity::Note | Severity::Hint) => "info",
    };
    json!({
        "type": "issue",
        "description": inline(&finding.message),
        "check_name": report.rule(finding.rule).id,
        "fingerprint": finding.fingerprint,
        "severity": severity,
        "location": {
            "path": file_of(report, &finding.primary),
            "lines": { "begin": placed.start.line, "end": placed.end.line },
        },
    })
}
