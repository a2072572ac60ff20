//! Strings that need a second look: escapes, control characters, the wrong quotes, no end.

use super::{LISTED, Parser, scan};
use crate::text::Span;

/// How far ahead an unfinished string looks for its closing quote.
const LOOK_AHEAD: usize = 4096;

impl Parser<'_> {
    /// Reads the string whose opening quote (of whatever kind) stands here; its text goes to
    /// `scratch`. Returns its place with the quotes.
    pub(super) fn decode_string(&mut self) -> Span {
        self.scratch.clear();
        let start = self.at;
        let quote = self.bytes[start];
        let mut control_reported = false;
        self.at += 1;
        loop {
            let chunk = self.at;
            self.at = if quote == b'"' {
                scan::string_special(self.bytes, chunk)
            } else {
                let special = |&b: &u8| b == quote || b == b'\\' || b < 0x20;
                self.bytes[chunk..].iter().position(special).map_or(self.bytes.len(), |n| chunk + n)
            };
            self.scratch.push_str(&self.source[chunk..self.at]);
            match self.bytes.get(self.at) {
                Some(b'\\') => self.escape(),
                Some(&byte) if byte == quote => {
                    self.at += 1;
                    break;
                }
                Some(b'\n' | b'\r') if !self.goes_on_after_break(quote) => {
                    self.end_at_break(start);
                    break;
                }
                Some(&byte) => {
                    if !control_reported {
                        control_reported = true;
                        self.report_control(byte);
                    }
                    self.scratch.push(char::from(byte));
                    self.at += 1;
                }
                None => {
                    self.report(
                        Span::new(start as u32, self.at as u32),
                        "The string is not closed before the file ends.",
                        "Add the closing quote.",
                    );
                    break;
                }
            }
        }
        Span::new(start as u32, self.at as u32)
    }

    /// At a line break inside a string: true if the string seems to be written over several lines,
    /// false if its closing quote seems to be missing. It is the former where the next quote is
    /// followed by what follows a string.
    fn goes_on_after_break(&self, quote: u8) -> bool {
        if self.reported >= LISTED {
            // The look ahead is bounded, but not to be paid for at every line of a hostile file.
            return false;
        }
        let end = self.bytes.len().min(self.at + LOOK_AHEAD);
        let mut at = self.at;
        while at < end {
            match self.bytes[at] {
                b'\\' => at += 2,
                byte if byte == quote => {
                    let next = scan::skip_space(self.bytes, at + 1);
                    return matches!(self.bytes.get(next), None | Some(b',' | b':' | b'}' | b']'));
                }
                _ => at += 1,
            }
        }
        false
    }

    /// Ends a string that lacks its closing quote at the end of its line. A comma there was meant
    /// to follow the string.
    fn end_at_break(&mut self, start: usize) {
        self.builder.break_off();
        if self.scratch.ends_with(',') {
            self.scratch.pop();
            self.at -= 1;
        }
        self.report(
            Span::new(start as u32, self.at as u32),
            "The string is not closed on its line.",
            "Add the closing quote.",
        );
    }

    fn report_control(&mut self, byte: u8) {
        let span = Span::new(self.at as u32, self.at as u32 + 1);
        match byte {
            b'\n' | b'\r' => self.report(
                span,
                "A line break stands in a string.",
                "Write it as \\n, or close the string on its line.",
            ),
            b'\t' => self.report(span, "A tab stands in a string.", "Write it as \\t."),
            _ => self.report(
                span,
                &format!("The control character U+{byte:04X} stands in a string."),
                &format!("Write it as \\u{byte:04x}, or remove it."),
            ),
        }
    }

    /// At a backslash: adds what the escape means. RFC 8259 §7; a lone surrogate fits the grammar
    /// there but names no character, so that U+FFFD stands for it.
    fn escape(&mut self) {
        let start = self.at;
        let plain = match self.bytes.get(start + 1) {
            Some(&byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode_escape(),
            _ => return self.odd_escape(),
        };
        self.scratch.push(plain);
        self.at = start + 2;
    }

    fn unicode_escape(&mut self) {
        let start = self.at;
        let Some(unit) = self.hex(start + 2, 4) else {
            return self.odd_escape();
        };
        self.at = start + 6;
        let code = if (0xD800..0xDC00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            match self.hex(self.at + 2, 4) {
                Some(low @ 0xDC00..0xE000) => {
                    self.at += 6;
                    0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                }
                _ => unit,
            }
        } else {
            unit
        };
        self.scratch.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
    }

    fn hex(&self, at: usize, length: usize) -> Option<u32> {
        let digits = self.bytes.get(at..at + length)?;
        digits.iter().try_fold(0, |value, &digit| Some(value << 4 | char::from(digit).to_digit(16)?))
    }

    /// At a backslash that begins no escape of JSON.
    fn odd_escape(&mut self) {
        let start = self.at;
        let Some(next) = self.source[start + 1..].chars().next() else {
            self.at += 1;
            self.report(
                Span::new(start as u32, self.at as u32),
                "A backslash ends the file.",
                "Close the string.",
            );
            return;
        };
        let (end, hint) = match next {
            'u' => {
                let digits = self.bytes[start + 2..].iter().take(4).take_while(|b| b.is_ascii_hexdigit());
                let end = start + 2 + digits.count();
                (end, "Give the code four hexadecimal digits, as in \\u00e9.".to_owned())
            }
            'x' => (start + 2, "Write \\x41 as \\u0041.".to_owned()),
            '\'' => (start + 2, "A single quote needs no backslash.".to_owned()),
            '\n' | '\r' => (start + 1, "Write the string on one line.".to_owned()),
            _ => (start + 1 + next.len_utf8(), "Write a backslash that is meant as such as \\\\.".to_owned()),
        };
        let shown: String =
            self.source[start..end].chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.report(
            Span::new(start as u32, end as u32),
            &format!("`{}` is no escape sequence of JSON.", shown.trim_end()),
            &hint,
        );
        match next {
            '\'' => {
                self.scratch.push('\'');
                self.at = end;
            }
            'x' => match self.hex(start + 2, 2).and_then(char::from_u32) {
                Some(meant) => {
                    self.scratch.push(meant);
                    self.at = start + 4;
                }
                None => {
                    self.scratch.push_str("\\x");
                    self.at = end;
                }
            },
            '\n' | '\r' => {
                // A line continued, as JavaScript has it: neither backslash nor break count.
                self.at = end + 1;
                if next == '\r' && self.bytes.get(self.at) == Some(&b'\n') {
                    self.at += 1;
                }
            }
            _ => {
                self.scratch.push_str(&self.source[start..end]);
                self.at = end;
            }
        }
    }
}
