//! Markdown, and the README among it.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Markdown;

impl Target for Markdown {
    fn names(&self) -> &'static [Name] {
        &[
            Name { name: "readme", wider: &["markdown"], example: "README.md" },
            Name { name: "markdown", wider: &[], example: "docs/example.md" },
        ]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if file.document.format() != Format::Markdown {
            return None;
        }
        // A README is the one that a visitor of the repository sees first.
        let stem = file.name.split('.').next().unwrap_or_default();
        let folder = file.path.strip_suffix(file.name).unwrap_or_default();
        let readme = stem.eq_ignore_ascii_case("readme") && matches!(folder, "" | ".github/" | "docs/");
        Some(Recognised::Sure(Kind { name: if readme { "readme" } else { "markdown" }, version: None }))
    }
}
