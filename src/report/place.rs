//! Locations as reports write them: a file's path, lines and columns from 1.

use crate::engine::Report;
use crate::finding::Location;
use assize_tree::text::Position;

/// A location with its lines and columns.
pub(super) struct Placed<'r> {
    /// Path from the judged root; `.` for the repository as a whole.
    pub file: &'r str,
    /// The first character.
    pub start: Position,
    /// One past the last character.
    pub end: Position,
}

const FIRST: Position = Position { line: 1, column: 1 };

/// Looks the lines up.
pub(super) fn place<'r>(report: &'r Report, location: &Location) -> Placed<'r> {
    let Some(file) = location.file.map(|file| report.file(file)) else {
        return Placed { file: ".", start: FIRST, end: FIRST };
    };
    let (start, end) = file.text.as_ref().map_or((FIRST, FIRST), |text| {
        (text.position(location.span.start), text.position(location.span.end))
    });
    Placed { file: &file.path, start, end }
}
