//! What a browser may do with the page: run the one script and use the one style that stand in it,
//! known by their hashes, and nothing else.

use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// The style sheet, with the line breaks that a browser hashes.
pub(super) static STYLE: LazyLock<String> = LazyLock::new(|| include_str!("page.css").replace('\r', ""));

/// The script.
pub(super) static SCRIPT: LazyLock<String> = LazyLock::new(|| include_str!("page.js").replace('\r', ""));

/// The Content-Security-Policy of a page with that style and, where it has one, that script, each by
/// its hash.
pub(in crate::report) fn policy(style: &str, script: Option<&str>) -> String {
    let script = script.map_or_else(|| "'none'".to_owned(), |script| format!("'sha256-{script}'"));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src {script}; base-uri 'none'; form-action 'none'; \
         require-trusted-types-for 'script'; trusted-types 'none'"
    )
}

/// The policy of a report's page.
pub(super) fn of_page() -> String {
    policy(&hash(&STYLE), Some(&hash(&SCRIPT)))
}

pub(in crate::report) fn hash(text: &str) -> String {
    base64(&Sha256::digest(text.as_bytes()))
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits =
            three.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..4 {
            let is_there = place <= three.len();
            let index = (bits >> (18 - 6 * place)) & 63;
            text.push(if is_there { char::from(ALPHABET[index as usize]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_rfc() {
        for (bytes, text) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }

    #[test]
    fn script_and_style_end_where_they_should() {
        for text in [&*STYLE, &*SCRIPT] {
            assert!(!text.contains("</") && !text.contains("<!--") && !text.contains('\r'));
        }
        // Nothing in the script makes markup of text.
        for way in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "Function("] {
            assert!(!SCRIPT.contains(way), "{way}");
        }
    }
}
