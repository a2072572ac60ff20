//! Reading a path's text character by character, and what can be wrong with it.

/// A path that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (at character {})", .offset + 1)]
pub struct PathError {
    /// Byte offset in the path's text.
    pub offset: usize,
    /// What is wrong, as a clause of a sentence.
    pub message: String,
    hint: Option<&'static str>,
}

impl PathError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), hint: None }
    }

    pub(super) fn with_hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What to do, where that is known.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        self.hint.map(str::to_owned)
    }
}

/// A place in the text.
pub(super) struct Lexer<'s> {
    pub(super) source: &'s str,
    pub(super) at: usize,
}

impl<'s> Lexer<'s> {
    pub(super) fn new(source: &'s str) -> Self {
        Self { source, at: 0 }
    }

    pub(super) fn rest(&self) -> &'s str {
        &self.source[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn bump(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = self.rest().starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    /// White space of RFC 9535: space, tab, line feed, carriage return.
    pub(super) fn space(&mut self) {
        self.at += self.rest().len() - self.rest().trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    pub(super) fn error(&self, message: impl Into<String>) -> PathError {
        PathError::new(self.at, message)
    }

    pub(super) fn expect(&mut self, text: &str) -> Result<(), PathError> {
        if self.eat(text) { Ok(()) } else { Err(self.error(format!("`{text}` is expected here"))) }
    }

    /// An integer within the range that JSON numbers hold exactly (RFC 9535, 2.1).
    pub(super) fn integer(&mut self) -> Result<Option<i64>, PathError> {
        let start = self.at;
        let text = self.rest();
        let digits = text.strip_prefix('-').unwrap_or(text);
        let length = digits.len() - digits.trim_start_matches(|char: char| char.is_ascii_digit()).len();
        if length == 0 {
            return if digits.len() < text.len() {
                Err(self.error("a digit is expected after `-`"))
            } else {
                Ok(None)
            };
        }
        let sign = text.len() - digits.len();
        if digits.starts_with('0') && (length > 1 || sign == 1) {
            return Err(self.error("an index has no leading zeros and is never -0"));
        }
        self.at += sign + length;
        let value: Option<i64> = self.source[start..self.at].parse().ok();
        match value.filter(|value| value.unsigned_abs() < 1 << 53) {
            Some(value) => Ok(Some(value)),
            None => Err(PathError::new(start, "the index is too large")),
        }
    }

    /// A string literal in single or double quotes.
    pub(super) fn string(&mut self) -> Result<String, PathError> {
        let start = self.at;
        let quote = self.bump().unwrap_or('\'');
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.bump() {
                None => return Err(PathError::new(start, "the string is never closed")),
                Some(char) if char == quote => return Ok(text),
                Some('\\') => match self.bump() {
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{c}'),
                    Some('n') => text.push('\n'),
                    Some('r') => text.push('\r'),
                    Some('t') => text.push('\t'),
                    Some(char @ ('/' | '\\')) => text.push(char),
                    Some(char) if char == quote => text.push(char),
                    Some('u') => text.push(self.unicode(at)?),
                    _ => return Err(PathError::new(at, "there is no such escape")),
                },
                Some(char) if char < ' ' => {
                    return Err(PathError::new(at, "a control character must be escaped"));
                }
                Some(char) => text.push(char),
            }
        }
    }

    fn unicode(&mut self, at: usize) -> Result<char, PathError> {
        let first = self.hex(at)?;
        if (0xD800..0xDC00).contains(&first) && self.eat("\\u") {
            let second = self.hex(at)?;
            if (0xDC00..0xE000).contains(&second) {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                return char::from_u32(code).ok_or_else(|| PathError::new(at, "there is no such character"));
            }
        }
        char::from_u32(first).ok_or_else(|| PathError::new(at, "a lone surrogate is no character"))
    }

    fn hex(&mut self, at: usize) -> Result<u32, PathError> {
        let digits =
            self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        self.at += 4;
        value.ok_or_else(|| PathError::new(at, "four hexadecimal digits are expected after `\\u`"))
    }

    /// A member name without quotes.
    pub(super) fn shorthand(&mut self) -> Option<&'s str> {
        let first = |char: char| char.is_ascii_alphabetic() || char == '_' || char >= '\u{80}';
        let text = self.rest();
        if !text.starts_with(first) {
            return None;
        }
        let end = text.find(|char: char| !first(char) && !char.is_ascii_digit()).unwrap_or(text.len());
        self.at += end;
        Some(&text[..end])
    }
}
