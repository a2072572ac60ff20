//! For people at a terminal: grouped by file and rule, each finding with its excerpt as long as that helps,
//! and at the end what it comes to, standard by standard (`summary`).

mod summary;

use super::escape::inline;
use super::place::place;
use super::{Excerpt, Reporter, Style, order, theme};
use crate::engine::Report;
use crate::finding::{FileId, Finding, Outcome, Severity};
use crate::pack::form::Mend;
use miette::{GraphicalReportHandler, LabeledSpan, MietteDiagnostic};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The format.
pub(super) struct Pretty;

/// Findings of one rule in one file that are shown with an excerpt; of more, a line each.
const SHOWN: usize = 3;
/// Lines of one rule in one file.
const LISTED: usize = 12;
/// Excerpts in all, and lines below them: who has a thousand findings reads a table.
const EXCERPTS: usize = 60;
const LINES: usize = 120;

impl Reporter for Pretty {
    fn name(&self) -> &'static str {
        "pretty"
    }

    fn aliases(&self) -> &'static [&'static str] {
        &["stylish"]
    }

    fn about(&self) -> &'static str {
        "for people: excerpts, grouped by file, with a summary"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let handler = GraphicalReportHandler::new_themed(theme(style.unicode, style.colour))
            .with_links(style.links)
            .with_width(style.width)
            .with_context_lines(1);
        // Files and what is in them come as they are best mended: the most harmful first.
        let mut by_file: Vec<(Option<FileId>, Vec<&Finding>)> = Vec::new();
        let mut index: BTreeMap<Option<FileId>, usize> = BTreeMap::new();
        for finding in order::ranked(report) {
            let at = *index.entry(finding.primary.file).or_insert(by_file.len());
            match by_file.get_mut(at) {
                Some((_, findings)) => findings.push(finding),
                None => by_file.push((finding.primary.file, vec![finding])),
            }
        }
        let mut room = Room { excerpts: EXCERPTS, lines: LINES };
        let mut left: Vec<&Finding> = Vec::new();
        for (file, findings) in &by_file {
            if room.excerpts == 0 && room.lines == 0 {
                left.extend(findings);
                continue;
            }
            let name = file.map_or("the repository", |file| report.file(file).path.as_str());
            let target = file.and_then(|file| report.file(file).target.as_deref());
            let paint = Paint(style.colour);
            writeln!(
                out,
                "{}{}",
                paint.bold(&inline(name)),
                target.map_or_else(String::new, |target| format!("  {}", paint.dim(target)))
            )?;
            for alike in by_rule(findings) {
                group(report, &alike, &handler, style, &mut room, out)?;
            }
        }
        further(report, &left, style, out)?;
        if !style.quiet {
            summary::write(report, style, out)?;
        }
        Ok(())
    }
}

/// How much more is shown.
struct Room {
    excerpts: usize,
    lines: usize,
}

/// The findings of a file by rule, each rule where its most harmful finding stands.
fn by_rule<'a>(findings: &[&'a Finding]) -> Vec<Vec<&'a Finding>> {
    let mut groups: Vec<Vec<&Finding>> = Vec::new();
    let mut index: BTreeMap<u32, usize> = BTreeMap::new();
    for &finding in findings {
        let at = *index.entry(finding.rule.0).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.push(finding),
            None => groups.push(vec![finding]),
        }
    }
    groups
}

/// What one rule finds in one file: the first few with their lines, the rest a line each.
fn group(
    report: &Report,
    findings: &[&Finding],
    handler: &GraphicalReportHandler,
    style: &Style,
    room: &mut Room,
    out: &mut dyn Write,
) -> io::Result<()> {
    let excerpts = findings.len().min(SHOWN).min(room.excerpts);
    room.excerpts -= excerpts;
    for finding in &findings[..excerpts] {
        one(report, finding, handler, style, out)?;
    }
    let rest = &findings[excerpts..];
    let lines = rest.len().min(LISTED).min(room.lines);
    room.lines -= lines;
    let paint = Paint(style.colour);
    for finding in &rest[..lines] {
        let placed = place(report, &finding.primary);
        // The repository as a whole has no lines.
        let at = if placed.file == "." {
            String::new()
        } else {
            format!("{}:{} ", placed.start.line, placed.start.column)
        };
        let level = paint.severity(finding.severity, finding.severity.name());
        writeln!(out, "  {at}{level} {} {}", report.rule(finding.rule).id, inline(&finding.message))?;
    }
    if rest.len() > lines {
        let more = rest.len() - lines;
        writeln!(out, "  and {more} more of {} here", report.rule(rest[lines].rule).id)?;
    }
    if rest.is_empty() { Ok(()) } else { writeln!(out) }
}

