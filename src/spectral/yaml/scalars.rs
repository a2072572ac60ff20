//! Scalars: plain, in quotes, in blocks.

use super::state::{Id, NOTHING, State, Value, is_eol, is_flow, is_space, is_white};

/// Adds a piece of the text to a scalar.
fn capture(state: &mut State, id: Id, from: i64, to: i64, json: bool) {
    if state.node(id).start == -1 {
        state.node(id).start = from;
    }
    if from > to {
        return;
    }
    let piece = state.slice(from, to);
    let unprintable = |char: char| {
        matches!(char, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{7F}'..='\u{84}'
            | '\u{86}'..='\u{9F}' | '\u{FFFE}' | '\u{FFFF}')
    };
    if json {
        for _ in piece.chars().filter(|&char| char < ' ' && char != '\t') {
            state.fault("expected valid JSON character");
        }
    } else if piece.contains(unprintable) {
        state.fault("the stream contains non-printable characters");
    }
    push(state, id, &piece);
    state.node(id).end = to;
}

fn push(state: &mut State, id: Id, piece: &str) {
    if let Value::Scalar { text, .. } = &mut state.node(id).value {
        text.push_str(piece);
    }
}

/// Line breaks within a scalar: one is a space.
fn fold(state: &mut State, id: Id, breaks: i64) {
    if breaks == 1 {
        push(state, id, " ");
    } else if breaks > 1 {
        breaks_into(state, id, breaks - 1);
    }
}

fn breaks_into(state: &mut State, id: Id, count: i64) {
    push(state, id, &"\n".repeat(count.clamp(0, 1 << 20) as usize));
}

fn scalar(state: &mut State, plain: bool) -> Id {
    let id = state.add(-1, -1, Value::Scalar { text: String::new(), plain });
    state.result = Some(id);
    id
}

pub(super) fn plain(state: &mut State, indent: i64, in_flow: bool) -> bool {
    let (kind, result) = (state.kind, state.result);
    let id = scalar(state, true);
    let mut unit = state.here();
    let starts_other =
        matches!(unit, 0x23 | 0x26 | 0x2A | 0x21 | 0x7C | 0x3E | 0x27 | 0x22 | 0x25 | 0x40 | 0x60);
    if is_space(unit) || is_flow(unit) || starts_other {
        return false;
    }
    if matches!(unit, 0x3F | 0x2D) {
        let behind = state.at(state.position + 1);
        if is_space(behind) || in_flow && is_flow(behind) {
            return false;
        }
    }
    state.kind = Some("scalar");
    let (mut from, mut to) = (state.position, state.position);
    let mut pending = None;
    while unit != 0 {
        if unit == 0x3A {
            let behind = state.at(state.position + 1);
            if is_space(behind) || in_flow && is_flow(behind) {
                break;
            }
        } else if unit == 0x23 {
            let before = state.at(state.position - 1);
            if is_space(before) {
                break;
            }
        } else if state.position == state.line_start && state.separator() || in_flow && is_flow(unit) {
            break;
        } else if is_eol(unit) {
            let kept = (state.line, state.line_start, state.line_indent);
            state.space(false);
            if state.line_indent >= indent {
                pending = Some(kept.0);
                unit = state.here();
                continue;
            }
            state.position = to;
            (state.line, state.line_start, state.line_indent) = kept;
            break;
        }
        if let Some(line) = pending.take() {
            capture(state, id, from, to, false);
            let breaks = state.line - line;
            fold(state, id, breaks);
            (from, to) = (state.position, state.position);
        }
        if !is_white(unit) {
            to = state.position + 1;
        }
        unit = state.next();
        if state.position > state.length {
            return false;
        }
    }
    capture(state, id, from, to, false);
    if state.node(id).start != -1 {
        return true;
    }
    (state.kind, state.result) = (kind, result);
    false
}

pub(super) fn single(state: &mut State) -> bool {
    if state.here() != 0x27 {
        return false;
    }
    state.kind = Some("scalar");
    let id = scalar(state, false);
    state.node(id).start = state.position;
    state.position += 1;
    let (mut from, mut to) = (state.position, state.position);
    loop {
        let unit = state.here();
        if unit == 0 {
            break;
        }
        if unit == 0x27 {
            capture(state, id, from, state.position, true);
            let behind = state.next();
            state.node(id).end = state.position;
            if behind != 0x27 {
                return true;
            }
            (from, to) = (state.position, state.position);
            state.position += 1;
        } else if is_eol(unit) {
            capture(state, id, from, to, true);
            let breaks = state.space(false) as i64;
            fold(state, id, breaks);
            (from, to) = (state.position, state.position);
        } else if state.position == state.line_start && state.separator() {
            state.fault("unexpected end of the document within a single quoted scalar");
        } else {
            state.position += 1;
            to = state.position;
            state.node(id).end = state.position;
        }
    }
    state.fault("unexpected end of the stream within a single quoted scalar");
    false
}

/// What a letter behind a backslash stands for.
fn escape(unit: u32) -> Option<char> {
    Some(match char::from_u32(unit)? {
        '0' => '\0',
        'a' => '\u{7}',
        'b' => '\u{8}',
        't' | '\t' => '\t',
        'n' => '\n',
        'v' => '\u{B}',
        'f' => '\u{C}',
        'r' => '\r',
        'e' => '\u{1B}',
        char @ (' ' | '"' | '/' | '\\') => char,
        'N' => '\u{85}',
        '_' => '\u{A0}',
        'L' => '\u{2028}',
        'P' => '\u{2029}',
        _ => return None,
    })
}

