//! The findings with their excerpts, grouped by rule: what a rule wants is said once, however often
//! it is broken.

use super::super::Excerpt;
use super::super::place::place;
use super::clauses::OWN;
use super::text::{lines, link, text};
use crate::engine::Report;
use crate::finding::{Finding, Outcome, RuleId, Severity};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// Findings of one part of a long list.
const PART: usize = 50;

/// Groups stand in this order: open before accepted, grave before slight, then by rule.
type Key = (bool, std::cmp::Reverse<Severity>, RuleId);

/// Writes the filter and the groups.
pub(super) fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut groups: BTreeMap<Key, Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        let key = (!finding.outcome.is_open(), std::cmp::Reverse(finding.severity), finding.rule);
        groups.entry(key).or_default().push(finding);
    }
    if groups.is_empty() {
        return writeln!(out, "<p>Nothing was found.</p>");
    }
    filter(report, &groups, out)?;
    writeln!(out, "<div id=\"list\">")?;
    // A rule's first group has its name as an anchor: the clause table leads there.
    let mut named = BTreeSet::new();
    let mut number = 0;
    for ((accepted, severity, rule), findings) in &groups {
        let anchor = if named.insert(*rule) { format!(" id=\"r{}\"", rule.0) } else { String::new() };
        group(report, *rule, severity.0, *accepted, findings.len(), &anchor, out)?;
        // Long lists come in parts: a browser lays out only those in sight.
        let class = if findings.len() > PART { " class=\"part\"" } else { "" };
        for part in findings.chunks(PART) {
            writeln!(out, "<ol{class}>")?;
            for finding in part {
                number += 1;
                one(report, finding, number, out)?;
            }
            writeln!(out, "</ol>")?;
        }
        writeln!(out, "</section>")?;
    }
    writeln!(out, "</div>")?;
    pager("below", out)
}

fn filter(report: &Report, groups: &BTreeMap<Key, Vec<&Finding>>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<form id=\"filter\" class=\"filter\" hidden>\
         <label>Search <input id=\"search\" type=\"search\" autocomplete=\"off\"></label>\
         <label>Level <select id=\"level\"><option value=\"\">all</option>"
    )?;
    let severities: BTreeSet<_> = groups.keys().map(|(_, severity, _)| *severity).collect();
    for severity in severities {
        writeln!(out, "<option>{}</option>", severity.0.name())?;
    }
    writeln!(out, "</select></label><label>Standard <select id=\"pack\"><option value=\"\">all</option>")?;
    let packs: BTreeSet<_> = groups.keys().map(|(_, _, rule)| report.rule(*rule).pack).collect();
    for pack in packs {
        let name = pack.map_or(OWN, |pack| report.packs[pack].name.as_str());
        let value = pack.map_or_else(|| "own".to_owned(), |pack| pack.to_string());
        writeln!(out, "<option value=\"{value}\">{}</option>", text(name))?;
    }
    writeln!(
        out,
        "</select></label><label>State <select id=\"state\"><option value=\"\">all</option>\
         <option value=\"open\">open</option><option value=\"accepted\">accepted</option></select></label>\
         <p id=\"told\" class=\"told\" role=\"status\"></p></form>"
    )?;
    pager("above", out)
}

fn pager(place: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<nav class=\"pager\" aria-label=\"Pages of findings, {place} the list\" hidden>\
         <button type=\"button\" data-to=\"first\">First</button><button type=\"button\" data-to=\"previous\">Previous</button>\
         <span class=\"page\"></span>\
         <button type=\"button\" data-to=\"next\">Next</button><button type=\"button\" data-to=\"last\">Last</button></nav>"
    )
}

