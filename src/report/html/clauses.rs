//! The summary by standard and the table of clauses.

use super::chart;
use super::kind::{ALL, Row};
use super::text::{link, text};
use crate::engine::Report;
use crate::finding::Severity;
use std::io::{self, Write};

/// What findings without a standard stand under.
pub(super) const OWN: &str = "assize (files and references)";

const SEVERITIES: [Severity; 4] = [Severity::Error, Severity::Warning, Severity::Note, Severity::Hint];

/// Findings and clauses of each standard.
pub(super) fn by_standard(
    report: &Report,
    rows: &[Row<'_>],
    verdicts: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut counts = vec![[0_usize; 5]; report.packs.len() + 1];
    for finding in &report.findings {
        let pack = report.rule(finding.rule).pack.unwrap_or(report.packs.len());
        let column = if finding.outcome.is_open() { 3 - finding.severity as usize } else { 4 };
        counts[pack][column] += 1;
    }
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of standards\"><table>\
         <caption>Open findings and clauses of each standard</caption><thead><tr>\
         <th scope=\"col\">Standard</th><th scope=\"col\">Edition</th>\
         <th scope=\"col\" class=\"number\">Errors</th><th scope=\"col\" class=\"number\">Warnings</th>\
         <th scope=\"col\" class=\"number\">Notes</th><th scope=\"col\" class=\"number\">Hints</th>\
         <th scope=\"col\" class=\"number\">Accepted</th><th scope=\"col\">Clauses</th></tr></thead><tbody>"
    )?;
    for (at, counts) in counts.iter().enumerate() {
        let pack = report.packs.get(at);
        let of_pack = chart::count(rows.iter().filter(|row| row.pack == Some(at) && pack.is_some()));
        let clauses: Vec<String> = ALL
            .into_iter()
            .filter(|kind| of_pack[*kind as usize] > 0)
            .map(|kind| format!("{} {}", kind.said(verdicts), of_pack[kind as usize]))
            .collect();
        let (name, edition) = match pack {
            Some(pack) => {
                let title = if pack.title.is_empty() { &pack.name } else { &pack.title };
                let by = if pack.authority.is_empty() {
                    String::new()
                } else {
                    format!(
                        "<br><span class=\"quiet\">{}, <code>{}</code></span>",
                        text(&pack.authority),
                        text(&pack.name)
                    )
                };
                (format!("{}{by}", link(Some(&pack.url), title)), text(&pack.edition))
            }
            None => (text(OWN), text("")),
        };
        write!(out, "<tr><th scope=\"row\">{name}</th><td>{edition}</td>")?;
        for count in counts {
            write!(out, "<td class=\"number\">{count}</td>")?;
        }
        let said = match pack.and_then(|pack| pack.left_out.as_deref()) {
            Some(why) => format!("left out: {}", text(why)),
            None => text(&clauses.join(", ")),
        };
        writeln!(out, "<td>{said}</td></tr>")?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// Every clause with its outcome. `id` is the table's.
pub(super) fn table(
    report: &Report,
    rows: &[Row<'_>],
    verdicts: bool,
    id: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let kinds = ALL.into_iter().filter(|kind| rows.iter().any(|row| row.kind == *kind));
    writeln!(
        out,
        "<form class=\"filter\" data-table=\"{id}\" hidden><label>{} <select data-by=\"kind\"><option value=\"\">all</option>",
        if verdicts { "Verdict" } else { "Outcome" }
    )?;
    for kind in kinds {
        writeln!(out, "<option value=\"{}\">{}</option>", kind.class(), kind.said(verdicts))?;
    }
    writeln!(out, "</select></label><label>Level <select data-by=\"level\"><option value=\"\">all</option>")?;
    let mut levels: Vec<_> = rows.iter().map(|row| row.level).collect();
    levels.sort_unstable();
    levels.dedup();
    for level in levels {
        writeln!(out, "<option>{}</option>", level.name())?;
    }
    writeln!(
        out,
        "</select></label><label>Standard <select data-by=\"pack\"><option value=\"\">all</option>"
    )?;
    for (at, pack) in report.packs.iter().enumerate() {
        if rows.iter().any(|row| row.pack == Some(at)) {
            writeln!(out, "<option value=\"{at}\">{}</option>", text(&pack.name))?;
        }
    }
    writeln!(
        out,
        "</select></label><label>Search <input type=\"search\" data-by=\"text\" autocomplete=\"off\"></label>\
         <p role=\"status\" class=\"told\"></p></form>\
         {}<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of clauses\"><table id=\"{id}\" class=\"clauses{}\">\
         <caption>{} clauses</caption><thead><tr><th scope=\"col\">Clause</th><th scope=\"col\">Demand</th>\
         <th scope=\"col\">Level</th><th scope=\"col\">Standing</th><th scope=\"col\">{}</th><th scope=\"col\">Why</th></tr></thead><tbody>",
        // A statement says of every clause why it does not apply; of a check that is no news on paper.
        if verdicts {
            ""
        } else {
            "<p class=\"paper\">Clauses with nothing to look at are left out on paper.</p>"
        },
        if verdicts { "" } else { " outcomes" },
        rows.len(),
        if verdicts { "Verdict" } else { "Outcome" }
    )?;
    for row in rows {
        let pack = row.pack.map_or_else(String::new, |pack| pack.to_string());
        let mut why = if row.why.is_empty() { String::new() } else { text(&row.why) };
        for (rule, count) in &row.rules {
            if !why.is_empty() {
                why.push(' ');
            }
            let plural = if *count == 1 { "" } else { "s" };
            why.push_str(&format!(
                "<a href=\"#r{}\">{count} finding{plural} of {}</a>",
                rule.0,
                text(&report.rule(*rule).id)
            ));
        }
        if why.is_empty() {
            why.push('–');
        }
        writeln!(
            out,
            "<tr data-kind=\"{class}\" data-level=\"{level}\" data-pack=\"{pack}\"><th scope=\"row\">{}</th><td>{}</td>\
             <td>{level}{}</td><td>{}</td><td><span class=\"verdict {class}\">{}</span></td><td>{why}</td></tr>",
            link(Some(row.url), row.source),
            text(row.title),
            if row.binding { ", binding" } else { "" },
            row.standing.name(),
            row.kind.said(verdicts),
            class = row.kind.class(),
            level = row.level.name(),
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}

/// Tiles with the counts that a reader looks for first.
pub(super) fn tiles(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ul class=\"tiles\">")?;
    let open = |severity| {
        let open = report.findings.iter().filter(|finding| finding.outcome.is_open());
        open.filter(|finding| finding.severity == severity).count()
    };
    for severity in SEVERITIES {
        let count = open(severity);
        if severity == Severity::Hint && count == 0 {
            continue;
        }
        let plural = if count == 1 { "" } else { "s" };
        writeln!(
            out,
            "<li class=\"tile s-{name}\"><strong>{count}</strong> {name}{plural}</li>",
            name = severity.name()
        )?;
    }
    let accepted = report.findings.iter().filter(|finding| !finding.outcome.is_open()).count();
    writeln!(
        out,
        "<li class=\"tile\"><strong>{accepted}</strong> accepted</li>\
         <li class=\"tile\"><strong>{}</strong> could not be checked</li>\
         <li class=\"tile\"><strong>{}</strong> files seen, {} recognised</li></ul>",
        report.unknown.len(),
        report.file_count(),
        report.files.iter().filter(|file| file.target.is_some()).count()
    )
}
