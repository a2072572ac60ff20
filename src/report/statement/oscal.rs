//! Statements as OSCAL assessment results, one result for each system, and the packs' clauses as an
//! OSCAL catalogue. OSCAL knows satisfied and not satisfied: what is unknown or wants evidence is not
//! satisfied, with the reason `other`, and an observation that says so.

use super::{checked_places, stamp};
use crate::report::escape::{self, inline};
use crate::report::guid;
use crate::verdict::statement::{ClausePart, Statement};
use crate::verdict::table::Verdict;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io;

/// The version of OSCAL that is written.
const OSCAL: &str = "1.2.1";
/// Names of our own properties stand under it.
const NAMESPACE: &str = "https://github.com/assize/assize/ns/oscal";

/// Writes the assessment results of all statements.
///
/// # Errors
/// Those of the output.
pub fn results(out: &mut dyn io::Write, statements: &[Statement]) -> io::Result<()> {
    let Some(first) = statements.first() else { return Ok(()) };
    let tree = &first.identity.tree.sha256;
    let (id, profile) = (guid(&format!("results:{tree}:{}", first.identity.clock)), &first.identity.profile);
    let plan = guid(&format!("plan:{}", profile.sha256));
    let document = json!({ "assessment-results": {
        "uuid": id,
        "metadata": metadata(&format!("Conformance with {}", inline(&profile.title)), &stamp(first)),
        "import-ap": { "href": format!("#{plan}") },
        "results": statements.iter().enumerate().map(|(at, one)| result(at, one)).collect::<Vec<_>>(),
        "back-matter": { "resources": [{
            "uuid": plan,
            "title": format!("Profile {} {}", inline(&profile.name), inline(&profile.version)),
            "description": format!("The buyer's choice of standards, sha256 {}.", profile.sha256),
        }] },
    } });
    escape::json(out, &document)
}

/// Writes the clauses of the statements' packs as a catalogue.
///
/// # Errors
/// Those of the output.
pub fn catalogue(out: &mut dyn io::Write, statements: &[Statement]) -> io::Result<()> {
    let Some(first) = statements.first() else { return Ok(()) };
    let mut controls: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for clause in statements.iter().flat_map(|statement| &statement.clauses) {
        if let Some((pack, _)) = clause.clause.rsplit_once('/') {
            controls.entry(pack).or_default().insert(&clause.clause, control(clause));
        }
    }
    let packs = first.identity.packs.iter().filter(|pack| controls.contains_key(pack.name.as_str()));
    let groups: Vec<Value> = packs
        .map(|pack| {
            json!({
                "id": token(&pack.name),
                "title": inline(&pack.standard),
                "props": [
                    property("edition", &pack.edition),
                    property("pack", &format!("{} {}", pack.name, pack.version)),
                    property("sha256", &pack.sha256),
                ],
                "controls": controls.get(pack.name.as_str()).into_iter().flat_map(BTreeMap::values).collect::<Vec<_>>(),
            })
        })
        .collect();
    let name: Vec<&str> = first.identity.packs.iter().map(|pack| pack.sha256.as_str()).collect();
    let document = json!({ "catalog": {
        "uuid": guid(&format!("catalogue:{}", name.join(":"))),
        "metadata": metadata("Standards", &stamp(first)),
        "groups": groups,
    } });
    escape::json(out, &document)
}

fn metadata(title: &str, stamp: &str) -> Value {
    json!({
        "title": title,
        "last-modified": stamp,
        "version": env!("CARGO_PKG_VERSION"),
        "oscal-version": OSCAL,
    })
}

/// A property of our own. OSCAL allows no value without text, nor blanks around it.
fn property(name: &str, value: &str) -> Value {
    let value = inline(value.trim());
    let value = if value.is_empty() { "none" } else { &value };
    json!({ "name": name, "ns": NAMESPACE, "value": value })
}

/// A token of OSCAL (a name of XML without a colon). Ids of packs and clauses hold no underscore.
fn token(id: &str) -> String {
    let plain = |char: char| char.is_alphanumeric() || matches!(char, '.' | '-');
    let name: String = id.chars().map(|char| if plain(char) { char } else { '_' }).collect();
    if name.starts_with(char::is_alphabetic) { name } else { format!("_{name}") }
}

fn control(clause: &ClausePart) -> Value {
    let id = token(&clause.clause);
    let mut control = json!({
        "id": id,
        "title": inline(&clause.title),
        "props": [
            { "name": "label", "value": clause.source },
            property("level", clause.level.name()),
            property("standing", clause.standing.name()),
            property("certainty", clause.certainty.name()),
        ],
        "parts": [{ "id": format!("{id}_smt"), "name": "statement", "prose": inline(&clause.title) }],
    });
    if clause.url.starts_with("https://") {
        control["links"] = json!([{ "href": clause.url, "rel": "reference" }]);
    }
    control
}

