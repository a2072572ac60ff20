//! ECMAScript's syntax in that of the engines. Both share most of it; what follows is where a class
//! means something else, or a character stands for itself in one and not in the other.

use super::PatternError;

/// A pattern in the engines' syntax.
#[derive(Debug)]
pub(super) struct Translated {
    pub text: String,
    /// It has look-around or back-references.
    pub needs_backtracking: bool,
}

/// White space of ECMAScript, as the inside of a class.
const SPACE: &str =
    r"\t\n\x0B\x0C\r \u{A0}\u{1680}\u{2000}-\u{200A}\u{2028}\u{2029}\u{202F}\u{205F}\u{3000}\u{FEFF}";

/// Characters that stand for the halves of those beyond the basic plane: the last ones there are.
const HALVES: u32 = 0x10_F800;

fn half(unit: u32) -> char {
    char::from_u32(HALVES + (unit & 0x7FF)).unwrap_or('\u{FFFF}')
}

/// A text with a character for each UTF-16 unit.
pub(super) fn units(text: &str) -> impl Iterator<Item = char> + '_ {
    text.chars().flat_map(|char| {
        let mut buffer = [0; 2];
        let units = char.encode_utf16(&mut buffer);
        match *units {
            [high, low] => [Some(half(u32::from(high))), Some(half(u32::from(low)))],
            _ => [Some(char), None],
        }
        .into_iter()
        .flatten()
    })
}

/// Translates a pattern of ECMAScript with its flags; `in_units` for texts from [`units`].
pub(super) fn ecmascript(source: &str, flags: &str, in_units: bool) -> Result<Translated, PatternError> {
    let mut set = (false, false, false, false);
    for flag in flags.chars() {
        match flag {
            'i' => set.0 = true,
            'm' => set.1 = true,
            's' => set.2 = true,
            'u' | 'v' => set.3 = true,
            'g' | 'y' | 'd' => {}
            other => return Err(PatternError(format!("there is no flag `{other}`"))),
        }
    }
    let mut translator = Translator {
        chars: if in_units { units(source).collect() } else { source.chars().collect() },
        in_units,
        at: 0,
        out: String::new(),
        multiline: set.1,
        dot_all: set.2,
        unicode: set.3,
        any_case: set.0,
        backtracking: false,
    };
    translator.pattern()?;
    let prefix = match (set.0, set.1) {
        (true, true) => "(?im)",
        (true, false) => "(?i)",
        (false, true) => "(?m)",
        (false, false) => "",
    };
    let mut out = translator.out;
    if translator.backtracking {
        // The backtracker has no ASCII word boundary of its own.
        out = out.replace(WORD_BOUNDARY, BACKTRACKED_BOUNDARY).replace(NO_BOUNDARY, BACKTRACKED_NO_BOUNDARY);
    }
    Ok(Translated { text: format!("{prefix}{out}"), needs_backtracking: translator.backtracking })
}

/// `\b` and `\B` of ECMAScript know ASCII words only.
const WORD_BOUNDARY: &str = r"(?-u:\b)";
const NO_BOUNDARY: &str = r"(?-u:\B)";
const BACKTRACKED_BOUNDARY: &str = "(?:(?<=[0-9A-Za-z_])(?![0-9A-Za-z_])|(?<![0-9A-Za-z_])(?=[0-9A-Za-z_]))";
const BACKTRACKED_NO_BOUNDARY: &str =
    "(?:(?<=[0-9A-Za-z_])(?=[0-9A-Za-z_])|(?<![0-9A-Za-z_])(?![0-9A-Za-z_]))";

/// Translates an I-Regexp: `.` is anything but a line break, and only `\p` classes are special.
pub(super) fn iregexp(source: &str) -> Result<String, PatternError> {
    let mut out = String::new();
    let mut chars = source.chars();
    let mut in_class = false;
    while let Some(char) = chars.next() {
        match char {
            '\\' => {
                let next =
                    chars.next().ok_or_else(|| PatternError("the pattern ends in a backslash".to_owned()))?;
                if !matches!(
                    next,
                    'p' | 'P'
                        | 'n'
                        | 'r'
                        | 't'
                        | '('
                        | ')'
                        | '*'
                        | '+'
                        | '-'
                        | '.'
                        | '?'
                        | '['
                        | '\\'
                        | ']'
                        | '^'
                        | '{'
                        | '|'
                        | '}'
                        | '$'
                ) {
                    return Err(PatternError(format!("there is no escape `\\{next}`")));
                }
                out.push('\\');
                out.push(next);
            }
            '.' if !in_class => out.push_str(r"[^\n\r]"),
            '[' if in_class => out.push_str("\\["),
            '&' | '~' if in_class => {
                out.push('\\');
                out.push(char);
            }
            other => {
                in_class = match other {
                    '[' => true,
                    ']' => false,
                    _ => in_class,
                };
                out.push(other);
            }
        }
    }
    Ok(out)
}

