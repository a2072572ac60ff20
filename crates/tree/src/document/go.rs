//! Go's `go.mod`, `{ module, go, toolchain, require: [{ path, version, indirect }], replace: [{ path,
//! version, by, byVersion }], exclude: [{ path, version }] }`, and `go.sum`, `{ modules: [{ path,
//! version, goMod, hash }] }`.

use super::lines::{Parts, lines, unquoted};
use super::{Builder, Document, Format, Kind, Limits};
use crate::text::Text;
use std::sync::Arc;

/// Reads a `go.mod`.
#[must_use]
pub fn parse_mod(text: Arc<Text>, limits: Limits) -> Document {
    let mut parts = Parts::new(Builder::new(Arc::clone(&text), Format::GoMod, limits));
    let source = text.as_str();
    if source.trim().is_empty() {
        return parts.tree.finish();
    }
    // Directives by their verb: each its words and its comment. A block is a directive for each line.
    let mut block = None;
    let mut found: Vec<(&str, Vec<&str>, &str)> = Vec::new();
    for line in lines(source) {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words: Vec<&str> = code.split_whitespace().collect();
        match (block, &words[..]) {
            (_, []) => continue,
            (Some(_), [")"]) => block = None,
            (None, [verb, "("]) => block = Some(*verb),
            (Some(verb), _) => found.push((verb, words, comment)),
            (None, _) => {
                let verb = words.remove(0);
                found.push((verb, words, comment));
            }
        }
    }
    parts.open_item(Kind::Object, source);
    for single in ["module", "go", "toolchain"] {
        if let Some((_, words, _)) =
            found.iter().find(|(verb, words, _)| *verb == single && !words.is_empty())
        {
            parts.member(single, unquoted(words[0]));
        }
    }
    for list in ["require", "replace", "exclude"] {
        parts.open(list, Kind::Array, source);
        for (_, words, comment) in found.iter().filter(|(verb, words, _)| *verb == list && !words.is_empty())
        {
            if parts.tree.is_full() {
                break;
            }
            let arrow = words.iter().position(|word| *word == "=>").unwrap_or(words.len());
            parts.open_item(Kind::Object, words[0]);
            parts.member("path", unquoted(words[0]));
            if let Some(version) = words[..arrow].get(1) {
                parts.member("version", version);
            }
            for (key, word) in ["by", "byVersion"].into_iter().zip(words.iter().skip(arrow + 1)) {
                parts.member(key, unquoted(word));
            }
            if list == "require" {
                parts.truth("indirect", comment.trim() == "indirect", words[0]);
            }
            parts.close(words[words.len() - 1]);
        }
        parts.close(source);
    }
    parts.close(source);
    parts.tree.finish()
}

/// Reads a `go.sum`.
#[must_use]
pub fn parse_sum(text: Arc<Text>, limits: Limits) -> Document {
    let mut parts = Parts::new(Builder::new(Arc::clone(&text), Format::GoSum, limits));
    let source = text.as_str();
    if source.trim().is_empty() {
        return parts.tree.finish();
    }
    parts.open_item(Kind::Object, source);
    parts.open("modules", Kind::Array, source);
    for line in lines(source) {
        let [path, version, hash] = line.split_whitespace().collect::<Vec<_>>()[..] else { continue };
        if parts.tree.is_full() {
            break;
        }
        parts.open_item(Kind::Object, path);
        parts.member("path", path);
        parts.member("version", version.strip_suffix("/go.mod").unwrap_or(version));
        parts.truth("goMod", version.ends_with("/go.mod"), version);
        parts.member("hash", hash);
        parts.close(hash);
    }
    parts.close(source);
    parts.close(source);
    parts.tree.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn modules_and_what_they_need() {
        let text = "module \"example.org/a\" // it\n\ngo 1.22\n\nrequire (\n\tgolang.org/x/net v0.1.0\n\texample.org/b v2.0.0+incompatible // indirect\n)\nrequire example.org/c v1.0.0\nreplace example.org/c => ../c\nreplace example.org/d v1.0.0 => example.org/e v1.1.0\n";
        let document = parse_mod(Arc::new(Text::from(text)), Limits::default());
        assert_eq!(
            document.to_value(document.root().unwrap()),
            json!({
                "module": "example.org/a", "go": "1.22",
                "require": [
                    { "path": "golang.org/x/net", "version": "v0.1.0", "indirect": false },
                    { "path": "example.org/b", "version": "v2.0.0+incompatible", "indirect": true },
                    { "path": "example.org/c", "version": "v1.0.0", "indirect": false },
                ],
                "replace": [
                    { "path": "example.org/c", "by": "../c" },
                    { "path": "example.org/d", "version": "v1.0.0", "by": "example.org/e", "byVersion": "v1.1.0" },
                ],
                "exclude": [],
            })
        );
        let version = document.pointer(document.root().unwrap(), "/require/0/version").unwrap();
        assert_eq!(document.raw(version), "v0.1.0");
    }

    #[test]
    fn sums() {
        let text = "a.org/b v1.0.0 h1:x=\na.org/b v1.0.0/go.mod h1:y=\nbroken\n";
        let document = parse_sum(Arc::new(Text::from(text)), Limits::default());
        assert_eq!(
            document.to_value(document.root().unwrap()),
            json!({ "modules": [
                { "path": "a.org/b", "version": "v1.0.0", "goMod": false, "hash": "h1:x=" },
                { "path": "a.org/b", "version": "v1.0.0", "goMod": true, "hash": "h1:y=" },
            ] })
        );
    }
}
