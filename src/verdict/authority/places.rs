//! Where a file says who answers for it today: members of manifests and descriptions, lines of
//! documents, comments at a description's head.

use assize_tree::document::{Document, Format, Limits, NodeId, detect};
use assize_tree::text::{Span, Text};
use std::sync::Arc;

/// A part of a file in which a name means something.
pub(super) struct Spot {
    pub span: Span,
    /// What any name in it is named as; `None` where the words around the name must say so.
    pub as_what: Option<&'static str>,
}

/// Kinds of files that are looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Description,
    Manifest(&'static [(&'static str, &'static str)]),
    Security,
    Prose,
}

const NPM: &[(&str, &str)] = &[
    ("/author", "author of the package"),
    ("/author/name", "author of the package"),
    ("/maintainers/*", "maintainer of the package"),
    ("/maintainers/*/name", "maintainer of the package"),
];
const PYTHON: &[(&str, &str)] = &[
    ("/project/authors/*/name", "author of the package"),
    ("/project/maintainers/*/name", "maintainer of the package"),
    ("/tool/poetry/authors/*", "author of the package"),
    ("/tool/poetry/maintainers/*", "maintainer of the package"),
];
const CARGO: &[(&str, &str)] = &[
    ("/package/authors/*", "author of the package"),
    ("/workspace/package/authors/*", "author of the package"),
];
const PUBLICCODE: &[(&str, &str)] = &[
    ("/legal/repoOwner", "owner of the repository"),
    ("/maintenance/contacts/*/name", "contact of the software"),
    ("/maintenance/contacts/*/affiliation", "contact of the software"),
];
const FHIR: &[(&str, &str)] = &[("/publisher", "publisher"), ("/contact/*/name", "contact")];

/// What kind a file is; `None` where it says nothing of who answers for it.
pub(super) fn kind(path: &str, is_description: bool, target: Option<&str>) -> Option<Kind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        _ if is_description => Kind::Description,
        "package.json" => Kind::Manifest(NPM),
        "pyproject.toml" => Kind::Manifest(PYTHON),
        "cargo.toml" => Kind::Manifest(CARGO),
        "publiccode.yml" | "publiccode.yaml" => Kind::Manifest(PUBLICCODE),
        "security.md" | "security.txt" | "security.rst" => Kind::Security,
        "readme" | "readme.txt" => Kind::Prose,
        _ if [".md", ".markdown", ".rst", ".adoc"].iter().any(|ending| lower.ends_with(ending)) => {
            Kind::Prose
        }
        _ if target == Some("fhir") => Kind::Manifest(FHIR),
        _ => return None,
    })
}

/// Whether a file tells of other days, or shows how something could look: changelogs, decisions,
/// minutes, archives, licences, examples.
pub(super) fn is_history(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let of_folder = |folder: &str| {
        ["archive", "example", "sample", "release-note", "release_note", "releasenote", "changelog"]
            .iter()
            .any(|start| folder.starts_with(start))
            || ["adr", "adrs", "decisions", "history", "minutes", "blog", "news", "mocks"].contains(&folder)
    };
    let of_name = [
        "change", "history", "release", "news", "licen", "copying", "notice", "authors", "adr-", "archive",
        "minutes",
    ]
    .iter()
    .any(|start| name.starts_with(start));
    folders.split('/').any(of_folder) || of_name
}

/// The spots of a file.
pub(super) fn look(
    kind: Kind,
    text: &Arc<Text>,
    contact: Option<&(String, Span)>,
    limits: Limits,
) -> Vec<Spot> {
    let source = text.as_str();
    let whole = Span { start: 0, end: source.len() as u32 };
    match kind {
        Kind::Security => lines(source, whole, Some("contact for vulnerabilities")),
        Kind::Prose => lines(source, whole, None),
        Kind::Manifest(members) => {
            let format = match source.trim_start().as_bytes().first() {
                Some(b'{') => Format::Json,
                _ if members == PYTHON || members == CARGO => Format::Toml,
                _ => Format::Yaml,
            };
            let document = detect::parse(format, Arc::clone(text), limits);
            // A FHIR resource says itself that it is of another day.
            let status = document.root().and_then(|root| document.get(root, "status"));
            if members == FHIR && status.and_then(|status| document.str(status)) == Some("retired") {
                return Vec::new();
            }
            let found = members.iter().flat_map(|(way, as_what)| {
                let nodes = document.root().map_or_else(Vec::new, |root| follow(&document, root, way));
                nodes.into_iter().map(|node| Spot { span: document.span(node), as_what: Some(as_what) })
            });
            found.collect()
        }
        Kind::Description => {
            let mut spots = comments(source);
            if let Some((_, span)) = contact {
                spots.push(Spot { span: *span, as_what: Some("contact of the API") });
            }
            let format = detect::format_of("", source).unwrap_or(Format::Yaml);
            let document = detect::parse(format, Arc::clone(text), limits);
            let root = document.root();
            let described = root.map_or_else(Vec::new, |root| follow(&document, root, "/info/description"));
            for node in described {
                spots.extend(lines(source, document.span(node), None));
            }
            spots
        }
    }
}

/// Texts at a way of member names, `*` standing for every item of a list.
fn follow(document: &Document, from: NodeId, way: &str) -> Vec<NodeId> {
    let mut nodes = vec![from];
    for name in way.split('/').skip(1) {
        nodes = nodes
            .into_iter()
            .flat_map(|node| match name {
                "*" => document.items(node).collect::<Vec<_>>(),
                _ => document.get(node, name).into_iter().collect(),
            })
            .collect();
    }
    nodes.retain(|&node| document.str(node).is_some());
    nodes
}

/// Lines of prose, those in code and in quotations left out.
fn lines(source: &str, within: Span, as_what: Option<&'static str>) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut at = within.start as usize;
    let mut fenced = false;
    let text = source.get(at..within.end as usize).unwrap_or_default();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        if bare.starts_with("```") || bare.starts_with("~~~") {
            fenced = !fenced;
        } else if !fenced && !bare.starts_with('>') && !bare.is_empty() {
            spots.push(Spot { span: Span { start: at as u32, end: (at + line.len()) as u32 }, as_what });
        }
        at += line.len();
    }
    spots
}

/// The comments that a YAML file begins with, each line after the word "owned".
fn comments(source: &str) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut at = 0;
    for line in source.split_inclusive('\n') {
        let bare = line.trim();
        if !bare.starts_with('#') && !bare.is_empty() && bare != "---" {
            break;
        }
        if bare.starts_with('#') && bare.contains("owned by") {
            let span = Span { start: at as u32, end: (at + line.len()) as u32 };
            spots.push(Spot { span, as_what: Some("owner of the API") });
        }
        at += line.len();
    }
    spots
}

#[cfg(test)]
mod tests {
    use super::{is_history, kind};

    #[test]
    fn files_that_tell_of_other_days_are_left_alone() {
        for path in [
            "CHANGELOG.md",
            "docs/adr/0001-use-nhsx.md",
            "docs/release_notes/1.md",
            "LICENSE.md",
            "archived_epr/README.md",
            "specification/examples1.2.0/metadata/a.json",
            "NOTICE",
        ] {
            assert!(is_history(path), "{path}");
        }
        for path in ["README.md", "docs/index.md", "SECURITY.md", "docs/release/README.md"] {
            assert!(!is_history(path), "{path}");
        }
        assert!(kind("src/main.py", false, None).is_none());
        assert!(kind("docs/Running.MD", false, None).is_some());
    }
}
