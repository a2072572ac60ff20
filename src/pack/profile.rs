//! Reading profiles, and holding them against the packs that they select: a profile may tighten a
//! standard, never weaken it, and of two clauses that contradict each other it says which gives way.

use super::embedded;
use super::form::{ClauseForm, ParameterForm, Tighten};
use super::load::{Pack, PackError};
use crate::signature::Key;
use crate::standard::{Precedence, Profile, Selection};
use assize_tree::document::de::{closest, from_node};
use assize_tree::document::{Document, Limits, detect};
use assize_tree::text::{Problem, Span, Text};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A profile that was read.
#[derive(Clone, Debug)]
pub struct LoadedProfile {
    /// What it says.
    pub form: Profile,
    /// SHA-256 of its text, in hexadecimal.
    pub digest: String,
    /// The file it was read from; `None` for one that the program carries.
    pub file: Option<PathBuf>,
    path: String,
    document: Arc<Document>,
}

/// How a clause of a selected pack stands under a profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It is demanded.
    Demanded,
    /// It is not, and why.
    NotSelected(String),
    /// Another clause prevails.
    Exempt(String),
}

/// Which embedded profile may have been meant by a name that none has; all of them where none is near.
#[must_use]
pub fn nearest(name: &str) -> String {
    let names = || embedded::profiles().keys().map(String::as_str);
    // A part of one's name: `api-platform`.
    let part = || {
        let mut parts = names().filter(|known| !name.is_empty() && known.contains(name));
        parts.next().filter(|_| parts.next().is_none())
    };
    closest(name, names()).or_else(part).map_or_else(
        || format!("Embedded profiles: {}.", names().collect::<Vec<_>>().join(", ")),
        |near| format!("Did you mean \"{near}\"?"),
    )
}

impl LoadedProfile {
    /// The embedded profile of a name, or the one in a file.
    ///
    /// # Errors
    /// Every mistake in it, with its place; where there is none of that name, the nearest one.
    pub fn find(name: &str) -> Result<Self, Vec<PackError>> {
        if let Some(text) = embedded::profiles().get(name) {
            return Self::read(format!("{name}.yaml"), text.clone());
        }
        let path = Path::new(name);
        let unreadable = |why: String| vec![PackError::unreadable(path, why)];
        if !path.is_file() {
            let hint = nearest(name);
            return Err(unreadable(format!("There is no profile \"{name}\" and no such file. {hint}")));
        }
        let bytes = fs::read(path).map_err(|error| unreadable(format!("It cannot be read: {error}.")))?;
        let text = Text::decode(bytes).map_err(|problem| unreadable(problem.message))?;
        let read = Self::read(path.display().to_string(), text.as_str().to_owned())?;
        Ok(Self { file: Some(path.to_owned()), ..read })
    }

