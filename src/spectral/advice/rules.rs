//! Lints of rules as members of a ruleset: redefinitions, names, formats, examples.

use super::super::formats;
use super::super::ruleset::{Definition, Override};
use super::Notes;
use super::subject::{Form, Rule, Subject};
use assize_tree::document::de::closest;
use assize_tree::document::{Kind, NodeId};
use assize_tree::text::{Problem, Span};
use std::collections::BTreeSet;

fn kind(subject: &Subject<'_>, rule: &Rule<'_>) -> Kind {
    subject.document.kind(subject.document.resolve(rule.node))
}

pub(super) fn partial(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for rule in subject.rules.iter().filter(|rule| kind(subject, rule) == Kind::Object) {
        let has = |key: &str| subject.member(rule.node, key).is_some();
        let missing = match (has("given"), has("then")) {
            (true, true) => continue,
            (true, false) => "`then`",
            (false, true) => "`given`",
            (false, false) => "`given` and `then`",
        };
        let severity = subject.text(rule.node, "severity");
        let hint = match severity {
            Some(severity) if subject.children(rule.node).len() == 1 => {
                format!("To change its severity alone, write `{}: {severity}`.", rule.name)
            }
            _ => "Write the rule in full; to switch an inherited one, write a severity, true or false in place of the object.".to_owned(),
        };
        notes.say(
            subject.key(rule.node),
            format!("The rule \"{}\" has no {missing}: Spectral refuses the whole ruleset.", rule.name),
            hint,
        );
    }
}

pub(super) fn number(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    for rule in subject.rules.iter().filter(|rule| subject.document.number(rule.node).is_some()) {
        let word = match subject.document.scalar(rule.node) {
            Some("0") => "error",
            Some("1") => "warn",
            Some("2") => "info",
            Some("3") => "hint",
            Some("-1") => "off",
            _ => "error, warn, info, hint or off",
        };
        notes.say(
            subject.document.span(rule.node),
            "Spectral reads no number in place of a rule and refuses the whole ruleset.",
            format!("Write the word: {word}."),
        );
    }
}

/// Keys that stand twice: the first, the second, and whether they name rules.
fn doubles<'d>(subject: &Subject<'d>) -> Vec<(Span, &'d str, Span, bool)> {
    let document = subject.document;
    let homes: BTreeSet<u32> =
        subject.rules.iter().filter_map(|rule| document.parent(rule.node)).map(|home| home.0).collect();
    let problems = document.problems().iter().filter(|problem| problem.code == "duplicate-key");
    let double = |problem: &Problem| {
        let (first, _) = *problem.related.first()?;
        let second = document.nodes().iter().position(|node| node.key_span == problem.span)?;
        let second = NodeId(u32::try_from(second).ok()?);
        let home = document.parent(second)?;
        Some((first, document.key(second)?, problem.span, homes.contains(&home.0)))
    };
    problems.filter_map(double).collect()
}

pub(super) fn twice(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (first, name, second, _) in doubles(subject).into_iter().filter(|(.., rule)| *rule) {
        let line = subject.document.text().position(second.start).line;
        notes.say(
            first,
            format!("The rule \"{name}\" stands again on line {line}, and the last one counts: this one never runs."),
            "Leave one out, or give it a name of its own.",
        );
    }
}

pub(super) fn key_twice(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (first, name, second, _) in doubles(subject).into_iter().filter(|(.., rule)| !*rule) {
        let line = subject.document.text().position(second.start).line;
        notes.say(
            first,
            format!(
                "`{name}` stands again on line {line}, and the last one counts: this one is not looked at."
            ),
            "Leave one out.",
        );
    }
}

/// The rules that everything extended has; nothing where that cannot be told.
fn inherited(definition: &Definition) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for extension in &definition.extends {
        names.extend(extension.definition.build().ok()?.rules.into_iter().map(|rule| rule.name));
    }
    Some(names)
}

pub(super) fn nowhere(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let root = match subject.root {
        // Of half a file nothing is certain.
        Some(root) if subject.form == Form::Spectral && subject.whole() => root,
        _ => return,
    };
    let known = match subject.definition.and_then(inherited) {
        Some(known) => known,
        // What the file extends is read by itself where the file has mistakes.
        None => match extended_alone(subject, root) {
            Some(known) => known,
            None => return,
        },
    };
    for rule in subject.rules.iter().filter(|rule| rule.over.is_none() && short(subject, rule)) {
        if known.contains(rule.name) {
            continue;
        }
        let near = closest(rule.name, known.iter().map(String::as_str));
        notes.say(
            subject.key(rule.node),
            format!("There is no rule \"{}\" to be switched: no extended ruleset has it.", rule.name),
            near.map_or_else(String::new, |near| format!("Did you mean \"{near}\"?")),
        );
    }
}

