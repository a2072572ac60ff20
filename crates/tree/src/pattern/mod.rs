//! Regular expressions: ECMAScript's, as rules and schemas write them, and I-Regexp (RFC 9485), as
//! JSONPath does. What needs neither look-around nor back-references runs in linear time; the rest
//! runs under a bound whose exhaustion is an answer of its own, never a hang.

mod linear;
mod sieve;
mod translate;

use linear::Linear;
use std::sync::OnceLock;

/// Steps back that a pattern with look-around or back-references may take.
const BACKTRACKS: usize = 1_000_000;
/// Bytes that a compiled pattern may take.
const SIZE: usize = 8 << 20;

/// A pattern that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PatternError(pub String);

/// A match that could not be decided within the bounds.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The regular expression {0} takes more steps over a value than the limit allows.")]
pub struct Exhausted(pub String);

/// An ECMAScript regular expression. It is parsed when it is read, which finds its faults, and compiled
/// when it is first used.
#[derive(Debug)]
pub struct Pattern {
    source: String,
    translated: translate::Translated,
    /// Texts are seen as JavaScript sees them: in UTF-16 units.
    in_units: bool,
    /// It is `^` and plain characters: a text matches that begins with them.
    prefix: Option<String>,
    compiled: OnceLock<Engine>,
}

#[derive(Debug)]
enum Engine {
    Linear(Linear),
    Bounded(Bounded),
}

/// An engine that steps back, and before it what a text needs to be worth its while.
#[derive(Debug)]
struct Bounded {
    sieve: Option<Linear>,
    text: String,
    regex: OnceLock<Option<fancy_regex::Regex>>,
}

impl Bounded {
    fn new(text: &str) -> Self {
        let sieve = sieve::without_look_around(text);
        Self {
            sieve: sieve.map(|text| {
                let any_case = text.contains("(?i");
                Linear::new(text, any_case)
            }),
            text: text.to_owned(),
            regex: OnceLock::new(),
        }
    }

    /// The engine, unless nothing matches at or after a byte offset whatever it says.
    fn regex(&self, text: &str, from: usize) -> Result<Option<&fancy_regex::Regex>, TooMuch> {
        // A sieve that cannot be made holds nothing back.
        if let Some(sieve) = &self.sieve
            && let Ok(None) = sieve.find_from(text, from)
        {
            return Ok(None);
        }
        let make = || {
            fancy_regex::RegexBuilder::new(&self.text)
                .backtrack_limit(BACKTRACKS)
                .delegate_size_limit(SIZE)
                .build()
                .ok()
        };
        self.regex.get_or_init(make).as_ref().map(Some).ok_or(TooMuch)
    }

    fn is_match(&self, text: &str) -> Result<bool, TooMuch> {
        match self.regex(text, 0)? {
            Some(regex) => regex.is_match(text).map_err(|_| TooMuch),
            None => Ok(false),
        }
    }

    fn find_from(&self, text: &str, from: usize) -> Result<Option<(usize, usize)>, TooMuch> {
        match self.regex(text, from)? {
            Some(regex) => regex
                .find_from_pos(text, from)
                .map(|found| found.map(|found| (found.start(), found.end())))
                .map_err(|_| TooMuch),
            None => Ok(None),
        }
    }
}

/// More than an engine may take, in steps or in size.
#[derive(Debug)]
struct TooMuch;

impl Pattern {
    /// Reads a pattern: plain, or as `/source/flags`.
    ///
    /// # Errors
    /// Where it is no regular expression of ECMAScript, or has flags that do not exist.
    pub fn new(text: &str) -> Result<Self, PatternError> {
        Self::read(text, false)
    }

