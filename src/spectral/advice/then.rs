//! Lints of `then`: members that are not looked at, fields that name nothing.

use super::Notes;
use super::subject::{Form, Subject};
use assize_tree::document::de::closest;
use assize_tree::path::Path;

const KNOWN: [&str; 3] = ["field", "function", "functionOptions"];

pub(super) fn field(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (_, then) in subject.checks() {
        let Some(node) = subject.member(then, "field") else { continue };
        let Some(text) = subject.document.str(node) else { continue };
        let span = subject.document.span(node);
        let hint = match text {
            "@key" => continue,
            "@property" | "@keys" | "@keyname" | "property" if text.starts_with('@') => {
                "For each key write `@key`."
            }
            _ if text.starts_with('@') => {
                "Only `@key` is special; a member of the value is named without `@`."
            }
            _ if text.starts_with('$') && subject.form == Form::Spectral => {
                if let Err(error) = Path::parse_spectral(text) {
                    notes.say(span, format!("The field cannot be read as a path: {error}."), "");
                }
                continue;
            }
            _ if text.starts_with('$') => continue,
            _ if text.contains("[*]")
                || text.contains("[?(")
                || text == "*"
                || text.ends_with(".*")
                || text.contains(".*.") =>
            {
                "A field is one way of names; for several places write a path that begins with `$.`, or extend `given`."
            }
            _ if text.trim() != text => "Leave the blank out.",
            _ => continue,
        };
        notes.say(
            span,
            format!("The field `{text}` names nothing: it is looked for as a member of that name."),
            hint,
        );
    }
}

pub(super) fn inverted(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (_, then) in subject.checks() {
        for key in ["invert", "inverted", "not", "negate"] {
            let Some(node) = subject.member(then, key) else { continue };
            if subject.document.bool(subject.document.resolve(node)) == Some(false) {
                continue;
            }
            let function = subject.function(then).map(|(name, _)| name).unwrap_or_default();
            let hint = match function {
                "pattern" => "swap `match` and `notMatch`.",
                "truthy" => "use the function `falsy`.",
                "falsy" => "use the function `truthy`.",
                "defined" => "use the function `undefined`.",
                "undefined" => "use the function `defined`.",
                _ => "use the function `schema` with `not`.",
            };
            notes.say(
                subject.key(node),
                format!(
                    "`then` has no `{key}`: it is not obeyed, and the rule demands what it would without it."
                ),
                format!("Leave it out. If the opposite is meant: {hint}"),
            );
        }
    }
}

pub(super) fn member(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for (_, then) in subject.checks() {
        for (key, node) in subject.children(then) {
            if KNOWN.contains(&key) || matches!(key, "invert" | "inverted" | "not" | "negate") {
                continue;
            }
            let hint = match key {
                "message" | "severity" | "given" | "formats" | "description" | "recommended" | "resolved"
                | "documentationUrl" | "tags" => {
                    format!("Move `{key}` beside `then`: it belongs to the rule.")
                }
                _ => closest(key, KNOWN).map_or_else(
                    || "`then` has field, function and functionOptions.".to_owned(),
                    |near| format!("Did you mean `{near}`?"),
                ),
            };
            notes.say(subject.key(node), format!("`{key}` in `then` is not looked at."), hint);
        }
    }
}