/// Whether a class takes every character: it joins a set with its opposite.
fn holds_everything(class: &str) -> bool {
    !class.starts_with("[^")
        && ["sS", "dD", "wW"].iter().any(|pair| {
            pair.chars().all(|letter| {
                // Not a backslash and a letter.
                let bare = class.replace("\\\\", "");
                bare.contains(&format!("\\{letter}"))
            })
        })
}

/// Whether nothing in a class has two cases.
fn has_no_letter(class: &str) -> bool {
    let mut chars = class.chars();
    while let Some(char) = chars.next() {
        let harmless = match char {
            '\\' => chars.next().is_some_and(|next| {
                matches!(next, 's' | 'S' | 'd' | 'D' | 'n' | 'r' | 't' | 'f' | 'v' | 'b')
                    || !next.is_ascii_alphanumeric() && next.is_ascii()
            }),
            other => other.is_ascii() && !other.is_ascii_alphabetic(),
        };
        if !harmless {
            return false;
        }
    }
    true
}

struct Translator {
    chars: Vec<char>,
    in_units: bool,
    at: usize,
    out: String,
    multiline: bool,
    dot_all: bool,
    unicode: bool,
    any_case: bool,
    backtracking: bool,
}

impl Translator {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn ahead(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, char)| self.peek(offset) == Some(char))
    }

    fn pattern(&mut self) -> Result<(), PatternError> {
        while let Some(char) = self.peek(0) {
            match char {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '.' => {
                    self.at += 1;
                    let any = if self.dot_all {
                        "(?s:.)".to_owned()
                    } else {
                        self.caseless(r"[^\n\r\u{2028}\u{2029}]")
                    };
                    self.out.push_str(&any);
                }
                '$' => {
                    self.at += 1;
                    // Without `m`, `$` is the end of the text, and not also before a last line break.
                    self.out.push_str(if self.multiline { "$" } else { r"\z" });
                }
                '(' => self.group(),
                '{' if !self.is_quantifier() => {
                    self.at += 1;
                    self.out.push_str("\\{");
                }
                '}' | ']' => {
                    self.at += 1;
                    self.out.push('\\');
                    self.out.push(char);
                }
                '{' => {
                    while let Some(char) = self.peek(0) {
                        self.at += 1;
                        self.out.push(char);
                        if char == '}' {
                            break;
                        }
                    }
                }
                other => {
                    self.at += 1;
                    self.out.push(other);
                }
            }
        }
        Ok(())
    }

    /// `{2}`, `{2,}` or `{2,3}`; anything else in braces stands for itself (annex B).
    fn is_quantifier(&self) -> bool {
        let rest: String = self.chars[self.at + 1..].iter().take(24).collect();
        let Some((inside, _)) = rest.split_once('}') else { return false };
        let (low, high) = inside.split_once(',').unwrap_or((inside, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        !low.is_empty() && digits(low) && digits(high)
    }

    fn group(&mut self) {
        for (start, looks) in
            [("(?=", true), ("(?!", true), ("(?<=", true), ("(?<!", true), ("(?:", false), ("(?<", false)]
        {
            if self.ahead(start) {
                self.backtracking |= looks;
                self.at += start.len();
                self.out.push_str(start);
                return;
            }
        }
        self.at += 1;
        self.out.push('(');
    }

    fn class(&mut self) -> Result<(), PatternError> {
        if self.ahead("[]") {
            self.at += 2;
            self.out.push_str(r"[^\s\S]");
            return Ok(());
        }
        if self.ahead("[^]") {
            self.at += 3;
            self.out.push_str("(?s:.)");
            return Ok(());
        }
        let (start, begun) = (self.at, self.out.len());
        self.out.push('[');
        self.at += 1;
        if self.peek(0) == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let opened = self.out.len();
        loop {
            match self.peek(0) {
                None => return Err(PatternError("a class is never closed".to_owned())),
                Some(']') => break,
                Some('\\') => self.escape(true)?,
                Some('-') => {
                    self.at += 1;
                    // A hyphen is a range only between two characters: `[\w-.]` and `[a-]` mean it.
                    let before = self.out[opened..].chars().last();
                    let after_class = ["\\d", "\\w", "\\s", "\\D", "\\W", "\\S"].iter().any(|class| {
                        self.chars[..self.at - 1].iter().rev().take(2).rev().collect::<String>() == *class
                    });
                    let next_class = self.peek(0) == Some('\\')
                        && matches!(self.peek(1), Some('d' | 'w' | 's' | 'D' | 'W' | 'S'));
                    let literal = before.is_none() || self.peek(0) == Some(']') || after_class || next_class;
                    self.out.push_str(if literal { "\\-" } else { "-" });
                }
                Some(char @ ('[' | '&' | '~')) => {
                    self.at += 1;
                    self.out.push('\\');
                    self.out.push(char);
                }
                Some(other) => {
                    self.at += 1;
                    self.out.push(other);
                }
            }
        }
        self.at += 1;
        self.out.push(']');
        let written: String = self.chars[start..self.at].iter().collect();
        if holds_everything(&written) {
            self.out.truncate(begun);
            self.out.push_str("(?s:.)");
        } else if self.any_case && has_no_letter(&written) {
            let class = self.caseless(&self.out[begun..]);
            self.out.truncate(begun);
            self.out.push_str(&class);
        }
        Ok(())
    }

    /// A class without letters, kept from being widened to both cases: for one that holds nearly every
    /// character that takes the engines milliseconds, and changes nothing.
    fn caseless(&self, class: &str) -> String {
        if self.any_case { format!("(?-i:{class})") } else { class.to_owned() }
    }

    fn escape(&mut self, in_class: bool) -> Result<(), PatternError> {
        let Some(char) = self.peek(1) else {
            return Err(PatternError("the pattern ends in a backslash".to_owned()));
        };
        self.at += 2;
        let brackets = |inside: &str| if in_class { inside.to_owned() } else { format!("[{inside}]") };
        match char {
            'd' => self.out.push_str(&brackets("0-9")),
            'D' | 'W' | 'S' => {
                let class = match char {
                    'D' => "[^0-9]".to_owned(),
                    'W' => "[^A-Za-z0-9_]".to_owned(),
                    _ => format!("[^{SPACE}]"),
                };
                self.out.push_str(&if in_class { class } else { self.caseless(&class) });
            }
            'w' => self.out.push_str(&brackets("A-Za-z0-9_")),
            's' => self.out.push_str(&brackets(SPACE)),
            'b' if in_class => self.out.push_str("\\x08"),
            'b' => self.out.push_str(WORD_BOUNDARY),
            'B' if !in_class => self.out.push_str(NO_BOUNDARY),
            'n' | 'r' | 't' | 'f' | 'v' => {
                self.out.push('\\');
                self.out.push(char);
            }
            '0' if !self.peek(0).is_some_and(|next| next.is_ascii_digit()) => self.out.push_str("\\x00"),
            '1'..='9' if !in_class => {
                let mut number = String::from(char);
                while let Some(digit) = self.peek(0).filter(char::is_ascii_digit) {
                    self.at += 1;
                    number.push(digit);
                }
                self.backtracking = true;
                self.out.push_str(&format!("\\{number}"));
            }
            'k' if !in_class && self.peek(0) == Some('<') => {
                self.backtracking = true;
                self.out.push_str("\\k");
            }
            'c' => match self.peek(0).filter(char::is_ascii_alphabetic) {
                Some(letter) => {
                    self.at += 1;
                    self.push_char(char::from(letter as u8 % 32));
                }
                None => self.out.push_str("\\\\c"),
            },
            'x' => self.hex(2, 'x'),
            'u' if self.peek(0) == Some('{') && self.unicode => {
                let end = self.chars[self.at..]
                    .iter()
                    .position(|&char| char == '}')
                    .ok_or_else(|| PatternError("`\\u{` is never closed".to_owned()))?;
                let digits: String = self.chars[self.at + 1..self.at + end].iter().collect();
                self.at += end + 1;
                let char = u32::from_str_radix(&digits, 16)
                    .ok()
                    .and_then(char::from_u32)
                    .ok_or_else(|| PatternError(format!("there is no character `\\u{{{digits}}}`")))?;
                self.push_char(char);
            }
            'u' => self.hex(4, 'u'),
            'p' | 'P' if self.unicode && self.peek(0) == Some('{') => {
                self.out.push('\\');
                self.out.push(char);
            }
            other if other.is_ascii_alphanumeric() => self.out.push(other),
            other => self.push_char(other),
        }
        // `\p{...}` keeps its braces.
        if matches!(char, 'p' | 'P') && self.unicode {
            while let Some(next) = self.peek(0) {
                self.at += 1;
                self.out.push(next);
                if next == '}' {
                    break;
                }
            }
        }
        Ok(())
    }

    fn hex(&mut self, length: usize, letter: char) {
        match self.digits(length) {
            Some(code) => {
                let mut code = code;
                if self.in_units && (0xD800..0xE000).contains(&code) {
                    self.push_char(half(code));
                    return;
                }
                // Two surrogates make one character.
                if (0xD800..0xDC00).contains(&code) && self.ahead("\\u") {
                    let before = self.at;
                    self.at += 2;
                    match self.digits(4).filter(|low| (0xDC00..0xE000).contains(low)) {
                        Some(low) => code = 0x1_0000 + ((code - 0xD800) << 10) + (low - 0xDC00),
                        None => self.at = before,
                    }
                }
                // A lone surrogate matches no text in UTF-8.
                self.push_char(char::from_u32(code).unwrap_or('\u{FFFF}'));
            }
            None => self.out.push(letter),
        }
    }

    fn digits(&mut self, length: usize) -> Option<u32> {
        let digits: String = self.chars.get(self.at..self.at + length)?.iter().collect();
        let code = u32::from_str_radix(&digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
        self.at += length;
        Some(code)
    }

    /// A character for itself.
    fn push_char(&mut self, char: char) {
        if char.is_ascii_alphanumeric() || char == '_' || !char.is_ascii() {
            self.out.push(char);
        } else {
            self.out.push_str(&format!("\\x{:02X}", char as u32));
        }
    }
}
