//! The functions of `spectral:asyncapi` that look at channels, messages, operations and security. Those
//! that judge whole documents and payloads by AsyncAPI's own shapes are in `asyncapi_document`.

use super::super::ajv::{Dialect, Mode, Validator, detect};
use super::super::lint::Call;
use super::super::value::{Js, View};
use super::schema::report;
use super::servers::found_in;
use super::{Failed, Found, Function, Outcome, Plain, extended, members, wrong};
use assize_tree::path::NodeRef;
use serde_json::Value;
use std::collections::HashSet;
use std::sync::Arc;

type Run = fn(&Call<'_, '_>, &Js<'_>, &mut Vec<Outcome>);

pub(super) fn find(name: &str, options: &Value) -> Found {
    let run: Run = match name {
        "asyncApi2ChannelServers" => channel_servers,
        "asyncApi2MessageIdUniqueness" => message_ids,
        "asyncApi2OperationIdUniqueness" => operation_ids,
        "asyncApiChannelParameters" => channel_parameters,
        "asyncApi2MessageExamplesValidation" => {
            let function: Arc<dyn Function> = Arc::new(MessageExamples);
            return Some(Ok(function));
        }
        "asyncApiSchemaValidation" => {
            return Some(members(name, options, &["type"]).and_then(|given| {
                let kind = given.get("type").and_then(Value::as_str);
                let examples = match kind {
                    Some("examples") => true,
                    Some("default") => false,
                    _ => return Err(wrong("type is default or examples.")),
                };
                let function: Arc<dyn Function> = Arc::new(SchemaValues { examples });
                Ok(function)
            }));
        }
        "asyncApiSecurity" => {
            return Some(members(name, options, &["objectType"]).map(|given| {
                let owner = given.get("objectType").and_then(Value::as_str).unwrap_or("Server").to_owned();
                let run = move |cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>| {
                    security(cx, value, &owner, out);
                };
                let function: Arc<dyn Function> = Arc::new(Plain(run));
                function
            }));
        }
        _ => return None,
    };
    if !options.is_null() {
        return Some(Err(wrong(format!("The function {name} takes no options."))));
    }
    let function: Arc<dyn Function> = Arc::new(Plain(run));
    Some(Ok(function))
}

fn channel_servers(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let servers = view.get(at, "servers");
    let Some(channels) = view.object(&view.get(at, "channels")) else { return };
    // Where anything is of another form than it must be, Spectral looks at nothing.
    let texts = |list: &Js<'_>| {
        let list = view.array(list);
        list.is_some_and(|list| view.items(list).all(|item| view.read(item).text().is_some()))
    };
    let fits = |channel: &Js<'_>| match view.object(channel) {
        Some(at) => view.edge(at, "servers").is_none_or(|edge| texts(&view.read(edge))),
        None => false,
    };
    if !(servers == Js::Undefined || view.object(&servers).is_some())
        || !view.members(channels).all(|(_, edge)| fits(&view.read(edge)))
    {
        return;
    }
    let known: HashSet<&str> = view
        .object(&servers)
        .map(|servers| view.members(servers).map(|(name, _)| name).collect())
        .unwrap_or_default();
    for (channel, edge) in view.members(channels) {
        let wanted = view.member(&view.read(edge), "servers");
        let Some(list) = view.array(&wanted) else { continue };
        for (index, item) in view.items(list).enumerate() {
            if !view.read(item).text().is_some_and(|name| known.contains(name)) {
                let index = index.to_string();
                out.push(Outcome::at(
                    "Channel contains server that are not defined on the \"servers\" object.",
                    ["channels", channel, "servers", &index].map(str::to_owned).to_vec(),
                ));
            }
        }
    }
}

/// Every operation of AsyncAPI 2: the way to it, and the object.
fn operations<'a>(view: &View<'a>, root: &Js<'_>) -> Vec<(Vec<String>, NodeRef)> {
    let channels = view.object(root).map(|at| view.get(at, "channels"));
    let Some(channels) = channels.and_then(|channels| view.object(&channels)) else { return Vec::new() };
    let mut found = Vec::new();
    for (name, edge) in view.members(channels) {
        let Some(channel) = view.object(&view.read(edge)) else { continue };
        for kind in ["subscribe", "publish"] {
            if let Some(operation) = view.object(&view.get(channel, kind)) {
                found.push((["channels", name, kind].map(str::to_owned).to_vec(), operation));
            }
        }
    }
    found
}

