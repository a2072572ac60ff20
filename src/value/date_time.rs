//! Dates and times for machines: RFC 3339, which is the part of ISO 8601 that leaves no doubt.

/// What is wrong with a text read as a date or a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Day, month and year in another order or with other separators.
    #[error("it is not in the order year, month, day with hyphens (2026-11-24)")]
    Order,
    /// A day that is in no calendar.
    #[error("there is no such day")]
    NoSuchDay,
    /// A time that is on no clock.
    #[error("there is no such time of day")]
    NoSuchTime,
    /// Nothing says how far from UTC the clock is.
    #[error("it does not say its offset from UTC (Z, or +01:00)")]
    NoOffset,
    /// A date where a moment is wanted.
    #[error("it has no time of day")]
    NoTime,
    /// A moment where a date is wanted.
    #[error("it has a time of day")]
    Time,
    /// None of these: no date at all.
    #[error("it is no date")]
    NotADate,
}

/// A full date: `2026-11-24`.
///
/// # Errors
/// What is wrong with it.
pub fn date(text: &str) -> Result<(), Wrong> {
    let text = text.trim();
    if text.len() > 10 && date(text.get(..10).unwrap_or_default()).is_ok() {
        return Err(Wrong::Time);
    }
    let numbers: Vec<&str> = text.split(['-', '/', '.', ' ']).collect();
    let digits = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if numbers.len() != 3 || !numbers.iter().all(digits) {
        return Err(Wrong::NotADate);
    }
    if numbers[0].len() != 4
        || numbers[1].len() != 2
        || numbers[2].len() != 2
        || !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    {
        return Err(Wrong::Order);
    }
    match text.parse::<crate::standard::Date>() {
        Ok(_) => Ok(()),
        Err(_) => Err(Wrong::NoSuchDay),
    }
}

/// A moment: `2026-11-24T09:30:00Z`, with an offset.
///
/// # Errors
/// What is wrong with it.
pub fn date_time(text: &str) -> Result<(), Wrong> {
    let text = text.trim();
    let (day, rest) = match text.char_indices().nth(10) {
        Some((at, 'T' | 't' | ' ')) => (&text[..at], &text[at + 1..]),
        _ => return Err(date(text).err().unwrap_or(Wrong::NoTime)),
    };
    date(day)?;
    let bytes = rest.as_bytes();
    let number = |at: usize| -> Option<u32> {
        let pair = bytes.get(at..at + 2).filter(|pair| pair.iter().all(u8::is_ascii_digit))?;
        Some(u32::from(pair[0] - b'0') * 10 + u32::from(pair[1] - b'0'))
    };
    let (Some(hour), Some(minute), Some(second)) = (number(0), number(3), number(6)) else {
        return Err(Wrong::NoSuchTime);
    };
    if bytes[2] != b':' || bytes[5] != b':' || hour > 23 || minute > 59 || second > 60 {
        return Err(Wrong::NoSuchTime);
    }
    let mut at = 8;
    if bytes.get(at) == Some(&b'.') {
        let fraction = bytes[at + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if fraction == 0 {
            return Err(Wrong::NoSuchTime);
        }
        at += 1 + fraction;
    }
    match bytes.get(at..).unwrap_or_default() {
        [] => Err(Wrong::NoOffset),
        [b'Z' | b'z'] => Ok(()),
        [b'+' | b'-', _, _, b':', _, _]
            if number(at + 1).is_some_and(|hours| hours < 24)
                && number(at + 4).is_some_and(|minutes| minutes < 60) =>
        {
            Ok(())
        }
        // A third digit of the seconds.
        [digit, ..] if digit.is_ascii_digit() => Err(Wrong::NoSuchTime),
        _ => Err(Wrong::NoOffset),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        assert_eq!(date("2024-02-29"), Ok(()));
        for (text, wrong) in [
            ("2023-02-29", Wrong::NoSuchDay),
            ("29/02/2024", Wrong::Order),
            ("29-02-2024", Wrong::Order),
            ("2024/02/29", Wrong::Order),
            ("tomorrow", Wrong::NotADate),
            ("2024-02-29T10:00:00Z", Wrong::Time),
            ("2024-2-9", Wrong::Order),
        ] {
            assert_eq!(date(text), Err(wrong), "{text}");
        }
    }

    #[test]
    fn moments() {
        for text in [
            "2026-11-24T09:30:00Z",
            "2026-11-24T09:30:00.123+01:00",
            "2016-12-31T23:59:60Z",
            "2026-11-24t09:30:00z",
        ] {
            assert_eq!(date_time(text), Ok(()), "{text}");
        }
        for (text, wrong) in [
            ("2026-11-24T09:30:00", Wrong::NoOffset),
            ("2026-11-24T09:30:00+1", Wrong::NoOffset),
            ("2026-11-24T09:30:470Z", Wrong::NoSuchTime),
            ("2026-11-24", Wrong::NoTime),
            ("2026-11-24T25:00:00Z", Wrong::NoSuchTime),
            ("2026-11-24T09:30Z", Wrong::NoSuchTime),
            ("24/11/2026 09:30:00", Wrong::Order),
            ("2026-13-01T00:00:00Z", Wrong::NoSuchDay),
            ("2026-11-24T09:30:00.Z", Wrong::NoSuchTime),
        ] {
            assert_eq!(date_time(text), Err(wrong), "{text}");
        }
    }
}
