//! What an expression comes to at a place. An expression that would throw in JavaScript (a member of
//! undefined, a method that is not there) selects nothing.

use super::test::Asked;
use super::{Node, Operator, Script};
use crate::document::Step;
use crate::document::{Document, Kind};
use crate::js;
use crate::path::eval::Eval;
use crate::path::trail::{Here, parent_of, step_of};
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
    /// What `constructor` gives: of what kind something is.
    Class(&'static str),
}

/// Why there is no value.
enum Stop {
    Throws,
    Exhausted(Exhausted),
}

type Answer<'v> = Result<Value<'v>, Stop>;

impl Script {
    /// Whether the place is selected.
    pub(in crate::path) fn holds(
        &self,
        eval: &Eval<'_>,
        at: NodeRef,
        here: Option<&Here<'_>>,
    ) -> Result<bool, Exhausted> {
        if self.containers_only {
            let target = eval.target(at);
            if !matches!(eval.document(target.doc).kind(target.node), Kind::Object | Kind::Array) {
                return Ok(false);
            }
        }
        if let Some(test) = &self.test {
            let target = eval.target(at);
            let document = eval.document(target.doc);
            if document.node(target.node).kind == Kind::Object {
                eval.step()?;
                let member = |name: &str| {
                    let node = document.get(target.node, name)?;
                    let found = eval.target(NodeRef { node, ..target });
                    Some((eval.document(found.doc), found.node))
                };
                let asked = Asked { key: eval.document(at.doc).key(at.node), member };
                if let Some(holds) = test.holds(&asked) {
                    return Ok(holds);
                }
            }
        }
        match (Run { eval, at, here }).value(&self.node) {
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
        Value::Node(_) | Value::List(_) | Value::Regex(_) | Value::Class(_) => true,
    }
}

struct Run<'r, 'g> {
    eval: &'r Eval<'g>,
    /// The member or element asked about, as it stands.
    at: NodeRef,
    /// How the pass came here.
    here: Option<&'r Here<'r>>,
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
                Value::Number(document.number(at.node).map_or(f64::NAN, |number| number.as_f64()))
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

    /// The steps to the place, as values; with the places themselves.
    fn way(&self) -> Vec<(NodeRef, Value<'r>)> {
        let graph = self.eval.graph();
        match self.here {
            Some(here) => here
                .steps(graph, self.at)
                .into_iter()
                .map(|taken| (taken.edge, self.key(taken.edge)))
                .collect(),
            None => {
                let mut way = Vec::new();
                let mut at = Some(self.at);
                while let Some(here) = at {
                    at = parent_of(graph, here);
                    if at.is_some() {
                        way.push((here, self.key(here)));
                    }
                }
                way.reverse();
                way
            }
        }
    }

    /// `@parent`: as Spectral's library has it, what stands two levels above.
    fn parent(&self) -> Value<'r> {
        let way = self.way();
        match way.len() {
            0 | 1 => Value::Undefined,
            2 => self.read(self.eval.root()),
            count => self.read(way[count - 3].0),
        }
    }

