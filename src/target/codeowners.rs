//! CODEOWNERS, in the three places GitHub reads it from and the one GitLab adds.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct Codeowners;

impl Target for Codeowners {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "codeowners", wider: &[], example: "CODEOWNERS" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let placed = matches!(
            file.path,
            "CODEOWNERS" | ".github/CODEOWNERS" | "docs/CODEOWNERS" | ".gitlab/CODEOWNERS"
        );
        placed.then_some(Recognised::Sure(Kind { name: "codeowners", version: None }))
    }
}
