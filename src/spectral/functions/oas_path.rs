//! `oasPathParam`: the parameters of a path are those that its operations define.

use super::super::lint::Call;
use super::super::value::{Js, View};
use super::Outcome;
use super::oas::METHODS;
use assize_tree::path::NodeRef;
use std::collections::HashMap;

/// The names between braces of a path, and the path with each of them as `%`.
fn names(path: &str) -> (Vec<String>, String) {
    let (mut found, mut plain) = (Vec::new(), String::new());
    let mut rest = path;
    while let Some(at) = rest.find('{') {
        let inside = &rest[at + 1..];
        let name = inside.strip_prefix(';').unwrap_or(inside);
        let name = name.strip_prefix('?').unwrap_or(name);
        let end = name
            .find(|char: char| !char.is_ascii_alphanumeric() && char != '_' && char != '-')
            .unwrap_or(name.len());
        let tail = name[end..].strip_prefix('*').unwrap_or(&name[end..]);
        match tail.strip_prefix('}').filter(|_| end > 0) {
            Some(after) => {
                found.push(name[..end].to_owned());
                plain.push_str(&rest[..at]);
                plain.push('%');
                rest = after;
            }
            None => {
                plain.push_str(&rest[..=at]);
                rest = inside;
            }
        }
    }
    plain.push_str(rest);
    (found, plain)
}

/// Parameters by name, in the order in which they were met.
type Defined = Vec<(String, Vec<String>)>;

fn defined(view: &View<'_>, list: &Js<'_>, above: &[&str], out: &mut Vec<Outcome>) -> Defined {
    let mut found: Defined = Vec::new();
    let Some(list) = view.array(list) else { return found };
    for (index, item) in view.items(list).enumerate() {
        let Js::Node(at) = view.read(item) else { continue };
        let name = view.get(at, "name");
        if view.get(at, "in").text() != Some("path") || name == Js::Undefined {
            continue;
        }
        let name = view.string(&name);
        let mut path: Vec<String> = above.iter().map(|step| (*step).to_owned()).collect();
        path.extend(["parameters".to_owned(), index.to_string()]);
        if view.get(at, "required") != Js::Bool(true) {
            out.push(Outcome::at(
                format!("Path parameter \"{name}\" must have \"required\" property that is set to \"true\"."),
                path.clone(),
            ));
        }
        if found.iter().any(|(one, _)| *one == name) {
            out.push(Outcome::at(
                format!("Path parameter \"{name}\" must not be defined multiple times."),
                path,
            ));
        } else {
            found.push((name, path));
        }
    }
    found
}

pub(super) fn path_parameters(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(paths) = view.object(value) else { return };
    let mut same: HashMap<String, String> = HashMap::new();
    for (path, item) in view.members(paths) {
        let Js::Node(item) = view.read(item) else { continue };
        let (wanted, plain) = names(path);
        let place = || vec!["paths".to_owned(), path.to_owned()];
        match same.get(&plain) {
            Some(first) => out.push(Outcome::at(
                format!("Paths \"{first}\" and \"{path}\" must not be equivalent."),
                place(),
            )),
            None => {
                same.insert(plain, path.to_owned());
            }
        }
        let mut expected: Vec<&String> = Vec::new();
        for name in &wanted {
            if expected.contains(&name) {
                out.push(Outcome::at(
                    format!("Path \"{path}\" must not use parameter \"{{{name}}}\" multiple times."),
                    place(),
                ));
            } else {
                expected.push(name);
            }
        }
        let top = defined(view, &view.get(item, "parameters"), &["paths", path], out);
        for (method, operation) in view.members(item).filter(|(method, _)| METHODS.contains(method)) {
            let Js::Node(operation) = view.read(operation) else { continue };
            operation_parameters(view, path, method, operation, &top, &expected, out);
        }
    }
}

fn operation_parameters(
    view: &View<'_>,
    path: &str,
    method: &str,
    operation: NodeRef,
    top: &Defined,
    expected: &[&String],
    out: &mut Vec<Outcome>,
) {
    let own = defined(view, &view.get(operation, "parameters"), &["paths", path, method], out);
    let mut all: Defined = top.clone();
    for (name, place) in own {
        match all.iter_mut().find(|(one, _)| *one == name) {
            Some((_, before)) => *before = place,
            None => all.push((name, place)),
        }
    }
    for (name, place) in &all {
        if !expected.contains(&name) {
            out.push(Outcome::at(
                format!("Parameter \"{name}\" must be used in path \"{path}\"."),
                place.clone(),
            ));
        }
    }
    for name in expected {
        if !all.iter().any(|(one, _)| one == *name) {
            out.push(Outcome::at(
                format!("Operation must define parameter \"{{{name}}}\" as expected by path \"{path}\"."),
                ["paths", path, method].map(str::to_owned).to_vec(),
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn names_between_braces() {
        assert_eq!(names("/a/{id}/b{;?x*}"), (vec!["id".to_owned(), "x".to_owned()], "/a/%/b%".to_owned()));
        assert_eq!(names("/a/{i d}/{}"), (vec![], "/a/{i d}/{}".to_owned()));
    }
}
