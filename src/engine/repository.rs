//! The repository as a target like any other: a synthetic document of its files.

use super::survey::Surveyed;
use crate::workspace::{Skip, Workspace};
use assize_tree::document::{Builder, Document, Format, Kind, Limits, flag};
use assize_tree::text::{Span, Text};
use std::sync::Arc;

/// Builds `{ files: [{ path, size, role, target, empty, binary }] }`, one element for each file
/// that is part of the tree, and says which file of the workspace each element is.
pub(super) fn document(workspace: &Workspace, surveyed: &[Surveyed]) -> (Document, Vec<usize>) {
    let limits = Limits { nodes: u32::MAX, ..Limits::default() };
    let mut tree = Builder::new(Arc::new(Text::from("")), Format::Synthetic, limits);
    let mut members = Vec::new();
    tree.open(Kind::Object, 0);
    tree.key("files", Span::default(), 0);
    tree.open(Kind::Array, 0);
    for (index, (entry, found)) in workspace.entries().iter().zip(surveyed).enumerate() {
        if entry.skip == Some(Skip::NotSelected) {
            continue;
        }
        members.push(index);
        tree.open(Kind::Object, 0);
        string(&mut tree, "path", Some(&entry.path));
        tree.key("size", Span::default(), 0);
        let size = tree.decoded(&entry.size.to_string());
        tree.scalar(Kind::Number, Span::default(), Some(size), 0);
        string(&mut tree, "role", role(&entry.path, entry.skip));
        string(&mut tree, "target", found.target.as_deref());
        boolean(&mut tree, "empty", entry.size == 0 && entry.skip != Some(Skip::Link));
        boolean(&mut tree, "binary", found.binary);
        tree.close(0);
    }
    tree.close(0);
    tree.close(0);
    (tree.finish(), members)
}

fn string(tree: &mut Builder, key: &str, value: Option<&str>) {
    tree.key(key, Span::default(), 0);
    match value {
        Some(value) => {
            let value = tree.decoded(value);
            tree.scalar(Kind::String, Span::default(), Some(value), 0);
        }
        None => {
            tree.scalar(Kind::Null, Span::default(), None, 0);
        }
    }
}

fn boolean(tree: &mut Builder, key: &str, value: bool) {
    tree.key(key, Span::default(), 0);
    tree.scalar(Kind::Bool, Span::default(), None, if value { flag::TRUE } else { 0 });
}

/// The role of a file by where it stands; `None` where its path says nothing.
fn role(path: &str, skip: Option<Skip>) -> Option<&'static str> {
    if skip == Some(Skip::Vendored) {
        return Some("vendored");
    }
    let folders = path.rsplit_once('/').map_or("", |(folders, _)| folders);
    folders.split('/').find_map(|folder| match folder.to_ascii_lowercase().as_str() {
        "test" | "tests" | "__tests__" | "e2e" | "testdata" | "test-data" | "mocks" | "__mocks__" => {
            Some("test")
        }
        "example" | "examples" | "sample" | "samples" | "sandbox" => Some("example"),
        "generated" | "dist" | "build" => Some("generated"),
        _ => None,
    })
}
