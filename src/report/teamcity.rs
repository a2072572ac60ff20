//! TeamCity's service messages: inspections, each kind told before its first.

use super::escape::teamcity;
use super::place::{file_of, place};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::Severity;
use std::collections::BTreeSet;
use std::io;

/// The format.
pub(super) struct Teamcity;

impl Reporter for Teamcity {
    fn name(&self) -> &'static str {
        "teamcity"
    }

    fn about(&self) -> &'static str {
        "TeamCity inspections"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let mut told = BTreeSet::new();
        for finding in order::ranked(report) {
            let rule = report.rule(finding.rule);
            if told.insert(finding.rule) {
                let pack = rule.pack.map_or("assize", |pack| report.packs[pack].name.as_str());
                let title = if rule.title.is_empty() { &rule.id } else { &rule.title };
                let help = if rule.help.is_empty() { title } else { &rule.help };
                writeln!(
                    out,
                    "##teamcity[inspectionType id='{id}' name='{id}' category='{}' description='{}. {}']",
                    teamcity(pack),
                    teamcity(title.trim_end_matches('.')),
                    teamcity(help),
                    id = teamcity(&rule.id),
                )?;
            }
            let severity = match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Note => "WEAK WARNING",
                Severity::Hint => "INFO",
            };
            writeln!(
                out,
                "##teamcity[inspection typeId='{}' message='{}' file='{}' line='{}' SEVERITY='{severity}']",
                teamcity(&rule.id),
                teamcity(&finding.message),
                teamcity(file_of(report, &finding.primary)),
                place(report, &finding.primary).start.line,
            )?;
        }
        Ok(())
    }
}
