//! `serverVariables`: the variables of a server's address and those it describes.

use super::super::lint::Call;
use super::super::value::{Js, View};
use super::{Found, Function, Outcome, Plain, extended, members};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn find(name: &str, options: &Value) -> Found {
    if name != "serverVariables" {
        return None;
    }
    let known = ["checkSubstitutions", "requireDefault"];
    let (substitutions, default) = match options {
        Value::Null => (false, false),
        options => match members(name, options, &known) {
            Ok(given) => {
                let on = |key: &str| given.get(key) == Some(&Value::Bool(true));
                (on("checkSubstitutions"), on("requireDefault"))
            }
            Err(wrong) => return Some(Err(wrong)),
        },
    };
    let run = move |cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>| {
        judge(cx, value, substitutions, default, out);
    };
    let function: Arc<dyn Function> = Arc::new(Plain(run));
    Some(Ok(function))
}

/// What is wrong with a server before its variables can be looked at.
fn invalid(view: &View<'_>, value: &Js<'_>) -> Option<&'static str> {
    let wrong = Some("Invalid Server Object");
    let Some(at) = view.object(value) else { return wrong };
    if view.get(at, "url").text().is_none() {
        return wrong;
    }
    let variables = view.get(at, "variables");
    if variables == Js::Undefined {
        return None;
    }
    let Some(variables) = view.object(&variables) else { return wrong };
    for (_, variable) in view.members(variables) {
        let variable = view.read(variable);
        let Some(variable) = view.object(&variable) else { return wrong };
        for (key, edge) in view.members(variable) {
            let value = view.read(edge);
            let good = match key {
                "enum" => view
                    .array(&value)
                    .is_some_and(|list| view.items(list).all(|item| view.read(item).text().is_some())),
                "default" | "description" | "examples" => value.text().is_some(),
                other => other.starts_with("x-"),
            };
            if !good {
                return wrong;
            }
        }
    }
    None
}

/// Names between braces, one character at least.
pub(super) fn found_in(url: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = url;
    while let Some(at) = rest.find('{') {
        let inside = &rest[at + 1..];
        let Some(first) = inside.chars().next() else { break };
        match inside[first.len_utf8()..].find('}') {
            Some(end) => {
                let end = end + first.len_utf8();
                found.push(&inside[..end]);
                rest = &inside[end + 1..];
            }
            None => break,
        }
    }
    found
}

fn judge(cx: &Call<'_, '_>, value: &Js<'_>, substitutions: bool, default: bool, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    if let Some(message) = invalid(view, value) {
        out.push(Outcome::here(message));
        return;
    }
    let Js::Node(at) = value else { return };
    let url = view.get(*at, "url");
    let url = url.text().unwrap_or_default();
    let wanted = found_in(url);
    let variables = view.get(*at, "variables");
    let described = view.object(&variables);
    let names: Vec<&str> =
        described.map(|at| view.members(at).map(|(name, _)| name).collect()).unwrap_or_default();
    for name in names.iter().filter(|name| !wanted.contains(name)) {
        out.push(Outcome::at(
            format!("Server's \"variables\" object has unused defined \"{name}\" url variable."),
            extended(cx.path(), &["variables", name]),
        ));
    }
    if wanted.is_empty() {
        return;
    }
    let missed: Vec<&str> = wanted.iter().copied().filter(|name| !names.contains(name)).collect();
    if !missed.is_empty() {
        out.push(Outcome::at(
            format!(
                "Not all server's variables are described with \"variables\" object. Missed: {}.",
                missed.join(", ")
            ),
            extended(cx.path(), &["variables"]),
        ));
    }
    let Some(described) = described else { return };
    let mut pairs: Vec<(&str, Vec<String>)> = Vec::new();
    for (name, edge) in view.members(described).filter(|(name, _)| wanted.contains(name)) {
        let variable = view.read(edge);
        let listed = view.member(&variable, "enum");
        let preset = view.member(&variable, "default");
        let values: Vec<String> = match (view.array(&listed), preset.text()) {
            (Some(list), preset) => {
                let values: Vec<String> =
                    view.items(list).filter_map(|item| view.read(item).text().map(str::to_owned)).collect();
                if preset.is_some_and(|preset| !values.iter().any(|value| value == preset)) {
                    out.push(Outcome::at(
                        format!("Server Variable \"{name}\" has a default not listed in the enum."),
                        extended(cx.path(), &["variables", name, "default"]),
                    ));
                }
                values
            }
            (None, Some(preset)) => vec![preset.to_owned()],
            (None, None) => Vec::new(),
        };
        pairs.push((name, values));
        if preset == Js::Undefined && default {
            out.push(Outcome::at(
                format!("Server Variable \"{name}\" has a missing default."),
                extended(cx.path(), &["variables", name]),
            ));
        }
    }
    if substitutions && !pairs.is_empty() {
        check_substitutions(cx, url, &pairs, out);
    }
}

/// Addresses tried, at most: variables with many values multiply.
const MOST: usize = 100_000;

fn check_substitutions(cx: &Call<'_, '_>, url: &str, pairs: &[(&str, Vec<String>)], out: &mut Vec<Outcome>) {
    let mut wrong = Vec::new();
    let mut tried = 0;
    substitute(url, pairs, &mut |address| {
        tried += 1;
        if !is_url(address) {
            wrong.push(address.to_owned());
        }
        wrong.len() < 5 && tried < MOST
    });
    let path = extended(cx.path(), &["variables"]);
    let list = wrong.join(", ");
    if wrong.len() == 5 {
        out.push(Outcome::at(
            format!("At least 5 substitutions of server variables resulted in invalid URLs: {list} and more"),
            path,
        ));
    } else if !wrong.is_empty() {
        out.push(Outcome::at(
            format!("A few substitutions of server variables resulted in invalid URLs: {list}"),
            path,
        ));
    }
}

fn substitute(url: &str, pairs: &[(&str, Vec<String>)], each: &mut impl FnMut(&str) -> bool) -> bool {
    let Some(((name, values), rest)) = pairs.split_first() else { return each(url) };
    values.iter().all(|value| {
        let value = value.replace(' ', "%20").replace('"', "%22").replace('<', "%3C").replace('>', "%3E");
        substitute(&url.replace(&format!("{{{name}}}"), &value), rest, each)
    })
}

/// Whether `new URL(text)` takes it, as far as addresses of servers go.
fn is_url(text: &str) -> bool {
    let text = text.trim();
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    if !scheme.starts_with(|char: char| char.is_ascii_alphabetic())
        || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    {
        return false;
    }
    if !matches!(scheme.to_ascii_lowercase().as_str(), "http" | "https" | "ftp" | "ws" | "wss") {
        return true;
    }
    let authority = rest.trim_start_matches(['/', '\\']);
    let authority = authority.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let (name, port) = if host.starts_with('[') {
        host.rsplit_once("]:").map_or((host, ""), |(name, port)| (name, port))
    } else {
        host.split_once(':').map_or((host, ""), |(name, port)| (name, port))
    };
    let port_fits = port.is_empty() || port.parse::<u16>().is_ok();
    !name.is_empty() && port_fits && !name.contains([' ', '<', '>', '^', '|', '%'])
}
