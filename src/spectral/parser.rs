//! What Spectral's parser says of a file, as results with the code `parser`.

use super::lint::Finding;
use super::place::{offset, range};
use super::resolve::Inventory;
use super::ruleset::ParserOptions;
use super::yaml::Diagnostic;
use assize_tree::document::{Document, Kind, Node, flag};
use assize_tree::text::Span;

/// The results of a document.
pub(super) fn findings(inventory: &Inventory, doc: u32, options: ParserOptions) -> Vec<Finding> {
    let owner = &inventory.docs()[doc as usize];
    let document = &owner.document;
    if let Some(said) = &owner.said {
        return said.iter().filter_map(|one| placed(inventory, doc, one, options)).collect();
    }
    let mut found = Vec::new();
    let mut add = |message: String, span: Span, path: Vec<String>, severity: i8| {
        if severity != -1 {
            let range = range(owner, span);
            found.push(Finding {
                code: "parser".to_owned(),
                path,
                message,
                severity,
                range,
                span,
                doc: Some(doc),
                url: None,
            });
        }
    };
    if !owner.json {
        for (index, node) in document.nodes().iter().enumerate() {
            let id = assize_tree::document::NodeId(index as u32);
            if node.has(flag::PLAIN_KEY) && node.has(flag::MEMBER) {
                let kind = key_kind(document, node);
                if let Some(kind) = kind {
                    let path = route(document, id);
                    add(
                        format!("Mapping key must be a string scalar rather than {kind}"),
                        node.key_span,
                        path,
                        options.incompatible_values,
                    );
                }
            }
        }
    }
    if !owner.json {
        for at in tabs(document) {
            let message = "Using tabs can lead to unpredictable results".to_owned();
            add(message, Span::new(at, at), Vec::new(), 1);
        }
    }
    if document.roots().len() > 1 {
        let message = "Expected a single document in the stream, but found more";
        add(message.to_owned(), Span::default(), Vec::new(), 0);
    }
    for problem in document.problems() {
        if problem.code.contains("duplicate") {
            let key = document.text().slice(problem.span).trim_matches(['"', '\'']).to_owned();
            if key == "<<" {
                continue;
            }
            let at = document.nodes().iter().position(|node| node.key_span == problem.span);
            let path =
                at.map_or_else(Vec::new, |at| route(document, assize_tree::document::NodeId(at as u32)));
            add(format!("Duplicate key: {key}"), problem.span, path, options.duplicate_keys);
        } else if !problem.code.contains("key") && problem.code != "yaml-indentation" {
            add(problem.message.clone(), problem.span, Vec::new(), 0);
        }
    }
    found
}

/// What Spectral's own parser said; two kinds of it have a severity that rulesets choose.
fn placed(inventory: &Inventory, doc: u32, one: &Diagnostic, options: ParserOptions) -> Option<Finding> {
    let severity = match &one.message {
        message if message.starts_with("Duplicate key") => options.duplicate_keys,
        message if message.starts_with("Mapping key must be a string scalar rather than") => {
            options.incompatible_values
        }
        _ => one.severity,
    };
    let at = offset(&inventory.docs()[doc as usize], one.range.start);
    (severity != -1).then(|| Finding {
        code: "parser".to_owned(),
        path: one.path.clone(),
        message: one.message.clone(),
        severity,
        range: one.range,
        span: Span::at(at),
        doc: Some(doc),
        url: None,
    })
}

/// What an unquoted key is, where it is no text.
fn key_kind(document: &Document, node: &Node) -> Option<&'static str> {
    let text = document.text().slice(node.key_span);
    Some(match text {
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "boolean",
        "null" | "Null" | "NULL" | "~" | "" => "null",
        _ if text.starts_with(|char: char| char.is_ascii_digit() || matches!(char, '-' | '+' | '.')) => {
            "number"
        }
        _ => return None,
    })
}

fn route(document: &Document, id: assize_tree::document::NodeId) -> Vec<String> {
    document
        .route(id)
        .into_iter()
        .map(|step| match step {
            assize_tree::document::Step::Key(key) => key.to_owned(),
            assize_tree::document::Step::Index(index) => index.to_string(),
        })
        .collect()
}

/// Tabs that stand between values: not in texts, not in comments.
pub(super) fn tabs(document: &Document) -> Vec<u32> {
    let bytes = document.text().as_str().as_bytes();
    let mut found: Vec<u32> = memchr::memchr_iter(b'\t', bytes).map(|at| at as u32).collect();
    if found.is_empty() {
        return found;
    }
    let mut inside: Vec<Span> = document.comments().to_vec();
    for node in document.nodes() {
        inside.push(node.key_span);
        if matches!(node.kind, Kind::String | Kind::Number | Kind::Bool | Kind::Null) {
            inside.push(node.span);
        }
    }
    inside.sort_unstable_by_key(|span| span.start);
    let mut spans = inside.iter().peekable();
    let mut end = 0;
    found.retain(|&at| {
        while let Some(span) = spans.next_if(|span| span.start <= at) {
            end = end.max(span.end);
        }
        at >= end
    });
    found
}
