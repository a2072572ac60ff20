//! From ajv's errors to messages, as better-ajv-errors (Stoplight's) makes them: errors are put into a
//! tree by the place they stand at, those that others explain better are left out, the rest is worded.

use super::super::value::{Js, View};
use super::run::Failure;

/// A message and where it stands below the judged value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What is wrong.
    pub text: String,
    /// Where: steps below the value, as they stand in the pointer.
    pub path: Vec<String>,
    /// The same as a pointer.
    pub at: String,
}

#[derive(Default)]
struct Tree {
    errors: Vec<usize>,
    children: Vec<(String, Option<Tree>)>,
}

/// The parts of a pointer by which the tree is built: only plain names, each with an index that
/// follows it.
fn parts(pointer: &str) -> Option<Vec<String>> {
    if pointer.is_empty() {
        return Some(vec![String::new()]);
    }
    let word = |char: char| char.is_ascii_alphanumeric() || matches!(char, '_' | '$' | '-');
    let mut parts = Vec::new();
    let mut rest = pointer;
    while let Some(at) = rest.find('/') {
        let name = &rest[at + 1..];
        let end = name.find(|char| !word(char)).unwrap_or(name.len());
        if end == 0 {
            rest = &rest[at + 1..];
            continue;
        }
        let mut length = at + 1 + end;
        if let Some(index) = rest[length..].strip_prefix('/') {
            let digits = index.find(|char: char| !char.is_ascii_digit()).unwrap_or(index.len());
            if digits > 0 {
                length += 1 + digits;
            }
        }
        parts.push(rest[at..length].to_owned());
        rest = &rest[length..];
    }
    (!parts.is_empty()).then_some(parts)
}

impl Tree {
    fn child(&mut self, name: &str) -> &mut Tree {
        let at = match self.children.iter().position(|(key, tree)| key == name && tree.is_some()) {
            Some(at) => at,
            None => {
                self.children.push((name.to_owned(), Some(Tree::default())));
                self.children.len() - 1
            }
        };
        self.children[at].1.get_or_insert_default()
    }

    fn count(&self) -> usize {
        self.children.iter().filter(|(_, child)| child.is_some()).count()
    }

    /// Leaves out what others explain. `siblings` says whether the parent has other children.
    fn filter(&mut self, errors: &[Failure], siblings: bool) -> bool {
        if self.errors.iter().any(|&at| errors[at].keyword == "anyOf") && self.count() > 0 {
            self.errors.clear();
        }
        let all_enum = !self.errors.is_empty() && self.errors.iter().all(|&at| errors[at].keyword == "enum");
        let keep = !(all_enum && siblings);
        for at in 0..self.children.len() {
            let others = self.count() > 1;
            if let Some(child) = &mut self.children[at].1
                && !child.filter(errors, others)
            {
                self.children[at].1 = None;
            }
        }
        keep
    }

    fn collect(&self, errors: &[Failure], words: &mut impl FnMut(&Failure, bool)) {
        if !self.errors.is_empty() && self.errors.iter().all(|&at| errors[at].keyword == "enum") {
            let mut merged = errors[self.errors[0]].clone();
            merged.allowed.clear();
            for &at in &self.errors {
                for value in &errors[at].allowed {
                    if !merged.allowed.contains(value) {
                        merged.allowed.push(value.clone());
                    }
                }
            }
            words(&merged, true);
            return;
        }
        for &at in &self.errors {
            words(&errors[at], false);
        }
        for (_, child) in &self.children {
            if let Some(child) = child {
                child.collect(errors, words);
            }
        }
    }
}

/// The messages of a value's errors. `named` is the last step of the way to the value.
#[must_use]
pub fn plain_messages(
    errors: &[Failure],
    view: &View<'_>,
    value: &Js<'_>,
    named: Option<&str>,
) -> Vec<Message> {
    let mut tree = Tree::default();
    for (index, error) in errors.iter().enumerate() {
        let Some(parts) = parts(&error.at) else { continue };
        let mut here = &mut tree;
        for part in &parts {
            here = here.child(part);
        }
        here.errors.push(index);
    }
    tree.filter(errors, false);
    let mut found = Vec::new();
    tree.collect(errors, &mut |error, listed| found.push(word(error, view, value, named, listed)));
    found
}

