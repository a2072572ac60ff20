//! The filters of Spectral's dialect of JSONPath: expressions of JavaScript over the place asked
//! about (`@`), its key (`@property`) and its parent. A small language of values, without
//! assignments, loops or functions of one's own; what it cannot read is an error of the path.

mod parse;
mod run;

use crate::pattern::Pattern;

/// A filter's expression.
#[derive(Debug)]
pub struct Script(Node);

/// An expression.
#[derive(Debug)]
enum Node {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
    Regex(Pattern),
    List(Vec<Node>),
    /// `@`
    Here,
    /// `@property`
    Property,
    /// `@parent`
    Parent,
    /// `@parentProperty`
    ParentProperty,
    /// `@root`, `$`
    Root,
    /// `@string()` and the like: whether the value is of a kind.
    IsKind(&'static str),
    /// `a.b`, `a[b]`
    Member(Box<Node>, Box<Node>),
    /// `a.b(c)`
    Call(Box<Node>, String, Vec<Node>),
    Not(Box<Node>),
    Negative(Box<Node>),
    TypeOf(Box<Node>),
    Binary(Operator, Box<Node>, Box<Node>),
    Choice(Box<Node>, Box<Node>, Box<Node>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Or,
    And,
    StrictEqual,
    StrictUnequal,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}
