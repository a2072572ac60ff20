//! The functions of `spectral:oas` that look at operations, parameters, tags, security and components.

use super::super::lint::Call;
use super::super::value::{Js, View};
use super::{Found, Function, Outcome, Plain, extended, members, wrong};
use assize_tree::js::to_number;
use assize_tree::path::NodeRef;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

type Run = fn(&Call<'_, '_>, &Js<'_>, &mut Vec<Outcome>);

pub(super) fn find(name: &str, options: &Value) -> Found {
    let run: Run = match name {
        "oasDiscriminator" => discriminator,
        "oasOpFormDataConsumeCheck" => form_data,
        "oasOpIdUnique" => unique_ids,
        "oasOpParams" => parameters,
        "oasOpSuccessResponse" => success,
        "oasPathParam" => super::oas_path::path_parameters,
        "oasTagDefined" => tags_defined,
        "oasUnusedComponent" => unused,
        "refSiblings" => siblings,
        "typedEnum" => typed_enum,
        "uniquenessTags" => unique_tags,
        "oasSecurityDefined" => return Some(security(options)),
        _ => return None,
    };
    if !options.is_null() {
        return Some(Err(wrong(format!("The function {name} takes no options."))));
    }
    let function: Arc<dyn Function> = Arc::new(Plain(run));
    Some(Ok(function))
}

/// The methods of an operation in a path item.
pub(super) const METHODS: [&str; 8] = ["get", "head", "post", "put", "patch", "delete", "options", "trace"];

/// Every operation: its path, its method, the object.
pub(super) fn operations<'a>(view: &View<'a>, paths: &Js<'a>) -> Vec<(&'a str, &'a str, NodeRef)> {
    let Some(at) = view.object(paths) else { return Vec::new() };
    let mut found = Vec::new();
    for (path, item) in view.members(at) {
        let Some(item) = view.object(&view.read(item)) else { continue };
        for (method, operation) in view.members(item) {
            if METHODS.contains(&method)
                && let Some(operation) = view.object(&view.read(operation))
            {
                found.push((path, method, operation));
            }
        }
    }
    found
}

fn discriminator(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let named = view.get(at, "discriminator");
    let Some(name) = named.text() else { return };
    if !matches!(view.get(at, "properties"), Js::Node(properties) if view.edge(properties, name).is_some()) {
        out.push(Outcome::at(
            "The discriminator property must be defined in this schema.",
            extended(cx.path(), &["properties"]),
        ));
    }
    let required = view.get(at, "required");
    let listed = view
        .array(&required)
        .is_some_and(|list| view.items(list).any(|item| view.read(item).text() == Some(name)));
    if !listed {
        out.push(Outcome::at(
            "The discriminator property must be in the required property list.",
            extended(cx.path(), &["required"]),
        ));
    }
}

fn form_data(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let (parameters, consumes) = (view.get(at, "parameters"), view.get(at, "consumes"));
    let (Some(list), true) = (view.array(&parameters), view.is_array(&consumes)) else { return };
    let form = view.items(list).any(|item| {
        let item = view.read(item);
        view.member(&item, "in").text() == Some("formData")
    });
    let types = view.string(&consumes);
    if form && !types.contains("application/x-www-form-urlencoded") && !types.contains("multipart/form-data")
    {
        out.push(Outcome::here(
            "Consumes must include urlencoded, multipart, or form-data media type when using formData parameter.",
        ));
    }
}

fn unique_ids(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let value = Js::Node(match value {
        Js::Node(at) => *at,
        _ => return,
    });
    let mut seen = HashSet::new();
    for (path, method, operation) in operations(view, &value) {
        let Some(edge) = view.edge(operation, "operationId") else { continue };
        let id = view.read(edge);
        let key = match &id {
            Js::Node(at) => format!("{at:?}"),
            other => view.json(other),
        };
        if !seen.insert(key) {
            let path = ["paths", path, method, "operationId"].map(str::to_owned).to_vec();
            out.push(Outcome::at("operationId must be unique.", path));
        }
    }
}