    /// The same as JavaScript runs it: without the flag `u` a character beyond the basic plane is two.
    /// For [`is_match`](Self::is_match) alone; places are those of whole characters.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn javascript(text: &str) -> Result<Self, PatternError> {
        Self::read(text, true)
    }

    /// Reads a pattern that is known to be one, so that parsing it can wait until it is used.
    ///
    /// # Errors
    /// Where its flags do not exist or a class is never closed; of what is wrong besides, nothing is said.
    pub fn known(text: &str) -> Result<Self, PatternError> {
        Self::translate(text, split(text), false)
    }

    /// The same of a pattern as JSON Schema writes them: in Unicode mode, and slashes stand for themselves.
    ///
    /// # Errors
    /// As [`known`](Self::known).
    pub fn known_source(text: &str) -> Result<Self, PatternError> {
        Self::translate(text, (text, "u"), false)
    }

    fn read(text: &str, in_units: bool) -> Result<Self, PatternError> {
        let pattern = Self::translate(text, split(text), in_units)?;
        // The engines' own parsers find what the translation let pass.
        let parsed = if pattern.translated.needs_backtracking {
            fancy_regex::Expr::parse_tree(&pattern.translated.text)
                .map(|_| ())
                .map_err(|error| error.to_string())
        } else {
            regex_syntax::parse(&pattern.translated.text)
                .map(|_| ())
                .map_err(|error| error.to_string().lines().last().unwrap_or_default().to_owned())
        };
        parsed.map(|()| pattern).map_err(|error| PatternError(format!("{text}: {error}")))
    }

    fn translate(text: &str, (source, flags): (&str, &str), in_units: bool) -> Result<Self, PatternError> {
        let in_units = in_units && !flags.contains(['u', 'v']);
        let translated = translate::ecmascript(source, flags, in_units)?;
        let plain =
            |rest: &&str| rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/ :".contains(&byte));
        let prefix =
            source.strip_prefix('^').filter(plain).filter(|_| matches!(flags, "" | "u")).map(str::to_owned);
        Ok(Self { source: text.to_owned(), translated, in_units, prefix, compiled: OnceLock::new() })
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    fn engine(&self) -> &Engine {
        self.compiled.get_or_init(|| {
            let text = &self.translated.text;
            if self.translated.needs_backtracking {
                Engine::Bounded(Bounded::new(text))
            } else {
                Engine::Linear(Linear::new(text.clone(), text.contains("(?i")))
            }
        })
    }

    /// Whether the pattern matches somewhere in a text.
    ///
    /// # Errors
    /// Where that takes too long to tell.
    pub fn is_match(&self, text: &str) -> Result<bool, Exhausted> {
        if let Some(prefix) = &self.prefix {
            return Ok(text.starts_with(prefix.as_str()));
        }
        let split: String;
        let text = if self.in_units && !text.is_ascii() && text.bytes().any(|byte| byte >= 0xF0) {
            split = translate::units(text).collect();
            &split
        } else {
            text
        };
        match self.engine() {
            Engine::Linear(regex) => regex.is_match(text).map_err(|_| Exhausted(self.source.clone())),
            Engine::Bounded(regex) => regex.is_match(text).map_err(|_| Exhausted(self.source.clone())),
        }
    }

    /// Where the pattern matches first: byte offsets of start and end.
    ///
    /// # Errors
    /// Where that takes too long to tell.
    pub fn find(&self, text: &str) -> Result<Option<(usize, usize)>, Exhausted> {
        self.find_from(text, 0)
    }

    /// Where the pattern matches first at or after a byte offset. What stands before it still counts
    /// for `^`, `\b` and look-behind.
    ///
    /// # Errors
    /// Where that takes too long to tell.
    pub fn find_from(&self, text: &str, from: usize) -> Result<Option<(usize, usize)>, Exhausted> {
        if from > text.len() || !text.is_char_boundary(from) {
            return Ok(None);
        }
        match self.engine() {
            Engine::Linear(regex) => regex.find_from(text, from).map_err(|_| Exhausted(self.source.clone())),
            Engine::Bounded(regex) => regex.find_from(text, from).map_err(|_| Exhausted(self.source.clone())),
        }
    }
}

/// `/source/flags` taken apart; anything else is a source without flags.
fn split(text: &str) -> (&str, &str) {
    let parts = text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match parts {
        // As Spectral splits: what stands behind the last slash of a plain pattern is no flags.
        Some((source, flags))
            if !source.is_empty() && flags.bytes().all(|byte| byte.is_ascii_lowercase()) =>
        {
            (source, flags)
        }
        _ => (text, ""),
    }
}

/// An I-Regexp (RFC 9485). It is parsed when it is read, which finds its faults, and compiled when it
/// is first used: a pack has some hundred in its filters, and most files meet a few.
#[derive(Debug)]
pub struct IRegexp {
    translated: String,
    /// It is plain words with bars between them, which are compared and never compiled.
    words: Option<Vec<String>>,
    whole: OnceLock<Linear>,
    part: OnceLock<Linear>,
}