/// What stands in files that are not shown any more, rule by rule.
fn further(report: &Report, findings: &[&Finding], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let mut rules: BTreeMap<u32, (usize, BTreeMap<Option<FileId>, usize>)> = BTreeMap::new();
    for finding in findings {
        let (count, files) = rules.entry(finding.rule.0).or_default();
        *count += 1;
        *files.entry(finding.primary.file).or_default() += 1;
    }
    let mut files: Vec<Option<FileId>> = findings.iter().map(|finding| finding.primary.file).collect();
    files.sort_unstable();
    files.dedup();
    let paint = Paint(style.colour);
    let heading =
        format!("{} more in {}", plural(findings.len(), "finding"), plural(files.len(), "more file"));
    writeln!(out, "{} (--format concise prints a line for each)", paint.bold(&heading))?;
    let mut rows: Vec<_> = rules.into_iter().collect();
    rows.sort_by_key(|(rule, (count, _))| (std::cmp::Reverse(*count), *rule));
    for (rule, (count, files)) in rows {
        let id = &report.rule(crate::finding::RuleId(rule)).id;
        writeln!(out, "  {count:6} {id}, in {}", plural(files.len(), "file"))?;
    }
    writeln!(out)
}

fn one(
    report: &Report,
    finding: &Finding,
    handler: &GraphicalReportHandler,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rule = report.rule(finding.rule);
    let severity = match finding.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Note | Severity::Hint => miette::Severity::Advice,
    };
    let mut help = inline(finding.hint.as_deref().unwrap_or(&rule.help)).into_owned();
    if let Some(clause) = report.clause_of(finding.rule) {
        help.push_str(&format!("\nclause {} ({}): {}", clause.source, clause.level.name(), clause.title));
    }
    if let Outcome::Requested(why) = &finding.outcome {
        let id = inline(why.id.as_deref().unwrap_or_default()).into_owned();
        help.push_str(&format!("\nwaiver requested: {id}; until an approver grants it, this counts"));
    }
    match order::mend(report, finding) {
        Mend::Here => {}
        mend => help.push_str(&format!("\n{}", order::said(mend))),
    }
    for related in &finding.related {
        let placed = place(report, &related.location);
        help.push_str(&format!(
            "\n{}:{}:{}: {}",
            inline(placed.file),
            placed.start.line,
            placed.start.column,
            inline(&related.message)
        ));
    }
    // The level as a word too: colours and signs are not everybody's.
    let mut diagnostic = MietteDiagnostic::new(inline(&finding.message))
        .with_severity(severity)
        .with_code(format!("{} {}", finding.severity.name(), rule.id));
    let honest =
        |url: &&String| url.starts_with("https://") && url.bytes().all(|byte| byte.is_ascii_graphic());
    if let Some(url) = rule.url.as_ref().filter(honest).filter(|_| style.links) {
        diagnostic = diagnostic.with_url(url);
    }
    // A ruleset's rule may have nothing to say beyond its message.
    if !help.is_empty() {
        diagnostic = diagnostic.with_help(help.trim_start());
    }
    let text = finding.primary.file.and_then(|file| report.file(file).text.as_ref().map(|text| (file, text)));
    let rendered = match text {
        Some((file, text)) if !text.as_str().is_empty() => {
            let excerpt = Excerpt::within(&report.file(file).path, text, finding.primary.span, style.width);
            let label = LabeledSpan::new_with_span(None, excerpt.mark);
            miette::Report::new(diagnostic.with_label(label)).with_source_code(excerpt)
        }
        _ => miette::Report::new(diagnostic),
    };
    let mut printed = String::new();
    handler.render_report(&mut printed, rendered.as_ref()).map_err(io::Error::other)?;
    out.write_all(printed.as_bytes())?;
    writeln!(out)
}

fn plural(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Colour, or none.
struct Paint(bool);

impl Paint {
    fn with(&self, code: &str, text: &str) -> String {
        if self.0 { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(&self, text: &str) -> String {
        self.with("1", text)
    }

    fn dim(&self, text: &str) -> String {
        self.with("2", text)
    }

    fn severity(&self, severity: Severity, text: &str) -> String {
        match severity {
            Severity::Error => self.with("1;31", text),
            Severity::Warning => self.with("33", text),
            Severity::Note | Severity::Hint => self.with("36", text),
        }
    }
}