fn parameters(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(list) = view.array(value) else { return };
    let (mut seen, mut twice) = (HashSet::new(), Vec::new());
    let (mut bodies, mut forms) = (Vec::new(), 0);
    for (index, item) in view.items(list).enumerate() {
        let Js::Node(at) = view.read(item) else { continue };
        if view.edge(at, "$ref").is_some() {
            continue;
        }
        let place = view.get(at, "in");
        let name = format!("{}-{}", view.string(&place), view.string(&view.get(at, "name")));
        if !seen.insert(name) {
            twice.push(index.to_string());
        }
        match place.text() {
            Some("body") => bodies.push(index.to_string()),
            Some("formData") => forms += 1,
            _ => {}
        }
    }
    if view.len(list) < 2 {
        return;
    }
    for index in &twice {
        out.push(Outcome::at(
            "A parameter in this operation already exposes the same combination of \"name\" and \"in\" values.",
            extended(cx.path(), &[index]),
        ));
    }
    if !bodies.is_empty() && forms > 0 {
        out.push(Outcome::here("Operation must not have both \"in:body\" and \"in:formData\" parameters."));
    }
    for index in bodies.iter().skip(1) {
        out.push(Outcome::at(
            "Operation must not have more than a single instance of the \"in:body\" parameter.",
            extended(cx.path(), &[index]),
        ));
    }
}

fn success(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let Some(at) = cx.view.object(value) else { return };
    let modern = cx.formats.contains(&"oas3");
    let good = cx.view.members(at).any(|(code, _)| {
        modern && matches!(code, "2XX" | "3XX") || (200.0..400.0).contains(&to_number(code))
    });
    if !good {
        out.push(Outcome::here("Operation must define at least a single 2xx or 3xx response"));
    }
}

fn tags_defined(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let tags = view.get(at, "tags");
    let mut known: HashSet<String> = HashSet::new();
    if let Some(list) = view.array(&tags) {
        for item in view.items(list) {
            let item = view.read(item);
            known.extend(view.member(&item, "name").text().map(str::to_owned));
        }
    }
    for (path, method, operation) in operations(view, &view.get(at, "paths")) {
        let tags = view.get(operation, "tags");
        let Some(list) = view.array(&tags) else { continue };
        for (index, tag) in view.items(list).enumerate() {
            if !view.read(tag).text().is_some_and(|tag| known.contains(tag)) {
                let index = index.to_string();
                let path = ["paths", path, method, "tags", &index].map(str::to_owned).to_vec();
                out.push(Outcome::at("Operation tags must be defined in global tags.", path));
            }
        }
    }
}

fn unused(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let components = view.get(at, "components");
    for kind in
        ["schemas", "responses", "parameters", "examples", "requestBodies", "headers", "links", "callbacks"]
    {
        let list = view.member(&components, kind);
        super::core::orphans(cx, &list, &format!("#/components/{kind}"), out);
    }
}

fn siblings(cx: &Call<'_, '_>, _: &Js<'_>, out: &mut Vec<Outcome>) {
    let raw = cx.raw();
    // Most references stand alone: the way to them is not needed then.
    if cx.owner.is_some_and(|owner| !cx.view.resolved && raw.len(owner) == 1) {
        return;
    }
    let path = cx.path();
    let Some((_, above)) = path.split_last() else { return };
    let mut here = raw.read(raw.root());
    for step in above {
        here = raw.member(&here, step);
    }
    let Some(at) = raw.object(&here) else { return };
    if raw.len(at) == 1 {
        return;
    }
    for (key, _) in raw.members(at).filter(|(key, _)| *key != "$ref") {
        out.push(Outcome::at(
            "$ref must not be placed next to any other properties",
            extended(above, &[key]),
        ));
    }
}

