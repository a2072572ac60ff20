//! Regular expressions of JavaScript taken apart, far enough to see what cannot have been meant. What is
//! not understood becomes an item that may match anything, so that nothing is said of it.

/// Characters: ASCII one by one, all others together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Set {
    ascii: u128,
    other: bool,
}

impl Set {
    const NONE: Self = Self { ascii: 0, other: false };
    pub(super) const ALL: Self = Self { ascii: u128::MAX, other: true };

    fn of(char: char) -> Self {
        let mut set = Self::NONE;
        set.add(char, char);
        set
    }

    fn add(&mut self, from: char, to: char) {
        for code in from as u32..=(to as u32).min(127) {
            self.ascii |= 1 << code;
        }
        self.other |= to as u32 > 127;
    }

    fn or(self, more: Self) -> Self {
        Self { ascii: self.ascii | more.ascii, other: self.other || more.other }
    }

    fn not(self) -> Self {
        // Part of the others may be named: the rest of them remains.
        Self { ascii: !self.ascii, other: true }
    }

    pub(super) fn meets(self, other: Self) -> bool {
        self.ascii & other.ascii != 0 || self.other && other.other
    }

    pub(super) fn is_empty(self) -> bool {
        self == Self::NONE
    }
}

/// What a group is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Capture,
    Plain,
    /// Look-around: it takes no characters.
    Look,
}

#[derive(Clone, Debug)]
pub(super) enum What {
    Char(char),
    /// `.`
    Any,
    Set(Set),
    Start,
    End,
    /// `\b`, `\B`
    Edge,
    /// Something that may match anything, such as `\1`.
    Unknown,
    Group(Group, Alternatives),
    Repeat(Box<Item>, u32, Option<u32>),
}

/// A part with the bytes it takes.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub what: What,
    pub start: usize,
    pub end: usize,
}

/// What stands between `|`.
pub(super) type Alternatives = Vec<Vec<Item>>;

impl Item {
    /// Whether it may match nothing at all.
    pub(super) fn nullable(&self) -> bool {
        match &self.what {
            What::Char(_) | What::Any | What::Set(_) => false,
            What::Start | What::End | What::Edge | What::Unknown | What::Group(Group::Look, _) => true,
            What::Group(_, alternatives) => nullable(alternatives),
            What::Repeat(item, min, _) => *min == 0 || item.nullable(),
        }
    }

    /// The characters it is made of.
    pub(super) fn set(&self) -> Set {
        match &self.what {
            What::Char(char) => Set::of(*char),
            What::Any | What::Unknown => Set::ALL,
            What::Set(set) => *set,
            What::Start | What::End | What::Edge | What::Group(Group::Look, _) => Set::NONE,
            What::Group(_, alternatives) => {
                alternatives.iter().flatten().fold(Set::NONE, |set, item| set.or(item.set()))
            }
            What::Repeat(item, ..) => item.set(),
        }
    }

    /// The items of its alternatives, where it is a group or repeats one.
    pub(super) fn inside(&self) -> Option<&Alternatives> {
        match &self.what {
            What::Group(_, alternatives) => Some(alternatives),
            What::Repeat(item, ..) => item.inside(),
            _ => None,
        }
    }
}

pub(super) fn nullable(alternatives: &Alternatives) -> bool {
    alternatives.iter().any(|items| items.iter().all(Item::nullable))
}

/// `/source/flags` as Spectral takes it apart: the source, where it begins, and the flags.
pub(super) fn split(text: &str) -> (&str, usize, Option<&str>) {
    match text.strip_prefix('/').and_then(|rest| rest.rsplit_once('/')) {
        Some((source, flags)) if !source.is_empty() && flags.bytes().all(|one| one.is_ascii_lowercase()) => {
            (source, 1, Some(flags))
        }
        _ => (text, 0, None),
    }
}

/// Takes a source apart; nothing where its brackets do not fit.
pub(super) fn parse(source: &str) -> Option<Alternatives> {
    let mut parser = Parser { source, at: 0, depth: 0 };
    let alternatives = parser.alternatives()?;
    (parser.at == source.len()).then_some(alternatives)
}

