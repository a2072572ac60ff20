//! `licence-is`: the licence files of the tree satisfy an SPDX expression. Texts are recognised as
//! `crate::value::licence` says; a text that is not recognised gives unknown, never a verdict.

use super::files::{Files, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use crate::value::licence::{self, Licence};
use assize_tree::text::Span;
use serde_json::Value;
use spdx::Expression;

/// Where a licence stands; both spellings.
const USUAL: [&str; 8] =
    ["LICENCE", "LICENSE", "LICENCE.*", "LICENSE.*", "LICENCE-*", "LICENSE-*", "COPYING", "COPYING.*"];

struct LicenceIs {
    files: Files,
    wanted: Expression,
    shown: String,
}

impl LicenceIs {
    fn allows(&self, ids: &[String]) -> bool {
        self.wanted.evaluate(|asked| {
            asked
                .license
                .id()
                .is_some_and(|id| ids.iter().any(|have| have == id.name || or_later(id.name, have)))
        })
    }
}

/// GPL-3.0 in an expression stands for both of its modern names.
fn or_later(asked: &str, have: &str) -> bool {
    have.strip_suffix("-only").or_else(|| have.strip_suffix("-or-later")).is_some_and(|bare| bare == asked)
}

impl Check for LicenceIs {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut ids: Vec<String> = Vec::new();
        let mut first = None;
        let mut doubt = None;
        let mut places = 0;
        for entry in self.files.there(cx) {
            places += 1;
            let content = text(cx, entry)?;
            if let Some(stated) = stated(content.as_str()) {
                ids.extend(stated);
                first.get_or_insert(entry);
                continue;
            }
            match licence::recognise(content.as_str()) {
                Licence::Known(known, _) => {
                    ids.extend(known.iter().map(|&id| id.to_owned()));
                    first.get_or_insert(entry);
                }
                Licence::Unknown(near) => {
                    let near = near.map_or_else(String::new, |(name, score)| {
                        format!(
                            " It is nearest to {name} ({score:.2}, and {:.2} is needed).",
                            licence::THRESHOLD
                        )
                    });
                    doubt.get_or_insert(format!("The licence in {} is not recognised.{near}", entry.path));
                }
            }
        }
        if places == 0 {
            return self.files.lost(cx).map_or(Ok(Looked::Nothing), Err);
        }
        if self.allows(&ids) {
            return Ok(Looked::At(places));
        }
        if let Some(doubt) = doubt {
            return Err(CannotTell(doubt));
        }
        if let Some(entry) = first {
            ids.sort();
            let have = ids.join(", ");
            found.push(
                Violation::new(format!("it is {have}, and {} is wanted", self.shown))
                    .value(have)
                    .at(Place::File { path: entry.path.clone(), span: Span::default() }),
            );
        }
        Ok(Looked::At(places))
    }

    fn looks_at(&self, path: &str) -> bool {
        self.files.covers(path)
    }
}

/// The identifiers of an `SPDX-License-Identifier:` line, where the file has one that can be read.
fn stated(text: &str) -> Option<Vec<String>> {
    let line = text.lines().take(20).find_map(|line| line.split_once("SPDX-License-Identifier:"))?.1;
    let expression =
        Expression::parse(line.trim().trim_end_matches("-->").trim_end_matches("*/").trim()).ok()?;
    let ids: Vec<String> =
        expression.requirements().filter_map(|part| Some(part.req.license.id()?.name.to_owned())).collect();
    (!ids.is_empty()).then_some(ids)
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
