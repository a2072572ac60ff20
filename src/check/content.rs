//! `content-matches` and `content-absent`: what stands, or must not stand, in the text of files.
//! An empty file is nothing to look at: it proves neither.

use super::files::{Files, is_emptied, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use crate::workspace::{Entry, ReadError, Role, role};
use assize_tree::pattern::Pattern;
use assize_tree::text::Span;
use rayon::prelude::*;
use serde_json::{Map, Value};
use std::borrow::Cow;

/// Findings of one rule in one file; more say nothing new.
const MOST: usize = 20;

struct Matches {
    files: Files,
    any: Vec<Pattern>,
    every: bool,
    /// Files whose mere presence is enough.
    or_files: Option<Files>,
    shown: String,
}

impl Check for Matches {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        if let Some(files) = &self.or_files
            && !files.there(cx).is_empty()
        {
            return Ok(Looked::At(1));
        }
        let mut places = 0;
        let mut unread = None;
        for entry in self.files.there(cx) {
            let content = match text(cx, entry) {
                Ok(content) => content,
                Err(error) => {
                    unread = Some(error);
                    continue;
                }
            };
            places += 1;
            let mut matched = false;
            let seen =
                if self.every { Cow::Borrowed(content.as_str()) } else { visible(entry, content.as_str()) };
            for pattern in &self.any {
                matched |= pattern
                    .is_match(&seen)
                    .map_err(|error| CannotTell(format!("{}: {error}", entry.path)))?;
            }
            if matched && !self.every {
                return Ok(Looked::At(places));
            }
            if !matched && self.every {
                let violation = Violation::new(format!("nothing in {} matches {}", entry.path, self.shown));
                found.push(violation.at(Place::File { path: entry.path.clone(), span: Span::default() }));
            }
        }
        // What could not be read might have held it, and so might a file that was emptied.
        if let Some(error) = unread.or_else(|| self.files.lost(cx)) {
            return Err(error);
        }
        if !self.every
            && let Some(empty) = self.files.all(cx).find(|entry| {
                cx.workspace.behind(entry).is_some_and(|file| file.skip.is_none() && file.size == 0)
            })
        {
            return Err(CannotTell(format!("{} is empty, and nothing else matches.", empty.path)));
        }
        let looked = places > 0 || self.or_files.is_some();
        if looked && !self.every {
            // Of the one file that should hold it the finding can name the place; where others might
            // hold it as well, none is at fault.
            let mut files = self.files.there(cx).into_iter();
            let place = match (files.next(), files.next()) {
                (Some(only), None) if self.files.one_name || text_of_people(&only.path) => {
                    Place::File { path: only.path.clone(), span: Span::default() }
                }
                _ => Place::Repository,
            };
            let violation = Violation::new(format!("nothing in {} matches {}", self.files.shown, self.shown));
            found.push(violation.at(place));
        }
        Ok(if looked { Looked::At(places.max(1)) } else { Looked::Nothing })
    }

    fn blind(&self, cx: &Context<'_>) -> Vec<String> {
        // Where one match is enough, an empty file matters only if nothing matched: then `run` said so.
        let emptied = self.files.all(cx).filter(|entry| self.every && is_emptied(entry));
        emptied.map(|entry| entry.path.clone()).collect()
    }

    fn looks_at(&self, path: &str) -> bool {
        self.files.covers(path) || self.or_files.as_ref().is_some_and(|files| files.covers(path))
    }
}

/// Whether a file is Markdown or HTML, which people read.
fn text_of_people(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| {
        ["md", "markdown", "mdx", "html", "htm"].iter().any(|known| ending.eq_ignore_ascii_case(known))
    })
}

/// What readers see of a file: in Markdown and HTML a comment says nothing to anybody. Where every file
/// has to hold something (a header, say), comments count.
fn visible<'t>(entry: &Entry, content: &'t str) -> Cow<'t, str> {
    if !content.contains("<!--") || !text_of_people(&entry.path) {
        return Cow::Borrowed(content);
    }
    let mut seen = String::with_capacity(content.len());
    let mut rest = content;
    while let Some((before, comment)) = rest.split_once("<!--") {
        seen.push_str(before);
        // A comment that is never closed hides all that follows.
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    seen.push_str(rest);
    Cow::Owned(seen)
}

struct Absent {
    files: Files,
    except: Option<Files>,
    /// Whether files of tests are looked at.
    tests: bool,
    any: Vec<Pattern>,
    /// What a file must hold to be looked at at all: what the rule is about.
    of: Option<Pattern>,
    /// What a match may be, though it matches: documented examples.
    allow: Option<Pattern>,
    /// The matched text is never shown.
    mask: bool,
}

impl Absent {
    fn wanted(&self, entry: &Entry) -> bool {
        (self.tests || role(&entry.path, entry.skip) != Some(Role::Test))
            && !self.except.as_ref().is_some_and(|except| except.covers(&entry.path))
    }

