//! `alphabetical` (Spectral functions 1.11): the elements of an array, or the keys of an object,
//! stand in order. Text is ordered as JavaScript's `localeCompare` does in an English locale:
//! without regard to case first, lower case before upper where that is all the difference.

use super::{
    CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, beside, options,
    words,
};
use assize_tree::document::{Document, Kind, NodeId};
use serde_json::Value;
use std::cmp::Ordering;

struct Alphabetical {
    keyed_by: Option<String>,
}

/// What is compared.
enum Sort<'d> {
    Text(&'d str),
    Number(f64),
}

impl Check for Alphabetical {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let Subject::Node(at) = subject else { return Ok(Looked::Nothing) };
        let document = cx.document(at);
        let mut pairs: Vec<(NodeId, Sort<'_>)> = Vec::new();
        match document.kind(at.node) {
            Kind::Object => pairs.extend(
                document.members(at.node).map(|(key, node)| (node, Sort::Text(document.symbols().get(key)))),
            ),
            Kind::Array => {
                for item in document.items(at.node) {
                    let value = match &self.keyed_by {
                        None => item,
                        Some(_) if document.kind(item) != Kind::Object => {
                            found.push(Violation::new(format!(
                                "{}must be an object",
                                words::property(cx, subject)
                            )));
                            return Ok(Looked::At(1));
                        }
                        // Without the member there is nothing to order by.
                        Some(key) => match document.get(item, key) {
                            Some(value) => value,
                            None => return Ok(Looked::At(1)),
                        },
                    };
                    let Some(sort) = sort(document, value) else {
                        found.push(Violation::new(format!(
                            "{}must be one of the allowed types: number, string",
                            words::property(cx, subject)
                        )));
                        return Ok(Looked::At(1));
                    };
                    pairs.push((item, sort));
                }
            }
            _ => return Ok(Looked::Nothing),
        }
        for pair in pairs.windows(2) {
            if compare(&pair[0].1, &pair[1].1) != Ordering::Greater {
                continue;
            }
            let error = match (&pair[0].1, &pair[1].1, &self.keyed_by) {
                (_, _, Some(_)) => "properties must follow the alphabetical order".to_owned(),
                (a, b, None) => format!("{} must be placed after {}", shown(a), shown(b)),
            };
            found.push(Violation::new(error).at(Place::Node(beside(at, pair[0].0))));
            break;
        }
        Ok(Looked::At(1))
    }
}

fn sort(document: &Document, node: NodeId) -> Option<Sort<'_>> {
    match document.kind(node) {
        Kind::String => document.str(node).map(Sort::Text),
        Kind::Number => document.number(node).map(|number| Sort::Number(number.as_f64())),
        _ => None,
    }
}

fn shown(sort: &Sort<'_>) -> String {
    match sort {
        Sort::Text(text) => words::quoted(text),
        Sort::Number(number) => number.to_string(),
    }
}

fn compare(a: &Sort<'_>, b: &Sort<'_>) -> Ordering {
    match (a, b) {
        (Sort::Number(a), Sort::Number(b)) => a.partial_cmp(b).unwrap_or(Ordering::Equal),
        (Sort::Text(a), Sort::Text(b)) => locale(a, b),
        (Sort::Number(a), Sort::Text(b)) => locale(&a.to_string(), b),
        (Sort::Text(a), Sort::Number(b)) => locale(a, &b.to_string()),
    }
}

/// Punctuation, then digits, then letters without regard to case; then lower case first.
fn locale(a: &str, b: &str) -> Ordering {
    let primary = |text: &str| -> Vec<(u8, String)> {
        text.chars()
            .map(|char| {
                let class = if char.is_alphabetic() { 2 } else { u8::from(char.is_numeric()) };
                (class, char.to_lowercase().collect())
            })
            .collect()
    };
    primary(a).cmp(&primary(b)).then_with(|| {
        let case = |text: &str| -> Vec<bool> { text.chars().map(char::is_uppercase).collect() };
        case(a).cmp(&case(b))
    })
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("alphabetical", given, &["keyedBy"])?;
    Ok(Box::new(Alphabetical { keyed_by: options::get(&members, "keyedBy", "the name of a member")? }))
}