fn group(
    report: &Report,
    id: RuleId,
    severity: Severity,
    accepted: bool,
    count: usize,
    anchor: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let rule = report.rule(id);
    let pack = rule.pack.map_or_else(|| "own".to_owned(), |pack| pack.to_string());
    let state = if accepted { "accepted" } else { "open" };
    let name = severity.name();
    writeln!(
        out,
        "<section class=\"rule s-{name}\"{anchor} data-level=\"{name}\" data-pack=\"{pack}\" data-state=\"{state}\">\
         <h3><span class=\"level\">{name}</span> {}</h3><p class=\"quiet\"><code>{}</code>, {count} {state}",
        text(&rule.title),
        text(&rule.id),
    )?;
    if let Some(clause) = report.clause_of(id) {
        let url = rule.url.as_deref().unwrap_or(&clause.url);
        write!(
            out,
            ". Clause {} ({}, {}): {}",
            link(Some(url), &clause.source),
            clause.level.name(),
            clause.standing.name(),
            text(&clause.title)
        )?;
    } else if let Some(url) = &rule.url {
        write!(out, ". {}", link(Some(url), "About this rule"))?;
    }
    writeln!(out, "</p>")?;
    if !rule.help.is_empty() {
        writeln!(out, "<p><b>What to do:</b> {}</p>", text(&rule.help))?;
    }
    Ok(())
}

fn one(report: &Report, finding: &Finding, number: usize, out: &mut dyn Write) -> io::Result<()> {
    let placed = place(report, &finding.primary);
    let at = match finding.primary.file {
        Some(_) => format!("{}:{}:{}", text(placed.file), placed.start.line, placed.start.column),
        None => "the repository".to_owned(),
    };
    write!(out, "<li id=\"f{number}\"><p><code class=\"at\">{at}</code> {}</p>", text(&finding.message))?;
    let source = finding.primary.file.and_then(|file| report.file(file).text.as_ref());
    if let Some(source) = source.filter(|source| !source.as_str().is_empty()) {
        excerpt(&Excerpt::new(placed.file, source, finding.primary.span), out)?;
    }
    if let Some(hint) = finding.hint.as_ref().filter(|hint| **hint != report.rule(finding.rule).help) {
        write!(out, "<p>{}</p>", text(hint))?;
    }
    if !finding.related.is_empty() {
        write!(out, "<ul class=\"related\">")?;
        for related in &finding.related {
            let placed = place(report, &related.location);
            write!(
                out,
                "<li><code class=\"at\">{}:{}:{}</code> {}</li>",
                text(placed.file),
                placed.start.line,
                placed.start.column,
                text(&related.message)
            )?;
        }
        write!(out, "</ul>")?;
    }
    if let Some(said) = became(&finding.outcome) {
        write!(out, "<p class=\"became\">{said}</p>")?;
    }
    writeln!(out, "</li>")
}

fn excerpt(excerpt: &Excerpt, out: &mut dyn Write) -> io::Result<()> {
    let shown = excerpt.text();
    let mark = excerpt.mark.offset()..excerpt.mark.offset() + excerpt.mark.len();
    write!(out, "<pre>")?;
    let mut from = 0;
    for (number, line) in (excerpt.first_line()..).zip(shown.split_inclusive('\n')) {
        let to = from + line.len();
        write!(out, "<span class=\"n\">{number:>5}</span> ")?;
        if mark.start >= from && mark.start < to {
            let end = mark.end.min(to);
            write!(
                out,
                "{}<mark>{}</mark>{}",
                lines(&shown[from..mark.start]),
                lines(&shown[mark.start..end]),
                lines(&shown[end..to])
            )?;
        } else {
            write!(out, "{}", lines(line))?;
        }
        from = to;
    }
    write!(out, "</pre>")
}

/// What became of a finding that was accepted, or is asked to be.
fn became(outcome: &Outcome) -> Option<String> {
    let why = outcome.accepted()?;
    let how = match outcome {
        Outcome::Waived(_) => "Waived",
        Outcome::Requested(_) => "A waiver was requested; until it is granted this counts",
        Outcome::Suppressed(_) => "Explained in a comment",
        Outcome::Open | Outcome::Baselined(_) => "There before",
    };
    let id = why.id.as_ref().map_or_else(String::new, |id| format!(" ({})", text(id)));
    let by = why.by.as_ref().map_or_else(String::new, |by| format!(", granted by {}", text(by)));
    let until = why.until.as_ref().map_or_else(String::new, |until| format!(", until {}", text(until)));
    let reason = if why.reason.is_empty() { String::new() } else { format!(": {}", text(&why.reason)) };
    Some(format!("{how}{id}{by}{until}{reason}"))
}
