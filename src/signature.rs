//! Minisign signatures (Ed25519 over the BLAKE2b hash of a text): of waivers by approvers, of packs
//! by whoever answers for them. Verifying only; signing is done with minisign itself.

use minisign_verify::{Error, PublicKey, Signature};

/// A public key.
pub struct Key(PublicKey);

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no signature of minisign's form.
    Form,
    /// It was made with a key that is none of those given.
    OtherKey,
    /// It was made with a key that is given, for another text.
    OtherText,
}

impl Key {
    /// Reads a key: the second line of a `minisign.pub` file, or the whole file.
    ///
    /// # Errors
    /// Where it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let line = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
        PublicKey::from_base64(line).map(Self).map_err(|_| {
            "This is no minisign public key; one is a line of 56 letters and digits that begins with RW."
                .to_owned()
        })
    }
}

/// Which of the keys signed the text.
///
/// # Errors
/// Where none did.
pub fn verify<'k>(
    keys: impl IntoIterator<Item = &'k Key>,
    text: &[u8],
    signature: &str,
) -> Result<usize, Fault> {
    // Written into YAML by hand, lines may have white space at their ends.
    let lines: Vec<&str> = signature.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let signature = Signature::decode(&lines.join("\n")).map_err(|_| Fault::Form)?;
    let mut fault = Fault::OtherKey;
    for (at, key) in keys.into_iter().enumerate() {
        match key.0.verify(text, &signature, true) {
            Ok(()) => return Ok(at),
            Err(Error::UnexpectedKeyId) => {}
            Err(_) => fault = Fault::OtherText,
        }
    }
    Err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minisign::KeyPair;
    use std::io::Cursor;

    #[test]
    fn a_signature_holds_for_its_text_and_key_alone() {
        let (one, two) = (KeyPair::generate_unencrypted_keypair(), KeyPair::generate_unencrypted_keypair());
        let (one, two) = (one.unwrap(), two.unwrap());
        let key = |pair: &KeyPair| Key::parse(&pair.pk.to_box().unwrap().to_string()).unwrap();
        let signature = minisign::sign(None, &one.sk, Cursor::new("text"), Some("granted"), None).unwrap();
        let signature = signature.to_string();
        let keys = [key(&two), key(&one)];
        assert_eq!(verify(&keys, b"text", &signature), Ok(1));
        assert_eq!(verify(&keys, b"Text", &signature), Err(Fault::OtherText));
        assert_eq!(verify(&keys[..1], b"text", &signature), Err(Fault::OtherKey));
        assert_eq!(verify(&keys, b"text", &signature.replace("granted", "Granted")), Err(Fault::OtherText));
        let indented = signature.replace('\n', "  \n   ");
        assert_eq!(verify(&keys, b"text", &indented), Ok(1));
        for broken in ["", "x", "a\nb\nc\nd", &signature[..signature.len() / 2]] {
            assert_eq!(verify(&keys, b"text", broken), Err(Fault::Form), "{broken:?}");
        }
        assert!(Key::parse("RWQ").is_err());
    }
}
