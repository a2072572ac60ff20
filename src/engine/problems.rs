//! What parsing, references and limits found, as findings of the engine's own rules.

use super::builtin;
use super::run::Raw;
use crate::bundle::Bundle;
use crate::finding::{FileId, Finding, Location, Outcome, Related, RuleId, stable_pointer};
use assize_tree::document::{Document, NodeId};
use assize_tree::path::NodeRef;
use assize_tree::text::Problem;

fn rule(code: &str) -> usize {
    // Every code a parser gives has a rule; a test holds the two lists together.
    builtin::find(code).or_else(|| builtin::find("syntax")).unwrap_or_default()
}

/// A problem of one file.
pub(super) fn of_file(file: FileId, document: Option<&Document>, problem: &Problem) -> Raw {
    let rule = rule(problem.code);
    let node = document.and_then(|document| innermost(document, problem.span.start));
    let location = |span| {
        let mut location = Location::of_span(file, span);
        if let (Some(document), Some(node)) =
            (document, document.and_then(|document| innermost(document, span.start)))
        {
            location.path = document.route(node).into_iter().map(Into::into).collect();
        }
        location
    };
    let finding = Finding {
        rule: RuleId(rule as u32),
        severity: builtin::ALL[rule].severity,
        primary: location(problem.span),
        related: problem
            .related
            .iter()
            .map(|(span, message)| Related { location: location(*span), message: message.clone() })
            .collect(),
        message: problem.message.clone(),
        hint: problem.hint.clone(),
        fix: None,
        fingerprint: String::new(),
        outcome: Outcome::Open,
    };
    let pointer = match (document, node) {
        (Some(document), Some(node)) => stable_pointer(document, node),
        _ => String::new(),
    };
    Raw { finding, pointer, description: file }
}

/// The innermost node at an offset: a problem's place in the tree, for its path and fingerprint.
fn innermost(document: &Document, offset: u32) -> Option<NodeId> {
    let holds = |node: &NodeId| {
        let raw = document.node(*node);
        let start = if raw.key_span.is_empty() { raw.span.start } else { raw.key_span.start };
        start <= offset && offset < raw.span.end.max(raw.key_span.end)
    };
    let mut at = document.roots().iter().copied().rev().find(holds)?;
    loop {
        let raw = document.node(at);
        // All children, shadowed duplicates too: a duplicate key is a problem at one of them.
        let mut child = at.0 + 1;
        let mut inner = None;
        while child < raw.subtree_end {
            if holds(&NodeId(child)) {
                inner = Some(NodeId(child));
                break;
            }
            child = document.node(NodeId(child)).subtree_end;
        }
        match inner {
            Some(inner) => at = inner,
            None => return Some(at),
        }
    }
}

/// What is wrong with the references of a bundle.
pub(super) fn of_references(bundle: &Bundle) -> Vec<Raw> {
    bundle
        .issues()
        .iter()
        .map(|issue| {
            let at = issue.at();
            let rule = rule(issue.code());
            let document = bundle.document(at.doc);
            let file = bundle.file(at.doc);
            Raw {
                finding: Finding {
                    rule: RuleId(rule as u32),
                    severity: builtin::ALL[rule].severity,
                    primary: Location::of_node(file, document, at.node, false),
                    related: Vec::new(),
                    message: issue.message(),
                    hint: issue.hint(),
                    fix: None,
                    fingerprint: String::new(),
                    outcome: Outcome::Open,
                },
                pointer: stable_pointer(document, at.node),
                description: bundle.file(0),
            }
        })
        .collect()
}

/// What is wrong with a description only when it is seen with its fragments.
pub(super) fn of_bundle(bundle: &Bundle, kind: &str) -> Vec<Raw> {
    let problems = crate::target::of_name(kind).map(|target| target.bundle_problems(bundle));
    let location =
        |at: NodeRef| Location::of_node(bundle.file(at.doc), bundle.document(at.doc), at.node, false);
    problems
        .into_iter()
        .flatten()
        .map(|problem| {
            let rule = rule(problem.code);
            Raw {
                finding: Finding {
                    rule: RuleId(rule as u32),
                    severity: builtin::ALL[rule].severity,
                    primary: location(problem.at),
                    related: problem
                        .related
                        .into_iter()
                        .map(|(at, message)| Related { location: location(at), message })
                        .collect(),
                    message: problem.message,
                    hint: None,
                    fix: None,
                    fingerprint: String::new(),
                    outcome: Outcome::Open,
                },
                pointer: stable_pointer(bundle.document(problem.at.doc), problem.at.node),
                description: bundle.file(0),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::builtin;
    use std::path::{Path, PathBuf};

    fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                sources(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }

    /// Codes as the sources spell them: a code without a rule would be taken for `syntax`.
    #[test]
    fn every_code_of_a_problem_has_a_rule() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = Vec::new();
        for folder in [
            "crates/tree/src/document",
            "crates/tree/src/text",
            "crates/tree/src/reference",
            "src/target",
            "src/engine",
            "src/verdict",
        ] {
            sources(&root.join(folder), &mut files);
        }
        let mut seen = 0;
        for file in files.iter().filter(|file| !file.ends_with("engine/problems.rs")) {
            let text = std::fs::read_to_string(file).unwrap();
            let word = |rest: &str| rest.split('"').next().unwrap().to_owned();
            let problems = text
                .split("Problem::new(")
                .skip(1)
                .filter_map(|rest| rest.trim_start().strip_prefix('"'))
                .map(word);
            let faults = text.split("=> \"ref-").skip(1).map(|rest| format!("ref-{}", word(rest)));
            for code in problems.chain(faults) {
                // A mistake in a pack or the configuration is no finding.
                if code != "form" {
                    assert!(builtin::find(&code).is_some(), "{code} in {} has no rule", file.display());
                    seen += 1;
                }
            }
        }
        assert!(seen > 30, "only {seen} codes were found");
    }
}
