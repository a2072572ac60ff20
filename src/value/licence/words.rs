//! A licence text as words and sentences, with their places in the file.

use std::borrow::Cow;
use std::ops::Range;

/// A word in its common form, and where it stands.
pub(super) struct Word<'a> {
    pub text: Cow<'a, str>,
    pub at: Range<usize>,
}

/// The words of a text: small letters, one spelling of `licence`, every address the same. Numbers and
/// single letters are left out: they are years, and the numbers of clauses.
pub(super) fn words(text: &str) -> Vec<Word<'_>> {
    let mut found = Vec::with_capacity(text.len() / 6);
    let mut rest = 0;
    // `&copy;` is a sign, no word.
    while let Some(begin) = text[rest..].find(char::is_alphanumeric).map(|at| rest + at) {
        let tail = &text[begin..];
        let is_address = ["http://", "https://"].iter().any(|scheme| tail.starts_with(scheme));
        let length = if is_address {
            tail.find(char::is_whitespace)
        } else {
            tail.find(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        };
        rest = begin + length.unwrap_or(tail.len());
        let raw = text[begin..rest].trim_end_matches(['\'', '’']);
        let is_sign = raw.eq_ignore_ascii_case("copy") && text[..begin].ends_with('&');
        if is_sign || raw.chars().nth(1).is_none() || raw.chars().all(char::is_numeric) {
            continue;
        }
        let common = if is_address { Cow::Borrowed("http") } else { common(raw) };
        found.push(Word { text: common, at: begin..begin + raw.len() });
    }
    found
}

/// The common form of a word.
fn common(raw: &str) -> Cow<'_, str> {
    let mut word = Cow::Borrowed(raw);
    if raw.contains(|c: char| c.is_uppercase() || c == '\'' || c == '’') {
        word = Cow::Owned(raw.to_lowercase().replace(['\'', '’'], ""));
    }
    if word.contains("licence") {
        word = Cow::Owned(word.replace("licence", "license"));
    }
    word
}

/// The sentences of a text: up to the end of a paragraph, a full stop or a semicolon. A line that
/// begins with a mark, or that names a holder or an SPDX tag, begins a sentence and ends the one above.
pub(super) fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut begin = 0;
    let mut at = 0;
    let mut ends_with_line = false;
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        let bare = content.trim_start_matches(|c: char| {
            matches!(c, '/' | '*' | '#' | '>' | '-' | ';' | '%') || c.is_whitespace()
        });
        let alone = stands_alone(bare);
        let marked = bare.len() != content.len() || content.starts_with('•');
        if (alone || marked || ends_with_line || bare.is_empty()) && begin < at {
            found.push(begin..at);
            begin = at;
        }
        ends_with_line = alone || content.starts_with('#');
        let bytes = line.as_bytes();
        for (inside, byte) in bytes.iter().enumerate() {
            // The name of a character ends in a semicolon too.
            if *byte == b';' && line[..inside].to_ascii_lowercase().ends_with("&copy") {
                continue;
            }
            let next_is_space = bytes.get(inside + 1).is_none_or(u8::is_ascii_whitespace);
            if matches!(byte, b'.' | b';' | b'!' | b'?') && next_is_space {
                found.push(begin..at + inside + 1);
                begin = at + inside + 1;
            }
        }
        at += line.len();
    }
    if begin < at {
        found.push(begin..at);
    }
    found
}

/// Whether a line is a sentence of its own.
fn stands_alone(line: &str) -> bool {
    let begins = |with: &str| line.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    begins("copyright")
        || begins("(c)")
        || line.starts_with('©')
        || begins("&copy;")
        || begins("SPDX-")
        || begins("all rights reserved")
}

#[cfg(test)]
mod tests {
    use super::{sentences, words};

    #[test]
    fn words_are_brought_to_a_common_form() {
        let text = "1. The LICENCE's (c) 2026 \"Work\" https://example.org/a_b.";
        let found: Vec<String> = words(text).iter().map(|word| word.text.to_string()).collect();
        assert_eq!(found, ["the", "licenses", "work", "http"]);
        let places: Vec<&str> = words(text).iter().map(|word| &text[word.at.clone()]).collect();
        assert_eq!(places, ["The", "LICENCE's", "Work", "https://example.org/a_b."]);
        assert!(words("").is_empty());
        assert_eq!(words("ﬀé ’’ ''").len(), 1);
    }

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "# Title\nOne line\ngoes on. Then v1.2 more;\n\nCopyright 2026 A\nCopyright 2025 B\nlast";
        let found: Vec<&str> =
            sentences(text).into_iter().map(|at| text[at].trim()).filter(|one| !one.is_empty()).collect();
        assert_eq!(
            found,
            [
                "# Title",
                "One line\ngoes on.",
                "Then v1.2 more;",
                "Copyright 2026 A",
                "Copyright 2025 B",
                "last"
            ]
        );
        let whole: usize = sentences(text).iter().map(ExactSizeIterator::len).sum();
        assert_eq!(whole, text.len());
    }
}
