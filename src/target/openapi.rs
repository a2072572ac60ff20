//! OpenAPI 2.0 to 3.2, by the member `openapi` or `swagger` at the root; and a description that has
//! `info` and `paths` and says no version, which rules for every version judge alone.

use super::version::{Stated, stated};
use super::{BundleProblem, Candidate, Grammar, Kind, Name, Recognised, Target};
use crate::bundle::Bundle;
use assize_tree::document::{Document, Kind as Node, NodeId};
use assize_tree::path::NodeRef;
use assize_tree::text::Problem;
use std::collections::HashMap;

/// The target.
pub(super) struct OpenApi;

const NAMES: &[Name] = &[
    Name { name: "openapi-2.0", wider: &["openapi", "api-description"], example: "openapi.yaml" },
    Name {
        name: "openapi-3.0",
        wider: &["openapi", "openapi-3", "api-description"],
        example: "openapi.yaml",
    },
    Name {
        name: "openapi-3.1",
        wider: &["openapi", "openapi-3", "api-description"],
        example: "openapi.yaml",
    },
    Name {
        name: "openapi-3.2",
        wider: &["openapi", "openapi-3", "api-description"],
        example: "openapi.yaml",
    },
    Name { name: UNVERSIONED, wider: &["openapi", "api-description"], example: "openapi.yaml" },
    // No description: rules ask for it by name.
    Name { name: COMPONENTS, wider: &[], example: "components.yaml" },
    Name { name: PARTS, wider: &[], example: "components.yaml" },
];

/// What says no version.
const UNVERSIONED: &str = "openapi-unversioned";

/// Schemas for other descriptions to use, without a description around them.
pub(crate) const COMPONENTS: &str = "openapi-components";

/// A file that a description refers to, for the components in it. What is behind references is judged as
/// part of the description; what no path from there comes by, their names, is asked of the file.
pub(crate) const PARTS: &str = "openapi-parts";

const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Target for OpenApi {
    fn names(&self) -> &'static [Name] {
        NAMES
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let root = file.object()?;
        // Where both stand, the newer one is judged and the contradiction is a finding.
        let (member, text) =
            match (stated(file.document, root, "openapi"), stated(file.document, root, "swagger")) {
                (Stated::Absent, Stated::Absent) if is_description(file.document, root) => {
                    return Some(Recognised::Sure(Kind { name: UNVERSIONED, version: None }));
                }
                (Stated::Absent, Stated::Absent) => return None,
                (Stated::Absent, swagger) => ("swagger", swagger),
                (openapi, _) => ("openapi", openapi),
            };
        let Stated::Version(version) = text else {
            return Some(Recognised::doubtful("openapi", format!("`{member}` holds no version")));
        };
        let name = match (member, version.split(['.', '-']).collect::<Vec<_>>().as_slice()) {
            ("swagger", ["2" | "2.0"] | ["2", "0", ..]) => "openapi-2.0",
            ("openapi", ["3"] | ["3", "0", ..]) => "openapi-3.0",
            ("openapi", ["3", "1", ..]) => "openapi-3.1",
            ("openapi", ["3", "2", ..]) => "openapi-3.2",
            _ => {
                return Some(Recognised::doubtful(
                    "openapi",
                    format!("there is no OpenAPI version `{member}: {version}`"),
                ));
            }
        };
        let has = |member| file.document.get(root, member).is_some();
        if !["info", "paths", "webhooks", "components"].into_iter().any(has) {
            return Some(Recognised::doubtful("openapi", "it has neither `info` nor `paths`; it may be a part of a description that is put together elsewhere".to_owned()));
        }
        if let Some(why) = template(file, root) {
            return Some(Recognised::doubtful("openapi", why));
        }
        if !has("info") && !has("paths") && !has("webhooks") {
            if name != "openapi-2.0" && stands_alone(file.document, root) {
                return Some(Recognised::Sure(Kind { name: COMPONENTS, version: Some(version) }));
            }
            return Some(Recognised::doubtful(
                "openapi",
                "it has `components` only; it may be an overlay of another description".to_owned(),
            ));
        }
        Some(Recognised::Sure(Kind { name, version: Some(version) }))
    }

    fn problems(&self, file: &Candidate<'_>) -> Vec<Problem> {
        let Some(root) = file.object() else { return Vec::new() };
        let mut found = super::version::problems(file.document, root, &["openapi", "swagger"]);
        if ["openapi", "swagger"].iter().all(|member| file.document.get(root, member).is_none()) {
            found.push(unversioned(file.document, root));
        }
        found.extend(super::version::outline(
            file.document,
            root,
            &[
                ("info", Node::Object),
                ("paths", Node::Object),
                ("components", Node::Object),
                ("webhooks", Node::Object),
                ("definitions", Node::Object),
                ("servers", Node::Array),
                ("tags", Node::Array),
                ("security", Node::Array),
            ],
        ));
        found
    }

    fn bundle_problems(&self, bundle: &Bundle) -> Vec<BundleProblem> {
        operation_ids(bundle)
    }

    fn doubt(&self, name: &str) -> Option<(&'static str, &'static str)> {
        match name {
            UNVERSIONED => Some((
                "openapi",
                "it says no version, so that rules for one version of OpenAPI do not judge it",
            )),
            COMPONENTS => Some((
                "openapi",
                "it has `components` only, so that rules about schemas judge it and those about an API do not",
            )),
            _ => None,
        }
    }

    fn grammar(&self, name: &str) -> Grammar {
        if name == "openapi-2.0" { Grammar::OpenApi2 } else { Grammar::OpenApi3 }
    }
}

