//! Signatures of packs: `pack.minisig` beside the main file, over the pack's name, version and digest.
//! Signatures of profiles, which are one file each: `FILE.minisig` beside it, over its bytes.

use super::load::Pack;
use super::source::SIGNATURE;
use crate::signature::{Fault, Key, verify};
use std::fs;
use std::path::Path;

/// What is signed: `assize pack text FOLDER` prints it.
#[must_use]
pub fn text(pack: &Pack) -> String {
    format!(
        "assize-pack: 1\nname: {}\nversion: {}\nsha256: {}\n",
        serde_json::Value::String(pack.form.pack.clone()),
        serde_json::Value::String(pack.form.version.clone()),
        pack.digest
    )
}

/// Whether a pack is signed with one of the keys. Embedded packs are part of the program.
///
/// # Errors
/// In words, where it is not.
pub fn check(pack: &Pack, keys: &[Key]) -> Result<(), String> {
    if pack.folder.is_none() {
        return Ok(());
    }
    let name = &pack.form.pack;
    let Some(signature) = pack.files.get(SIGNATURE) else {
        return Err(format!("The pack {name} is not signed: there is no {SIGNATURE} beside it."));
    };
    let signature = String::from_utf8_lossy(signature);
    match verify(keys, text(pack).as_bytes(), &signature) {
        Ok(_) => Ok(()),
        Err(Fault::Form) => Err(format!("The signature of the pack {name} is none of minisign's form.")),
        Err(Fault::OtherKey) => {
            Err(format!("The pack {name} is signed with a key that is none of those configured."))
        }
        Err(Fault::OtherText) => Err(format!(
            "The signature of the pack {name} does not hold: the pack or the signature was changed after it was signed."
        )),
    }
}

/// Whether a profile, or a list of approvers, is signed with one of the keys: `FILE.minisig` beside
/// it, as minisign writes it, over the file's bytes.
///
/// # Errors
/// In words, where it is not.
pub fn check_file(path: &Path, bytes: &[u8], keys: &[Key]) -> Result<(), String> {
    let shown = path.display();
    let mut name = path.as_os_str().to_owned();
    name.push(".minisig");
    let beside = Path::new(&name);
    let Ok(signature) = fs::read(beside) else {
        return Err(format!("The profile {shown} is not signed: there is no {} to read.", beside.display()));
    };
    match verify(keys, bytes, &String::from_utf8_lossy(&signature)) {
        Ok(_) => Ok(()),
        Err(Fault::Form) => Err(format!("The signature {} is none of minisign's form.", beside.display())),
        Err(Fault::OtherKey) => {
            Err(format!("The profile {shown} is signed with a key that is none of those configured."))
        }
        Err(Fault::OtherText) => Err(format!(
            "The signature of the profile {shown} does not hold: the file or the signature was changed after it was signed."
        )),
    }
}
