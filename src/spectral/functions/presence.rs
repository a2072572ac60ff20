//! `truthy`, `falsy`, `defined`, `undefined`: whether something is there. They take no options.

use super::super::lint::Call;
use super::super::value::Js;
use super::{Found, Function, Outcome, Plain, wrong};
use serde_json::Value;
use std::sync::Arc;

pub(super) fn find(name: &str, options: &Value) -> Found {
    let (test, words): (fn(&Js<'_>) -> bool, &'static str) = match name {
        "truthy" => (|value| value.truthy(), "truthy"),
        "falsy" => (|value| !value.truthy(), "falsy"),
        "defined" => (|value| *value != Js::Undefined, "defined"),
        "undefined" => (|value| *value == Js::Undefined, "undefined"),
        _ => return None,
    };
    if !options.is_null() {
        return Some(Err(wrong(format!("The function {name} takes no options."))));
    }
    let message = format!("#{{{{print(\"property\")}}}}must be {words}");
    let function = move |_: &Call<'_, '_>, value: &Js<'_>, out: &mut Vec<Outcome>| {
        if !test(value) {
            out.push(Outcome::here(message.clone()));
        }
    };
    let function: Arc<dyn Function> = Arc::new(Plain(function));
    Some(Ok(function))
}
