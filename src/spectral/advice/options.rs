//! Lints of `functionOptions`: what a function does not take, and options that decide everything.

use super::super::functions::{Missing, find};
use super::Notes;
use super::subject::{Form, Subject};
use assize_tree::document::NodeId;
use serde_json::Value;

/// The options of a check as a value.
fn options(subject: &Subject<'_>, then: NodeId) -> Value {
    subject.member(then, "functionOptions").map_or(Value::Null, |node| subject.document.to_value(node))
}

/// Where the options stand, or the function without any.
fn place(subject: &Subject<'_>, then: NodeId) -> assize_tree::text::Span {
    let node = subject.member(then, "functionOptions").or_else(|| subject.member(then, "function"));
    subject.key(node.unwrap_or(then))
}

pub(super) fn refused(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    let own = super::functions::own(subject);
    for (_, then) in subject.checks() {
        let Some((name, _)) = subject.function(then) else { continue };
        if own.iter().any(|(one, ..)| one == name) {
            continue;
        }
        let value = options(subject, then);
        // Regular expressions have lints of their own.
        if name == "pattern" && ["match", "notMatch"].iter().any(|key| value.get(key).is_some()) {
            let unknown = value.as_object().into_iter().flat_map(|members| members.keys());
            for key in unknown.filter(|key| *key != "match" && *key != "notMatch") {
                let node = subject.member(then, "functionOptions").and_then(|node| subject.member(node, key));
                let span = node.map_or_else(|| place(subject, then), |node| subject.key(node));
                notes.say(
                    span,
                    format!("The function pattern has no option \"{key}\"; it has: match, notMatch."),
                    if key == "flags" { "Write the flags into the pattern: `/pattern/i`." } else { "" },
                );
            }
            continue;
        }
        if let Err(Missing::Options(message)) = find(name, &value) {
            notes.say(place(subject, then), message, "");
        }
    }
}

pub(super) fn never(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (_, then) in subject.checks() {
        let Some((name, _)) = subject.function(then) else { continue };
        let value = options(subject, then);
        let number = |key: &str| value.get(key).and_then(Value::as_f64);
        let message = match name {
            "length" => match (number("min"), number("max")) {
                (Some(min), Some(max)) if min > max => {
                    "min is greater than max: every value is too short or too long."
                }
                _ => continue,
            },
            "enumeration" => match value.get("values").and_then(Value::as_array) {
                Some(list) if list.is_empty() => "The list of values is empty: every value is wrong.",
                _ => continue,
            },
            _ => continue,
        };
        notes.say(place(subject, then), message, "");
    }
}

pub(super) fn always(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (_, then) in subject.checks() {
        let Some((name, _)) = subject.function(then) else { continue };
        let value = options(subject, then);
        let message = match name {
            "schema" => match value.get("schema") {
                Some(Value::Bool(true)) => "The schema `true` accepts everything.",
                Some(Value::Object(members)) if members.is_empty() => "An empty schema accepts everything.",
                _ => continue,
            },
            _ => continue,
        };
        notes.say(place(subject, then), message, "");
    }
}

pub(super) fn idle(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (_, then) in subject.checks() {
        let Some((name, _)) = subject.function(then) else { continue };
        let value = options(subject, then);
        let list = |key: &str| -> Vec<Value> {
            value.get(key).and_then(Value::as_array).cloned().unwrap_or_default()
        };
        let (message, hint) = match name {
            "casing" if value.pointer("/separator/char").and_then(Value::as_str) == Some("") => (
                "The separator is no character: it separates nothing.".to_owned(),
                "Leave `separator` out, or write the character that was meant.",
            ),
            "or" | "xor" | "enumeration" => {
                let all = list(if name == "enumeration" { "values" } else { "properties" });
                let twice = all.iter().enumerate().find(|(at, one)| all[..*at].contains(one));
                let Some((_, twice)) = twice else { continue };
                (format!("{twice} stands twice."), "Leave one out, or write what was meant.")
            }
            _ => continue,
        };
        notes.say(place(subject, then), message, hint);
    }
}
