//! npm's `package.json`.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct NpmManifest;

impl Target for NpmManifest {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "npm-manifest", wider: &["package-manifest"], example: "package.json" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if file.name != "package.json" {
            return None;
        }
        file.object()?;
        Some(Recognised::Sure(Kind { name: "npm-manifest", version: None }))
    }
}
