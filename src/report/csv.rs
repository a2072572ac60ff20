//! CSV (RFC 4180), for spreadsheets: a row for each finding, whatever became of it, and for each
//! thing that could not be checked. A cell never is a formula.

use super::escape::csv;
use super::place::place;
use super::{Reporter, Style, order};
use crate::engine::Report;
use std::io;

/// The format.
pub(super) struct Csv;

const COLUMNS: &str =
    "level,outcome,rule,clause,source,file,line,column,message,mend,help,url,reason,until,fingerprint";

impl Reporter for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn about(&self) -> &'static str {
        "CSV, for spreadsheets"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "{COLUMNS}\r\n")?;
        for finding in &report.findings {
            let placed = place(report, &finding.primary);
            let rule = report.rule(finding.rule);
            let clause = report.clause_of(finding.rule);
            let why = finding.outcome.accepted();
            row(
                out,
                &[
                    finding.severity.name(),
                    finding.outcome.name(),
                    &rule.id,
                    clause.map_or("", |clause| &clause.id),
                    clause.map_or("", |clause| &clause.source),
                    placed.file,
                    &placed.start.line.to_string(),
                    &placed.start.column.to_string(),
                    &finding.message,
                    order::said(order::mend(report, finding)),
                    finding.hint.as_ref().unwrap_or(&rule.help),
                    rule.url.as_deref().unwrap_or_default(),
                    why.map_or("", |why| &why.reason),
                    why.and_then(|why| why.until.as_deref()).unwrap_or_default(),
                    &finding.fingerprint,
                ],
            )?;
        }
        for unknown in &report.unknown {
            let rule = unknown.rule.map(|rule| report.rule(rule).id.as_str()).unwrap_or_default();
            let clause = unknown.rule.and_then(|rule| report.clause_of(rule));
            let (id, source) = clause.map_or(("", ""), |clause| (clause.id.as_str(), clause.source.as_str()));
            let file = unknown.file.map_or(".", |file| report.file(file).path.as_str());
            row(
                out,
                &["", "unknown", rule, id, source, file, "", "", &unknown.reason, "", "", "", "", "", ""],
            )?;
        }
        Ok(())
    }
}

fn row(out: &mut dyn io::Write, fields: &[&str]) -> io::Result<()> {
    let fields: Vec<String> = fields.iter().map(|field| csv(field)).collect();
    write!(out, "{}\r\n", fields.join(","))
}
