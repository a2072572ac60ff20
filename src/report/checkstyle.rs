//! Checkstyle XML, which many pipelines read: findings by file.

use super::escape::xml;
use super::place::{file_of, place};
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::{Finding, Severity};
use std::collections::BTreeMap;
use std::io;

/// The format.
pub(super) struct Checkstyle;

impl Reporter for Checkstyle {
    fn name(&self) -> &'static str {
        "checkstyle"
    }

    fn about(&self) -> &'static str {
        "Checkstyle XML"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let mut files: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in report.findings.iter().filter(|finding| finding.outcome.is_open()) {
            files.entry(file_of(report, &finding.primary)).or_default().push(finding);
        }
        writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<checkstyle version=\"10.0\">")?;
        for (file, findings) in files {
            writeln!(out, "  <file name=\"{}\">", xml(file))?;
            for finding in findings {
                let placed = place(report, &finding.primary);
                let severity = match finding.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note | Severity::Hint => "info",
                };
                writeln!(
                    out,
                    "    <error line=\"{}\" column=\"{}\" severity=\"{severity}\" message=\"{}\" source=\"{}\"/>",
                    placed.start.line,
                    placed.start.column,
                    xml(&finding.message),
                    xml(&report.rule(finding.rule).id)
                )?;
            }
            writeln!(out, "  </file>")?;
        }
        writeln!(out, "</checkstyle>")
    }
}
