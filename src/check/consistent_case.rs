//! `consistent-case`: the names of members are written in one style. Names that fit several styles
//! (`name`, `id`), constants and acronyms (`MAX_SIZE`, `GB-ENG`, `URLs`) say nothing and do not count.
//! One word with a capital (`Accept`) proves no style, and breaks one whose words have none.

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
        let bare = bare(name);
        if bare.contains(|char: char| !char.is_alphanumeric() && char != '_' && char != '-') {
            return None;
        }
        let upper = bare.chars().any(char::is_uppercase);
        let lower = bare.chars().any(char::is_lowercase);
        match (bare.contains('_'), bare.contains('-')) {
            // GB-ENG, MAX_SIZE: a code or a constant.
            _ if !lower || is_plural_of_acronym(bare) => None,
            (true, true) => None,
            (true, false) => Some(Self::Snake),
            (false, true) => Some(Self::Kebab),
            (false, false) if !upper => None,
            (false, false) if bare.starts_with(char::is_uppercase) => Some(Self::Pascal),
            (false, false) => Some(Self::Camel),
        }
    }
}

/// A name from its first letter on: what stands before (`_id`, `@type`, `$ref`) is no matter of style.
fn bare(name: &str) -> &str {
    name.trim_start_matches(|char: char| !char.is_alphanumeric())
}

/// `URLs`, `IDs`.
fn is_plural_of_acronym(bare: &str) -> bool {
    bare.strip_suffix('s')
        .is_some_and(|one| one.chars().nth(1).is_some() && one.chars().all(char::is_uppercase))
}

/// Whether a name is one word with a capital: `Accept`, `Name`.
fn is_capital_word(name: &str) -> bool {
    let mut letters = bare(name).chars();
    letters.next().is_some_and(char::is_uppercase)
        && letters.all(|char| char.is_lowercase() || char.is_numeric())
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
        let mut words: Vec<NodeRef> = Vec::new();
        // Of the names of a style, those that begin with a capital: `Content-Type`.
        let mut capitals = [0_usize; 4];
        for &object in places.iter().filter(|place| cx.document(**place).kind(place.node) == Kind::Object) {
            for (_, member) in cx.document(object).members(object.node) {
                let Some(name) = cx.document(object).key(member) else { continue };
                if let Some(ignore) = &self.ignore
                    && ignore.is_match(name).map_err(|error| CannotTell(error.to_string()))?
                {
                    continue;
                }
                if is_capital_word(name) {
                    words.push(beside(object, member));
                } else if let Some(style) = Style::of(name) {
                    members[style as usize].push(beside(object, member));
                    capitals[style as usize] += usize::from(bare(name).starts_with(char::is_uppercase));
                }
            }
        }
        let main = (0..4).rev().max_by_key(|&style| members[style].len()).unwrap_or_default();
        // Beside names whose words have capitals, a word with one is as it should be.
        if capitals[main] * 2 <= members[main].len() && !members[main].is_empty() {
            members[Style::Pascal as usize].append(&mut words);
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
    if !(0.0..=1.0).contains(&tolerance) {
        return Err(OptionError::new("/tolerance", "The option \"tolerance\" is a number from 0 to 1."));
    }
    Ok(Box::new(AllPlaces(Consistent { ignore, tolerance })))
}

#[cfg(test)]
mod tests {
    use super::{Consistent, Style, is_capital_word};
    use crate::bundle::Bundle;
    use crate::check::{Context, Looked, Together as _};
    use crate::finding::FileId;
    use crate::workspace::{Memory, Workspace};
    use assize_tree::document::{Format, Limits, detect};
    use assize_tree::text::Text;
    use std::sync::Arc;

    #[test]
    fn styles_are_told_apart_and_doubt_is_none() {
        assert_eq!(Style::of("birthDate"), Some(Style::Camel));
        assert_eq!(Style::of("_birthDate"), Some(Style::Camel));
        assert_eq!(Style::of("birth_date"), Some(Style::Snake));
        assert_eq!(Style::of("birth-date"), Some(Style::Kebab));
        assert_eq!(Style::of("BirthDate"), Some(Style::Pascal));
        assert_eq!(Style::of("Content-Type"), Some(Style::Kebab));
        for neither in
            ["name", "id", "URL", "URLs", "$ref", "", "hl7.org", "a_b-c", "GB-ENG", "MAX_SIZE", "X-HTTP-ID"]
        {
            assert_eq!(Style::of(neither), None, "{neither}");
        }
    }

    #[test]
    fn a_word_with_a_capital_is_told_from_names_of_several() {
        for word in ["Accept", "Line1", "_Name", "Über"] {
            assert!(is_capital_word(word), "{word}");
        }
        for other in ["accept", "BirthDate", "URL", "Content-Type", "Birth_date", "", "1Line"] {
            assert!(!is_capital_word(other), "{other}");
        }
    }

    /// What is wrong with the names of an object, and of how many names that can be said.
    fn judge(object: &str) -> (Vec<String>, Looked) {
        let workspace = Workspace::new(Box::new(Memory::default()), Limits::default(), true);
        let text = Arc::new(Text::from(object));
        let document = Arc::new(detect::parse(Format::Yaml, text, Limits::default()));
        let root = document.root().unwrap();
        let bundle = Bundle::single(FileId(0), document, root);
        let cx = Context {
            bundle: &bundle,
            at: bundle.root(),
            missing: None,
            workspace: &workspace,
            files: &[],
            changed_only: false,
            stands_for: None,
        };
        let mut found = Vec::new();
        let check = Consistent { ignore: None, tolerance: 0.0 };
        let looked = check.run(&cx, &[bundle.root()], &mut found).unwrap();
        (found.into_iter().map(|one| one.error).collect(), looked)
    }

    #[test]
    fn one_word_neither_proves_nor_breaks_a_style_wrongly() {
        let fine =
            |object: &str, names: u32| assert_eq!(judge(object), (Vec::new(), Looked::At(names)), "{object}");
        fine("{ Content-Type: 1, X-Request-Id: 1, Accept: 1, Host: 1 }", 2);
        fine("{ FirstName: 1, Title: 1, id: 1, NHS: 1 }", 1);
        fine("{ firstName: 1, title: 1, MAX_SIZE: 1, GB-ENG: 1, IDs: 1 }", 1);
        fine("{ first_name: 1, title: 1, MAX_SIZE: 1 }", 1);
        // Words alone show no style.
        assert_eq!(judge("{ name: 1, id: 1 }"), (Vec::new(), Looked::Nothing));
        assert_eq!(judge("{ Name: 1, Id: 1, MAX_SIZE: 1 }"), (Vec::new(), Looked::Nothing));
        for (object, wrong) in [
            ("{ firstName: 1, Title: 1 }", "the names are 1 lowerCamelCase, 1 UpperCamelCase"),
            ("{ first_name: 1, last_name: 1, Title: 1 }", "the names are 2 under_score, 1 UpperCamelCase"),
            ("{ content-type: 1, x-id: 1, Accept: 1 }", "the names are 2 hyphen-ated, 1 UpperCamelCase"),
            ("{ firstName: 1, last_name: 1 }", "the names are 1 lowerCamelCase, 1 under_score"),
        ] {
            assert_eq!(judge(object).0, [wrong], "{object}");
        }
    }
}
