//! Names for nodes: JSON pointers (RFC 6901) and normalised paths (RFC 9535 section 2.7), made on
//! demand and read back.

use super::{Document, Kind, NodeId, flag};
use std::borrow::Cow;
use std::fmt::Write as _;

/// One step of the way from a root to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step<'d> {
    /// Into an object.
    Key(&'d str),
    /// Into an array, counted from 0.
    Index(u32),
}

impl Document {
    /// The steps from the root above a node to the node as it stands in the file (through the
    /// anchored node where it was reached by an alias).
    #[must_use]
    pub fn route(&self, id: NodeId) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        let mut at = id;
        while let Some(parent) = self.parent(at) {
            let node = self.node(at);
            steps.push(if node.has(flag::MEMBER) {
                Step::Key(self.key(at).unwrap_or_default())
            } else {
                Step::Index(node.key)
            });
            at = parent;
        }
        steps.reverse();
        steps
    }

    /// The JSON pointer of a node; empty for a root.
    #[must_use]
    pub fn pointer_of(&self, id: NodeId) -> String {
        let mut pointer = String::new();
        for step in self.route(id) {
            pointer.push('/');
            match step {
                Step::Key(key) => pointer.push_str(&escape_pointer_token(key)),
                Step::Index(index) => {
                    let _ = write!(pointer, "{index}");
                }
            }
        }
        pointer
    }

    /// The node a JSON pointer leads to from `from`, aliases and merge keys followed. The pointer
    /// is empty or begins with `/`; its tokens are not percent-encoded.
    #[must_use]
    pub fn pointer(&self, from: NodeId, pointer: &str) -> Option<NodeId> {
        let Some(tokens) = pointer.strip_prefix('/') else {
            return pointer.is_empty().then_some(from);
        };
        let mut at = from;
        for token in tokens.split('/') {
            at = match self.kind(at) {
                Kind::Object => self.get(at, &unescape_pointer_token(token))?,
                // RFC 6901 section 4: digits without a leading zero.
                Kind::Array if token == "0" || !token.starts_with(['0', '+', '-']) => {
                    self.item(at, token.parse().ok()?)?
                }
                _ => return None,
            };
        }
        Some(at)
    }
}

/// `~` and `/` as RFC 6901 writes them.
#[must_use]
pub fn escape_pointer_token(token: &str) -> Cow<'_, str> {
    if token.contains(['~', '/']) { token.replace('~', "~0").replace('/', "~1").into() } else { token.into() }
}

/// The reverse of [`escape_pointer_token`].
#[must_use]
pub fn unescape_pointer_token(token: &str) -> Cow<'_, str> {
    if token.contains('~') { token.replace("~1", "/").replace("~0", "~").into() } else { token.into() }
}

/// The normalised path (RFC 9535 section 2.7) of a route.
#[must_use]
pub fn normalized_path(route: &[Step<'_>]) -> String {
    let mut path = String::from("$");
    for step in route {
        match step {
            Step::Index(index) => {
                let _ = write!(path, "[{index}]");
            }
            Step::Key(key) => {
                path.push_str("['");
                for char in key.chars() {
                    match char {
                        '\'' => path.push_str("\\'"),
                        '\\' => path.push_str("\\\\"),
                        '\u{8}' => path.push_str("\\b"),
                        '\t' => path.push_str("\\t"),
                        '\n' => path.push_str("\\n"),
                        '\u{c}' => path.push_str("\\f"),
                        '\r' => path.push_str("\\r"),
                        control if control < ' ' => {
                            let _ = write!(path, "\\u{:04x}", control as u32);
                        }
                        other => path.push(other),
                    }
                }
                path.push_str("']");
            }
        }
    }
    path
}
