//! `licence-is`: the licence files of the tree satisfy an SPDX expression. Texts are recognised as
//! `crate::value::licence` says. A text that is not recognised, or that says more than a licence,
//! gives unknown; one that plainly takes away what an open licence gives is wrong.

use super::files::{Files, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use crate::value::licence::{self, Licence, Rest};
use crate::workspace::Entry;
use assize_tree::text::Span;
use serde_json::Value;
use spdx::{Expression, LicenseReq};
use std::ops::Range;

/// Where a licence stands; both spellings.
const USUAL: [&str; 8] =
    ["LICENCE", "LICENSE", "LICENCE.*", "LICENSE.*", "LICENCE-*", "LICENSE-*", "COPYING", "COPYING.*"];

/// How much of a sentence a message shows, in characters.
const EXCERPT: usize = 120;

struct LicenceIs {
    files: Files,
    wanted: Expression,
    shown: String,
}

/// What a file of its name is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Software,
    /// Documentation, pictures, fonts: beside the software's own licence an ordinary thing.
    Documentation,
    /// What others wrote and is only carried along.
    Others,
}

/// What a licence file came to.
enum Told {
    /// One of these, each with what it demands, and nothing more.
    Licences(Vec<String>),
    /// The first of these, and where its text is limited.
    Restricted(Vec<String>, Range<usize>, String),
    Doubt(String),
}

impl LicenceIs {
    /// Whether the licences together satisfy what is wanted.
    fn allows(&self, ids: &[String]) -> bool {
        self.wanted.evaluate(|asked| {
            asked
                .license
                .id()
                .is_some_and(|id| ids.iter().any(|have| have == id.name || or_later(id.name, have)))
        })
    }

    /// Whether only open licences are wanted.
    fn wants_open(&self) -> bool {
        self.wanted.requirements().all(|part| part.req.license.id().is_some_and(|id| is_open(id.name)))
    }

    /// What a file says.
    fn read(&self, path: &str, content: &str) -> Told {
        if let Some(given) = stated(content) {
            let expression = Expression::parse(given).ok().filter(|one| !ids(one).is_empty());
            let Some(stated) = expression else {
                return Told::Doubt(format!(
                    "{path} states \"{}\", which names no licence that SPDX knows.",
                    excerpt(given)
                ));
            };
            if let Some(other) = all_stated(content).find(|&other| other != given) {
                return Told::Doubt(format!("{path} states {given}, and \"{}\" elsewhere.", excerpt(other)));
            }
            let ids = ids(&stated);
            // All that the file's own expression demands has to be wanted, or be for documentation.
            let covered = |part: &LicenseReq| {
                part.license.id().is_some_and(|id| {
                    is_for_documentation(id.name) || self.allows(&[id.name.to_owned()]) || self.names(id.name)
                })
            };
            if self.allows(&ids) && !stated.evaluate(covered) {
                return Told::Doubt(format!(
                    "{path} states {given}, which demands more than {}.",
                    self.shown
                ));
            }
            return self.beside(path, content, ids, false);
        }
        match licence::recognise(content) {
            Licence::Known(known, _) => {
                let ids = known.iter().map(|&id| id.to_owned()).collect();
                self.beside(path, content, ids, true)
            }
            Licence::Unknown(near) => {
                let near = near.map_or_else(String::new, |(name, score)| {
                    format!(" It is nearest to {name} ({score:.2}, and {:.2} is needed).", licence::THRESHOLD)
                });
                Told::Doubt(format!("The licence in {path} is not recognised.{near}"))
            }
        }
    }

    /// Whether the expression names a licence.
    fn names(&self, name: &str) -> bool {
        self.wanted.requirements().any(|part| part.req.license.id().is_some_and(|id| id.name == name))
    }

    /// What the rest of a file makes of its licences.
    fn beside(&self, path: &str, content: &str, ids: Vec<String>, whole: bool) -> Told {
        let names: Vec<&str> = ids.iter().map(String::as_str).collect();
        let told = licence::beside(content, &names, whole);
        let shown = ids.first().map_or("", String::as_str);
        if let Some(other) = told.licences.iter().find(|name| !is_open(name)) {
            return Told::Doubt(format!(
                "{path} holds the text of {other} beside {shown}; which of them is for what, it is for people to read."
            ));
        }
        match told.rest {
            Rest::Ordinary if told.licences.is_empty() || self.allows(&ids) => Told::Licences(ids),
            Rest::Ordinary => {
                let mut all = ids.clone();
                all.extend(told.licences.iter().map(|&name| name.to_owned()));
                if self.allows(&all) {
                    Told::Doubt(format!(
                        "{path} is {shown} and holds the text of {} too; whether one may choose, it is for people to read.",
                        told.licences.join(", ")
                    ))
                } else {
                    Told::Licences(ids)
                }
            }
            Rest::Restrictive(at) => {
                let said = excerpt(&content[at.clone()]);
                Told::Restricted(ids, at, said)
            }
            Rest::Doubtful(at) => Told::Doubt(format!(
                "{path} says more than {shown}, and that may limit it: \"{}\".",
                excerpt(&content[at])
            )),
            Rest::Missing(words) => {
                Told::Doubt(format!("{path} resembles {shown}, and lacks its words \"{words}\"."))
            }
        }
    }

