//! `assize verify`: judges again what a statement was made from, and says what differs.

use super::exit;
use super::subject::{Subject, SubjectArguments, profile};
use super::trouble::Trouble;
use clap::{Args, FromArgMatches};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct Arguments {
    /// The statement, as JSON
    #[arg(value_name = "STATEMENT")]
    statement: PathBuf,
    /// The folder it is about, where that lies elsewhere now
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
}

pub(super) fn run(arguments: &Arguments) -> Result<u8, Trouble> {
    let shown = arguments.statement.display();
    let wrong = |what: String| Trouble::usage(format!("The statement {shown} cannot be read: {what}."));
    let text = fs::read_to_string(&arguments.statement).map_err(|error| wrong(error.to_string()))?;
    let recorded: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
    let recorded: Vec<Value> = match recorded {
        Value::Array(many) => many,
        one => vec![one],
    };
    let first = recorded.first().ok_or_else(|| wrong("it is empty".to_owned()))?;
    let subject = again(first, arguments).map_err(wrong)?;
    let now = Subject::judge(&subject, profile(&subject)?)?.statements()?;
    let now: Vec<Value> = now.iter().map(|one| serde_json::to_value(one).unwrap_or_default()).collect();
    let mut differences = Vec::new();
    if recorded.len() != now.len() {
        differences.push(format!("{} systems were judged, now there are {}", recorded.len(), now.len()));
    }
    for (before, after) in recorded.iter().zip(&now) {
        compare(before, after, &mut differences);
    }
    let mut out = String::new();
    if differences.is_empty() {
        let _ =
            writeln!(out, "Verified: tree, tool, profile, packs, waivers and every verdict are as stated.");
    } else {
        for difference in &differences {
            let _ = writeln!(out, "differs: {}", crate::report::escape::inline(difference));
        }
    }
    super::check::print(&out)?;
    Ok(if differences.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}

/// The arguments that made the statement.
fn again(statement: &Value, arguments: &Arguments) -> Result<SubjectArguments, String> {
    let text = |pointer: &str| statement.pointer(pointer).and_then(Value::as_str);
    let flags = statement.pointer("/identity/flags").and_then(Value::as_array);
    let flags = flags.ok_or("it does not say what it was made with")?;
    let path = text("/system/path").ok_or("it does not say which folder it is about")?;
    let mut given = vec!["verify".to_owned()];
    given.extend(flags.iter().filter_map(Value::as_str).map(str::to_owned));
    for (flag, pointer) in [("--as-of", "/identity/as-of"), ("--clock", "/identity/clock")] {
        given.extend([flag.to_owned(), text(pointer).ok_or("it does not say as of when")?.to_owned()]);
    }
    let path = arguments.path.clone().unwrap_or_else(|| PathBuf::from(path));
    let command = SubjectArguments::augment_args(clap::Command::new("verify"));
    let matches = command.try_get_matches_from(given).map_err(|error| error.kind().to_string())?;
    let found = SubjectArguments::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    Ok(SubjectArguments { path, ..found })
}

/// What differs between a statement and the same one made now.
fn compare(before: &Value, after: &Value, differences: &mut Vec<String>) {
    let text = |value: &Value, pointer: &str| {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or("nothing").to_owned()
    };
    if text(before, "/identity/tree/sha256") != text(after, "/identity/tree/sha256") {
        differences.extend(files(before, after));
    }
    for (name, pointer) in [
        ("the tool's file", "/identity/tool/sha256"),
        ("the tool's version", "/identity/tool/version"),
        ("the profile", "/identity/profile/sha256"),
        ("the configuration", "/identity/configuration/sha256"),
        ("the form of the statement", "/statement"),
        ("the result", "/result"),
        ("the summary", "/summary"),
    ] {
        let (old, new) = (text(before, pointer), text(after, pointer));
        if old != new {
            differences.push(format!("{name}: stated {old}, now {new}"));
        }
    }
    let named = |value: &Value, pointer: &str, key: &str, member: &str| -> BTreeMap<String, String> {
        let list = value.pointer(pointer).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(|one| {
                Some((one.get(key)?.as_str()?.to_owned(), one.get(member)?.as_str()?.to_owned()))
            })
            .collect()
    };
    for (what, pointer, key, member) in [
        ("the pack", "/identity/packs", "name", "sha256"),
        ("the file", "/identity/beside", "path", "sha256"),
        ("the verdict on", "/clauses", "clause", "verdict"),
        ("the reason for", "/clauses", "clause", "reason"),
    ] {
        let (old, new) = (named(before, pointer, key, member), named(after, pointer, key, member));
        for name in changed(&old, &new) {
            let of = |list: &BTreeMap<String, String>| {
                list.get(&name).cloned().unwrap_or_else(|| "nothing".to_owned())
            };
            differences.push(format!("{what} {name}: stated {}, now {}", of(&old), of(&new)));
        }
    }
    // Whatever else was changed in the statement itself: facts, places, counts.
    let mut known = BTreeSet::new();
    for member in [
        "counts",
        "system",
        "looked-at",
        "descriptions",
        "facts",
        "clauses",
        "outside",
        "authorities",
        "coming",
        "to-decide",
        "identity",
    ] {
        let same = match member {
            // Where the folder lies is no part of what was judged.
            "system" => ["name", "files", "supplier", "lifecycle"].iter().all(|name| {
                before.pointer(&format!("/system/{name}")) == after.pointer(&format!("/system/{name}"))
            }),
            _ => before.get(member) == after.get(member),
        };
        if !same {
            known.insert(member);
        }
    }
    if !known.is_empty() && differences.is_empty() {
        differences
            .push(format!("what is stated under: {}", known.into_iter().collect::<Vec<_>>().join(", ")));
    }
}

/// How many files are named one by one.
const NAMED: usize = 20;

/// The files that changed, came or went, each named.
fn files(before: &Value, after: &Value) -> Vec<String> {
    let (old, new) = (paths(before), paths(after));
    let mut named: Vec<String> = changed(&old, &new)
        .into_iter()
        .map(|path| {
            let how = match (old.contains_key(&path), new.contains_key(&path)) {
                (true, true) => "changed",
                (true, false) => "gone",
                (false, _) => "new",
            };
            format!("the tree: {path} ({how})")
        })
        .collect();
    if named.is_empty() {
        named.push("the tree: its digest, and no file by the digests stated of each".to_owned());
    }
    if named.len() > NAMED {
        let more = named.len() - NAMED;
        named.truncate(NAMED);
        named.push(format!("the tree: {more} more files"));
    }
    named
}

/// Path and digest of each file that a statement tells of.
fn paths(statement: &Value) -> BTreeMap<String, String> {
    let folders = statement.pointer("/identity/tree/folders").and_then(Value::as_object);
    let mut found = BTreeMap::new();
    for (folder, files) in folders.into_iter().flatten() {
        for (name, digest) in files.as_object().into_iter().flatten() {
            let path = if folder == "." { name.clone() } else { format!("{folder}/{name}") };
            found.insert(path, digest.as_str().unwrap_or_default().to_owned());
        }
    }
    found
}

/// Names that stand in one only, or differ.
fn changed(before: &BTreeMap<String, String>, after: &BTreeMap<String, String>) -> Vec<String> {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    names.into_iter().filter(|name| before.get(*name) != after.get(*name)).cloned().collect()
}
