//! Statements as CycloneDX 1.6 attestations: the standards with their clauses as requirements, a
//! claim for each verdict, and what speaks for and against it. A clause that is met scores 1, one
//! that is not 0; what nobody could tell has no score, and a confidence of 0. Nobody affirms it
//! here: that is for a person.

use super::{checked_places, stamp};
use crate::report::escape::{self, inline};
use crate::report::guid;
use crate::verdict::statement::{ClausePart, Statement};
use crate::verdict::table::Verdict;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::io;

/// Writes one document for all statements: each is an attestation.
///
/// # Errors
/// Those of the output.
pub fn write(out: &mut dyn io::Write, statements: &[Statement]) -> io::Result<()> {
    let Some(first) = statements.first() else { return Ok(()) };
    let tool = &first.identity.tool;
    let mut declarations = Declarations::default();
    for (index, statement) in statements.iter().enumerate() {
        declarations.add(index, statement);
    }
    let name = format!("{}:{}", first.identity.tree.sha256, first.identity.clock);
    let document = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": format!("urn:uuid:{}", guid(&name)),
        "version": 1,
        "metadata": {
            "timestamp": stamp(first),
            "tools": { "components": [{ "type": "application", "name": tool.name, "version": tool.version }] },
        },
        "definitions": { "standards": standards(statements) },
        "declarations": {
            "assessors": [{
                "bom-ref": "assessor",
                "thirdParty": false,
                "organization": { "name": inline(&first.identity.judged_by) },
            }],
            "attestations": declarations.attestations,
            "claims": declarations.claims,
            "evidence": declarations.evidence,
            "targets": { "components": declarations.targets },
        },
    });
    escape::json(out, &document)
}

/// A clause in the definitions.
fn requirement(clause: &str) -> String {
    format!("requirement:{clause}")
}

fn standards(statements: &[Statement]) -> Vec<Value> {
    let mut requirements: BTreeMap<&str, BTreeMap<&str, Value>> = BTreeMap::new();
    for clause in statements.iter().flat_map(|statement| &statement.clauses) {
        let Some((pack, _)) = clause.clause.rsplit_once('/') else { continue };
        let mut entry = json!({
            "bom-ref": requirement(&clause.clause),
            "identifier": clause.source,
            "title": inline(&clause.title),
            "properties": [
                { "name": "assize:clause", "value": clause.clause },
                { "name": "assize:level", "value": clause.level.name() },
                { "name": "assize:standing", "value": clause.standing.name() },
            ],
        });
        if clause.url.starts_with("https://") {
            entry["externalReferences"] = json!([{ "type": "documentation", "url": clause.url }]);
        }
        requirements.entry(pack).or_default().insert(&clause.clause, entry);
    }
    let Some(first) = statements.first() else { return Vec::new() };
    let packs = first.identity.packs.iter().filter(|pack| requirements.contains_key(pack.name.as_str()));
    packs
        .map(|pack| {
            let own = requirements.get(pack.name.as_str()).into_iter().flat_map(BTreeMap::values);
            json!({
                "bom-ref": format!("standard:{}", pack.name),
                "name": inline(&pack.standard),
                "version": inline(&pack.edition),
                "owner": inline(&pack.authority),
                "description": format!("As pack {} {}, sha256 {}.", pack.name, pack.version, pack.sha256),
                "requirements": own.collect::<Vec<_>>(),
            })
        })
        .collect()
}

#[derive(Default)]
struct Declarations {
    attestations: Vec<Value>,
    claims: Vec<Value>,
    evidence: Vec<Value>,
    targets: Vec<Value>,
}

impl Declarations {
    fn add(&mut self, index: usize, statement: &Statement) {
        let target = format!("system:{index}");
        self.targets.push(json!({
            "type": "application",
            "bom-ref": target,
            "name": inline(&statement.system.name),
            "properties": [
                { "name": "assize:tree-sha256", "value": statement.identity.tree.sha256 },
                { "name": "assize:commit", "value": statement.identity.tree.commit.as_deref().unwrap_or("unknown") },
            ],
        }));
        let map: Vec<Value> =
            statement.clauses.iter().map(|clause| self.clause(index, &target, statement, clause)).collect();
        self.attestations.push(json!({
            "summary": format!("{}. {}", statement.result.said(), inline(&statement.summary)),
            "assessor": "assessor",
            "map": map,
        }));
    }

    /// A clause in the map, with its claim and what that rests on.
    fn clause(&mut self, index: usize, target: &str, statement: &Statement, clause: &ClausePart) -> Value {
        let rationale = inline(&clause.reason);
        let mut entry = Map::new();
        entry.insert("requirement".into(), json!(requirement(&clause.clause)));
        if clause.verdict == Verdict::NotApplicable {
            entry.insert("conformance".into(), json!({ "rationale": rationale }));
            return Value::Object(entry);
        }
        let name = |kind: &str| format!("{kind}:{index}:{}", clause.clause);
        let claim = name("claim");
        let mut claimed = json!({
            "bom-ref": claim,
            "target": target,
            "predicate": format!("{} is {}: {}", clause.source, clause.verdict.name(), inline(&clause.title)),
            "reasoning": rationale,
        });
        let mut record = |kind: &str, text: String| {
            self.evidence.push(json!({
                "bom-ref": name(kind),
                "description": text,
                "created": stamp(statement),
                "data": [{
                    "name": "steps",
                    "contents": { "attachment": { "contentType": "text/plain", "content": inline(&clause.steps.join(" ")) } },
                }],
            }));
            json!([name(kind)])
        };
        match clause.verdict {
            Verdict::Met => {
                claimed["evidence"] = record("evidence", format!("{} places looked at.", clause.looked_at));
                entry.insert("conformance".into(), json!({ "score": 1, "rationale": rationale }));
                entry.insert("confidence".into(), json!({ "score": 1 }));
            }
            Verdict::NotMet => {
                claimed["counterEvidence"] = record("counter-evidence", checked_places(clause));
                entry.insert("conformance".into(), json!({ "score": 0, "rationale": rationale }));
                entry.insert("confidence".into(), json!({ "score": 1 }));
            }
            Verdict::Waived => {
                claimed["counterEvidence"] = record("counter-evidence", checked_places(clause));
                let why = clause.waiver.as_ref().map_or_else(String::new, |waiver| {
                    format!("Waiver {}, until {}: {}", waiver.id, waiver.until, inline(&waiver.reason))
                });
                let strategies = record("mitigation", why);
                claimed["mitigationStrategies"] = strategies.clone();
                entry.insert(
                    "conformance".into(),
                    json!({ "score": 0, "rationale": rationale, "mitigationStrategies": strategies }),
                );
            }
            // A claim without evidence, in which nobody can have confidence.
            Verdict::Unknown | Verdict::NeedsEvidence | Verdict::NotApplicable => {
                entry.insert("confidence".into(), json!({ "score": 0, "rationale": rationale }));
            }
        }
        if clause.url.starts_with("https://") {
            claimed["externalReferences"] = json!([{ "type": "documentation", "url": clause.url }]);
        }
        self.claims.push(claimed);
        let which = if matches!(clause.verdict, Verdict::NotMet | Verdict::Waived) {
            "counterClaims"
        } else {
            "claims"
        };
        entry.insert(which.into(), json!([claim]));
        Value::Object(entry)
    }
}
