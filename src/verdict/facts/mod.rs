//! Facts of a system: true, false or unknown, each with how it is known. Detected from the tree, or
//! declared. To add a fact, write how it is detected in a file of its own and add its line to [`ALL`].
//!
//! A supplier may declare what adds duties. To declare away a duty that detection found takes
//! somebody on the buyer's side: until then the fact is unknown, and so is every clause it decides.

mod api;
mod data;
mod forge;
mod owner;
mod scan;

use super::roles::Roles;
use crate::engine::Report;
use crate::standard::Truth;
use crate::workspace::Workspace;
pub use scan::{LazyScan, Scan};
use std::collections::BTreeMap;

/// What follows a fact's name where a pack is left out since nothing shows the fact and nobody declared it.
pub const UNSAID: &str = " is unknown (nobody has said)";

/// What detection looks at.
pub struct Seen<'a> {
    /// The judged files.
    pub workspace: &'a Workspace,
    /// What judging them came to.
    pub report: &'a Report,
    /// What each file is there for.
    pub roles: &'a Roles,
    /// The forge's settings, where they were given.
    pub settings: Option<&'a serde_json::Value>,
    /// Words found in the tree's texts.
    pub scan: &'a LazyScan<'a>,
    /// Facts that were detected before this one, by name.
    pub before: &'a BTreeMap<&'static str, Detected>,
}

/// What detection came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// True, false or unknown.
    pub value: Truth,
    /// Whether it needs no confirming.
    pub sure: bool,
    /// How it is known, or why it is not.
    pub how: String,
}

impl Detected {
    /// It is so.
    fn yes(how: impl Into<String>) -> Self {
        Self { value: Truth::True, sure: true, how: how.into() }
    }

    /// It seems so: taken as true, to be confirmed.
    fn likely(how: impl Into<String>) -> Self {
        Self { value: Truth::True, sure: false, how: how.into() }
    }

    /// It is not so.
    fn no(how: impl Into<String>) -> Self {
        Self { value: Truth::False, sure: true, how: how.into() }
    }

    /// The tree does not tell.
    fn unknown(how: impl Into<String>) -> Self {
        Self { value: Truth::Unknown, sure: true, how: how.into() }
    }
}

/// A fact that Assize knows of.
pub struct Kind {
    /// Its name in packs, settings and reports.
    pub name: &'static str,
    /// What it says of a system.
    pub about: &'static str,
    /// What to answer where it is not known.
    pub question: &'static str,
    /// The value that brings duties with it; `None` where each value brings some.
    pub duty: Option<bool>,
    /// Only somebody on the buyer's side may say so, whatever detection found.
    pub buyer_only: bool,
    /// How it is detected.
    pub detect: fn(&Seen<'_>) -> Detected,
}

/// Every fact, those that others are told from first.
pub static ALL: &[Kind] = &[
    api::API,
    api::FHIR,
    api::NATIONAL_PLATFORM,
    data::PERSONAL_DATA,
    data::CLINICAL,
    owner::OWN_CODE,
    owner::PUBLIC,
    owner::DISTRIBUTED,
    forge::CI,
    forge::GITHUB_ACTIONS,
    owner::RETIRED,
];

/// Where a declared fact was declared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// By the supplier: `assize.toml`, or the command line of an ordinary run.
    Supplier(String),
    /// By somebody on the buyer's list, by signature.
    Approver(String),
    /// By the buyer: an audit's manifest, or the profile.
    Buyer(String),
}

/// A fact with how it is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What it says of a system.
    pub about: String,
    /// True, false or unknown.
    pub value: Truth,
    /// Whether somebody should still confirm it.
    pub sure: bool,
    /// How it is known, or why it is not.
    pub how: String,
    /// What to answer where it is not known.
    pub question: String,
}

/// Whether a fact of that name can be seen in the files at all; others only somebody can declare.
#[must_use]
pub fn can_be_seen(name: &str) -> bool {
    ALL.iter().any(|kind| kind.name == name)
}

/// Detects one fact, without what others are told from it.
#[must_use]
pub fn detect(
    name: &str,
    workspace: &Workspace,
    report: &Report,
    settings: Option<&serde_json::Value>,
) -> Detected {
    let roles = Roles::tell(report, workspace, &BTreeMap::new());
    let (scan, before) = (LazyScan::new(workspace, report), BTreeMap::new());
    let seen = Seen { workspace, report, roles: &roles, settings, scan: &scan, before: &before };
    let kind = ALL.iter().find(|kind| kind.name == name);
    kind.map_or_else(|| Detected::unknown("nobody has said"), |kind| (kind.detect)(&seen))
}

/// What the forge's settings tell for certain.
#[must_use]
pub fn of_settings(settings: Option<&serde_json::Value>) -> BTreeMap<String, bool> {
    let public = owner::visible(settings).map(|(public, _)| ("public".to_owned(), public));
    public.into_iter().collect()
}

