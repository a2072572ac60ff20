//! The configuration of gitleaks, by a name that ends in `gitleaks.toml` and a table that gitleaks
//! knows.

use super::{Candidate, Kind, Name, Recognised, Target};
use assize_tree::document::Format;

/// The target.
pub(super) struct Gitleaks;

/// What a configuration is made of; one is enough.
const MEMBERS: [&str; 4] = ["extend", "rules", "allowlist", "allowlists"];

impl Target for Gitleaks {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "gitleaks-config", wider: &[], example: ".gitleaks.toml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if !file.name.ends_with("gitleaks.toml") || file.document.format() != Format::Toml {
            return None;
        }
        let root = file.object()?;
        if !MEMBERS.iter().any(|name| file.document.get(root, name).is_some()) {
            let why = "It has no `extend`, no `rules` and no `allowlist`.".to_owned();
            return Some(Recognised::doubtful("gitleaks-config", why));
        }
        Some(Recognised::Sure(Kind { name: "gitleaks-config", version: None }))
    }
}
