//! One line for each finding, for editors, grep and people in a hurry.

use super::escape::inline;
use super::place::place;
use super::{Reporter, Style};
use crate::engine::Report;
use std::io;

/// The format.
pub(super) struct Concise;

impl Reporter for Concise {
    fn name(&self) -> &'static str {
        "concise"
    }

    fn about(&self) -> &'static str {
        "one line each: file:line:col: level rule message"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        for finding in report.findings.iter().filter(|finding| finding.outcome.is_open()) {
            let placed = place(report, &finding.primary);
            let (line, column) = (placed.start.line, placed.start.column);
            let rule = &report.rule(finding.rule).id;
            writeln!(
                out,
                "{}:{line}:{column}: {} {rule} {}",
                inline(placed.file),
                finding.severity.name(),
                inline(&finding.message)
            )?;
        }
        Ok(())
    }
}
