//! `assize.lock`: which packs a system is judged by, each with its version and digest.

use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// The name of the file.
pub const NAME: &str = "assize.lock";
/// Version of the form.
const VERSION: u32 = 1;

/// The file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// Version of the form.
    pub version: u32,
    /// The packs.
    #[serde(default)]
    pub pack: Vec<Locked>,
    /// Profiles.
    #[serde(default)]
    pub profile: Vec<Locked>,
}

/// One pack or profile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// SHA-256 of its files, in hexadecimal.
    pub sha256: String,
}

impl Lock {
    /// A lock of packs and profiles.
    #[must_use]
    pub fn of(mut pack: Vec<Locked>, mut profile: Vec<Locked>) -> Self {
        pack.sort();
        profile.sort();
        Self { version: VERSION, pack, profile }
    }

    /// Whether this program knows the form.
    ///
    /// # Errors
    /// In words, where it does not.
    pub fn check(&self) -> Result<(), String> {
        if self.version == VERSION {
            Ok(())
        } else {
            Err(format!("Its version is {}, and this program knows {VERSION}.", self.version))
        }
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!(
            "# Written by `assize lock`: what this system is judged by. `assize check --locked` holds a run to it.\nversion = {}\n",
            self.version
        );
        for (kind, all) in [("pack", &self.pack), ("profile", &self.profile)] {
            for one in all {
                let quoted = |value: &str| serde_json::Value::String(value.to_owned()).to_string();
                let _ = write!(
                    text,
                    "\n[[{kind}]]\nname = {}\nversion = {}\nsha256 = {}\n",
                    quoted(&one.name),
                    quoted(&one.version),
                    quoted(&one.sha256)
                );
            }
        }
        text
    }

    /// In what packs that are used differ from the locked ones, a sentence for each. A pack that is
    /// locked and not used is no difference.
    #[must_use]
    pub fn differences(&self, used: &[Locked]) -> Vec<String> {
        differences("pack", &self.pack, used)
    }

    /// The same of profiles.
    #[must_use]
    pub fn profile_differences(&self, used: &[Locked]) -> Vec<String> {
        differences("profile", &self.profile, used)
    }
}

fn differences(kind: &str, locked: &[Locked], used: &[Locked]) -> Vec<String> {
    used.iter()
        .filter_map(|used| match locked.iter().find(|locked| locked.name == used.name) {
            None => Some(format!("The {kind} {} is not locked.", used.name)),
            Some(locked) if locked.version != used.version => Some(format!(
                "The {kind} {} is locked at version {}, and this is {}.",
                used.name, locked.version, used.version
            )),
            Some(locked) if locked.sha256 != used.sha256 => Some(format!(
                "The {kind} {} {} is not the one that was locked: its digest is {}, not {}.",
                used.name, used.version, used.sha256, locked.sha256
            )),
            Some(_) => None,
        })
        .collect()
}
