//! Finding the ends of tokens, eight bytes at a time where it pays: most of a JSON file is
//! indentation and the insides of strings.

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;

#[inline]
fn word_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk::<8>().map(|chunk| u64::from_le_bytes(*chunk))
}

/// The first byte from `at` on that is not white space.
#[inline]
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
        while word_at(bytes, at) == Some(ONES * b' ' as u64) {
            at += 8;
        }
    }
    at
}

/// The first quote, backslash or control character from `at` on, or the end.
#[inline]
pub(super) fn string_special(bytes: &[u8], mut at: usize) -> usize {
    while let Some(word) = word_at(bytes, at) {
        let quote = word ^ (ONES * b'"' as u64);
        let slash = word ^ (ONES * b'\\' as u64);
        // The classic "has a zero byte" and "has a byte below n" tests. A borrow can set false
        // bits, but only above a true one, and the lowest bit is the one that is read.
        let found = (quote.wrapping_sub(ONES) & !quote
            | slash.wrapping_sub(ONES) & !slash
            | word.wrapping_sub(ONES * 0x20) & !word)
            & HIGHS;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    while let Some(&byte) = bytes.get(at) {
        if byte == b'"' || byte == b'\\' || byte < 0x20 {
            break;
        }
        at += 1;
    }
    at
}

/// The end of the number that starts at `at`, as RFC 8259 spells numbers.
#[inline]
pub(super) fn number(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at + usize::from(bytes.get(at) == Some(&b'-'));
    match bytes.get(end)? {
        b'0' => end += 1,
        b'1'..=b'9' => end = digits(bytes, end),
        _ => return None,
    }
    if bytes.get(end) == Some(&b'.') {
        let fraction = end + 1;
        end = digits(bytes, fraction);
        if end == fraction {
            return None;
        }
    }
    if let Some(b'e' | b'E') = bytes.get(end) {
        let sign = end + 1;
        let exponent = sign + usize::from(matches!(bytes.get(sign), Some(b'+' | b'-')));
        end = digits(bytes, exponent);
        if end == exponent {
            return None;
        }
    }
    Some(end)
}

#[inline]
fn digits(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b'0'..=b'9') = bytes.get(at) {
        at += 1;
    }
    at
}

/// True for bytes that continue a bare word or a number, so that `truex` or `12ab` is one slip.
#[inline]
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte >= 0x80 || matches!(byte, b'_' | b'$' | b'-' | b'+' | b'.')
}

/// The end of the run of word bytes from `at` on.
pub(super) fn word_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|&b| !is_word(b)).map_or(bytes.len(), |length| at + length)
}

/// The end of a run that is neither white space nor structure: at least one character, so that
/// whoever skips it gets ahead.
pub(super) fn junk_end(source: &str, at: usize) -> usize {
    let mut chars = source[at..].char_indices();
    chars.next();
    chars
        .find(|(_, c)| c.is_whitespace() || matches!(c, ',' | ':' | '[' | ']' | '{' | '}' | '"' | '\''))
        .map_or(source.len(), |(length, _)| at + length)
}

/// The end of the line that holds `at`, before its line break.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |length| at + length)
}
