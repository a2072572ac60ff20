//! What an expression comes to at a place. An expression that would throw in JavaScript (a member of
//! undefined, a method that is not there) selects nothing.

use super::{Node, Operator, Script};
use crate::document::{Document, Kind};
use crate::path::eval::Eval;
use crate::path::{Exhausted, NodeRef};
use crate::pattern::Pattern;

/// A value of JavaScript, as far as filters meet them.
enum Value<'v> {
    Undefined,
    Null,
    Bool(bool),
    Number(f64),
    Text(std::borrow::Cow<'v, str>),
    /// An object or array of a document.
    Node(NodeRef),
    List(Vec<Value<'v>>),
    Regex(&'v Pattern),
}

/// Why there is no value.
enum Stop {
    Throws,
    Exhausted(Exhausted),
}

type Answer<'v> = Result<Value<'v>, Stop>;

impl Script {
    /// Whether the place is selected.
    pub(in crate::path) fn holds(&self, eval: &Eval<'_>, at: NodeRef) -> Result<bool, Exhausted> {
        match (Run { eval, at }).value(&self.0) {
            Ok(value) => Ok(truthy(&value)),
            Err(Stop::Throws) => Ok(false),
            Err(Stop::Exhausted(exhausted)) => Err(exhausted),
        }
    }
}

fn truthy(value: &Value<'_>) -> bool {
    match value {
        Value::Undefined | Value::Null => false,
        Value::Bool(bool) => *bool,
        Value::Number(number) => *number != 0.0 && !number.is_nan(),
        Value::Text(text) => !text.is_empty(),
        Value::Node(_) | Value::List(_) | Value::Regex(_) => true,
    }
}

struct Run<'r, 'g> {
    eval: &'r Eval<'g>,
    /// The member or element asked about, as it stands.
    at: NodeRef,
}

impl<'r> Run<'r, '_> {
    fn document(&self, at: NodeRef) -> &'r Document {
        self.eval.document(at.doc)
    }

    /// What stands at a place, references and aliases seen through.
    fn read(&self, at: NodeRef) -> Value<'r> {
        let at = self.eval.target(at);
        let document = self.document(at);
        match document.kind(at.node) {
            Kind::Null => Value::Null,
            Kind::Bool => Value::Bool(document.bool(at.node).unwrap_or_default()),
            Kind::Number => {
                Value::Number(document.scalar(at.node).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN))
            }
            Kind::String => Value::Text(document.str(at.node).unwrap_or_default().into()),
            _ => Value::Node(at),
        }
    }

    fn key(&self, at: NodeRef) -> Value<'r> {
        let document = self.document(at);
        match (document.key(at.node), document.parent(at.node)) {
            (Some(key), _) => Value::Text(key.into()),
            (None, Some(_)) => Value::Number(f64::from(document.node(at.node).key)),
            (None, None) => Value::Undefined,
        }
    }

    fn parent(&self) -> Option<NodeRef> {
        let node = self.document(self.at).parent(self.at.node)?;
        Some(NodeRef { node, ..self.at })
    }

    fn value(&self, node: &'r Node) -> Answer<'r> {
        self.eval.step().map_err(Stop::Exhausted)?;
        Ok(match node {
            Node::Undefined => Value::Undefined,
            Node::Null => Value::Null,
            Node::Bool(bool) => Value::Bool(*bool),
            Node::Number(number) => Value::Number(*number),
            Node::Text(text) => Value::Text(text.as_str().into()),
            Node::Regex(pattern) => Value::Regex(pattern),
            Node::List(list) => {
                Value::List(list.iter().map(|one| self.value(one)).collect::<Result<_, _>>()?)
            }
            Node::Here => self.read(self.at),
            Node::Property => self.key(self.at),
            Node::Parent => self.parent().map_or(Value::Undefined, |parent| self.read(parent)),
            Node::ParentProperty => self.parent().map_or(Value::Undefined, |parent| self.key(parent)),
            Node::Root => self.read(self.eval.root()),
            Node::IsKind(kind) => {
                Value::Bool(is_kind(self.document(self.eval.target(self.at)), &self.read(self.at), kind))
            }
            Node::Member(object, key) => {
                let (object, key) = (self.value(object)?, self.value(key)?);
                self.member(&object, &key)?
            }
            Node::Call(object, name, arguments) => {
                let object = self.value(object)?;
                let arguments: Vec<Value<'_>> =
                    arguments.iter().map(|one| self.value(one)).collect::<Result<_, _>>()?;
                self.call(&object, name, &arguments)?
            }
            Node::Not(inner) => Value::Bool(!truthy(&self.value(inner)?)),
            Node::Negative(inner) => Value::Number(-number(&self.value(inner)?)),
            Node::TypeOf(inner) => Value::Text(
                match self.value(inner)? {
                    Value::Undefined => "undefined",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "number",
                    Value::Text(_) => "string",
                    _ => "object",
                }
                .into(),
            ),
            Node::Binary(Operator::Or, left, right) => {
                let left = self.value(left)?;
                if truthy(&left) { left } else { self.value(right)? }
            }
            Node::Binary(Operator::And, left, right) => {
                let left = self.value(left)?;
                if truthy(&left) { self.value(right)? } else { left }
            }
            Node::Binary(operator, left, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                self.binary(*operator, &left, &right)?
            }
            Node::Choice(condition, yes, no) => {
                self.value(if truthy(&self.value(condition)?) { yes } else { no })?
            }
        })
    }

    fn member(&self, object: &Value<'r>, key: &Value<'r>) -> Answer<'r> {
        let name = text(key);
        Ok(match object {
            Value::Undefined | Value::Null => return Err(Stop::Throws),
            Value::Node(at) => {
                let document = self.document(*at);
                let found = match document.kind(at.node) {
                    Kind::Array if name == "length" => {
                        #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                        return Ok(Value::Number(document.len(at.node) as f64));
                    }
                    Kind::Array => name.parse().ok().and_then(|index| document.item(at.node, index)),
                    _ => document.get(at.node, &name),
                };
                found.map_or(Value::Undefined, |node| self.read(NodeRef { node, ..*at }))
            }
            Value::Text(text) if name == "length" =>
            {
                #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                Value::Number(text.encode_utf16().count() as f64)
            }
            Value::List(list) if name == "length" =>
            {
                #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                Value::Number(list.len() as f64)
            }
            _ => Value::Undefined,
        })
    }

    fn call(&self, object: &Value<'r>, name: &str, arguments: &[Value<'r>]) -> Answer<'r> {
        let first = arguments.first().unwrap_or(&Value::Undefined);
        let matches = |pattern: &Pattern, text: &str| pattern.is_match(text).unwrap_or(false);
        Ok(match (object, name, first) {
            (Value::Regex(pattern), "test", value) => Value::Bool(matches(pattern, &text(value))),
            (Value::Text(of), "match", Value::Regex(pattern)) => {
                if matches(pattern, of) {
                    Value::Bool(true)
                } else {
                    Value::Null
                }
            }
            (Value::Text(of), "match", value) => {
                let pattern = Pattern::new(&text(value)).map_err(|_| Stop::Throws)?;
                if matches(&pattern, of) { Value::Bool(true) } else { Value::Null }
            }
            (Value::Text(of), "includes", value) => Value::Bool(of.contains(&*text(value))),
            (Value::Text(of), "startsWith", value) => Value::Bool(of.starts_with(&*text(value))),
            (Value::Text(of), "endsWith", value) => Value::Bool(of.ends_with(&*text(value))),
            (Value::Text(of), "indexOf", value) => Value::Number(of.find(&*text(value)).map_or(-1.0, |at| {
                #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                let at = of[..at].encode_utf16().count() as f64;
                at
            })),
            (Value::Text(of), "toLowerCase", _) => Value::Text(of.to_lowercase().into()),
            (Value::Text(of), "toUpperCase", _) => Value::Text(of.to_uppercase().into()),
            (Value::Text(of), "trim", _) => Value::Text(of.trim().to_owned().into()),
            (Value::Text(_) | Value::Number(_) | Value::Bool(_), "toString", _) => {
                Value::Text(text(object).into_owned().into())
            }
            (Value::List(list), "includes", value) => Value::Bool(list.iter().any(|one| strict(one, value))),
            (Value::List(list), "indexOf", value) => {
                #[expect(clippy::cast_precision_loss, reason = "lists in filters are short")]
                let at = list.iter().position(|one| strict(one, value)).map_or(-1.0, |at| at as f64);
                Value::Number(at)
            }
            (Value::Node(at), "includes" | "indexOf", value) => {
                let document = self.document(*at);
                let at = document
                    .items(at.node)
                    .position(|node| strict(&self.read(NodeRef { node, ..*at }), value));
                #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                let index = at.map_or(-1.0, |at| at as f64);
                if name == "includes" { Value::Bool(at.is_some()) } else { Value::Number(index) }
            }
            (Value::Node(at), "hasOwnProperty", value) => {
                Value::Bool(self.document(*at).get(at.node, &text(value)).is_some())
            }
            _ => return Err(Stop::Throws),
        })
    }

    fn binary(&self, operator: Operator, left: &Value<'r>, right: &Value<'r>) -> Answer<'r> {
        Ok(match operator {
            Operator::StrictEqual => Value::Bool(strict(left, right)),
            Operator::StrictUnequal => Value::Bool(!strict(left, right)),
            Operator::Equal => Value::Bool(loose(left, right)),
            Operator::Unequal => Value::Bool(!loose(left, right)),
            Operator::Less | Operator::LessOrEqual | Operator::Greater | Operator::GreaterOrEqual => {
                let order = match (left, right) {
                    (Value::Text(a), Value::Text(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
                    _ => number(left).partial_cmp(&number(right)),
                };
                Value::Bool(order.is_some_and(|order| match operator {
                    Operator::Less => order.is_lt(),
                    Operator::LessOrEqual => order.is_le(),
                    Operator::Greater => order.is_gt(),
                    _ => order.is_ge(),
                }))
            }
            Operator::In => match right {
                Value::Node(at) => {
                    let document = self.document(*at);
                    let name = text(left);
                    Value::Bool(match document.kind(at.node) {
                        Kind::Array => name.parse().is_ok_and(|index: usize| index < document.len(at.node)),
                        _ => document.get(at.node, &name).is_some(),
                    })
                }
                _ => return Err(Stop::Throws),
            },
            Operator::Add if matches!(left, Value::Text(_)) || matches!(right, Value::Text(_)) => {
                Value::Text(format!("{}{}", text(left), text(right)).into())
            }
            Operator::Add => Value::Number(number(left) + number(right)),
            Operator::Subtract => Value::Number(number(left) - number(right)),
            Operator::Multiply => Value::Number(number(left) * number(right)),
            Operator::Divide => Value::Number(number(left) / number(right)),
            _ => Value::Number(number(left) % number(right)),
        })
    }
}

