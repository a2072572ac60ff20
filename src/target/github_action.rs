//! GitHub actions: `action.yml` with `runs`.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct GithubAction;

impl Target for GithubAction {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "github-action", wider: &[], example: "action.yml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        let named = matches!(file.name, "action.yml" | "action.yaml");
        let root = file.object().filter(|_| named)?;
        file.document
            .get(root, "runs")
            .map(|_| Recognised::Sure(Kind { name: "github-action", version: None }))
    }
}
