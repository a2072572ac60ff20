//! Records that show what no program can see: `evidence/*.yaml`. The machine checks their form, that
//! the file they rest on is the one they speak of, their age and who signed them off; whether what
//! they say is true it cannot know, and a verdict that rests on one says so.

mod form;
mod judge;

pub use form::{Grade, Outcome, Record, RecordForm, Start, looks_like_one, read, template};
pub use judge::{Judged, Ledger, Need, Terms, Wanted, wanted};

use crate::workspace::Workspace;
use assize_tree::text::Text;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::sync::Arc;

/// The folder they lie in, in the root of the judged folder.
pub const FOLDER: &str = "evidence";

/// The records of a judged tree, with their paths. Files in the folder that are no records are left
/// out unless `all` are wanted: other programs keep evidence too.
#[must_use]
pub fn gather(workspace: &Workspace, all: bool) -> Vec<(String, Arc<Text>)> {
    workspace
        .entries()
        .iter()
        .filter(|entry| {
            let name = entry.path.strip_prefix(FOLDER).and_then(|rest| rest.strip_prefix('/'));
            let yaml = name.is_some_and(|name| {
                !name.contains('/') && (name.ends_with(".yaml") || name.ends_with(".yml"))
            });
            yaml && !matches!(entry.skip, Some(crate::workspace::Skip::Link))
        })
        .filter_map(|entry| Some((entry.path.clone(), workspace.text(&entry.path).ok()?)))
        .filter(|(_, text)| all || looks_like_one(text))
        .collect()
}

/// The SHA-256 of a file of a judged tree, in hexadecimal; why there is none otherwise.
///
/// # Errors
/// In words: the file is not there, too large, not to be read.
pub fn digest(workspace: &Workspace, path: &str) -> Result<String, String> {
    let bytes = workspace.bytes(path)?;
    Ok(Sha256::digest(&bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    }))
}
