//! Which files of the judged tree a check of the repository is about.

use super::{CannotTell, Context, OptionError, options};
use crate::workspace::{Entry, ReadError, Skip, may_be_empty};
use assize_tree::text::Text;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A set of globs over paths from the root. `*` stays within a folder, `**` does not; case is not
/// regarded, since `Readme.md` and `README.md` are the same to whoever looks for it.
pub(super) struct Files {
    set: GlobSet,
    /// The globs as written, for messages.
    pub shown: String,
    /// All globs are spellings of one file's name: a finding about it has one place.
    pub one_name: bool,
}

impl Files {
    /// Reads an option that lists globs.
    pub(super) fn read(members: &Map<String, Value>, name: &str) -> Result<Option<Self>, OptionError> {
        let Some(globs) = options::get::<Vec<String>>(members, name, "a list of globs")? else {
            return Ok(None);
        };
        Self::new(&globs).map(Some).map_err(|(at, error)| OptionError::new(format!("/{name}/{at}"), error))
    }

    /// A set of globs; the error names the one that cannot be read.
    pub(super) fn new(globs: &[String]) -> Result<Self, (usize, String)> {
        let mut set = GlobSetBuilder::new();
        for (at, glob) in globs.iter().enumerate() {
            // In small letters, as the paths it is held against: the fast ways of the set are for
            // globs that regard case.
            let glob = GlobBuilder::new(&glob.to_lowercase())
                .literal_separator(true)
                .build()
                .map_err(|error| (at, format!("The glob cannot be read: {error}.")))?;
            set.add(glob);
        }
        let set = set.build().map_err(|error| (0, error.to_string()))?;
        let mut stems = globs.iter().map(|glob| stem(glob));
        let one_name = match stems.next() {
            Some(first) => !first.contains(['*', '?', '[', '{']) && stems.all(|other| other == first),
            None => false,
        };
        Ok(Self { set, shown: globs.join(", "), one_name })
    }

    /// Whether a path matches.
    pub(super) fn covers(&self, path: &str) -> bool {
        self.set.is_match(path.to_lowercase())
    }

    /// The files of the tree that match, links among them.
    pub(super) fn all<'a>(&'a self, cx: &Context<'a>) -> impl Iterator<Item = &'a Entry> {
        cx.workspace
            .folded()
            .enumerate()
            .filter(|(at, (path, entry))| {
                entry.skip != Some(Skip::NotSelected)
                    && !(cx.changed_only && cx.workspace.is_left_out(*at))
                    && self.set.is_match(path)
            })
            .map(|(_, (_, entry))| entry)
    }

    /// The files that match and whose contents can be looked at: regular, and not empty.
    pub(super) fn filled<'a>(&'a self, cx: &Context<'a>) -> impl Iterator<Item = &'a Entry> {
        self.all(cx).filter(|entry| entry.skip.is_none() && entry.size > 0)
    }
}

impl Files {
    /// The same with links seen through, for checks that want something to be there: the file that a
    /// link leads to, once each.
    pub(super) fn there<'a>(&'a self, cx: &Context<'a>) -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> = Vec::new();
        for entry in self.all(cx) {
            let Some(file) = cx.workspace.behind(entry) else { continue };
            if file.skip.is_none() && file.size > 0 && !found.iter().any(|one| one.path == file.path) {
                found.push(file);
            }
        }
        found
    }

    /// A link that leads out of what was handed over: what is behind it, nobody can see here.
    pub(super) fn lost<'a>(&'a self, cx: &Context<'a>) -> Option<CannotTell> {
        let lost = |entry: &&Entry| entry.skip == Some(Skip::Link) && cx.workspace.behind(entry).is_none();
        let entry = self.all(cx).find(lost)?;
        Some(CannotTell(format!("{} is a link to something that was not handed over.", entry.path)))
    }
}

/// The name that a glob leads to, without the dot before it and its ending.
fn stem(glob: &str) -> &str {
    let name = glob.rsplit('/').next().unwrap_or(glob);
    name.trim_start_matches('.').split('.').next().unwrap_or_default()
}

/// Whether a file is empty that by rights is not: there was something in it that nobody may see.
pub(super) fn is_emptied(entry: &Entry) -> bool {
    entry.skip.is_none() && entry.size == 0 && !may_be_empty(&entry.path)
}

/// The text of a file, or why it cannot be judged.
pub(super) fn text(cx: &Context<'_>, entry: &Entry) -> Result<Arc<Text>, CannotTell> {
    cx.workspace.text(&entry.path).map_err(|error| {
        let why = match error {
            ReadError::TooLarge(size) => format!("it has {size} bytes, more than the limit"),
            ReadError::Encoding(..) => "it is not UTF-8 text".to_owned(),
            ReadError::Io(reason) => reason,
            ReadError::NotFound | ReadError::Folder => "it is gone".to_owned(),
        };
        CannotTell(format!("{} cannot be read: {why}.", entry.path))
    })
}
