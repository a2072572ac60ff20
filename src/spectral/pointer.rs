//! JSON pointers as Spectral's libraries write and read them: percent-encoded, and read leniently.

/// Characters that stay as they are in a pointer, beside letters and digits of ASCII. (The library's
/// class has a dash of another kind between its bounds, so that it keeps a few letters only.)
fn kept(char: char) -> bool {
    char.is_ascii_lowercase()
        || matches!(char, 'A' | 'Z' | '–' | '0' | '9')
        || matches!(char, '_' | '.' | '!' | '~' | '*' | '\'' | '(' | ')' | '/' | '-')
}

/// Characters that `encodeURIComponent` keeps.
fn unreserved(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.' | '!' | '~' | '*' | '\'' | '(' | ')')
}

fn encode(segment: &str, out: &mut String) {
    for char in segment.chars() {
        match char {
            '~' => out.push_str("~0"),
            '/' => out.push_str("~1"),
            char if kept(char) || unreserved(char) => out.push(char),
            char => {
                let mut bytes = [0; 4];
                for byte in char.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
        }
    }
}

/// `#/a/b`, encoded.
#[must_use]
pub fn write(path: &[String]) -> String {
    let mut pointer = "#".to_owned();
    for segment in path {
        pointer.push('/');
        encode(segment, &mut pointer);
    }
    pointer
}

/// A segment percent-encoded, slashes and tildes apart: what is left of a key where Spectral's libraries
/// take a pointer apart without decoding it.
#[must_use]
pub fn encoded(segment: &str) -> String {
    if segment.chars().all(|char| kept(char) || unreserved(char)) {
        return segment.to_owned();
    }
    let mut out = String::new();
    encode(segment, &mut out);
    unescape(&out)
}

/// Percent-decodes a text, and then `~1` and `~0`.
#[must_use]
pub fn decode(segment: &str) -> String {
    unescape(&percent(segment))
}

/// `~1` and `~0` only.
#[must_use]
pub fn unescape(segment: &str) -> String {
    if segment.contains('~') { segment.replace("~1", "/").replace("~0", "~") } else { segment.to_owned() }
}

fn percent(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let bytes = text.as_bytes();
    let mut found = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                found.push(byte);
                at += 3;
            }
            None => {
                found.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8(found).unwrap_or_else(|_| text.to_owned())
}

/// The path that a fragment (`#/a/b`) names; `None` where it is no pointer.
#[must_use]
pub fn read(fragment: &str) -> Option<Vec<String>> {
    let rest = fragment.strip_prefix('#')?;
    if rest.is_empty() {
        return Some(Vec::new());
    }
    Some(rest.strip_prefix('/')?.split('/').map(decode).collect())
}
