//! A page to read: one file that needs nothing else, of a check or of a statement. It is readable
//! without its script, which only filters and turns pages; dark and print styles are its own.

mod accepted;
mod chart;
mod clauses;
mod findings;
mod kind;
pub(super) mod policy;
mod statement;
pub(super) mod text;

use super::{Reporter, Style};
use crate::engine::Report;
use crate::verdict::evidence::Judged;
use crate::verdict::statement::Statement;
use std::io::{self, Write};
use text::text;

/// The format.
pub(super) struct Html;

impl Reporter for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> &'static str {
        "a page to read, in one file that needs no network"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let rows = kind::of_check(report);
        head(&style.subject, "Check of", out)?;
        let fails = report.fails(style.fail_on);
        let (class, said) = if fails { ("k-bad", "Fails") } else { ("k-good", "Passes") };
        let level = style.fail_on.map_or_else(
            || "Nothing makes this run fail.".to_owned(),
            |level| match report.gate {
                crate::engine::Gate::All => {
                    format!("It fails on an open finding of level {} or above.", level.name())
                }
                crate::engine::Gate::Binding => "It fails on open findings of clauses that bind.".to_owned(),
            },
        );
        writeln!(
            out,
            "<section id=\"summary\" aria-labelledby=\"h-summary\"><h2 id=\"h-summary\">Summary</h2>\
             <p class=\"result\"><strong class=\"verdict {class}\">{said}</strong> {level}</p>"
        )?;
        clauses::tiles(report, out)?;
        clauses::by_standard(report, &rows, false, out)?;
        chart::write(&rows, false, "chart", out)?;
        section("clauses", "Clauses", out)?;
        clauses::table(report, &rows, false, "t-clauses", out)?;
        section("findings", "Findings", out)?;
        findings::write(report, out)?;
        section("accepted", "Waivers and other acceptances", out)?;
        accepted::waivers(report, &[], out)?;
        section("unknown", "What could not be checked", out)?;
        accepted::unknown(report, out)?;
        section("identity", "What it was judged by", out)?;
        packs(report, out)?;
        foot(out)
    }
}

/// Writes statements with the findings they rest on.
///
/// # Errors
/// Those of the output.
pub fn statements(
    statements: &[Statement],
    report: &Report,
    records: &[Judged],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names: Vec<&str> = statements.iter().map(|one| one.system.name.as_str()).collect();
    head(&names.join(", "), "Statement of conformance for", out)?;
    for (at, one) in statements.iter().enumerate() {
        let rows = kind::of_statement(report, &one.clauses);
        let (id, name) = match (at, statements.len()) {
            (0, 1) => ("summary".to_owned(), "Summary".to_owned()),
            (0, _) => ("summary".to_owned(), format!("Summary of {}", one.system.name)),
            _ => (format!("summary-{at}"), format!("Summary of {}", one.system.name)),
        };
        if at > 0 {
            writeln!(out, "</section>")?;
        }
        writeln!(
            out,
            "<section id=\"{id}\" aria-labelledby=\"h-{id}\"><h2 id=\"h-{id}\">{}</h2>",
            text(&name)
        )?;
        statement::result(one, out)?;
        clauses::by_standard(report, &rows, true, out)?;
        chart::write(&rows, true, &format!("chart{at}"), out)?;
        writeln!(out, "<h3>Facts and descriptions</h3>")?;
        statement::facts(one, out)?;
        writeln!(out, "<h3>Identity</h3>")?;
        statement::identity(one, out)?;
        let (id, name) = match (at, statements.len()) {
            (0, 1) => ("clauses".to_owned(), "Clauses".to_owned()),
            (0, _) => ("clauses".to_owned(), format!("Clauses of {}", one.system.name)),
            _ => (format!("clauses-{at}"), format!("Clauses of {}", one.system.name)),
        };
        section(&id, &name, out)?;
        clauses::table(report, &rows, true, &format!("t-clauses{at}"), out)?;
    }
    section("findings", "Findings", out)?;
    writeln!(
        out,
        "<p>Findings in tests, samples and superseded files are shown here and decide no verdict.</p>"
    )?;
    findings::write(report, out)?;
    section("accepted", "Waivers and evidence", out)?;
    let all: Vec<_> = statements.iter().flat_map(|one| one.clauses.iter().cloned()).collect();
    accepted::waivers(report, &all, out)?;
    accepted::records(records, out)?;
    section("unknown", "What could not be checked", out)?;
    accepted::unknown(report, out)?;
    section("identity", "What it was judged by", out)?;
    packs(report, out)?;
    foot(out)
}

/// Ends the section before and begins the next.
fn section(id: &str, name: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "</section><section id=\"{id}\" aria-labelledby=\"h-{id}\"><h2 id=\"h-{id}\">{}</h2>",
        text(name)
    )
}

/// From the doctype to the beginning of the first section.
fn head(subject: &str, what: &str, out: &mut dyn Write) -> io::Result<()> {
    let subject = text(subject);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <meta name=\"generator\" content=\"assize {}\">\n<title>{what} {subject}</title>\n<style>{}</style>\n<script>{}</script>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to the report</a>\n<header><h1>{what} {subject}</h1>\n\
         <nav aria-label=\"Sections\"><ul>",
        policy::of_page(),
        env!("CARGO_PKG_VERSION"),
        *policy::STYLE,
        *policy::SCRIPT
    )?;
    for (id, name) in [
        ("summary", "Summary"),
        ("clauses", "Clauses"),
        ("findings", "Findings"),
        ("accepted", "Waivers"),
        ("unknown", "Not checked"),
        ("identity", "Judged by"),
    ] {
        writeln!(out, "<li><a href=\"#{id}\">{name}</a></li>")?;
    }
    writeln!(out, "</ul></nav></header>\n<main id=\"main\" tabindex=\"-1\">")
}

fn foot(out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "</section></main>\n<footer><p>Made by assize {}. This page opens no network connection.</p></footer>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

/// The packs with their digests.
fn packs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Table of packs\"><table><caption>Packs</caption><thead><tr>\
         <th scope=\"col\">Pack</th><th scope=\"col\">Version</th><th scope=\"col\">SHA-256</th></tr></thead><tbody>"
    )?;
    for pack in &report.packs {
        writeln!(
            out,
            "<tr><th scope=\"row\"><code>{}</code></th><td>{}</td><td><code>{}</code></td></tr>",
            text(&pack.name),
            text(&pack.version),
            text(&pack.digest)
        )?;
    }
    writeln!(out, "</tbody></table></div>")
}
