//! Numbers as they stand in the file: digits of any length, compared by value.

use std::cmp::Ordering;

/// A number in JSON's spelling (YAML's other spellings are decoded to it), or `.inf`, `-.inf`,
/// `.nan` from YAML, which JSON has no word for.
#[derive(Clone, Copy, Debug)]
pub struct Number<'d> {
    text: &'d str,
}

impl<'d> Number<'d> {
    pub(crate) fn new(text: &'d str) -> Self {
        Self { text }
    }

    /// The digits.
    #[must_use]
    pub fn text(self) -> &'d str {
        self.text
    }

    /// The nearest double; infinite where the digits overflow it.
    #[must_use]
    pub fn as_f64(self) -> f64 {
        match self.text {
            ".inf" => f64::INFINITY,
            "-.inf" => f64::NEG_INFINITY,
            ".nan" => f64::NAN,
            text => text.parse().unwrap_or(f64::NAN),
        }
    }

    /// The exact value, where it is an integer (also when written `1.0` or `1e3`) that fits.
    #[must_use]
    pub fn as_i64(self) -> Option<i64> {
        if let Ok(exact) = self.text.parse() {
            return Some(exact);
        }
        let float = self.as_f64();
        // 2^53: beyond it a double no longer tells neighbouring integers apart.
        (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i64)
    }

    /// The number as serde_json has it; `None` for `.inf` and `.nan` and what overflows a double.
    #[must_use]
    pub fn to_json(self) -> Option<serde_json::Number> {
        // -0 is a number of its own in JSON, and no integer has its sign.
        if let Some(number) = self.text.parse::<i64>().ok().filter(|_| self.text != "-0") {
            return Some(number.into());
        }
        if let Ok(number) = self.text.parse::<u64>() {
            return Some(number.into());
        }
        serde_json::Number::from_f64(self.as_f64())
    }

    /// Equality by value.
    #[must_use]
    pub fn equals(self, other: Number<'_>) -> bool {
        self.text == other.text && self.text != ".nan" || self.compare(other) == Some(Ordering::Equal)
    }

    /// Order by value; `None` where one is not a number.
    #[must_use]
    pub fn compare(self, other: Number<'_>) -> Option<Ordering> {
        if let (Ok(a), Ok(b)) = (self.text.parse::<i128>(), other.text.parse::<i128>()) {
            return Some(a.cmp(&b));
        }
        self.as_f64().partial_cmp(&other.as_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    #[test]
    fn values_not_spellings_are_compared() {
        assert!(Number::new("1.0").equals(Number::new("1")));
        assert!(Number::new("1e2").equals(Number::new("100")));
        assert!(!Number::new("9007199254740993").equals(Number::new("9007199254740992")));
        assert!(!Number::new(".nan").equals(Number::new(".nan")));
        assert_eq!(Number::new("1e3").as_i64(), Some(1000));
        assert_eq!(Number::new("1.5").as_i64(), None);
        assert_eq!(Number::new("1e999").to_json(), None);
    }
}
