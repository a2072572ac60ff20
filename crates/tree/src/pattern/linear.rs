//! A pattern that runs in linear time, on the cheaper of two engines: the small one is ready at once and
//! slow, the large one takes up to milliseconds to be made and is fast. Of the hundreds of patterns of a
//! library most see a few short texts, so the small one begins; a pattern that has seen much is made anew.

use super::SIZE;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes of text that the small engine looks through, with a fee for every text, until the large one
/// would have been cheaper.
const PATIENCE: usize = 4 << 10;
const FEE: usize = 16;

#[derive(Debug)]
pub(super) struct Linear {
    /// In the syntax of the large engine.
    text: String,
    /// Only texts of ASCII mean the same to both: letters beyond it have two cases in one alone.
    ascii_only: bool,
    seen: AtomicUsize,
    small: OnceLock<Option<regex_lite::Regex>>,
    large: OnceLock<Option<regex::Regex>>,
}

/// The pattern is too large for any engine.
#[derive(Debug)]
pub(super) struct TooLarge;

impl Linear {
    /// A pattern that has been parsed.
    pub(super) fn new(text: String, any_case: bool) -> Self {
        Self {
            text,
            ascii_only: any_case,
            seen: AtomicUsize::new(0),
            small: OnceLock::new(),
            large: OnceLock::new(),
        }
    }

    pub(super) fn is_match(&self, text: &str) -> Result<bool, TooLarge> {
        match self.small(text) {
            Some(small) => Ok(small.is_match(text)),
            None => Ok(self.large()?.is_match(text)),
        }
    }

    pub(super) fn find_from(&self, text: &str, from: usize) -> Result<Option<(usize, usize)>, TooLarge> {
        Ok(match self.small(&text[from..]) {
            Some(small) => small.find_at(text, from).map(|found| (found.start(), found.end())),
            None => self.large()?.find_at(text, from).map(|found| (found.start(), found.end())),
        })
    }

    /// The small engine, for as long as it is the cheaper one and means the same.
    fn small(&self, text: &str) -> Option<&regex_lite::Regex> {
        if self.ascii_only && !text.is_ascii() || self.seen.load(Ordering::Relaxed) >= PATIENCE {
            return None;
        }
        let seen = self.seen.fetch_add(text.len() + FEE, Ordering::Relaxed);
        if seen + text.len() > PATIENCE {
            return None;
        }
        // What it does not know is left to the large one.
        let make = || {
            let text = self.text.replace(r"(?-u:\b)", r"\b").replace(r"(?-u:\B)", r"\B");
            regex_lite::RegexBuilder::new(&text).size_limit(SIZE).build().ok()
        };
        self.small.get_or_init(make).as_ref()
    }

    fn large(&self) -> Result<&regex::Regex, TooLarge> {
        let make = || regex::RegexBuilder::new(&self.text).size_limit(SIZE).build().ok();
        self.large.get_or_init(make).as_ref().ok_or(TooLarge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_say_the_same() {
        let texts =
            ["", "a", "ab1", "é", "É", "K", "\u{212A}", "a b", "a\nb", "to get it", "\u{2028}", "x_y"];
        for (pattern, any_case) in [
            ("^[a-z]+$", false),
            ("(?i)é|k", true),
            (r"(?-u:\b)get(?-u:\B)?", false),
            (r"^[^\n]\z", false),
            (r"[\t \u{2028}]", false),
            ("(?m)^b$", false),
            (r"(?i)[^k]", true),
            ("a|ab|x", false),
            ("(a+)(b*)?[0-9]{1,3}", false),
        ] {
            let large = regex::Regex::new(pattern).unwrap();
            let adaptive = Linear::new(pattern.to_owned(), any_case);
            for _ in 0..40 {
                for text in texts {
                    let expected = large.find(text).map(|found| (found.start(), found.end()));
                    assert_eq!(adaptive.find_from(text, 0).unwrap(), expected, "{pattern} {text:?}");
                    assert_eq!(adaptive.is_match(text).unwrap(), expected.is_some(), "{pattern} {text:?}");
                }
            }
            assert!(adaptive.large.get().is_some(), "{pattern} is made anew when it has seen much");
        }
    }

    #[test]
    fn what_the_small_engine_does_not_know_runs_on_the_large_one() {
        let pattern = Linear::new(r"\p{Greek}".to_owned(), false);
        assert!(pattern.is_match("α").unwrap() && !pattern.is_match("a").unwrap());
    }
}
