//! A statement as JSON; docs/statement.schema.json describes it.

use crate::verdict::statement::Statement;

/// One statement as an object, several as a list.
#[must_use]
pub fn write(statements: &[Statement]) -> String {
    let text = match statements {
        [one] => serde_json::to_string_pretty(one),
        many => serde_json::to_string_pretty(many),
    };
    let mut text = text.unwrap_or_default();
    text.push('\n');
    text
}
