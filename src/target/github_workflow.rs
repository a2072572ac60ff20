//! GitHub Actions workflows: YAML in `.github/workflows`.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct GithubWorkflow;

impl Target for GithubWorkflow {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "github-workflow", wider: &[], example: ".github/workflows/example.yml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let folder = file.path.strip_suffix(file.name)?;
        if !folder.ends_with(".github/workflows/") || !file.is_yaml() {
            return None;
        }
        let root = file.object()?;
        let sure = file.document.get(root, "jobs").is_some() || file.document.get(root, "on").is_some();
        Some(if sure {
            Recognised::Sure(Kind { name: "github-workflow", version: None })
        } else {
            Recognised::doubtful("github-workflow", "it has neither `on` nor `jobs`".to_owned())
        })
    }
}
