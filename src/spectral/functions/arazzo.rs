//! The functions of `spectral:arazzo` that look at workflows and steps: unique ids, names and values of
//! outputs, what a workflow depends on, what a step calls and what it sends. Parameters and actions are
//! in `arazzo_actions`, runtime expressions in `arazzo_expression`.

use super::super::lint::Call;
use super::super::value::{Js, View};
use super::arazzo_actions::{Kind, actions, parameters, success_criteria};
use super::arazzo_expression::{Description, is_name};
use super::{Found, Function, Outcome, Plain, extended, wrong};
use assize_tree::path::NodeRef;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

type Run = fn(&Call<'_, '_>, &Js<'_>, &mut Vec<Outcome>);

pub(super) fn find(name: &str, options: &Value) -> Found {
    let run: Run = match name {
        "arazzoWorkflowIdUniqueness" => workflow_ids,
        "arazzoStepIdUniqueness" => step_ids,
        "arazzoWorkflowOutputNamesValidation" => workflow_outputs,
        "arazzoStepOutputNamesValidation" => step_outputs,
        "arazzoWorkflowDependsOnValidation" => depends_on,
        "arazzoStepValidation" => steps,
        "arazzoStepRequestBodyValidation" => request_bodies,
        "arazzoStepParametersValidation" => parameters,
        "arazzoStepSuccessCriteriaValidation" => success_criteria,
        "arazzoStepSuccessActionsValidation" => |cx, value, out| actions(cx, value, Kind::Success, out),
        "arazzoStepFailureActionsValidation" => |cx, value, out| actions(cx, value, Kind::Failure, out),
        _ => return None,
    };
    if !options.is_null() {
        return Some(Err(wrong(format!("The function {name} takes no options."))));
    }
    let function: Arc<dyn Function> = Arc::new(Plain(run));
    Some(Ok(function))
}

/// A value as a set or `===` tells it from others: texts by what they say, objects by where they stand.
fn identity(value: &Js<'_>) -> String {
    match value {
        Js::Number(number) => format!("{:?}", number + 0.0),
        other => format!("{other:?}"),
    }
}

/// The elements of a member that is an array: index and value.
pub(super) fn listed<'a>(view: &View<'a>, at: NodeRef, key: &str) -> Vec<(usize, Js<'a>)> {
    view.array(&view.get(at, key))
        .map(|list| view.items(list).map(|item| view.read(item)).enumerate().collect())
        .unwrap_or_default()
}

/// The elements that are objects.
pub(super) fn objects(view: &View<'_>, at: NodeRef, key: &str) -> Vec<(usize, NodeRef)> {
    let list = listed(view, at, key);
    list.iter().filter_map(|(index, value)| Some((*index, view.object(value)?))).collect()
}

/// Every step: the way to it, its workflow's index and object, and its own. Where Spectral throws, at a
/// workflow without steps, there are none: the document's shape says what is missing.
pub(super) struct Step {
    pub way: Vec<String>,
    pub index: usize,
    pub workflow: NodeRef,
    pub at: NodeRef,
}

pub(super) fn every_step(view: &View<'_>, root: NodeRef) -> Vec<Step> {
    let mut found = Vec::new();
    for (index, workflow) in objects(view, root, "workflows") {
        for (step, at) in objects(view, workflow, "steps") {
            let way = ["workflows", &index.to_string(), "steps", &step.to_string()];
            found.push(Step { way: way.map(str::to_owned).to_vec(), index, workflow, at });
        }
    }
    found
}

fn workflow_ids(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let mut seen = HashSet::new();
    for (index, workflow) in objects(view, root, "workflows") {
        let id = view.get(workflow, "workflowId");
        if !seen.insert(identity(&id)) {
            out.push(Outcome::at(
                format!(
                    "\"workflowId\" must be unique across all workflows. \"{}\" is duplicated.",
                    view.string(&id)
                ),
                ["workflows", &index.to_string(), "workflowId"].map(str::to_owned).to_vec(),
            ));
        }
    }
}

fn step_ids(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(workflow) = view.object(value) else { return };
    let list = listed(view, workflow, "steps");
    // Spectral looks at workflows of the right form only.
    let fits = |step: &Js<'_>| match view.object(step) {
        Some(at) => matches!(view.get(at, "stepId"), Js::Text(_) | Js::Undefined),
        None => false,
    };
    if !list.iter().all(|(_, step)| fits(step)) {
        return;
    }
    let mut seen = HashSet::new();
    for (index, step) in &list {
        // The ways are those within the workflow, as Spectral gives them.
        let index = index.to_string();
        match view.member(step, "stepId") {
            Js::Text(id) => {
                if !seen.insert(id.into_owned()) {
                    out.push(Outcome::at(
                        "\"stepId\" must be unique within the workflow.",
                        ["steps", &index, "stepId"].map(str::to_owned).to_vec(),
                    ));
                }
            }
            _ => out.push(Outcome::at(
                format!("Step at index {index} is missing a \"stepId\". Each step should have a unique \"stepId\"."),
                ["steps", &index].map(str::to_owned).to_vec(),
            )),
        }
    }
}

