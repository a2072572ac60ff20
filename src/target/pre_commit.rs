//! pre-commit's configuration.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct PreCommit;

impl Target for PreCommit {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "pre-commit", wider: &[], example: ".pre-commit-config.yaml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if !matches!(file.name, ".pre-commit-config.yaml" | ".pre-commit-config.yml" | "pre-commit.yaml") {
            return None;
        }
        let root = file.object()?;
        file.document.get(root, "repos")?;
        file.object()?;
        Some(Recognised::Sure(Kind { name: "pre-commit", version: None }))
    }
}
