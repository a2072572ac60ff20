//! What an API description says of itself: title, version, servers, media types. Verdicts need it to
//! tell which of several descriptions is the published one, and what kind of system it describes.

use super::report::Description;
use super::survey::Root;
use crate::bundle::Bundle;
use crate::target::{self, Grammar};
use assize_tree::document::{Document, Kind, NodeId, Symbol};

/// Methods of an OpenAPI path item.
const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];
/// Start of the members that a gateway's deployment tool writes.
const DEPLOYMENT: &str = "x-amazon-apigateway";
/// A description that names more media types says nothing new with the rest.
const MOST_MEDIA: usize = 64;

/// What a description says of itself; `None` for schemas, which describe no API.
pub(super) fn tell(bundle: &Bundle, root: Root) -> Option<Description> {
    if matches!(root.grammar, Grammar::JsonSchema | Grammar::None) || root.kind == target::COMPONENTS {
        return None;
    }
    let document = bundle.document(0);
    let top = root.node;
    let info = document.get(top, "info");
    let text = |name: &str| {
        let value = document.get(info?, name)?;
        document.scalar(value).map(str::to_owned)
    };
    let contact = info.and_then(|info| {
        let name = document.get(document.get(info, "contact")?, "name")?;
        Some((document.str(name)?.to_owned(), document.span(name)))
    });
    let mut media = Vec::new();
    for (index, _) in bundle.files().iter().enumerate() {
        media_types(bundle.document(index as u32), &mut media);
    }
    media.sort();
    media.dedup();
    Some(Description {
        file: bundle.file(0).0,
        kind: root.kind.to_owned(),
        title: text("title"),
        version: text("version"),
        contact,
        servers: servers(document, top),
        operations: operations(document, top),
        media,
        deployment: deployment(document),
        parts_only: parts_only(document, top),
        files: bundle.files().to_vec(),
    })
}

fn servers(document: &Document, top: NodeId) -> Vec<String> {
    let text = |node: Option<NodeId>| node.and_then(|node| document.str(node)).map(str::to_owned);
    if let Some(list) = document.get(top, "servers") {
        return match document.kind(list) {
            Kind::Array => {
                document.items(list).filter_map(|server| text(document.get(server, "url"))).collect()
            }
            // AsyncAPI keys its servers by name.
            Kind::Object => document
                .children(list)
                .filter_map(|server| {
                    text(document.get(server, "url").or_else(|| document.get(server, "host")))
                })
                .collect(),
            _ => Vec::new(),
        };
    }
    let host = text(document.get(top, "host"));
    host.map(|host| format!("{host}{}", text(document.get(top, "basePath")).unwrap_or_default()))
        .into_iter()
        .collect()
}

fn operations(document: &Document, top: NodeId) -> u32 {
    let Some(paths) = document.get(top, "paths").filter(|&paths| document.kind(paths) == Kind::Object) else {
        return 0;
    };
    let of_item = |item: NodeId| {
        let is_method = |member: &NodeId| document.key(*member).is_some_and(|key| METHODS.contains(&key));
        if document.kind(item) == Kind::Object {
            document.children(item).filter(is_method).count()
        } else {
            0
        }
    };
    document.children(paths).map(of_item).sum::<usize>() as u32
}

/// Whether a description describes nothing but holds what others can refer to. A reference in place of
/// its paths leads to operations.
pub(super) fn parts_only(document: &Document, top: NodeId) -> bool {
    let filled = |from: NodeId, name: &str| {
        document.get(from, name).is_some_and(|node| {
            let mut keys = document.children(node).map(|child| document.key(child).unwrap_or_default());
            keys.any(|key| !key.starts_with("x-"))
        })
    };
    let describes = ["paths", "webhooks", "channels", "operations", "servers", "workflows"];
    let served = document.get(top, "host").is_some() || describes.iter().any(|name| filled(top, name));
    let parts = document
        .get(top, "components")
        .is_some_and(|components| document.children(components).any(|kind| document.len(kind) > 0));
    !served && (parts || ["definitions", "parameters", "responses"].iter().any(|name| filled(top, name)))
}

/// Every key of a document, once.
fn keys(document: &Document) -> impl Iterator<Item = &str> {
    let symbols = document.symbols();
    (0..symbols.len()).map(move |index| symbols.get(Symbol(index as u32)))
}

/// Keys that look like media types: cheaper than following every way that may lead to `content`.
fn media_types(document: &Document, found: &mut Vec<String>) {
    let typed = |name: &&str| {
        ["application/", "text/", "multipart/", "image/", "*/"].iter().any(|start| name.starts_with(start))
    };
    let room = MOST_MEDIA.saturating_sub(found.len());
    found.extend(keys(document).filter(typed).take(room).map(str::to_owned));
}

fn deployment(document: &Document) -> Option<String> {
    keys(document).find(|name| name.starts_with(DEPLOYMENT)).map(str::to_owned)
}