fn typed_enum(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let (values, kind) = (view.get(at, "enum"), view.get(at, "type"));
    let Some(list) = view.array(&values) else { return };
    let mut types: Vec<String> = match &kind {
        Js::Text(name) => vec![name.to_string()],
        Js::Node(names) if view.is_array(&kind) => {
            let texts: Vec<String> =
                view.items(*names).filter_map(|item| view.read(item).text().map(str::to_owned)).collect();
            if texts.len() != view.len(*names) {
                return;
            }
            texts
        }
        _ => return,
    };
    let nullable =
        |flag: &str, format: &str| view.get(at, flag) == Js::Bool(true) && cx.formats.contains(&format);
    if nullable("nullable", "oas3_0") || nullable("x-nullable", "oas2") {
        types.push("null".to_owned());
    }
    let whole = types.iter().any(|name| name == "integer");
    for (index, item) in view.items(list).enumerate() {
        let item = view.read(item);
        let name = match &item {
            Js::Text(_) => "string",
            Js::Bool(_) => "boolean",
            Js::Number(number) if whole && number.fract() == 0.0 => "integer",
            Js::Number(_) => "number",
            Js::Null | Js::Undefined => "null",
            Js::Node(_) if view.is_array(&item) => "array",
            Js::Node(_) => "object",
        };
        if !types.iter().any(|one| one == name) {
            out.push(Outcome::at(
                format!("Enum value {} must be \"{}\".", view.print(&item), types.join(",")),
                extended(cx.path(), &["enum", &index.to_string()]),
            ));
        }
    }
}

fn unique_tags(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(list) = view.array(value) else { return };
    let names: Vec<Option<String>> = view
        .items(list)
        .map(|item| {
            let item = view.read(item);
            view.object(&item)?;
            view.member(&item, "name").text().map(str::to_owned)
        })
        .collect();
    if names.iter().any(Option::is_none) {
        return;
    }
    let mut seen = HashSet::new();
    for (index, name) in names.into_iter().flatten().enumerate() {
        if !seen.insert(name.clone()) {
            out.push(Outcome::at(
                format!("\"tags\" object contains duplicate tag name \"{name}\"."),
                extended(cx.path(), &[&index.to_string(), "name"]),
            ));
        }
    }
}

fn security(options: &Value) -> Result<Arc<dyn Function>, super::Missing> {
    let given = members("oasSecurityDefined", options, &["oasVersion"])?;
    let second = given.get("oasVersion").and_then(Value::as_u64) == Some(2);
    let run = move |cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>| {
        let (view, raw) = (&cx.view, cx.definitions());
        let Some(at) = view.object(value) else { return };
        let mut wanted: Vec<(&str, Vec<String>)> = Vec::new();
        for (name, scopes) in view.members(at) {
            let scopes = view.read(scopes);
            let Some(list) = view.array(&scopes) else { return };
            let texts: Vec<String> =
                view.items(list).filter_map(|item| view.read(item).text().map(str::to_owned)).collect();
            if texts.len() != view.len(list) {
                return;
            }
            wanted.push((name, texts));
        }
        let root = raw.read(raw.root());
        let (definitions, place) = if second {
            (raw.member(&root, "securityDefinitions"), "securityDefinitions")
        } else {
            (raw.member(&raw.member(&root, "components"), "securitySchemes"), "components.securitySchemes")
        };
        for (name, scopes) in wanted {
            let scheme = match raw.object(&definitions).and_then(|at| raw.edge(at, name)) {
                Some(edge) => raw.read(edge),
                None => {
                    let owner = if cx.path().len() == 2 { "API" } else { "Operation" };
                    out.push(Outcome::at(
                        format!("{owner} \"security\" values must match a scheme defined in the \"{place}\" object."),
                        extended(cx.path(), &[name]),
                    ));
                    continue;
                }
            };
            for (index, scope) in scopes.iter().enumerate() {
                let listed = |value: &Js<'_>| matches!(value, Js::Node(at) if raw.object(value).is_some() && raw.edge(*at, scope).is_some());
                let defined = if second {
                    listed(&raw.member(&scheme, "scopes"))
                } else {
                    let flows = raw.member(&scheme, "flows");
                    raw.object(&flows).is_some_and(|flows| {
                        raw.members(flows).any(|(_, flow)| listed(&raw.member(&raw.read(flow), "scopes")))
                    })
                };
                if !defined {
                    out.push(Outcome::at(
                        format!("\"{scope}\" must be listed among scopes."),
                        extended(cx.path(), &[name, &index.to_string()]),
                    ));
                }
            }
        }
    };
    let function: Arc<dyn Function> = Arc::new(Plain(run));
    Ok(function)
}
