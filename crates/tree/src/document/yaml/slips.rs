//! The usual slips in YAML: what they are called, and how to read on. Every patch keeps the length
//! of the text in bytes, so that spans stay right.

use super::Failure;
use crate::text::{Problem, Span};
use granit_parser::ErrorKind;

/// Control characters that YAML 1.2 (section 5.1) does not allow: the first is named, all are read
/// as spaces.
pub(super) fn control_characters(source: &str) -> Option<(Problem, String)> {
    let bad = |byte: u8| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == 0x7F;
    let at = source.bytes().position(bad)?;
    let message = format!("The control character U+{:04X} is not allowed in YAML.", source.as_bytes()[at]);
    let problem = Problem::new("encoding", Span::new(at as u32, at as u32 + 1), message)
        .hint("Remove it, or write it as an escape in double quotes.");
    let patched =
        source.chars().map(|char| if char.is_ascii() && bad(char as u8) { ' ' } else { char }).collect();
    Some((problem, patched))
}

/// The line a byte stands on: its start, and its end without the line break.
fn line(source: &str, at: usize) -> (usize, usize) {
    let start = source[..at].rfind(['\n', '\r']).map_or(0, |found| found + 1);
    let end = source[at..].find(['\n', '\r']).map_or(source.len(), |found| at + found);
    (start, end)
}

/// A name for what went wrong.
pub(super) fn name(source: &str, failure: &Failure) -> Problem {
    if matches!(failure.kind, ErrorKind::RecursionLimitExceeded)
        || failure.words.contains("nesting")
        || failure.words.contains("recursion limit")
    {
        return Problem::new(
            "limit-depth",
            failure.span(source),
            "Nested deeper than the limit; what follows was not read.",
        )
        .hint("Raise the limit with --max-depth.");
    }
    let words = failure.words.trim_end_matches('.');
    let mut sentence: String = words.chars().take(1).flat_map(char::to_uppercase).collect();
    sentence.extend(words.chars().skip(1).map(|char| if char.is_control() { ' ' } else { char }));
    let hint = match failure.kind {
        ErrorKind::UnclosedQuotedScalar | ErrorKind::InvalidQuotedScalarIndent => "Close the quote.",
        ErrorKind::InvalidIndentation
        | ErrorKind::ExpectedBlockMappingKey
        | ErrorKind::ExpectedBlockSequenceEntry => {
            "Check the indentation of this line and of the one before."
        }
        ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => {
            "A key ends with a colon and a space; the line may be indented wrongly, or a colon is missing."
        }
        ErrorKind::UnclosedFlowCollection { .. }
        | ErrorKind::UnexpectedEofFlowSequence
        | ErrorKind::UnexpectedEofFlowMapping => "Close the bracket.",
        _ => "What stands before this place was read; what follows was not.",
    };
    Problem::new("syntax", failure.span(source), format!("{sentence}.")).hint(hint)
}

/// Patches the slip at a failure, if it is a usual one: what it is, and the text to read instead.
pub(super) fn patch(source: &str, failure: &Failure) -> Option<(Problem, String)> {
    tabs(source, failure)
        .or_else(|| templates(source, failure))
        .or_else(|| reserved(source, failure))
        .or_else(|| colon(source, failure))
}

/// Tabs as indentation, anywhere in the file: each reads as a space.
fn tabs(source: &str, failure: &Failure) -> Option<(Problem, String)> {
    let (start, end) = line(source, failure.at);
    let lead = |text: &str| text.len() - text.trim_start_matches([' ', '\t']).len();
    // The scanner may only stumble on a later line than the tab's.
    let from = source[..start].trim_end().rfind(['\n', '\r']).map_or(0, |found| found + 1);
    let window = &source[from..end];
    let tab = window
        .split_inclusive(['\n', '\r'])
        .scan(from, |at, text| {
            let here = *at;
            *at += text.len();
            Some((here, text))
        })
        .find_map(|(at, text)| text[..lead(text)].find('\t').map(|tab| at + tab))?;
    let problem = Problem::new(
        "syntax",
        Span::new(tab as u32, tab as u32 + 1),
        "A tab stands in the indentation; YAML indents with spaces only.",
    )
    .hint("Indent with spaces.");
    let mut patched = String::with_capacity(source.len());
    for text in source.split_inclusive(['\n', '\r']) {
        let lead = lead(text);
        patched.push_str(&text[..lead].replace('\t', " "));
        patched.push_str(&text[lead..]);
    }
    (patched != source).then_some((problem, patched))
}

/// Places for a template engine: `{{ ... }}` as a value, or control lines of their own.
fn templates(source: &str, failure: &Failure) -> Option<(Problem, String)> {
    let (start, end) = line(source, failure.at);
    let before = source[..start].trim_end().rfind(['\n', '\r']).map_or(0, |found| found + 1);
    let found = source[before..end].find("{{").or_else(|| source[before..end].find("{%"))? + before;
    let problem = Problem::new(
        "syntax",
        Span::new(found as u32, found as u32 + 2),
        "A place for a template engine stands here without quotes; as it is, the file is not YAML.",
    )
    .hint("Put the value in quotes, or judge the file that the template engine writes.");
    let mut patched = String::with_capacity(source.len());
    for text in source.split_inclusive(['\n', '\r']) {
        let body = text.trim_start();
        let lead = &text[..text.len() - body.len()];
        if (body.starts_with("{{") || body.starts_with("{%")) && !body.contains(": ") {
            patched.push_str(lead);
            patched.push('#');
            patched.push_str(&body[1..]);
        } else {
            patched.push_str(
                &text.replace("{{", "__").replace("}}", "__").replace("{%", "__").replace("%}", "__"),
            );
        }
    }
    (patched != source).then_some((problem, patched))
}

/// A plain scalar that begins with a character YAML keeps for itself.
fn reserved(source: &str, failure: &Failure) -> Option<(Problem, String)> {
    let char = source[failure.at..].chars().next().filter(|char| matches!(char, '@' | '`' | '%'))?;
    let problem = Problem::new(
        "syntax",
        failure.span(source),
        format!("A value cannot begin with {char} unless it stands in quotes."),
    )
    .hint("Put the value in quotes.");
    Some((problem, format!("{}x{}", &source[..failure.at], &source[failure.at + 1..])))
}

/// A second `: ` in a plain value.
fn colon(source: &str, failure: &Failure) -> Option<(Problem, String)> {
    let (start, end) = line(source, failure.at);
    let text = &source[start..end];
    let first = text.find(": ")?;
    let value = text[first + 2..].trim_start();
    if value.is_empty() || value.starts_with(['"', '\'', '{', '[', '|', '>', '#', '&', '*', '!']) {
        return None;
    }
    let second = first + 2 + text[first + 2..].find(": ")?;
    let at = start + second;
    let problem = Problem::new(
        "syntax",
        Span::new(at as u32, at as u32 + 1),
        "A colon followed by a space cannot stand in a value without quotes.",
    )
    .hint("Put the value in quotes.");
    let mut patched = source[..start + first + 2].to_owned();
    patched.push_str(&source[start + first + 2..end].replace(": ", ":_"));
    patched.push_str(&source[end..]);
    Some((problem, patched))
}
