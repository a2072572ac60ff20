//! A statement as JSON; docs/statement.schema.json describes it.

use crate::report::escape;
use crate::verdict::statement::Statement;

/// One statement as an object, several as a list.
#[must_use]
pub fn write(statements: &[Statement]) -> String {
    let mut out = Vec::new();
    let written = match statements {
        [one] => escape::json(&mut out, one),
        many => escape::json(&mut out, &many),
    };
    // Writing to memory does not fail.
    debug_assert!(written.is_ok());
    String::from_utf8(out).unwrap_or_default()
}
