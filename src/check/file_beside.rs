//! `file-beside`: for each of some files another one stands in the same folder, or in one above it:
//! a lock file for each package manifest.

use super::files::{Files, is_emptied, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use crate::workspace::role;
use assize_tree::pattern::Pattern;
use assize_tree::text::Span;
use serde_json::Value;

struct Beside {
    files: Files,
    /// Only files whose text matches are asked about.
    containing: Option<Pattern>,
    names: Vec<String>,
}

impl Beside {
    fn is_there(&self, cx: &Context<'_>, path: &str) -> bool {
        let mut folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        loop {
            let there = |name: &String| {
                let full = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
                cx.workspace.find(&full).is_some()
            };
            if self.names.iter().any(there) {
                return true;
            }
            if folder.is_empty() {
                return false;
            }
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }
}

impl Check for Beside {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut places = 0;
        for entry in self.files.filled(cx) {
            if let Some(containing) = &self.containing {
                let content = text(cx, entry)?;
                if !containing.is_match(content.as_str()).map_err(|error| CannotTell(error.to_string()))? {
                    continue;
                }
            }
            // What is found in a test or an example is a note, so that it shows nothing either.
            places += u32::from(role(&entry.path, entry.skip).is_none());
            if !self.is_there(cx, &entry.path) {
                let violation =
                    Violation::new(format!("no {} stands beside it or above", self.names.join(" or ")));
                found.push(
                    violation
                        .value(entry.path.clone())
                        .at(Place::File { path: entry.path.clone(), span: Span::default() }),
                );
            }
        }
        Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) })
    }

    fn blind(&self, cx: &Context<'_>) -> Vec<String> {
        self.files.all(cx).filter(|entry| is_emptied(entry)).map(|entry| entry.path.clone()).collect()
    }

    fn looks_at(&self, path: &str) -> bool {
        self.files.covers(path)
            || self.names.iter().any(|name| path == name || path.ends_with(&format!("/{name}")))
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("file-beside", given, &["files", "containing", "names"])?;
    let files = Files::read(members, "files")?.ok_or_else(|| {
        OptionError::new("", "The check \"file-beside\" needs the option \"files\": a list of globs.")
    })?;
    let containing = options::get::<String>(members, "containing", "a regular expression")?
        .map(|source| Pattern::new(&source))
        .transpose()
        .map_err(|error| OptionError::new("/containing", error.to_string()))?;
    let names = options::need("file-beside", members, "names", "a list of file names")?;
    Ok(Box::new(Beside { files, containing, names }))
}