/// Detects every fact and holds it against what was declared. A later declaration of the buyer's
/// wins over an earlier one of anybody's.
#[must_use]
pub fn tell(
    workspace: &Workspace,
    report: &Report,
    roles: &Roles,
    settings: Option<&serde_json::Value>,
    declared: &[(String, bool, Source)],
) -> Vec<Fact> {
    let scan = LazyScan::new(workspace, report);
    let mut before = BTreeMap::new();
    for kind in ALL {
        let seen = Seen { workspace, report, roles, settings, scan: &scan, before: &before };
        let detected = (kind.detect)(&seen);
        before.insert(kind.name, detected);
    }
    let mut facts: Vec<Fact> = ALL
        .iter()
        .map(|kind| {
            let found = before.get(kind.name).cloned().unwrap_or_else(|| Detected::unknown("not detected"));
            resolve(kind, found, declared)
        })
        .collect();
    // Packs of others may need facts of their own: those are as they were declared, the buyer's word
    // before anybody's.
    for (name, ..) in declared {
        if facts.iter().any(|fact| fact.name == *name) {
            continue;
        }
        let mine = || declared.iter().rev().filter(|(other, ..)| other == name);
        let buyer = mine().find(|(_, _, source)| matches!(source, Source::Buyer(_)));
        let approver = || mine().find(|(_, _, source)| matches!(source, Source::Approver(_)));
        if let Some((_, value, source)) = buyer.or_else(approver).or_else(|| mine().next()) {
            facts.push(Fact {
                name: name.clone(),
                about: String::new(),
                value: (*value).into(),
                sure: true,
                how: said(source),
                question: format!("Is \"{name}\" true of the system?"),
            });
        }
    }
    facts
}

fn said(source: &Source) -> String {
    match source {
        Source::Supplier(place) => format!("declared by {place}"),
        Source::Approver(who) => format!("declared, signed by {who}"),
        Source::Buyer(place) => format!("stated by {place}"),
    }
}

fn resolve(kind: &Kind, found: Detected, declared: &[(String, bool, Source)]) -> Fact {
    let fact = |value: Truth, sure: bool, how: String| Fact {
        name: kind.name.to_owned(),
        about: kind.about.to_owned(),
        value,
        sure,
        how,
        question: kind.question.to_owned(),
    };
    let mine = || declared.iter().rev().filter(|(name, ..)| name == kind.name);
    let buyer = mine().find(|(_, _, source)| matches!(source, Source::Buyer(_)));
    if let Some((_, value, source)) = buyer {
        return fact((*value).into(), true, said(source));
    }
    // An approver's signature is the buyer's word, until the buyer's own says otherwise.
    let approver = mine().find(|(_, _, source)| matches!(source, Source::Approver(_)));
    if let Some((_, value, source)) = approver {
        let how = if found.value == Truth::Unknown || found.value == Truth::from(*value) {
            said(source)
        } else {
            format!("{}, though {}", said(source), found.how)
        };
        return fact((*value).into(), true, how);
    }
    let Some((_, value, source)) = mine().next() else {
        return fact(found.value, found.sure, found.how);
    };
    let contradicts = found.value != Truth::Unknown && found.value != Truth::from(*value);
    let sheds = kind.duty.is_none_or(|duty| duty != *value);
    let nobody = "a buyer's profile or manifest, or an approver's signature, must say so";
    if sheds && contradicts {
        let how = format!("{} as {value}, but {}; {nobody}", said(source), found.how);
        return fact(Truth::Unknown, true, how);
    }
    if sheds && kind.buyer_only {
        let how = format!("{} as {value}; {nobody}", said(source));
        return fact(Truth::Unknown, true, how);
    }
    let how = if found.value == Truth::from(*value) {
        format!("{}; {}", said(source), found.how)
    } else {
        said(source)
    };
    fact((*value).into(), true, how)
}

#[cfg(test)]
mod tests {
    use super::{Detected, Kind, Source, api, owner, resolve};
    use crate::standard::Truth;

    fn with(kind: &Kind, found: Detected, value: bool, buyer: bool) -> Truth {
        let source = if buyer { Source::Buyer("m".to_owned()) } else { Source::Supplier("t".to_owned()) };
        resolve(kind, found, &[(kind.name.to_owned(), value, source)]).value
    }

    #[test]
    fn a_supplier_adds_duties_and_does_not_shed_what_was_found() {
        let found = || Detected::yes("servers");
        assert_eq!(with(&api::API, found(), false, false), Truth::Unknown);
        assert_eq!(with(&api::API, found(), false, true), Truth::False, "a buyer may");
        assert_eq!(with(&api::API, Detected::no("nothing"), true, false), Truth::True);
        assert_eq!(with(&api::API, Detected::unknown("nothing"), false, false), Truth::False, "an answer");
        let said = |value: bool, source: Source| (api::API.name.to_owned(), value, source);
        let approver = said(false, Source::Approver("Ada".to_owned()));
        assert_eq!(resolve(&api::API, found(), std::slice::from_ref(&approver)).value, Truth::False);
        // The supplier's word does not outweigh the approver's, nor that one the buyer's.
        let supplier = said(true, Source::Supplier("t".to_owned()));
        assert_eq!(resolve(&api::API, found(), &[approver.clone(), supplier]).value, Truth::False);
        let buyer = said(true, Source::Buyer("m".to_owned()));
        assert_eq!(resolve(&api::API, found(), &[buyer, approver]).value, Truth::True);
    }

    #[test]
    fn only_a_buyer_retires_a_system() {
        let found = || Detected::unknown("nothing");
        assert_eq!(with(&owner::RETIRED, found(), true, false), Truth::Unknown);
        assert_eq!(with(&owner::RETIRED, found(), true, true), Truth::True);
        assert_eq!(with(&owner::RETIRED, found(), false, false), Truth::False);
    }
}
