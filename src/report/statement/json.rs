//! A statement as JSON; docs/statement.schema.json describes it.

use crate::report::escape;
use crate::verdict::statement::Statement;
use std::io;

/// One statement as an object, several as a list.
///
/// # Errors
/// Those of the output.
pub fn write(out: &mut dyn io::Write, statements: &[Statement]) -> io::Result<()> {
    match statements {
        [one] => escape::json(out, one),
        many => escape::json(out, &many),
    }
}
