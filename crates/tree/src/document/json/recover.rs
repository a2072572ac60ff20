//! What to make of a byte that the grammar does not allow where it stands: the usual slips are
//! named and read as they were meant; anything else is skipped, never more than once.

use super::number::{Meaning, meaning};
use super::{LISTED, Parser, State, scan};
use crate::document::{Kind, flag};
use crate::text::{Problem, Span};

/// Comments listed as related places of the one problem about them.
const COMMENTS: usize = 11;

fn span(start: usize, end: usize) -> Span {
    Span::new(start as u32, end as u32)
}

/// A word for a message: short, and without control characters.
fn shown(word: &str) -> String {
    let mut chars = word.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut short: String = chars.by_ref().take(40).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

const fn closer(bracket: u8) -> char {
    if bracket == b'{' { '}' } else { ']' }
}

impl Parser<'_> {
    /// Where a value should start.
    #[cold]
    pub(super) fn odd_value(&mut self, byte: u8, state: State) -> State {
        if self.skip_foreign(byte) {
            return state;
        }
        let here = span(self.at, self.at + 1);
        match (byte, self.top) {
            (b'\'' | b'`', _) => {
                let place = self.odd_string();
                let data = self.builder.decoded(&self.scratch);
                self.scalar(Kind::String, place, Some(data), flag::QUOTED)
            }
            (b',', b'[') => {
                self.report(here, "No value stands before this comma.", "Remove the comma.");
                self.comma = self.at;
                self.at += 1;
                state
            }
            (b']', b'[') => {
                self.report_trailing_comma();
                self.close()
            }
            (b'}', b'[') => self.mismatch(byte),
            (b',' | b'}' | b']', b'{') => {
                self.report(
                    Span::at(self.at as u32),
                    "The value of this member is missing.",
                    "Write `null` where there is none.",
                );
                self.missing_value()
            }
            (b':', b'{') => {
                self.report(here, "A second colon stands after the key.", "Remove it.");
                self.at += 1;
                state
            }
            _ if scan::is_word(byte) => self.odd_word(),
            _ => self.junk_value(scan::junk_end(self.source, self.at)),
        }
    }

    fn missing_value(&mut self) -> State {
        self.scalar(Kind::Null, Span::at(self.at as u32), None, flag::TRUNCATED)
    }

    /// A value that is not to be understood reads as null; as the root it leaves the file without one.
    fn junk_value(&mut self, end: usize) -> State {
        let place = span(self.at, end);
        let word = &self.source[self.at..end];
        if self.top == 0 {
            let hint = match word.as_bytes()[0] {
                b'<' if word.starts_with("<<<<<<<") => {
                    "A merge was left unsettled here: keep one side, and take its marker lines out."
                }
                b'<' => "It seems to be XML or HTML.",
                _ => "A JSON file holds one object, array, string, number, true, false or null.",
            };
            self.report(place, &format!("`{}` is no JSON value.", shown(word)), hint);
            return State::Stop;
        }
        let hint = if scan::is_word(word.as_bytes()[0]) {
            "Put quotes around it if it is meant as a string."
        } else {
            "Replace it by a JSON value."
        };
        self.report(place, &format!("`{}` is no JSON value.", shown(word)), hint);
        self.at = end;
        self.scalar(Kind::Null, place, None, flag::TRUNCATED)
    }

    fn odd_word(&mut self) -> State {
        let end = scan::word_end(self.bytes, self.at);
        let word = &self.source[self.at..end];
        if self.top != 0 && matches!(word, "..." | "…") {
            return self.skip_ellipsis(end);
        }
        let Some((meant, message, hint)) = meaning(word) else {
            return self.junk_value(end);
        };
        let place = span(self.at, end);
        self.report(place, message, hint);
        self.at = end;
        match meant {
            Meaning::Bool(value) => self.scalar(Kind::Bool, place, None, if value { flag::TRUE } else { 0 }),
            Meaning::Null => self.scalar(Kind::Null, place, None, 0),
            Meaning::Number(number) => {
                let data = self.builder.decoded(&number);
                self.scalar(Kind::Number, place, Some(data), 0)
            }
        }
    }

    /// `...` for what an example leaves out.
    fn skip_ellipsis(&mut self, end: usize) -> State {
        self.builder.break_off();
        self.report(
            span(self.at, end),
            "An ellipsis is no part of JSON.",
            "Remove it, or write the values out.",
        );
        self.at = end;
        if self.builder.has_pending_key() { self.missing_value() } else { State::After }
    }

    fn odd_string(&mut self) -> Span {
        let start = self.at;
        let before = self.reported;
        let place = self.decode_string();
        // One slip, one problem: an unclosed string was reported as such.
        if self.reported == before {
            let mark = char::from(self.bytes[start]);
            self.report(
                place,
                &format!("JSON strings stand in double quotes, not in {mark}."),
                "Use double quotes.",
            );
        }
        place
    }

    /// Where a key should start.
    #[cold]
    pub(super) fn odd_key(&mut self, byte: u8, state: State) -> State {
        if self.skip_foreign(byte) {
            return state;
        }
        let here = span(self.at, self.at + 1);
        match byte {
            b'}' => {
                self.report_trailing_comma();
                self.close()
            }
            b']' => self.mismatch(byte),
            b',' => {
                self.report(here, "No member stands before this comma.", "Remove the comma.");
                self.comma = self.at;
                self.at += 1;
                state
            }
            b'\'' | b'`' => {
                let place = self.odd_string();
                self.builder.key(&self.scratch, place, 0);
                State::Colon
            }
            b':' | b'{' | b'[' => {
                self.report(
                    here,
                    "A key is missing here.",
                    "Give the value a key in double quotes and a colon.",
                );
                self.builder.key("", Span::at(here.start), 0);
                self.at += usize::from(byte == b':');
                State::Value
            }
            _ if scan::is_word(byte) => {
                let end = scan::word_end(self.bytes, self.at);
                let word = &self.source[self.at..end];
                if matches!(word, "..." | "…") {
                    return self.skip_ellipsis(end);
                }
                let place = span(self.at, end);
                let message = format!("The key `{}` has no quotes.", shown(word));
                self.report(place, &message, "Put it in double quotes.");
                self.builder.key(word, place, 0);
                self.at = end;
                State::Colon
            }
            _ => {
                self.skip_junk();
                state
            }
        }
    }

    /// Where a colon should stand.
    #[cold]
    pub(super) fn odd_colon(&mut self, byte: u8) -> State {
        if self.skip_foreign(byte) {
            return State::Colon;
        }
        if byte == b'=' {
            let end = self.at + if self.bytes.get(self.at + 1) == Some(&b'>') { 2 } else { 1 };
            self.report(span(self.at, end), "A key is followed by a colon in JSON.", "Write `:` instead.");
            self.at = end;
            return State::Value;
        }
        let place = Span::at(self.end_of_last() as u32);
        if matches!(byte, b',' | b'}' | b']') {
            self.report(place, "The key has no value.", "Add a colon and a value.");
            return self.missing_value();
        }
        self.report(place, "The colon between key and value is missing.", "Add `:` after the key.");
        State::Value
    }

    /// Where a comma or closing bracket should stand, or the end of the file.
    #[cold]
    pub(super) fn odd_after(&mut self, byte: u8) -> State {
        if self.skip_foreign(byte) {
            return State::After;
        }
        let here = span(self.at, self.at + 1);
        match byte {
            _ if self.top == 0 => {
                let (message, hint) = match byte {
                    b'}' | b']' => ("This bracket closes nothing.", "Remove it, or add the opening one."),
                    b'{' | b'[' => (
                        "A second value follows; a JSON file holds one.",
                        "Put the values into an array; one value a line is JSON Lines (.jsonl).",
                    ),
                    _ => (
                        "More follows after the end of the value.",
                        "A JSON file holds one value: remove the rest.",
                    ),
                };
                // Lines of JSON are values each in their own right; brackets alone hold nothing. What else
                // follows belongs to the value, which a bracket too many ended early.
                let rest = self.bytes[self.at..].iter();
                let mut rest =
                    rest.filter(|byte| !matches!(byte, b'}' | b']') && !byte.is_ascii_whitespace());
                if !matches!(byte, b'{' | b'[') && rest.next().is_some() {
                    self.builder.break_off();
                }
                let end = if matches!(byte, b'}' | b']' | b'{' | b'[') {
                    self.at + 1
                } else {
                    scan::junk_end(self.source, self.at)
                };
                self.report(span(self.at, end), message, hint);
                State::Stop
            }
            b'}' | b']' => self.mismatch(byte),
            b';' => {
                self.report(here, "Values are separated by commas in JSON.", "Write `,` instead.");
                self.comma = self.at;
                self.at += 1;
                self.next_in_container()
            }
            b':' => {
                self.report(
                    here,
                    "A colon follows a value.",
                    "Only keys of an object are followed by a colon.",
                );
                self.at += 1;
                if self.top == b'[' { State::Value } else { State::After }
            }
            b'"' | b'\'' | b'`' | b'{' | b'[' => self.missing_comma(),
            _ if scan::is_word(byte) => self.missing_comma(),
            _ => {
                self.skip_junk();
                State::After
            }
        }
    }

    fn missing_comma(&mut self) -> State {
        let place = Span::at(self.end_of_last() as u32);
        self.comma = self.at;
        self.report(place, "A comma is missing here.", "Add a comma between the two.");
        self.next_in_container()
    }

    fn next_in_container(&self) -> State {
        if self.top == b'{' { State::Key } else { State::Value }
    }

    fn skip_junk(&mut self) {
        let end = scan::junk_end(self.source, self.at);
        let message = format!("`{}` has no place here.", shown(&self.source[self.at..end]));
        self.report(span(self.at, end), &message, "Remove it.");
        self.at = end;
    }

    /// At a closing bracket of the other kind. Either the innermost container lacks its own, or
    /// this one is a slip for it.
    fn mismatch(&mut self, byte: u8) -> State {
        self.builder.break_off();
        let objects = self.objects;
        let others = self.brackets.len() - objects;
        let matching = if byte == b'}' { objects } else { others };
        // Closing through to an outer container that ends the root while more follows cannot be meant.
        let ends_root =
            self.brackets.len() == 2 && scan::skip_space(self.bytes, self.at + 1) < self.bytes.len();
        let here = span(self.at, self.at + 1);
        let opener = char::from(self.top);
        let wanted = closer(self.top);
        let found = char::from(byte);
        let opened = self.opening();
        if matching == 0 || ends_root {
            let problem =
                Problem::new("syntax", here, format!("`{found}` cannot close what `{opener}` opened."))
                    .hint(format!("Write `{wanted}` instead."));
            self.report_related(problem, opened);
            return self.close();
        }
        let place = Span::at(self.end_of_last() as u32);
        let problem = Problem::new("syntax", place, format!("`{wanted}` is missing before `{found}`."))
            .hint(format!("Close what `{opener}` opened."));
        self.report_related(problem, opened);
        // The bracket itself is looked at again, one level further out.
        self.close_at(place.start as usize)
    }

    /// Where the innermost open bracket stands.
    fn opening(&self) -> Option<u32> {
        (self.opened.len() == self.brackets.len()).then(|| self.opened.last().copied()).flatten()
    }

    fn report_related(&mut self, problem: Problem, opened: Option<u32>) {
        let problem = match opened {
            Some(at) => problem.related(Span::new(at, at + 1), "opened here"),
            None => problem,
        };
        self.report_problem(problem);
    }

    /// At the end of the text: says which brackets are still open.
    pub(super) fn report_unclosed(&mut self) {
        if self.top == 0 {
            return;
        }
        self.builder.break_off();
        // A text or a word that the end cut off has been told of: that is the same break.
        if self.reported > 0 && self.last_problem >= self.end_of_last() {
            return;
        }
        let (opener, wanted) = (char::from(self.top), closer(self.top));
        let message = match self.brackets.len() {
            1 => format!("The file ends before the `{wanted}` that `{opener}` needs."),
            open => format!("The file ends with {open} brackets open; the innermost needs `{wanted}`."),
        };
        let place = Span::at(self.end_of_last() as u32);
        let opened = self.opening();
        let problem =
            Problem::new("syntax", place, message).hint("Close it; the file may have been cut off.");
        self.report_related(problem, opened);
    }

    fn report_trailing_comma(&mut self) {
        let comma = span(self.comma, self.comma + 1);
        self.report(comma, "A comma stands after the last value.", "Remove the comma.");
    }

    /// The end of what was read before the white space that ends here.
    fn end_of_last(&self) -> usize {
        self.bytes[..self.at].trim_ascii_end().len()
    }

    /// Skips what is not JSON but stands between its tokens: comments, byte order marks and white
    /// space that JSON does not know. False where there is none of these.
    fn skip_foreign(&mut self, byte: u8) -> bool {
        let start = self.at;
        match byte {
            b'/' if self.bytes.get(start + 1) == Some(&b'*') => {
                match memchr::memmem::find(&self.bytes[start + 2..], b"*/") {
                    Some(length) => self.at = start + 2 + length + 2,
                    None => {
                        self.at = self.bytes.len();
                        self.report(
                            span(start, start + 2),
                            "The comment is never closed.",
                            "Remove it; JSON has no comments.",
                        );
                    }
                }
                self.note_comment(start);
            }
            b'/' if self.bytes.get(start + 1) == Some(&b'/') => {
                self.at = scan::line_end(self.bytes, start);
                self.note_comment(start);
            }
            b'#' => {
                self.at = scan::line_end(self.bytes, start);
                self.note_comment(start);
            }
            0x0b | 0x0c | 0x80.. => {
                let Some(foreign) = self.source[start..].chars().next() else { return false };
                if foreign == '\u{feff}' {
                    self.at += foreign.len_utf8();
                    self.report(
                        span(start, self.at),
                        "A byte order mark stands inside the file.",
                        "Remove the invisible character.",
                    );
                } else if foreign.is_whitespace() {
                    self.at += foreign.len_utf8();
                    let message = format!("U+{:04X} is no white space of JSON.", u32::from(foreign));
                    self.report(span(start, self.at), &message, "Use spaces, tabs and line breaks only.");
                } else {
                    return false;
                }
            }
            _ => return false,
        }
        true
    }

    fn note_comment(&mut self, start: usize) {
        let place = span(start, self.at);
        self.builder.comment(place);
        self.comment_count += 1;
        if self.comments.len() < COMMENTS.min(LISTED as usize) {
            self.comments.push(place);
        }
    }
}
