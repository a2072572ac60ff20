//! Nodes: documents, collections in blocks and in brackets, tags, anchors and aliases.

use super::properties::{alias, anchor_property, tag_property};
use super::scalars::{block, double, plain, single};
use super::state::{Id, NOTHING, Pair, State, Stopped, Value, is_eol, is_space, is_white};
use super::types::typed;

#[derive(Clone, Copy, PartialEq)]
enum Context {
    FlowIn,
    FlowOut,
    BlockIn,
    BlockOut,
}

/// Nesting, at most; deeper texts are left to the tree's own reader.
const DEPTH: usize = 200;

pub(super) const CORE: &str = "tag:yaml.org,2002:";

/// Reads every document of a text.
pub(super) fn documents(state: &mut State) -> Result<Vec<Id>, Stopped> {
    let mut roots = Vec::new();
    while state.here() == 0x20 {
        state.line_indent += 1;
        state.position += 1;
    }
    while state.position < state.length - 1 {
        let before = state.position;
        roots.push(document(state)?);
        if state.position <= before {
            while state.position < state.length - 1 && state.here() != 0x0A {
                if state.exhausted() {
                    return Err(Stopped);
                }
                state.position += 1;
            }
        }
        if state.exhausted() {
            return Err(Stopped);
        }
    }
    Ok(roots)
}

fn document(state: &mut State) -> Result<Id, Stopped> {
    state.handles.clear();
    state.anchors.clear();
    let mut directives = false;
    let mut version = false;
    while state.here() != 0 {
        state.space(true);
        if state.line_indent > 0 || state.here() != 0x25 {
            break;
        }
        directives = true;
        directive(state, &mut version)?;
        if state.exhausted() {
            return Err(Stopped);
        }
    }
    state.space(true);
    let dashes = (0..3).all(|ahead| state.at(state.position + ahead) == 0x2D);
    if state.line_indent == 0 && dashes {
        state.position += 3;
        state.space(true);
    } else if directives {
        state.fault("directives end mark is expected");
    }
    compose(state, state.line_indent - 1, Context::BlockOut, false, true)?;
    state.space(true);
    let root = state.result.ok_or(Stopped)?;
    if state.position == state.line_start && state.separator() {
        if state.here() == 0x2E {
            state.position += 3;
            state.space(true);
        }
        return Ok(root);
    }
    if state.position < state.length - 1 {
        state.fault("end of the stream or a document separator is expected");
    }
    Ok(root)
}

fn directive(state: &mut State, version: &mut bool) -> Result<(), Stopped> {
    let mut unit = state.next();
    let mut from = state.position;
    while unit != 0 && !is_space(unit) && unit != NOTHING {
        unit = state.next();
    }
    let name = state.slice(from, state.position);
    let mut arguments = Vec::new();
    if name.is_empty() {
        state.fault("directive name must not be less than one character in length");
    }
    while unit != 0 && unit != NOTHING {
        while is_white(unit) {
            unit = state.next();
        }
        if unit == 0x23 {
            state.comment();
            unit = state.here();
            break;
        }
        if is_eol(unit) {
            break;
        }
        from = state.position;
        while unit != 0 && !is_space(unit) && unit != NOTHING {
            unit = state.next();
        }
        arguments.push(state.slice(from, state.position));
    }
    if unit != 0 {
        state.line_break();
    }
    match name.as_str() {
        "YAML" => {
            if std::mem::replace(version, true) {
                state.fault("duplication of %YAML directive");
            }
            if arguments.len() != 1 {
                state.fault("YAML directive accepts exactly one argument");
            }
            // Where it is no number Spectral's parser stops with a fault of its own.
            let (major, minor) = arguments.first().and_then(|one| one.split_once('.')).ok_or(Stopped)?;
            let (major, minor): (u32, u32) =
                (major.parse().map_err(|_| Stopped)?, minor.parse().map_err(|_| Stopped)?);
            if major != 1 || minor != 2 {
                state.fault("found incompatible YAML document (version 1.2 is required)");
            }
        }
        "TAG" => {
            if arguments.len() != 2 {
                state.fault("TAG directive accepts exactly two arguments");
            }
            let [handle, prefix] = arguments.get(..2).ok_or(Stopped)? else { return Err(Stopped) };
            if !is_handle(handle) {
                state.fault("ill-formed tag handle (first argument) of the TAG directive");
            }
            if state.handles.contains_key(handle) {
                state.fault(&format!("there is a previously declared suffix for \"{handle}\" tag handle"));
            }
            if !is_tag_name(prefix) {
                state.fault("ill-formed tag prefix (second argument) of the TAG directive");
            }
            state.handles.insert(handle.clone(), prefix.clone());
        }
        _ => state.position += 1,
    }
    Ok(())
}

