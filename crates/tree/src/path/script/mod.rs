//! The filters of Spectral's dialect of JSONPath: expressions of JavaScript over the place asked
//! about (`@`), its key (`@property`) and its parent. A small language of values, without
//! assignments, loops or functions of one's own; what it cannot read is an error of the path.

mod parse;
mod run;
mod test;

use crate::pattern::Pattern;

/// A filter's expression.
#[derive(Debug)]
pub struct Script {
    node: Node,
    source: String,
    /// It holds for objects and arrays only, whatever is in them.
    containers_only: bool,
    /// It holds for objects only that have a member of one of these names, whatever else is asked.
    needs: Option<Vec<String>>,
    /// The expression as questions about an object, where it is no more than that.
    test: Option<test::Test>,
}

impl Script {
    /// Its text.
    pub(super) fn source(&self) -> &str {
        &self.source
    }

    /// Names of which an object must have one for the expression to hold; `None` where it may hold of
    /// anything.
    pub(super) fn needs(&self) -> Option<&[String]> {
        self.needs.as_deref()
    }

    /// The key under which the place must stand, where nothing else is asked.
    pub(super) fn only_key(&self) -> Option<&str> {
        self.test.as_ref().and_then(test::Test::key)
    }

    /// Whether the expression asks for the way to the place.
    pub(super) fn asks_routes(&self) -> bool {
        self.node.any(&|node| matches!(node, Node::Parent | Node::ParentProperty | Node::Path))
    }
}

impl Node {
    /// Whether it is falsy, or throws, wherever `@` is no object and no array.
    fn never_scalar(&self) -> bool {
        match self {
            Self::Member(of, key) => match (of.as_ref(), key.as_ref()) {
                (Self::Here, Self::Text(name)) => {
                    !matches!(name.as_str(), "length" | "constructor") && name.parse::<usize>().is_err()
                }
                (of, _) => of.never_scalar(),
            },
            Self::Call(of, ..) => of.never_scalar(),
            Self::Binary(Operator::And, a, b) => a.never_scalar() || b.never_scalar(),
            Self::Binary(Operator::Or, a, b) => a.never_scalar() && b.never_scalar(),
            Self::Binary(Operator::StrictEqual | Operator::Equal, a, b) => {
                matches!(**b, Self::Text(_) | Self::Number(_) | Self::Bool(_)) && a.never_scalar()
            }
            Self::Binary(Operator::StrictUnequal | Operator::Unequal, a, b) => {
                matches!(**b, Self::Undefined) && matches!(**a, Self::Member(..)) && a.never_scalar()
            }
            _ => false,
        }
    }

    /// Names of which `@` must have one as a member for the expression to be truthy.
    fn needs(&self) -> Option<Vec<String>> {
        match self {
            Self::Member(of, key) => match (of.as_ref(), key.as_ref()) {
                (Self::Here, Self::Text(name)) => Self::is_own(name).then(|| vec![name.clone()]),
                (of, _) => of.needs(),
            },
            Self::Call(of, ..) => of.needs(),
            // Either must hold: the shorter list says more.
            Self::Binary(Operator::And, a, b) => match (a.needs(), b.needs()) {
                (Some(a), Some(b)) => Some(if a.len() <= b.len() { a } else { b }),
                (a, b) => a.or(b),
            },
            Self::Binary(Operator::Or, a, b) => {
                let (mut all, more) = (a.needs()?, b.needs()?);
                all.extend(more);
                Some(all)
            }
            Self::Binary(Operator::StrictEqual | Operator::Equal, a, b)
                if matches!(**b, Self::Text(_) | Self::Number(_) | Self::Bool(_)) =>
            {
                a.needs()
            }
            Self::Binary(Operator::StrictUnequal | Operator::Unequal, a, b)
                if matches!(**b, Self::Undefined) && matches!(**a, Self::Member(..)) =>
            {
                a.needs()
            }
            _ => None,
        }
    }

    /// Whether a name is a member's of a document, and nothing that JavaScript gives every value.
    fn is_own(name: &str) -> bool {
        const GIVEN: [&str; 10] = [
            "length",
            "constructor",
            "toString",
            "valueOf",
            "hasOwnProperty",
            "isPrototypeOf",
            "toLocaleString",
            "propertyIsEnumerable",
            "__proto__",
            "at",
        ];
        !GIVEN.contains(&name) && !name.bytes().all(|byte| byte.is_ascii_digit())
    }

    fn any(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        test(self)
            || match self {
                Self::List(list) => list.iter().any(|node| node.any(test)),
                Self::Member(a, b) | Self::Binary(_, a, b) => a.any(test) || b.any(test),
                Self::Call(a, _, list) => a.any(test) || list.iter().any(|node| node.any(test)),
                Self::Not(a) | Self::Negative(a) | Self::TypeOf(a) | Self::Matches(a, _) => a.any(test),
                Self::Choice(a, b, c) => a.any(test) || b.any(test) || c.any(test),
                _ => false,
            }
    }
}

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
    /// `@path`
    Path,
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
    /// `a ~= 'pattern'`
    Matches(Box<Node>, Pattern),
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
