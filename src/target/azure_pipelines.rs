//! Azure Pipelines: `azure-pipelines*.yml`, or YAML in a folder of pipelines with members only a
//! pipeline has.

use super::{Candidate, Kind, Name, Recognised, Target};

/// The target.
pub(super) struct AzurePipelines;

impl Target for AzurePipelines {
    fn names(&self) -> &'static [Name] {
        &[Name { name: "azure-pipelines", wider: &[], example: "azure-pipelines.yml" }]
    }

    fn recognise(&self, file: &Candidate<'_>) -> Option<Recognised> {
        if !file.is_yaml() {
            return None;
        }
        let root = file.object()?;
        let has = |member| file.document.get(root, member).is_some();
        let folder = file.path.strip_suffix(file.name)?;
        let named = file.name.starts_with("azure-pipelines") || file.name.starts_with("azure-pipeline.");
        let placed = folder.split('/').any(|part| {
            matches!(part, "azure" | ".azure" | "azure-pipelines" | ".azuredevops" | ".azure-pipelines")
        });
        let body = ["stages", "jobs", "steps", "extends"].into_iter().any(has);
        let frame = ["trigger", "pr", "pool", "resources", "variables", "parameters", "schedules"]
            .into_iter()
            .any(has);
        (body && (named || placed && frame))
            .then_some(Recognised::Sure(Kind { name: "azure-pipelines", version: None }))
    }
}
