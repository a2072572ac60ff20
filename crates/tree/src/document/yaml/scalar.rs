//! What a plain scalar means: the core schema of YAML 1.2.2, section 10.3.

use crate::document::Kind;

/// A resolved scalar: its kind, whether it is true, and a number's spelling in JSON where that
/// differs from what stands there.
pub(super) struct Resolved {
    pub kind: Kind,
    pub is_true: bool,
    pub spelling: Option<String>,
}

impl Resolved {
    pub(super) const fn of(kind: Kind) -> Self {
        Self { kind, is_true: false, spelling: None }
    }
}

/// Resolves a plain scalar without a tag.
pub(super) fn resolve(text: &str) -> Resolved {
    match text.as_bytes().first() {
        None => return Resolved::of(Kind::Null),
        Some(b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F') => {
            return match text {
                "~" | "null" | "Null" | "NULL" => Resolved::of(Kind::Null),
                "true" | "True" | "TRUE" => Resolved { is_true: true, ..Resolved::of(Kind::Bool) },
                "false" | "False" | "FALSE" => Resolved::of(Kind::Bool),
                _ => Resolved::of(Kind::String),
            };
        }
        Some(b'0'..=b'9' | b'+' | b'-' | b'.') => {}
        Some(_) => return Resolved::of(Kind::String),
    }
    number(text).unwrap_or_else(|| Resolved::of(Kind::String))
}

/// Reads a number in any of the core schema's spellings.
pub(super) fn number(text: &str) -> Option<Resolved> {
    let spelled = |spelling: String| {
        let same = spelling == text;
        Some(Resolved { spelling: (!same).then_some(spelling), ..Resolved::of(Kind::Number) })
    };
    let (sign, body) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    if let ".inf" | ".Inf" | ".INF" = body {
        return spelled(format!("{sign}.inf"));
    }
    if let ".nan" | ".NaN" | ".NAN" = text {
        return spelled(".nan".to_owned());
    }
    for (prefix, radix) in [("0x", 16), ("0o", 8)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            return u128::from_str_radix(digits, radix)
                .ok()
                .filter(|_| !digits.starts_with('+'))
                .and_then(|value| spelled(value.to_string()));
        }
    }
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole)
        || !fraction.is_none_or(digits)
        || whole.is_empty() && fraction.is_none_or(str::is_empty)
    {
        return None;
    }
    if let Some(exponent) = exponent {
        let digits_of = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
        if digits_of.is_empty() || !digits(digits_of) {
            return None;
        }
    }
    let whole = whole.trim_start_matches('0');
    let mut spelling = format!("{sign}{}", if whole.is_empty() { "0" } else { whole });
    if let Some(fraction) = fraction {
        spelling.push('.');
        spelling.push_str(if fraction.is_empty() { "0" } else { fraction });
    }
    if let Some(exponent) = exponent {
        spelling.push('e');
        spelling.push_str(exponent);
    }
    // `1E5` is JSON as it stands.
    if spelling.eq_ignore_ascii_case(text) { spelled(text.to_owned()) } else { spelled(spelling) }
}
