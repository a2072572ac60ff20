//! SNOMED CT identifiers (SNOMED CT Release File Specification, 5 and 6): 6 to 18 digits, a
//! partition that says what is identified, a Verhoeff check digit.

/// What an identifier identifies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// A concept (partitions 00 and 10).
    Concept,
    /// A description (01, 11).
    Description,
    /// A relationship (02, 12).
    Relationship,
}

/// What a text is, read as an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnomedId {
    /// A well-formed identifier.
    Valid(Component),
    /// Not 6 to 18 digits, or one with a leading zero.
    Malformed,
    /// The check digit is wrong.
    BadCheckDigit {
        /// What the other digits demand.
        expected: u8,
    },
    /// A partition that stands for nothing.
    UnknownPartition,
}

/// Multiplication in the dihedral group of order 10.
const PRODUCT: [[u8; 10]; 10] = [
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
    [1, 2, 3, 4, 0, 6, 7, 8, 9, 5],
    [2, 3, 4, 0, 1, 7, 8, 9, 5, 6],
    [3, 4, 0, 1, 2, 8, 9, 5, 6, 7],
    [4, 0, 1, 2, 3, 9, 5, 6, 7, 8],
    [5, 9, 8, 7, 6, 0, 4, 3, 2, 1],
    [6, 5, 9, 8, 7, 1, 0, 4, 3, 2],
    [7, 6, 5, 9, 8, 2, 1, 0, 4, 3],
    [8, 7, 6, 5, 9, 3, 2, 1, 0, 4],
    [9, 8, 7, 6, 5, 4, 3, 2, 1, 0],
];
/// Verhoeff's permutation of a digit, to be applied once for each place.
const PERMUTATION: [u8; 10] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];
const INVERSE: [u8; 10] = [0, 4, 3, 2, 1, 5, 6, 7, 8, 9];

fn permuted(digit: u8, times: usize) -> u8 {
    (0..times % 8).fold(digit, |digit, _| PERMUTATION[digit as usize])
}

/// Verhoeff's check digit of some digits.
fn check_digit(digits: &[u8]) -> u8 {
    let sum = digits
        .iter()
        .rev()
        .enumerate()
        .fold(0, |sum, (at, &digit)| PRODUCT[sum as usize][permuted(digit, at + 1) as usize]);
    INVERSE[sum as usize]
}

/// Reads a text as a SNOMED CT identifier.
#[must_use]
pub fn read(text: &str) -> SnomedId {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).map(|byte| byte - b'0').collect();
    if digits.len() != text.len() || !(6..=18).contains(&digits.len()) || digits[0] == 0 {
        return SnomedId::Malformed;
    }
    let (&last, body) = match digits.split_last() {
        Some(split) => split,
        None => return SnomedId::Malformed,
    };
    let expected = check_digit(body);
    if last != expected {
        return SnomedId::BadCheckDigit { expected };
    }
    match body[body.len() - 2..] {
        [0 | 1, 0] => SnomedId::Valid(Component::Concept),
        [0 | 1, 1] => SnomedId::Valid(Component::Description),
        [0 | 1, 2] => SnomedId::Valid(Component::Relationship),
        _ => SnomedId::UnknownPartition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_identifiers() {
        // Concepts of the international edition and of the UK extension (dm+d), facts of both.
        for concept in ["138875005", "404684003", "840539006", "39114911000001105", "999000011000000103"] {
            assert_eq!(read(concept), SnomedId::Valid(Component::Concept), "{concept}");
        }
        assert_eq!(read("39114911000001104"), SnomedId::BadCheckDigit { expected: 5 });
        assert_eq!(read("138875006"), SnomedId::BadCheckDigit { expected: 5 });
        for malformed in ["", "12345", "038875005", "1388750O5", "1234567890123456789"] {
            assert_eq!(read(malformed), SnomedId::Malformed, "{malformed}");
        }
    }

    #[test]
    fn every_swap_of_neighbours_is_caught() {
        let good = "840539006";
        for at in 0..good.len() - 1 {
            let mut bytes = good.as_bytes().to_vec();
            bytes.swap(at, at + 1);
            let swapped = String::from_utf8(bytes).unwrap();
            if swapped != good && !swapped.starts_with('0') {
                assert!(!matches!(read(&swapped), SnomedId::Valid(_)), "{swapped}");
            }
        }
    }
}
