//! `consistent-case`: the names of members are written in one style. Names that fit several styles
//! (`name`, `id`) say nothing and do not count.

use super::{
    AllPlaces, CannotTell, Check, Compile, Context, Looked, OptionError, Place, Together, Violation, beside,
    options,
};
use assize_tree::document::Kind;
use assize_tree::path::NodeRef;
use assize_tree::pattern::Pattern;
use serde_json::Value;

/// Names that a finding shows as related places.
const SHOWN: usize = 5;

/// A style that a name shows without doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Style {
    Camel,
    Snake,
    Kebab,
    Pascal,
}

impl Style {
    const ALL: [Self; 4] = [Self::Camel, Self::Snake, Self::Kebab, Self::Pascal];

    const fn name(self) -> &'static str {
        match self {
            Self::Camel => "lowerCamelCase",
            Self::Snake => "under_score",
            Self::Kebab => "hyphen-ated",
            Self::Pascal => "UpperCamelCase",
        }
    }

    /// The style of a name, `None` where it fits several or none.
    fn of(name: &str) -> Option<Self> {
        // What stands before the first letter (`_id`, `@type`, `$ref`) is no matter of style.
        let bare = name.trim_start_matches(|char: char| !char.is_alphanumeric());
        if bare.contains(|char: char| !char.is_alphanumeric() && char != '_' && char != '-') {
            return None;
        }
        let upper = bare.chars().any(char::is_uppercase);
        let lower = bare.chars().any(char::is_lowercase);
        match (bare.contains('_'), bare.contains('-')) {
            // GB-ENG, MAX_SIZE: a code or a constant.
            _ if !lower => None,
            (true, true) => None,
            (true, false) => Some(Self::Snake),
            (false, true) => Some(Self::Kebab),
            (false, false) if !upper => None,
            (false, false) if bare.starts_with(char::is_uppercase) => Some(Self::Pascal),
            (false, false) => Some(Self::Camel),
        }
    }
}

struct Consistent {
    ignore: Option<Pattern>,
    tolerance: f64,
}

impl Together for Consistent {
    fn run(
        &self,
        cx: &Context<'_>,
        places: &[NodeRef],
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let mut members: [Vec<NodeRef>; 4] = Default::default();
        for &object in places.iter().filter(|place| cx.document(**place).kind(place.node) == Kind::Object) {
            for (_, member) in cx.document(object).members(object.node) {
                let Some(name) = cx.document(object).key(member) else { continue };
                if let Some(ignore) = &self.ignore
                    && ignore.is_match(name).map_err(|error| CannotTell(error.to_string()))?
                {
                    continue;
                }
                if let Some(style) = Style::of(name) {
                    members[style as usize].push(beside(object, member));
                }
            }
        }
        let total: usize = members.iter().map(Vec::len).sum();
        let Some(main) = (0..4).rev().max_by_key(|&style| members[style].len()).filter(|_| total > 0) else {
            return Ok(Looked::Nothing);
        };
        let others = total - members[main].len();
        #[expect(clippy::cast_precision_loss, reason = "counts of names stay far below 2^52")]
        let share = others as f64 / total as f64;
        if share > self.tolerance {
            let counts: Vec<String> = Style::ALL
                .iter()
                .filter(|&&style| !members[style as usize].is_empty())
                .map(|&style| format!("{} {}", members[style as usize].len(), style.name()))
                .collect();
            let mut strays: Vec<NodeRef> = (0..4)
                .filter(|&style| style != main)
                .flat_map(|style| members[style].iter().copied())
                .collect();
            strays.sort_unstable();
            let mut violation = Violation::new(format!("the names are {}", counts.join(", ")));
            if let Some((&first, rest)) = strays.split_first() {
                let name = cx.document(first).key(first.node).unwrap_or_default().to_owned();
                violation.property = Some(name.clone());
                violation.value = Some(name);
                violation.place = Place::Key(first);
                violation.related =
                    rest.iter().take(SHOWN).map(|&at| (at, "another such name".to_owned())).collect();
            }
            found.push(violation.hint(format!("Most names here are {}.", Style::ALL[main].name())));
        }
        Ok(Looked::At(u32::try_from(total).unwrap_or(u32::MAX)))
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::optional("consistent-case", given, &["ignore", "tolerance"])?;
    let ignore = options::get::<String>(&members, "ignore", "a regular expression")?
        .map(|source| Pattern::new(&source))
        .transpose()
        .map_err(|error| OptionError::new("/ignore", error.to_string()))?;
    let tolerance: f64 = options::get(&members, "tolerance", "a number from 0 to 1")?.unwrap_or(0.0);
    Ok(Box::new(AllPlaces(Consistent { ignore, tolerance })))
}

#[cfg(test)]
mod tests {
    use super::Style;

    #[test]
    fn styles_are_told_apart_and_doubt_is_none() {
        assert_eq!(Style::of("birthDate"), Some(Style::Camel));
        assert_eq!(Style::of("_birthDate"), Some(Style::Camel));
        assert_eq!(Style::of("birth_date"), Some(Style::Snake));
        assert_eq!(Style::of("birth-date"), Some(Style::Kebab));
        assert_eq!(Style::of("BirthDate"), Some(Style::Pascal));
        for neither in ["name", "id", "URL", "$ref", "", "hl7.org", "a_b-c", "GB-ENG", "MAX_SIZE"] {
            assert_eq!(Style::of(neither), None, "{neither}");
        }
    }
}