pub(super) fn is_handle(text: &str) -> bool {
    let inner = text.strip_prefix('!').map(|rest| rest.strip_suffix('!').unwrap_or(rest));
    match inner {
        Some("") => text.len() <= 2,
        Some(inner) => {
            text.ends_with('!') && inner.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'-')
        }
        None => false,
    }
}

/// Characters of an address, and `%` before two digits.
pub(super) fn is_tag_name(text: &str) -> bool {
    let mut chars = text.chars();
    match chars.next() {
        None | Some(',' | '[' | ']' | '{' | '}') => return false,
        Some(_) => {}
    }
    let mut rest = chars.as_str();
    while let Some(char) = rest.chars().next() {
        let length = if char == '%' {
            if !rest.as_bytes().get(1..3).is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit)) {
                return false;
            }
            3
        } else if char.is_ascii_alphanumeric() || "-#;/?:@&=+$,_.!~*'()[]".contains(char) {
            1
        } else {
            return false;
        };
        rest = &rest[length..];
    }
    true
}

/// Keeps a pair; a key that is none is dropped.
pub(super) fn store(state: &mut State, map: Id, key: Option<Id>, value: Option<Id>) {
    let Some(key) = key else { return };
    let end = match value {
        Some(value) => state.node(value).end,
        None => state.node(key).end + 1,
    };
    let node = state.node(map);
    node.end = end;
    if let Value::Map(pairs) = &mut node.value {
        pairs.push(Pair { key, value });
    }
}

pub(super) fn push(state: &mut State, list: Id, item: Option<Id>) {
    if let Value::Seq(items) = &mut state.node(list).value {
        items.push(item);
    }
}

/// A collection begins here: an anchor before it names it at once, so that it may hold an alias of itself.
pub(super) fn begin(state: &mut State, value: Value) -> Id {
    let id = state.add(state.position, -1, value);
    if let Some(anchor) = state.anchor.clone() {
        state.name(&anchor, Some(id));
    }
    id
}

fn flow(state: &mut State, indent: i64) -> Result<bool, Stopped> {
    let (tag, anchor) = (state.tag.clone(), state.anchor.clone());
    let (mapping, terminator) = match state.here() {
        0x5B => (false, 0x5D),
        0x7B => (true, 0x7D),
        _ => return Ok(false),
    };
    let id = begin(state, if mapping { Value::Map(Vec::new()) } else { Value::Seq(Vec::new()) });
    let mut unit = state.next();
    let mut next = true;
    while unit != 0 {
        state.space(true);
        unit = state.here();
        if unit == terminator {
            state.position += 1;
            (state.tag, state.anchor) = (tag, anchor);
            state.kind = Some(if mapping { "mapping" } else { "sequence" });
            state.result = Some(id);
            state.node(id).end = state.position;
            return Ok(true);
        }
        if !next {
            let at = state.position;
            state.fault("missed comma between flow collection entries");
            state.position = at + 1;
        }
        let (mut value, mut pair, mut explicit) = (None, false, false);
        if unit == 0x3F && is_space(state.at(state.position + 1)) {
            (pair, explicit) = (true, true);
            state.position += 1;
            state.space(true);
        }
        let line = state.line;
        compose(state, indent, Context::FlowIn, false, true)?;
        let key = state.result;
        state.space(true);
        unit = state.here();
        if (explicit || state.line == line) && unit == 0x3A {
            pair = true;
            state.position += 1;
            state.space(true);
            compose(state, indent, Context::FlowIn, false, true)?;
            value = state.result;
        }
        if mapping {
            store(state, id, key, value);
        } else if pair {
            // A pair without a key, or without a value, stops Spectral's parser.
            let (Some(key), Some(value)) = (key, value) else { return Err(Stopped) };
            let start = state.node(key).start;
            let one = state.add(start, -1, Value::Map(Vec::new()));
            store(state, one, Some(key), Some(value));
            push(state, id, Some(one));
        } else {
            push(state, id, key);
        }
        let end = state.position + 1;
        state.node(id).end = end;
        state.space(true);
        unit = state.here();
        next = unit == 0x2C;
        if next {
            unit = state.next();
        }
    }
    state.fault("unexpected end of the stream within a flow collection");
    Ok(false)
}

