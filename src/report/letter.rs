//! What an auditor sends to a supplier: what was judged by what, what to mend first, by whom, and
//! how to answer. Markdown; a person reads it, so that each rule is told once with its places.

use super::escape::markdown;
use super::markdown::{accepted, cell, clause, count, unknown};
use super::order::{self, ranked};
use super::place::place;
use super::{Reporter, Style};
use crate::engine::Report;
use crate::finding::{Finding, RuleId, Severity};
use crate::pack::form::Mend;
use std::fmt::Write as _;
use std::io;

/// The format.
pub(super) struct Letter;

/// Places of one rule that are named.
const PLACES: usize = 12;
/// Rules told under one heading.
const RULES: usize = 60;

/// Who mends it, the heading, and what it means.
const PARTS: [(Mend, &str, &str); 3] = [
    (Mend::Here, "What you can mend in this repository", "In this order: what does most harm comes first."),
    (
        Mend::Owner,
        "What somebody else must mend",
        "A change to these files alone does not help. Please pass it on to whoever keeps the domain, the service or the key, and tell us who that is.",
    ),
    (
        Mend::Waiver,
        "What needs a new version or a waiver",
        "Mending it would break those who rely on it as it is. Plan it for the next version, or ask for a waiver: `assize waiver request RULE --reason \"...\"`.",
    ),
];

impl Reporter for Letter {
    fn name(&self) -> &'static str {
        "letter"
    }

    fn about(&self) -> &'static str {
        "Markdown that an auditor sends to a supplier: what to mend first, and who can"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(letter(report, style).as_bytes())
    }
}

fn letter(report: &Report, style: &Style) -> String {
    let mut page = String::new();
    let findings = ranked(report);
    let of = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let _ = writeln!(page, "# What to mend first: {}\n", cell(&style.subject));
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let _ = writeln!(
        page,
        "We judged {} by the standards listed at the end. There {} {}, {} and {} to look at.\n",
        count(report.file_count(), "file"),
        if errors == 1 { "is" } else { "are" },
        count(errors, "error"),
        count(warnings, "warning"),
        count(findings.len() - errors - warnings, "note")
    );
    for scope in &report.scopes {
        let _ = writeln!(page, "{}\n", cell(&scope.said()));
    }
    if let Some(origin) = &style.origin {
        let commit = origin.commit.as_deref().unwrap_or("an unknown commit");
        let _ = writeln!(page, "Judged was {} at {}.\n", cell(&origin.uri), cell(commit));
    }
    if findings.is_empty() {
        let part = if report.partial().is_some() { " in what was judged" } else { "" };
        let _ = writeln!(page, "There is nothing to mend{part}.\n");
    }
    for (who, heading, what) in PARTS {
        let own: Vec<&Finding> =
            findings.iter().copied().filter(|finding| order::mend(report, finding) == who).collect();
        if !own.is_empty() {
            let _ = writeln!(page, "## {heading}\n\n{what}\n");
            part(&mut page, report, &own);
        }
    }
    accepted(&mut page, report);
    unknown(&mut page, report);
    let _ = writeln!(page, "\n## How to answer\n");
    let _ = writeln!(
        page,
        "- Mend it, and run `assize check` yourself: it gives the same answer on the same files.\n- `assize explain RULE` says more about a rule.\n- Where a finding is wrong or cannot be mended, ask for a waiver with your reason: `assize waiver request RULE --reason \"...\"`. Until it is granted, the finding counts.\n- Where something could not be checked, tell us how we can see it."
    );
    let _ = writeln!(page, "\n## Judged by\n");
    for pack in report.packs.iter().filter(|pack| pack.left_out.is_none()) {
        let title = if pack.title.is_empty() { &pack.name } else { &pack.title };
        let _ = writeln!(
            page,
            "- {} ({}), {}; pack {} {}, sha256 {}",
            cell(title),
            cell(&pack.edition),
            cell(&pack.authority),
            cell(&pack.name),
            cell(&pack.version),
            pack.digest.get(..16).unwrap_or(&pack.digest)
        );
    }
    let _ = writeln!(page, "- assize {}", env!("CARGO_PKG_VERSION"));
    page
}

/// Rules in the order of their most harmful finding.
fn part(page: &mut String, report: &Report, findings: &[&Finding]) {
    let mut rules: Vec<(RuleId, Vec<&Finding>)> = Vec::new();
    for finding in findings {
        match rules.iter_mut().find(|(rule, _)| *rule == finding.rule) {
            Some((_, list)) => list.push(finding),
            None => rules.push((finding.rule, vec![finding])),
        }
    }
    for (number, (id, findings)) in rules.iter().take(RULES).enumerate() {
        let rule = report.rule(*id);
        let first = findings[0];
        let title = if rule.title.is_empty() { &first.message } else { &rule.title };
        let _ = writeln!(
            page,
            "{}. **{}** ({}, {}{})",
            number + 1,
            cell(title),
            clause(report, first),
            first.severity.name(),
            if order::harm(report, first) >= 70 { ", does much harm" } else { "" }
        );
        if !rule.help.is_empty() {
            let _ = writeln!(page, "   - To mend it: {}", markdown(&rule.help));
        }
        let mut said: Vec<&str> = Vec::new();
        for finding in findings.iter().take(PLACES) {
            let placed = place(report, &finding.primary);
            let message = finding.message.as_str();
            let place = if placed.file == "." {
                "The repository".to_owned()
            } else {
                format!("{}, line {}", cell(placed.file), placed.start.line)
            };
            // What is the same everywhere is said once.
            if said.contains(&message) {
                let _ = writeln!(page, "   - {place}");
            } else {
                let _ = writeln!(page, "   - {place}: {}", cell(message));
                said.push(message);
            }
        }
        if findings.len() > PLACES {
            let _ = writeln!(page, "   - and {}", count(findings.len() - PLACES, "more place"));
        }
    }
    if rules.len() > RULES {
        let _ = writeln!(page, "\n{} more follow in the report.", count(rules.len() - RULES, "rule"));
    }
    page.push('\n');
}