    fn read(path: String, text: String) -> Result<Self, Vec<PackError>> {
        let digest = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut digest, byte| {
            let _ = write!(digest, "{byte:02x}");
            digest
        });
        let format = detect::format_of(&path, &text).unwrap_or(assize_tree::document::Format::Yaml);
        let document = Arc::new(detect::parse(format, Arc::new(Text::from(text)), Limits::default()));
        let wrong = |problems: Vec<Problem>| {
            vec![PackError { path: path.clone(), text: Some(Arc::clone(document.text())), problems }]
        };
        if !document.problems().is_empty() {
            return Err(wrong(document.problems().to_vec()));
        }
        let Some(root) = document.root() else {
            return Err(wrong(vec![Problem::new("form", Span::default(), "The profile holds nothing.")]));
        };
        let form: Profile = from_node(&document, root).map_err(|problem| wrong(vec![problem]))?;
        for (index, approver) in form.approvers.iter().enumerate() {
            if let Err(message) = Key::parse(&approver.key) {
                let node = document.pointer(root, &format!("/approvers/{index}/key"));
                let span = node.map_or_else(Span::default, |node| document.span(node));
                return Err(wrong(vec![Problem::new("form", span, message)]));
            }
        }
        Ok(Self { form, digest, file: None, path, document })
    }

    /// The mistakes of the profile over the packs it selects.
    ///
    /// # Errors
    /// Each with its place.
    pub fn check(&self, packs: &[Pack]) -> Result<(), Vec<PackError>> {
        let mut problems = Vec::new();
        for (index, selection) in self.form.standards.iter().enumerate() {
            let at = |below: &str| format!("/standards/{index}{below}");
            let Some(pack) = packs.iter().find(|pack| pack.form.pack == selection.pack) else { continue };
            self.check_selection(selection, pack, &at, &mut problems);
        }
        for (index, precedence) in self.form.precedence.iter().enumerate() {
            self.check_precedence(precedence, index, packs, &mut problems);
        }
        for (one, other) in contradictions(packs, self) {
            problems.push(self.problem(
                "/precedence",
                format!("The clauses {one} and {other} contradict each other, and the profile demands both."),
                Some("Say in `precedence` which gives way and why, or leave one out (`without`).".to_owned()),
            ));
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(vec![PackError {
            path: self.path.clone(),
            text: Some(Arc::clone(self.document.text())),
            problems,
        }])
    }

    fn check_selection(
        &self,
        selection: &Selection,
        pack: &Pack,
        at: &dyn Fn(&str) -> String,
        problems: &mut Vec<Problem>,
    ) {
        let standard = &pack.form.standard;
        if let Some(edition) = selection.edition.as_ref().filter(|edition| **edition != standard.edition) {
            problems.push(self.problem(
                &at("/edition"),
                format!("The pack {} holds the edition {}, not {edition}.", selection.pack, standard.edition),
                None,
            ));
        }
        if let Some(tier) = selection.tier.as_ref().filter(|tier| !standard.tiers.contains(tier)) {
            let tiers = standard.tiers.join(", ");
            problems.push(self.problem(
                &at("/tier"),
                format!("The standard has no tier \"{tier}\"."),
                Some(if tiers.is_empty() { "It has none.".to_owned() } else { format!("Tiers: {tiers}.") }),
            ));
        }
        for (name, value) in &selection.parameters {
            if let Err(why) = tightened(standard.parameters.get(name), value) {
                problems.push(self.problem(
                    &at(&format!("/parameters/{name}")),
                    format!("The parameter \"{name}\" {why}."),
                    None,
                ));
            }
        }
        for clause in selection.without.keys() {
            if !pack.form.clauses.iter().any(|known| is_named(&pack.form.pack, known, clause)) {
                let near = closest(clause, pack.form.clauses.iter().map(|known| known.id.as_str()));
                problems.push(self.problem(
                    &at("/without"),
                    format!("The pack {} has no clause \"{clause}\".", selection.pack),
                    near.map(|near| format!("Did you mean \"{near}\"?")),
                ));
            }
        }
    }

    fn check_precedence(
        &self,
        precedence: &Precedence,
        index: usize,
        packs: &[Pack],
        problems: &mut Vec<Problem>,
    ) {
        let known = |id: &str| {
            packs.iter().any(|pack| {
                pack.form.pack == id
                    || pack.form.clauses.iter().any(|clause| is_named(&pack.form.pack, clause, id))
            })
        };
        let named = std::iter::once(("prevails", &precedence.prevails))
            .chain(precedence.over.iter().map(|over| ("over", over)));
        for (member, id) in named.filter(|(_, id)| !known(id)) {
            problems.push(self.problem(
                &format!("/precedence/{index}/{member}"),
                format!("No selected pack has the clause \"{id}\"."),
                None,
            ));
        }
    }

    fn problem(&self, pointer: &str, message: String, hint: Option<String>) -> Problem {
        let root = self.document.root();
        let mut way = pointer;
        let node = loop {
            let found = root.and_then(|root| self.document.pointer(root, way));
            match (found, way.rfind('/')) {
                (None, Some(cut)) => way = &way[..cut],
                (found, _) => break found,
            }
        };
        let span = node.map_or_else(Span::default, |node| {
            let raw = self.document.node(node);
            if raw.key_span.is_empty() { raw.span } else { raw.key_span }
        });
        Problem { hint, ..Problem::new("form", span, message) }
    }

    /// The selection of a pack.
    #[must_use]
    pub fn selection(&self, pack: &str) -> Option<&Selection> {
        self.form.standards.iter().find(|selection| selection.pack == pack)
    }

    /// How a clause stands under the profile.
    #[must_use]
    pub fn choice(&self, pack: &Pack, clause: &ClauseForm) -> Choice {
        let selection = self.selection(&pack.form.pack);
        let name = &self.form.profile;
        if let Some(selection) = selection {
            let left_out = selection.without.iter().find(|(id, _)| is_named(&pack.form.pack, clause, id));
            if let Some((_, why)) = left_out {
                return Choice::NotSelected(format!("Not demanded by {name}: {why}"));
            }
            let tiers = &pack.form.standard.tiers;
            let rank = |tier: &Option<String>| {
                tier.as_ref().and_then(|tier| tiers.iter().position(|other| other == tier))
            };
            if let (Some(chosen), Some(own)) = (rank(&selection.tier), rank(&clause.tier))
                && own > chosen
            {
                return Choice::NotSelected(format!(
                    "Not demanded by {name}: it belongs to the tier {}, and the profile takes {}.",
                    tiers[own], tiers[chosen]
                ));
            }
        }
        let gives_way = self
            .form
            .precedence
            .iter()
            .find(|one| one.over.iter().any(|id| is_named(&pack.form.pack, clause, id)));
        match gives_way {
            Some(one) => {
                Choice::Exempt(format!("Exempted by {name} ({}) because {}", one.id, sentence(&one.because)))
            }
            None => Choice::Demanded,
        }
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with('.') { text.to_owned() } else { format!("{text}.") }
}

/// Whether an id names a clause: in full, within its pack, or as the source numbers it.
fn is_named(pack: &str, clause: &ClauseForm, id: &str) -> bool {
    clause.id == id
        || clause.source.eq_ignore_ascii_case(id)
        || id.strip_prefix(pack).and_then(|rest| rest.strip_prefix('/')) == Some(clause.id.as_str())
}

/// Whether a value only tightens a parameter.
fn tightened(parameter: Option<&ParameterForm>, value: &serde_json::Value) -> Result<(), String> {
    let Some(parameter) = parameter else { return Err("is none of the standard's".to_owned()) };
    if parameter.default == *value {
        return Ok(());
    }
    let size = |value: &serde_json::Value| {
        value.as_f64().or_else(|| {
            let term: crate::standard::Term = value.as_str()?.parse().ok()?;
            let from = crate::standard::Date::new(2001, 1, 1)?;
            #[expect(clippy::cast_precision_loss, reason = "days of a term stay far below 2^52")]
            Some(from.days_until(term.after(from)) as f64)
        })
    };
    let (Some(old), Some(new)) = (size(&parameter.default), size(value)) else {
        return Err(format!(
            "is neither a number nor a term that could be held against {}",
            parameter.default
        ));
    };
    match parameter.tighten {
        Some(Tighten::Lower) if new < old => Ok(()),
        Some(Tighten::Higher) if new > old => Ok(()),
        Some(way) => Err(format!(
            "would be loosened: the standard has {}, and only {} is stricter",
            parameter.default,
            if matches!(way, Tighten::Lower) { "lower" } else { "higher" }
        )),
        None => Err("may not be changed".to_owned()),
    }
}

/// Pairs of demanded clauses that contradict each other.
fn contradictions(packs: &[Pack], profile: &LoadedProfile) -> Vec<(String, String)> {
    let demanded = |pack: &Pack, clause: &ClauseForm| profile.choice(pack, clause) == Choice::Demanded;
    let mut found = Vec::new();
    for pack in packs {
        for clause in pack.form.clauses.iter().filter(|clause| demanded(pack, clause)) {
            for id in &clause.contradicts {
                let other = packs.iter().find_map(|pack| {
                    let other =
                        pack.form.clauses.iter().find(|other| is_named(&pack.form.pack, other, id))?;
                    Some((pack, other))
                });
                if let Some((other_pack, other)) = other.filter(|(pack, clause)| demanded(pack, clause)) {
                    let name = |pack: &Pack, clause: &ClauseForm| {
                        format!("{} ({}/{})", clause.source, pack.form.pack, clause.id)
                    };
                    let mut pair = [name(pack, clause), name(other_pack, other)];
                    pair.sort();
                    let [one, two] = pair;
                    if !found.contains(&(one.clone(), two.clone())) {
                        found.push((one, two));
                    }
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{LoadedProfile, tightened};
    use crate::pack::form::{ParameterForm, Tighten};
    use crate::pack::{Pack, embedded};
    use serde_json::json;

    #[test]
    fn a_parameter_moves_only_towards_the_stricter_side() {
        let lower = ParameterForm { default: json!("1y"), tighten: Some(Tighten::Lower) };
        assert!(tightened(Some(&lower), &json!("6m")).is_ok());
        assert!(tightened(Some(&lower), &json!("2y")).is_err());
        assert!(tightened(Some(&lower), &json!("soon")).is_err());
        let fixed = ParameterForm { default: json!(3), tighten: None };
        assert!(tightened(Some(&fixed), &json!(4)).is_err());
        assert!(tightened(Some(&fixed), &json!(3)).is_ok());
        assert!(tightened(None, &json!(3)).is_err());
    }

    #[test]
    fn embedded_profiles_fit_the_packs_they_select() {
        assert!(!embedded::profiles().is_empty());
        for name in embedded::profiles().keys() {
            let profile = LoadedProfile::find(name).unwrap();
            assert_eq!(profile.form.profile, *name);
            let packs: Vec<Pack> = profile
                .form
                .standards
                .iter()
                .map(|selection| {
                    embedded::load(&selection.pack).unwrap_or_else(|| panic!("{}", selection.pack)).unwrap()
                })
                .collect();
            profile.check(&packs).unwrap();
        }
    }
}