impl IRegexp {
    /// Reads an I-Regexp.
    ///
    /// # Errors
    /// Where it is none.
    pub fn new(source: &str) -> Result<Self, PatternError> {
        let translated = translate::iregexp(source)?;
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_/ :|".contains(&byte);
        let words = source.bytes().all(plain).then(|| source.split('|').map(str::to_owned).collect());
        if words.is_none() {
            regex_syntax::ast::parse::Parser::new()
                .parse(&translated)
                .map_err(|error| PatternError(error.to_string()))?;
        }
        Ok(Self { translated, words, whole: OnceLock::new(), part: OnceLock::new() })
    }

    /// Whether the whole text matches; a pattern too large to be compiled matches nothing.
    #[must_use]
    pub fn is_full_match(&self, text: &str) -> bool {
        if let Some(words) = &self.words {
            return words.iter().any(|word| word == text);
        }
        let whole =
            self.whole.get_or_init(|| Linear::new(format!("^(?:{})$", self.translated), self.any_case()));
        whole.is_match(text).unwrap_or(false)
    }

    /// Whether part of the text matches; a pattern too large to be compiled matches nothing.
    #[must_use]
    pub fn is_search_match(&self, text: &str) -> bool {
        if let Some(words) = &self.words {
            return words.iter().any(|word| text.contains(word.as_str()));
        }
        let part = self.part.get_or_init(|| Linear::new(self.translated.clone(), self.any_case()));
        part.is_match(text).unwrap_or(false)
    }

    /// No I-Regexp has flags, and packs write `(?i)` all the same.
    fn any_case(&self) -> bool {
        self.translated.contains("(?i")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn javascript_sees_units() {
        for (pattern, text, expected) in [
            ("^.$", "😀", false),
            ("^..$", "😀", true),
            ("/^.$/u", "😀", true),
            ("^😀$", "😀", true),
            ("^[😀]$", "😀", false),
            ("^[😀]{2}$", "😀", true),
            (r"^\ud83d\ude00$", "😀", true),
            (r"\ud83d", "😀", true),
            (r"^[^a]{2}$", "😀", true),
            ("^.$", "é", true),
        ] {
            assert_eq!(
                Pattern::javascript(pattern).unwrap().is_match(text),
                Ok(expected),
                "{pattern} {text}"
            );
        }
    }

    #[test]
    fn ecmascript_means_what_it_means_in_javascript() {
        for (pattern, text, expected) in [
            (r"^\d+$", "12", true),
            (r"^\d+$", "١٢", false),
            (r"^\w+$", "é", false),
            (r"^\s$", "\u{FEFF}", true),
            ("^a$", "a\n", false),
            ("^.$", "\u{2028}", false),
            ("^[^]$", "\n", true),
            ("[]", "a", false),
            ("/ABC/i", "xabcx", true),
            ("^(?!x-).*$", "x-a", false),
            ("^(?!x-).*$", "a", true),
            (r"(a)\1", "aa", true),
            (r"^\/a$", "/a", true),
            ("^[a-z&&b]$", "&", true),
            ("^[[]$", "[", true),
            ("^a{,3}$", "a{,3}", true),
            (r"^\u00e9\x41\cJ$", "éA\n", true),
            (r"^\-$", "-", true),
            (r"^[\w-]+$", "a-b", true),
            ("^{a}$", "{a}", true),
            ("^(?<y>[0-9]{4})-\\k<y>$", "2020-2020", true),
            ("/^a$/m", "b\na", true),
            (r"(?!x)\bget\b", "to get it", true),
            (r"(?!x)\bget\b", "widget it", false),
            (r"(?!x)e\Bt", "get", true),
            ("/v[0-9]+(/|$)", "/v1", true),
            ("^(/[a-z0-9-.]+|/{[a-zA-Z0-9_]+})+$", "/a/{b}", true),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().is_match(text), Ok(expected), "{pattern} on {text:?}");
        }
    }

