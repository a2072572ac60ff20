//! The functions of `spectral:arazzo` that look at what is common to the steps of a workflow and what is
//! a step's own: parameters, actions upon success and failure; and at the criteria by which those go.

use super::super::lint::Call;
use super::super::value::{Js, View};
use super::arazzo::{Step, every_step, listed, objects};
use super::arazzo_expression::{Description, is_name};
use super::{Outcome, extended};
use assize_tree::path::NodeRef;
use assize_tree::pattern::Pattern;
use std::collections::{HashMap, HashSet};

/// What is wrong with an entry before it is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    /// It names a reusable object by an expression that does not hold.
    Invalid,
    /// It names a reusable object that is not there.
    Missing,
    /// The same list has another of its name.
    Duplicate,
}

/// A parameter or an action: a step's own or its workflow's, reusable ones seen through.
struct Entry {
    /// The name by which entries of two lists are the same.
    name: String,
    /// The name in messages.
    shown: String,
    location: Option<String>,
    flaw: Flaw,
    at: Option<NodeRef>,
}

impl Entry {
    fn faulty(reference: String, flaw: Flaw) -> Self {
        let name = format!("{}:{reference}", if flaw == Flaw::Invalid { "invalid" } else { "missing" });
        Self { name, shown: reference, location: None, flaw, at: None }
    }
}

/// Reads an entry of a list; none where it is neither a reference nor of the right form.
type Read<'r> = &'r dyn Fn(&Js<'_>) -> Option<Entry>;

/// A list's entries; one that comes again is a duplicate.
fn gather(entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen: HashSet<(String, Option<String>)> = HashSet::new();
    let mut found = Vec::new();
    for mut entry in entries {
        if !seen.insert((entry.name.clone(), entry.location.clone())) {
            entry.flaw = Flaw::Duplicate;
            entry.name = format!("duplicate:{}", entry.name);
            seen.insert((entry.name.clone(), entry.location.clone()));
        }
        found.push(entry);
    }
    found
}

/// The workflow's entries, in the place of which a step's own of the same name stand; the others of the
/// step behind them.
fn combined(view: &View<'_>, step: &Step, theirs: &str, own: &str, read: Read<'_>) -> Vec<Entry> {
    let list = |at: NodeRef, key: &str| -> Vec<Entry> {
        gather(listed(view, at, key).iter().filter_map(|(_, value)| read(value)).collect())
    };
    let mut found = list(step.workflow, theirs);
    let key = |entry: &Entry| (entry.name.clone(), entry.location.clone());
    let mut places: HashMap<(String, Option<String>), usize> = HashMap::new();
    for (index, entry) in found.iter().enumerate() {
        places.entry(key(entry)).or_insert(index);
    }
    for entry in list(step.at, own) {
        match places.get(&key(&entry)) {
            Some(&index) => found[index] = entry,
            None => {
                places.insert(key(&entry), found.len());
                found.push(entry);
            }
        }
    }
    found
}

pub(super) fn parameters(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let description = Description::new(view, root);
    let plain = |at: NodeRef| -> Option<Entry> {
        let name = view.get(at, "name").text()?.to_owned();
        let location = match view.get(at, "in") {
            Js::Undefined => None,
            Js::Text(text) => Some(text.into_owned()),
            _ => return None,
        };
        Some(Entry { shown: name.clone(), name, location, flaw: Flaw::None, at: Some(at) })
    };
    let read = |value: &Js<'_>| -> Option<Entry> {
        let at = view.object(value)?;
        if view.edge(at, "reference").is_none() {
            return plain(at);
        }
        let reference = view.get(at, "reference");
        let Some(text) = reference.text().filter(|text| description.holds(text, None)) else {
            return Some(Entry::faulty(view.string(&reference), Flaw::Invalid));
        };
        let name = text.replacen("$components.parameters.", "", 1);
        match description.component("parameters", &name) {
            found if found.truthy() => view.object(&found).and_then(plain),
            _ => Some(Entry::faulty(text.to_owned(), Flaw::Missing)),
        }
    };
    for step in every_step(view, root) {
        if !view.get(step.at, "parameters").truthy() {
            continue;
        }
        let found = combined(view, &step, "parameters", "parameters", &read);
        let place = extended(&step.way, &["parameters"]);
        let mut seen = HashSet::new();
        for (index, entry) in found.iter().enumerate() {
            let mut say = |message: String| {
                out.push(Outcome::at(message, extended(&place, &[&index.to_string()])));
            };
            let name = &entry.shown;
            if !seen.insert(name) {
                say(format!("\"{name}\" must be unique within the combined parameters."));
            }
            match entry.flaw {
                Flaw::None => {}
                Flaw::Invalid => {
                    say(format!("Invalid runtime expression for reusable parameter reference: \"{name}\"."));
                }
                Flaw::Missing => say(format!("Unresolved reusable parameter reference: \"{name}\".")),
                Flaw::Duplicate => say(format!(
                    "Duplicate parameter: \"{name}\" must be unique within the combined parameters."
                )),
            }
        }
        let (with, without) = (
            found.iter().any(|entry| entry.location.is_some()),
            found.iter().any(|entry| entry.location.is_none()),
        );
        let given = |key: &str| !matches!(view.get(step.at, key), Js::Undefined | Js::Null);
        let mut say = |message: &str| out.push(Outcome::at(message, place.clone()));
        if with && without {
            say("Parameters must not mix \"in\" field presence.");
        }
        if given("workflowId") && with {
            say("Step with \"workflowId\" must not have parameters with an \"in\" field.");
        }
        if (given("operationId") || given("operationPath")) && without {
            say("Step with \"operationId\" or \"operationPath\" must have parameters with an \"in\" field.");
        }
        for (index, entry) in found.iter().enumerate() {
            let value = entry.at.map_or(Js::Undefined, |at| view.get(at, "value"));
            let Some(text) = value.text().filter(|text| text.starts_with('$')) else { continue };
            if !is_source(text) || !description.holds(text, Some(step.index)) {
                out.push(Outcome::at(
                    format!("Invalid runtime expression: \"{text}\" for parameter."),
                    extended(&place, &[&index.to_string()]),
                ));
            }
        }
    }
}