/// An id, its last trait's first.
fn id_of(view: &View<'_>, at: NodeRef, key: &str) -> Option<(String, Vec<String>)> {
    let traits = view.get(at, "traits");
    if let Some(list) = view.array(&traits) {
        let items: Vec<NodeRef> = view.items(list).collect();
        for (index, item) in items.into_iter().enumerate().rev() {
            if let Some(id) = view.member(&view.read(item), key).text() {
                let way = ["traits".to_owned(), index.to_string(), key.to_owned()].to_vec();
                return Some((id.to_owned(), way));
            }
        }
    }
    view.get(at, key).text().map(|id| (id.to_owned(), vec![key.to_owned()]))
}

fn unique(
    view: &View<'_>,
    places: Vec<(Vec<String>, NodeRef)>,
    key: &str,
    message: &str,
    out: &mut Vec<Outcome>,
) {
    let mut seen = HashSet::new();
    for (mut way, at) in places {
        if let Some((id, more)) = id_of(view, at, key)
            && !seen.insert(id)
        {
            way.extend(more);
            out.push(Outcome::at(message, way));
        }
    }
}

fn operation_ids(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let message = "\"operationId\" must be unique across all the operations.";
    unique(&cx.view, operations(&cx.view, value), "operationId", message, out);
}

fn message_ids(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let mut places = Vec::new();
    for (way, operation) in operations(view, value) {
        let Some(message) = view.object(&view.get(operation, "message")) else { continue };
        let step = |more: &[&str]| extended(&way, more);
        let several = view.get(message, "oneOf");
        match view.array(&several) {
            Some(list) => {
                for (index, item) in view.items(list).enumerate() {
                    if let Some(item) = view.object(&view.read(item)) {
                        places.push((step(&["message", "oneOf", &index.to_string()]), item));
                    }
                }
            }
            None => places.push((step(&["message"]), message)),
        }
    }
    let message = "\"messageId\" must be unique across all the messages.";
    unique(view, places, "messageId", message, out);
}

fn channel_parameters(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(at) = view.object(value) else { return };
    let Some(parameters) = view.object(&view.get(at, "parameters")) else { return };
    let address = view.get(at, "address");
    let path = match &address {
        Js::Undefined | Js::Null => cx.path().last().cloned().unwrap_or_default(),
        Js::Text(text) => text.to_string(),
        _ => return,
    };
    let wanted = found_in(&path);
    if wanted.is_empty() {
        return;
    }
    let named: Vec<&str> = view.members(parameters).map(|(name, _)| name).collect();
    let missed: Vec<&str> = wanted.iter().copied().filter(|name| !named.contains(name)).collect();
    if !missed.is_empty() {
        out.push(Outcome::at(
            format!(
                "Not all channel's parameters are described with \"parameters\" object. Missed: {}.",
                missed.join(", ")
            ),
            extended(cx.path(), &["parameters"]),
        ));
    }
    for name in named.iter().filter(|name| !wanted.contains(name)) {
        out.push(Outcome::at(
            format!("Channel's \"parameters\" object has redundant defined \"{name}\" parameter."),
            extended(cx.path(), &["parameters", name]),
        ));
    }
}

