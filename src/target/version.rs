//! What a description says it is, and how that can be wrong. Shared by the kinds of descriptions.

use assize_tree::document::{Document, Kind, NodeId};
use assize_tree::text::Problem;

/// What stands where a version should.
pub(super) enum Stated {
    /// No such member.
    Absent,
    /// A member without a version in it.
    Nothing,
    /// The version, as text.
    Version(String),
}

/// The version a member of the root states; an unquoted number counts.
pub(super) fn stated(document: &Document, root: NodeId, member: &str) -> Stated {
    let Some(node) = document.get(root, member) else { return Stated::Absent };
    match document.kind(node) {
        Kind::String | Kind::Number => match document.scalar(node).map(str::trim) {
            Some(text) if text.starts_with(|first: char| first.is_ascii_digit()) => {
                Stated::Version(text.to_owned())
            }
            _ => Stated::Nothing,
        },
        _ => Stated::Nothing,
    }
}

/// A version that is no string, or two of them.
pub(super) fn problems(document: &Document, root: NodeId, members: &[&str]) -> Vec<Problem> {
    let mut found = Vec::new();
    let present: Vec<NodeId> = members.iter().filter_map(|member| document.get(root, member)).collect();
    for (&node, member) in
        present.iter().zip(members.iter().filter(|member| document.get(root, member).is_some()))
    {
        if document.kind(node) == Kind::Number {
            let text = document.raw(node);
            found.push(
                Problem::new(
                    "version-not-string",
                    document.span(node),
                    format!("The value of `{member}` must be a string; {text} is a number."),
                )
                .hint(format!("Write {member}: \"{text}\".")),
            );
        }
    }
    if let [first, second, ..] = present[..] {
        let (a, b) = (document.node(first), document.node(second));
        let (earlier, later) = if a.span.start <= b.span.start { (a, b) } else { (b, a) };
        found.push(
            Problem::new(
                "ambiguous-kind",
                later.key_span,
                format!("The file says that it is both `{}` and `{}`.", members[0], members[1]),
            )
            .related(earlier.key_span, "and here the other"),
        );
    }
    if let Some(version) = document.get(root, "info").and_then(|info| document.get(info, "version"))
        && document.kind(version) == Kind::Number
    {
        let text = document.raw(version);
        found.push(
            Problem::new(
                "version-not-string",
                document.span(version),
                format!("The value of `info.version` must be a string; {text} is a number."),
            )
            .hint(format!("Write version: \"{text}\".")),
        );
    }
    found
}

/// Members of the root that have the wrong type.
pub(super) fn outline(document: &Document, root: NodeId, members: &[(&str, Kind)]) -> Vec<Problem> {
    members
        .iter()
        .filter_map(|&(member, expected)| {
            let node = document.get(root, member)?;
            let kind = document.kind(node);
            // A limit cut the value off: nothing can be said of it.
            if kind == expected || document.node(node).has(assize_tree::document::flag::TRUNCATED) {
                return None;
            }
            let found = if kind == Kind::Null {
                "nothing".to_owned()
            } else {
                format!(
                    "{} {}",
                    if matches!(kind, Kind::Array | Kind::Object) { "an" } else { "a" },
                    kind.name()
                )
            };
            Some(Problem::new(
                "wrong-type",
                document.span(node),
                format!("`{member}` must be an {}; it is {found}.", expected.name()),
            ))
        })
        .collect()
}
