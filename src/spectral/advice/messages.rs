//! Lints of messages and their placeholders.

use super::Notes;
use super::subject::{Form, Subject};
use assize_tree::document::de::closest;

const KNOWN: [&str; 5] = ["property", "error", "path", "description", "value"];

/// The plain placeholders of a message: what stands between `{{` and `}}`, `#{{...}}` left out.
fn placeholders(message: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(open) = message[at..].find("{{").map(|open| at + open + 2) {
        let Some(length) = message[open..].find("}}") else { break };
        if !message[..open - 2].ends_with('#') {
            found.push(&message[open..open + length]);
        }
        at = open + length + 2;
    }
    found
}

pub(super) fn placeholder(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for rule in &subject.rules {
        let Some(node) = subject.member(rule.node, "message") else { continue };
        let Some(message) = subject.document.str(node) else { continue };
        for inside in placeholders(message) {
            if KNOWN.contains(&inside) {
                continue;
            }
            let hint = if KNOWN.contains(&inside.trim()) {
                format!("Write `{{{{{}}}}}` without blanks.", inside.trim())
            } else {
                let list = "Placeholders are property, error, path, description and value.";
                closest(inside.trim(), KNOWN)
                    .map_or_else(|| list.to_owned(), |near| format!("Did you mean `{{{{{near}}}}}`?"))
            };
            let shown = format!("{{{{{inside}}}}}");
            notes.say(subject.within(node, &shown), format!("`{shown}` prints nothing."), hint);
        }
    }
}

pub(super) fn null(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for rule in subject.rules.iter().filter(|rule| !rule.then.is_empty()) {
        let Some(node) = subject.member(rule.node, "message") else { continue };
        let message = subject.document.str(node).unwrap_or_default();
        // A rule that redefines another keeps its description.
        let inherits = subject.definition.is_none_or(|definition| {
            definition.extends.iter().any(|one| {
                one.definition
                    .build()
                    .is_ok_and(|built| built.rules.iter().any(|known| known.name == rule.name))
            })
        });
        if placeholders(message).contains(&"description")
            && subject.member(rule.node, "description").is_none()
            && !inherits
        {
            notes.say(
                subject.within(node, "{{description}}"),
                "`{{description}}` prints `null`: the rule has no description.",
                "Give the rule a description.",
            );
        }
    }
}

pub(super) fn hidden(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for rule in &subject.rules {
        let has = |key: &str| subject.member(rule.node, key).is_some();
        // Functions whose own message says what a sentence written beforehand cannot.
        let exact = rule
            .then
            .iter()
            .filter_map(|&then| subject.function(then))
            .find(|(name, _)| matches!(*name, "schema" | "alphabetical" | "typedEnum" | "enumeration"));
        let (Some((name, _)), Some(node)) = (exact, subject.member(rule.node, "description")) else {
            continue;
        };
        if !has("message") {
            notes.say(
                subject.key(node),
                format!(
                    "Without `message` the description is what is printed, not what `{name}` says is wrong."
                ),
                "Add `message: \"{{description}}: {{error}}\"`, or `message: \"{{error}}\"`.",
            );
        }
    }
}

pub(super) fn key_value(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for rule in &subject.rules {
        let Some(node) = subject.member(rule.node, "message") else { continue };
        let message = subject.document.str(node).unwrap_or_default();
        if !message.contains("{{value}}") {
            continue;
        }
        let keys = |given: &&str| given.ends_with('~');
        let by_path =
            rule.given.iter().filter_map(|&given| subject.document.str(given)).any(|given| keys(&given));
        let by_field = rule.then.iter().any(|&then| subject.text(then, "field") == Some("@key"));
        if by_path || by_field {
            notes.say(
                subject.within(node, "{{value}}"),
                "The rule looks at keys, and `{{value}}` prints the value behind the key.",
                "Write `{{property}}` for the key.",
            );
        }
    }
}
