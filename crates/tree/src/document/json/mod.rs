//! RFC 8259 JSON onto the tree. The loop here is the fast path that well-formed files never leave;
//! whatever it does not expect goes to [`recover`], which names the slip, reads on where the meaning
//! is clear, and so lets rules run over files that are nearly JSON. No recursion anywhere.

mod number;
mod recover;
mod scan;
mod string;
#[cfg(test)]
mod tests;

use super::{Builder, Document, Format, Kind, Limits, MAX_DEPTH, flag};
use crate::text::{Problem, Span, Text};
use std::sync::Arc;

/// Problems listed one by one; the rest is only counted.
const LISTED: u32 = 20;

/// Reads a JSON text. A text of white space alone has no root and no problem.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let builder = Builder::new(Arc::clone(&text), Format::Json, limits);
    let mut parser = Parser::new(text.as_str(), builder);
    parser.run();
    parser.finish()
}

/// Length of the JSON number that a text begins with.
pub(crate) fn number_length(bytes: &[u8]) -> Option<usize> {
    scan::number(bytes, 0)
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// A value.
    Value,
    /// A value or the end of the array just opened.
    FirstItem,
    /// A key.
    Key,
    /// A key or the end of the object just opened.
    FirstKey,
    /// The colon after a key.
    Colon,
    /// A comma or a closing bracket, or, after the root, the end.
    After,
    /// Nothing: reading has ended before the text does.
    Stop,
}

struct Parser<'t> {
    source: &'t str,
    bytes: &'t [u8],
    at: usize,
    builder: Builder,
    /// The opening bracket of the innermost container, 0 outside of all.
    top: u8,
    /// The opening brackets around the innermost container, outermost first.
    brackets: Vec<u8>,
    /// Where they stand, for the outer levels: a file of brackets only must not cost four times its size.
    opened: Vec<u32>,
    /// How many of them are objects, to know at once whether a `}` can match any.
    objects: usize,
    /// The comma passed last.
    comma: usize,
    /// Decoded text of the string read last.
    scratch: String,
    reported: u32,
    /// Where the last problem ends.
    last_problem: usize,
    unlisted_from: Span,
    comments: Vec<Span>,
    comment_count: u32,
}

impl<'t> Parser<'t> {
    fn new(source: &'t str, builder: Builder) -> Self {
        Self {
            source,
            bytes: source.as_bytes(),
            at: 0,
            builder,
            top: 0,
            brackets: Vec::new(),
            opened: Vec::new(),
            objects: 0,
            comma: 0,
            scratch: String::new(),
            reported: 0,
            last_problem: 0,
            unlisted_from: Span::default(),
            comments: Vec::new(),
            comment_count: 0,
        }
    }

    fn run(&mut self) {
        let mut state = State::Value;
        loop {
            self.at = scan::skip_space(self.bytes, self.at);
            let Some(&byte) = self.bytes.get(self.at) else {
                self.report_unclosed();
                return;
            };
            state = match state {
                State::Value | State::FirstItem => match byte {
                    b'"' => self.string(),
                    b'{' => self.open(Kind::Object, State::FirstKey),
                    b'[' => self.open(Kind::Array, State::FirstItem),
                    b'-' | b'0'..=b'9' => self.number(state),
                    b't' => self.literal(b"true", Kind::Bool, flag::TRUE, state),
                    b'f' => self.literal(b"false", Kind::Bool, 0, state),
                    b'n' => self.literal(b"null", Kind::Null, 0, state),
                    b']' if state == State::FirstItem => self.close(),
                    _ => self.odd_value(byte, state),
                },
                State::Key | State::FirstKey => match byte {
                    b'"' => self.key(),
                    b'}' if state == State::FirstKey => self.close(),
                    _ => self.odd_key(byte, state),
                },
                State::Colon => match byte {
                    b':' => {
                        self.at += 1;
                        State::Value
                    }
                    _ => self.odd_colon(byte),
                },
                State::After => match (byte, self.top) {
                    (b',', b'{') => {
                        self.comma = self.at;
                        self.at += 1;
                        State::Key
                    }
                    (b',', b'[') => {
                        self.comma = self.at;
                        self.at += 1;
                        State::Value
                    }
                    (b'}', b'{') | (b']', b'[') => self.close(),
                    _ => self.odd_after(byte),
                },
                State::Stop => return,
            };
        }
    }

