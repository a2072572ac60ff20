//! Lints of functions: unknown ones, the ruleset's own that nobody calls, files that are missing.

use super::super::functions::{Missing, find};
use super::Notes;
use super::subject::{Form, Subject};
use assize_tree::document::NodeId;
use assize_tree::document::de::closest;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Spectral's core functions.
const CORE: [&str; 14] = [
    "alphabetical",
    "casing",
    "defined",
    "enumeration",
    "falsy",
    "length",
    "or",
    "pattern",
    "schema",
    "truthy",
    "typedEnum",
    "undefined",
    "unreferencedReusableObject",
    "xor",
];

/// The ruleset's own functions: the name that rules call, its place, and the file where it is found.
pub(super) fn own(subject: &Subject<'_>) -> Vec<(String, NodeId, Result<PathBuf, PathBuf>)> {
    let Some(root) = subject.root.filter(|_| subject.form == Form::Spectral) else { return Vec::new() };
    let folder = subject.text(root, "functionsDir").unwrap_or("functions");
    let base = subject.path.parent().unwrap_or_else(|| Path::new("")).join(folder);
    let document = subject.document;
    let mut found = Vec::new();
    for item in subject.items(root, "functions") {
        let name = document.str(item).or_else(|| document.item(item, 0).and_then(|one| document.str(one)));
        let Some(name) = name else { continue };
        let mut files = ["js", "mjs", "cjs"].iter().map(|ending| base.join(format!("{name}.{ending}")));
        let file = files.find(|file| file.is_file()).ok_or_else(|| base.join(format!("{name}.js")));
        let last = name.rsplit('/').next().unwrap_or(name);
        found.push((last.to_owned(), item, file));
    }
    found
}

pub(super) fn unknown(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    if subject.form == Form::Native {
        return;
    }
    let own = own(subject);
    for (_, then) in subject.checks() {
        let Some((name, node)) = subject.function(then) else { continue };
        let called =
            |one: &str| own.iter().any(|(own, ..)| own == one || name.rsplit('/').next() == Some(own));
        if called(name) || !matches!(find(name, &Value::Null), Err(Missing::Unknown)) {
            continue;
        }
        // What this version lacks is Spectral's all the same.
        if CORE.contains(&name) {
            continue;
        }
        let known = CORE.iter().copied().chain(own.iter().map(|(name, ..)| name.as_str()));
        let hint = closest(name, known).map_or_else(
            || "Functions of the ruleset's own are named in `functions`.".to_owned(),
            |near| format!("Did you mean \"{near}\"?"),
        );
        notes.say(subject.document.span(node), format!("There is no function \"{name}\"."), hint);
    }
}

pub(super) fn file(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (name, node, file) in own(subject) {
        if let Err(missing) = file {
            notes.say(
                subject.document.span(node),
                format!("The function \"{name}\" has no file: there is no {}.", missing.display()),
                "Put the file there, or name its folder in `functionsDir`.",
            );
        }
    }
}

pub(super) fn unused(subject: &Subject<'_>, notes: &mut Notes<'_>) {
    for (name, node, _) in own(subject) {
        let called = subject
            .checks()
            .filter_map(|(_, then)| subject.function(then))
            .any(|(one, _)| one.rsplit('/').next() == Some(&name));
        if !called {
            notes.say(
                subject.document.span(node),
                format!("No rule of the file calls the function \"{name}\"."),
                "Leave it out of `functions`.",
            );
        }
    }
}
