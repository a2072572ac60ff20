//! `heading-present`: one of some headings stands in a Markdown file. Headings are those of the
//! parsed file: a line in a code block is none.

use super::files::{Files, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use assize_tree::document::{Format, Limits, detect};
use assize_tree::pattern::Pattern;
use assize_tree::text::Span;
use serde_json::Value;

struct HeadingPresent {
    files: Files,
    texts: Vec<String>,
    patterns: Vec<Pattern>,
    shown: String,
}

impl Check for HeadingPresent {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut first = None;
        for entry in self.files.there(cx) {
            let document = detect::parse(Format::Markdown, text(cx, entry)?, Limits::default());
            let headings = document.root().and_then(|root| document.get(root, "headings"));
            for heading in headings.into_iter().flat_map(|headings| document.items(headings)) {
                let Some(heading) = document.get(heading, "text").and_then(|text| document.str(text)) else {
                    continue;
                };
                if self.is_wanted(heading.trim())? {
                    return Ok(Looked::At(1));
                }
            }
            first.get_or_insert_with(|| entry.path.clone());
        }
        if let Some(lost) = self.files.lost(cx) {
            return Err(lost);
        }
        let Some(path) = first else { return Ok(Looked::Nothing) };
        found.push(
            Violation::new(format!("no heading is {}", self.shown))
                .at(Place::File { path, span: Span::default() }),
        );
        Ok(Looked::At(1))
    }

    fn looks_at(&self, path: &str) -> bool {
        self.files.covers(path)
    }
}

impl HeadingPresent {
    fn is_wanted(&self, heading: &str) -> Result<bool, CannotTell> {
        if self.texts.iter().any(|text| text.eq_ignore_ascii_case(heading)) {
            return Ok(true);
        }
        for pattern in &self.patterns {
            if pattern.is_match(heading).map_err(|error| CannotTell(error.to_string()))? {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let name = "heading-present";
    let members = options::object(name, given, &["files", "any"])?;
    let files = Files::read(members, "files")?.ok_or_else(|| {
        OptionError::new("", "The check \"heading-present\" needs the option \"files\": a list of globs.")
    })?;
    let any: Vec<String> =
        options::need(name, members, "any", "a list of headings, or of patterns such as /^licen[cs]e/i")?;
    let (mut texts, mut patterns) = (Vec::new(), Vec::new());
    for (at, wanted) in any.iter().enumerate() {
        if wanted.len() > 1 && wanted.starts_with('/') && wanted[1..].contains('/') {
            patterns.push(Pattern::new(wanted).map_err(|error| {
                OptionError::new(
                    format!("/any/{at}"),
                    format!("The regular expression cannot be read: {error}"),
                )
            })?);
        } else {
            texts.push(wanted.clone());
        }
    }
    Ok(Box::new(HeadingPresent { files, texts, patterns, shown: any.join(" or ") }))
}
