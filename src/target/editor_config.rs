//! `.editorconfig`, in whatever folder.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct EditorConfig;

impl Target for EditorConfig {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "editor-config", wider: &[], example: ".editorconfig" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let document = file.document;
        let root = file.object().filter(|_| document.format() == Format::EditorConfig)?;
        let sections = document.get(root, "sections")?;
        if document.get(root, "root").is_none() && document.items(sections).next().is_none() {
            let why = "It has neither `root` nor a section.".to_owned();
            return Some(Recognised::doubtful("editor-config", why));
        }
        Some(Recognised::Sure(Kind { name: "editor-config", version: None }))
    }
}
