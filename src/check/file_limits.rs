//! `file-limits`: how large files may be, and whether they may be binary.

use super::files::{Files, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use crate::workspace::Skip;
use assize_tree::text::Span;
use serde_json::Value;

struct FileLimits {
    files: Files,
    max_bytes: Option<u64>,
    allow_binary: bool,
}

impl Check for FileLimits {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut places = 0;
        for entry in
            self.files.all(cx).filter(|entry| !matches!(entry.skip, Some(Skip::Link | Skip::Vendored)))
        {
            places += 1;
            let place = Place::File { path: entry.path.clone(), span: Span::default() };
            if let Some(max) = self.max_bytes
                && entry.size > max
            {
                found.push(
                    Violation::new(format!("{} has {} bytes, more than {max}", entry.path, entry.size))
                        .value(entry.size.to_string())
                        .at(place),
                );
            } else if !self.allow_binary && entry.size > 0 && is_binary(cx, entry) {
                found.push(
                    Violation::new(format!("{} is binary", entry.path)).value(entry.path.clone()).at(place),
                );
            }
        }
        Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) })
    }
}

/// Not text, or text with NUL in it.
fn is_binary(cx: &Context<'_>, entry: &crate::workspace::Entry) -> bool {
    text(cx, entry).map_or(true, |text| text.as_str().bytes().take(8192).any(|byte| byte == 0))
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("file-limits", given, &["files", "maxBytes", "allowBinary"])?;
    let everything =
        || Files::new(&["**".to_owned()]).map_err(|(_, error)| OptionError::new("/files", error));
    let files = Files::read(members, "files")?.map_or_else(everything, Ok)?;
    Ok(Box::new(FileLimits {
        files,
        max_bytes: options::get(members, "maxBytes", "a number of bytes")?,
        allow_binary: options::get(members, "allowBinary", "true or false")?.unwrap_or(true),
    }))
}
