//! Numbers and words as other languages write them, and what they mean in JSON.

/// What an odd bare word means.
pub(super) enum Meaning {
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A number, in JSON's spelling or `.inf`, `-.inf`, `.nan`.
    Number(String),
}

/// What a bare word that is not JSON was meant to be, what to say and what to do about it.
pub(super) fn meaning(word: &str) -> Option<(Meaning, &'static str, &'static str)> {
    let known = match word {
        "True" | "TRUE" => (Meaning::Bool(true), "JSON writes it in lower case.", "Write `true`."),
        "False" | "FALSE" => (Meaning::Bool(false), "JSON writes it in lower case.", "Write `false`."),
        "None" | "NULL" | "Null" | "nil" | "undefined" => {
            (Meaning::Null, "JSON writes the absent value as null.", "Write `null`.")
        }
        _ => return number(word),
    };
    Some(known)
}

fn number(word: &str) -> Option<(Meaning, &'static str, &'static str)> {
    let (negative, plus, digits) = match word.as_bytes() {
        [b'-', ..] => (true, false, &word[1..]),
        [b'+', ..] => (false, true, &word[1..]),
        _ => (false, false, word),
    };
    let sign = if negative { "-" } else { "" };
    let special = match digits {
        "NaN" | "nan" | "NAN" => Some(".nan".to_owned()),
        "Infinity" | "infinity" | "inf" | "Inf" | "INF" => Some(format!("{sign}.inf")),
        _ => None,
    };
    if let Some(special) = special {
        let hint = "Write `null`, or a string that the reader agrees to.";
        return Some((Meaning::Number(special), "JSON has no infinite numbers and no NaN.", hint));
    }
    if let Some(value) = radix(digits) {
        let hint = "Write the number in decimal digits.";
        return Some((Meaning::Number(format!("{sign}{value}")), "JSON has decimal numbers only.", hint));
    }
    // From here on only decimal digits, one point and an exponent can be meant.
    if !digits.bytes().any(|b| b.is_ascii_digit())
        || !digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-' | b'_'))
    {
        return None;
    }
    let mut message = ("A number has no plus sign in front in JSON.", "Leave the plus sign out.");
    let mut plain = digits.to_owned();
    if plain.contains('_') {
        plain.retain(|c| c != '_');
        message = ("A number has no underscores in JSON.", "Leave the underscores out.");
    }
    if plain.starts_with('.') {
        plain.insert(0, '0');
        message = ("A number needs a digit before its point in JSON.", "Write 0 before the point.");
    }
    if let Some(point) = plain.find('.')
        && !plain[point + 1..].starts_with(|c: char| c.is_ascii_digit())
    {
        plain.remove(point);
        message = ("A number needs a digit after its point in JSON.", "Leave the point out, or add a digit.");
    }
    let significant = plain.trim_start_matches('0');
    if plain.len() > 1 && plain.starts_with('0') && plain.as_bytes()[1].is_ascii_digit() {
        plain = if significant.starts_with(|c: char| c.is_ascii_digit()) {
            significant.to_owned()
        } else {
            format!("0{significant}")
        };
        message = ("A number has no leading zeros in JSON.", "Leave the zeros out, or make it a string.");
    } else if !plus && plain == digits {
        return None;
    }
    plain.insert_str(0, sign);
    let valid = super::scan::number(plain.as_bytes(), 0) == Some(plain.len());
    valid.then_some((Meaning::Number(plain), message.0, message.1))
}

fn radix(digits: &str) -> Option<u128> {
    let (radix, rest) = match digits.get(..2)? {
        "0x" | "0X" => (16, &digits[2..]),
        "0o" | "0O" => (8, &digits[2..]),
        "0b" | "0B" => (2, &digits[2..]),
        _ => return None,
    };
    if rest.starts_with(['+', '-']) {
        return None;
    }
    u128::from_str_radix(rest, radix).ok()
}

#[cfg(test)]
mod tests {
    use super::{Meaning, meaning};

    #[test]
    fn numbers_of_other_languages_keep_their_value() {
        for (word, expected) in [
            ("+1", "1"),
            (".5", "0.5"),
            ("-.5e3", "-0.5e3"),
            ("5.", "5"),
            ("5.e2", "5e2"),
            ("007", "7"),
            ("000", "0"),
            ("-00.5", "-0.5"),
            ("1_000", "1000"),
            ("0x1F", "31"),
            ("-0b11", "-3"),
            ("NaN", ".nan"),
            ("-Infinity", "-.inf"),
        ] {
            match meaning(word) {
                Some((Meaning::Number(number), ..)) => assert_eq!(number, expected, "{word}"),
                _ => panic!("{word} is not understood"),
            }
        }
        for word in ["+", "-", ".", "1-2", "2020-01-01", "1.2.3", "0x", "0x+1", "--1", "1e", "", "é", "0é"]
        {
            assert!(meaning(word).is_none(), "{word} is understood");
        }
    }
}