    /// What one file holds; `None` where it is no text, or nothing that the rule is about.
    fn look(&self, cx: &Context<'_>, entry: &Entry) -> Result<Option<Vec<Violation>>, CannotTell> {
        let content = match cx.workspace.text(&entry.path) {
            Ok(content) | Err(ReadError::Encoding(_, Some(content))) => content,
            // No text: nothing that a pattern over text could find.
            Err(ReadError::Encoding(_, None)) => return Ok(None),
            Err(_) => return text(cx, entry).map(|_| None),
        };
        let content = content.as_str();
        let mut found = Vec::new();
        let failed = |error: &dyn std::fmt::Display| CannotTell(format!("{}: {error}", entry.path));
        if let Some(of) = &self.of
            && !of.is_match(content).map_err(|error| failed(&error))?
        {
            return Ok(None);
        }
        for pattern in &self.any {
            let mut from = 0;
            while found.len() < MOST
                && let Some((start, end)) =
                    pattern.find_from(content, from).map_err(|error| failed(&error))?
            {
                let value = &content[start..end];
                // An empty match must not be found again.
                from = if end > start {
                    end
                } else {
                    end + content[end..].chars().next().map_or(1, char::len_utf8)
                };
                if let Some(allow) = &self.allow
                    && allow.is_match(value).map_err(|error| failed(&error))?
                {
                    continue;
                }
                // Patterns begin at the start of a line; the place is that of what stands there.
                let indent = value.len() - value.trim_start().len();
                let (start, value) = (start + indent, value.trim());
                let end = start + value.len();
                let shown = if self.mask { masked(value) } else { value.to_owned() };
                let violation = Violation::new(format!("{shown:?} should not stand here")).value(shown);
                found.push(
                    violation.at(Place::File {
                        path: entry.path.clone(),
                        span: Span::new(start as u32, end as u32),
                    }),
                );
            }
        }
        Ok(Some(found))
    }
}

/// The first four characters of a secret tell its kind; the rest nobody needs to see again.
fn masked(value: &str) -> String {
    if value.starts_with("-----BEGIN") {
        return "a private key".to_owned();
    }
    let start: String = value.chars().take(4).collect();
    format!("{start}…")
}

impl Check for Absent {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let files: Vec<&Entry> = self.files.filled(cx).filter(|entry| self.wanted(entry)).collect();
        let results: Vec<Result<Option<Vec<Violation>>, CannotTell>> =
            files.par_iter().with_min_len(16).map(|entry| self.look(cx, entry)).collect();
        let mut places = 0;
        let mut unread = None;
        for result in results {
            match result {
                Ok(Some(violations)) => {
                    places += 1;
                    found.extend(violations);
                }
                Ok(None) => {}
                Err(error) => unread = Some(error),
            }
        }
        match unread {
            Some(error) if found.is_empty() => Err(error),
            _ => Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) }),
        }
    }

    fn blind(&self, cx: &Context<'_>) -> Vec<String> {
        let emptied = self.files.all(cx).filter(|entry| is_emptied(entry) && self.wanted(entry));
        emptied.map(|entry| entry.path.clone()).collect()
    }
}

fn patterns(
    name: &str,
    members: &Map<String, Value>,
    cx: &Compile<'_>,
) -> Result<(Files, Vec<Pattern>, String), OptionError> {
    let read = if cx.tested { Pattern::known } else { Pattern::new };
    let files = Files::read(members, "files")?.ok_or_else(|| {
        OptionError::new("", format!("The check \"{name}\" needs the option \"files\": a list of globs."))
    })?;
    let sources: Vec<String> = options::need(name, members, "any", "a list of regular expressions")?;
    let mut any = Vec::new();
    for (at, source) in sources.iter().enumerate() {
        any.push(read(source).map_err(|error| {
            OptionError::new(format!("/any/{at}"), format!("The regular expression cannot be read: {error}"))
        })?);
    }
    Ok((files, any, sources.join(" or ")))
}

pub(super) fn matches(given: &Value, cx: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("content-matches", given, &["files", "any", "every", "orFiles"])?;
    let (files, any, shown) = patterns("content-matches", members, cx)?;
    let every = options::get(members, "every", "true or false")?.unwrap_or(false);
    let or_files = Files::read(members, "orFiles")?;
    if every && or_files.is_some() {
        return Err(OptionError::new(
            "/orFiles",
            "The options \"every\" and \"orFiles\" exclude each other.",
        ));
    }
    Ok(Box::new(Matches { files, any, shown, every, or_files }))
}

pub(super) fn absent(given: &Value, cx: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object(
        "content-absent",
        given,
        &["files", "except", "tests", "of", "any", "allow", "mask"],
    )?;
    let (files, any, _) = patterns("content-absent", members, cx)?;
    let pattern = |name: &str| {
        options::get::<String>(members, name, "a regular expression")?
            .map(|source| Pattern::new(&source))
            .transpose()
            .map_err(|error| OptionError::new(format!("/{name}"), error.to_string()))
    };
    let (of, allow) = (pattern("of")?, pattern("allow")?);
    Ok(Box::new(Absent {
        files,
        except: Files::read(members, "except")?,
        tests: options::get(members, "tests", "true or false")?.unwrap_or(true),
        of,
        any,
        allow,
        mask: options::get(members, "mask", "true or false")?.unwrap_or(false),
    }))
}
