//! From what a function says to a result as Spectral prints it: its place, its words, its severity.

use super::functions::Outcome;
use super::lint::{Call, Finding, Setting};
use super::message::{Vars, fill};
use super::place::{Range, dotted, locate, locate_key, pointer_of, range, span_of, value_at, within};
use super::pointer;
use super::repairs::Repair;
use super::ruleset::Rule;
use super::value::{Js, View};

/// Moves what a function found to where it stands, and words it.
pub(super) fn result(
    setting: &Setting<'_>,
    rule: &Rule,
    call: &Call<'_, '_>,
    outcome: Outcome,
    is_key: bool,
) -> Option<Finding> {
    let inventory = setting.inventory;
    let path = outcome.path.unwrap_or_else(|| call.path().to_vec());
    let path: Vec<String> = path.iter().map(|step| pointer::unescape(step)).collect();
    let at_key = (setting.corrected.has(Repair::KeysAtKeys) && is_key)
        .then(|| locate_key(inventory, &path, rule.resolved))
        .flatten();
    let (item, key) = match at_key {
        Some((item, span)) => (item, Some(span)),
        None => (locate(inventory, &path, rule.resolved), None),
    };
    let doc = &inventory.docs()[item.doc as usize];
    let span = key.or_else(|| span_of(doc, &item.path));
    let message = match (&rule.message, &rule.description) {
        // What the function says is not said then.
        (None, Some(description)) => description.clone(),
        (template, _) => {
            let value = match (key, item.path.last()) {
                (Some(_), Some(key)) => Js::Text(key.clone().into()),
                _ => value_at(inventory, item.doc, &item.path),
            };
            let property = match &item.missing {
                Some(missing) if missing.len() > item.path.len() => {
                    let from = if item.path.is_empty() { missing.len() - 1 } else { item.path.len() - 1 };
                    dotted(&missing[from..])
                }
                _ => item.path.last().cloned().unwrap_or_default(),
            };
            let pointer = pointer_of(&item.path);
            let raw = View { inventory, resolved: false };
            let (shown, printed) = (raw.string(&value), raw.print(&value));
            let mut vars = Vars {
                property: &property,
                error: &outcome.message,
                path: &pointer,
                description: rule.description.as_deref(),
                value: &shown,
                printed: &printed,
            };
            let said = fill(&outcome.message, &vars);
            vars.error = &said;
            template.as_ref().map_or_else(|| said.clone(), |message| fill(message, &vars))
        }
    };
    let severity = if item.lost || rule.pointers.is_empty() {
        rule.severity
    } else {
        let file = setting.relative.get(item.doc as usize).map_or("", String::as_str);
        rule.severity_at(file, &pointer::write(&item.path))
    };
    if severity == -1 {
        return None;
    }
    Some(Finding {
        code: rule.name.clone(),
        path: item.path,
        message: message.trim().to_owned(),
        severity,
        range: span.map_or_else(Range::default, |span| range(doc, span)),
        span: span.map(|span| within(doc, span)).unwrap_or_default(),
        doc: (!item.lost).then_some(item.doc),
        url: rule.url.clone(),
    })
}
