//! YAML 1.2 onto the tree, from granit-parser's events. Aliases and merge keys become edges, never
//! copies. After a common slip the text is patched, byte for byte of the same length, and read
//! again, so that rules run over files that are nearly YAML; the slip is reported all the same.

mod events;
mod scalar;
mod slips;
#[cfg(test)]
mod tests;

use super::{Builder, Document, Format, Limits};
use crate::text::{Problem, Span, Text};
use std::borrow::Cow;
use std::sync::Arc;

/// Times a text is patched and read again.
const ATTEMPTS: usize = 4;

/// Reads a YAML stream. A text without any value has no root and no problem.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut source = Cow::Borrowed(text.as_str());
    let mut slips: Vec<Problem> = Vec::new();
    if let Some((problem, patched)) = slips::control_characters(&source) {
        slips.push(problem);
        source = Cow::Owned(patched);
    }
    // YAML 1.2's rules of indentation first; many readers are laxer, and so is the second reading.
    let mut strict = true;
    for attempt in 0.. {
        let mut builder = Builder::new(Arc::clone(&text), Format::Yaml, limits);
        for slip in &slips {
            builder.problem(slip.clone());
        }
        let failure = events::read(&source, &mut builder, limits, strict);
        let Some(failure) = failure else { return builder.finish() };
        let patch = if attempt < ATTEMPTS { slips::patch(&source, &failure) } else { None };
        match patch {
            Some((problem, patched)) => {
                slips.push(problem);
                source = Cow::Owned(patched);
            }
            None if strict => {
                strict = false;
                let mut lax = Builder::new(Arc::clone(&text), Format::Yaml, limits);
                if events::read(&source, &mut lax, limits, false).is_none() {
                    slips.push(Problem { code: "yaml-indentation", ..slips::name(&source, &failure) });
                }
            }
            None => {
                builder.break_off();
                builder.problem(slips::name(&source, &failure));
                return builder.finish();
            }
        }
    }
    Builder::new(text, Format::Yaml, limits).finish()
}

/// Where reading stopped, and why.
struct Failure {
    at: usize,
    kind: granit_parser::ErrorKind,
    words: String,
}

impl Failure {
    fn span(&self, source: &str) -> Span {
        let at = self.at.min(source.len());
        let end = source[at..]
            .chars()
            .next()
            .map_or(at, |char| if char == '\n' { at } else { at + char.len_utf8() });
        Span::new(at as u32, end as u32)
    }
}
