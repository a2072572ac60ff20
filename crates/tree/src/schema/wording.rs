//! The sentences. Values are quoted only where they are short: a report is read by people.

use super::violation::ViolationKind;
use crate::document::{Document, Kind, NodeId};
use serde_json::Value;
use std::fmt::Write as _;

/// Characters of a value that are shown.
const SHOWN: usize = 48;
/// Options that are listed.
const LISTED: usize = 12;

/// What a message says about the value itself.
pub(super) struct Subject<'a> {
    /// With an article: "a string".
    noun: &'static str,
    /// A scalar's text.
    text: Option<&'a str>,
    string: bool,
}

impl<'a> Subject<'a> {
    pub(super) fn node(document: &'a Document, node: NodeId) -> Self {
        let kind = document.kind(node);
        Self { noun: with_article(kind.name()), text: document.scalar(node), string: kind == Kind::String }
    }

    pub(super) fn name(text: &'a str) -> Self {
        Self { noun: "a string", text: Some(text), string: true }
    }

    pub(super) fn value(value: &'a Value) -> Self {
        let noun = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        Self { noun, text: value.as_str(), string: value.is_string() }
    }

    fn string(&self) -> Option<&'a str> {
        self.text.filter(|_| self.string)
    }

    /// The value where it is a scalar, else what it is.
    fn shown(&self) -> String {
        match self.text {
            Some(text) if self.string => quoted(text),
            Some(text) => shortened(text),
            None => format!("The value ({})", self.noun),
        }
    }
}

fn with_article(name: &str) -> &'static str {
    match name {
        "array" => "an array",
        "boolean" => "a boolean",
        "integer" => "an integer",
        "number" => "a number",
        "object" => "an object",
        "string" => "a string",
        _ => "null",
    }
}

pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", shortened(text))
}

fn shortened(text: &str) -> String {
    let mut short = String::new();
    for (at, char) in text.chars().enumerate() {
        if at == SHOWN {
            short.push('…');
            break;
        }
        if char.is_control() { short.extend(char.escape_default()) } else { short.push(char) }
    }
    short
}

fn json(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) if !items.is_empty() => "an array".to_owned(),
        Value::Object(members) if !members.is_empty() => "an object".to_owned(),
        other => shortened(&other.to_string()),
    }
}

/// "a, b or c".
pub(super) fn joined(mut words: Vec<String>, last: &str) -> String {
    let Some(end) = words.pop() else { return String::new() };
    if words.is_empty() { end } else { format!("{} {last} {end}", words.join(", ")) }
}

