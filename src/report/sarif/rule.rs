//! Rules as SARIF describes them, and the standards behind them: taxonomies, their clauses as taxa.

use super::result::{level, sentence};
use super::{Log, Profile};
use crate::engine::{ClauseInfo, Report, RuleInfo};
use crate::finding::Severity;
use crate::report::escape::cut;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Characters of a short or full description that GitHub takes.
const DESCRIPTION: usize = 1000;

impl Log<'_> {
    /// A rule of the run.
    pub(super) fn rule(&self, at: usize) -> Value {
        let report = self.report;
        let rule = &report.rules[at];
        let clause = rule.clause.map(|clause| &report.clauses[clause]);
        let title = sentence(if rule.title.is_empty() { &rule.id } else { &rule.title });
        let full = clause.map_or_else(
            || if rule.detail.is_empty() { title.clone() } else { rule.detail.clone() },
            |clause| {
                let pack = &report.packs[clause.pack];
                let (source, level) = (&clause.source, clause.level.name());
                format!("{title} {} ({}), clause {source}, {level}.", pack.title, pack.edition)
            },
        );
        let help = if rule.help.is_empty() { title.clone() } else { sentence(&rule.help) };
        let mut markdown = format!("{help}\n\n");
        if !rule.detail.is_empty() {
            let _ = write!(markdown, "{}\n\n", rule.detail.trim());
        }
        if let (Some(clause), Some(url)) = (clause, &rule.url) {
            let _ = write!(markdown, "Read the clause: [{}]({url})", clause.source);
        }
        let mut entry = json!({
            "id": rule.id,
            "name": pascal_case(&rule.id),
            "shortDescription": { "text": cut(&title, DESCRIPTION) },
            "fullDescription": { "text": cut(&sentence(&full), DESCRIPTION) },
            "help": { "text": help, "markdown": markdown.trim() },
            "defaultConfiguration": { "level": level(rule.severity) },
            "properties": {
                "tags": self.tags(rule, clause),
                "precision": "high",
                "problem.severity": match rule.severity {
                    Severity::Error => "error",
                    Severity::Warning => "warning",
                    Severity::Note | Severity::Hint => "recommendation",
                },
            },
        });
        // GitHub makes a security alert of every rule that has it, so no other may.
        if let Some(score) = clause.and_then(|clause| clause.security) {
            entry["properties"]["security-severity"] = json!(format!("{score:.1}"));
        }
        if let Some(url) = &rule.url {
            entry["helpUri"] = json!(url);
        }
        if self.profile == Profile::Whole
            && let Some(target) = rule.clause.and_then(|clause| self.taxonomies.reference(clause))
        {
            entry["relationships"] = json!([{ "target": target, "kinds": ["relevant"] }]);
        }
        entry
    }

    fn tags(&self, rule: &RuleInfo, clause: Option<&ClauseInfo>) -> Vec<String> {
        let pack = rule.pack.map_or("assize", |pack| &self.report.packs[pack].name);
        let mut tags = vec![pack.to_owned()];
        if let Some(clause) = clause {
            tags.extend([
                clause.source.clone(),
                clause.level.name().to_owned(),
                clause.standing.name().to_owned(),
            ]);
            if clause.security.is_some() {
                tags.push("security".to_owned());
            }
        }
        tags
    }
}

/// What notifications are about.
pub(super) fn notifications(asked: bool) -> Value {
    let mut all = json!([
        {
            "id": "assize/unknown",
            "name": "CouldNotBeChecked",
            "shortDescription": { "text": "Something could not be checked." },
            "fullDescription": { "text": "A rule could not tell, or a file could not be judged. It is unknown, never met." },
            "help": { "text": "Mend the file or lift the limit that the message names, and check again." },
            "helpUri": env!("CARGO_PKG_REPOSITORY"),
        },
        {
            "id": "assize/cut",
            "name": "CutForTheReader",
            "shortDescription": { "text": "Something was left out of this log." },
            "fullDescription": { "text": "The log was kept to the limits of its reader. The other formats hold everything." },
            "help": { "text": "Write another format beside this one: --report json=FILE." },
            "helpUri": env!("CARGO_PKG_REPOSITORY"),
        },
    ]);
    if let (true, Some(all)) = (asked, all.as_array_mut()) {
        all.push(json!({
            "id": "assize/asked",
            "name": "HowItWasAsked",
            "shortDescription": { "text": "Something else may have been meant to be judged." },
            "fullDescription": { "text": "What was named is a part of something that rules look at as a whole. It decides nothing." },
            "help": { "text": "Run what the message names, if that was meant." },
            "helpUri": env!("CARGO_PKG_REPOSITORY"),
        }));
    }
    all
}