fn security(cx: &Call<'_, '_>, value: &Js<'_>, owner: &str, out: &mut Vec<Outcome>) {
    let (view, raw) = (&cx.view, cx.definitions());
    let Some(at) = view.object(value) else { return };
    let components = raw.member(&raw.read(raw.root()), "components");
    let schemes = raw.member(&components, "securitySchemes");
    for (name, edge) in view.members(at) {
        let scopes = view.read(edge);
        let Some(list) = view.array(&scopes) else { return };
        let scheme = raw.member(&schemes, name);
        if scheme == Js::Undefined {
            out.push(Outcome::at(
                format!("{owner} must not reference an undefined security scheme."),
                extended(cx.path(), &[name]),
            ));
        }
        if raw.member(&scheme, "type").text() != Some("oauth2") {
            continue;
        }
        let flows = raw.member(&scheme, "flows");
        let mut known: Vec<&str> = Vec::new();
        for flow in ["implicit", "password", "clientCredentials", "authorizationCode"] {
            let scopes = raw.member(&raw.member(&flows, flow), "scopes");
            if let Some(scopes) = raw.object(&scopes) {
                for (scope, _) in raw.members(scopes) {
                    if !known.contains(&scope) {
                        known.push(scope);
                    }
                }
            }
        }
        for (index, scope) in view.items(list).enumerate() {
            if !view.read(scope).text().is_some_and(|scope| known.contains(&scope)) {
                out.push(Outcome::at(
                    format!(
                        "Non-existing security scope for the specified security scheme. Available: [{}]",
                        known.join(", ")
                    ),
                    extended(cx.path(), &[name, &index.to_string()]),
                ));
            }
        }
    }
}

/// Judges a value by a schema of the document itself.
fn judge(
    cx: &Call<'_, '_>,
    schema: NodeRef,
    value: &Js<'_>,
    more: &[&str],
    out: &mut Vec<Outcome>,
) -> Result<(), Failed> {
    let view = &cx.view;
    let way = || extended(cx.path(), more);
    let inner = cx.below(&way);
    let dialect = detect(view, schema).unwrap_or(Dialect::Draft7);
    let mode = Mode { all_errors: true, ..Mode::default() };
    match Validator::new(view, schema, dialect, mode) {
        Err(message) => out.push(Outcome::at(message, inner.path().to_vec())),
        Ok(validator) if validator.unresolved.is_some() => {}
        Ok(validator) => report(&validator, view, &inner, value, out)?,
    }
    Ok(())
}

struct SchemaValues {
    examples: bool,
}

impl Function for SchemaValues {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let view = &cx.view;
        let wrong =
            "#{{print(\"property\")}must be an object containing \"default\" or an \"examples\" array";
        let Some(at) = view.object(value) else {
            out.push(Outcome::here(wrong));
            return Ok(());
        };
        let examples = view.get(at, "examples");
        if !matches!(examples, Js::Undefined) && !view.is_array(&examples) {
            out.push(Outcome::here(wrong));
            return Ok(());
        }
        let each = |value: Js<'_>, more: &[&str], out: &mut Vec<Outcome>| -> Result<(), Failed> {
            match value {
                // Texts are judged, and what is found is dropped.
                Js::Text(_) => Ok(()),
                Js::Undefined => {
                    out.push(Outcome::at("#{{print(\"property\")}}must exist", extended(cx.path(), more)));
                    Ok(())
                }
                value => judge(cx, at, &value, more, out),
            }
        };
        if !self.examples {
            return each(view.get(at, "default"), &["default"], out);
        }
        let Some(list) = view.array(&examples) else { return Ok(()) };
        for (index, item) in view.items(list).enumerate() {
            each(view.read(item), &["examples", &index.to_string()], out)?;
        }
        Ok(())
    }
}

struct MessageExamples;

impl Function for MessageExamples {
    fn call(&self, cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) -> Result<(), Failed> {
        let view = &cx.view;
        let Some(at) = view.object(value) else { return Ok(()) };
        // A later trait stands before an earlier one, and each before the message itself.
        let own = |key: &str| -> Js<'_> {
            let traits = view.get(at, "traits");
            let items: Vec<NodeRef> =
                view.array(&traits).map(|list| view.items(list).collect()).unwrap_or_default();
            items
                .into_iter()
                .rev()
                .map(|item| view.member(&view.read(item), key))
                .find(|value| *value != Js::Undefined)
                .unwrap_or_else(|| view.get(at, key))
        };
        let examples = own("examples");
        let Some(list) = view.array(&examples) else { return Ok(()) };
        for (index, item) in view.items(list).enumerate() {
            let example = view.read(item);
            for part in ["payload", "headers"] {
                let value = view.member(&example, part);
                if value == Js::Undefined {
                    continue;
                }
                if let Js::Node(schema) = own(part) {
                    judge(cx, schema, &value, &["examples", &index.to_string(), part], out)?;
                }
            }
        }
        Ok(())
    }
}
