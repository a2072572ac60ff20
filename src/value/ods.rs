//! ODS codes (DCB0090, Organisation Reference Data): what an organisation of the NHS is known by.
//! Since 2020-04-01 new ones are ANANA (letter, digit, letter, digit, letter or longer); what came
//! before has many forms. A code's structure says nothing of the organisation's type.

/// What a text is, read as an ODS code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OdsCode {
    /// It may be a code; only the directory can tell that it is one.
    Plausible {
        /// It has the form of new codes.
        anana: bool,
    },
    /// Small letters: codes are written in capitals.
    LowerCase,
    /// A character that is no letter or digit.
    BadCharacter(char),
    /// Fewer than 3 or more than 12 characters.
    BadLength(usize),
}

/// Reads a text as an ODS code.
#[must_use]
pub fn read(text: &str) -> OdsCode {
    if let Some(bad) = text.chars().find(|char| !char.is_ascii_alphanumeric()) {
        return OdsCode::BadCharacter(bad);
    }
    if !(3..=12).contains(&text.len()) {
        return OdsCode::BadLength(text.len());
    }
    if text.bytes().any(|byte| byte.is_ascii_lowercase()) {
        return OdsCode::LowerCase;
    }
    let anana = text.len() == 5
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if at % 2 == 0 { byte.is_ascii_uppercase() } else { byte.is_ascii_digit() });
    OdsCode::Plausible { anana }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_and_new_forms_are_codes() {
        for code in ["RX8", "TAK01", "A83008", "X26", "RX801", "8HK48", "13Q", "VN7YT"] {
            assert!(matches!(read(code), OdsCode::Plausible { .. }), "{code}");
        }
        assert_eq!(read("G7H8J"), OdsCode::Plausible { anana: true });
        assert_eq!(read("RX801"), OdsCode::Plausible { anana: false });
    }

    #[test]
    fn others_are_not() {
        assert_eq!(read("a83008"), OdsCode::LowerCase);
        assert_eq!(read("A83-008"), OdsCode::BadCharacter('-'));
        assert_eq!(read("A8"), OdsCode::BadLength(2));
        assert_eq!(read("https"), OdsCode::LowerCase);
    }
}
