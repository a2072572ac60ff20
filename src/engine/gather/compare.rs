//! The checks over what was gathered: equal, subset, count, share.

use super::Taken;
use crate::check::OptionError;
use assize_tree::document::de::closest;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, HashSet};

/// The names of the checks over gathered values.
pub const NAMES: [&str; 4] = ["count", "equal", "share", "subset"];

/// Places that a finding shows beside its own.
const SHOWN: usize = 3;
/// The same for places that have the same value: which of them counts is for the verdict to say.
const COPIES: usize = 20;
/// What is said of such a place.
pub const SAME: &str = "and here";
/// Values of another set that a finding names.
const NAMED: usize = 3;

/// A check over gathered sets.
pub(super) enum Compare {
    /// The values of two sets are the same; of one, all are one value.
    Equal { left: usize, right: Option<usize> },
    /// Every value of one is among those of the other.
    Subset { part: usize, whole: usize },
    /// So many places, or different values, are there.
    Count { of: usize, min: u64, max: u64, distinct: bool },
    /// That share of the different values of one is among those of the other.
    Share { part: usize, whole: usize, min: f64 },
}

/// Something wrong.
pub(super) struct Wrong<'t> {
    /// Where; `None` for the tree as a whole.
    pub at: Option<&'t Taken>,
    pub error: String,
    pub related: Vec<(&'t Taken, String)>,
}

impl Compare {
    /// The check of a name with its options. Sets go by the options, else by the names `have` and
    /// `want`, else by there being one only.
    pub(super) fn new(name: &str, options: Option<&Value>, sets: &[String]) -> Result<Self, OptionError> {
        let none = Map::new();
        let given = match options {
            None | Some(Value::Null) => &none,
            Some(Value::Object(members)) => members,
            Some(_) => return Err(OptionError::new("/functionOptions", "Options must be an object.")),
        };
        let known: &[&str] = match name {
            "equal" => &["have", "want"],
            "subset" => &["have", "want"],
            "share" => &["have", "want", "min"],
            "count" => &["have", "min", "max", "distinct"],
            other => {
                let near = closest(other, NAMES.iter().copied());
                return Err(OptionError {
                    hint: Some(near.map_or_else(
                        || format!("Checks over gathered places: {}.", NAMES.join(", ")),
                        |near| format!("Did you mean \"{near}\"?"),
                    )),
                    ..OptionError::new(
                        "/function",
                        format!("There is no check \"{other}\" over gathered places."),
                    )
                });
            }
        };
        if let Some(unknown) = given.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(OptionError {
                hint: Some(format!("Options: {}.", known.join(", "))),
                ..OptionError::new(
                    format!("/functionOptions/{unknown}"),
                    format!("The check \"{name}\" has no option \"{unknown}\"."),
                )
            });
        }
        let set = |role: &str| -> Result<Option<usize>, OptionError> {
            let pointer = format!("/functionOptions/{role}");
            let wanted = match given.get(role) {
                None => role,
                Some(Value::String(name)) => name.as_str(),
                Some(_) => {
                    return Err(OptionError::new(pointer, format!("The option \"{role}\" must name a set.")));
                }
            };
            match sets.iter().position(|name| name == wanted) {
                None if given.contains_key(role) => Err(OptionError {
                    hint: Some(format!("It gathers {}.", sets.join(", "))),
                    ..OptionError::new(pointer, format!("The rule gathers no \"{wanted}\"."))
                }),
                found => Ok(found),
            }
        };
        let only = (sets.len() == 1).then_some(0);
        let need = |role: &str, found: Option<usize>| {
            found.ok_or_else(|| {
                OptionError::new(
                    "",
                    format!(
                        "The check \"{name}\" needs a set \"{role}\", or an option \"{role}\" that names one."
                    ),
                )
            })
        };
        let (have, want) = (set("have")?.or(only), if name == "count" { None } else { set("want")? });
        let have = need("have", have)?;
        let whole = |name: &str, fallback: u64| match given.get(name) {
            None => Ok(fallback),
            Some(value) => value.as_u64().ok_or_else(|| {
                OptionError::new(
                    format!("/functionOptions/{name}"),
                    format!("The option \"{name}\" must be a whole number."),
                )
            }),
        };
        Ok(match name {
            "equal" => {
                if want.is_none() && sets.len() > 1 {
                    need("want", None)?;
                }
                Self::Equal { left: have, right: want.filter(|&want| want != have) }
            }
            "subset" => Self::Subset { part: have, whole: need("want", want)? },
            "share" => {
                let min = given.get("min").map_or(Some(1.0), Value::as_f64);
                let min = min.filter(|min| (0.0..=1.0).contains(min)).ok_or_else(|| {
                    OptionError::new(
                        "/functionOptions/min",
                        "The option \"min\" must be a number from 0 to 1.",
                    )
                })?;
                Self::Share { part: have, whole: need("want", want)?, min }
            }
            _ => {
                if !given.contains_key("min") && !given.contains_key("max") {
                    return Err(OptionError::new(
                        "/functionOptions",
                        "The check \"count\" needs \"min\" or \"max\".",
                    ));
                }
                let distinct = match given.get("distinct") {
                    None => false,
                    Some(Value::Bool(distinct)) => *distinct,
                    Some(_) => {
                        return Err(OptionError::new(
                            "/functionOptions/distinct",
                            "The option \"distinct\" must be true or false.",
                        ));
                    }
                };
                Self::Count { of: have, min: whole("min", 0)?, max: whole("max", u64::MAX)?, distinct }
            }
        })
    }

    /// How many places were looked at, and what is wrong there.
    pub(super) fn run<'t>(
        &self,
        names: &[String],
        sets: &[Vec<&'t Taken>],
    ) -> Result<(u64, Vec<Wrong<'t>>), String> {
        match *self {
            Self::Equal { left, right: None } => {
                let values = by_value(&sets[left])?;
                Ok((sets[left].len() as u64, all_one(&values)))
            }
            Self::Equal { left, right: Some(right) } => {
                let (mine, others) = (by_value(&sets[left])?, by_value(&sets[right])?);
                // With one side empty there is nothing to compare.
                if mine.is_empty() || others.is_empty() {
                    return Ok((0, Vec::new()));
                }
                let mut wrong = missing(&mine, &others, &names[right]);
                wrong.extend(missing(&others, &mine, &names[left]));
                Ok(((sets[left].len() + sets[right].len()) as u64, wrong))
            }
            Self::Subset { part, whole } => {
                let (mine, others) = (by_value(&sets[part])?, by_value(&sets[whole])?);
                Ok((sets[part].len() as u64, missing(&mine, &others, &names[whole])))
            }
            Self::Share { part, whole, min } => {
                let (mine, others) = (by_value(&sets[part])?, by_value(&sets[whole])?);
                Ok((sets[part].len() as u64, share(&mine, &others, &names[whole], min)))
            }
            Self::Count { of, min, max, distinct } => {
                let count = if distinct { by_value(&sets[of])?.len() } else { sets[of].len() } as u64;
                // None at all is for the rule's `empty` to judge, unless none is what is asked about.
                let wrong = (count > max || count < min && count > 0).then(|| {
                    let (is, bound) = (
                        if count == 1 { "is" } else { "are" },
                        if count > max { format!("no more than {max}") } else { format!("at least {min}") },
                    );
                    Wrong {
                        at: None,
                        error: format!("there {is} {count}, and {bound} should be"),
                        related: sets[of]
                            .iter()
                            .take(SHOWN)
                            .map(|taken| (*taken, "one of them".to_owned()))
                            .collect(),
                    }
                });
                Ok((sets[of].len() as u64, wrong.into_iter().collect()))
            }
        }
    }
}

