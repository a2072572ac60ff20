//! What can be wrong with a reference, in words.

use crate::path::NodeRef;

/// Something wrong with a reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefIssue {
    pub(super) at: NodeRef,
    pub(super) fault: Fault,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are named by what they hold")]
pub enum Fault {
    /// What it names is not there.
    Dangling { reference: String, missing: String, near: Option<String> },
    /// What it names may stand where the syntax of the file breaks off: nobody can tell.
    BrokenOff,
    /// The file it names is not there.
    MissingFile { path: String },
    /// It leads to the network.
    Remote { url: String },
    /// It leads out of the judged root.
    OutsideRoot { reference: String },
    /// It names a folder.
    Directory { path: String },
    /// It names a file that holds no data.
    NotData { path: String, what: String },
    /// The file it names cannot be read.
    Unreadable { path: String, reason: String },
    /// It leads to itself.
    SelfReference,
    /// It is part of a circle of references.
    Cycle,
    /// Its value is no string.
    NotAString,
    /// Members beside it are ignored.
    Siblings { keys: Vec<String> },
    /// The specification allows no reference there.
    NonPortable { place: &'static str },
}

impl RefIssue {
    /// The value of the `$ref`.
    #[must_use]
    pub fn at(&self) -> NodeRef {
        self.at
    }

    /// What is wrong.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Name of the engine's rule for it.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self.fault {
            Fault::Dangling { .. } | Fault::BrokenOff => "ref-dangling",
            Fault::MissingFile { .. } => "ref-missing-file",
            Fault::Remote { .. } => "ref-remote",
            Fault::OutsideRoot { .. } => "ref-outside-root",
            Fault::Directory { .. } => "ref-directory",
            Fault::NotData { .. } => "ref-not-data",
            Fault::Unreadable { .. } => "ref-unreadable",
            Fault::SelfReference => "ref-self",
            Fault::Cycle => "ref-cycle",
            Fault::NotAString => "ref-not-a-string",
            Fault::Siblings { .. } => "ref-siblings",
            Fault::NonPortable { .. } => "ref-non-portable",
        }
    }

    /// What is wrong, as a sentence.
    #[must_use]
    pub fn message(&self) -> String {
        match &self.fault {
            Fault::Dangling { reference, missing, .. } => {
                format!("The reference \"{reference}\" leads nowhere: there is no \"{missing}\".")
            }
            Fault::BrokenOff => {
                "What the reference names may stand where the syntax of its file breaks off.".to_owned()
            }
            Fault::MissingFile { path } => format!("The reference names a file that is not there: {path}."),
            Fault::Remote { url } => format!(
                "The reference leads out of the repository, to {url}; it was not followed, so what it stands for was not judged."
            ),
            Fault::OutsideRoot { reference } => {
                format!("The reference \"{reference}\" leads out of the judged folder; it was not followed.")
            }
            Fault::Directory { path } => format!(
                "The reference names a folder, not a file: {}.",
                if path.is_empty() { "." } else { path }
            ),
            Fault::NotData { path, what } => {
                format!("The reference leads to {path}, which is {what}, not JSON or YAML.")
            }
            Fault::Unreadable { path, reason } => {
                format!("The reference leads to {path}, which cannot be read: {reason}.")
            }
            Fault::SelfReference => "The reference leads to itself, so it stands for nothing.".to_owned(),
            Fault::Cycle => {
                "The reference is part of a circle of references, so it stands for nothing.".to_owned()
            }
            Fault::NotAString => "The value of $ref must be a string.".to_owned(),
            Fault::Siblings { keys } => {
                let named: Vec<String> = keys.iter().take(4).map(|key| format!("\"{key}\"")).collect();
                let more = if keys.len() > 4 { " and others" } else { "" };
                format!("Beside $ref, {}{more} will be ignored.", named.join(", "))
            }
            Fault::NonPortable { place } => format!(
                "The specification allows no $ref in place of {place}; many readers will not follow it."
            ),
        }
    }

    /// What to do, where more can be said than the rule's help.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match &self.fault {
            Fault::Dangling { near: Some(near), .. } => Some(format!("Did you mean \"{near}\"?")),
            _ => None,
        }
    }
}
