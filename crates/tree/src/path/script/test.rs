//! What most filters ask, as questions to be answered without values of JavaScript: whether an object
//! has members, and what they are.

use super::{Node, Operator};
use crate::document::{Document, Kind, NodeId};

/// A question about an object; each has the answer that its expression has as a condition.
#[derive(Debug)]
pub(super) enum Test {
    Yes,
    All(Vec<Test>),
    Any(Vec<Test>),
    Not(Box<Test>),
    /// `@.name`
    Truthy(String),
    /// `@.name !== undefined`
    Has(String),
    /// `@.name === 'text'`
    Is(String, String),
    /// `@property === 'text'`
    Key(String),
}

/// Where a test is asked: an object, the key under which it stands, and how members are looked up, what
/// references lead to seen through.
pub(super) struct Asked<'d, F> {
    pub key: Option<&'d str>,
    pub member: F,
}

impl Test {
    /// The test that an expression is; `None` where it is more than that.
    pub(super) fn of(node: &Node) -> Option<Self> {
        Some(match node {
            Node::Here => Self::Yes,
            Node::Not(inner) => Self::Not(Box::new(Self::of(inner)?)),
            Node::Member(..) => Self::Truthy(member(node)?.to_owned()),
            Node::Binary(Operator::And, a, b) => Self::All(vec![Self::of(a)?, Self::of(b)?]),
            Node::Binary(Operator::Or, a, b) => Self::Any(vec![Self::of(a)?, Self::of(b)?]),
            Node::Binary(operator @ (Operator::StrictEqual | Operator::StrictUnequal), a, b) => {
                let test = match (&**a, &**b) {
                    (Node::Property, Node::Text(text)) => Self::Key(text.clone()),
                    (a, Node::Text(text)) => Self::Is(member(a)?.to_owned(), text.clone()),
                    (a, Node::Undefined) => Self::Not(Box::new(Self::Has(member(a)?.to_owned()))),
                    _ => return None,
                };
                if *operator == Operator::StrictEqual { test } else { Self::Not(Box::new(test)) }
            }
            // What is no text may still be equal to one: lists are. Those are not answered here.
            Node::Binary(Operator::Equal, a, b) => match &**b {
                Node::Text(text) if crate::js::to_number(text).is_nan() => {
                    Self::Is(member(a)?.to_owned(), text.clone())
                }
                _ => return None,
            },
            Node::Binary(Operator::Unequal, a, b) => match (&**a, &**b) {
                (Node::Here, Node::Null) => Self::Yes,
                _ => return None,
            },
            _ => return None,
        })
    }

    /// The answer; `None` where it takes the expression itself to tell.
    pub(super) fn holds<'d, F>(&self, asked: &Asked<'d, F>) -> Option<bool>
    where
        F: Fn(&str) -> Option<(&'d Document, NodeId)>,
    {
        Some(match self {
            Self::Yes => true,
            Self::All(tests) => {
                for test in tests {
                    if !test.holds(asked)? {
                        return Some(false);
                    }
                }
                true
            }
            Self::Any(tests) => {
                for test in tests {
                    if test.holds(asked)? {
                        return Some(true);
                    }
                }
                false
            }
            Self::Not(test) => !test.holds(asked)?,
            Self::Has(name) => (asked.member)(name).is_some(),
            Self::Key(key) => asked.key == Some(key),
            Self::Truthy(name) => match (asked.member)(name) {
                None => false,
                Some((document, node)) => match document.kind(node) {
                    Kind::Null | Kind::Alias => false,
                    Kind::Bool => document.bool(node)?,
                    Kind::Number => document
                        .number(node)
                        .map(|number| number.as_f64())
                        .is_some_and(|number| number != 0.0 && !number.is_nan()),
                    Kind::String => !document.str(node)?.is_empty(),
                    Kind::Array | Kind::Object => true,
                },
            },
            Self::Is(name, text) => match (asked.member)(name) {
                None => false,
                Some((document, node)) => match document.kind(node) {
                    Kind::String => document.str(node) == Some(text),
                    Kind::Array | Kind::Object => return None,
                    _ => false,
                },
            },
        })
    }

    /// The key that it asks for, if it asks for nothing else.
    pub(super) fn key(&self) -> Option<&str> {
        match self {
            Self::Key(key) => Some(key),
            _ => None,
        }
    }
}

/// The member of the place itself that an expression is, unless JavaScript gives every object one of that
/// name.
fn member(node: &Node) -> Option<&str> {
    let Node::Member(of, key) = node else { return None };
    match (&**of, &**key) {
        (Node::Here, Node::Text(name)) if Node::is_own(name) => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::document::{Limits, json};
    use crate::path::eval::Eval;
    use crate::path::lex::Lexer;
    use crate::path::script::Script;
    use crate::path::{Alone, NodeRef};
    use crate::text::Text;
    use std::sync::Arc;

    #[test]
    fn answers_are_those_of_the_expressions() {
        let text = r#"{"a": {"type": "array", "x": 0, "y": "", "z": null, "in": {}, "flag": false},
            "b": {"type": ["array"], "x": 1, "y": "t", "flag": true}, "c": {}, "d": {"type": 5},
            "e": [{"type": "array"}, {"type": null, "x": []}], "$ref": {"example": null}}"#;
        let document = json::parse(Arc::new(Text::from(text)), Limits::default());
        let graph = Alone(&document);
        let eval = Eval::new(&graph, NodeRef { doc: 0, node: document.root().unwrap() }, false);
        let mut tested = 0;
        for filter in [
            "@ && @.type == \"array\"",
            "@ && @.type === 'array'",
            "@.type != null",
            "@.x !== void 0 || @.z !== void 0",
            "@.x && @.y",
            "!@.flag",
            "@property === '$ref'",
            "@property !== 'a' && @ != null && (@.x || @.type)",
            "@ && @.z === undefined",
            "@.type == '5'",
            "@['type'] === 'array' && @.in",
            "@.length",
            "@.toString",
            "@.type.length",
        ] {
            let script = Script::parse(&mut Lexer::new(filter)).unwrap();
            let plain = Script { test: None, ..Script::parse(&mut Lexer::new(filter)).unwrap() };
            tested += usize::from(script.test.is_some());
            for node in 0..document.nodes().len() as u32 {
                let at = NodeRef { doc: 0, node: crate::document::NodeId(node) };
                let wanted = plain.holds(&eval, at, None).unwrap();
                assert_eq!(script.holds(&eval, at, None), Ok(wanted), "{filter} at {node}");
            }
        }
        assert!(tested >= 9, "only {tested} of the filters are tests");
    }
}
