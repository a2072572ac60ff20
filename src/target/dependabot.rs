//! Dependabot's configuration, which GitHub reads from one place only.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct Dependabot;

impl Target for Dependabot {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "dependabot", wider: &[], example: ".github/dependabot.yml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if !matches!(file.path, ".github/dependabot.yml" | ".github/dependabot.yaml") {
            return None;
        }
        file.object()?;
        Some(Recognised::Sure(Kind { name: "dependabot", version: None }))
    }
}
