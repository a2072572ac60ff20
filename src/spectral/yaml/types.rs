//! Values that a tag gives a type, and what plain texts are taken for.

use super::nodes::CORE;
use super::state::{State, Stopped, Value};

/// Looks at a node's tag.
pub(super) fn typed(state: &mut State, tag: &str, start: i64) -> Result<(), Stopped> {
    if tag == "!include" {
        let id = match state.result {
            Some(id) => id,
            None => {
                let id = state.add(state.position, state.position, Value::Include);
                state.result = Some(id);
                state.fault("!include without value");
                id
            }
        };
        state.node(id).value = Value::Include;
        return Ok(());
    }
    if tag == "?" {
        let id = state.result.ok_or(Stopped)?;
        let Value::Scalar { text, .. } = &state.node(id).value else { return Err(Stopped) };
        if let Some(kind) = implicit(text) {
            state.tag = Some(format!("{CORE}{kind}"));
            if let Some(anchor) = state.anchor.clone() {
                state.name(&anchor, Some(id));
            }
        }
        return Ok(());
    }
    let kind = match tag.strip_prefix(CORE) {
        Some("null" | "bool" | "int" | "float" | "timestamp" | "merge" | "str" | "binary") => "scalar",
        Some("seq" | "omap" | "pairs") => "sequence",
        Some("map" | "set") => "mapping",
        Some("js/undefined" | "js/regexp") => return Err(Stopped),
        _ => {
            state.fault_at(start, format!("unknown tag <{tag}>"));
            return Ok(());
        }
    };
    let name = tag.trim_start_matches(CORE);
    let Some(id) = state.result else {
        return match name {
            "null" | "merge" => Ok(()),
            "bool" | "int" | "float" | "timestamp" | "binary" => {
                state.fault(&format!("cannot resolve a node with !<{tag}> explicit tag"));
                Ok(())
            }
            // Something that is no node takes the place of one.
            _ => Err(Stopped),
        };
    };
    if state.kind != Some(kind) {
        let found = state.kind.unwrap_or("null");
        state.fault(&format!(
            "unacceptable node kind for !<{tag}> tag; it should be \"{kind}\", not \"{found}\""
        ));
    }
    let resolved = match name {
        "str" | "seq" | "map" | "omap" => true,
        "set" => matches!(state.node(id).value, Value::Map(_)),
        "binary" | "pairs" => return Err(Stopped),
        // A node is never the text that these expect.
        _ => false,
    };
    if !resolved {
        state.fault(&format!("cannot resolve a node with !<{tag}> explicit tag"));
    } else if let Some(anchor) = state.anchor.clone() {
        state.name(&anchor, Some(id));
    }
    Ok(())
}

/// The type of a plain scalar as YAML 1.1 has it; only what is said of tags depends on it.
fn implicit(text: &str) -> Option<&'static str> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = |text: &str, base: u32| {
        text.contains(|char: char| char.is_digit(base))
            && text.chars().all(|char| char == '_' || char.is_digit(base))
    };
    Some(match text {
        "~" | "null" | "Null" | "NULL" => "null",
        "true" | "True" | "TRUE" | "false" | "False" | "FALSE" => "bool",
        "<<" => "merge",
        _ if digits(unsigned, 10)
            || unsigned.strip_prefix("0x").is_some_and(|rest| digits(rest, 16))
            || unsigned.strip_prefix("0b").is_some_and(|rest| digits(rest, 2)) =>
        {
            "int"
        }
        _ if is_sexagesimal(unsigned) => "int",
        _ if is_float(unsigned) => "float",
        _ if is_timestamp(text) => "timestamp",
        _ => return None,
    })
}

fn is_sexagesimal(text: &str) -> bool {
    let mut parts = text.split(':');
    let number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let first = parts.next().is_some_and(|part| number(&part.replace('_', "")));
    let rest: Vec<&str> = parts.collect();
    first
        && !rest.is_empty()
        && rest.iter().all(|part| number(part) && (part.len() == 1 || part.len() == 2 && part < &"60"))
}

fn is_float(text: &str) -> bool {
    if matches!(text, ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let plain = text.replace('_', "");
    plain.starts_with(|char: char| char.is_ascii_digit() || char == '.')
        && plain.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte))
        && plain.parse::<f64>().is_ok()
}

fn is_timestamp(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut number = |lengths: std::ops::RangeInclusive<usize>| {
        parts.next().is_some_and(|part| {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            lengths.contains(&digits) && (digits == part.len() || part[digits..].starts_with(['T', 't', ' ']))
        })
    };
    number(4..=4) && number(1..=2) && number(1..=2)
}
