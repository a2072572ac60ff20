//! Python's `pyproject.toml` (PEP 621).

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct PythonManifest;

impl Target for PythonManifest {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "python-manifest", wider: &["package-manifest"], example: "pyproject.toml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if file.name != "pyproject.toml" {
            return None;
        }
        file.object()?;
        Some(Recognised::Sure(Kind { name: "python-manifest", version: None }))
    }
}
