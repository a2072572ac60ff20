//! A place in a text and what is wrong there, before anybody has decided how bad that is.

/// A half-open range of byte offsets into the decoded (UTF-8) text of one file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` up to, not including, `end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The empty span at `at`.
    #[must_use]
    pub const fn at(at: u32) -> Self {
        Self { start: at, end: at }
    }

    /// As a range for slicing.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> u32 {
        self.end.saturating_sub(self.start)
    }

    /// True where nothing lies in the span.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }
}

/// Something wrong with a text that its parser found. `code` is the id of the engine's rule of the
/// same name (`syntax`, `encoding`, `duplicate-key`, `limit-depth`, ...).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Id of the rule this problem is a finding of.
    pub code: &'static str,
    /// Where.
    pub span: Span,
    /// What is wrong, as a sentence.
    pub message: String,
    /// What to do about it, where that can be said.
    pub hint: Option<String>,
    /// Other places that explain this one, each with what it shows (a first definition, say).
    pub related: Vec<(Span, String)>,
}

impl Problem {
    /// A problem without hint or related places.
    #[must_use]
    pub fn new(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self { code, span, message: message.into(), hint: None, related: Vec::new() }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same with one more related place.
    #[must_use]
    pub fn related(mut self, span: Span, what: impl Into<String>) -> Self {
        self.related.push((span, what.into()));
        self
    }
}
