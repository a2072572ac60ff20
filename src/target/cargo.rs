//! Cargo's `Cargo.toml`.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct RustManifest;

impl Target for RustManifest {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "rust-manifest", wider: &["package-manifest"], example: "Cargo.toml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if file.name != "Cargo.toml" {
            return None;
        }
        file.object()?;
        Some(Recognised::Sure(Kind { name: "rust-manifest", version: None }))
    }
}