/// Whether an expression is of the kinds that a parameter may be given.
fn is_source(text: &str) -> bool {
    let word = |text: &str| -> Option<usize> {
        let end = text.find(|char| !is_name(char, "_-"))?;
        (end > 0 && text[end..].starts_with('.')).then_some(end + 1)
    };
    let workflow = |rest: &str| -> Option<usize> { word(rest[word(rest)?..].strip_prefix("steps.")?) };
    text.starts_with("$inputs.")
        || text.strip_prefix("$steps.").and_then(word).is_some()
        || text.strip_prefix("$workflows.").and_then(workflow).is_some()
}

/// Upon what an action is taken.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Success,
    Failure,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }

    fn lists(self) -> (&'static str, &'static str) {
        match self {
            Self::Success => ("successActions", "onSuccess"),
            Self::Failure => ("failureActions", "onFailure"),
        }
    }

    fn goes_on(self, action: &Js<'_>) -> bool {
        matches!((self, action.text()), (_, Some("goto")) | (Self::Failure, Some("retry")))
    }
}

/// An action that a reference names, or one that is written out.
fn action(view: &View<'_>, description: &Description<'_>, kind: Kind, value: &Js<'_>) -> Option<Entry> {
    let plain = |at: NodeRef| -> Option<Entry> {
        view.edge(at, "type")?;
        view.edge(at, "name")?;
        let name = view.string(&view.get(at, "name"));
        Some(Entry { shown: name.clone(), name, location: None, flaw: Flaw::None, at: Some(at) })
    };
    let at = view.object(value)?;
    if view.edge(at, "reference").is_none() {
        return plain(at);
    }
    let (list, _) = kind.lists();
    let prefix = format!("$components.{list}.");
    let reference = view.get(at, "reference");
    // A failure action's reference must name one; a success action's may be any expression that holds.
    let right =
        |text: &&str| (kind == Kind::Success || text.starts_with(&prefix)) && description.holds(text, None);
    let Some(text) = reference.text().filter(right) else {
        return Some(Entry::faulty(view.string(&reference), Flaw::Invalid));
    };
    match description.component(list, &text.replacen(&prefix, "", 1)) {
        found if found.truthy() => view.object(&found).and_then(plain),
        _ if kind == Kind::Success => Some(Entry::faulty(text.to_owned(), Flaw::Missing)),
        // Nothing is said of a failure action that is null.
        _ => Some(Entry { flaw: Flaw::None, ..Entry::faulty(text.to_owned(), Flaw::Missing) }),
    }
}

