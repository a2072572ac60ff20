//! The bridge to `serde_json::Value`, and equality without crossing it. The expansion limit of the
//! parser bounds both where aliases are followed.

use super::{Document, Kind, NodeId};
use serde_json::Value;

impl Document {
    /// A copy of a fragment, aliases and merges written out. `.inf` and `.nan` become strings:
    /// JSON has no number for them.
    #[must_use]
    pub fn to_value(&self, id: NodeId) -> Value {
        match self.kind(id) {
            Kind::Null | Kind::Alias => Value::Null,
            Kind::Bool => Value::Bool(self.bool(id).unwrap_or_default()),
            Kind::Number => self.number(id).map_or(Value::Null, |number| {
                number.to_json().map_or_else(|| Value::String(number.text().to_owned()), Value::Number)
            }),
            Kind::String => Value::String(self.str(id).unwrap_or_default().to_owned()),
            Kind::Array => Value::Array(self.items(id).map(|item| self.to_value(item)).collect()),
            Kind::Object => Value::Object(
                self.members(id)
                    .map(|(key, value)| (self.symbols().get(key).to_owned(), self.to_value(value)))
                    .collect(),
            ),
        }
    }

    /// Equality of two fragments as JSON values: numbers by value, members in any order.
    #[must_use]
    pub fn equal(&self, a: NodeId, other: &Document, b: NodeId) -> bool {
        let (a, b) = (self.resolve(a), other.resolve(b));
        if std::ptr::eq(self, other) && a == b {
            return true;
        }
        match (self.kind(a), other.kind(b)) {
            (Kind::Null, Kind::Null) => true,
            (Kind::Bool, Kind::Bool) => self.bool(a) == other.bool(b),
            (Kind::String, Kind::String) => self.str(a) == other.str(b),
            (Kind::Number, Kind::Number) => match (self.number(a), other.number(b)) {
                (Some(x), Some(y)) => x.equals(y),
                _ => false,
            },
            (Kind::Array, Kind::Array) => {
                self.len(a) == other.len(b)
                    && self.items(a).zip(other.items(b)).all(|(x, y)| self.equal(x, other, y))
            }
            (Kind::Object, Kind::Object) => {
                self.len(a) == other.len(b)
                    && self.members(a).all(|(key, x)| {
                        other.get(b, self.symbols().get(key)).is_some_and(|y| self.equal(x, other, y))
                    })
            }
            _ => false,
        }
    }
}
