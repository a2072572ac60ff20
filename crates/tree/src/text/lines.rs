//! Byte offset to line and column. Built only when a report needs it: most files have no finding.

/// A place as people and SARIF count: line from 1, column from 1 in Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1. LF, CRLF and a lone CR each end a line.
    pub line: u32,
    /// Column, from 1, in Unicode code points (SARIF `columnKind: unicodeCodePoints`).
    pub column: u32,
}

/// Where each line of a text starts.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    /// Bytes before each block that continue a character; empty where all is ASCII. A file may be one
    /// line of many megabytes, whose columns must not be counted from its start each time.
    continuations: Vec<u32>,
}

/// Bytes of a block.
const BLOCK: usize = 4096;

/// Bytes that continue a character.
fn continuations(bytes: &[u8]) -> u32 {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 == 0b1000_0000).count() as u32
}

impl LineIndex {
    /// Reads the whole text once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            // The CR of a CRLF does not end the line; its LF does.
            if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                continue;
            }
            starts.push(at as u32 + 1);
        }
        let mut before = Vec::new();
        if !text.is_ascii() {
            let mut sum = 0;
            for block in bytes.chunks(BLOCK) {
                before.push(sum);
                sum += continuations(block);
            }
        }
        Self { starts, continuations: before }
    }

    /// Number of lines; a text that ends in a line break has an empty last one.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts.len()
    }

    /// Never: even an empty text has one line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        false
    }

    /// Line and column of a byte offset; offsets past the end give the end, offsets inside a
    /// character give that character.
    #[must_use]
    pub fn position(&self, text: &str, offset: u32) -> Position {
        let offset = offset.min(text.len() as u32);
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let start = self.starts[line] as usize;
        let mut end = offset as usize;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let column = (end - start) as u32 - (self.before(text, end) - self.before(text, start));
        Position { line: line as u32 + 1, column: column + 1 }
    }

    /// Bytes before an offset that continue a character.
    fn before(&self, text: &str, offset: usize) -> u32 {
        let Some(&sum) = self.continuations.get(offset / BLOCK) else {
            // All ASCII, or the end of a text that ends with a block.
            return match self.continuations.last() {
                None => 0,
                Some(&last) => {
                    last + continuations(&text.as_bytes()[(self.continuations.len() - 1) * BLOCK..offset])
                }
            };
        };
        sum + continuations(&text.as_bytes()[offset / BLOCK * BLOCK..offset])
    }

    /// Byte offset of the start of a line counted from 0, and of the start of the next (or the end).
    #[must_use]
    pub fn line_bounds(&self, text: &str, line: usize) -> (u32, u32) {
        let end = text.len() as u32;
        let start = self.starts.get(line).copied().unwrap_or(end);
        (start, self.starts.get(line + 1).copied().unwrap_or(end))
    }

    /// The line, counted from 0, that holds a byte offset.
    #[must_use]
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1) - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_break_counts_once() {
        let text = "a\nb\r\nc\rd";
        let index = LineIndex::new(text);
        assert_eq!(index.len(), 4);
        for (offset, line, column) in [(0, 1, 1), (2, 2, 1), (3, 2, 2), (5, 3, 1), (7, 4, 1), (8, 4, 2)] {
            assert_eq!(index.position(text, offset), Position { line, column }, "offset {offset}");
        }
    }

    #[test]
    fn columns_are_code_points() {
        let text = "é𝒳x";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 6), Position { line: 1, column: 3 });
        assert_eq!(index.position(text, 3), Position { line: 1, column: 2 }, "inside a character");
        assert_eq!(index.position(text, 99), Position { line: 1, column: 4 }, "past the end");
        // Over several blocks, and to the end of a text that ends with one.
        let long = format!("a\n{}", "é".repeat(8191));
        let index = LineIndex::new(&long);
        for characters in [0, 1, 2046, 2047, 2048, 4095, 8190, 8191] {
            let column = index.position(&long, 2 + 2 * characters).column;
            assert_eq!(column, characters + 1);
        }
    }
}