    fn parent_property(&self) -> Value<'r> {
        let mut way = self.way();
        let count = way.len();
        if count < 2 { Value::Undefined } else { way.swap_remove(count - 2).1 }
    }

    fn path(&self) -> Value<'r> {
        let graph = self.eval.graph();
        let mut path = "$".to_owned();
        for (edge, _) in self.way() {
            path.push_str(&match step_of(graph, edge) {
                Step::Key(key) => format!("['{key}']"),
                Step::Index(index) => format!("[{index}]"),
            });
        }
        Value::Text(path.into())
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
            Node::Parent => self.parent(),
            Node::ParentProperty => self.parent_property(),
            Node::Path => self.path(),
            Node::Matches(left, pattern) => {
                Value::Bool(pattern.is_match(&text(&self.value(left)?)).unwrap_or(false))
            }
            Node::Root => self.read(self.eval.root()),
            Node::IsKind(kind) => {
                Value::Bool(is_kind(self.document(self.eval.target(self.at)), &self.read(self.at), kind))
            }
            Node::Member(object, key) => {
                let (object, key) = (self.value(object)?, self.value(key)?);
                self.member(&object, &key)?
            }
            Node::Call(of, name, arguments) => {
                let object = self.value(of)?;
                let arguments: Vec<Value<'_>> =
                    arguments.iter().map(|one| self.value(one)).collect::<Result<_, _>>()?;
                // Spectral's library turns a key into a text before it asks it for a method.
                let object = match (of.as_ref(), object) {
                    (Node::Property, number @ Value::Number(_)) => {
                        Value::Text(text(&number).into_owned().into())
                    }
                    (_, object) => object,
                };
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
            Value::Class(class) if name == "name" => Value::Text((*class).into()),
            _ if name == "constructor" => Value::Class(self.class(object)),
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
            Value::Text(text) => {
                let unit = name.parse().ok().and_then(|at: usize| text.chars().nth(at));
                unit.map_or(Value::Undefined, |char| Value::Text(char.to_string().into()))
            }
            Value::List(list) if name == "length" =>
            {
                #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                Value::Number(list.len() as f64)
            }
            _ => Value::Undefined,
        })
    }

    /// What `constructor.name` gives.
    fn class(&self, value: &Value<'r>) -> &'static str {
        match value {
            Value::Bool(_) => "Boolean",
            Value::Number(_) => "Number",
            Value::Text(_) => "String",
            Value::Regex(_) => "RegExp",
            Value::List(_) => "Array",
            Value::Node(at) if self.document(*at).kind(at.node) == Kind::Array => "Array",
            Value::Class(_) => "Function",
            _ => "Object",
        }
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
            (Value::Text(of), "slice" | "substring" | "charAt" | "substr", _) => {
                Value::Text(cut(of, name, arguments).into())
            }
            (Value::Text(of), "replace", Value::Regex(pattern)) => {
                let with = arguments.get(1).map_or_else(|| "undefined".into(), text);
                let found = pattern.find_from(of, 0).ok().flatten();
                Value::Text(found.map_or_else(
                    || of.to_string().into(),
                    |span| format!("{}{with}{}", &of[..span.0], &of[span.1..]).into(),
                ))
            }
            (Value::Text(of), "replace", value) => {
                let with = arguments.get(1).map_or_else(|| "undefined".into(), text);
                Value::Text(of.replacen(&*text(value), &with, 1).into())
            }
            (Value::Text(of), "split", value) => Value::List(match value {
                Value::Undefined => vec![Value::Text(of.to_string().into())],
                separator => {
                    let separator = text(separator);
                    if separator.is_empty() {
                        of.chars().map(|char| Value::Text(char.to_string().into())).collect()
                    } else {
                        of.split(&*separator).map(|part| Value::Text(part.to_owned().into())).collect()
                    }
                }
            }),
            (Value::Text(of), "lastIndexOf", value) => {
                Value::Number(of.rfind(&*text(value)).map_or(-1.0, |at| {
                    #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
                    let at = js::length(&of[..at]) as f64;
                    at
                }))
            }
            (Value::Text(of), "concat", value) => Value::Text(format!("{of}{}", text(value)).into()),
            (Value::List(list), "join", value) => {
                let separator = match value {
                    Value::Undefined => ",".into(),
                    value => text(value),
                };
                Value::Text(
                    list.iter().map(|one| text(one).into_owned()).collect::<Vec<_>>().join(&separator).into(),
                )
            }
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
            // Spectral's library means by `in` that the right side includes the left one.
            Operator::In => match right {
                Value::List(list) => Value::Bool(list.iter().any(|one| strict(one, left))),
                Value::Text(whole) => Value::Bool(whole.contains(&*text(left))),
                Value::Node(at) if self.document(*at).kind(at.node) == Kind::Array => {
                    let mut items = self.document(*at).items(at.node);
                    Value::Bool(items.any(|node| strict(&self.read(NodeRef { node, ..*at }), left)))
                }
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
        Value::Text(text) => js::to_number(text),
        _ => f64::NAN,
    }
}

/// `String(value)`
fn text<'v>(value: &'v Value<'_>) -> std::borrow::Cow<'v, str> {
    match value {
        Value::Undefined => "undefined".into(),
        Value::Null => "null".into(),
        Value::Bool(bool) => bool.to_string().into(),
        Value::Number(number) => js::number_to_string(*number).into(),
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
        // An array is an object, too.
        "object" => container(Kind::Object) || container(Kind::Array),
        "undefined" => matches!(value, Value::Undefined),
        _ => !matches!(value, Value::Node(_)),
    }
}

/// `slice`, `substring`, `substr` and `charAt` of a text.
fn cut(of: &str, name: &str, arguments: &[Value<'_>]) -> String {
    let units: Vec<u16> = of.encode_utf16().collect();
    #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
    let count = units.len() as f64;
    let argument = |at: usize, missing: f64| match arguments.get(at) {
        None | Some(Value::Undefined) => missing,
        Some(value) => {
            let number = number(value);
            if number.is_nan() { 0.0 } else { number.trunc() }
        }
    };
    let from_end = |at: f64| if at < 0.0 { (count + at).max(0.0) } else { at.min(count) };
    let (mut start, mut end) = match name {
        "slice" => (from_end(argument(0, 0.0)), from_end(argument(1, count))),
        "substring" => (argument(0, 0.0).clamp(0.0, count), argument(1, count).clamp(0.0, count)),
        "substr" => {
            let start = from_end(argument(0, 0.0));
            (start, (start + argument(1, count)).clamp(start, count))
        }
        _ => {
            let at = argument(0, 0.0);
            if at < 0.0 || at >= count { (0.0, 0.0) } else { (at, at + 1.0) }
        }
    };
    if name == "substring" && start > end {
        std::mem::swap(&mut start, &mut end);
    }
    String::from_utf16_lossy(units.get(start as usize..end as usize).unwrap_or_default())
}
