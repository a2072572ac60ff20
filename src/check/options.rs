//! Reading a check's options, with the mistake placed and a suggestion where a name is misspelt.

use super::OptionError;
use assize_tree::document::de::closest;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Options as an object whose members are all among `known`.
pub(super) fn object<'v>(
    check: &str,
    options: &'v Value,
    known: &[&str],
) -> Result<&'v Map<String, Value>, OptionError> {
    let example = || format!("Options: {}.", known.join(", "));
    let Some(members) = options.as_object() else {
        return Err(OptionError {
            hint: Some(example()),
            ..OptionError::new("", format!("The check \"{check}\" needs options."))
        });
    };
    for name in members.keys() {
        if !known.contains(&name.as_str()) {
            let near = closest(name, known.iter().copied());
            return Err(OptionError {
                pointer: format!("/{name}"),
                message: format!("The check \"{check}\" has no option \"{name}\"."),
                hint: Some(near.map_or_else(example, |near| format!("Did you mean \"{near}\"?"))),
            });
        }
    }
    Ok(members)
}

/// The same where no options at all are fine.
pub(super) fn optional<'v>(
    check: &str,
    options: &'v Value,
    known: &[&str],
) -> Result<std::borrow::Cow<'v, Map<String, Value>>, OptionError> {
    if options.is_null() {
        return Ok(std::borrow::Cow::Owned(Map::new()));
    }
    object(check, options, known).map(std::borrow::Cow::Borrowed)
}

/// That there are no options.
pub(super) fn none(check: &str, options: &Value) -> Result<(), OptionError> {
    if options.is_null() {
        Ok(())
    } else {
        Err(OptionError::new("", format!("The check \"{check}\" takes no options.")))
    }
}

/// One option, if it is there.
pub(super) fn get<T: DeserializeOwned>(
    members: &Map<String, Value>,
    name: &str,
    expected: &str,
) -> Result<Option<T>, OptionError> {
    members
        .get(name)
        .map(|value| {
            serde_json::from_value(value.clone()).map_err(|_| {
                OptionError::new(format!("/{name}"), format!("The option \"{name}\" must be {expected}."))
            })
        })
        .transpose()
}

/// One option that must be there.
pub(super) fn need<T: DeserializeOwned>(
    check: &str,
    members: &Map<String, Value>,
    name: &str,
    expected: &str,
) -> Result<T, OptionError> {
    get(members, name, expected)?.ok_or_else(|| {
        OptionError::new("", format!("The check \"{check}\" needs the option \"{name}\": {expected}."))
    })
}

/// One option out of a few words.
pub(super) fn word<'w>(
    members: &Map<String, Value>,
    name: &str,
    words: &[&'w str],
) -> Result<Option<&'w str>, OptionError> {
    let Some(given) = get::<String>(members, name, "a word")? else { return Ok(None) };
    words.iter().find(|word| **word == given).map(|word| Some(*word)).ok_or_else(|| OptionError {
        pointer: format!("/{name}"),
        message: format!("\"{given}\" is no value of the option \"{name}\"."),
        hint: Some(closest(&given, words.iter().copied()).map_or_else(
            || format!("Values: {}.", words.join(", ")),
            |near| format!("Did you mean \"{near}\"?"),
        )),
    })
}