fn block_sequence(state: &mut State, indent: i64) -> Result<bool, Stopped> {
    let (tag, anchor) = (state.tag.clone(), state.anchor.clone());
    if state.here() != 0x2D || !is_space(state.at(state.position + 1)) {
        // An anchor that stands before something else names that.
        return Ok(false);
    }
    let id = begin(state, Value::Seq(Vec::new()));
    let mut unit = state.here();
    while unit != 0 {
        if unit != 0x2D || !is_space(state.at(state.position + 1)) {
            break;
        }
        state.position += 1;
        if state.space(true) > 0 && state.line_indent <= indent {
            push(state, id, None);
            unit = state.here();
            continue;
        }
        let line = state.line;
        compose(state, indent, Context::BlockIn, false, true)?;
        if let Some(item) = state.result {
            push(state, id, Some(item));
        }
        state.space(true);
        unit = state.here();
        if (state.line == line || state.line_indent > indent) && unit != 0 {
            state.fault("bad indentation of a sequence entry");
        } else if state.line_indent < indent {
            break;
        }
    }
    state.node(id).end = state.position;
    (state.tag, state.anchor) = (tag, anchor);
    state.kind = Some("sequence");
    state.result = Some(id);
    Ok(true)
}

fn block_mapping(state: &mut State, indent: i64, flow_indent: i64) -> Result<bool, Stopped> {
    let (tag, anchor) = (state.tag.clone(), state.anchor.clone());
    let id = begin(state, Value::Map(Vec::new()));
    let (mut key, mut value): (Option<Id>, Option<Id>) = (None, None);
    let (mut explicit, mut detected, mut compact) = (false, false, false);
    let mut unit = state.here();
    while unit != 0 {
        let behind = state.at(state.position + 1);
        let line = state.line;
        if matches!(unit, 0x3F | 0x3A) && is_space(behind) {
            if unit == 0x3F {
                if explicit {
                    store(state, id, key, None);
                    (key, value) = (None, None);
                }
                (detected, explicit, compact) = (true, true, true);
            } else if explicit {
                (explicit, compact) = (false, true);
            } else {
                state.fault("incomplete explicit mapping pair; a key node is missed");
            }
            state.position += 1;
            unit = behind;
        } else if compose(state, flow_indent, Context::FlowOut, false, true)? {
            if state.line == line {
                unit = state.here();
                while is_white(unit) {
                    unit = state.next();
                }
                if unit == 0x3A {
                    unit = state.next();
                    if !is_space(unit) {
                        state.fault(
                            "a whitespace character is expected after the key-value separator within a block mapping",
                        );
                    }
                    if explicit {
                        store(state, id, key, None);
                        value = None;
                    }
                    (detected, explicit, compact) = (true, false, false);
                    key = state.result;
                } else if state.position == state.line_start && state.separator() {
                    break;
                } else if detected {
                    state.fault("can not read an implicit mapping pair; a colon is missed");
                } else {
                    (state.tag, state.anchor) = (tag, anchor);
                    return Ok(true);
                }
            } else if detected {
                state.fault("can not read a block mapping entry; a multiline key may not be an implicit key");
                while state.position > 0 {
                    state.position -= 1;
                    unit = state.here();
                    if is_eol(unit) {
                        state.position += 1;
                        break;
                    }
                    if state.exhausted() {
                        return Err(Stopped);
                    }
                }
            } else {
                (state.tag, state.anchor) = (tag, anchor);
                return Ok(true);
            }
        } else {
            break;
        }
        if state.line == line || state.line_indent > indent {
            if compose(state, indent, Context::BlockOut, true, compact)? {
                if explicit {
                    key = state.result;
                } else {
                    value = state.result;
                }
            }
            if !explicit {
                store(state, id, key, value);
                (key, value) = (None, None);
            }
            state.space(true);
            unit = state.here();
        }
        if state.line_indent > indent && unit != 0 {
            state.fault("bad indentation of a mapping entry");
        } else if state.line_indent < indent {
            break;
        }
    }
    if explicit {
        store(state, id, key, None);
    }
    if detected {
        (state.tag, state.anchor) = (tag, anchor);
        state.kind = Some("mapping");
        state.result = Some(id);
    }
    Ok(detected)
}

