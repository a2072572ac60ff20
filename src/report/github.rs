//! GitHub's workflow commands: annotations in a job's log and on the changed files. GitHub shows ten
//! of each level for a step, so that the ten most harmful are commands and the rest stands below
//! them, folded.

use super::concise;
use super::escape::{command, command_property};
use super::place::{file_of, place};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::Severity;
use std::io;

/// The format.
pub(super) struct Github;

/// Annotations of one level that GitHub shows for a step.
const SHOWN: usize = 10;

impl Reporter for Github {
    fn name(&self) -> &'static str {
        "github-actions"
    }

    fn about(&self) -> &'static str {
        "GitHub workflow commands: annotations in the log and on changed files"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let mut shown = [0; 3];
        let mut rest = Vec::new();
        for finding in order::ranked(report) {
            let (name, index) = match finding.severity {
                Severity::Error => ("error", 0),
                Severity::Warning => ("warning", 1),
                Severity::Note | Severity::Hint => ("notice", 2),
            };
            shown[index] += 1;
            if shown[index] > SHOWN {
                rest.push(finding);
                continue;
            }
            let placed = place(report, &finding.primary);
            write!(
                out,
                "::{name} file={},line={},col={}",
                command_property(file_of(report, &finding.primary)),
                placed.start.line,
                placed.start.column
            )?;
            if placed.end > placed.start {
                write!(out, ",endLine={}", placed.end.line)?;
                // GitHub takes columns only within one line.
                if placed.end.line == placed.start.line {
                    write!(out, ",endColumn={}", placed.end.column)?;
                }
            }
            let rule = &report.rule(finding.rule).id;
            writeln!(out, ",title={}::{}", command_property(rule), command(&finding.message))?;
        }
        if !rest.is_empty() {
            writeln!(out, "::group::{} more findings", rest.len())?;
            for finding in rest {
                concise::line(report, finding, out)?;
            }
            writeln!(out, "::endgroup::")?;
        }
        Ok(())
    }
}
