//! `file-exists` and `file-absent`: short forms over the repository document.

use super::files::{Files, is_emptied};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use crate::workspace::{Entry, Skip};
use assize_tree::text::Span;
use serde_json::Value;

struct Exists {
    any: Files,
    non_empty: bool,
}

impl Check for Exists {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut empty = None;
        for entry in self.any.all(cx) {
            let Some(file) = cx.workspace.behind(entry) else { continue };
            if !self.non_empty || file.size > 0 && !is_blank(cx, file) {
                return Ok(Looked::At(1));
            }
            empty.get_or_insert(file);
        }
        if let Some(lost) = self.any.lost(cx) {
            return Err(lost);
        }
        // What was in a file that should not be empty, nobody can see here.
        if let Some(entry) = empty.filter(|entry| is_emptied(entry)) {
            return Err(CannotTell(format!("{} is empty.", entry.path)));
        }
        found.push(match empty {
            Some(entry) => Violation::new(format!(
                "{} {}",
                entry.path,
                if entry.size == 0 { "is empty" } else { "holds nothing but white space" }
            ))
            .at(Place::File { path: entry.path.clone(), span: Span::default() }),
            None => Violation::new(format!("there is no {}", self.any.shown)).at(Place::Repository),
        });
        Ok(Looked::At(1))
    }

    fn looks_at(&self, path: &str) -> bool {
        self.any.covers(path)
    }
}

/// Bytes of white space that anybody would leave in a file that is to say nothing.
const BLANK: u64 = 64 << 10;

/// Whether a file holds nothing that could be read: white space and marks without a width.
fn is_blank(cx: &Context<'_>, entry: &Entry) -> bool {
    let blank = |char: char| {
        char.is_whitespace() || matches!(char, '\u{FEFF}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
    };
    // What is no text, such as a picture, is not blank.
    entry.size <= BLANK && cx.workspace.text(&entry.path).is_ok_and(|text| text.as_str().chars().all(blank))
}

struct Absent {
    any: Files,
}

impl Check for Absent {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        for entry in self.any.all(cx).filter(|entry| entry.skip != Some(Skip::Vendored)) {
            let violation =
                Violation::new(format!("{} should not be there", entry.path)).value(entry.path.clone());
            found.push(violation.at(Place::File { path: entry.path.clone(), span: Span::default() }));
        }
        Ok(Looked::At(1))
    }
}

pub(super) fn exists(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("file-exists", given, &["any", "nonEmpty"])?;
    let any = Files::read(members, "any")?.ok_or_else(|| {
        OptionError::new("", "The check \"file-exists\" needs the option \"any\": a list of globs.")
    })?;
    Ok(Box::new(Exists {
        any,
        non_empty: options::get(members, "nonEmpty", "true or false")?.unwrap_or(false),
    }))
}

pub(super) fn absent(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("file-absent", given, &["any"])?;
    let any = Files::read(members, "any")?.ok_or_else(|| {
        OptionError::new("", "The check \"file-absent\" needs the option \"any\": a list of globs.")
    })?;
    Ok(Box::new(Absent { any }))
}