    fn restricted(&self, entry: &Entry, ids: &[String], at: &Range<usize>, said: &str) -> Violation {
        let have = ids.first().map_or("", String::as_str);
        Violation::new(format!("it is {have} with a restriction (\"{said}\"), and {} is wanted", self.shown))
            .value(format!("{have} with a restriction"))
            .at(Place::File { path: entry.path.clone(), span: span(at) })
    }
}

/// GPL-3.0 in an expression stands for both of its modern names.
fn or_later(asked: &str, have: &str) -> bool {
    have.strip_suffix("-only").or_else(|| have.strip_suffix("-or-later")).is_some_and(|bare| bare == asked)
}

/// Whether a licence lets everybody use, change and pass on, for whatever purpose.
fn is_open(name: &str) -> bool {
    const OPEN: [&str; 9] = [
        "CC-BY-4.0",
        "CC-BY-3.0",
        "CC-BY-SA-4.0",
        "CC-BY-SA-3.0",
        "CC0-1.0",
        "OGL-UK-1.0",
        "OGL-UK-2.0",
        "OGL-UK-3.0",
        "etalab-2.0",
    ];
    OPEN.contains(&name)
        || spdx::license_id(name).is_some_and(|id| id.is_osi_approved() || id.is_fsf_free_libre())
}

/// Licences that are for texts, pictures and data, and stand beside one for software.
fn is_for_documentation(name: &str) -> bool {
    ["CC-BY-4.0", "CC-BY-3.0", "CC-BY-SA-", "CC0-", "OGL-", "etalab-", "OFL-", "GFDL-", "ODbL-", "ODC-By-"]
        .iter()
        .any(|start| name.starts_with(start))
}

/// What a licence file is about, as far as its name tells.
fn about(path: &str) -> About {
    const OTHERS: [&str; 10] = [
        "third",
        "3rd",
        "vendor",
        "vendored",
        "notice",
        "notices",
        "bundled",
        "dependencies",
        "credits",
        "attributions",
    ];
    const DOCUMENTATION: [&str; 16] = [
        "doc",
        "docs",
        "documentation",
        "content",
        "contents",
        "data",
        "font",
        "fonts",
        "image",
        "images",
        "icons",
        "logo",
        "logos",
        "assets",
        "media",
        "artwork",
    ];
    let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric()).peekable();
    let mut about = About::Software;
    while let Some(word) = words.next() {
        if OTHERS.contains(&word) || word == "thirdparty" || word == "3rdparty" {
            return About::Others;
        }
        // `LICENCE.doc` is a format; `LICENCE-DOC` and `LICENCE-docs.md` are about something.
        if DOCUMENTATION.contains(&word)
            && !(word == "doc" && words.peek().is_none() && name.ends_with(".doc"))
        {
            about = About::Documentation;
        }
    }
    about
}

fn span(at: &Range<usize>) -> Span {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Span::new(offset(at.start), offset(at.end))
}

/// A sentence on one line, and not too long.
fn excerpt(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{} …", line[..end].trim_end()),
        None => line,
    }
}

impl Check for LicenceIs {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut files: Vec<(&Entry, About, Told)> = Vec::new();
        for entry in self.files.there(cx) {
            let content = text(cx, entry)?;
            files.push((entry, about(&entry.path), self.read(&entry.path, content.as_str())));
        }
        if files.is_empty() {
            return self.files.lost(cx).map_or(Ok(Looked::Nothing), Err);
        }
        let places = Looked::At(u32::try_from(files.len()).unwrap_or(u32::MAX));
        // What is about something other than the software counts where there is nothing else.
        let ours = |kind: &About| *kind == About::Software;
        let all = !files.iter().any(|(_, kind, _)| ours(kind));
        let counts = |kind: &About| all || ours(kind);

