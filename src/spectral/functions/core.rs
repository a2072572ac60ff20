//! The other core functions: `alphabetical`, `casing`, `enumeration`, `length`, `or`, `xor`, `pattern`,
//! `typedEnum`, `unreferencedReusableObject`. A value that is not of the kind a function is for is
//! passed over in silence, as in Spectral.

use super::super::lint::Call;
use super::super::pointer;
use super::super::value::{Js, quoted};
use super::{Found, Function, Missing, Outcome, Plain, equals_option, members, print_option, wrong};
use assize_tree::js::{length as units, locale_compare, number_to_string};
use assize_tree::pattern::Pattern;
use serde_json::Value;
use std::cmp::Ordering;
use std::sync::Arc;

type Made = Result<Arc<dyn Function>, Missing>;

pub(super) fn find(name: &str, options: &Value) -> Found {
    Some(match name {
        "alphabetical" => alphabetical(options),
        "casing" => casing(options),
        "enumeration" => enumeration(options),
        "length" => length(options),
        "or" => either(options, false),
        "xor" => either(options, true),
        "pattern" => pattern(options),
        "unreferencedReusableObject" => unreferenced(options),
        _ => return None,
    })
}

fn plain<F>(function: F) -> Made
where
    F: Fn(&Call<'_, '_>, &Js<'_>, &mut Vec<Outcome>) + Send + Sync + 'static,
{
    let function: Arc<dyn Function> = Arc::new(Plain(function));
    Ok(function)
}

fn alphabetical(options: &Value) -> Made {
    let keyed_by = match options {
        Value::Null => None,
        options => members("alphabetical", options, &["keyedBy"])?.get("keyedBy"),
    };
    let keyed_by = match keyed_by {
        None => None,
        Some(Value::String(name)) if !name.is_empty() => Some(name.clone()),
        Some(_) => return Err(wrong("keyedBy is the name of a member.")),
    };
    plain(move |cx, value, out| {
        let view = &cx.view;
        let Js::Node(at) = value else { return };
        let is_array = view.is_array(value);
        let mut list: Vec<Js<'_>> = if is_array {
            view.items(*at).map(|item| view.read(item)).collect()
        } else {
            view.members(*at).map(|(key, _)| Js::Text(key.into())).collect()
        };
        if list.len() < 2 {
            return;
        }
        if let Some(key) = &keyed_by {
            let mut named = Vec::new();
            for item in &list {
                if !matches!(item, Js::Node(_)) {
                    out.push(Outcome::here("#{{print(\"property\")}}must be an object"));
                    return;
                }
                named.push(view.member(item, key));
            }
            list = named;
        }
        if !list.iter().all(|item| matches!(item, Js::Text(_) | Js::Number(_))) {
            out.push(Outcome::here(
                "#{{print(\"property\")}}must be one of the allowed types: number, string",
            ));
            return;
        }
        let Some(index) = (0..list.len() - 1).find(|&index| compare(&list[index], &list[index + 1]).is_gt())
        else {
            return;
        };
        if keyed_by.is_some() {
            out.push(Outcome::here("properties must follow the alphabetical order"));
            return;
        }
        let mut path = cx.path().to_vec();
        path.push(if is_array { index.to_string() } else { view.string(&list[index]) });
        let message =
            format!("{} must be placed after {}", view.print(&list[index]), view.print(&list[index + 1]));
        out.push(Outcome::at(message, path));
    })
}

/// Numbers by value; texts by the order of the language, also where they are digits; a text that is no
/// number before a number by what JavaScript makes of it: nothing.
fn compare(a: &Js<'_>, b: &Js<'_>) -> Ordering {
    let left = matches!(a, Js::Number(_)) || a.number().is_nan();
    let right = matches!(b, Js::Number(_)) || !b.number().is_nan();
    if left && right {
        let difference = a.number() - b.number();
        // Less than one apart is not out of order.
        return if difference >= 1.0 { Ordering::Greater } else { Ordering::Less };
    }
    match (a, b) {
        (Js::Text(a), Js::Text(b)) => locale_compare(a, b),
        _ => Ordering::Equal,
    }
}

