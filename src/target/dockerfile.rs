//! Dockerfiles, by their name and a `FROM` in them.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Dockerfile;

impl Target for Dockerfile {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "dockerfile", wider: &[], example: "Dockerfile" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let document = file.document;
        if document.format() != Format::Dockerfile {
            return None;
        }
        let stages = document.get(file.object()?, "stages")?;
        Some(if document.len(stages) > 0 {
            Recognised::Sure(Kind { name: "dockerfile", version: None })
        } else {
            Recognised::doubtful("dockerfile", "it has no FROM".to_owned())
        })
    }
}