fn short(subject: &Subject<'_>, rule: &Rule<'_>) -> bool {
    kind(subject, rule) != Kind::Object
}

/// The rules of what a file extends, each extended ruleset read by itself.
fn extended_alone(subject: &Subject<'_>, root: NodeId) -> Option<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    for name in super::subject::extends(subject.document, root) {
        let definition = if name.starts_with("spectral:") {
            super::super::built_in(name)?
        } else if name.starts_with('.') {
            let folder = subject.path.parent()?;
            super::super::read(&folder.join(name), &super::super::Reading::default()).ok()?
        } else {
            return None;
        };
        names.extend(definition.build().ok()?.rules.into_iter().map(|rule| rule.name));
    }
    Some(names)
}

pub(super) fn override_nowhere(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let Some(definition) = subject.definition else { return };
    let Ok(built) = definition.build() else { return };
    let mut known: BTreeSet<String> = built.rules.into_iter().map(|rule| rule.name).collect();
    // A ruleset that an override extends brings rules of its own.
    let of = |over: &Override| inherited(&over.definition).unwrap_or_default();
    known.extend(definition.overrides.iter().flat_map(of));
    // The rules that overrides define themselves.
    let full = subject.rules.iter().filter(|rule| rule.over.is_some() && !short(subject, rule));
    known.extend(full.map(|rule| rule.name.to_owned()));
    for rule in subject.rules.iter().filter(|rule| rule.over.is_some() && short(subject, rule)) {
        if !known.contains(rule.name) {
            let near = closest(rule.name, known.iter().map(String::as_str));
            notes.say(
                subject.key(rule.node),
                format!("The override is for a rule \"{}\" that there is not.", rule.name),
                near.map_or_else(String::new, |near| format!("Did you mean \"{near}\"?")),
            );
        }
    }
    let Some(except) = subject.root.and_then(|root| subject.member(root, "except")) else { return };
    for (_, list) in subject.children(except) {
        for item in subject.document.items(list) {
            let name = subject.document.str(item).unwrap_or_default();
            if !known.contains(name) {
                notes.say(
                    subject.document.span(item),
                    format!("The exception is for a rule \"{name}\" that there is not."),
                    "",
                );
            }
        }
    }
}

pub(super) fn format_unknown(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    let Some(root) = subject.root.filter(|_| subject.form == Form::Spectral) else { return };
    let mut homes = vec![root];
    homes.extend(subject.items(root, "overrides"));
    homes.extend(subject.rules.iter().map(|rule| rule.node));
    for (_, alias) in subject.aliases() {
        homes.extend(subject.items(subject.document.resolve(alias), "targets"));
    }
    for home in homes {
        for item in subject.items(home, "formats") {
            let Some(name) = subject.document.str(item) else { continue };
            if formats::find(name).is_none() {
                let near = closest(name, formats::ALL.iter().map(|format| format.name));
                notes.say(
                    subject.document.span(item),
                    format!("There is no format \"{name}\"."),
                    near.map_or_else(
                        || {
                            "Formats are oas2, oas3, oas3_1, aas2, aas3, arazzo1_0, json-schema and the like."
                                .to_owned()
                        },
                        |near| format!("Did you mean {near}?"),
                    ),
                );
            }
        }
    }
}

pub(super) fn examples(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Spectral {
        return;
    }
    for rule in &subject.rules {
        // A rule that is run from a ruleset of others is shown to work there.
        if subject.member(rule.node, "ruleset").is_some() {
            continue;
        }
        let examples = subject.member(rule.node, "examples");
        let has = |key: &str| examples.is_some_and(|examples| !subject.items(examples, key).is_empty());
        let missing = match (has("conforming"), has("violating")) {
            (true, true) => continue,
            (false, true) => "conforming",
            (true, false) => "violating",
            (false, false) => "conforming and no violating",
        };
        notes.say(
            subject.key(rule.node),
            format!("The rule \"{}\" has no {missing} example: nothing shows that it works.", rule.name),
            "Add examples; `assize pack test` runs them.",
        );
    }
}

pub(super) fn no_examples(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native || !subject.rules.iter().any(|rule| !rule.then.is_empty()) {
        return;
    }
    let Some(root) = subject.root else { return };
    let span =
        subject.member(root, "rules").map_or_else(|| subject.document.span(root), |rules| subject.key(rules));
    notes.say(
        span,
        "Nothing shows that these rules find what they are for: a Spectral ruleset has no place for examples.",
        "Keep a conforming and a violating document for each rule beside it, or write a native pack.",
    );
}
