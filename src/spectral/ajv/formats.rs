//! The formats of ajv-formats in its full mode. Unknown ones are not regarded, as in Spectral.

use assize_tree::pattern::Pattern;

/// Formats of numbers.
pub(super) fn is_numeric(name: &str) -> bool {
    matches!(name, "int32" | "int64" | "float" | "double")
}

/// Formats of texts that are looked at.
pub(super) fn is_known(name: &str) -> bool {
    matches!(
        name,
        "date"
            | "time"
            | "date-time"
            | "duration"
            | "uri"
            | "uri-reference"
            | "uri-template"
            | "url"
            | "email"
            | "hostname"
            | "ipv4"
            | "ipv6"
            | "regex"
            | "uuid"
            | "json-pointer"
            | "json-pointer-uri-fragment"
            | "relative-json-pointer"
            | "byte"
    )
}

/// Whether a pattern has a group that begins as none does in ECMAScript, `(?i)` say.
fn foreign_group(text: &str) -> bool {
    let mut chars = text.char_indices();
    let mut in_class = false;
    while let Some((at, char)) = chars.next() {
        match char {
            '\\' => {
                chars.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class => {
                if let Some(rest) = text[at..].strip_prefix("(?")
                    && !rest.starts_with([':', '=', '!', '<'])
                {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Whether a number is of a format.
pub(super) fn number(name: &str, value: f64) -> bool {
    match name {
        "int32" => value.fract() == 0.0 && (-2_147_483_648.0..=2_147_483_647.0).contains(&value),
        "int64" => value.fract() == 0.0 && value.is_finite(),
        _ => true,
    }
}

/// Whether a text is of a format.
pub(super) fn text(name: &str, text: &str) -> bool {
    match name {
        "date" => date(text),
        "time" => time(text),
        "date-time" => {
            let parts: Vec<&str> =
                text.split(|char: char| char == 't' || char == 'T' || char.is_whitespace()).collect();
            matches!(parts[..], [day, clock] if date(day) && time(clock))
        }
        "duration" => duration(text),
        "uri" => uri(text, true) && text.contains(['/', ':']),
        "uri-reference" => uri(text, false),
        "uri-template" => uri_template(text),
        "url" => url(text),
        "email" => email(text),
        "hostname" => hostname(text),
        "ipv4" => ipv4(text),
        "ipv6" => text.parse::<std::net::Ipv6Addr>().is_ok(),
        "regex" => {
            !text.contains("\\Z") && !foreign_group(text) && Pattern::new(&format!("(?:){text}")).is_ok()
        }
        "uuid" => uuid(text),
        "json-pointer" => pointer(text),
        "json-pointer-uri-fragment" => text.strip_prefix('#').is_some_and(pointer),
        "relative-json-pointer" => {
            let digits = text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len());
            let (number, rest) = text.split_at(digits);
            !number.is_empty()
                && (number == "0" || !number.starts_with('0'))
                && (rest == "#" || pointer(rest))
        }
        "byte" => byte(text),
        _ => true,
    }
}

fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

fn date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let (Some(year), Some(month), Some(day)) = (digits(year, 4), digits(month, 2), digits(day, 2)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    (1..=days).contains(&day)
}

fn time(text: &str) -> bool {
    let Some((clock, rest)) = text.get(..8).zip(text.get(8..)) else { return false };
    let parts: Vec<&str> = clock.split(':').collect();
    let [hour, minute, second] = parts[..] else { return false };
    let (Some(hour), Some(minute), Some(second)) = (digits(hour, 2), digits(minute, 2), digits(second, 2))
    else {
        return false;
    };
    let right = hour <= 23 && minute <= 59 && second <= 59 || (hour, minute, second) == (23, 59, 60);
    let zone = match rest.strip_prefix('.') {
        Some(fraction) => {
            let end = fraction.find(|char: char| !char.is_ascii_digit()).unwrap_or(fraction.len());
            if end == 0 {
                return false;
            }
            &fraction[end..]
        }
        None => rest,
    };
    right && offset(zone)
}

/// Nothing, `Z`, or hours with or without minutes.
fn offset(zone: &str) -> bool {
    if zone.is_empty() || zone.eq_ignore_ascii_case("z") {
        return true;
    }
    let Some(rest) = zone.strip_prefix(['+', '-']) else { return false };
    match rest.len() {
        2 => digits(rest, 2).is_some(),
        4 => digits(rest, 4).is_some(),
        5 => {
            rest.get(..2).is_some_and(|hours| digits(hours, 2).is_some())
                && rest.get(2..3) == Some(":")
                && rest.get(3..).is_some_and(|minutes| digits(minutes, 2).is_some())
        }
        _ => false,
    }
}

fn duration(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('P').filter(|rest| !rest.is_empty()) else { return false };
    let units = |part: &str, allowed: &str| -> bool {
        let mut allowed = allowed.chars();
        let mut number = 0;
        for char in part.chars() {
            if char.is_ascii_digit() {
                number += 1;
            } else if number > 0 && allowed.any(|unit| unit == char) {
                number = 0;
            } else {
                return false;
            }
        }
        number == 0
    };
    if let Some(weeks) = rest.strip_suffix('W') {
        return weeks.is_empty() || weeks.bytes().all(|byte| byte.is_ascii_digit());
    }
    match rest.split_once('T') {
        Some((day, clock)) => {
            units(day, "YMD") && clock.starts_with(|char: char| char.is_ascii_digit()) && units(clock, "HMS")
        }
        None => units(rest, "YMD"),
    }
}

/// Characters of a part of an address, percent-encoded ones included.
fn part(text: &str, more: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        if byte == b'%' {
            let hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
            if !hex(at + 1) || !hex(at + 2) {
                return false;
            }
            at += 3;
            continue;
        }
        let plain = byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte);
        if !plain && !more.as_bytes().contains(&byte) {
            return false;
        }
        at += 1;
    }
    true
}

/// RFC 3986; an absolute address has a scheme and something behind it.
fn uri(text: &str, absolute: bool) -> bool {
    let (rest, fragment) =
        text.split_once('#').map_or((text, None), |(rest, fragment)| (rest, Some(fragment)));
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    if !fragment.is_none_or(|fragment| part(fragment, ":@/?"))
        || !query.is_none_or(|query| part(query, ":@/?"))
    {
        return false;
    }
    let scheme = rest.split_once(':').filter(|(scheme, _)| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    });
    let hierarchy = match (scheme, absolute) {
        (Some((_, hierarchy)), _) => hierarchy,
        (None, true) => return false,
        (None, false) => rest,
    };
    // A reference may have a double quote in its path; an address may not.
    let quote = if absolute { ":@" } else { ":@\"" };
    if let Some(authority) = hierarchy.strip_prefix("//") {
        let (authority, path) = authority.split_at(authority.find('/').unwrap_or(authority.len()));
        return self::authority(authority) && path.split('/').all(|segment| part(segment, quote));
    }
    if hierarchy.is_empty() {
        return !absolute;
    }
    let path = hierarchy.strip_prefix('/').unwrap_or(hierarchy);
    path.split('/').enumerate().all(|(index, segment)| {
        part(segment, quote) && !(index == 0 && segment.is_empty() && path.contains('/'))
    })
}

fn authority(text: &str) -> bool {
    let (user, host) = text.rsplit_once('@').map_or((None, text), |(user, host)| (Some(user), host));
    if !user.is_none_or(|user| part(user, ":")) {
        return false;
    }
    if let Some(rest) = host.strip_prefix('[') {
        let Some((address, port)) = rest.split_once(']') else { return false };
        let known = address.parse::<std::net::Ipv6Addr>().is_ok() || address.starts_with(['v', 'V']);
        return known && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
    }
    let (name, port) = host.split_once(':').map_or((host, ""), |(name, port)| (name, port));
    part(name, "\"") && is_port(port)
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// RFC 6570.
fn uri_template(text: &str) -> bool {
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if !literal(&rest[..at]) || rest[at..].starts_with('}') {
            return false;
        }
        let Some(end) = rest[at..].find('}') else { return false };
        if !expression(&rest[at + 1..at + end]) {
            return false;
        }
        rest = &rest[at + end + 1..];
    }
    literal(rest)
}

fn literal(text: &str) -> bool {
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char == '%' {
            let two = chars.by_ref().take(2).filter(char::is_ascii_hexdigit).count();
            if two != 2 {
                return false;
            }
        } else if char <= ' ' || "\"'<>\\^`{|}".contains(char) {
            return false;
        }
    }
    true
}

fn expression(text: &str) -> bool {
    let names = text.strip_prefix(|char: char| "+#./;?&=,!@|".contains(char)).unwrap_or(text);
    names.split(',').all(|name| {
        let name = name.strip_suffix('*').unwrap_or(name);
        let (name, prefix) = name.split_once(':').map_or((name, None), |(name, length)| (name, Some(length)));
        let long = prefix.is_none_or(|digits| {
            (1..=4).contains(&digits.len())
                && !digits.starts_with('0')
                && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        long && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'%')
    })
}

/// `http`, `https` or `ftp`, and a host that is no private address.
fn url(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some(rest) = ["http://", "https://", "ftp://"].iter().find_map(|scheme| lower.strip_prefix(scheme))
    else {
        return false;
    };
    if rest.chars().any(char::is_whitespace) {
        return false;
    }
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    if !port.is_none_or(|port| (2..=5).contains(&port.len()) && is_port(port)) {
        return false;
    }
    if let Ok(address) = name.parse::<std::net::Ipv4Addr>() {
        let [first, .., last] = address.octets();
        return !address.is_private()
            && !address.is_loopback()
            && !address.is_link_local()
            && (1..=223).contains(&first)
            && (1..=254).contains(&last);
    }
    let labels: Vec<&str> = name.split('.').collect();
    let good = |label: &&str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|char| char.is_ascii_alphanumeric() || char == '-' || char >= '\u{a1}')
    };
    labels.len() >= 2
        && labels.iter().all(good)
        && labels.last().is_some_and(|top| {
            top.chars().count() >= 2 && !top.chars().any(|char| char.is_ascii_digit() || char == '-')
        })
}