fn indentation(state: &State, parent: i64) -> i64 {
    (state.line_indent - parent).signum()
}

fn compose(
    state: &mut State,
    parent: i64,
    context: Context,
    seek: bool,
    compact: bool,
) -> Result<bool, Stopped> {
    state.depth += 1;
    if state.depth > DEPTH || state.exhausted() {
        return Err(Stopped);
    }
    let found = node(state, parent, context, seek, compact);
    state.depth -= 1;
    found
}

fn node(
    state: &mut State,
    parent: i64,
    context: Context,
    seek: bool,
    compact: bool,
) -> Result<bool, Stopped> {
    (state.tag, state.anchor, state.kind, state.result) = (None, None, None, None);
    let blocks = matches!(context, Context::BlockIn | Context::BlockOut);
    let mut collections = blocks;
    let (mut indent, mut new_line, mut content) = (1, false, false);
    if seek && state.space(true) > 0 {
        new_line = true;
        indent = indentation(state, parent);
    }
    let start = state.position;
    if indent == 1 {
        while tag_property(state) || anchor_property(state) {
            if state.space(true) > 0 {
                new_line = true;
                collections = blocks;
                indent = indentation(state, parent);
            } else {
                collections = false;
            }
        }
    }
    collections &= new_line || compact;
    if indent == 1 || context == Context::BlockOut {
        let flow_indent =
            if matches!(context, Context::FlowIn | Context::FlowOut) { parent } else { parent + 1 };
        let block_indent = state.position - state.line_start;
        if indent == 1 {
            content = collections
                && (block_sequence(state, block_indent)? || block_mapping(state, block_indent, flow_indent)?)
                || flow(state, flow_indent)?;
            if !content {
                if blocks && block(state, flow_indent) || single(state) || double(state) {
                    content = true;
                } else if alias(state) {
                    content = true;
                    if state.tag.is_some() || state.anchor.is_some() {
                        state.fault("alias node should not have any properties");
                    }
                } else if plain(state, flow_indent, context == Context::FlowIn) {
                    content = true;
                    state.tag.get_or_insert_with(|| "?".to_owned());
                }
                if let Some(anchor) = state.anchor.clone() {
                    // An anchor of nothing stops Spectral's parser.
                    let id = state.result.ok_or(Stopped)?;
                    state.name(&anchor, Some(id));
                }
            }
        } else if indent == 0 {
            content = collections && block_sequence(state, block_indent)?;
        }
    }
    if let Some(tag) = state.tag.clone().filter(|tag| tag != "!") {
        typed(state, &tag, start)?;
    }
    Ok(state.tag.is_some() || state.anchor.is_some() || content)
}
