//! What a check comes to: standard by standard, what could not be checked, what was accepted, and the
//! verdict.

use super::{Paint, plural};
use crate::engine::Report;
use crate::finding::{Outcome, Severity};
use crate::report::Style;
use crate::report::escape::inline;
use crate::verdict::facts::UNSAID;
use std::collections::BTreeMap;
use std::io::{self, Write};

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

/// Writes it.
pub(super) fn write(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let paint = Paint(style.colour);
    let mut packs: BTreeMap<Option<usize>, Counts> =
        (0..report.packs.len()).map(|pack| (Some(pack), Counts::default())).collect();
    let mut all = Counts::default();
    let mut settled: BTreeMap<Option<usize>, usize> = BTreeMap::new();
    for finding in &report.findings {
        let pack = report.rule(finding.rule).pack;
        if finding.outcome.is_open() {
            packs.entry(pack).or_default().add(finding.severity);
            all.add(finding.severity);
        } else {
            packs.entry(pack).or_default();
            *settled.entry(pack).or_default() += 1;
        }
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
        let accepted = settled.get(pack).map(|count| format!("{count} accepted"));
        let line = match (line.is_empty(), accepted) {
            (true, None) => "nothing found".to_owned(),
            (true, Some(accepted)) => format!("nothing new, {accepted}"),
            (false, None) => line,
            (false, Some(accepted)) => format!("{line} ({accepted})"),
        };
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
        writeln!(out, "{}", crate::report::wrap::wrap(&paint.bold(&inline(&scope.said())), style.width))?;
    }
    let left_out = report.unknown.iter().filter(|unknown| report.is_scope(unknown)).count();
    if report.unknown.len() > left_out {
        let things = plural(report.unknown.len() - left_out, "thing");
        writeln!(out, "{}", paint.bold(&format!("{things} could not be checked:")))?;
        unknown(report, out)?;
    }
    accepted(report, out)?;
    let levels = [Severity::Error, Severity::Warning, Severity::Note, Severity::Hint];
    if levels.iter().all(|&level| all.of(level) == 0) {
        let part = if report.partial().is_some() { " in what was judged" } else { "" };
        return writeln!(out, "{}", paint.bold(&format!("Nothing found{part}.")));
    }
    // Hints are told where there are any; the other levels always.
    let told = levels.iter().filter(|&&level| level != Severity::Hint || all.of(level) > 0);
    let total = told.map(|&level| plural(all.of(level), level.name())).collect::<Vec<_>>().join(", ");
    let fails = report.fails(style.fail_on);
    let verdict = if fails { paint.severity(Severity::Error, &total) } else { paint.bold(&total) };
    writeln!(out, "{verdict}. `assize explain RULE` says more about a rule.")
}

/// The standards that found nothing to look at and those that wait for a fact: how many, for they are many
/// after every run. Which ones the files themselves rule out is told with the reason.
fn silent(
    idle: &[&str],
    left_out: &BTreeMap<&str, Vec<&str>>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    // Facts that no file shows are those of other countries and of some bodies.
    let (unsaid, known): (Vec<_>, Vec<_>) = left_out.iter().partition(|(why, _)| why.ends_with(UNSAID));
    let mut text = String::new();
    for (why, packs) in known {
        text.push_str(&format!("  left out, {}: {}\n", inline(why), packs.join(", ")));
    }
    let mut told: Vec<String> = Vec::new();
    if !idle.is_empty() {
        told.push(format!("{} found nothing to look at", plural(idle.len(), "standard")));
    }
    if !unsaid.is_empty() {
        let count: usize = unsaid.iter().map(|(_, packs)| packs.len()).sum();
        let facts: Vec<&str> = unsaid.iter().map(|(why, _)| why.trim_end_matches(UNSAID)).take(3).collect();
        told.push(format!("{count} wait for a fact (--fact {}=true, ...)", inline(&facts.join("=true, "))));
    }
    if !told.is_empty() {
        text.push_str(&format!("  {}; `assize check --format json` names them\n", told.join("; ")));
    }
    let wrapped = crate::report::wrap::wrap(&text, style.width);
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