pub(super) fn actions(cx: &Call<'_, '_>, value: &Js<'_>, kind: Kind, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let description = Description::new(view, root);
    let (theirs, own) = kind.lists();
    let word = kind.word();
    let read = |value: &Js<'_>| action(view, &description, kind, value);
    for step in every_step(view, root) {
        let mut seen = HashSet::new();
        for (index, entry) in combined(view, &step, theirs, own, &read).iter().enumerate() {
            let place = extended(&step.way, &[own, &index.to_string()]);
            let mut say = |message: String| out.push(Outcome::at(message, place.clone()));
            let name = &entry.shown;
            if !seen.insert(name.clone()) {
                say(format!("\"{name}\" must be unique within the combined {word} actions."));
            }
            match entry.flaw {
                Flaw::None => {}
                Flaw::Invalid => {
                    say(format!("Invalid runtime expression for reusable action reference: \"{name}\"."));
                }
                Flaw::Missing => say(format!("Non-existing reusable action reference: \"{name}\".")),
                Flaw::Duplicate => say(format!("Duplicate {word} action name: \"{name}\".")),
            }
            let Some(at) = entry.at else { continue };
            if kind.goes_on(&view.get(at, "type")) {
                target(view, root, &description, &step, at, &mut say);
            }
            for (index, criterion) in listed(view, at, "criteria") {
                let place = extended(&place, &["criteria", &index.to_string()]);
                judge_criterion(view, &description, &criterion, &place, out);
            }
        }
    }
}

/// Where an action goes on to.
fn target(
    view: &View<'_>,
    root: NodeRef,
    description: &Description<'_>,
    step: &Step,
    at: NodeRef,
    say: &mut dyn FnMut(String),
) {
    let (workflow, wanted) = (view.get(at, "workflowId"), view.get(at, "stepId"));
    let given = |value: &Js<'_>| !matches!(value, Js::Undefined | Js::Null);
    let named = |owner: NodeRef, list: &str, key: &str, value: &Js<'_>| {
        objects(view, owner, list).iter().any(|(_, one)| view.same(&view.get(*one, key), value))
    };
    if given(&workflow) {
        let shown = view.string(&workflow);
        if let Some(text) = workflow.text().filter(|text| text.starts_with('$')) {
            let source = text.split('.').nth(1).map_or(Js::Undefined, |part| Js::Text(part.into()));
            if !description.holds(text, None) || !named(root, "sourceDescriptions", "name", &source) {
                say(format!(
                    "\"workflowId\" \"{shown}\" is not a valid reference or does not exist in sourceDescriptions."
                ));
            }
        } else if !named(root, "workflows", "workflowId", &workflow) {
            say(format!(
                "\"workflowId\" \"{shown}\" does not exist within the local Arazzo Document workflows."
            ));
        }
    }
    if given(&wanted) && !named(step.workflow, "steps", "stepId", &wanted) {
        say(format!("\"stepId\" \"{}\" does not exist within the current workflow.", view.string(&wanted)));
    }
    if given(&workflow) && given(&wanted) {
        say("\"workflowId\" and \"stepId\" are mutually exclusive and cannot be specified together."
            .to_owned());
    }
}

/// Spectral calls this for each workflow, though it looks for workflows below what it is given.
pub(super) fn success_criteria(cx: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>) {
    let view = &cx.view;
    let Some(root) = view.object(value) else { return };
    let description = Description::new(view, root);
    for step in every_step(view, root) {
        for (index, criterion) in listed(view, step.at, "successCriteria") {
            let place = extended(&step.way, &["successCriteria", &index.to_string()]);
            judge_criterion(view, &description, &criterion, &place, out);
        }
    }
}

fn judge_criterion(
    view: &View<'_>,
    description: &Description<'_>,
    criterion: &Js<'_>,
    place: &[String],
    out: &mut Vec<Outcome>,
) {
    let mut say = |message: String, key: &str| out.push(Outcome::at(message, extended(place, &[key])));
    let [condition, kind, context] = ["condition", "type", "context"].map(|key| view.member(criterion, key));
    let missing = |value: &Js<'_>| matches!(value, Js::Undefined | Js::Null);
    if condition.text().is_none_or(|text| text.trim().is_empty()) {
        say("Missing or invalid \"condition\" in Criterion Object.".to_owned(), "condition");
    }
    if !missing(&kind) && missing(&context) {
        say(
            format!(
                "A \"context\" must be specified for a Criterion Object with type \"{}\".",
                view.string(&kind)
            ),
            "context",
        );
    }
    if let Js::Node(at) = kind
        && !(view.get(at, "type").truthy() && view.get(at, "version").truthy())
    {
        say(
            "\"type\" and \"version\" must be specified in the Criterion Expression Type Object.".to_owned(),
            "type",
        );
    }
    if kind.text() == Some("regex")
        && let Some(source) = condition.text()
        && Pattern::new(&format!("(?:){source}")).is_err()
    {
        say("\"condition\" contains an invalid regex pattern.".to_owned(), "condition");
    }
    let holds = |value: &Js<'_>| value.text().is_some_and(|text| description.holds(text, None));
    if !missing(&context) && !holds(&context) {
        say("\"context\" contains an invalid runtime expression.".to_owned(), "context");
    }
}