    #[inline]
    fn open(&mut self, kind: Kind, next: State) -> State {
        let bracket = self.bytes[self.at];
        let start = self.at as u32;
        self.brackets.push(self.top);
        self.top = bracket;
        self.objects += usize::from(bracket == b'{');
        if self.brackets.len() <= MAX_DEPTH as usize {
            self.opened.push(start);
        }
        self.at += 1;
        if self.builder.open(kind, start).is_none() && self.builder.is_full() { State::Stop } else { next }
    }

    /// Closes the innermost container at the bracket that stands here.
    #[inline]
    fn close(&mut self) -> State {
        self.at += 1;
        self.close_at(self.at)
    }

    #[inline]
    fn close_at(&mut self, end: usize) -> State {
        self.objects -= usize::from(self.top == b'{');
        self.opened.truncate(self.brackets.len() - 1);
        self.top = self.brackets.pop().unwrap_or_default();
        self.builder.close(end as u32);
        State::After
    }

    #[inline]
    fn scalar(&mut self, kind: Kind, span: Span, data: Option<u32>, flags: u8) -> State {
        if self.builder.scalar(kind, span, data, flags).is_none() && self.builder.is_full() {
            State::Stop
        } else {
            State::After
        }
    }

    #[inline]
    fn literal(&mut self, word: &[u8], kind: Kind, flags: u8, state: State) -> State {
        let end = self.at + word.len();
        if self.bytes[self.at..].starts_with(word) && !self.bytes.get(end).is_some_and(|&b| scan::is_word(b))
        {
            let span = Span::new(self.at as u32, end as u32);
            self.at = end;
            self.scalar(kind, span, None, flags)
        } else {
            self.odd_value(self.bytes[self.at], state)
        }
    }

    #[inline]
    fn number(&mut self, state: State) -> State {
        match scan::number(self.bytes, self.at) {
            Some(end) if !self.bytes.get(end).is_some_and(|&b| scan::is_word(b)) => {
                let span = Span::new(self.at as u32, end as u32);
                self.at = end;
                self.scalar(Kind::Number, span, None, 0)
            }
            _ => self.odd_value(self.bytes[self.at], state),
        }
    }

    #[inline]
    fn string(&mut self) -> State {
        let start = self.at;
        let end = scan::string_special(self.bytes, start + 1);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            self.scalar(Kind::String, Span::new(start as u32, self.at as u32), None, flag::QUOTED)
        } else {
            self.decoded_string()
        }
    }

    /// A string value that does not mean what stands there byte for byte.
    #[cold]
    fn decoded_string(&mut self) -> State {
        let span = self.decode_string();
        let data = self.builder.decoded(&self.scratch);
        self.scalar(Kind::String, span, Some(data), flag::QUOTED)
    }

    #[inline]
    fn key(&mut self) -> State {
        let start = self.at;
        let end = scan::string_special(self.bytes, start + 1);
        if self.bytes.get(end) == Some(&b'"') {
            self.at = end + 1;
            let span = Span::new(start as u32, self.at as u32);
            self.builder.key(&self.source[start + 1..end], span, 0);
            if self.bytes.get(self.at) == Some(&b':') {
                self.at += 1;
                return State::Value;
            }
            State::Colon
        } else {
            self.decoded_key()
        }
    }

    #[cold]
    fn decoded_key(&mut self) -> State {
        let span = self.decode_string();
        self.builder.key(&self.scratch, span, 0);
        State::Colon
    }

    /// Notes a problem, or only counts it where many were noted before.
    fn report(&mut self, span: Span, message: &str, hint: &str) {
        self.report_problem(Problem::new("syntax", span, message).hint(hint));
    }

    fn report_problem(&mut self, problem: Problem) {
        self.reported += 1;
        self.last_problem = problem.span.end as usize;
        if self.reported <= LISTED {
            self.builder.problem(problem);
        } else if self.reported == LISTED + 1 {
            self.unlisted_from = problem.span;
        }
    }

    fn finish(mut self) -> Document {
        if let Some((&first, others)) = self.comments.split_first() {
            let message = match self.comment_count {
                1 => "JSON has no comments.".to_owned(),
                count => format!("JSON has no comments; {count} stand in this file."),
            };
            let problem =
                Problem::new("syntax", first, message).hint("Remove it, or put the text into a member.");
            let problem = others.iter().fold(problem, |problem, &span| problem.related(span, "another one"));
            self.builder.problem(problem);
        }
        if self.reported > LISTED {
            let more = self.reported - LISTED;
            let words = if more == 1 { "1 more place is" } else { &format!("{more} more places are") };
            let message = format!("From here on {words} not JSON.");
            self.builder.problem(
                Problem::new("syntax", self.unlisted_from, message).hint("Repair the places listed first."),
            );
        }
        self.builder.finish()
    }
}
