//! The letter in Markdown.

use super::super::escape::markdown;
use super::super::markdown::{cell, count, reference};
use super::{ANSWERS, Content, Item};
use std::fmt::Write as _;

pub(super) fn write(letter: &Content<'_>) -> String {
    let mut page = String::new();
    let _ = writeln!(page, "# What to mend first: {}\n", cell(letter.subject));
    let _ = writeln!(page, "{}\n", letter.summary());
    for scope in &letter.scopes {
        let _ = writeln!(page, "{}\n", cell(scope));
    }
    if let Some(origin) = letter.origin {
        let commit = origin.commit.as_deref().unwrap_or("an unknown commit");
        let _ = writeln!(page, "Judged was {} at {}.\n", cell(&origin.uri), cell(commit));
    }
    if letter.is_clean() {
        let _ = writeln!(page, "{}\n", letter.nothing());
    }
    for part in &letter.parts {
        let _ = writeln!(page, "## {}\n\n{}\n", part.heading, part.what);
        for (number, rule) in part.rules.iter().enumerate() {
            item(&mut page, number + 1, rule);
        }
        if part.more > 0 {
            let _ = writeln!(page, "\n{} more follow in the report.", count(part.more, "rule"));
        }
        page.push('\n');
    }
    if !letter.accepted.is_empty() {
        let all: Vec<String> =
            letter.accepted.iter().map(|(name, count)| format!("{count} {name}")).collect();
        let _ = writeln!(page, "\nAccepted: {}.", all.join(", "));
    }
    if letter.unknown > 0 {
        let _ = writeln!(page, "\n### Could not be checked ({}), so unknown\n", letter.unknown);
        for (reason, times) in &letter.reasons {
            let _ = writeln!(page, "- {} ({times})", cell(reason));
        }
        if letter.more_reasons > 0 {
            let _ = writeln!(page, "- and {} more reasons", letter.more_reasons);
        }
    }
    let _ = writeln!(page, "\n## How to answer\n");
    for answer in ANSWERS {
        let _ = writeln!(page, "- {answer}");
    }
    let _ = writeln!(page, "\n## Judged by\n");
    for pack in &letter.packs {
        let _ = writeln!(
            page,
            "- {} ({}), {}; pack {} {}, sha256 {}",
            cell(pack.title),
            cell(pack.edition),
            cell(pack.authority),
            cell(pack.name),
            cell(pack.version),
            pack.digest
        );
    }
    let _ = writeln!(page, "- assize {}", env!("CARGO_PKG_VERSION"));
    page
}

fn item(page: &mut String, number: usize, rule: &Item<'_>) {
    let _ = writeln!(
        page,
        "{number}. **{}** ({}, {}{})",
        cell(rule.title),
        reference(rule.source, rule.url),
        rule.severity,
        if rule.harmful { ", does much harm" } else { "" }
    );
    if !rule.help.is_empty() {
        let _ = writeln!(page, "   - To mend it: {}", markdown(rule.help));
    }
    for spot in &rule.places {
        let place = match spot.at {
            None => "The repository".to_owned(),
            Some((file, line)) => format!("{}, line {line}", cell(file)),
        };
        match spot.message {
            Some(message) => {
                let _ = writeln!(page, "   - {place}: {}", cell(message));
            }
            None => {
                let _ = writeln!(page, "   - {place}");
            }
        }
    }
    if rule.more > 0 {
        let _ = writeln!(page, "   - and {}", count(rule.more, "more place"));
    }
}
