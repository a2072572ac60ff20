//! Rules of a Spectral ruleset, compiled into a plan beside those of packs.

use super::report::{PackInfo, RuleInfo};
use super::rule::{Body, Rule, Then};
use crate::check::{self, Compile};
use crate::finding::Severity;
use crate::pack::form::{Decides, Empty};
use crate::pack::ruleset::{Ruleset, RulesetRule};
use crate::target;
use assize_tree::path::{Field, Path};
use serde_json::Value;
use std::sync::OnceLock;

/// As reports know the ruleset.
pub(super) fn info(ruleset: &Ruleset) -> PackInfo {
    PackInfo {
        name: ruleset.name.clone(),
        version: String::new(),
        title: format!("Spectral ruleset {}", ruleset.path),
        edition: String::new(),
        authority: String::new(),
        url: ruleset.url.clone().unwrap_or_default(),
        digest: String::new(),
    }
}

/// A rule of it.
pub(super) fn rule(ruleset: &Ruleset, pack: usize, id: &str, form: &RulesetRule) -> Rule {
    let body = OnceLock::new();
    let _ = body.set(compile(form));
    Rule {
        info: RuleInfo {
            id: format!("{}/{id}", ruleset.name),
            pack: Some(pack),
            clause: None,
            title: form.description.clone(),
            help: form.url.as_ref().map_or_else(String::new, |url| format!("See {url}")),
            detail: String::new(),
            severity: form.severity.max(Severity::Hint),
            url: form.url.clone(),
            // A ruleset names the files it is run on itself.
            counts_tests: true,
        },
        on: kinds(&form.formats),
        empty: Empty::Pass,
        decides: Decides::Both,
        id: id.to_owned(),
        resolved: form.resolved,
        faithful: true,
        message: form.message.clone(),
        runs: true,
        body,
    }
}

fn compile(form: &RulesetRule) -> Body {
    let unable = |reason: String| Body { cannot_run: Some(reason), ..Body::default() };
    if let Some(reason) = &form.cannot_run {
        return unable(reason.clone());
    }
    let mut body = Body::default();
    for path in &form.given {
        match Path::parse_spectral(path) {
            Ok(path) => body.given.push(path),
            Err(error) => return unable(format!("The path {path} cannot be read: {error}.")),
        }
    }
    let read = |_: &std::path::Path| Err("rulesets have no files of their own".to_owned());
    for part in &form.then {
        let field = match part.field.as_deref().map(Field::parse).transpose() {
            Ok(field) => field,
            Err(error) => return unable(format!("The field cannot be read: {error}.")),
        };
        let Ok(entry) = check::find(&part.function) else {
            return unable(format!(
                "The function {} is not among the core functions; those of rulesets, in JavaScript, are not run by this version.",
                part.function
            ));
        };
        match (entry.make)(part.function_options.as_ref().unwrap_or(&Value::Null), &Compile { read: &read }) {
            Ok(check) => body.then.push(Then { field, check }),
            Err(wrong) => return unable(wrong.message),
        }
    }
    body
}

/// The kinds of files that formats mean; every kind of data where there is none.
fn kinds(formats: &[String]) -> Vec<&'static str> {
    let every = || {
        target::all_names().flat_map(target::specific).filter(|name| {
            !matches!(*name, target::REPOSITORY | "markdown" | "readme" | "csv" | "codeowners")
        })
    };
    let mut found: Vec<&'static str> = if formats.is_empty() {
        every().collect()
    } else {
        formats
            .iter()
            .flat_map(|format| {
                let format = format.to_ascii_lowercase().replace('_', ".");
                let name = match format.as_str() {
                    "oas2" => "openapi-2.0",
                    "oas3" => "openapi-3",
                    "oas3.0" => "openapi-3.0",
                    "oas3.1" => "openapi-3.1",
                    "oas3.2" => "openapi-3.2",
                    other if other.starts_with("asyncapi2") || other.starts_with("aas2") => "asyncapi-2",
                    other if other.starts_with("asyncapi3") || other.starts_with("aas3") => "asyncapi-3",
                    other if other.starts_with("arazzo") => "arazzo",
                    other if other.starts_with("json-schema") => "json-schema",
                    _ => "",
                };
                target::specific(name)
            })
            .collect()
    };
    found.sort_unstable();
    found.dedup();
    found
}
