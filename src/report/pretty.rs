//! For people at a terminal: grouped by file, each finding with its excerpt, and at the end what
//! that means standard by standard.

use super::escape::inline;
use super::place::place;
use super::{Excerpt, Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{FileId, Finding, Outcome, Severity};
use crate::pack::form::Mend;
use crate::verdict::facts::UNSAID;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The format.
pub(super) struct Pretty;

/// Findings of one rule in one file that are shown with an excerpt; of more, only the places.
const SHOWN: usize = 3;
/// Places listed of the rest.
const LISTED: usize = 12;

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
        let theme = if style.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_links(false)
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
        for (file, findings) in &by_file {
            let name = file.map_or("the repository", |file| report.file(file).path.as_str());
            let target = file.and_then(|file| report.file(file).target.as_deref());
            let paint = Paint(style.colour);
            writeln!(
                out,
                "{}{}",
                paint.bold(&inline(name)),
                target.map_or_else(String::new, |target| format!("  {}", paint.dim(target)))
            )?;
            let mut shown: BTreeMap<u32, usize> = BTreeMap::new();
            for finding in findings {
                let seen = shown.entry(finding.rule.0).or_default();
                *seen += 1;
                if *seen <= SHOWN {
                    one(report, finding, &handler, out)?;
                } else if *seen == SHOWN + 1 {
                    rest(report, findings, finding, out)?;
                }
            }
        }
        if !style.quiet {
            summary(report, style, out)?;
        }
        Ok(())
    }
}

