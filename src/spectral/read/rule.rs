//! One rule: a severity, on or off, or the whole of it.

use super::Source;
use super::parts::{SEVERITIES, read_formats, severity, texts};
use crate::spectral::functions::Missing;
use crate::spectral::ruleset::{Aliases, Own, RuleForm, RuleValue, ThenForm, check_path, function, script};
use assize_tree::document::{de::closest, escape_pointer_token};
use serde_json::{Map, Value};

const RULE: [&str; 12] = [
    "description",
    "documentationUrl",
    "recommended",
    "given",
    "resolved",
    "severity",
    "message",
    "tags",
    "formats",
    "then",
    "type",
    "extensions",
];

pub(super) fn read_rule(
    source: &mut Source<'_>,
    at: &str,
    name: &str,
    value: &Value,
    aliases: &Aliases,
    own: &Own,
) -> Option<RuleValue> {
    match value {
        Value::Bool(on) => Some(RuleValue::Enabled(*on)),
        Value::String(word) => match severity(value) {
            Some(severity) => Some(RuleValue::Severity(severity)),
            None => {
                let near = closest(word, ["error", "warn", "info", "hint", "off"]);
                source.wrong(at, SEVERITIES, near.map(|near| format!("Did you mean \"{near}\"?")));
                None
            }
        },
        Value::Object(members) => {
            rule_form(source, at, name, members, aliases, own).map(|form| RuleValue::Full(Box::new(form)))
        }
        Value::Number(_) => {
            source.wrong(
                at,
                "A rule is an object, true, false, or a severity by its word: Spectral reads no number here.",
                None,
            );
            None
        }
        _ => {
            source.wrong(
                at,
                "A rule is an object, a severity (error, warn, info, hint, off), true or false.",
                None,
            );
            None
        }
    }
}

fn rule_form(
    source: &mut Source<'_>,
    at: &str,
    name: &str,
    members: &Map<String, Value>,
    aliases: &Aliases,
    own: &Own,
) -> Option<RuleForm> {
    if !members.contains_key("given") || !members.contains_key("then") {
        source.wrong(
            at,
            format!("The rule \"{name}\" needs `given` and `then`, also where it redefines another."),
            Some("To change its severity alone, write the severity in place of the object.".to_owned()),
        );
        return None;
    }
    for key in members.keys().filter(|key| !RULE.contains(&key.as_str()) && !key.starts_with("x-")) {
        let near = closest(key, RULE).map(|near| format!("Did you mean \"{near}\"?"));
        source.wrong(
            &format!("{at}/{}", escape_pointer_token(key)),
            format!("A rule has no member \"{key}\"."),
            near,
        );
    }
    let text = |key: &str| members.get(key).and_then(Value::as_str).map(str::to_owned);
    let flag_of = |key: &str| members.get(key).and_then(Value::as_bool);
    let mut form = RuleForm {
        description: text("description"),
        message: text("message"),
        url: text("documentationUrl"),
        recommended: flag_of("recommended"),
        resolved: flag_of("resolved"),
        ..RuleForm::default()
    };
    if members.get("tags").is_some_and(|tags| !tags.is_array()) {
        source.wrong(&format!("{at}/tags"), "tags is a list.", None);
    }
    if let Some(given) = members.get("severity") {
        form.severity = severity(given);
        if form.severity.is_none() {
            source.wrong(&format!("{at}/severity"), SEVERITIES, None);
        }
    }
    if let Some(list) = members.get("formats") {
        form.formats = read_formats(source, &format!("{at}/formats"), list);
    }
    let given = members.get("given").unwrap_or(&Value::Null);
    let paths = given.as_str().map(|one| vec![one.to_owned()]).or_else(|| texts(given));
    match paths.filter(|paths| !paths.is_empty()) {
        None => source.wrong(&format!("{at}/given"), "given is a path or a list of paths.", None),
        Some(paths) => {
            for path in &paths {
                if !path.starts_with(['$', '#']) {
                    source.wrong(
                        &format!("{at}/given"),
                        format!("A path begins with `$`, or with `#` and an alias: {path}"),
                        None,
                    );
                } else if let Err(message) = check_path(aliases, path) {
                    source.wrong(&format!("{at}/given"), message, None);
                } else if let Some(Err(error)) =
                    path.starts_with('$').then(|| assize_tree::path::Path::parse_spectral(path))
                {
                    source.wrong(&format!("{at}/given"), format!("The path cannot be read: {error}."), None);
                }
            }
            form.given = paths;
        }
    }
    let then = members.get("then").unwrap_or(&Value::Null);
    let list: Vec<(String, &Value)> = match then {
        Value::Array(list) => {
            list.iter().enumerate().map(|(index, one)| (format!("{at}/then/{index}"), one)).collect()
        }
        one => vec![(format!("{at}/then"), one)],
    };
    for (at, part) in list {
        if let Some(number) = part.pointer("/function/__js").and_then(Value::as_u64) {
            form.then.push(ThenForm {
                field: part.get("field").and_then(Value::as_str).map(str::to_owned),
                name: format!("function {number}"),
                function: script(
                    source.path,
                    Some(number),
                    part.get("functionOptions").unwrap_or(&Value::Null),
                ),
            });
            continue;
        }
        let Some(function_name) = part.get("function").and_then(Value::as_str) else {
            source.wrong(&at, "`then` names a function.", None);
            continue;
        };
        let options = part.get("functionOptions").unwrap_or(&Value::Null);
        let own_file = own.iter().any(|(one, _)| one == function_name);
        let found = if own_file && !source.scripts {
            Ok(Err(format!("The function {function_name} is not run. {}", super::UNNAMED)))
        } else {
            function(function_name, options, own)
        };
        match found {
            Ok(function) => form.then.push(ThenForm {
                field: part.get("field").and_then(Value::as_str).map(str::to_owned),
                name: function_name.to_owned(),
                function,
            }),
            // Of Spectral's own rulesets a rule may call what this version does not have.
            Err(Missing::Unknown) if source.path.to_string_lossy().starts_with("spectral:") => {
                form.then.push(ThenForm {
                    field: None,
                    name: function_name.to_owned(),
                    function: Err(format!("The function {function_name} is not part of this version.")),
                });
            }
            Err(Missing::Unknown) => source.wrong(
                &format!("{at}/function"),
                format!("There is no function \"{function_name}\"."),
                Some("Functions of the ruleset's own are named in `functions`.".to_owned()),
            ),
            Err(Missing::Options(message)) => {
                source.wrong(&format!("{at}/functionOptions"), message, None);
            }
        }
    }
    Some(form)
}
