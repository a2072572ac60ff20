//! Runtime expressions of Arazzo, as far as Spectral looks at them: how they begin, and whether the
//! step, workflow, input or component that they name is there.

use super::super::value::{Js, View};
use super::arazzo::{listed, objects};
use assize_tree::path::NodeRef;
use std::collections::{HashMap, HashSet};

/// What a runtime expression may begin with.
const BEGINNINGS: [&str; 15] = [
    "$url",
    "$method",
    "$statusCode",
    "$request.",
    "$response.",
    "$message.",
    "$inputs.",
    "$outputs.",
    "$steps.",
    "$workflows.",
    "$sourceDescriptions.",
    "$components.inputs.",
    "$components.parameters.",
    "$components.successActions.",
    "$components.failureActions.",
];

/// Whether a character is a letter or digit of ASCII, or one of those named.
pub(super) fn is_name(char: char, more: &str) -> bool {
    char.is_ascii_alphanumeric() || more.contains(char)
}

/// A name of letters, digits, `_`, `-` and the backslash, that nothing follows.
fn whole(text: &str) -> Option<&str> {
    (!text.is_empty() && text.chars().all(|char| is_name(char, "_\\-"))).then_some(text)
}

/// Such a name up to the first dot, and what follows that, which has no ends of lines.
fn parted(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.split_once('.')?;
    let name = whole(name)?;
    (!rest.contains(['\n', '\r', '\u{2028}', '\u{2029}'])).then_some((name, rest))
}

/// A description whose parts expressions name.
pub(super) struct Description<'a> {
    view: View<'a>,
    root: NodeRef,
    workflows: Vec<Js<'a>>,
    /// The first workflow of each id.
    ids: HashMap<String, usize>,
    /// The ids of each workflow's steps, and of all.
    steps: Vec<HashSet<String>>,
    every: HashSet<String>,
}

impl<'a> Description<'a> {
    pub(super) fn new(view: &View<'a>, root: NodeRef) -> Self {
        let workflows: Vec<Js<'a>> =
            listed(view, root, "workflows").into_iter().map(|(_, workflow)| workflow).collect();
        let (mut ids, mut steps) = (HashMap::new(), Vec::new());
        for (index, workflow) in workflows.iter().enumerate() {
            let own = view.object(workflow).map(|at| objects(view, at, "steps")).unwrap_or_default();
            let id = |(_, step): &(usize, NodeRef)| view.get(*step, "stepId").text().map(str::to_owned);
            steps.push(own.iter().filter_map(id).collect::<HashSet<String>>());
            if let Some(id) = view.member(workflow, "workflowId").text() {
                ids.entry(id.to_owned()).or_insert(index);
            }
        }
        let every = steps.iter().flatten().cloned().collect();
        Self { view: *view, root, workflows, ids, steps, every }
    }

    /// Whether a text begins as a runtime expression does.
    pub(super) fn begins(text: &str) -> bool {
        BEGINNINGS.iter().any(|beginning| text.starts_with(beginning))
    }

    /// Whether a text is a runtime expression of which the parts are there. `workflow` is the index of
    /// the workflow it stands in, where that counts.
    pub(super) fn holds(&self, text: &str, workflow: Option<usize>) -> bool {
        if !Self::begins(text) {
            return false;
        }
        if let Some(rest) = text.strip_prefix("$steps.") {
            return self.step(rest, workflow);
        }
        if let Some(rest) = text.strip_prefix("$workflows.") {
            return self.workflow(rest);
        }
        if let Some(rest) = text.strip_prefix("$inputs.") {
            return whole(rest).is_some_and(|name| self.input(name, workflow));
        }
        for kind in ["failureActions", "successActions", "parameters"] {
            if let Some(rest) = text.strip_prefix(&format!("$components.{kind}.")) {
                return whole(rest).is_some_and(|name| self.component(kind, name) != Js::Undefined);
            }
        }
        true
    }

    /// A component, where there is one of that name.
    pub(super) fn component(&self, kind: &str, name: &str) -> Js<'a> {
        let view = &self.view;
        view.member(&view.member(&view.get(self.root, "components"), kind), name)
    }

    fn step(&self, text: &str, workflow: Option<usize>) -> bool {
        let Some((id, _)) = parted(text) else { return false };
        // A workflow that is not there is searched as if none were named.
        let own = workflow.filter(|&index| {
            self.workflows.get(index).is_some_and(|own| !matches!(own, Js::Undefined | Js::Null))
        });
        own.and_then(|index| self.steps.get(index)).unwrap_or(&self.every).contains(id)
    }

    fn workflow(&self, text: &str) -> bool {
        let Some((id, rest)) = parted(text) else { return false };
        let found = self.ids.get(id);
        match (found, rest.strip_prefix("steps.")) {
            (None, _) => false,
            (Some(index), Some(step)) => self.step(step, Some(*index)),
            (Some(_), None) => true,
        }
    }

    fn input(&self, name: &str, workflow: Option<usize>) -> bool {
        let view = &self.view;
        let Some(index) = workflow else { return false };
        let Some(workflow) = self.workflows.get(index) else { return false };
        let Some(inputs) = view.object(&view.member(workflow, "inputs")) else { return false };
        let has = |properties: &Js<'_>| match properties {
            Js::Node(at) => view.edge(*at, name).is_some(),
            _ => false,
        };
        if view.edge(inputs, "properties").is_some() {
            return has(&view.get(inputs, "properties"));
        }
        // A reference that was left standing.
        let reference = view.get(inputs, "$ref");
        let Some(reference) = reference.text() else { return false };
        let mut here: Js<'_> = Js::Node(self.root);
        for part in reference.strip_prefix("#/").unwrap_or(reference).split('/') {
            here = view.member(&here, part);
        }
        has(&view.member(&here, "properties"))
    }
}
