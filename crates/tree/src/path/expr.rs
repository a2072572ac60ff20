//! The compiled form of paths.

use super::needs::Needs;
use super::script::Script;
use crate::pattern::IRegexp;
use std::sync::{Arc, OnceLock};

/// A compiled path.
#[derive(Clone, Debug)]
pub struct Path {
    /// Its segments; none for `$`.
    pub segments: Arc<[Segment]>,
    /// It selects the keys of what it leads to (`~` of Spectral's dialect).
    pub keys: bool,
    /// So many levels above what it leads to are selected (`^` of Spectral's dialect).
    pub up: u32,
    /// What follows a `^`: a path from there.
    pub then: Option<Arc<Path>>,
    /// A filter asks for the way (`@path`, `@parent`, `@parentProperty`), so that every route counts.
    pub routes: bool,
}

/// One segment: what to do with each node found so far.
#[derive(Clone, Debug)]
pub struct Segment {
    /// The selectors apply to the node and all its descendants, not to the node alone.
    pub descendant: bool,
    /// The selectors.
    pub selectors: Vec<Selector>,
    /// A descent looks for words of a description's grammar (where they are data or names that somebody
    /// chose, they are none), or it takes all paths but extensions. See [`Path::of_grammar`].
    pub words: bool,
}

/// Which children of a node.
#[derive(Clone, Debug)]
pub enum Selector {
    /// The member of that name.
    Name(String),
    /// Every child.
    Wildcard,
    /// The element at an index; negative ones count from the end.
    Index(i64),
    /// The elements of a slice.
    Slice {
        /// First index.
        start: Option<i64>,
        /// Index after the last.
        end: Option<i64>,
        /// Step; 0 selects nothing.
        step: i64,
    },
    /// The children for which an expression holds.
    Filter(Arc<Filter>),
    /// The children for which an expression of JavaScript is true.
    Script(Arc<Script>),
}

/// A filter (RFC 9535, 2.3.5).
#[derive(Debug)]
pub struct Filter {
    /// As it was written: the same filter in several paths is asked once.
    pub source: String,
    /// What must hold.
    pub expr: Expr,
    /// What it cannot hold without.
    pub needs: Needs,
}

/// A logical expression of a filter.
#[derive(Clone, Debug)]
pub enum Expr {
    /// One holds.
    Or(Vec<Expr>),
    /// All hold.
    And(Vec<Expr>),
    /// It does not hold.
    Not(Box<Expr>),
    /// A comparison.
    Compare(Operand, Comparison, Operand),
    /// The query finds something.
    Exists(Query),
    /// The text matches, wholly or in part.
    Match {
        /// The text.
        text: Operand,
        /// The expression, as an operand or compiled already.
        pattern: Pattern,
        /// The whole text, not part of it.
        whole: bool,
    },
}

/// An I-Regexp that a path has as a literal. It is read when it is first asked for: packs have some
/// hundred of them, and most files meet a few.
#[derive(Debug)]
pub struct Fixed {
    source: String,
    read: OnceLock<Option<IRegexp>>,
}

impl Fixed {
    pub(super) fn new(source: String) -> Self {
        Self { source, read: OnceLock::new() }
    }

    /// As it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The expression; `None` where it is no I-Regexp: nothing matches it.
    #[must_use]
    pub fn get(&self) -> Option<&IRegexp> {
        self.read.get_or_init(|| IRegexp::new(&self.source).ok()).as_ref()
    }
}

/// The pattern of `match` and `search`.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Known beforehand.
    Fixed(Arc<Fixed>),
    /// Found in the document.
    Found(Operand),
}

/// How two operands are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// One side of a comparison.
#[derive(Clone, Debug)]
pub enum Operand {
    /// A literal.
    Literal(Literal),
    /// The one node of a singular query, or nothing.
    Query(Query),
    /// `length(...)`
    Length(Box<Operand>),
    /// `count(...)`
    Count(Query),
    /// `value(...)`
    Value(Query),
    /// `key(...)`: the name under which the one node stands, where it is a member.
    Key(Query),
}

/// A literal.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    /// null
    Null,
    /// true or false
    Bool(bool),
    /// A number, as written.
    Number(String),
    /// A string.
    String(String),
}

/// A query within a filter.
#[derive(Clone, Debug)]
pub struct Query {
    /// It starts at the root (`$`), not at the node in question (`@`).
    pub absolute: bool,
    /// Its segments.
    pub segments: Vec<Segment>,
}

impl Query {
    /// Whether the query finds one node at most (RFC 9535, 2.3.5.1).
    #[must_use]
    pub fn is_singular(&self) -> bool {
        self.segments.iter().all(|segment| {
            !segment.descendant && matches!(segment.selectors[..], [Selector::Name(_) | Selector::Index(_)])
        })
    }
}
