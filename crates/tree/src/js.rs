//! What JavaScript makes of numbers and texts, as far as Spectral's answers depend on it: numbers as
//! texts (ECMA-262, `Number::toString`), texts as numbers, and the order of `localeCompare`.

use std::cmp::Ordering;

/// `String(number)`: the shortest digits that give the number again; an exponent from 1e21 on and
/// below 1e-6.
#[must_use]
pub fn number_to_string(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    if number == 0.0 {
        return "0".to_owned();
    }
    let shortest = format!("{:e}", number.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let (k, n) = (digits.len() as i32, exponent + 1);
    let sign = if number < 0.0 { "-" } else { "" };
    let body = if (k..=21).contains(&n) {
        format!("{digits}{}", "0".repeat((n - k) as usize))
    } else if (1..=21).contains(&n) {
        let (whole, part) = digits.split_at(n as usize);
        format!("{whole}.{part}")
    } else if (-5..=0).contains(&n) {
        format!("0.{}{digits}", "0".repeat((-n) as usize))
    } else {
        let sign = if n > 0 { '+' } else { '-' };
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{sign}{}", (n - 1).abs())
    };
    format!("{sign}{body}")
}

/// `Number(text)`.
#[must_use]
pub fn to_number(text: &str) -> f64 {
    let text = text.trim_matches(|char: char| char.is_whitespace() || char == '\u{feff}');
    if text.is_empty() {
        return 0.0;
    }
    for (prefix, radix) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2)] {
        if let Some(digits) = text.strip_prefix(prefix) {
            #[expect(clippy::cast_precision_loss, reason = "JavaScript rounds to a double as well")]
            return u64::from_str_radix(digits, radix).map_or(f64::NAN, |number| number as f64);
        }
    }
    match text {
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ if text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) => {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// Length of a text as JavaScript counts: in UTF-16 units.
#[must_use]
pub fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.encode_utf16().count() }
}

/// Punctuation in the order of the root collation (CLDR): all of it before digits and letters.
const PUNCTUATION: &str = "\t\n\u{b}\u{c}\r \u{a0}_-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$";

/// Weights of a character: primary (what it is), secondary (its accent), tertiary (its case).
fn weights(char: char) -> (u32, u32, u32) {
    if let Some(at) = PUNCTUATION.chars().position(|one| one == char) {
        return (1 + at as u32, 0, 0);
    }
    if let Some(digit) = char.to_digit(10) {
        return (100 + digit, 0, 0);
    }
    if !char.is_alphanumeric() {
        return (60 + (char as u32 >> 16), char as u32, 0);
    }
    let (base, accent) = unaccented(char);
    let lower = base.to_lowercase().next().unwrap_or(base);
    (1000 + lower as u32, accent, u32::from(lower != base))
}

/// The letter without its accent, for the Latin letters of Western Europe, and a number for the accent.
fn unaccented(char: char) -> (char, u32) {
    const LETTERS: [(&str, char); 13] = [
        ("àáâãäå", 'a'),
        ("ç", 'c'),
        ("èéêë", 'e'),
        ("ìíîï", 'i'),
        ("ñ", 'n'),
        ("òóôõö", 'o'),
        ("ùúûü", 'u'),
        ("ýÿ", 'y'),
        ("ÀÁÂÃÄÅ", 'A'),
        ("Ç", 'C'),
        ("ÈÉÊË", 'E'),
        ("ÒÓÔÕÖ", 'O'),
        ("ÙÚÛÜ", 'U'),
    ];
    for (accented, plain) in LETTERS {
        if let Some(at) = accented.chars().position(|one| one == char) {
            return (plain, at as u32 + 1);
        }
    }
    (char, 0)
}

/// `a.localeCompare(b)` in English.
#[must_use]
pub fn locale_compare(a: &str, b: &str) -> Ordering {
    if a == b {
        return Ordering::Equal;
    }
    // The sharp s is two letters.
    let (a, b) = (a.replace('ß', "ss"), b.replace('ß', "ss"));
    let level = |pick: fn((u32, u32, u32)) -> u32| {
        a.chars().map(|char| pick(weights(char))).cmp(b.chars().map(|char| pick(weights(char))))
    };
    level(|weights| weights.0)
        .then_with(|| level(|weights| weights.1))
        .then_with(|| level(|weights| weights.2))
}

/// `a.localeCompare(b, undefined, { numeric: true })`: runs of digits compare as numbers.
#[must_use]
pub fn locale_compare_numeric(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| -> Vec<Result<u128, char>> {
        let mut parts = Vec::new();
        let mut digits = String::new();
        for char in text.chars().chain(std::iter::once('\u{0}')) {
            if char.is_ascii_digit() {
                digits.push(char);
                continue;
            }
            if !digits.is_empty() {
                parts.push(Ok(digits.parse().unwrap_or(u128::MAX)));
                digits.clear();
            }
            if char != '\u{0}' {
                parts.push(Err(char));
            }
        }
        parts
    };
    let (left, right) = (parts(a), parts(b));
    for (one, other) in left.iter().zip(&right) {
        let order = match (one, other) {
            (Ok(x), Ok(y)) => x.cmp(y),
            (Ok(_), Err(char)) => 100.cmp(&weights(*char).0),
            (Err(char), Ok(_)) => weights(*char).0.cmp(&100),
            (Err(x), Err(y)) => weights(*x).0.cmp(&weights(*y).0),
        };
        if order.is_ne() {
            return order;
        }
    }
    left.len().cmp(&right.len()).then_with(|| locale_compare(a, b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_as_javascript_writes_them() {
        for (number, text) in [
            (0.0, "0"),
            (-0.0, "0"),
            (1000.0, "1000"),
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.5, "1.5"),
            (-0.000_001, "-0.000001"),
            (1.5e-7, "1.5e-7"),
            (123.456, "123.456"),
            (9_007_199_254_740_992.0, "9007199254740992"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number_to_string(number), text);
        }
        assert_eq!(to_number(" 12 "), 12.0);
        assert_eq!(to_number("0x1F"), 31.0);
        assert!(to_number("1px").is_nan());
        assert!(to_number("inf").is_nan());
    }

    #[test]
    fn order_of_texts() {
        for (a, b) in [("a", "A"), ("A", "b"), ("_x", "a"), ("1", "a"), ("e", "é"), ("é", "f"), ("a-b", "ab")]
        {
            assert_eq!(locale_compare(a, b), Ordering::Less, "{a} {b}");
        }
        assert_eq!(locale_compare("10", "9"), Ordering::Less);
        assert_eq!(locale_compare_numeric("r10", "r9"), Ordering::Greater);
        assert_eq!(locale_compare_numeric("a", "a1"), Ordering::Less);
    }
}
