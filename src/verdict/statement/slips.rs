//! Slips in syntax that the parsers read past. A rule that found nothing in such a file may have found
//! nothing because what it looks for was lost: that is no proof. A few slips lose nothing.

use crate::engine::{Report, builtin};
use crate::finding::FileId;
use std::collections::HashMap;

/// How the messages of slips begin after which everything that the file says was read all the same.
const HARMLESS: [&str; 15] = [
    "JSON has no comments",
    "A comma stands after the last value",
    "A comma is missing here",
    "No value stands before this comma",
    "No member stands before this comma",
    "Values are separated by commas",
    "A key is followed by a colon",
    "A second colon stands after the key",
    "The colon between key and value is missing",
    "JSON strings stand in double quotes",
    "A line break stands in a string",
    "A tab stands in a string",
    "A byte order mark stands inside",
    "The key `",
    "The control character U+",
];

/// Files in which something may have been lost, with the first place and what is wrong there.
pub(super) fn lossy(report: &Report) -> HashMap<FileId, String> {
    let wanted = builtin::find("syntax");
    let mut found = HashMap::new();
    for finding in report.findings.iter().filter(|one| Some(one.rule.0 as usize) == wanted) {
        let Some(file) = finding.primary.file else { continue };
        if is_harmless(&finding.message) {
            continue;
        }
        found.entry(file).or_insert_with(|| {
            let known = report.file(file);
            let line = known.text.as_ref().map_or(1, |text| text.position(finding.primary.span.start).line);
            let message = finding.message.trim_end_matches('.');
            format!("{}:{line}: {message}. What stood there may be lost to the rule.", known.path)
        });
    }
    found
}

fn is_harmless(message: &str) -> bool {
    let gap = message == "The key has no value.";
    !gap && HARMLESS.iter().any(|start| message.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::is_harmless;
    use assize_tree::document::{Format, Limits, detect};
    use assize_tree::text::Text;
    use std::sync::Arc;

    fn messages(format: Format, text: &str) -> Vec<String> {
        let document = detect::parse(format, Arc::new(Text::from(text.to_owned())), Limits::default());
        document.problems().iter().map(|problem| problem.message.clone()).collect()
    }

    #[test]
    fn slips_that_lose_nothing_are_told_from_those_that_may() {
        for text in [
            "{\"a\": 1,}",
            "{\"a\": 1} // b",
            "{\"a\": 1 \"b\": 2}",
            "{'a': 1}",
            "{a: 1}",
            "[1,,2]",
            "{\"a\"= 1}",
            "{\"a\":: 1}",
            "{\"a\": \"x\ty\"}",
        ] {
            let found = messages(Format::Json, text);
            assert!(!found.is_empty() && found.iter().all(|one| is_harmless(one)), "{text}: {found:?}");
        }
        for (format, text) in [
            (Format::Json, "{\"a\": [1, 2"),
            (Format::Json, "{\"a\": , \"b\": 1}"),
            (Format::Json, "{\"a\": ...}"),
            (Format::Json, "{\"a\": undefined}"),
            (Format::Json, "{\"a\": 1 /* b"),
            (Format::Json, "{\"a\": \"b"),
            (Format::Yaml, "a: [1\nb: 2\n"),
            (Format::Yaml, "a: \"x\nb: 1\n"),
            (Format::Yaml, "a: b: c\n- d\n"),
            (Format::Toml, "a = \nb = 1\n"),
        ] {
            let found = messages(format, text);
            assert!(found.iter().any(|one| !is_harmless(one)), "{text}: {found:?}");
        }
    }
}