/// Outputs: names and expressions.
type Outputs<'a> = Vec<(&'a str, String)>;

/// The outputs of an object, where they are a map of texts; nothing where there are none, an error
/// where they are something else: Spectral looks at none then.
fn outputs<'a>(view: &View<'a>, at: NodeRef) -> Result<Outputs<'a>, ()> {
    let outputs = view.get(at, "outputs");
    if outputs == Js::Undefined {
        return Ok(Vec::new());
    }
    let map = view.object(&outputs).ok_or(())?;
    view.members(map)
        .map(|(name, edge)| view.read(edge).text().map(|text| (name, text.to_owned())).ok_or(()))
        .collect()
}

/// The elements of a member, all of which must be objects; none where the member is missing.
fn all_objects(view: &View<'_>, at: NodeRef, key: &str) -> Result<Vec<NodeRef>, ()> {
    let value = view.get(at, key);
    if value == Js::Undefined {
        return Ok(Vec::new());
    }
    let list = view.array(&value).ok_or(())?;
    view.items(list).map(|item| view.object(&view.read(item)).ok_or(())).collect()
}

fn judge_outputs(
    description: &Description<'_>,
    workflow: usize,
    way: &[String],
    outputs: &[(&str, String)],
    out: &mut Vec<Outcome>,
) {
    for (index, (name, expression)) in outputs.iter().enumerate() {
        let place = || extended(way, &["outputs", name, &index.to_string()]);
        let right = |char: char| is_name(char, ".-_");
        if name.is_empty() || !name.chars().all(right) {
            out.push(Outcome::at(
                format!("\"{name}\" does not match the required pattern \"^[a-zA-Z0-9.\\-_]+$\"."),
                place(),
            ));
        }
        if !description.holds(expression, Some(workflow)) {
            out.push(Outcome::at(format!("\"{expression}\" is not a valid runtime expression."), place()));
        }
    }
}

fn workflow_outputs(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let Ok(workflows) = all_objects(view, root, "workflows") else { return };
    let Ok(found) = workflows.iter().map(|&at| outputs(view, at)).collect::<Result<Vec<_>, ()>>() else {
        return;
    };
    let description = Description::new(view, root);
    for (index, outputs) in found.iter().enumerate() {
        let way = ["workflows".to_owned(), index.to_string()];
        judge_outputs(&description, index, &way, outputs, out);
    }
}

fn step_outputs(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let read = || -> Result<Vec<(usize, usize, Outputs<'_>)>, ()> {
        let mut found = Vec::new();
        for (index, workflow) in all_objects(view, root, "workflows")?.into_iter().enumerate() {
            for (step, at) in all_objects(view, workflow, "steps")?.into_iter().enumerate() {
                found.push((index, step, outputs(view, at)?));
            }
        }
        Ok(found)
    };
    let Ok(found) = read() else { return };
    let description = Description::new(view, root);
    for (index, step, outputs) in found {
        let way = ["workflows", &index.to_string(), "steps", &step.to_string()].map(str::to_owned);
        judge_outputs(&description, index, &way, &outputs, out);
    }
}

fn depends_on(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let mut kinds: HashMap<String, Js<'_>> = HashMap::new();
    for (_, source) in objects(view, root, "sourceDescriptions") {
        if let Js::Text(name) = view.get(source, "name") {
            kinds.insert(name.into_owned(), view.get(source, "type"));
        }
    }
    let workflows = objects(view, root, "workflows");
    let local: HashSet<String> = workflows
        .iter()
        .filter_map(|(_, workflow)| view.get(*workflow, "workflowId").text().map(str::to_owned))
        .collect();
    let description = Description::new(view, root);
    for (index, workflow) in workflows {
        let own = view.string(&view.get(workflow, "workflowId"));
        let mut seen = HashSet::new();
        for (place, wanted) in listed(view, workflow, "dependsOn") {
            let Js::Text(wanted) = wanted else { continue };
            let mut say = |message: String| {
                let way = ["workflows", &index.to_string(), "dependsOn", &place.to_string()];
                out.push(Outcome::at(message, way.map(str::to_owned).to_vec()));
            };
            if !seen.insert(wanted.to_string()) {
                say(format!("Duplicate workflowId \"{wanted}\" in dependsOn for workflow \"{own}\"."));
                continue;
            }
            if wanted.starts_with('$') && !description.holds(&wanted, None) {
                say(format!("Runtime expression \"{wanted}\" is invalid."));
            }
            if !wanted.starts_with("$sourceDescriptions.") {
                if !local.contains(&*wanted) {
                    say(format!("WorkflowId \"{wanted}\" not found in local Arazzo workflows \"{own}\"."));
                }
                continue;
            }
            let mut parts = wanted.split('.').skip(1);
            let (source, part) = (parts.next().unwrap_or_default(), parts.next());
            match kinds.get(source) {
                None | Some(Js::Undefined | Js::Null) => {
                    say(format!("Source description \"{source}\" not found for workflowId \"{wanted}\"."));
                }
                Some(kind) if kind.text() != Some("arazzo") => {
                    say(format!("Source description \"{source}\" must have a type of \"arazzo\"."));
                }
                Some(_) if part.is_none() => {
                    say(format!("WorkflowId part is missing in the expression \"{wanted}\"."));
                }
                Some(_) => {}
            }
        }
    }
}