/// The same as the function `schema` gives them: elements are named as such, and where no form matched
/// that is said.
#[must_use]
pub fn messages(errors: &[Failure], view: &View<'_>, value: &Js<'_>, named: Option<&str>) -> Vec<Message> {
    let mut found = plain_messages(errors, view, value, named);
    let unmatched = |at: &str| {
        errors
            .iter()
            .rfind(|error| matches!(error.keyword, "anyOf" | "oneOf") && error.passing == 0 && error.at == at)
            .map(|error| error.keyword)
    };
    for message in &mut found {
        item(message);
        if let Some(keyword) = unmatched(&message.at)
            && message.text.ends_with(&format!(" in {keyword}"))
        {
            message
                .text
                .push_str(". None of the schemas matched, see the other errors reported for this value");
        }
    }
    found
}

/// Elements are named as such.
fn item(message: &mut Message) {
    let Some(index) = message
        .at
        .rsplit('/')
        .next()
        .filter(|last| !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()))
    else {
        return;
    };
    for (prefix, tail) in [(format!("\"{index}\" property type"), ""), (format!("\"{index}\" property"), "")]
    {
        if let Some(rest) = message.text.strip_prefix(&prefix) {
            message.text = format!("Item at index {index}{tail}{rest}");
            return;
        }
    }
}

fn at_pointer<'a>(view: &View<'a>, value: &Js<'a>, pointer: &str) -> Js<'a> {
    let mut here = value.clone();
    for step in pointer.split('/').skip(1) {
        here = view.member(&here, &super::super::pointer::unescape(step));
    }
    here
}

fn word(error: &Failure, view: &View<'_>, value: &Js<'_>, named: Option<&str>, listed: bool) -> Message {
    let last = error.at.rfind('/').map(|at| &error.at[at + 1..]).or(named);
    let judged = || {
        let value: Js<'_> = match value {
            Js::Node(at) => Js::Node(*at),
            Js::Text(text) => Js::Text(text.to_string().into()),
            Js::Number(number) => Js::Number(*number),
            Js::Bool(bool) => Js::Bool(*bool),
            Js::Null => Js::Null,
            Js::Undefined => Js::Undefined,
        };
        at_pointer(view, &value, &error.at)
    };
    let subject = || match last {
        Some(last) => format!("\"{last}\" property"),
        None => match judged() {
            Js::Undefined => "Undefined",
            Js::Bool(_) => "Boolean",
            Js::Number(_) => "Number",
            Js::Text(_) => "String",
            Js::Null | Js::Node(_) => "Object",
        }
        .to_owned(),
    };
    let clean = |message: &str| message.replace('\'', "\"").replace("NOT", "not");
    let text = match error.keyword {
        "additionalProperties" => {
            format!(
                "Property \"{}\" is not expected to be here",
                error.property.as_deref().unwrap_or_default()
            )
        }
        "type" => match last {
            Some(last) => format!("\"{last}\" property type {}", error.message),
            None => format!("Value type {}", error.message),
        },
        "errorMessage" => error.message.clone(),
        // Beside other errors the allowed values are not listed.
        "enum" if listed => {
            let allowed: Vec<&str> = error.allowed.iter().map(|(shown, _)| shown.as_str()).collect();
            let mut text = format!("{} {}: {}", subject(), error.message, allowed.join(", "));
            if let Js::Text(value) = judged()
                && let Some(near) = nearest(error, &value)
            {
                text.push_str(&format!(". Did you mean \"{near}\"?"));
            }
            text
        }
        _ => format!("{} {}", subject(), clean(&error.message)),
    };
    let path = if error.at.is_empty() {
        Vec::new()
    } else {
        error.at.strip_prefix('/').unwrap_or(&error.at).split('/').map(str::to_owned).collect()
    };
    Message { text, path, at: error.at.clone() }
}

/// The allowed text that a text most looks like.
#[must_use]
pub fn nearest<'e>(error: &'e Failure, value: &str) -> Option<&'e str> {
    let texts = error.allowed.iter().filter_map(|(_, text)| text.as_deref());
    let (weight, best) = texts
        .map(|text| (strsim::levenshtein(text, value), text))
        .reduce(|best, next| if next.0 < best.0 { next } else { best })?;
    (error.allowed.len() == 1 || weight < assize_tree::js::length(best)).then_some(best)
}
