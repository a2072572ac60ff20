//! How the parts of a clause combine. A part holds, fails, or is not known (Kleene's strong logic);
//! beside that it may be open: it was looked at, and what it says is no proof either way. Unknown
//! and open are told apart because they ask for different things: a readable file, or a record.

use crate::pack::form::{CombinationForm, DecideForm};

/// What a part of a clause, or a combination of parts, comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// It holds.
    Holds,
    /// Nothing speaks against it, and nothing proves it.
    Open,
    /// It could not be told.
    Unknown,
    /// It does not hold.
    Fails,
    /// A guard that found nothing, or a part with nothing to be about: it has no say where others do.
    Silent,
}

use Value::{Fails, Holds, Open, Silent, Unknown};

/// All of them: the worst counts. Guards that found nothing leave it to the others.
#[must_use]
pub fn all(values: &[Value]) -> Value {
    let any = |value| values.contains(&value);
    match () {
        () if any(Fails) => Fails,
        () if any(Unknown) => Unknown,
        () if any(Open) => Open,
        () if any(Holds) => Holds,
        () => Silent,
    }
}

/// One of them: the best counts, but a part that is unknown might have been it.
#[must_use]
pub fn any(values: &[Value]) -> Value {
    let any = |value| values.contains(&value);
    match () {
        () if any(Holds) => Holds,
        () if any(Unknown) => Unknown,
        () if any(Open) => Open,
        () if any(Fails) => Fails,
        () => Silent,
    }
}

/// The contrary.
#[must_use]
pub const fn not(value: Value) -> Value {
    match value {
        Holds => Fails,
        Fails => Holds,
        other => other,
    }
}

/// At least so many of them.
#[must_use]
pub fn at_least(wanted: usize, values: &[Value]) -> Value {
    let count = |value| values.iter().filter(|&&other| other == value).count();
    let (holding, unknown, open) = (count(Holds), count(Unknown), count(Open));
    if holding >= wanted {
        Holds
    } else if holding + unknown + open + count(Silent) < wanted {
        Fails
    } else if unknown > 0 {
        Unknown
    } else {
        Open
    }
}

/// What a `decide` comes to. `value` gives the value of a rule by its id.
#[must_use]
pub fn combine(decide: &DecideForm, value: &dyn Fn(&str) -> Value) -> Value {
    let list =
        |parts: &[DecideForm]| -> Vec<Value> { parts.iter().map(|part| combine(part, value)).collect() };
    match decide {
        DecideForm::Rule(rule) => value(rule),
        DecideForm::Combination(CombinationForm { all: every, any: one, not: none, at_least: some }) => {
            // Several members beside each other must all hold.
            let mut found = Vec::new();
            found.extend(every.as_deref().map(|parts| all(&list(parts))));
            found.extend(one.as_deref().map(|parts| any(&list(parts))));
            found.extend(none.as_deref().map(|part| not(combine(part, value))));
            found.extend(some.as_ref().map(|some| at_least(some.n as usize, &list(&some.of))));
            all(&found)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fails, Holds, Open, Silent, Unknown, all, any, at_least, combine, not};
    use crate::pack::form::DecideForm;

    #[test]
    fn the_worst_of_all_and_the_best_of_any() {
        assert_eq!(all(&[Holds, Unknown, Fails]), Fails, "refuted is refuted, whatever else is unknown");
        assert_eq!(all(&[Holds, Unknown, Open]), Unknown);
        assert_eq!(all(&[Holds, Open, Silent]), Open, "what is not proven is not held");
        assert_eq!(all(&[Holds, Silent]), Holds);
        assert_eq!(all(&[Silent, Silent]), Silent);
        assert_eq!(all(&[]), Silent, "nothing proves nothing");
        assert_eq!(any(&[Fails, Unknown, Holds]), Holds);
        assert_eq!(any(&[Fails, Unknown]), Unknown);
        assert_eq!(any(&[Fails, Open]), Open);
        assert_eq!(any(&[Fails, Silent]), Fails);
    }

    #[test]
    fn not_turns_only_what_is_known() {
        assert_eq!([not(Holds), not(Fails), not(Unknown), not(Open)], [Fails, Holds, Unknown, Open]);
    }

    #[test]
    fn at_least_counts_what_might_still_hold() {
        assert_eq!(at_least(2, &[Holds, Holds, Fails]), Holds);
        assert_eq!(at_least(2, &[Holds, Fails, Fails]), Fails);
        assert_eq!(at_least(2, &[Holds, Unknown, Fails]), Unknown);
        assert_eq!(at_least(2, &[Holds, Open, Fails]), Open);
    }

    #[test]
    fn decisions_nest() {
        let decide: DecideForm =
            serde_json::from_str(r#"{ "all": ["a", { "any": ["b", "c"] }, { "not": "d" }] }"#).unwrap();
        let with = |c: super::Value, d: super::Value| {
            combine(&decide, &|rule: &str| match rule {
                "a" => Holds,
                "b" => Fails,
                "c" => c,
                _ => d,
            })
        };
        assert_eq!(with(Holds, Fails), Holds);
        assert_eq!(with(Holds, Holds), Fails);
        assert_eq!(with(Unknown, Fails), Unknown);
        assert_eq!(with(Fails, Unknown), Fails);
    }
}