/// Values with their places.
type ByValue<'t> = BTreeMap<&'t str, Vec<&'t Taken>>;

fn by_value<'t>(set: &[&'t Taken]) -> Result<ByValue<'t>, String> {
    let mut values: ByValue<'t> = BTreeMap::new();
    for &taken in set {
        let Some(value) = taken.value.as_deref() else {
            return Err(format!(
                "{} is an object or a list where a value was to be compared.",
                if taken.pointer.is_empty() { "The root" } else { taken.pointer.as_str() }
            ));
        };
        values.entry(value).or_default().push(taken);
    }
    Ok(values)
}

/// Values of one set that are not in another: one finding for each, at its first place.
fn missing<'t>(mine: &ByValue<'t>, others: &ByValue<'t>, name: &str) -> Vec<Wrong<'t>> {
    let known: HashSet<&str> = others.keys().copied().collect();
    let absent = mine.iter().filter(|(value, _)| !known.contains(*value));
    absent
        .map(|(value, places)| Wrong {
            at: places.first().copied(),
            error: format!("\"{value}\" is not among the values of {name}{}", named(others)),
            related: places.iter().skip(1).take(COPIES).map(|taken| (*taken, SAME.to_owned())).collect(),
        })
        .collect()
}

/// The values of a set where they are few: ` (1.0.0, 2.0.0)`.
fn named(values: &ByValue<'_>) -> String {
    if values.is_empty() || values.len() > NAMED {
        return String::new();
    }
    format!(" ({})", values.keys().copied().collect::<Vec<_>>().join(", "))
}

/// Places whose value is not the one that most have (of several equally frequent, the first by text).
fn all_one<'t>(values: &ByValue<'t>) -> Vec<Wrong<'t>> {
    let most = values.iter().rev().max_by_key(|(_, places)| places.len());
    let Some((usual, usual_places)) = most else { return Vec::new() };
    values
        .iter()
        .filter(|(value, _)| *value != usual)
        .map(|(value, places)| {
            let here = places.iter().skip(1).take(COPIES).map(|taken| (*taken, SAME.to_owned()));
            let there = usual_places.first().map(|taken| (*taken, format!("here it is \"{usual}\"")));
            Wrong {
                at: places.first().copied(),
                error: format!("\"{value}\" differs from \"{usual}\" elsewhere"),
                related: there.into_iter().chain(here).collect(),
            }
        })
        .collect()
}

fn share<'t>(mine: &ByValue<'t>, others: &ByValue<'t>, name: &str, min: f64) -> Vec<Wrong<'t>> {
    if mine.is_empty() {
        return Vec::new();
    }
    let lacking: Vec<_> = mine.iter().filter(|(value, _)| !others.contains_key(*value)).collect();
    let has = mine.len() - lacking.len();
    #[expect(clippy::cast_precision_loss, reason = "counts of values stay far below 2^52")]
    let share = has as f64 / mine.len() as f64;
    if share >= min {
        return Vec::new();
    }
    vec![Wrong {
        at: None,
        error: format!(
            "{has} of {} are among the values of {name}, and {:.0} in 100 are wanted",
            mine.len(),
            min * 100.0
        ),
        related: lacking
            .into_iter()
            .take(SHOWN)
            .filter_map(|(value, places)| Some((*places.first()?, format!("\"{value}\" is not"))))
            .collect(),
    }]
}
