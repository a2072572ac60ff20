//! What a validation says is wrong, in words for people and in a neutral form from which other
//! tools' wordings can be made.

use crate::document::NodeId;
use serde_json::Value;

/// One demand of a schema that a value does not meet.
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    /// The offending node as it stands in the file: an alias as such, an unexpected member itself,
    /// for a missing member the object that lacks it.
    pub node: NodeId,
    /// The member concerned: the missing, the unexpected or the misnamed one.
    pub at_key: Option<String>,
    /// The schema keyword that is not met.
    pub keyword: String,
    /// What is wrong, as one sentence (two with a hint).
    pub message: String,
    /// Where the keyword stands: a JSON pointer into the schema, or `uri#pointer` in one of
    /// [`Options::external`](super::Options::external).
    pub schema_pointer: String,
    /// JSON pointer of `node` from the validated node, along the route that validation took
    /// (through aliases and merge keys).
    pub instance_pointer: String,
    /// What is wrong by the branch of `anyOf` or `oneOf` that fits best.
    pub children: Vec<Violation>,
    /// The keyword's parameters.
    pub kind: ViolationKind,
}

impl Violation {
    /// The violations at their most exact places: a failed choice is replaced by what is wrong with
    /// the branch that was clearly meant, where one was.
    #[must_use]
    pub fn most_exact(self) -> Vec<Self> {
        let meant = matches!(self.kind, ViolationKind::NoBranch { decisive: true, .. });
        if meant && !self.children.is_empty() {
            self.children.into_iter().flat_map(Self::most_exact).collect()
        } else {
            vec![self]
        }
    }
}

/// A violation's kind with the parameters its keyword has.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum ViolationKind {
    /// `required`, `dependentRequired` or `dependencies`: a member is missing.
    Required {
        /// Its name.
        property: String,
    },
    /// `additionalProperties`: a member is not allowed.
    AdditionalProperty {
        /// Its name.
        name: String,
    },
    /// `unevaluatedProperties`: a member is not allowed.
    UnevaluatedProperty {
        /// Its name.
        name: String,
    },
    /// `propertyNames`: a member's name is not allowed.
    PropertyName {
        /// The name.
        name: String,
        /// What is wrong with it.
        because: Box<ViolationKind>,
    },
    /// `additionalItems`: the array is longer than the items described.
    AdditionalItems {
        /// How many are described.
        limit: usize,
    },
    /// `unevaluatedItems`: elements are not allowed.
    UnevaluatedItems {
        /// How many.
        count: usize,
    },
    /// `type`.
    Type {
        /// The JSON types allowed, `integer` among them.
        expected: Vec<String>,
    },
    /// `enum`.
    Enum {
        /// The values allowed.
        options: Vec<Value>,
    },
    /// `const`.
    Const {
        /// The value demanded.
        expected: Value,
    },
    /// `pattern`.
    Pattern {
        /// As written in the schema.
        pattern: String,
    },
    /// `format`.
    Format {
        /// Its name.
        format: String,
    },
    /// `minimum`.
    Minimum {
        /// The least number allowed.
        limit: Value,
    },
    /// `maximum`.
    Maximum {
        /// The greatest number allowed.
        limit: Value,
    },
    /// `exclusiveMinimum`.
    ExclusiveMinimum {
        /// The greatest number that is too small.
        limit: Value,
    },
    /// `exclusiveMaximum`.
    ExclusiveMaximum {
        /// The least number that is too great.
        limit: Value,
    },
    /// `multipleOf`.
    MultipleOf {
        /// What the number must be a multiple of.
        divisor: f64,
    },
    /// `minLength`, in Unicode characters.
    MinLength {
        /// The fewest allowed.
        limit: u64,
    },
    /// `maxLength`, in Unicode characters.
    MaxLength {
        /// The most allowed.
        limit: u64,
    },
    /// `minItems`.
    MinItems {
        /// The fewest allowed.
        limit: u64,
    },
    /// `maxItems`.
    MaxItems {
        /// The most allowed.
        limit: u64,
    },
    /// `minProperties`.
    MinProperties {
        /// The fewest allowed.
        limit: u64,
    },
    /// `maxProperties`.
    MaxProperties {
        /// The most allowed.
        limit: u64,
    },
    /// `uniqueItems`.
    UniqueItems {
        /// Positions, from 0, of two that are equal.
        equal: Option<(usize, usize)>,
    },
    /// `contains`, `minContains` or `maxContains`.
    Contains,
    /// `contentEncoding` or `contentMediaType`.
    Content {
        /// The encoding or media type demanded.
        expected: String,
    },
    /// `not`.
    Not,
    /// A schema that is `false`: nothing is allowed here.
    Never,
    /// `anyOf` or `oneOf`: no branch fits.
    NoBranch {
        /// How many there are.
        branches: usize,
        /// Position, from 0, of the branch that fits best; `children` are its violations.
        closest: Option<usize>,
        /// True if that branch was clearly the one meant.
        decisive: bool,
    },
    /// `oneOf`: several branches fit.
    ManyBranches {
        /// Their positions, from 0.
        fitting: Vec<usize>,
    },
    /// A limit was reached before it could be told whether the value conforms.
    Undecided,
    /// Anything else.
    Other,
}
