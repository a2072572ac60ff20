//! One line for each finding, for editors, grep and people in a hurry.

use super::escape::inline;
use super::place::{is_folder, place};
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::Finding;
use std::io;

/// The format.
pub(super) struct Concise;

impl Reporter for Concise {
    fn name(&self) -> &'static str {
        "concise"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["text"]
    }

    fn about(&self) -> &'static str {
        "one line each: file:line:col: level rule message; a folder stands without a line"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let mut open = report.findings.iter().filter(|finding| finding.outcome.is_open());
        open.try_for_each(|finding| line(report, finding, out))
    }
}

/// A finding on a line.
pub(super) fn line(report: &Report, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let placed = place(report, &finding.primary);
    let (line, column) = (placed.start.line, placed.start.column);
    let rule = &report.rule(finding.rule).id;
    let (file, message) = (inline(placed.file), inline(&finding.message));
    let level = finding.severity.name();
    // A folder has no lines: editors would open one that is not there.
    if is_folder(report, &finding.primary) {
        return writeln!(out, "{file}: {level} {rule} {message}");
    }
    writeln!(out, "{file}:{line}:{column}: {level} {rule} {message}")
}
