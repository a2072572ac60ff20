//! What stands before a value: its tag, its anchor; and aliases, which stand for one.

use super::nodes::{CORE, is_handle, is_tag_name};
use super::state::{NOTHING, State, Value, is_flow, is_space};

pub(super) fn tag_property(state: &mut State) -> bool {
    if state.here() != 0x21 {
        return false;
    }
    if state.tag.is_some() {
        state.fault("duplication of a tag property");
    }
    let mut unit = state.next();
    let (mut verbatim, mut named, mut handle) = (false, false, "!".to_owned());
    if unit == 0x3C {
        verbatim = true;
        state.position += 1;
    } else if unit == 0x21 {
        named = true;
        "!!".clone_into(&mut handle);
        unit = state.next();
    }
    let mut from = state.position;
    let mut name = None;
    if verbatim {
        loop {
            unit = state.next();
            if matches!(unit, 0 | 0x3E | NOTHING) {
                break;
            }
        }
        if state.position < state.length {
            name = Some(state.slice(from, state.position));
            state.position += 1;
        } else {
            state.fault("unexpected end of the stream within a verbatim tag");
        }
    } else {
        while unit != 0 && !is_space(unit) && unit != NOTHING {
            if unit == 0x21 {
                if named {
                    state.fault("tag suffix cannot contain exclamation marks");
                } else {
                    handle = state.slice(from - 1, state.position + 1);
                    if !is_handle(&handle) {
                        state.fault("named tag handle cannot contain such characters");
                    }
                    named = true;
                    from = state.position + 1;
                }
            }
            unit = state.next();
        }
        let suffix = state.slice(from, state.position);
        if suffix.contains([',', '[', ']', '{', '}']) {
            state.fault("tag suffix cannot contain flow indicator characters");
        }
        name = Some(suffix);
    }
    if let Some(name) = name.as_deref().filter(|name| !name.is_empty() && !is_tag_name(name)) {
        state.fault(&format!("tag name cannot contain such characters: {name}"));
    }
    let shown = name.as_deref().unwrap_or("undefined");
    if verbatim {
        state.tag = Some(shown.to_owned());
    } else if let Some(prefix) = state.handles.get(&handle) {
        state.tag = Some(format!("{prefix}{shown}"));
    } else if handle == "!" {
        state.tag = Some(format!("!{shown}"));
    } else if handle == "!!" {
        state.tag = Some(format!("{CORE}{shown}"));
    } else {
        state.fault(&format!("undeclared tag handle \"{handle}\""));
    }
    true
}

/// The name of an anchor or an alias, behind its sign.
fn name(state: &mut State) -> i64 {
    let mut unit = state.next();
    let from = state.position;
    while unit != 0 && !is_space(unit) && !is_flow(unit) && unit != NOTHING {
        unit = state.next();
    }
    from
}

pub(super) fn anchor_property(state: &mut State) -> bool {
    if state.here() != 0x26 {
        return false;
    }
    if state.anchor.is_some() {
        state.fault("duplication of an anchor property");
    }
    let from = name(state);
    if state.position == from {
        state.fault("name of an anchor node must contain at least one character");
    }
    state.anchor = Some(state.slice(from, state.position));
    true
}

pub(super) fn alias(state: &mut State) -> bool {
    if state.here() != 0x2A {
        return false;
    }
    let from = name(state);
    if state.position <= from {
        state.fault("name of an alias node must contain at least one character");
        state.position = from + 1;
    }
    let name = state.slice(from, state.position);
    if !state.anchors.contains_key(&name) {
        state.fault(&format!("unidentified alias \"{name}\""));
        if state.position <= from {
            state.position = from + 1;
        }
    }
    let target = state.anchors.get(&name).copied().flatten();
    let id = state.add(from, state.position, Value::Alias { name, target });
    state.result = Some(id);
    state.space(true);
    true
}
