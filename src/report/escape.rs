//! Text from a judged tree on its way to people. One place decides what is shown as it is: a
//! file may hold terminal escape sequences, characters that turn the line round, or worse.

use std::borrow::Cow;

/// Whether a character could do something to a terminal or to the order of what is read.
#[must_use]
pub fn is_hostile(char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        // Bidirectional controls (Unicode TR 36, CVE-2021-42574), line separators, invisible joins.
        '\u{061C}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}' => true,
        other => other.is_control(),
    }
}

/// The text with hostile characters replaced by visible ones of the same length in UTF-8, so that
/// spans into it stay right.
#[must_use]
pub fn same_length(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|char| is_hostile(char) || char == '\r') {
        return Cow::Borrowed(text);
    }
    text.chars()
        .map(|char| match char {
            // The CR of a line break shows as nothing.
            '\r' => ' ',
            hostile if is_hostile(hostile) => match hostile.len_utf8() {
                1 => '?',
                2 => '¿',
                _ => '\u{FFFD}',
            },
            other => other,
        })
        .collect::<String>()
        .into()
}

/// The text on one line, hostile characters written as `\u{1b}`: for messages, names and values.
#[must_use]
pub fn inline(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|char| is_hostile(char) || matches!(char, '\n' | '\t' | '\r')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        match char {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            hostile if is_hostile(hostile) => shown.extend(hostile.escape_unicode()),
            other => shown.push(other),
        }
    }
    shown.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_could_act_there() {
        let text = "a\u{1b}[31mb\u{202e}c\u{85}d\r";
        assert_eq!(same_length(text), "a?[31mb\u{FFFD}c¿d ");
        assert_eq!(same_length(text).len(), text.len());
        assert_eq!(inline("a\u{1b}]8;;x\u{7}\nb"), "a\\u{1b}]8;;x\\u{7}\\nb");
        assert!(matches!(inline("plain £ ünïcode"), Cow::Borrowed(_)));
    }
}
