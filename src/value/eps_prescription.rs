//! Identifiers of electronic prescriptions in England: six hexadecimal digits, an organisation's
//! code padded to six, and five hexadecimal digits with an ISO 7064 MOD 37-2 check character, `+`
//! standing for the scheme's `*`. Long identifiers are UUIDs.

/// What a text is, read as a prescription's identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrescriptionId {
    /// A short identifier with the right check character.
    Short,
    /// A UUID.
    Long,
    /// A short one whose check character is wrong.
    BadCheckCharacter {
        /// What the others demand.
        expected: char,
    },
    /// Neither.
    Malformed,
}

const ALPHABET: &[u8; 37] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+";

/// ISO 7064 MOD 37-2 check character of some characters; `None` for one outside the alphabet.
fn check_character(body: &[u8]) -> Option<char> {
    let mut product: usize = 0;
    for byte in body {
        let value = ALPHABET.iter().position(|letter| letter == byte).filter(|&value| value < 36)?;
        product = (product + value) * 2 % 37;
    }
    Some(ALPHABET[(38 - product) % 37] as char)
}

/// Reads a text as a prescription's identifier.
#[must_use]
pub fn read(text: &str) -> PrescriptionId {
    if super::uuid::read(text).is_some() {
        return PrescriptionId::Long;
    }
    let parts: Vec<&[u8]> = text.as_bytes().split(|&byte| byte == b'-').collect();
    let [first, owner, last] = parts[..] else { return PrescriptionId::Malformed };
    let hexadecimal =
        |part: &[u8]| part.iter().all(|byte| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte));
    let shaped = first.len() == 6
        && owner.len() == 6
        && last.len() == 6
        && hexadecimal(first)
        && owner.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && hexadecimal(&last[..5])
        && ALPHABET.contains(&last[5]);
    let body: Vec<u8> = [first, owner, last.get(..5).unwrap_or_default()].concat();
    match check_character(&body).filter(|_| shaped) {
        None => PrescriptionId::Malformed,
        Some(expected) if last[5] == expected as u8 => PrescriptionId::Short,
        Some(expected) => PrescriptionId::BadCheckCharacter { expected },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_check_character_is_right() {
        let right: Vec<char> = ALPHABET
            .iter()
            .map(|&byte| byte as char)
            .filter(|check| read(&format!("A0B1C2-A83008-1F2E3{check}")) == PrescriptionId::Short)
            .collect();
        assert_eq!(right.len(), 1);
        let wrong = ALPHABET.iter().map(|&byte| byte as char).find(|check| !right.contains(check)).unwrap();
        assert_eq!(
            read(&format!("A0B1C2-A83008-1F2E3{wrong}")),
            PrescriptionId::BadCheckCharacter { expected: right[0] }
        );
    }

    #[test]
    fn the_whole_identifier_sums_to_one() {
        // ISO 7064: the sum of value times 2 to its place, check character included, is 1 modulo 37.
        let id: Vec<u8> = (0..37)
            .find_map(|at| {
                let text = format!("24F5DA-A83008-7EFE6{}", ALPHABET[at] as char);
                (read(&text) == PrescriptionId::Short).then(|| text.into_bytes())
            })
            .unwrap();
        let sum =
            id.iter().filter(|&&byte| byte != b'-').rev().enumerate().fold(0_u64, |sum, (place, byte)| {
                (sum + ALPHABET.iter().position(|letter| letter == byte).unwrap() as u64 * (1 << place)) % 37
            });
        assert_eq!(sum, 1);
    }

    #[test]
    fn shapes() {
        for malformed in
            ["", "A0B1C2-A83008", "a0b1c2-A83008-1F2E3X", "A0B1C2-A8300-1F2E3X", "G0B1C2-A83008-1F2E3X"]
        {
            assert_eq!(read(malformed), PrescriptionId::Malformed, "{malformed}");
        }
        assert_eq!(read("0c3b8a8e-7a4f-4c43-8a0b-1d2c3e4f5a6b"), PrescriptionId::Long);
    }
}
