//! Within one tag or one reference: names and values with their exact places. The reader of events
//! says where a tag begins and ends; what stands in it is read here, since rules point into it.

use crate::text::Span;

/// A start tag.
pub(super) struct Tag {
    pub prefix: Span,
    /// The local name.
    pub name: Span,
    /// Names, and values with their quotes.
    pub attributes: Vec<(Span, Span)>,
    /// Where something stands that is no attribute.
    pub fault: Option<Span>,
}

/// Reads `<a:b c="d">` at a span of the source.
pub(super) fn tag(source: &str, span: Span) -> Tag {
    let whole = source.get(span.range()).unwrap_or_default();
    let body = whole.strip_prefix('<').unwrap_or(whole);
    let body = body.strip_suffix('>').unwrap_or(body);
    let body = body.strip_suffix('/').unwrap_or(body);
    let base = span.start + u32::from(whole.starts_with('<'));
    let at = |offset: usize| base + offset as u32;
    let is_space = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let bytes = body.as_bytes();
    let skip = |mut from: usize, wanted: bool| {
        while from < bytes.len() && is_space(bytes[from]) == wanted {
            from += 1;
        }
        from
    };
    let end = skip(0, false);
    let colon = body[..end].find(':');
    let mut found = Tag {
        prefix: Span::new(at(0), at(colon.unwrap_or(0))),
        name: Span::new(at(colon.map_or(0, |colon| colon + 1)), at(end)),
        attributes: Vec::new(),
        fault: None,
    };
    let mut from = skip(end, true);
    while from < bytes.len() {
        let name_end = bytes[from..]
            .iter()
            .position(|&byte| byte == b'=' || is_space(byte))
            .map_or(bytes.len(), |length| from + length);
        let equals = skip(name_end, true);
        let quote = skip((equals + 1).min(bytes.len()), true);
        let mark = bytes.get(quote).copied().filter(|byte| matches!(byte, b'"' | b'\''));
        let close = mark.and_then(|mark| {
            bytes[quote + 1..].iter().position(|&byte| byte == mark).map(|length| quote + 1 + length)
        });
        let (Some(b'='), Some(close)) = (bytes.get(equals), close) else {
            found.fault.get_or_insert(Span::new(at(from), at(name_end)));
            from = skip(name_end.max(from + 1), true);
            continue;
        };
        found.attributes.push((Span::new(at(from), at(name_end)), Span::new(at(quote), at(close + 1))));
        from = skip(close + 1, true);
    }
    found
}

/// What stands in `<![CDATA[...]]>`.
pub(super) fn cdata(raw: &str) -> &str {
    let inner = raw.strip_prefix("<![CDATA[").unwrap_or(raw);
    inner.strip_suffix("]]>").unwrap_or(inner)
}

/// The character that `&name;` stands for, where it is one of XML's own or a reference to a character.
pub(super) fn reference(raw: &str) -> Option<char> {
    let name = raw.strip_prefix('&')?.strip_suffix(';')?;
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(digits) if !digits.starts_with('+') => u32::from_str_radix(digits, 16).ok()?,
                Some(_) => return None,
                None if !number.starts_with('+') => number.parse().ok()?,
                None => return None,
            };
            // XML 1.0 allows no other control characters, not even as references.
            char::from_u32(code)
                .filter(|char| !char.is_control() || matches!(char, '\t' | '\n' | '\r' | '\u{7f}'..))?
        }
    })
}

/// The value of an attribute with references followed and white space as spaces (XML 1.0, 3.3.3);
/// `None` where that is what stands there.
///
/// # Errors
/// A reference that is none of XML's own.
pub(super) fn attribute_value(raw: &str) -> Result<Option<String>, &str> {
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(None);
    }
    let mut decoded = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(char) = rest.chars().next() {
        match char {
            '&' => {
                let end = rest.find(';').map_or(rest.len(), |end| end + 1);
                let Some(char) = reference(&rest[..end]) else { return Err(&rest[..end]) };
                decoded.push(char);
                rest = &rest[end..];
                continue;
            }
            '\r' if rest.starts_with("\r\n") => {}
            '\t' | '\n' | '\r' => decoded.push(' '),
            other => decoded.push(other),
        }
        rest = &rest[char.len_utf8()..];
    }
    Ok(Some(decoded))
}