fn one(
    report: &Report,
    finding: &Finding,
    handler: &GraphicalReportHandler,
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
    let mut diagnostic =
        MietteDiagnostic::new(inline(&finding.message)).with_severity(severity).with_code(&rule.id);
    // A ruleset's rule may have nothing to say beyond its message.
    if !help.is_empty() {
        diagnostic = diagnostic.with_help(help.trim_start());
    }
    let text = finding.primary.file.and_then(|file| report.file(file).text.as_ref().map(|text| (file, text)));
    let rendered = match text {
        Some((file, text)) if !text.as_str().is_empty() => {
            let excerpt = Excerpt::new(&report.file(file).path, text, finding.primary.span);
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

/// The places of what a rule finds beyond the first few of a file.
fn rest(report: &Report, findings: &[&Finding], first: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let alike: Vec<&&Finding> =
        findings.iter().filter(|finding| finding.rule == first.rule).skip(SHOWN).collect();
    let lines: Vec<String> = alike
        .iter()
        .take(LISTED)
        .map(|finding| place(report, &finding.primary).start.line.to_string())
        .collect();
    let more =
        if alike.len() > LISTED { format!(" and {} more", alike.len() - LISTED) } else { String::new() };
    writeln!(
        out,
        "  {} more of {} here, on lines {}{more}\n",
        alike.len(),
        report.rule(first.rule).id,
        lines.join(", ")
    )
}

/// Counts by severity.
#[derive(Default)]
struct Counts([usize; 4]);

impl Counts {
    fn add(&mut self, severity: Severity) {
        self.0[severity as usize] += 1;
    }

    fn of(&self, severity: Severity) -> usize {
        self.0[severity as usize]
    }
}

fn summary(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(style.colour);
    let mut packs: BTreeMap<Option<usize>, Counts> =
        (0..report.packs.len()).map(|pack| (Some(pack), Counts::default())).collect();
    let mut all = Counts::default();
    for finding in report.findings.iter().filter(|finding| finding.outcome.is_open()) {
        packs.entry(report.rule(finding.rule).pack).or_default().add(finding.severity);
        all.add(finding.severity);
    }
    let looked = |pack: Option<usize>| {
        report
            .rules
            .iter()
            .zip(&report.stats.rules)
            .any(|(rule, stats)| rule.pack == pack && stats.places > 0)
    };
    let name = |pack: Option<usize>| {
        pack.map_or("assize (files and references)", |pack| report.packs[pack].name.as_str())
    };
    // Standards that had nothing to say of what was judged share a line: there are many.
    let (mut idle, mut left_out): (Vec<&str>, BTreeMap<&str, Vec<&str>>) = (Vec::new(), BTreeMap::new());
    packs.retain(|&pack, counts| {
        let why = pack.and_then(|pack| report.packs[pack].left_out.as_deref());
        let silent = counts.0.iter().all(|count| *count == 0) && (why.is_some() || !looked(pack));
        match why.filter(|_| silent) {
            Some(why) => left_out.entry(why).or_default().push(name(pack)),
            None if silent => idle.push(name(pack)),
            None => {}
        }
        !silent
    });
    let width = packs.keys().map(|pack| name(*pack).len()).max().unwrap_or_default();
    writeln!(out, "{}", paint.bold("By standard"))?;
    for (pack, counts) in &packs {
        let line = [Severity::Error, Severity::Warning, Severity::Note, Severity::Hint]
            .into_iter()
            .filter(|&severity| counts.of(severity) > 0)
            .map(|severity| paint.severity(severity, &plural(counts.of(severity), severity.name())))
            .collect::<Vec<_>>()
            .join(", ");
        let line = if line.is_empty() { "nothing found".to_owned() } else { line };
        writeln!(out, "  {:width$}  {line}", name(*pack))?;
    }
    if report.partial().is_none() {
        silent(&idle, &left_out, style, out)?;
    }
    let recognised = report.files.iter().filter(|file| file.target.is_some()).count();
    writeln!(
        out,
        "\n{} seen, {recognised} recognised (--list-files shows as what).",
        plural(report.file_count(), "file")
    )?;
    for scope in &report.scopes {
        writeln!(out, "{}", super::wrap::wrap(&paint.bold(&inline(&scope.said())), style.width))?;
    }
    let left_out = report.unknown.iter().filter(|unknown| report.is_scope(unknown)).count();
    if report.unknown.len() > left_out {
        let things = plural(report.unknown.len() - left_out, "thing");
        writeln!(out, "{}", paint.bold(&format!("{things} could not be checked:")))?;
        unknown(report, out)?;
    }
    let total = [Severity::Error, Severity::Warning, Severity::Note]
        .map(|severity| plural(all.of(severity), severity.name()))
        .join(", ");
    accepted(report, out)?;
    let fails = report.fails(style.fail_on);
    let verdict = if fails { paint.severity(Severity::Error, &total) } else { total };
    writeln!(out, "{verdict}. `assize explain RULE` says more about a rule.")
}

/// The standards that found nothing to look at, and those that were left out, with the reason.
fn silent(
    idle: &[&str],
    left_out: &BTreeMap<&str, Vec<&str>>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut text = String::new();
    if !idle.is_empty() {
        text.push_str(&format!("  nothing here to look at: {}\n", idle.join(", ")));
    }
    // Facts that no file shows are those of other countries and of some bodies: they are many.
    let (unsaid, known): (Vec<_>, Vec<_>) = left_out.iter().partition(|(why, _)| why.ends_with(UNSAID));
    let unsaid: Vec<String> = unsaid
        .iter()
        .map(|(why, packs)| format!("{} ({})", inline(why.trim_end_matches(UNSAID)), packs.join(", ")))
        .collect();
    if !unsaid.is_empty() {
        text.push_str(&format!(
            "  left out, for `--fact NAME=true` was not said of: {}\n",
            unsaid.join(", ")
        ));
    }
    for (why, packs) in known {
        text.push_str(&format!("  left out, {}: {}\n", inline(why), packs.join(", ")));
    }
    let wrapped = super::wrap::wrap(&text, style.width);
    let paint = Paint(style.colour);
    wrapped.lines().try_for_each(|line| writeln!(out, "{}", paint.dim(line)))
}

/// What waivers, comments and the baseline accept, and until when.
fn accepted(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<(u8, String), usize> = BTreeMap::new();
    for finding in &report.findings {
        let Some(why) = finding.outcome.accepted() else { continue };
        let id = inline(why.id.as_deref().unwrap_or_default()).into_owned();
        let until = match (&why.until, why.days_left) {
            (Some(until), Some(1)) => format!(", until {until} (1 day left)"),
            (Some(until), Some(days)) => format!(", until {until} ({days} days left)"),
            _ => String::new(),
        };
        let by = why.by.as_ref().map_or_else(String::new, |by| format!(", granted by {}", inline(by)));
        let group = match finding.outcome {
            Outcome::Waived(_) => (0, format!("waived: {id}{by}{until}")),
            Outcome::Suppressed(_) => (1, "explained in comments".to_owned()),
            Outcome::Baselined(_) => (2, format!("there before: {id}")),
            Outcome::Requested(_) => {
                (3, format!("with a waiver requested, which counts until it is granted: {id}{until}"))
            }
            Outcome::Open => continue,
        };
        *groups.entry(group).or_default() += 1;
    }
    for ((_, what), count) in groups {
        writeln!(out, "{} {what}.", plural(count, "finding"))?;
    }
    Ok(())
}

/// What could not be checked, grouped by reason.
fn unknown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let scopes: Vec<String> = report.scopes.iter().map(crate::engine::Scope::said).collect();
    for (reason, what) in report.unknown_by_reason() {
        if scopes.iter().any(|scope| scope == reason) {
            continue;
        }
        let shown: Vec<String> = what.iter().take(3).map(|what| inline(what).into_owned()).collect();
        let more = if what.len() > 3 { format!(" and {} more", what.len() - 3) } else { String::new() };
        writeln!(out, "  {} ({}{more})", inline(reason), shown.join(", "))?;
    }
    Ok(())
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
