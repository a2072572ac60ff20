//! GitLab pipelines: `.gitlab-ci.yml`, and files that end so.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct GitlabCi;

impl Target for GitlabCi {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "gitlab-ci", wider: &[], example: ".gitlab-ci.yml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if !(matches!(file.name, ".gitlab-ci.yml" | ".gitlab-ci.yaml")
            || file.name.ends_with(".gitlab-ci.yml"))
        {
            return None;
        }
        file.object()?;
        Some(Recognised::Sure(Kind { name: "gitlab-ci", version: None }))
    }
}
