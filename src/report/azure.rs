//! Azure DevOps logging commands: issues on the page of a pipeline's run. Azure knows errors and
//! warnings; notes are lines of the log.

use super::concise;
use super::escape::{azure, azure_property};
use super::place::{file_of, place};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::Severity;
use std::io;

/// The format.
pub(super) struct Azure;

impl Reporter for Azure {
    fn name(&self) -> &'static str {
        "azure"
    }

    fn about(&self) -> &'static str {
        "Azure DevOps logging commands"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        for finding in order::ranked(report) {
            let kind = match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note | Severity::Hint => {
                    concise::line(report, finding, out)?;
                    continue;
                }
            };
            let placed = place(report, &finding.primary);
            writeln!(
                out,
                "##vso[task.logissue type={kind};sourcepath={};linenumber={};columnnumber={};code={};]{}",
                azure_property(file_of(report, &finding.primary)),
                placed.start.line,
                placed.start.column,
                azure_property(&report.rule(finding.rule).id),
                azure(&finding.message)
            )?;
        }
        Ok(())
    }
}
