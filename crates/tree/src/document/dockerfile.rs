//! Dockerfiles: `{ instructions: [{ keyword, flags, arguments, text }], stages: [{ image, stage, name,
//! base }] }`. Keywords are in upper case; `arguments` is what stands behind keyword and flags, with
//! continued lines joined; of a `FROM`, `stage` says that the image is an earlier stage of the file or
//! `scratch`, `base` that the image is one from outside.

use super::lines::{Parts, lines};
use super::{Builder, Document, Format, Kind, Limits};
use crate::text::Text;
use std::collections::HashSet;
use std::sync::Arc;

/// An instruction with the lines it stands on.
struct Instruction<'t> {
    keyword: &'t str,
    flags: Vec<&'t str>,
    /// From behind the flags to the end of its last line.
    body: &'t str,
    /// The same with continued lines joined, without comments.
    joined: String,
}

/// Reads a Dockerfile. Here-documents are part of their instruction.
#[must_use]
pub fn parse(text: Arc<Text>, limits: Limits) -> Document {
    let mut parts = Parts::new(Builder::new(Arc::clone(&text), Format::Dockerfile, limits));
    let source = text.as_str();
    if source.trim().is_empty() {
        return parts.tree.finish();
    }
    let found = instructions(source);
    parts.open_item(Kind::Object, source);
    parts.open("instructions", Kind::Array, source);
    for one in &found {
        if parts.tree.is_full() {
            break;
        }
        parts.open_item(Kind::Object, one.keyword);
        parts.decoded("keyword", &one.keyword.to_ascii_uppercase(), one.keyword);
        parts.open("flags", Kind::Array, one.keyword);
        one.flags.iter().for_each(|flag| parts.item(flag));
        parts.close(one.keyword);
        parts.decoded("arguments", one.joined.trim(), one.body);
        parts.close(one.body);
    }
    parts.close(source);
    stages(&mut parts, source, &found);
    parts.close(source);
    parts.tree.finish()
}

fn stages(parts: &mut Parts, source: &str, found: &[Instruction<'_>]) {
    parts.open("stages", Kind::Array, source);
    let mut names: HashSet<String> = HashSet::new();
    for from in found.iter().filter(|one| one.keyword.eq_ignore_ascii_case("FROM")) {
        let words: Vec<&str> = from.body.split_whitespace().filter(|word| *word != "\\").collect();
        let Some(&image) = words.first() else { continue };
        let earlier = image == "scratch" || names.contains(&image.to_ascii_lowercase());
        parts.open_item(Kind::Object, image);
        parts.member("image", image);
        parts.truth("stage", earlier, image);
        parts.truth("base", !earlier, image);
        if let [_, word, name, ..] = words[..]
            && word.eq_ignore_ascii_case("as")
        {
            parts.member("name", name);
            names.insert(name.to_ascii_lowercase());
        }
        parts.close(from.body);
    }
    parts.close(source);
}

/// The instructions of a file.
fn instructions(source: &str) -> Vec<Instruction<'_>> {
    let escape = escape(source);
    let mut found = Vec::new();
    let mut rest = lines(source).peekable();
    while let Some(line) = rest.next() {
        let trimmed = line.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        let keyword = trimmed.split_whitespace().next().unwrap_or_default();
        let mut body = trimmed[keyword.len()..].trim_start();
        let mut flags = Vec::new();
        while let Some(flag) = body.split_whitespace().next().filter(|word| word.starts_with("--")) {
            flags.push(flag);
            body = body[flag.len()..].trim_start();
        }
        let mut joined = String::new();
        let mut last = line;
        let mut piece = body;
        while let Some(start) = continued(piece, escape) {
            joined.push_str(start);
            // Comments and empty lines within a continued instruction are passed over.
            let next = rest.by_ref().find(|line| {
                let line = line.trim_start();
                !line.is_empty() && !line.starts_with('#')
            });
            let Some(next) = next else {
                piece = "";
                break;
            };
            last = next;
            piece = next.trim_start();
            joined.push(' ');
        }
        joined.push_str(piece);
        for end in here_documents(keyword, &joined) {
            for line in rest.by_ref() {
                joined.push('\n');
                joined.push_str(line);
                last = line;
                if line.trim_start_matches('\t') == end {
                    break;
                }
            }
        }
        found.push(Instruction { keyword, flags, body: up_to(source, body, last), joined });
    }
    found
}

