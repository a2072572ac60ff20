//! A calendar day, as ISO 8601 writes it. The one kind of date Assize has: days, in UTC.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;
use std::str::FromStr;

/// A day of the proleptic Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(transparent)]
pub struct Date(#[schemars(with = "String", regex(pattern = r"^\d{4}-\d{2}-\d{2}$"))] u32);

impl Date {
    /// The day, if there is such a day.
    #[must_use]
    pub const fn new(year: u32, month: u32, day: u32) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            2 => {
                if leap {
                    29
                } else {
                    28
                }
            }
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if year <= 9999 && day >= 1 && day <= days {
            Some(Self(year * 10_000 + month * 100 + day))
        } else {
            None
        }
    }

    /// The day on which a moment falls, in UTC. `seconds` count from 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn from_unix(seconds: u64) -> Option<Self> {
        Self::from_days(i64::try_from(seconds / 86_400).ok()?)
    }

    /// The day that lies so many days after 1970-01-01.
    #[must_use]
    pub fn from_days(days: i64) -> Option<Self> {
        // Days to civil date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
        let days = days.checked_add(719_468)?;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * of_year + 2) / 153;
        let day = of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(u32::try_from(year).ok()?, month as u32, day as u32)
    }

    /// Days since 1970-01-01; negative before.
    #[must_use]
    pub fn days(self) -> i64 {
        let (month, day) = (i64::from(self.0 / 100 % 100), i64::from(self.0 % 100));
        // The year is taken to begin in March, so that the leap day is its last.
        let year = i64::from(self.0 / 10_000) - i64::from(month <= 2);
        let era = year.div_euclid(400);
        let of_era = year.rem_euclid(400);
        let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
    }

    /// How many days another one lies ahead; negative where it is past.
    #[must_use]
    pub fn days_until(self, other: Self) -> i64 {
        other.days() - self.days()
    }

    /// The same day some months on, or the last of its month where that one is shorter.
    #[must_use]
    pub fn plus_months(self, months: u32) -> Self {
        let all = u64::from(self.0 / 10_000) * 12 + u64::from(self.0 / 100 % 100 - 1) + u64::from(months);
        let (year, month) = ((all / 12).min(9999) as u32, (all % 12) as u32 + 1);
        let day = self.0 % 100;
        (28..=day).rev().chain([day]).find_map(|day| Self::new(year, month, day)).unwrap_or(self)
    }

    /// The day some days on; the last day there is where that lies beyond it.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self::from_days(self.days() + i64::from(days)).unwrap_or(Self(99_991_231))
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.0 / 10_000, self.0 / 100 % 100, self.0 % 100)
    }
}

impl FromStr for Date {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let part = |range: std::ops::Range<usize>| {
            text.get(range).filter(|t| t.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
        };
        let date = || {
            let dashes = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
            if dashes { Self::new(part(0..4)?, part(5..7)?, part(8..10)?) } else { None }
        };
        date().ok_or_else(|| format!("\"{text}\" is not a date; write it as YYYY-MM-DD."))
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn only_days_that_exist_are_dates() {
        for good in ["2024-02-29", "2000-02-29", "2026-11-24"] {
            assert_eq!(good.parse::<Date>().unwrap().to_string(), good);
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-1-1",
            "24-01-01",
            "2024-00-10",
            "2024-04-31",
            "2024-01-01T00",
        ] {
            assert!(bad.parse::<Date>().is_err(), "{bad}");
        }
    }

    #[test]
    fn unix_seconds_fall_on_their_utc_day() {
        for (seconds, day) in [
            (0, "1970-01-01"),
            (951_782_399, "2000-02-28"),
            (951_782_400, "2000-02-29"),
            (1_795_478_400, "2026-11-24"),
        ] {
            assert_eq!(Date::from_unix(seconds).unwrap().to_string(), day);
        }
    }

    #[test]
    fn days_are_counted_over_leap_days() {
        let date = |text: &str| text.parse::<Date>().unwrap();
        for (text, days) in
            [("1970-01-01", 0), ("1969-12-31", -1), ("2000-03-01", 11_017), ("2024-02-29", 19_782)]
        {
            assert_eq!(date(text).days(), days, "{text}");
        }
        assert_eq!(date("2024-02-28").days_until(date("2024-03-01")), 2);
        assert_eq!(date("2023-02-28").days_until(date("2023-03-01")), 1);
        for (from, days, to) in [
            ("2024-02-28", 1, "2024-02-29"),
            ("2023-12-31", 1, "2024-01-01"),
            ("1899-12-31", 60, "1900-03-01"),
            ("1903-12-31", 60, "1904-02-29"),
            ("9999-12-31", 1, "9999-12-31"),
        ] {
            assert_eq!(date(from).plus_days(days), date(to), "{from} + {days}");
        }
        for (from, months, to) in [
            ("2024-02-29", 12, "2025-02-28"),
            ("2024-01-31", 1, "2024-02-29"),
            ("2026-11-30", 3, "2027-02-28"),
            ("2026-12-05", 1, "2027-01-05"),
        ] {
            assert_eq!(date(from).plus_months(months), date(to), "{from} + {months} months");
        }
    }
}