fn email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let atom = |atom: &str| {
        !atom.is_empty()
            && atom.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte))
    };
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    local.split('.').all(atom) && domain.contains('.') && domain.split('.').all(label)
}

fn hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    (1..=253).contains(&name.len())
        && name.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        })
}

fn ipv4(text: &str) -> bool {
    let parts: Vec<&str> = text.split('.').collect();
    parts.len() == 4
        && parts.iter().all(|part| {
            (1..=3).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit())
                && part.parse::<u32>().is_ok_and(|number| number <= 255)
        })
}

fn uuid(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let bare = lower.strip_prefix("urn:uuid:").unwrap_or(&lower);
    let parts: Vec<&str> = bare.split('-').collect();
    parts.len() == 5
        && parts
            .iter()
            .zip([8, 4, 4, 4, 12])
            .all(|(part, length)| part.len() == length && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn pointer(text: &str) -> bool {
    (text.is_empty() || text.starts_with('/'))
        && text.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']))
}

/// Base 64; a line of it is enough.
fn byte(text: &str) -> bool {
    let good = |line: &str| {
        let body = line.trim_end_matches('=');
        line.len().is_multiple_of(4)
            && line.len() - body.len() <= 2
            && body.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/')
    };
    text.split(['\n', '\r']).any(good)
}
