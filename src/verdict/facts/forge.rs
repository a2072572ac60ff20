//! What builds and deploys the system, as far as its files say.

use super::{Detected, Kind, Seen};

pub(super) const CI: Kind = Kind {
    name: "ci",
    about: "a pipeline builds and tests the system",
    question: "Where does the pipeline run that builds the system?",
    duty: None,
    buyer_only: false,
    detect: ci,
};

pub(super) const GITHUB_ACTIONS: Kind = Kind {
    name: "github-actions",
    about: "GitHub Actions are in use",
    question: "Are GitHub Actions in use?",
    duty: Some(true),
    buyer_only: false,
    detect: github_actions,
};

fn is_workflow(path: &str) -> bool {
    path.starts_with(".github/workflows/") && (path.ends_with(".yml") || path.ends_with(".yaml"))
}

fn ci(seen: &Seen<'_>) -> Detected {
    let files = [
        ".gitlab-ci.yml",
        ".travis.yml",
        "Jenkinsfile",
        "bitbucket-pipelines.yml",
        ".drone.yml",
        "cloudbuild.yaml",
    ];
    let folders = [".circleci/", "azure/", ".azure/", "concourse/", ".buildkite/"];
    let found = seen.workspace.entries().iter().map(|entry| entry.path.as_str()).find(|path| {
        is_workflow(path)
            || files.contains(path)
            || path.starts_with("azure-pipelines")
            || folders.iter().any(|folder| path.starts_with(folder) && path.ends_with("ml"))
    });
    match found {
        Some(path) => Detected::yes(path),
        None => Detected::unknown("no file of a pipeline is in the tree; it may live elsewhere"),
    }
}

fn github_actions(seen: &Seen<'_>) -> Detected {
    let is_action =
        |path: &str| path == "action.yml" || path == "action.yaml" || path.starts_with(".github/actions/");
    let mut files = seen.workspace.entries().iter().map(|entry| entry.path.as_str());
    let count = files.clone().filter(|path| is_workflow(path)).count();
    if count > 0 {
        let files = if count == 1 { "file" } else { "files" };
        return Detected::yes(format!("{count} workflow {files}"));
    }
    match files.find(|path| is_action(path)) {
        Some(path) => Detected::yes(path),
        None => Detected::no("there is no workflow file in the tree"),
    }
}
