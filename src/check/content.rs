//! `content-matches` and `content-absent`: what stands, or must not stand, in the text of files.
//! An empty file is nothing to look at: it proves neither.

use super::files::{Files, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use assize_tree::pattern::Pattern;
use assize_tree::text::Span;
use serde_json::{Map, Value};

/// Findings of one rule in one file; more say nothing new.
const MOST: usize = 20;

struct Matches {
    files: Files,
    any: Vec<Pattern>,
    every: bool,
    shown: String,
}

impl Check for Matches {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut places = 0;
        let mut unread = None;
        for entry in self.files.filled(cx) {
            let content = match text(cx, entry) {
                Ok(content) => content,
                Err(error) => {
                    unread = Some(error);
                    continue;
                }
            };
            places += 1;
            let mut matched = false;
            for pattern in &self.any {
                matched |=
                    pattern.is_match(content.as_str()).map_err(|error| CannotTell(error.to_string()))?;
            }
            if matched && !self.every {
                return Ok(Looked::At(places));
            }
            if !matched && self.every {
                let violation = Violation::new(format!("nothing in {} matches {}", entry.path, self.shown));
                found.push(violation.at(Place::File { path: entry.path.clone(), span: Span::default() }));
            }
        }
        // What could not be read might have held it.
        if let Some(error) = unread {
            return Err(error);
        }
        if places > 0 && !self.every {
            let first = self.files.filled(cx).next().map(|entry| entry.path.clone());
            let violation = Violation::new(format!("nothing in {} matches {}", self.files.shown, self.shown));
            found.push(
                violation
                    .at(first.map_or(Place::Repository, |path| Place::File { path, span: Span::default() })),
            );
        }
        Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) })
    }
}

struct Absent {
    files: Files,
    any: Vec<Pattern>,
}

impl Check for Absent {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut places = 0;
        let mut unread = None;
        for entry in self.files.filled(cx) {
            let content = match text(cx, entry) {
                Ok(content) => content,
                Err(error) => {
                    unread = Some(error);
                    continue;
                }
            };
            places += 1;
            let mut in_file = 0;
            for pattern in &self.any {
                let mut from = 0;
                while in_file < MOST
                    && let Some((start, end)) = pattern
                        .find(&content.as_str()[from..])
                        .map_err(|error| CannotTell(error.to_string()))?
                {
                    let (start, end) = (from + start, from + end);
                    let value = &content.as_str()[start..end];
                    let violation = Violation::new(format!("{value:?} should not stand here")).value(value);
                    found.push(violation.at(Place::File {
                        path: entry.path.clone(),
                        span: Span::new(start as u32, end as u32),
                    }));
                    in_file += 1;
                    // An empty match must not be found again.
                    from = if end > start {
                        end
                    } else {
                        end + content.as_str()[end..].chars().next().map_or(1, char::len_utf8)
                    };
                    if from >= content.as_str().len() {
                        break;
                    }
                }
            }
        }
        match unread {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) }),
        }
    }
}

fn patterns(name: &str, members: &Map<String, Value>) -> Result<(Files, Vec<Pattern>, String), OptionError> {
    let files = Files::read(members, "files")?.ok_or_else(|| {
        OptionError::new("", format!("The check \"{name}\" needs the option \"files\": a list of globs."))
    })?;
    let sources: Vec<String> = options::need(name, members, "any", "a list of regular expressions")?;
    let mut any = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        any.push(Pattern::new(source).map_err(|error| {
            OptionError::new(format!("/any/{at}"), format!("The regular expression cannot be read: {error}"))
        })?);
    }
    Ok((files, any, sources.join(" or ")))
}

pub(super) fn matches(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("content-matches", given, &["files", "any", "every"])?;
    let (files, any, shown) = patterns("content-matches", members)?;
    Ok(Box::new(Matches {
        files,
        any,
        shown,
        every: options::get(members, "every", "true or false")?.unwrap_or(false),
    }))
}

pub(super) fn absent(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("content-absent", given, &["files", "any"])?;
    let (files, any, _) = patterns("content-absent", members)?;
    Ok(Box::new(Absent { files, any }))
}