/// The part of a text from where one part begins to where another ends.
fn up_to<'t>(source: &'t str, from: &str, to: &str) -> &'t str {
    let offset = |part: &str| (part.as_ptr() as usize).wrapping_sub(source.as_ptr() as usize);
    source.get(offset(from)..offset(to) + to.len()).unwrap_or_default()
}

/// The line without the sign that it goes on, where it does.
fn continued(line: &str, escape: char) -> Option<&str> {
    line.trim_end().strip_suffix(escape)
}

/// The sign of continuation: a directive at the top of the file may make it a backtick.
fn escape(source: &str) -> char {
    let directives = lines(source).map(str::trim).take_while(|line| line.starts_with('#'));
    let told = directives.filter_map(|line| {
        let (name, value) = line.trim_start_matches('#').split_once('=')?;
        name.trim().eq_ignore_ascii_case("escape").then(|| value.trim().chars().next())?
    });
    told.last().filter(|char| *char == '`').unwrap_or('\\')
}

/// The words that end the here-documents of an instruction: `<<EOF`, `<<-"EOF"`.
fn here_documents(keyword: &str, arguments: &str) -> Vec<String> {
    let takes = ["RUN", "COPY", "ADD"].iter().any(|one| keyword.eq_ignore_ascii_case(one));
    if !takes {
        return Vec::new();
    }
    arguments
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("<<"))
        .map(|word| super::lines::unquoted(word.trim_start_matches('-')).to_owned())
        .filter(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Document {
        parse(Arc::new(Text::from(text)), Limits::default())
    }

    #[test]
    fn instructions_and_stages() {
        let document = read(
            "# syntax=docker/dockerfile:1\nARG V=1\nFROM --platform=linux/amd64 node:20@sha256:ab AS build\nrun npm ci \\\n  # why\n  && npm test\n\nFROM build AS test\nFROM scratch\nRUN <<EOF\napt-get update\nEOF\nUSER app\n",
        );
        let value = document.to_value(document.root().unwrap());
        assert_eq!(
            value["stages"],
            json!([
                { "image": "node:20@sha256:ab", "stage": false, "base": true, "name": "build" },
                { "image": "build", "stage": true, "base": false, "name": "test" },
                { "image": "scratch", "stage": true, "base": false },
            ])
        );
        let told = value["instructions"].as_array().unwrap();
        assert_eq!(told[1]["flags"], json!(["--platform=linux/amd64"]));
        assert_eq!(told[2], json!({ "keyword": "RUN", "flags": [], "arguments": "npm ci  && npm test" }));
        assert_eq!(told[5]["arguments"], "<<EOF\napt-get update\nEOF");
        assert_eq!(told[6], json!({ "keyword": "USER", "flags": [], "arguments": "app" }));
        let image = document.pointer(document.root().unwrap(), "/stages/0/image").unwrap();
        assert_eq!(document.raw(image), "node:20@sha256:ab");
    }

    #[test]
    fn odd_files_end() {
        assert!(read("\n").root().is_none());
        let document = read("# escape=`\nFROM a `\n");
        assert_eq!(document.to_value(document.root().unwrap())["stages"][0]["image"], "a");
        for text in ["RUN <<EOF\nnever ended", "FROM", "RUN a \\", "\\", "FROM \\\n  b"] {
            assert!(read(text).root().is_some(), "{text}");
        }
    }
}
