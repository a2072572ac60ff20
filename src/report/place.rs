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

/// Whether a location is a folder as a whole, which has no lines.
pub(super) fn is_folder(report: &Report, location: &Location) -> bool {
    location.file.is_none_or(|file| report.file(file).folder)
}

/// The file of a location as readers that want one for everything get it: what concerns the
/// repository as a whole stands at its front page.
pub(super) fn file_of<'r>(report: &'r Report, location: &Location) -> &'r str {
    let file = location.file.or_else(|| super::sarif::front_page(report));
    file.map_or(".", |file| report.file(file).path.as_str())
}

/// Bytes of a line within which columns are counted; beyond, a reader gets the line alone.
const LONG: u32 = 100_000;

/// Columns from 1, of the start and one past the end, in a unit that `count` counts of a text.
pub(super) fn columns(
    report: &Report,
    location: &Location,
    count: fn(&str) -> usize,
) -> Option<(usize, usize)> {
    let text = report.file(location.file?).text.as_ref()?;
    let column = |offset: u32| {
        let (source, lines) = (text.as_str(), text.lines());
        let offset = offset.min(source.len() as u32);
        let (start, _) = lines.line_bounds(source, lines.line_of(offset));
        (offset - start < LONG)
            .then(|| 1 + count(source.get(start as usize..offset as usize).unwrap_or_default()))
    };
    Some((column(location.span.start)?, column(location.span.end)?))
}