/// "1st".
pub(super) fn ordinal(number: usize) -> String {
    let ending = match (number % 10, number % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// " Did you mean …?" where one of the names is close enough to be the one meant.
pub(super) fn did_you_mean<'n>(given: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    // The distance is quadratic in the lengths; nobody misspells what is longer.
    if given.len() > 100 {
        return String::new();
    }
    let lower = given.to_lowercase();
    let allowed = (given.chars().count() / 3).max(1);
    names
        .into_iter()
        .filter(|name| name.len() <= 100)
        .map(|name| (strsim::damerau_levenshtein(&lower, &name.to_lowercase()), name))
        .filter(|&(distance, _)| distance <= allowed)
        .min()
        .map_or_else(String::new, |(_, name)| format!(" Did you mean \"{name}\"?"))
}

fn count(number: u64, noun: &str, plural: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {plural}") }
}

/// The sentence for a violation; `names` are the members an object may have, for the hint.
pub(super) fn message(kind: &ViolationKind, keyword: &str, subject: &Subject<'_>, names: &[&str]) -> String {
    use ViolationKind as K;
    let shown = || subject.shown();
    match kind {
        K::Required { property } => {
            let name = quoted(property);
            match keyword {
                "required" => format!("The required member {name} is missing."),
                _ => format!("The member {name}, which another member requires, is missing."),
            }
        }
        K::AdditionalProperty { name } | K::UnevaluatedProperty { name } => {
            let hint = did_you_mean(name, names.iter().copied());
            format!("The member {} is not allowed here.{hint}", quoted(name))
        }
        K::PropertyName { name, because } => {
            let inner = message(because, keyword, &Subject::name(name), &[]);
            format!("The member name {} is not allowed: {inner}", quoted(name))
        }
        K::AdditionalItems { limit } => {
            format!("The array may have {} at most.", count(*limit as u64, "item", "items"))
        }
        K::UnevaluatedItems { count: 1 } => "The array has an item that is not allowed here.".to_owned(),
        K::UnevaluatedItems { count } => format!("The array has {count} items that are not allowed here."),
        K::Type { expected } => wrong_type(expected, subject),
        K::Enum { options } => wrong_option(options, subject),
        K::Const { expected } => match subject.text {
            Some(_) => format!("The value must be {}, not {}.", json(expected), shown()),
            None => format!("The value must be {}.", json(expected)),
        },
        K::Pattern { pattern } => format!("{} does not match the pattern {}.", shown(), shortened(pattern)),
        K::Format { format } => wrong_format(format, subject),
        K::Minimum { limit } => format!("{} is less than the minimum of {limit}.", shown()),
        K::Maximum { limit } => format!("{} is more than the maximum of {limit}.", shown()),
        K::ExclusiveMinimum { limit } => format!("{} is not more than {limit}.", shown()),
        K::ExclusiveMaximum { limit } => format!("{} is not less than {limit}.", shown()),
        K::MultipleOf { divisor } => format!("{} is not a multiple of {divisor}.", shown()),
        K::MinLength { limit: 1 } if subject.string() == Some("") => {
            "The string must not be empty.".to_owned()
        }
        K::MinLength { limit } => {
            format!("{} is shorter than {}.", shown(), count(*limit, "character", "characters"))
        }
        K::MaxLength { limit } => {
            format!("{} is longer than {}.", shown(), count(*limit, "character", "characters"))
        }
        K::MinItems { limit: 1 } => "The array must not be empty.".to_owned(),
        K::MinItems { limit } => {
            format!("The array must have {} at least.", count(*limit, "item", "items"))
        }
        K::MaxItems { limit } => format!("The array may have {} at most.", count(*limit, "item", "items")),
        K::MinProperties { limit: 1 } => "The object must not be empty.".to_owned(),
        K::MinProperties { limit } => {
            format!("The object must have {} at least.", count(*limit, "member", "members"))
        }
        K::MaxProperties { limit } => {
            format!("The object may have {} at most.", count(*limit, "member", "members"))
        }
        K::UniqueItems { equal: Some((first, second)) } => format!(
            "The items of the array must differ; the {} and the {} are equal.",
            ordinal(first + 1),
            ordinal(second + 1)
        ),
        K::UniqueItems { equal: None } => "The items of the array must differ.".to_owned(),
        K::Contains => match keyword {
            "maxContains" => "Too many items of the array are of the kind it may contain few of.".to_owned(),
            "minContains" => "Too few items of the array are of the kind it must contain.".to_owned(),
            _ => "No item of the array is of the kind it must contain.".to_owned(),
        },
        K::Content { expected } => format!("The string is not valid {}.", shortened(expected)),
        K::Not => "The value is of the kind that is excluded here.".to_owned(),
        K::Never => "No value is allowed here.".to_owned(),
        K::NoBranch { branches, .. } => format!("The value fits none of the {branches} alternatives."),
        K::ManyBranches { fitting } => format!(
            "The value must fit exactly one of the alternatives, but fits the {}.",
            joined(fitting.iter().map(|at| ordinal(at + 1)).collect(), "and the")
        ),
        K::Undecided => "It could not be told within the limits whether the value conforms.".to_owned(),
        K::Other => "The value does not conform to the schema.".to_owned(),
    }
}

fn wrong_type(expected: &[String], subject: &Subject<'_>) -> String {
    let wanted = joined(expected.iter().map(|name| with_article(name).to_owned()).collect(), "or");
    match subject.text {
        // A number that is no integer: its kind says nothing, its digits do.
        Some(text) if subject.noun == "a number" => {
            if text.trim_start_matches('-').starts_with('.') {
                return format!("The value must be {wanted}; JSON has no number {text}.");
            }
            if expected.iter().any(|name| name == "integer") {
                return format!("The value must be {wanted}, not {}.", shortened(text));
            }
            format!("The value must be {wanted}, not a number.")
        }
        _ => format!("The value must be {wanted}, not {}.", subject.noun),
    }
}

fn wrong_option(options: &[Value], subject: &Subject<'_>) -> String {
    let mut words: Vec<_> = options.iter().take(LISTED).map(json).collect();
    let more = options.len().saturating_sub(LISTED);
    let mut message = String::from("The value must be ");
    if more > 0 {
        let _ = write!(message, "one of {} and {more} more", words.join(", "));
    } else if words.len() == 1 {
        message.push_str(&words.remove(0));
    } else {
        let _ = write!(message, "one of {}", joined(words, "or"));
    }
    match subject.text {
        Some(_) => {
            let _ = write!(message, ", not {}.", subject.shown());
        }
        None => message.push('.'),
    }
    if let Some(given) = subject.string() {
        message.push_str(&did_you_mean(given, options.iter().filter_map(Value::as_str)));
    }
    message
}

fn wrong_format(format: &str, subject: &Subject<'_>) -> String {
    let what = match format {
        "date-time" => "a date and time as RFC 3339 writes them (2025-01-31T12:00:00Z)",
        "date" => "a date as RFC 3339 writes it (2025-01-31)",
        "time" => "a time as RFC 3339 writes it (12:00:00Z)",
        "duration" => "a duration as ISO 8601 writes it (P1DT12H)",
        "email" | "idn-email" => "an email address",
        "hostname" | "idn-hostname" => "a host name",
        "ipv4" => "an IPv4 address",
        "ipv6" => "an IPv6 address",
        "uri" => "an absolute URI",
        "uri-reference" => "a URI or relative reference",
        "iri" => "an absolute IRI",
        "iri-reference" => "an IRI or relative reference",
        "uri-template" => "a URI template",
        "uuid" => "a UUID",
        "regex" => "a regular expression",
        "json-pointer" => "a JSON pointer",
        "relative-json-pointer" => "a relative JSON pointer",
        other => return format!("{} is not of the format {}.", subject.shown(), quoted(other)),
    };
    format!("{} is not {what}.", subject.shown())
}
