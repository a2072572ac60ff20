//! Terraform's configuration, `*.tf`, by a block that Terraform knows.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Terraform;

/// Blocks of the outermost level.
const BLOCKS: [&str; 12] = [
    "terraform",
    "provider",
    "resource",
    "data",
    "module",
    "variable",
    "output",
    "locals",
    "moved",
    "import",
    "removed",
    "check",
];

impl Target for Terraform {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "terraform", wider: &[], example: "main.tf" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let document = file.document;
        if document.format() != Format::Terraform {
            return None;
        }
        let blocks = document.get(file.object()?, "blocks")?;
        let known = document.items(blocks).any(|block| {
            let kind = document.get(block, "type").and_then(|node| document.str(node));
            kind.is_some_and(|kind| BLOCKS.contains(&kind))
        });
        known.then_some(Recognised::Sure(Kind { name: "terraform", version: None }))
    }
}