        let ids_of = |wanted: &dyn Fn(&About) -> bool| {
            let mut ids: Vec<String> = Vec::new();
            for (_, kind, told) in &files {
                if let Told::Licences(more) = told
                    && wanted(kind)
                {
                    ids.extend(more.iter().cloned());
                }
            }
            ids
        };
        let ids = ids_of(&counts);
        let clean = self.allows(&ids);
        let of_ours = || files.iter().filter(|(_, kind, _)| counts(kind));
        for (_, _, told) in of_ours() {
            if let Told::Doubt(reason) = told {
                return Err(CannotTell(reason.clone()));
            }
        }
        for (entry, kind, told) in of_ours() {
            let Told::Restricted(ids, at, said) = told else { continue };
            // One of several licences may be for those who want no other.
            if clean || !self.wants_open() || *kind != About::Software {
                found.clear();
                let have = ids.first().map_or("", String::as_str);
                return Err(CannotTell(format!("{} is {have} with a restriction: \"{said}\".", entry.path)));
            }
            found.push(self.restricted(entry, ids, at, said));
        }
        if clean || !found.is_empty() {
            return Ok(places);
        }
        // `MIT AND OGL-UK-3.0`: code and documentation, each in a file of its own.
        let more = ids_of(&|kind| *kind != About::Others);
        if self.allows(&more) {
            let documentation = ids_of(&|kind| *kind == About::Documentation);
            if !self.allows(&documentation) {
                return Ok(places);
            }
        }
        if let Some((entry, ..)) = of_ours().find(|(_, _, told)| matches!(told, Told::Licences(_))) {
            let mut ids = ids;
            ids.sort();
            ids.dedup();
            // The only and the later versions of one licence have one text, which does not say which is meant.
            let bare = |id: &String| id.trim_end_matches("-only").trim_end_matches("-or-later").to_owned();
            let versions = ids.len() == 2 && bare(&ids[0]) == bare(&ids[1]);
            let have = ids.join(if versions { " or " } else { ", " });
            found.push(
                Violation::new(format!("it is {have}, and {} is wanted", self.shown))
                    .value(have)
                    .at(Place::File { path: entry.path.clone(), span: Span::default() }),
            );
        }
        Ok(places)
    }

    fn looks_at(&self, path: &str) -> bool {
        self.files.covers(path)
    }
}

/// What the `SPDX-License-Identifier:` lines of a file say.
fn all_stated(text: &str) -> impl Iterator<Item = &str> {
    text.lines()
        .filter_map(|line| line.split_once("SPDX-License-Identifier:"))
        .map(|(_, value)| value.trim().trim_end_matches("-->").trim_end_matches("*/").trim())
}

/// The first of them.
fn stated(text: &str) -> Option<&str> {
    all_stated(text).next()
}

/// The licences that an expression names.
fn ids(expression: &Expression) -> Vec<String> {
    expression.requirements().filter_map(|part| Some(part.req.license.id()?.name.to_owned())).collect()
}
pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("licence-is", given, &["files", "spdx"])?;
    let shown: String =
        options::need("licence-is", members, "spdx", "an SPDX expression such as MIT OR Apache-2.0")?;
    let wanted = Expression::parse(&shown).map_err(|error| {
        OptionError::new("/spdx", format!("\"{shown}\" is no SPDX expression: {}.", error.reason))
    })?;
    let usual: Vec<String> = USUAL.iter().map(|&name| name.to_owned()).collect();
    let files = match Files::read(members, "files")? {
        Some(files) => files,
        None => Files::new(&usual).map_err(|(_, error)| OptionError::new("/files", error))?,
    };
    Ok(Box::new(LicenceIs { files, wanted, shown }))
}

#[cfg(test)]
mod tests {
    use super::{About, about, excerpt, is_open};

    #[test]
    fn names_tell_what_a_licence_is_for() {
        for name in
            ["LICENCE", "LICENSE.md", "LICENSE-MIT", "COPYING.LESSER", "LICENCE.doc", "a/third/LICENCE"]
        {
            assert!(about(name) == About::Software, "{name}");
        }
        for name in ["LICENCE-DOCS.md", "LICENSE-content", "LICENSE.fonts.txt"] {
            assert!(about(name) == About::Documentation, "{name}");
        }
        for name in ["LICENSE-3RD-PARTY.txt", "LICENSE-THIRD-PARTY", "LICENSE_thirdparty", "LICENSE.vendor"] {
            assert!(about(name) == About::Others, "{name}");
        }
    }

    #[test]
    fn open_is_what_all_may_use_for_any_purpose() {
        for name in ["MIT", "OGL-UK-3.0", "CC-BY-4.0", "GPL-3.0-only", "CC0-1.0", "BSD-3-Clause"] {
            assert!(is_open(name), "{name}");
        }
        for name in ["CC-BY-NC-4.0", "CC-BY-ND-4.0", "BUSL-1.1", "SSPL-1.0", "Elastic-2.0", "JSON"] {
            assert!(!is_open(name), "{name}");
        }
    }

    #[test]
    fn an_excerpt_is_one_short_line() {
        assert_eq!(excerpt("a\n  b"), "a b");
        assert_eq!(excerpt(&"é".repeat(500)), format!("{} …", "é".repeat(120)));
    }
}