pub(super) fn double(state: &mut State) -> bool {
    if state.here() != 0x22 {
        return false;
    }
    state.kind = Some("scalar");
    let id = scalar(state, false);
    state.node(id).start = state.position;
    state.position += 1;
    let (mut from, mut to) = (state.position, state.position);
    // Two escapes may make one character.
    let mut high = None;
    loop {
        let unit = state.here();
        if unit == 0 {
            break;
        }
        if unit == 0x22 {
            capture(state, id, from, state.position, true);
            state.position += 1;
            state.node(id).end = state.position;
            return true;
        }
        if unit == 0x5C {
            capture(state, id, from, state.position, true);
            let letter = state.next();
            if is_eol(letter) {
                state.space(false);
            } else if let Some(char) = escape(letter) {
                push(state, id, char.encode_utf8(&mut [0; 4]));
                state.position += 1;
            } else if let Some(length) = match letter {
                0x78 => Some(2),
                0x75 => Some(4),
                0x55 => Some(8),
                _ => None,
            } {
                let mut code = 0u32;
                for _ in 0..length {
                    let digit = state.next();
                    match char::from_u32(digit).and_then(|char| char.to_digit(16)) {
                        Some(digit) => code = code.wrapping_shl(4).wrapping_add(digit),
                        None => state.fault("expected hexadecimal character"),
                    }
                }
                surrogates(state, id, code, &mut high);
                state.position += 1;
            } else {
                state.fault("unknown escape sequence");
            }
            (from, to) = (state.position, state.position);
        } else if is_eol(unit) {
            capture(state, id, from, to, true);
            let breaks = state.space(false) as i64;
            fold(state, id, breaks);
            (from, to) = (state.position, state.position);
        } else if state.position == state.line_start && state.separator() {
            state.fault("unexpected end of the document within a double quoted scalar");
        } else {
            state.position += 1;
            to = state.position;
        }
    }
    state.fault("unexpected end of the stream within a double quoted scalar");
    false
}

/// Adds a code; a high surrogate waits for its low one.
fn surrogates(state: &mut State, id: Id, code: u32, high: &mut Option<(u32, i64)>) {
    if (0xD800..0xDC00).contains(&code) {
        *high = Some((code, state.position));
        push(state, id, "\u{FFFD}");
        return;
    }
    if (0xDC00..0xE000).contains(&code)
        && let Some((first, at)) = high.take()
        && at + 6 == state.position
    {
        let whole = 0x1_0000 + ((first - 0xD800) << 10) + (code - 0xDC00);
        if let Value::Scalar { text, .. } = &mut state.node(id).value {
            text.pop();
            text.push(char::from_u32(whole).unwrap_or('\u{FFFD}'));
        }
        return;
    }
    push(state, id, char::from_u32(code).unwrap_or('\u{FFFD}').encode_utf8(&mut [0; 4]));
}

#[derive(Clone, Copy, PartialEq)]
enum Chomping {
    Clip,
    Strip,
    Keep,
}

pub(super) fn block(state: &mut State, indent: i64) -> bool {
    let mut unit = state.here();
    let folding = match unit {
        0x7C => false,
        0x3E => true,
        _ => return false,
    };
    state.kind = Some("scalar");
    let id = scalar(state, false);
    state.node(id).start = state.position;
    let mut chomping = Chomping::Clip;
    let (mut detected, mut text_indent, mut empty, mut indented) = (false, indent, 0i64, false);
    while unit != 0 {
        unit = state.next();
        match unit {
            0x2B | 0x2D if chomping == Chomping::Clip => {
                chomping = if unit == 0x2B { Chomping::Keep } else { Chomping::Strip };
            }
            0x2B | 0x2D => state.fault("repeat of a chomping mode identifier"),
            0x30 => {
                state.fault("bad explicit indentation width of a block scalar; it cannot be less than one")
            }
            0x31..=0x39 if !detected => {
                text_indent = indent + i64::from(unit - 0x30) - 1;
                detected = true;
            }
            0x31..=0x39 => state.fault("repeat of an indentation width identifier"),
            _ => break,
        }
    }
    if is_white(unit) {
        while is_white(unit) {
            unit = state.next();
        }
        if unit == 0x23 {
            state.comment();
            unit = state.here();
        }
    }
    while unit != 0 {
        state.line_break();
        state.line_indent = 0;
        unit = state.here();
        while (!detected || state.line_indent < text_indent) && unit == 0x20 {
            state.line_indent += 1;
            unit = state.next();
        }
        if !detected && state.line_indent > text_indent {
            text_indent = state.line_indent;
        }
        if is_eol(unit) {
            empty += 1;
            continue;
        }
        if state.line_indent < text_indent {
            match chomping {
                Chomping::Keep => breaks_into(state, id, empty),
                Chomping::Clip if detected => push(state, id, "\n"),
                _ => {}
            }
            break;
        }
        if folding {
            if is_white(unit) || indented {
                indented = is_white(unit);
                breaks_into(state, id, empty + 1);
            } else if empty == 0 {
                if detected {
                    push(state, id, " ");
                }
            } else {
                breaks_into(state, id, empty);
            }
        } else if detected {
            breaks_into(state, id, empty + 1);
        }
        detected = true;
        empty = 0;
        let from = state.position;
        while unit != 0 && !is_eol(unit) && unit != NOTHING {
            unit = state.next();
        }
        let to = state.position;
        capture(state, id, from, to, false);
    }
    let mut at = state.position - 1;
    while is_white(state.at(at)) {
        at -= 1;
    }
    state.node(id).end = at;
    true
}
