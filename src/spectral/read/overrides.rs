//! Overrides: other rules or severities for some files, and Spectral 5's `except`.

use super::{Reader, Source};
use crate::pack::PackError;
use crate::spectral::pointer;
use crate::spectral::ruleset::{Definition, Override, RuleValue};
use serde_json::{Map, Value};

impl Reader<'_> {
    pub(super) fn overrides(
        &mut self,
        source: &mut Source<'_>,
        root: &Map<String, Value>,
        definition: &mut Definition,
        errors: &mut Vec<PackError>,
    ) {
        match root.get("overrides") {
            None => {}
            Some(Value::Array(list)) => {
                for (index, one) in list.iter().enumerate() {
                    let at = format!("/overrides/{index}");
                    let files = one.get("files").and_then(Value::as_array).filter(|files| !files.is_empty());
                    let Some(files) = files else {
                        source.wrong(&at, "An override names its files: a list of globs.", None);
                        continue;
                    };
                    let files: Vec<_> = files.iter().filter_map(Value::as_str).map(glob).collect();
                    let own = self.definition(source, &at, one, errors);
                    let pointed = files.iter().any(|(_, pointer)| pointer.is_some());
                    if pointed && (!own.extends.is_empty() || !own.has_rules) {
                        source.wrong(&at, "An override with a pointer has rules and nothing else.", None);
                    }
                    let whole = |value: &RuleValue| !matches!(value, RuleValue::Severity(_));
                    if pointed && own.rules.iter().any(|(_, value)| whole(value)) {
                        source.wrong(
                            &format!("{at}/rules"),
                            "Under a pointer a rule is a severity: error, warn, info, hint or off.",
                            None,
                        );
                    }
                    if own.formats.is_some() && !own.has_rules && own.extends.is_empty() {
                        source.wrong(&at, "An override with formats has rules or extends.", None);
                    }
                    definition.overrides.push(Override {
                        files,
                        has_aliases: one.get("aliases").is_some(),
                        definition: own,
                    });
                }
            }
            Some(_) => source.wrong("/overrides", "overrides is a list.", None),
        }
        let Some(except) = root.get("except").and_then(Value::as_object) else { return };
        for (place, rules) in except {
            let off = |name: &Value| Some((name.as_str()?.to_owned(), RuleValue::Severity(-1)));
            let rules: Vec<_> = rules.as_array().into_iter().flatten().filter_map(off).collect();
            let own = Definition { rules, has_rules: true, ..Definition::default() };
            definition.overrides.push(Override {
                files: vec![glob(place)],
                definition: own,
                has_aliases: false,
            });
        }
    }
}

/// A glob and the pointer behind it.
fn glob(text: &str) -> (String, Option<String>) {
    match text.find('#') {
        Some(0) | None => (text.to_owned(), None),
        Some(at) => {
            let path = pointer::read(&text[at..]);
            let pointer = path.map_or_else(|| text[at..].to_owned(), |path| pointer::write(&path));
            (text[..at].to_owned(), Some(pointer))
        }
    }
}
