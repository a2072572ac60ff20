//! NHS numbers (NHS Data Dictionary, NHS NUMBER; ISB 0149): ten digits, the last of them a modulus
//! 11 check digit over weights 10 to 2.

/// Why a text is no NHS number, or what kind of one it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NhsNumber {
    /// Ten digits with the right check digit.
    Valid {
        /// It begins with 9: a range kept for test data, never given to a person.
        test: bool,
        /// It was written with spaces or hyphens.
        separated: bool,
    },
    /// The check digit is wrong.
    BadCheckDigit {
        /// What the first nine digits demand.
        expected: u8,
    },
    /// The first nine digits have no check digit: the remainder is 10, and such numbers are not given out.
    NoCheckDigit,
    /// Another number of digits than ten.
    NotTenDigits {
        /// How many there are.
        digits: usize,
    },
    /// Something that is no digit, space or hyphen stands in it.
    NotDigits,
}

/// Reads a text as an NHS number. Spaces and hyphens between digits are allowed.
#[must_use]
pub fn read(text: &str) -> NhsNumber {
    let mut digits = Vec::with_capacity(10);
    let mut separated = false;
    for char in text.trim().chars() {
        match char {
            '0'..='9' => digits.push(char as u8 - b'0'),
            ' ' | '-' | '\u{A0}' => separated = true,
            _ => return NhsNumber::NotDigits,
        }
    }
    if digits.len() != 10 {
        return NhsNumber::NotTenDigits { digits: digits.len() };
    }
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(&digit, weight)| u32::from(digit) * weight).sum();
    match 11 - sum % 11 {
        10 => NhsNumber::NoCheckDigit,
        check => {
            let expected = (check % 11) as u8;
            if digits[9] == expected {
                NhsNumber::Valid { test: digits[0] == 9, separated }
            } else {
                NhsNumber::BadCheckDigit { expected }
            }
        }
    }
}

/// A number for printing: never more than its first and last digits. What fails its check may still
/// be a person's number with one digit wrong.
#[must_use]
pub fn mask(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    match digits[..] {
        // Test numbers are nobody's.
        ['9', ..] if digits.len() == 10 => text.trim().chars().take(16).collect(),
        [first, .., last] if digits.len() > 4 => {
            format!("{first}{}{last}", "•".repeat(digits.len().min(12) - 2))
        }
        _ => "•".repeat(text.chars().count().min(12)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits() {
        assert_eq!(read("9000000009"), NhsNumber::Valid { test: true, separated: false });
        assert_eq!(read("943 476 5919"), NhsNumber::Valid { test: true, separated: true });
        assert_eq!(read("9434765918"), NhsNumber::BadCheckDigit { expected: 9 });
        assert_eq!(read("123"), NhsNumber::NotTenDigits { digits: 3 });
        assert_eq!(read("94347659X9"), NhsNumber::NotDigits);
        // Weighted sum 12 leaves 1, and 11 - 1 is 10.
        assert_eq!(read("0000000060"), NhsNumber::NoCheckDigit);
    }

    #[test]
    fn every_check_digit_is_reached_and_only_one_is_right() {
        let mut seen = [false; 10];
        for nine in 100_000_000..100_003_000_u32 {
            let right: Vec<u8> = (0..10)
                .filter(|digit| matches!(read(&format!("{nine}{digit}")), NhsNumber::Valid { .. }))
                .collect();
            assert!(right.len() <= 1);
            for digit in right {
                seen[digit as usize] = true;
            }
        }
        assert_eq!(seen, [true; 10]);
    }

    #[test]
    fn what_may_be_a_persons_number_is_never_shown() {
        assert_eq!(mask("4010232137"), "4••••••••7");
        assert_eq!(mask("9000000009"), "9000000009");
        assert_eq!(mask("401"), "•••");
    }
}