/// The second part of a dotted text, as JavaScript shows it where there is none.
fn second(text: &str) -> Option<&str> {
    text.split('.').nth(1)
}

/// Whether a text is `{$sourceDescriptions.name.url}#pointer`.
fn is_operation_path(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("{$sourceDescriptions.") else { return false };
    let Some((name, pointer)) = rest.split_once(".url}#") else { return false };
    let word = !name.is_empty() && name.chars().all(|char| is_name(char, "_-"));
    word && !pointer.is_empty() && !pointer.contains(['\n', '\r', '\u{2028}', '\u{2029}'])
}

fn steps(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let sources = view.get(root, "sourceDescriptions");
    if view.array(&sources).is_none_or(|list| view.len(list) == 0) {
        out.push(Outcome::at(
            "sourceDescriptions is missing in the Arazzo Specification.",
            vec!["sourceDescriptions".to_owned()],
        ));
        return;
    }
    let names: HashSet<Option<String>> = listed(view, root, "sourceDescriptions")
        .iter()
        .filter_map(|(_, source)| match view.member(source, "name") {
            Js::Text(name) => Some(Some(name.into_owned())),
            Js::Undefined => Some(None),
            _ => None,
        })
        .collect();
    let description = Description::new(view, root);
    for step in every_step(view, root) {
        let id = view.string(&view.get(step.at, "stepId"));
        let mut say =
            |message: String, key: &str| out.push(Outcome::at(message, extended(&step.way, &[key])));
        let source = |name: Option<&str>, text: &str, key: &str, out: &mut dyn FnMut(String, &str)| {
            if !names.contains(&name.map(str::to_owned)) {
                let name = name.unwrap_or("undefined");
                out(
                    format!("Source description \"{name}\" not found for {key} \"{text}\" in step \"{id}\"."),
                    key,
                );
            }
        };
        for key in ["operationId", "operationPath", "workflowId"] {
            let value = view.get(step.at, key);
            if key == "operationPath" {
                if matches!(value, Js::Undefined | Js::Null) {
                    continue;
                }
                let text = view.string(&value);
                if is_operation_path(&text) {
                    source(second(&text), &text, key, &mut say);
                } else {
                    say(
                        format!(
                            "OperationPath \"{text}\" must be a valid runtime expression following the format \"{{$sourceDescriptions.<name>.url}}#<json-pointer>\"."
                        ),
                        key,
                    );
                }
                continue;
            }
            // What is no text is the document's shape's to say.
            let Some(text) = value.text().filter(|text| text.starts_with('$')) else { continue };
            // The id of a workflow is looked at by its beginning alone.
            let holds = match key {
                "operationId" => description.holds(text, None),
                _ => Description::begins(text),
            };
            if !holds {
                say(format!("Runtime expression \"{text}\" is invalid in step \"{id}\"."), key);
            }
            source(second(text), text, key, &mut say);
        }
    }
}

/// The kinds of media types that a request body may be of.
const MEDIA: [&str; 10] =
    ["application", "audio", "font", "example", "image", "message", "model", "multipart", "text", "video"];

fn is_media_type(text: &str) -> bool {
    text.split_once('/').is_some_and(|(kind, name)| {
        MEDIA.contains(&kind)
            && (1..=127).contains(&name.len())
            && name.chars().all(|char| is_name(char, "!#$&^_.+-"))
    })
}

fn request_bodies(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let description = Description::new(view, root);
    for step in every_step(view, root) {
        let body = view.get(step.at, "requestBody");
        let Js::Node(at) = body else { continue };
        let mut say = |message: String, more: &[&str]| {
            out.push(Outcome::at(message, extended(&extended(&step.way, &["requestBody"]), more)));
        };
        let fails = |value: &Js<'_>| {
            value
                .text()
                .is_some_and(|text| text.starts_with('$') && !description.holds(text, Some(step.index)))
        };
        let kind = view.get(at, "contentType");
        if !matches!(kind, Js::Undefined | Js::Null) {
            let text = view.string(&kind);
            if !is_media_type(&text) {
                say(format!("Invalid MIME type in contentType: {text}"), &["contentType"]);
            }
        }
        let payload = view.get(at, "payload");
        if fails(&payload) {
            say(format!("Invalid runtime expression in payload: {}", view.string(&payload)), &["payload"]);
        }
        for (index, replacement) in listed(view, at, "replacements") {
            let index = index.to_string();
            if !view.member(&replacement, "target").truthy() {
                say(
                    "\"target\" is required in Payload Replacement.".to_owned(),
                    &["replacements", &index, "target"],
                );
            }
            let value = view.member(&replacement, "value");
            if fails(&value) {
                say(
                    format!("Invalid runtime expression in replacement value: {}", view.string(&value)),
                    &["replacements", &index, "value"],
                );
            }
        }
    }
}
