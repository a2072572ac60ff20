//! One node of the tree and what its bits mean.

use crate::text::Span;

/// Index of a node in its document's arena. Pre-order: a node's descendants follow it directly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    pub(crate) const NONE: u32 = u32::MAX;

    /// As an index.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// An object key, interned in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(pub u32);

/// What a node is. `Alias` is seen only by those who ask for the raw node: the accessors of
/// [`Document`](super::Document) follow it.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// JSON null, an empty YAML value, or a value that a limit cut off.
    Null,
    /// true or false.
    Bool,
    /// A number; its digits are decoded on demand.
    Number,
    /// A string.
    String,
    /// A sequence.
    Array,
    /// A mapping.
    Object,
    /// A YAML alias: an edge to the anchored node, never a copy of it.
    Alias,
}

impl Kind {
    /// The JSON name of the kind, for messages.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::String => "string",
            Self::Array => "array",
            Self::Object => "object",
            Self::Alias => "alias",
        }
    }
}

/// Bits of [`Node::flags`].
pub mod flag {
    /// The value stands in quotes: its text is one byte shorter at both ends.
    pub const QUOTED: u8 = 1;
    /// The node is a member of an object: `key` is a symbol, not an index.
    pub const MEMBER: u8 = 1 << 1;
    /// A later member of the same object has the same key: the node is not part of the value.
    pub const SHADOWED: u8 = 1 << 2;
    /// The member is a YAML merge key (`<<`): its value's members are inherited.
    pub const MERGE: u8 = 1 << 3;
    /// The object has at least one merge key among its members.
    pub const HAS_MERGE: u8 = 1 << 4;
    /// A limit cut the value off; what stands here is not what the file says.
    pub const TRUNCATED: u8 = 1 << 5;
    /// For a boolean: true.
    pub const TRUE: u8 = 1 << 6;
    /// The key was not written as a string (an unquoted number, boolean or null in YAML).
    pub const PLAIN_KEY: u8 = 1 << 7;
}

/// A node of the arena: 36 bytes, no pointers.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// Where the value stands. For strings that includes the quotes.
    pub span: Span,
    /// Where the key stands, with its quotes; empty at 0 for array elements and roots.
    pub key_span: Span,
    /// Symbol of the key (members), index (elements), or `u32::MAX` (roots).
    pub key: u32,
    /// The containing node, or `u32::MAX` for roots.
    pub parent: u32,
    /// Index one past the last descendant.
    pub subtree_end: u32,
    /// Strings and numbers: index of the decoded text, where it differs from the raw one.
    /// Aliases: the anchored node. `u32::MAX` otherwise.
    pub(crate) data: u32,
    /// What the node is.
    pub kind: Kind,
    /// See [`flag`].
    pub flags: u8,
}

impl Node {
    /// True if the flag is set.
    #[must_use]
    pub const fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}