fn result(at: usize, statement: &Statement) -> Value {
    let scope = format!("{}:{at}:{}", statement.identity.tree.sha256, statement.identity.clock);
    let (mut observations, mut findings, mut risks) = (Vec::new(), Vec::new(), Vec::new());
    let (mut included, mut excluded) = (Vec::new(), Vec::new());
    for clause in &statement.clauses {
        let control = json!({ "control-id": token(&clause.clause) });
        if clause.verdict == Verdict::NotApplicable {
            excluded.push(control);
            continue;
        }
        included.push(control);
        let observation = guid(&format!("observation:{scope}:{}", clause.clause));
        observations.push(observed(&observation, statement, clause));
        let mut finding = found(&scope, clause);
        finding["related-observations"] = json!([{ "observation-uuid": observation }]);
        if let Some(risk) = risk(&scope, clause) {
            finding["related-risks"] = json!([{ "risk-uuid": risk["uuid"] }]);
            risks.push(risk);
        }
        findings.push(finding);
    }
    let mut selection = Map::new();
    if !included.is_empty() {
        selection.insert("include-controls".into(), json!(included));
    }
    if !excluded.is_empty() {
        selection.insert("description".into(), json!("What is excluded does not apply to the system."));
        selection.insert("exclude-controls".into(), json!(excluded));
    }
    let mut entry = json!({
        "uuid": guid(&format!("result:{scope}")),
        "title": format!("{}: {}", inline(&statement.system.name), statement.result.said()),
        "description": inline(&statement.summary),
        "start": stamp(statement),
        "end": stamp(statement),
        "props": [property("tree-sha256", &statement.identity.tree.sha256)],
        "reviewed-controls": { "control-selections": [selection] },
    });
    // OSCAL allows no empty lists.
    for (name, list) in [("observations", observations), ("findings", findings), ("risks", risks)] {
        if !list.is_empty() {
            entry[name] = Value::Array(list);
        }
    }
    entry
}

fn observed(id: &str, statement: &Statement, clause: &ClausePart) -> Value {
    // A person has to look where no program can tell.
    let method = if clause.verdict == Verdict::NeedsEvidence { "EXAMINE" } else { "TEST" };
    json!({
        "uuid": id,
        "title": format!("{}: {}", clause.source, clause.verdict.name()),
        "description": checked_places(clause),
        "methods": [method],
        "collected": stamp(statement),
        "props": [property("verdict", clause.verdict.name()), property("looked-at", &clause.looked_at.to_string())],
    })
}

fn found(scope: &str, clause: &ClausePart) -> Value {
    let (state, reason) = match clause.verdict {
        Verdict::Met => ("satisfied", "pass"),
        Verdict::NotMet | Verdict::Waived => ("not-satisfied", "fail"),
        Verdict::Unknown | Verdict::NeedsEvidence | Verdict::NotApplicable => ("not-satisfied", "other"),
    };
    json!({
        "uuid": guid(&format!("finding:{scope}:{}", clause.clause)),
        "title": format!("{}: {}", clause.source, inline(&clause.title)),
        "description": described(&clause.reason),
        "target": {
            "type": "statement-id",
            "target-id": format!("{}_smt", token(&clause.clause)),
            "status": { "state": state, "reason": reason, "remarks": clause.verdict.name() },
        },
    })
}

/// Descriptions may not be empty.
fn described(text: &str) -> String {
    let text = inline(text.trim());
    if text.is_empty() { "No reason is given.".to_owned() } else { text.into_owned() }
}

/// What a waiver accepts.
fn risk(scope: &str, clause: &ClausePart) -> Option<Value> {
    let waiver = clause.waiver.as_ref().filter(|_| clause.verdict == Verdict::Waived)?;
    Some(json!({
        "uuid": guid(&format!("risk:{scope}:{}", clause.clause)),
        "title": format!("{} is waived", clause.source),
        "description": described(&clause.reason),
        "statement": described(&waiver.reason),
        "status": "deviation-approved",
        "deadline": format!("{}T23:59:59Z", waiver.until),
        "props": [property("waiver", &waiver.id), property("granted-by", waiver.by.as_deref().unwrap_or_default())],
    }))
}

#[cfg(test)]
mod tests {
    use super::token;

    #[test]
    fn ids_are_tokens() {
        assert_eq!(token("uk/api-design/https"), "uk_api-design_https");
        assert_eq!(token("9.10"), "_9.10");
    }
}
