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
    /// No multi-byte character anywhere: columns need no counting.
    ascii: bool,
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
        Self { starts, ascii: text.is_ascii() }
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
        let column = if self.ascii {
            offset - start as u32
        } else {
            let mut end = offset as usize;
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            text[start..end].chars().count() as u32
        };
        Position { line: line as u32 + 1, column: column + 1 }
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
    }
}