fn casing(options: &Value) -> Made {
    let given = members("casing", options, &["type", "disallowDigits", "separator"])?;
    let kind = given.get("type").and_then(Value::as_str).unwrap_or_default();
    let digits = if given.get("disallowDigits") == Some(&Value::Bool(true)) { "" } else { "0-9" };
    let base = match kind {
        "flat" => format!("[a-z][a-z{digits}]*"),
        "camel" => format!("[a-z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
        "pascal" => format!("[A-Z][a-z{digits}]*(?:[A-Z{digits}](?:[a-z{digits}]+|$))*"),
        "kebab" => format!("[a-z][a-z{digits}]*(?:-[a-z{digits}]+)*"),
        "cobol" => format!("[A-Z][A-Z{digits}]*(?:-[A-Z{digits}]+)*"),
        "snake" => format!("[a-z][a-z{digits}]*(?:_[a-z{digits}]+)*"),
        "macro" => format!("[A-Z][A-Z{digits}]*(?:_[A-Z{digits}]+)*"),
        _ => {
            return Err(wrong("type is one of: flat, camel, kebab, pascal, cobol, snake, macro."));
        }
    };
    let mut alone = None;
    let source = match given.get("separator") {
        None => format!("^{base}$"),
        Some(separator) => {
            let separator = members("casing", separator, &["char", "allowLeading"])?;
            let char = separator.get("char").and_then(Value::as_str);
            let Some(char) = char.filter(|char| char.chars().count() <= 1) else {
                return Err(wrong("separator.char is one character."));
            };
            let leading = separator.get("allowLeading") == Some(&Value::Bool(true));
            if leading {
                alone = Some(char.to_owned());
            }
            if char.is_empty() {
                // A class without characters matches nothing.
                return casing_of(kind, &format!("^{base}$"), None);
            }
            let escaped =
                if "^$\\.*+?()[]{}|".contains(char) { format!("\\{char}") } else { char.to_owned() };
            let between = format!("[{escaped}]");
            let first = if leading { format!("{between}?") } else { String::new() };
            format!("^{first}{base}(?:{between}{base})*$")
        }
    };
    casing_of(kind, &source, alone)
}

fn casing_of(kind: &str, source: &str, alone: Option<String>) -> Made {
    let pattern = Pattern::javascript(source).map_err(|error| wrong(error.to_string()))?;
    let message = format!("must be {kind} case");
    plain(move |_, value, out| {
        let Some(text) = value.text().filter(|text| !text.is_empty()) else { return };
        if alone.as_deref() != Some(text) && !pattern.is_match(text).unwrap_or(true) {
            out.push(Outcome::here(message.clone()));
        }
    })
}

fn enumeration(options: &Value) -> Made {
    let given = members("enumeration", options, &["values"])?;
    let values = given.get("values").and_then(Value::as_array).cloned();
    let values = values.ok_or_else(|| wrong("values is a list."))?;
    if values.iter().any(|value| value.is_array() || value.is_object()) {
        return Err(wrong("values are texts, numbers, booleans or null."));
    }
    let shown = values.iter().map(print_option).collect::<Vec<_>>().join(", ");
    let message = format!("#{{{{print(\"value\")}}}} must be equal to one of the allowed values: {shown}");
    plain(move |_, value, out| {
        let primitive = match value {
            Js::Node(_) | Js::Undefined => false,
            // Spectral's functions take no infinity for a number.
            Js::Number(number) => number.is_finite(),
            _ => true,
        };
        if primitive && !values.iter().any(|option| equals_option(value, option)) {
            out.push(Outcome::here(message.clone()));
        }
    })
}

fn length(options: &Value) -> Made {
    let given = members("length", options, &["min", "max"])?;
    let bound = |key: &str| -> Result<Option<f64>, Missing> {
        given
            .get(key)
            .map(|value| value.as_f64().ok_or_else(|| wrong(format!("{key} is a number."))))
            .transpose()
    };
    let (min, max) = (bound("min")?, bound("max")?);
    if min.is_none() && max.is_none() {
        return Err(wrong("The function length needs min, max or both."));
    }
    plain(move |cx, value, out| {
        #[expect(clippy::cast_precision_loss, reason = "lengths stay below 2^32")]
        let size = match value {
            Js::Node(at) => cx.view.len(*at) as f64,
            Js::Number(number) if number.is_finite() => *number,
            Js::Text(text) => units(text) as f64,
            _ => return,
        };
        for (bound, wrong, word) in [
            (min, min.is_some_and(|min| size < min), "longer"),
            (max, max.is_some_and(|max| size > max), "shorter"),
        ] {
            if let Some(bound) = bound.filter(|_| wrong) {
                let bound = number_to_string(bound);
                out.push(Outcome::here(format!("#{{{{print(\"property\")}}}}must be {word} than {bound}")));
            }
        }
    })
}

fn either(options: &Value, one_only: bool) -> Made {
    let name = if one_only { "xor" } else { "or" };
    let given = members(name, options, &["properties"])?;
    let list = given.get("properties").and_then(Value::as_array);
    let list = list.ok_or_else(|| wrong("properties is a list of names."))?;
    let properties: Vec<String> = list.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    if properties.len() != list.len() {
        return Err(wrong("properties is a list of names."));
    }
    if properties.len() < 2 {
        return Err(wrong(format!("The function {name} needs two properties at least.")));
    }
    plain(move |cx, value, out| {
        let Some(at) = cx.view.object(value) else { return };
        if properties.len() < 2 {
            return;
        }
        let there: Vec<&str> = cx
            .view
            .members(at)
            .map(|(key, _)| key)
            .filter(|key| properties.iter().any(|name| name == key))
            .collect();
        if there.is_empty() {
            let rest = properties.len().saturating_sub(3);
            out.push(Outcome::here(if properties.len() > 4 {
                format!(
                    "At least one of \"{}\" or {rest} other properties must be defined",
                    properties[..3].join("\" or \"")
                )
            } else {
                format!("At least one of \"{}\" must be defined", properties.join("\" or \""))
            }));
        }
        if one_only && there.len() > 1 {
            out.push(Outcome::here(format!("Just one of \"{}\" must be defined", there.join("\" and \""))));
        }
    })
}

fn pattern(options: &Value) -> Made {
    let given = members("pattern", options, &["match", "notMatch"])?;
    let read = |key: &str| -> Result<Option<(Pattern, String)>, Missing> {
        let Some(source) = given.get(key) else { return Ok(None) };
        let source = source.as_str().ok_or_else(|| wrong(format!("{key} is a regular expression.")))?;
        let pattern = Pattern::javascript(&sticky(source)).map_err(|error| wrong(error.to_string()))?;
        Ok(Some((pattern, quoted(source))))
    };
    let (wanted, unwanted) = (read("match")?, read("notMatch")?);
    if wanted.is_none() && unwanted.is_none() {
        return Err(wrong("The function pattern needs match, notMatch or both."));
    }
    plain(move |_, value, out| {
        let Some(text) = value.text() else { return };
        if let Some((pattern, shown)) = &wanted
            && !pattern.is_match(text).unwrap_or(true)
        {
            out.push(Outcome::here(format!("#{{{{print(\"value\")}}}} must match the pattern {shown}")));
        }
        if let Some((pattern, shown)) = &unwanted
            && pattern.is_match(text).unwrap_or(false)
        {
            out.push(Outcome::here(format!("#{{{{print(\"value\")}}}} must not match the pattern {shown}")));
        }
    })
}

/// With the flag `y` a pattern matches at the start of a text only.
fn sticky(source: &str) -> String {
    let parts = source.strip_prefix('/').and_then(|rest| rest.rsplit_once('/'));
    match parts {
        Some((inner, flags))
            if flags.contains('y') && flags.bytes().all(|flag| flag.is_ascii_lowercase()) =>
        {
            format!("/^(?:{inner})/{}", flags.replace('y', ""))
        }
        _ => source.to_owned(),
    }
}

fn unreferenced(options: &Value) -> Made {
    let given = members("unreferencedReusableObject", options, &["reusableObjectsLocation"])?;
    let place = given.get("reusableObjectsLocation").and_then(Value::as_str).unwrap_or_default().to_owned();
    if !place.starts_with('#') {
        return Err(wrong("reusableObjectsLocation is a pointer such as #/components/schemas."));
    }
    plain(move |cx, value, out| orphans(cx, value, &place, out))
}

/// The members of an object at a place that no reference leads to.
pub(super) fn orphans(cx: &Call<'_, '_>, value: &Js<'_>, place: &str, out: &mut Vec<Outcome>) {
    let Some(at) = cx.view.object(value) else { return };
    for (name, _) in cx.view.members(at) {
        let full = format!("{}{place}/{name}", cx.source);
        if !cx.inventory().named.contains(&full) {
            let path = pointer::read(&full[cx.source.len()..]).unwrap_or_default();
            out.push(Outcome::at("Potential orphaned reusable object has been detected", path));
        }
    }
}
