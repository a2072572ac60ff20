//! A judged folder that is a part of a repository above it: rules about the repository as a whole look
//! at the folder alone, and miss there what may stand above.

use super::jobs::Job;
use crate::engine::Report;
use crate::workspace::{Workspace, role};
use std::path::{Component, Path, PathBuf};

/// What to say of that, where such rules found something; verdicts are left as they are. A folder of
/// tests or examples stands for a repository of its own.
pub(super) fn notice(job: &Job, report: &Report) -> Option<String> {
    let about_all = |finding: &&crate::finding::Finding| {
        finding.outcome.is_open()
            && finding.primary.file.is_none()
            && report.rule(finding.rule).pack.is_some()
    };
    let found = report.findings.iter().filter(about_all).count();
    if job.files.is_some() || found == 0 {
        return None;
    }
    let top = Workspace::repository_above(&job.root)?;
    let below = job.root.strip_prefix(&top).ok()?.to_string_lossy().replace('\\', "/");
    if role(&format!("{below}/."), None).is_some() {
        return None;
    }
    let findings = if found == 1 { "1 finding" } else { &format!("{found} findings") };
    let named = if job.shown == "." { "This folder" } else { &job.shown };
    Some(format!(
        "{named} is a part of the repository above it. Rules about the repository as a whole (README, licence, \
         security policy and the like) looked at this folder alone: {findings}. To have them look at all of it, \
         run `assize check {}`.",
        way(&top).display()
    ))
}

/// A folder as seen from here, where that is shorter.
fn way(folder: &Path) -> PathBuf {
    let Ok(here) = std::env::current_dir().and_then(|here| here.canonicalize()) else {
        return folder.to_owned();
    };
    match here.strip_prefix(folder) {
        Ok(rest) if rest.as_os_str().is_empty() => PathBuf::from("."),
        Ok(rest) => rest.components().map(|_| Component::ParentDir).collect(),
        Err(_) => folder.strip_prefix(&here).map_or_else(|_| folder.to_owned(), Path::to_owned),
    }
}