    #[test]
    fn the_sieve_holds_back_nothing_that_matches() {
        let patterns = [
            r"^[xX]-(?!([rR]equest|[cC]orrelation)-I[dD]$)",
            r"^(http|ws)://(?!localhost\b|127\.)",
            r"(/[^/{}]+/(?!v\{)[^/{}]*\{[^/]+){2}/[^/{}]+",
            r"/^(?=[^]*\n#+ *who)(?=[^]*\n#+ *errors)/i",
            r"/^(?![ \t]*#)[^\n]*v=spf1\b/im",
            r"(?<!a)b(?=c|$)",
            r"(?:(?!x).)+y",
            r"[(?=)](?=[)\]])",
        ];
        let pieces = [
            "x-",
            "Request-ID",
            "http://",
            "localhost",
            "127.",
            "/a",
            "{v}",
            "\n# who",
            "\n## Errors",
            "v=spf1",
            "#",
            " ",
            "a",
            "b",
            "c",
            "xy",
            "(",
            ")",
            "]",
            "é",
        ];
        let (mut state, mut matched) = (7_u32, 0);
        for _ in 0..300 {
            let mut text = String::new();
            for _ in 0..=state % 5 {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(pieces[(state >> 16) as usize % pieces.len()]);
            }
            for pattern in patterns {
                let pattern = Pattern::new(pattern).unwrap();
                let whole = fancy_regex::Regex::new(&pattern.translated.text).unwrap();
                let Engine::Bounded(bounded) = pattern.engine() else { panic!("{}", pattern.source) };
                assert!(bounded.sieve.is_some(), "{}", pattern.source);
                let expected = whole.find(&text).unwrap().map(|found| (found.start(), found.end()));
                matched += usize::from(expected.is_some());
                assert_eq!(pattern.find(&text).unwrap(), expected, "{} {text:?}", pattern.source);
                assert_eq!(
                    pattern.is_match(&text).unwrap(),
                    expected.is_some(),
                    "{} {text:?}",
                    pattern.source
                );
            }
        }
        assert!(matched > 50, "{matched}");
    }

    #[test]
    fn nothing_takes_for_ever() {
        let text = "a".repeat(40) + "!";
        assert_eq!(Pattern::new("^(a+)+$").unwrap().is_match(&text), Ok(false));
        assert!(Pattern::new(r"^(?=a)(a|a)*\1?b$").unwrap().is_match(&text).is_err());
        assert!(Pattern::new("(").is_err());
        assert!(Pattern::new("/a/xyz").is_err());
    }

    #[test]
    fn iregexp() {
        let regex = IRegexp::new("a.b").unwrap();
        assert!(
            regex.is_full_match("axb")
                && !regex.is_full_match("a\nb")
                && regex.is_search_match("xaxbx")
                && !regex.is_full_match("xaxb")
        );
        assert!(IRegexp::new("[a-z]{2}|x").unwrap().is_full_match("x"));
        let words = IRegexp::new("get|put-x|").unwrap();
        assert!(words.is_full_match("get") && words.is_full_match("put-x") && words.is_full_match(""));
        assert!(!words.is_full_match("gets") && !words.is_full_match("get|put-x"));
        assert!(words.is_search_match("anything"));
        let word = IRegexp::new("get|put").unwrap();
        assert!(word.is_search_match("forget") && !word.is_search_match("post"));
        assert!(IRegexp::new("a(").is_err() && IRegexp::new("a[").is_err());
    }

    #[test]
    fn classes_without_letters_mean_the_same_in_both_cases() {
        let finds = |pattern: &str, text: &str| Pattern::new(pattern).unwrap().is_match(text).unwrap();
        for (pattern, yes, no) in [
            (r"/^a[\s\S]b$/i", "A\nB", "AB"),
            (r"/^a[^]b$/i", "A\u{2028}B", "AB"),
            (r"/^a[\S ]+b$/i", "Ax yB", "A\tB"),
            (r"/^a.b$/i", "AéB", "A\nB"),
            (r"/^a.b$/is", "A\nB", "AB"),
            (r"/^\D\W\S$/i", "K-x", "1-x"),
            (r"/^[^\s]$/i", "É", " "),
            (r"/^[a-f\d]$/i", "F", "G"),
            (r"/^[\\s\S]$/i", "s", " "),
            (r"/^[^\s\S]$/i", "\u{0}", "a"),
            (r"/^[.*+]$/i", "+", "a"),
        ] {
            if pattern != r"/^[^\s\S]$/i" {
                assert!(finds(pattern, yes), "{pattern} {yes:?}");
            }
            assert!(!finds(pattern, no), "{pattern} {no:?}");
        }
    }
}