/// SARIF wants names of rules in upper camel case.
fn pascal_case(id: &str) -> String {
    let name: String = id
        .split(|char: char| !char.is_ascii_alphanumeric())
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
        })
        .collect();
    cut(&name, 250).into_owned()
}

/// Standards as taxonomies, their clauses as taxa.
pub(super) struct Taxonomies {
    /// As the run holds them.
    pub json: Vec<Value>,
    /// For each clause: how it is referred to.
    references: Vec<Option<Value>>,
}

impl Taxonomies {
    pub(super) fn new(report: &Report) -> Self {
        let mut taxonomies = Self { json: Vec::new(), references: vec![None; report.clauses.len()] };
        for (index, pack) in report.packs.iter().enumerate() {
            let mut taxa = Vec::new();
            for (at, clause) in report.clauses.iter().enumerate().filter(|(_, clause)| clause.pack == index) {
                let component =
                    json!({ "name": pack.name, "index": taxonomies.json.len(), "guid": guid(&pack.name) });
                taxonomies.references[at] =
                    Some(json!({ "id": clause.source, "index": taxa.len(), "toolComponent": component }));
                taxa.push(json!({
                    "id": clause.source,
                    "name": pascal_case(&clause.id),
                    "shortDescription": { "text": sentence(&clause.title) },
                    "helpUri": clause.url,
                    "properties": { "clause": clause.id, "level": clause.level.name(), "standing": clause.standing.name(), "certainty": clause.certainty.name() },
                }));
            }
            if !taxa.is_empty() {
                taxonomies.json.push(json!({
                    "name": pack.name,
                    "guid": guid(&pack.name),
                    "version": pack.version,
                    "organization": pack.authority,
                    "shortDescription": { "text": sentence(&format!("{}, edition {}", pack.title, pack.edition)) },
                    "informationUri": pack.url,
                    "isComprehensive": false,
                    "properties": { "sha256": pack.digest },
                    "taxa": taxa,
                }));
            }
        }
        taxonomies
    }

    fn component(&self, index: usize) -> Value {
        json!({ "name": self.json[index]["name"], "index": index, "guid": self.json[index]["guid"] })
    }

    /// The taxonomies as a tool refers to them.
    pub(super) fn references(&self) -> Vec<Value> {
        (0..self.json.len()).map(|index| self.component(index)).collect()
    }

    /// A clause as a rule or a result refers to it.
    pub(super) fn reference(&self, clause: usize) -> Option<&Value> {
        self.references.get(clause)?.as_ref()
    }
}

/// A UUID (RFC 9562) that follows from a name.
pub(in crate::report) fn guid(name: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    // The schemas of SARIF and OSCAL know versions 1 to 5; 5 is the one made from a name.
    bytes[6] = bytes[6] & 0x0F | 0x50;
    bytes[8] = bytes[8] & 0x3F | 0x80;
    let mut text = String::new();
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_upper_camel_case() {
        assert_eq!(pascal_case("uk/nhs-number/check-digit"), "UkNhsNumberCheckDigit");
    }

    #[test]
    fn guids_are_uuids_and_stay() {
        let id = guid("uk/nhs-number");
        assert_eq!(id, guid("uk/nhs-number"));
        assert_eq!((id.len(), id.as_bytes()[14]), (36, b'5'));
    }
}