/// `Number(value)`
fn number(value: &Value<'_>) -> f64 {
    match value {
        Value::Null => 0.0,
        Value::Bool(bool) => f64::from(u8::from(*bool)),
        Value::Number(number) => *number,
        Value::Text(text) if text.trim().is_empty() => 0.0,
        Value::Text(text) => text.trim().parse().unwrap_or(f64::NAN),
        _ => f64::NAN,
    }
}

/// `String(value)`
fn text<'v>(value: &'v Value<'_>) -> std::borrow::Cow<'v, str> {
    match value {
        Value::Undefined => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(bool) => bool.to_string().into(),
        Value::Number(number) => number.to_string().into(),
        Value::Text(text) => text.as_ref().into(),
        _ => "[object Object]".into(),
    }
}

fn strict(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Undefined, Value::Undefined) | (Value::Null, Value::Null) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Number(a), Value::Number(b)) => a == b,
        (Value::Text(a), Value::Text(b)) => a == b,
        (Value::Node(a), Value::Node(b)) => a == b,
        _ => false,
    }
}

fn loose(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::Undefined | Value::Null, Value::Undefined | Value::Null) => true,
        (Value::Undefined | Value::Null, _) | (_, Value::Undefined | Value::Null) => false,
        (Value::Text(_), Value::Text(_)) | (Value::Node(_), _) | (_, Value::Node(_)) => strict(left, right),
        _ => number(left) == number(right),
    }
}

fn is_kind(document: &Document, value: &Value<'_>, kind: &str) -> bool {
    let container = |wanted| matches!(value, Value::Node(at) if document.kind(at.node) == wanted);
    match kind {
        "string" => matches!(value, Value::Text(_)),
        "number" => matches!(value, Value::Number(_)),
        "integer" => matches!(value, Value::Number(number) if number.fract() == 0.0),
        "boolean" => matches!(value, Value::Bool(_)),
        "null" => matches!(value, Value::Null),
        "array" => container(Kind::Array),
        "object" => container(Kind::Object),
        "undefined" => matches!(value, Value::Undefined),
        _ => !matches!(value, Value::Node(_)),
    }
}
