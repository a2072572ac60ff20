//! Whose the system is, who may see it, and whether it is still in use.

use super::{Detected, Kind, Seen};

pub(super) const OWN_CODE: Kind = Kind {
    name: "own-code",
    about: "the body owns the code itself",
    question: "Does the public body own the code, or its supplier?",
    duty: Some(true),
    buyer_only: false,
    detect: own_code,
};

pub(super) const PUBLIC: Kind = Kind {
    name: "public",
    about: "anybody can see the repository",
    question: "Is the repository public? The forge's settings tell as well (--settings).",
    duty: None,
    buyer_only: false,
    detect: public,
};

pub(super) const DISTRIBUTED: Kind = Kind {
    name: "distributed",
    about: "others receive the code or what is built from it",
    question: "Do others receive the code, or what is built from it?",
    duty: Some(true),
    buyer_only: false,
    detect: distributed,
};

pub(super) const RETIRED: Kind = Kind {
    name: "retired",
    about: "the system is no longer in use",
    question: "Is the system still in use? If not, the buyer states the day of its withdrawal.",
    duty: Some(false),
    buyer_only: true,
    detect: retired,
};

fn own_code(seen: &Seen<'_>) -> Detected {
    match seen.scan.first(&["crown copyright", "nhs", "government digital service"]) {
        Some((place, _)) => Detected::likely(place),
        None => Detected::unknown("no licence in the tree names a public body"),
    }
}

/// Whether the forge's settings say that anybody can see the repository, with the words for it.
pub(super) fn visible(settings: Option<&serde_json::Value>) -> Option<(bool, String)> {
    let member = |name: &str| settings.and_then(|settings| settings.get(name));
    if let Some(private) = member("private").and_then(serde_json::Value::as_bool) {
        return Some((!private, format!("the forge's settings: private is {private}")));
    }
    let visibility = member("visibility").and_then(serde_json::Value::as_str)?;
    Some((visibility == "public", format!("the forge's settings: visibility is {visibility}")))
}

fn public(seen: &Seen<'_>) -> Detected {
    match visible(seen.settings) {
        Some((true, how)) => Detected::yes(how),
        Some((false, how)) => Detected::no(how),
        None => Detected::unknown("cannot be seen in the files"),
    }
}

fn distributed(seen: &Seen<'_>) -> Detected {
    let package = seen.workspace.text("package.json").ok();
    let package = package.and_then(|text| serde_json::from_str::<serde_json::Value>(text.as_str()).ok());
    if package.is_some_and(|package| package.get("publishConfig").is_some()) {
        return Detected::yes("package.json has publishConfig");
    }
    Detected::unknown("no manifest says that a package is published")
}

fn retired(seen: &Seen<'_>) -> Detected {
    let words = [
        "no longer maintained",
        "has been archived",
        "this repository is archived",
        "decommissioned",
        "has moved to",
    ];
    match seen.scan.first(&words) {
        Some((place, _)) => Detected::unknown(format!("{place}; presumed in use until the buyer says")),
        None => Detected::unknown("presumed in use"),
    }
}