/// Whether what has components only has schemas and refers to nothing in itself that is not there: what
/// does is laid over another description, which has the rest.
fn stands_alone(document: &Document, root: NodeId) -> bool {
    let schemas = document.get(root, "components").and_then(|all| document.get(all, "schemas"));
    if schemas.is_none_or(|schemas| document.len(schemas) == 0) {
        return false;
    }
    let end = document.node(root).subtree_end;
    let mut nodes = (root.0..end).map(NodeId);
    nodes.all(|node| {
        if document.key(node) != Some("$ref") {
            return true;
        }
        let own = document.str(node).and_then(|text| text.strip_prefix('#'));
        own.is_none_or(|pointer| document.pointer(root, pointer).is_some())
    })
}

/// Whether an object that says no version has the build of a description all the same: a title, and
/// paths that begin with a slash and have operations.
fn is_description(document: &Document, root: NodeId) -> bool {
    let says_else = ["asyncapi", "arazzo", "overlay", "$schema"];
    if says_else.iter().any(|member| document.get(root, member).is_some()) {
        return false;
    }
    let titled = document.get(root, "info").and_then(|info| document.get(info, "title"));
    let (Some(_), Some(paths)) = (titled, document.get(root, "paths")) else { return false };
    let is_operation = |item, method| {
        document.get(item, method).is_some_and(|operation| document.kind(operation) == Node::Object)
    };
    let mut items = document.members(paths).map(|(_, item)| item);
    document.is_whole(root)
        && items.any(|item| {
            document.key(item).is_some_and(|key| key.starts_with('/'))
                && METHODS.iter().any(|method| is_operation(item, method))
        })
}

fn unversioned(document: &Document, root: NodeId) -> Problem {
    Problem::new(
        "version-missing",
        document.span(root),
        "The description says no version of OpenAPI: the member `openapi` is missing.".to_owned(),
    )
    .hint("Write openapi: 3.0.3, or the version that it follows, at its start.".to_owned())
}

/// Why a description is only the mould of one: named a template, or kept among those of a generator, and
/// not filled in.
fn template(file: &Candidate<'_>, root: NodeId) -> Option<String> {
    let named =
        file.name.split('.').skip(1).any(|part| matches!(part, "tmpl" | "tpl" | "template" | "j2" | "tftpl"));
    let folders = file.path.rsplit_once('/').map_or("", |(folders, _)| folders);
    let kept = folders.split('/').any(|folder| {
        matches!(folder, "templates" | "template" | "skeleton" | "skeletons" | "archetype-resources")
            || folder.ends_with(".g8")
            || folder.contains("{{")
    });
    if !named && !kept {
        return None;
    }
    let what = if named { "is named a template" } else { "stands among templates" };
    if named && file.document.get(root, "paths").is_none_or(|paths| file.document.len(paths) == 0) {
        return Some("it is named a template and its `paths` are filled in elsewhere".to_owned());
    }
    let text = file.document.text().as_str();
    ["${", "{{", "<%", "$!", "{%"]
        .into_iter()
        .find(|mark| text.contains(mark))
        .map(|mark| format!("it {what} and has places to be filled in (`{mark}`)"))
}

/// Operations that share an operationId, in whichever file they stand.
fn operation_ids(bundle: &Bundle) -> Vec<BundleProblem> {
    let follow = |at: NodeRef| bundle.follow(at).unwrap_or(at);
    let member = |at: NodeRef, key: &str| {
        let at = follow(at);
        bundle.document(at.doc).get(at.node, key).map(|node| NodeRef { node, ..at })
    };
    let root = bundle.root();
    let mut first: HashMap<&str, NodeRef> = HashMap::new();
    let mut found = Vec::new();
    for paths in ["paths", "webhooks"].into_iter().filter_map(|key| member(root, key)).map(follow) {
        for (_, item) in bundle.document(paths.doc).members(paths.node) {
            let item = NodeRef { node: item, ..paths };
            for method in METHODS {
                let id = member(item, method).and_then(|operation| member(operation, "operationId"));
                let Some(id) = id else { continue };
                let Some(name) = bundle.document(id.doc).str(id.node) else { continue };
                match first.get(name) {
                    // Two paths may share one operation, by an alias or a reference.
                    Some(&other) if other != id => found.push(BundleProblem {
                        code: "operation-id-unique",
                        at: id,
                        message: format!("The operationId \"{name}\" is used twice."),
                        related: vec![(other, "first used here".to_owned())],
                    }),
                    Some(_) => {}
                    None => {
                        first.insert(name, id);
                    }
                }
            }
        }
    }
    found
}
