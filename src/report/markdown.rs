//! Markdown for a pull request's comment and for the summary of a GitHub job: a table by standard,
//! the findings with the most harmful first, as many as the place can hold, and what is left out.

use super::escape::{cut, markdown};
use super::order::{self, ranked, said};
use super::place::place;
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::{Finding, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

/// The format for a comment.
pub(super) struct Markdown;

/// The format for a job's summary.
pub(super) struct Summary;

/// Bytes of a comment: GitHub takes 65,536 characters, Azure DevOps and Bitbucket less than half as
/// many again, so that some room is left for what a pipeline puts around it.
const COMMENT: usize = 60_000;
/// Bytes of a step's summary: 1 MiB, shared by everything that the step writes.
const SUMMARY: usize = 900_000;
/// Bytes kept for what stands below the findings.
const REST: usize = 8_000;
/// Characters of a cell.
const CELL: usize = 400;

impl Reporter for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn about(&self) -> &'static str {
        "Markdown for a pull request's comment, short enough for one"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(page(report, style, COMMENT).as_bytes())
    }
}

impl Reporter for Summary {
    fn name(&self) -> &'static str {
        "github-summary"
    }

    fn about(&self) -> &'static str {
        "Markdown for GitHub's step summary, short enough for one"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(page(report, style, SUMMARY).as_bytes())
    }
}

/// A text for a cell or a line, cut.
pub(super) fn cell(text: &str) -> String {
    markdown(&cut(text, CELL))
}

/// `2 errors`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// A link to where a rule's clause can be read, with the clause's id at the source as its text.
pub(super) fn clause(report: &Report, finding: &Finding) -> String {
    let rule = report.rule(finding.rule);
    match report.clause_of(finding.rule) {
        Some(clause) => reference(&clause.source, rule.url.as_deref()),
        None => cell(&rule.id),
    }
}

/// What something is called, with a link to where it can be read.
pub(super) fn reference(source: &str, url: Option<&str>) -> String {
    // The address is a pack's, and a pack may be a stranger's too.
    let honest = |char: char| char.is_ascii_graphic() && !"()<>\\\"`".contains(char);
    match url {
        Some(url) if url.starts_with("https://") && url.chars().all(honest) => {
            format!("[{}]({url})", cell(source))
        }
        _ => cell(source),
    }
}

/// A file with its line.
pub(super) fn at(report: &Report, finding: &Finding) -> String {
    let placed = place(report, &finding.primary);
    if placed.file == "." {
        return "the repository".to_owned();
    }
    format!("{}:{}", cell(placed.file), placed.start.line)
}

fn page(report: &Report, style: &Style, most: usize) -> String {
    let findings = ranked(report);
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let notes = findings.len() - errors - warnings;
    let mut page = String::new();
    let verdict = if report.fails(style.fail_on) { "fails" } else { "passes" };
    let _ = writeln!(
        page,
        "## Assize {verdict}: {}, {}, {}\n",
        count(errors, "error"),
        count(warnings, "warning"),
        count(notes, "note")
    );
    by_standard(&mut page, report, &findings);
    if !findings.is_empty() {
        let _ = writeln!(
            page,
            "### What to mend first\n\n| level | where | what | clause | |\n|---|---|---|---|---|"
        );
    }
    let mut shown = 0;
    for finding in &findings {
        let row = format!(
            "| {} | {} | {} | {} | {} |\n",
            finding.severity.name(),
            at(report, finding),
            cell(&finding.message),
            clause(report, finding),
            said(order::mend(report, finding))
        );
        if page.len() + row.len() + REST > most {
            break;
        }
        page.push_str(&row);
        shown += 1;
    }
    if shown < findings.len() {
        let _ = writeln!(
            page,
            "\n{} more, which do less harm, have no room here; the other formats hold them all.",
            count(findings.len() - shown, "finding")
        );
    }
    accepted(&mut page, report);
    unknown(&mut page, report);
    page
}

fn by_standard(page: &mut String, report: &Report, findings: &[&Finding]) {
    let mut packs: BTreeMap<Option<usize>, [usize; 3]> = BTreeMap::new();
    for finding in findings {
        let column = match finding.severity {
            Severity::Error => 0,
            Severity::Warning => 1,
            Severity::Note | Severity::Hint => 2,
        };
        packs.entry(report.rule(finding.rule).pack).or_default()[column] += 1;
    }
    if packs.is_empty() {
        let judged = match report.partial() {
            Some(_) => "what was judged".to_owned(),
            None => count(report.file_count(), "file"),
        };
        let _ = writeln!(page, "Nothing was found in {judged}.\n");
        return;
    }
    let _ = writeln!(page, "| standard | errors | warnings | notes |\n|---|--:|--:|--:|");
    for (pack, [errors, warnings, notes]) in packs {
        let name = pack.map_or("files and references", |pack| report.packs[pack].name.as_str());
        let _ = writeln!(page, "| {} | {errors} | {warnings} | {notes} |", cell(name));
    }
    page.push('\n');
}

/// How many findings are accepted, and how.
pub(super) fn accepted(page: &mut String, report: &Report) {
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for finding in report.findings.iter().filter(|finding| !finding.outcome.is_open()) {
        *outcomes.entry(finding.outcome.name()).or_default() += 1;
    }
    if !outcomes.is_empty() {
        let all: Vec<String> = outcomes.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let _ = writeln!(page, "\nAccepted: {}.", all.join(", "));
    }
}

/// What could not be checked, by reason: the first few.
pub(super) fn unknown(page: &mut String, report: &Report) {
    const REASONS: usize = 10;
    if report.unknown.is_empty() {
        return;
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for unknown in &report.unknown {
        *reasons.entry(&unknown.reason).or_default() += 1;
    }
    let _ = writeln!(page, "\n### Could not be checked ({}), so unknown\n", report.unknown.len());
    for (reason, times) in reasons.iter().take(REASONS) {
        let _ = writeln!(page, "- {} ({times})", cell(reason));
    }
    if reasons.len() > REASONS {
        let _ = writeln!(page, "- and {} more reasons", reasons.len() - REASONS);
    }
}
