//! UUIDs (RFC 9562, section 4): 32 hexadecimal digits in groups of 8, 4, 4, 4 and 12.

/// How the letters of a UUID are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Case {
    /// Small, as RFC 9562 demands on output; also where there is no letter.
    Lower,
    /// Capitals.
    Upper,
    /// Both.
    Mixed,
}

/// The case of a UUID; `None` for a text that is none.
#[must_use]
pub fn read(text: &str) -> Option<Case> {
    let lengths = text.split('-').map(str::len);
    let digits = text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit());
    if !digits || !lengths.eq([8, 4, 4, 4, 12]) {
        return None;
    }
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = text.bytes().any(|byte| byte.is_ascii_lowercase());
    Some(match (upper, lower) {
        (true, true) => Case::Mixed,
        (true, false) => Case::Upper,
        (false, _) => Case::Lower,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_and_digits() {
        assert_eq!(read("0c3b8a8e-7a4f-4c43-8a0b-1d2c3e4f5a6b"), Some(Case::Lower));
        assert_eq!(read("0C3B8A8E-7A4F-4C43-8A0B-1D2C3E4F5A6B"), Some(Case::Upper));
        assert_eq!(read("0C3b8a8e-7a4f-4c43-8a0b-1d2c3e4f5a6b"), Some(Case::Mixed));
        for bad in [
            "",
            "0c3b8a8e7a4f4c438a0b1d2c3e4f5a6b",
            "0c3b8a8e-7a4f-4c43-8a0b-1d2c3e4f5a6g",
            "{0c3b8a8e-7a4f-4c43-8a0b-1d2c3e4f5a6b}",
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