struct Parser<'s> {
    source: &'s str,
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<char> {
        self.source[self.at..].chars().next()
    }

    fn bump(&mut self) -> Option<char> {
        let char = self.peek()?;
        self.at += char.len_utf8();
        Some(char)
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.source[self.at..].starts_with(text);
        if found {
            self.at += text.len();
        }
        found
    }

    fn alternatives(&mut self) -> Option<Alternatives> {
        self.depth += 1;
        if self.depth > 100 {
            return None;
        }
        let mut all = vec![Vec::new()];
        while let Some(next) = self.peek() {
            if next == ')' {
                break;
            }
            if self.eat("|") {
                all.push(Vec::new());
                continue;
            }
            let start = self.at;
            let what = self.atom()?;
            let mut item = Item { what, start, end: self.at };
            if let Some((min, max)) = self.quantifier() {
                item = Item { what: What::Repeat(Box::new(item), min, max), start, end: self.at };
            }
            if let Some(last) = all.last_mut() {
                last.push(item);
            }
        }
        self.depth -= 1;
        Some(all)
    }

    fn quantifier(&mut self) -> Option<(u32, Option<u32>)> {
        let found = match self.peek()? {
            '*' => (0, None),
            '+' => (1, None),
            '?' => (0, Some(1)),
            '{' => {
                let rest = &self.source[self.at + 1..];
                let inside = &rest[..rest.find('}')?];
                let (min, max) = match inside.split_once(',') {
                    None => (inside.parse().ok()?, Some(inside.parse().ok()?)),
                    Some((min, "")) => (min.parse().ok()?, None),
                    Some((min, max)) => (min.parse().ok()?, Some(max.parse().ok()?)),
                };
                self.at += inside.len() + 1;
                (min, max)
            }
            _ => return None,
        };
        self.bump();
        self.eat("?");
        Some(found)
    }

    fn atom(&mut self) -> Option<What> {
        Some(match self.bump()? {
            '^' => What::Start,
            '$' => What::End,
            '.' => What::Any,
            '[' => self.class()?,
            '(' => {
                let group = if self.eat("?:") {
                    Group::Plain
                } else if ["?=", "?!", "?<=", "?<!"].iter().any(|opening| self.eat(opening)) {
                    Group::Look
                } else if self.eat("?<") {
                    while self.bump()? != '>' {}
                    Group::Capture
                } else if self.eat("?") {
                    return None;
                } else {
                    Group::Capture
                };
                let inside = self.alternatives()?;
                if !self.eat(")") {
                    return None;
                }
                What::Group(group, inside)
            }
            '\\' => match self.bump()? {
                'b' | 'B' => What::Edge,
                '1'..='9' => What::Unknown,
                'k' | 'p' | 'P' | 'u' | 'x' | 'c' => {
                    if self.eat("{") || self.eat("<") {
                        while !matches!(self.bump()?, '}' | '>') {}
                    }
                    What::Unknown
                }
                char => escape(char).map_or(What::Char(char), What::Set),
            },
            char => What::Char(char),
        })
    }

    fn class(&mut self) -> Option<What> {
        let negative = self.eat("^");
        let mut set = Set::NONE;
        loop {
            let from = match self.bump()? {
                ']' => break,
                '\\' => match self.bump()? {
                    'p' | 'P' | 'u' | 'x' | 'c' => {
                        set = Set::ALL;
                        continue;
                    }
                    'b' => '\u{8}',
                    char => match escape(char) {
                        Some(more) => {
                            set = set.or(more);
                            continue;
                        }
                        None => char,
                    },
                },
                char => char,
            };
            let range = self.source[self.at..].starts_with('-')
                && !self.source[self.at + 1..].starts_with(']')
                && !self.source[self.at + 1..].starts_with('\\');
            if !range {
                set.add(from, from);
                continue;
            }
            self.bump();
            let to = self.bump()?;
            set.add(from, to);
        }
        Some(What::Set(if negative { set.not() } else { set }))
    }
}

/// What a letter behind a backslash stands for, where it is no character itself.
fn escape(char: char) -> Option<Set> {
    let mut set = Set::NONE;
    match char.to_ascii_lowercase() {
        'd' => set.add('0', '9'),
        'w' => {
            for (from, to) in [('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')] {
                set.add(from, to);
            }
        }
        's' => {
            set.add('\t', '\r');
            set.add(' ', ' ');
            set.other = true;
        }
        'n' | 't' | 'r' | 'f' | 'v' => {
            return (char.is_ascii_lowercase()).then(|| {
                let mut set = Set::NONE;
                set.add('\t', '\r');
                set
            });
        }
        _ => return None,
    }
    Some(if char.is_ascii_uppercase() { set.not() } else { set })
}
