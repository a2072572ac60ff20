//! Waivers, records of evidence and what could not be checked, with their dates and reasons.

use super::text::text;
use crate::engine::Report;
use crate::finding::Outcome;
use crate::verdict::evidence::{self, Judged};
use crate::verdict::statement::{ClausePart, WaiverPart};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A waiver, or another acceptance, with the findings under it.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Acceptance {
    how: &'static str,
    id: String,
    by: String,
    until: String,
    days: Option<i64>,
    reason: String,
}

/// The table of what is accepted; nothing where nothing is.
pub(super) fn waivers(report: &Report, clauses: &[ClausePart], out: &mut dyn Write) -> io::Result<()> {
    let mut all: BTreeMap<Acceptance, usize> = BTreeMap::new();
    for finding in &report.findings {
        let Some(why) = finding.outcome.accepted() else { continue };
        let how = match finding.outcome {
            Outcome::Waived(_) => "waived",
            Outcome::Requested(_) => "requested: counts until granted",
            Outcome::Suppressed(_) => "explained in a comment",
            Outcome::Open | Outcome::Baselined(_) => "there before",
        };
        let acceptance = Acceptance {
            how,
            id: why.id.clone().unwrap_or_default(),
            by: why.by.clone().unwrap_or_default(),
            until: why.until.clone().unwrap_or_default(),
            days: why.days_left,
            reason: why.reason.clone(),
        };
        *all.entry(acceptance).or_default() += 1;
    }
    // Of clauses that no rule tests.
    for waiver in clauses.iter().filter_map(|clause| clause.waiver.as_ref()) {
        if !all.keys().any(|known| known.id == waiver.id) {
            all.entry(of_clause(waiver)).or_default();
        }
    }
    if all.is_empty() {
        return writeln!(out, "<p>Nothing is waived, explained in a comment, or in a baseline.</p>");
    }
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of waivers\"><table><caption>What is accepted, by whom and until when</caption><thead><tr>\
         <th scope=\"col\">Id</th><th scope=\"col\">State</th><th scope=\"col\">Granted by</th><th scope=\"col\">Last day</th>\
         <th scope=\"col\" class=\"number\">Days left</th><th scope=\"col\" class=\"number\">Findings</th><th scope=\"col\">Reason</th></tr></thead><tbody>"
    )?;
    for (one, findings) in &all {
        let days = one.days.map_or_else(|| "–".to_owned(), |days| days.to_string());
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td class=\"number\">{days}</td><td class=\"number\">{findings}</td><td>{}</td></tr>",
            text(&one.id),
            one.how,
            text(&one.by),
            text(&one.until),
            text(&one.reason)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn of_clause(waiver: &WaiverPart) -> Acceptance {
    Acceptance {
        how: if waiver.state == "granted" { "waived" } else { "requested: counts until granted" },
        id: waiver.id.clone(),
        by: waiver.by.clone().unwrap_or_default(),
        until: waiver.until.clone(),
        days: Some(waiver.days_left),
        reason: waiver.reason.clone(),
    }
}

/// The table of records.
pub(super) fn records(records: &[Judged], out: &mut dyn Write) -> io::Result<()> {
    if records.is_empty() {
        return writeln!(out, "<p>There are no records of evidence in the tree.</p>");
    }
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of evidence\"><table><caption>Records that show what no program can see</caption><thead><tr>\
         <th scope=\"col\">Clause</th><th scope=\"col\">Says</th><th scope=\"col\">State</th><th scope=\"col\">Issued</th><th scope=\"col\">Last day</th>\
         <th scope=\"col\">Signed off by</th><th scope=\"col\">Grade</th><th scope=\"col\">Statement</th><th scope=\"col\">File</th></tr></thead><tbody>"
    )?;
    for judged in records {
        let form = &judged.record.form;
        writeln!(
            out,
            "<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>",
            text(&form.clause),
            if form.outcome == evidence::Outcome::Met { "met" } else { "not met" },
            if judged.holds { "holds" } else { "does not hold" },
            form.issued,
            judged.until,
            text(&form.signed_off_by),
            form.grade.name(),
            text(&form.statement),
            text(&judged.path)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// What could not be checked, by reason.
pub(super) fn unknown(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    if report.unknown.is_empty() {
        return writeln!(out, "<p>Everything that was to be checked could be checked.</p>");
    }
    writeln!(out, "<ul>")?;
    for (reason, what) in report.unknown_by_reason() {
        let shown: Vec<String> = what.iter().take(SHOWN).map(|what| text(what)).collect();
        let more = what.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "<li>{} <span class=\"quiet\">({}{more})</span></li>", text(reason), shown.join(", "))?;
    }
    writeln!(out, "</ul>")
}

/// Places listed of one reason.
const SHOWN: usize = 20;
