//! The text of a waiver that an approver signs. It holds what the waiver says and nothing of how
//! the file writes it: other entries, comments, quotes and the order of members may change, the
//! signature stays good.

use super::form::WaiverForm;
use std::fmt::Write as _;

/// The text: one line for each member in a fixed order, values as JSON strings, so that nothing in
/// them can look like another line. Ends with a line break.
#[must_use]
pub fn canonical(form: &WaiverForm) -> String {
    let mut text = String::from("assize-waiver: 1\n");
    let value = form.value.map(|value| value.to_string());
    let (issued, expires) = (form.issued.to_string(), form.expires.to_string());
    for (name, value) in [
        ("id", Some(&form.id)),
        ("system", form.system.as_ref()),
        ("rule", form.rule.as_ref()),
        ("clause", form.clause.as_ref()),
        ("fact", form.fact.as_ref()),
        ("value", value.as_ref()),
        ("path", form.scope.path.as_ref()),
        ("pointer", form.scope.pointer.as_ref()),
        ("reason", form.reason.as_ref()),
        ("compensating-control", form.compensating_control.as_ref()),
        ("issued", Some(&issued)),
        ("expires", Some(&expires)),
        ("reference", form.reference.as_ref()),
        ("requested-by", form.requested_by.as_ref()),
    ] {
        if let Some(value) = value {
            let _ = writeln!(text, "{name}: {}", quoted(value));
        }
    }
    text
}

/// A JSON string without white space at its ends, everything but printable ASCII and letters
/// escaped: whoever signs it sees what it holds.
fn quoted(value: &str) -> String {
    let mut text = String::from("\"");
    for char in value.trim().chars() {
        match char {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\n' => text.push_str("\\n"),
            shown if shown == ' ' || shown.is_ascii_graphic() || shown.is_alphanumeric() => text.push(shown),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    let _ = write!(text, "\\u{unit:04x}");
                }
            }
        }
    }
    text.push('"');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verdict::waiver::form::read;
    use assize_tree::text::Text;
    use std::sync::Arc;

    fn text(file: &str) -> String {
        canonical(&read(Arc::new(Text::from(file.to_owned()))).waivers[0].form)
    }

    #[test]
    fn the_text_depends_on_what_is_said_alone() {
        let first = "waivers:\n  - id: W-1\n    rule: uk/a/b\n    reason: Legacy clients need it.\n    issued: 2026-01-01\n    expires: 2026-06-30\n";
        let second = "# a comment\nwaivers: [{expires: '2026-06-30', issued: 2026-01-01, reason: \"Legacy clients\n  need it. \", rule: 'uk/a/b', id: \"W-1\"}, {id: W-2}]\n";
        assert_eq!(text(first), text(second));
        assert_eq!(
            text(first),
            "assize-waiver: 1\nid: \"W-1\"\nrule: \"uk/a/b\"\nreason: \"Legacy clients need it.\"\nissued: \"2026-01-01\"\nexpires: \"2026-06-30\"\n"
        );
        for (from, to) in [
            ("W-1", "W-2"),
            ("uk/a/b", "uk/a/c"),
            ("Legacy", "legacy"),
            ("06-30", "07-01"),
            ("rule:", "clause:"),
        ] {
            assert_ne!(text(first), text(&first.replace(from, to)), "{from} to {to}");
        }
    }

    #[test]
    fn nothing_in_a_value_passes_for_another_line() {
        assert_eq!(
            quoted("a\nrule: \"x\" \\ é\u{202e}\u{1f600}"),
            "\"a\\nrule: \\\"x\\\" \\\\ é\\u202e\\ud83d\\ude00\""
        );
    }
}
