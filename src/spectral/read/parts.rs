//! The parts of a ruleset beside its rules: formats, severities, aliases, options of the parser, the names
//! of its own functions.

use super::{Source, folder_of};
use crate::spectral::ruleset::{Alias, Aliases, Own, ParserOptions, Severity, formats};
use assize_tree::document::escape_pointer_token;
use serde_json::{Map, Value};
use std::path::Path;

/// The ruleset's own functions.
pub(super) fn own_functions(path: &Path, root: &Map<String, Value>) -> Own {
    let folder = root.get("functionsDir").and_then(Value::as_str).unwrap_or("functions");
    let base = folder_of(path).join(folder);
    let list = root.get("functions").and_then(Value::as_array);
    let mut own = Own::new();
    for name in list.into_iter().flatten().filter_map(|one| one.as_str().or_else(|| one.get(0)?.as_str())) {
        let endings = ["js", "mjs", "cjs"];
        let mut files = endings.iter().map(|ending| base.join(format!("{name}.{ending}")));
        let file = files.find(|file| file.is_file()).unwrap_or_else(|| base.join(format!("{name}.js")));
        // A path names its file; rules call the function by the file's name.
        let last = name.rsplit('/').next().unwrap_or(name);
        own.push((name.to_owned(), file.clone()));
        own.push((last.to_owned(), file));
    }
    own
}

pub(super) fn read_formats(source: &mut Source<'_>, at: &str, list: &Value) -> Option<Vec<&'static str>> {
    let Some(list) = list.as_array() else {
        source.wrong(at, "formats is a list of names.", None);
        return None;
    };
    let names: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
    match formats(&names) {
        Ok(found) => Some(found),
        Err(message) => {
            source.wrong(at, message, None);
            None
        }
    }
}

/// A severity by word or number.
pub(super) fn severity(value: &Value) -> Option<Severity> {
    Some(match (value.as_str(), value.as_f64()) {
        (Some("off"), _) => -1,
        (Some("error"), _) => 0,
        (Some("warn"), _) => 1,
        (Some("info"), _) => 2,
        (Some("hint"), _) => 3,
        (_, Some(number)) if [-1.0, 0.0, 1.0, 2.0, 3.0].contains(&number) => number as Severity,
        _ => return None,
    })
}

pub(super) const SEVERITIES: &str = "A severity is error, warn, info, hint or off (or 0 to 3).";

pub(super) fn parser_options(source: &mut Source<'_>, at: &str, options: &Value) -> ParserOptions {
    let mut found = ParserOptions::default();
    for (key, slot) in
        [("duplicateKeys", &mut found.duplicate_keys), ("incompatibleValues", &mut found.incompatible_values)]
    {
        if let Some(value) = options.get(key) {
            match severity(value) {
                Some(severity) => *slot = severity,
                None => source.wrong(&format!("{at}/{key}"), SEVERITIES, None),
            }
        }
    }
    found
}

pub(super) fn texts(value: &Value) -> Option<Vec<String>> {
    value.as_array()?.iter().map(|one| one.as_str().map(str::to_owned)).collect()
}

pub(super) fn read_aliases(source: &mut Source<'_>, at: &str, value: &Value) -> Aliases {
    let mut aliases = Aliases::new();
    let Some(members) = value.as_object() else {
        source.wrong(at, "aliases is an object: names and lists of paths.", None);
        return aliases;
    };
    for (name, value) in members {
        let at = format!("{at}/{}", escape_pointer_token(name));
        let good = name.starts_with(|char: char| char.is_ascii_alphabetic())
            && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_' || char == '-');
        if !good {
            source.wrong(&at, "An alias's name is letters, digits, _ and -, a letter first.", None);
        }
        let given = |value: &Value| texts(value).filter(|paths| !paths.is_empty());
        let alias = if let Some(paths) = given(value) {
            for path in paths.iter().filter(|path| !path.starts_with(['$', '#'])) {
                source.wrong(&at, format!("A path begins with `$`, or with `#` and an alias: {path}"), None);
            }
            Some(Alias::Simple(paths))
        } else if let Some(targets) = value.get("targets").and_then(Value::as_array) {
            let mut scoped = Vec::new();
            for target in targets {
                let formats = target.get("formats").and_then(|list| read_formats(source, &at, list));
                match (formats, target.get("given").and_then(given)) {
                    (Some(formats), Some(paths)) => scoped.push((formats, paths)),
                    _ => source.wrong(&at, "A target of an alias has formats and given.", None),
                }
            }
            Some(Alias::Scoped(scoped))
        } else {
            source.wrong(&at, "An alias is a list of paths, or an object with targets.", None);
            None
        };
        if let Some(alias) = alias {
            aliases.insert(name.clone(), alias);
        }
    }
    aliases
}
