//! How long something holds: `1y`, `6m`, `90d`.

use super::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A length of time in whole years, months or days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, JsonSchema)]
#[schemars(transparent)]
pub struct Term(#[schemars(with = "String", regex(pattern = r"^\d+[ymd]$"))] Length);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Length {
    Years(u32),
    Months(u32),
    Days(u32),
}

impl Term {
    /// A number of days.
    #[must_use]
    pub const fn days(days: u32) -> Self {
        Self(Length::Days(days))
    }

    /// The last day of the term, counted from a day on: a year from 29 February ends on the 28th.
    #[must_use]
    pub fn after(self, from: Date) -> Date {
        match self.0 {
            Length::Years(years) => from.plus_months(years.saturating_mul(12)),
            Length::Months(months) => from.plus_months(months),
            Length::Days(days) => from.plus_days(days),
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Length::Years(years) => write!(f, "{years}y"),
            Length::Months(months) => write!(f, "{months}m"),
            Length::Days(days) => write!(f, "{days}d"),
        }
    }
}

impl FromStr for Term {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not a length of time; write it as 1y, 6m or 90d.");
        let (number, unit) = text.split_at_checked(text.len().wrapping_sub(1)).ok_or_else(wrong)?;
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(wrong());
        }
        let number = number.parse().map_err(|_| wrong())?;
        match unit {
            "y" => Ok(Self(Length::Years(number))),
            "m" => Ok(Self(Length::Months(number))),
            "d" => Ok(Self(Length::Days(number))),
            _ => Err(wrong()),
        }
    }
}

impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Date, Term};

    #[test]
    fn terms_end_on_days_that_exist() {
        let after = |term: &str, from: &str| {
            term.parse::<Term>().unwrap().after(from.parse::<Date>().unwrap()).to_string()
        };
        assert_eq!(after("1y", "2024-02-29"), "2025-02-28");
        assert_eq!(after("4y", "2024-02-29"), "2028-02-29");
        assert_eq!(after("1m", "2025-01-31"), "2025-02-28");
        assert_eq!(after("90d", "2023-12-01"), "2024-02-29");
        assert_eq!(after("9999y", "2024-01-01"), "9999-01-01");
        for bad in ["", "1", "y", "1 y", "-1d", "1w", "1yé", "99999999999d"] {
            assert!(bad.parse::<Term>().is_err(), "{bad}");
        }
    }
}
