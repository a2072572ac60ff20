//! Which encoding the bytes of a file are in, and the text they mean.

use super::{LineIndex, Position, Problem, Span};
use std::sync::OnceLock;

/// How the bytes of a file were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8 without a byte order mark.
    Utf8,
    /// UTF-8 with a byte order mark, which is no part of the text.
    Utf8Bom,
    /// UTF-16, little-endian, by its byte order mark.
    Utf16Le,
    /// UTF-16, big-endian, by its byte order mark.
    Utf16Be,
}

/// The decoded text of one file. Offsets into it are offsets into the UTF-8 text after any byte
/// order mark; for UTF-16 files they are not offsets into the file's bytes.
#[derive(Debug)]
pub struct Text {
    text: String,
    encoding: Encoding,
    lines: OnceLock<LineIndex>,
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self { text, encoding: Encoding::Utf8, lines: OnceLock::new() }
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Text {
    /// Decodes the bytes of a file.
    ///
    /// # Errors
    /// A problem with code `encoding` that names the byte offset in the file where the bytes stop
    /// being UTF-8 (or UTF-16, where a byte order mark says so), and the line it is on.
    pub fn decode(bytes: Vec<u8>) -> Result<Self, Problem> {
        if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
            let text = std::str::from_utf8(rest)
                .map(str::to_owned)
                .map_err(|error| not_utf8(rest, error.valid_up_to(), 3))?;
            return Ok(Self { text, encoding: Encoding::Utf8Bom, lines: OnceLock::new() });
        }
        if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
            return Self::utf16(rest, Encoding::Utf16Le, u16::from_le_bytes);
        }
        if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
            return Self::utf16(rest, Encoding::Utf16Be, u16::from_be_bytes);
        }
        match String::from_utf8(bytes) {
            Ok(text) => {
                if looks_like_utf16(text.as_bytes()) {
                    return Err(Problem::new("encoding", Span::at(0), "The file looks like UTF-16 without a byte order mark (a NUL byte at every other place from byte offset 0).")
                        .hint("Save the file as UTF-8."));
                }
                Ok(text.into())
            }
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                Err(not_utf8(error.as_bytes(), at, 0))
            }
        }
    }

    fn utf16(bytes: &[u8], encoding: Encoding, unit: fn([u8; 2]) -> u16) -> Result<Self, Problem> {
        let name = if encoding == Encoding::Utf16Le { "little-endian" } else { "big-endian" };
        let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        let mut text = String::with_capacity(bytes.len() / 2);
        let mut at = 2;
        for unit in char::decode_utf16(units) {
            match unit {
                Ok(char) => {
                    text.push(char);
                    at += 2 * char.len_utf16();
                }
                Err(error) => {
                    return Err(Problem::new("encoding", Span::at(0), format!("The byte order mark says UTF-16 ({name}), but at byte offset {at} stands a lone surrogate (0x{:04X}).", error.unpaired_surrogate()))
                        .hint("Save the file as UTF-8."));
                }
            }
        }
        if bytes.len() % 2 == 1 {
            return Err(Problem::new("encoding", Span::at(0), format!("The byte order mark says UTF-16 ({name}), but the file ends in half a code unit at byte offset {}.", bytes.len() + 1))
                .hint("Save the file as UTF-8."));
        }
        Ok(Self { text, encoding, lines: OnceLock::new() })
    }

    /// Decodes UTF-8 with a few invalid bytes in it (a file saved in Windows-1252, say), each read
    /// as U+FFFD, so that the rest of the file can be judged. `None` for what is no text at all.
    #[must_use]
    pub fn decode_lossy(bytes: &[u8]) -> Option<(Self, Problem)> {
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let first = std::str::from_utf8(bytes).err()?.valid_up_to();
        if bytes.contains(&0) {
            return None;
        }
        let mut text = String::with_capacity(bytes.len() + 16);
        let (mut bad, mut all) = (0_usize, 0_usize);
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            all += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                text.push('\u{FFFD}');
                bad += 1;
            }
        }
        // One bad byte in ten: that is no text in a neighbouring encoding.
        if bad * 10 > all {
            return None;
        }
        let mut problem = not_utf8(bytes, first, 0);
        // What comes before is valid, so the offset is the same in the decoded text.
        problem.span = Span::new(first as u32, first as u32 + '\u{FFFD}'.len_utf8() as u32);
        if bad > 1 {
            problem.message.push_str(&format!(" There are {bad} such places."));
        }
        Some((text.into(), problem))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How the file's bytes were read.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The line index, built at the first call.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: u32) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The text in a span; empty where the span does not lie on character boundaries inside the text.
    #[must_use]
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or_default()
    }
}

/// UTF-16 of mostly ASCII text without a byte order mark is valid UTF-8 full of NUL bytes.
fn looks_like_utf16(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64) & !1];
    if head.len() < 4 {
        return false;
    }
    let pairs = head.len() / 2;
    let nul_at = |offset: usize| head.iter().skip(offset).step_by(2).filter(|&&byte| byte == 0).count();
    nul_at(0) == pairs && nul_at(1) == 0 || nul_at(1) == pairs && nul_at(0) == 0
}

fn not_utf8(bytes: &[u8], at: usize, skipped: usize) -> Problem {
    let before = &bytes[..at];
    let line = 1 + before
        .iter()
        .enumerate()
        .filter(|&(i, &b)| b == b'\n' || b == b'\r' && bytes.get(i + 1) != Some(&b'\n'))
        .count();
    Problem::new(
        "encoding",
        Span::at(0),
        format!(
            "The file is not UTF-8: byte 0x{:02X} at byte offset {} (line {line}) begins no valid character.",
            bytes[at],
            at + skipped
        ),
    )
    .hint("Save the file as UTF-8; it may be in Windows-1252 or ISO 8859-1 now.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf16_with_byte_order_mark_is_text() {
        let little: Vec<u8> =
            [0xFF, 0xFE].into_iter().chain("a: é𝒳".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> =
            [0xFE, 0xFF].into_iter().chain("a: é𝒳".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        assert_eq!(Text::decode(little).unwrap().as_str(), "a: é𝒳");
        let big = Text::decode(big).unwrap();
        assert_eq!((big.as_str(), big.encoding()), ("a: é𝒳", Encoding::Utf16Be));
    }

    #[test]
    fn the_first_bad_byte_is_named() {
        let problem = Text::decode(b"a: b\nc: caf\xE9\n".to_vec()).unwrap_err();
        assert_eq!(problem.code, "encoding");
        assert!(problem.message.contains("0xE9 at byte offset 11 (line 2)"), "{}", problem.message);
    }

    #[test]
    fn a_few_bad_bytes_leave_the_rest_readable() {
        let (text, problem) = Text::decode_lossy(b"title: caf\xE9\nversion: 1\n").unwrap();
        assert_eq!(text.as_str(), "title: caf\u{FFFD}\nversion: 1\n");
        assert_eq!(text.slice(problem.span), "\u{FFFD}");
        assert!(Text::decode_lossy(&[0xFF, 0xD8, 0xFF, 0xE0, 0x10]).is_none(), "an image");
        assert!(Text::decode_lossy(b"fine").is_none());
    }

    #[test]
    fn utf16_without_mark_is_named_as_such() {
        let bytes: Vec<u8> = "{\"a\": 1}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert!(Text::decode(bytes).unwrap_err().message.contains("UTF-16 without a byte order mark"));
    }

    #[test]
    fn a_byte_order_mark_is_no_text() {
        assert_eq!(Text::decode(b"\xEF\xBB\xBFa".to_vec()).unwrap().as_str(), "a");
    }
}
