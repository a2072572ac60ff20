//! The letter as a page: no script, one style of its own, and nothing that a browser would load.

use super::super::html::policy::{self, policy};
use super::super::html::text::{link, text};
use super::super::markdown::count;
use super::{ANSWERS, Content, Item};
use std::io::{self, Write};

/// The style sheet, with the line breaks that a browser hashes.
fn style() -> String {
    include_str!("letter.css").replace('\r', "")
}

pub(super) fn write(letter: &Content<'_>, out: &mut dyn Write) -> io::Result<()> {
    let style = style();
    let subject = text(letter.subject);
    writeln!(
        out,
        "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\
         <meta name=\"color-scheme\" content=\"light dark\">\
         <title>What to mend first: {subject}</title><style>{style}</style></head>\n\
         <body><main><h1>What to mend first: {subject}</h1>",
        policy(&policy::hash(&style), None)
    )?;
    writeln!(out, "<p>{}</p>", text(&letter.summary()))?;
    for scope in &letter.scopes {
        writeln!(out, "<p>{}</p>", text(scope))?;
    }
    if let Some(origin) = letter.origin {
        let commit = origin.commit.as_deref().unwrap_or("an unknown commit");
        writeln!(
            out,
            "<p>Judged was {} at <code>{}</code>.</p>",
            link(Some(&origin.uri), &origin.uri),
            text(commit)
        )?;
    }
    if letter.is_clean() {
        writeln!(out, "<p>{}</p>", letter.nothing())?;
    }
    for part in &letter.parts {
        writeln!(out, "<h2>{}</h2><p>{}</p><ol>", text(part.heading), typed(part.what))?;
        for rule in &part.rules {
            item(rule, out)?;
        }
        writeln!(out, "</ol>")?;
        if part.more > 0 {
            writeln!(out, "<p>{} more follow in the report.</p>", count(part.more, "rule"))?;
        }
    }
    if !letter.accepted.is_empty() {
        let all: Vec<String> =
            letter.accepted.iter().map(|(name, count)| format!("{count} {name}")).collect();
        writeln!(out, "<p>Accepted: {}.</p>", text(&all.join(", ")))?;
    }
    if letter.unknown > 0 {
        writeln!(out, "<h2>Could not be checked ({}), so unknown</h2><ul>", letter.unknown)?;
        for (reason, times) in &letter.reasons {
            writeln!(out, "<li>{} ({times})</li>", text(reason))?;
        }
        if letter.more_reasons > 0 {
            writeln!(out, "<li>and {} more reasons</li>", letter.more_reasons)?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(out, "<h2>How to answer</h2><ul>")?;
    for answer in ANSWERS {
        writeln!(out, "<li>{}</li>", typed(answer))?;
    }
    writeln!(out, "</ul><h2>Judged by</h2><ul>")?;
    for pack in &letter.packs {
        writeln!(
            out,
            "<li>{} ({}), {}; pack <code>{} {}</code>, sha256 <code>{}</code></li>",
            text(pack.title),
            text(pack.edition),
            text(pack.authority),
            text(pack.name),
            text(pack.version),
            text(pack.digest)
        )?;
    }
    writeln!(out, "<li>assize {}</li></ul></main></body></html>", env!("CARGO_PKG_VERSION"))
}

fn item(rule: &Item<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(
        out,
        "<li><h3>{}</h3><p class=\"meta\"><span class=\"{}\">{}</span> {}{}</p>",
        text(rule.title),
        rule.severity,
        rule.severity,
        link(rule.url, rule.source),
        if rule.harmful { ", does much harm" } else { "" }
    )?;
    if !rule.help.is_empty() {
        writeln!(out, "<p><strong>To mend it:</strong> {}</p>", typed(rule.help))?;
    }
    writeln!(out, "<ul>")?;
    for spot in &rule.places {
        let place = match spot.at {
            None => "The repository".to_owned(),
            Some((file, line)) => format!("<code>{}</code>, line {line}", text(file)),
        };
        match spot.message {
            Some(message) => writeln!(out, "<li>{place}: {}</li>", text(message))?,
            None => writeln!(out, "<li>{place}</li>")?,
        }
    }
    if rule.more > 0 {
        writeln!(out, "<li>and {}</li>", count(rule.more, "more place"))?;
    }
    writeln!(out, "</ul></li>")
}

/// Prose in which what stands between backticks is typed.
fn typed(prose: &str) -> String {
    let parts: Vec<&str> = prose.split('`').collect();
    // A backtick without a second one is only itself.
    if parts.len().is_multiple_of(2) {
        return text(prose);
    }
    let piece = |(at, part): (usize, &&str)| match (at % 2, part.is_empty()) {
        (_, true) => String::new(),
        (0, _) => text(part),
        _ => format!("<code>{}</code>", text(part)),
    };
    parts.iter().enumerate().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{style, typed};

    #[test]
    fn what_is_typed_stands_out_and_nothing_leaves_its_element() {
        assert_eq!(typed("Run `a <b>` now"), "Run <code>a &lt;b&gt;</code> now");
        assert_eq!(typed("One ` alone <x>"), "One &#96; alone &lt;x&gt;");
        assert!(!style().contains("</") && !style().contains("url("));
    }
}
