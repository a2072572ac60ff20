//! The lines around a place, ready to print. Built over the line index (miette's own source code
//! types scan the file from its start for every span), cut where lines are long and cleaned of
//! what could act on a terminal.

use super::escape::same_length;
use assize_tree::text::{Span, Text};
use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

/// Lines shown before and after the place.
const AROUND: usize = 1;
/// Characters of a line shown at most.
const WIDTH: usize = 150;
/// Columns that a terminal's frame takes beside the line: its number, the edge, and a place for `…`.
const FRAME: usize = 12;

/// A few lines of a file, one place in them marked.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    /// Line of the excerpt's first line, counted from 0.
    line: usize,
    /// Where the place stands in the excerpt.
    pub mark: SourceSpan,
    /// Line and column of the place in the file, counted from 0.
    position: (usize, usize),
}

impl Excerpt {
    /// The lines around a span. A span over several lines is marked on its first line only.
    #[must_use]
    pub fn new(name: &str, source: &Text, span: Span) -> Self {
        Self::of(name, source, span, WIDTH)
    }

    /// The same for a terminal of so many columns: a line that breaks would tear mark and text apart.
    #[must_use]
    pub fn within(name: &str, source: &Text, span: Span, columns: usize) -> Self {
        Self::of(name, source, span, columns.saturating_sub(FRAME).clamp(40, WIDTH))
    }

    fn of(name: &str, source: &Text, span: Span, width: usize) -> Self {
        let text = source.as_str();
        let lines = source.lines();
        let at = lines.line_of(span.start);
        let first = at.saturating_sub(AROUND);
        let last = (at + AROUND).min(lines.len() - 1);
        let (mut shown, mut mark) = (String::new(), (0, 0));
        for line in first..=last {
            let (start, end) = lines.line_bounds(text, line);
            let content = text[start as usize..end as usize].trim_end_matches(['\n', '\r']);
            let from = shown.len();
            if line == at {
                let offset = (span.start - start).min(content.len() as u32) as usize;
                let length = (span.len() as usize).min(content.len() - offset);
                let (cut, new_offset, new_length) = cut_around(content, offset, length, width);
                shown.push_str(&same_length(&cut));
                mark = (from + new_offset, new_length);
            } else {
                let (cut, ..) = cut_around(content, 0, 0, width);
                shown.push_str(&same_length(&cut));
            }
            shown.push('\n');
        }
        // A last line that is empty shows nothing.
        if shown.ends_with("\n\n") && last > at {
            shown.pop();
        }
        let position = source.position(span.start);
        let position = (position.line as usize - 1, position.column as usize - 1);
        Self {
            name: super::escape::inline(name).into_owned(),
            text: shown,
            line: first,
            mark: mark.into(),
            position,
        }
    }
}

impl Excerpt {
    /// The lines, cleaned, each with its line break.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Number of the first line, counted from 1.
    pub(super) const fn first_line(&self) -> usize {
        self.line + 1
    }
}

/// Part of a long line around a place in it, and where the place stands there.
fn cut_around(line: &str, offset: usize, length: usize, width: usize) -> (String, usize, usize) {
    if line.chars().count() <= width {
        return (line.to_owned(), offset, length);
    }
    let back =
        line[..floor(line, offset)].char_indices().rev().nth(width * 2 / 5 - 1).map_or(0, |(at, _)| at);
    let end = line[back..].char_indices().nth(width).map_or(line.len(), |(at, _)| back + at);
    let mut cut = String::new();
    let mut shift = 0;
    if back > 0 {
        cut.push('…');
        shift = '…'.len_utf8();
    }
    cut.push_str(&line[back..end]);
    if end < line.len() {
        cut.push('…');
    }
    (cut, offset - back + shift, length.min(end.saturating_sub(offset)))
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        // Without context it is only the place's line and column that is asked for.
        if before == 0 && after == 0 {
            let data =
                self.text.as_bytes().get(span.offset()..span.offset() + span.len()).unwrap_or_default();
            let (line, column) = self.position;
            return Ok(Box::new(MietteSpanContents::new_named(
                self.name.clone(),
                data,
                *span,
                line,
                column,
                1,
            )));
        }
        let all = SourceSpan::from((0, self.text.len()));
        let count = self.text.lines().count();
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            self.text.as_bytes(),
            all,
            self.line,
            0,
            count,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_stands_on_the_same_text() {
        let long = format!("a\n{}needle{}\nz\n", "é".repeat(500), "x".repeat(9000));
        for source in ["one\ntwo needle\nthree", "needle", "a\r\nneedle\r\n", long.as_str()] {
            let start = source.find("needle").unwrap() as u32;
            let excerpt = Excerpt::new("f", &Text::from(source), Span::new(start, start + 6));
            let (offset, length) = (excerpt.mark.offset(), excerpt.mark.len());
            assert_eq!(&excerpt.text[offset..offset + length], "needle");
            assert!(excerpt.text.len() < 1000);
        }
    }

    #[test]
    fn a_span_past_the_end_is_the_end() {
        let excerpt = Excerpt::new("f", &Text::from("ab"), Span::new(7, 9));
        assert_eq!((excerpt.mark.offset(), excerpt.mark.len()), (2, 0));
    }
}
