//! SARIF 2.1.0 (OASIS, errata 01): one run, every rule with its whole description, clauses as
//! taxonomies, what could not be checked as tool notifications. Addresses are relative to the
//! judged root, so that the file means the same on another machine.

use super::place::place;
use super::{Reporter, Style};
use crate::engine::{ClauseInfo, Report, RuleInfo};
use crate::finding::{FileId, Finding, Location, Outcome, Severity};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

/// The format.
pub(super) struct Sarif;

impl Reporter for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0, for pipelines and code scanning"
    }

    fn write(&self, report: &Report, _: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let used = used_rules(report);
        let artifacts = used_files(report);
        let taxonomies = Taxonomies::new(report);
        let log = json!({
            "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": { "driver": {
                    "name": "assize",
                    "semanticVersion": env!("CARGO_PKG_VERSION"),
                    "version": env!("CARGO_PKG_VERSION"),
                    "informationUri": env!("CARGO_PKG_REPOSITORY"),
                    "rules": used.keys().map(|&at| rule(report, &taxonomies, &report.rules[at])).collect::<Vec<_>>(),
                    "supportedTaxonomies": taxonomies.references(),
                } },
                "automationDetails": { "id": "assize/" },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": { "SRCROOT": { "description": { "text": "The judged folder." } } },
                "invocations": [{ "executionSuccessful": true, "toolExecutionNotifications": notifications(report, &used, &artifacts) }],
                "artifacts": artifacts.keys().map(|&file| {
                    let file = report.file(file);
                    json!({ "location": { "uri": uri(&file.path), "uriBaseId": "SRCROOT" }, "length": file.size })
                }).collect::<Vec<_>>(),
                "taxonomies": taxonomies.json,
                "results": report.findings.iter().map(|finding| result(report, &used, &artifacts, finding)).collect::<Vec<_>>(),
            }],
        });
        serde_json::to_writer_pretty(&mut *out, &log)?;
        writeln!(out)
    }
}

/// Rules that ran or that a finding names, with their index in the run.
fn used_rules(report: &Report) -> BTreeMap<usize, usize> {
    let mut used: Vec<usize> = (0..report.rules.len())
        .filter(|&at| report.stats.rules.get(at).is_some_and(|stats| stats.files > 0))
        .collect();
    used.extend(report.findings.iter().map(|finding| finding.rule.0 as usize));
    used.extend(report.unknown.iter().filter_map(|unknown| unknown.rule).map(|rule| rule.0 as usize));
    used.sort_unstable();
    used.dedup();
    used.into_iter().enumerate().map(|(index, at)| (at, index)).collect()
}

/// Files that a location names, with their index in the run.
fn used_files(report: &Report) -> BTreeMap<FileId, usize> {
    let locations = report.findings.iter().flat_map(|finding| {
        std::iter::once(&finding.primary).chain(finding.related.iter().map(|related| &related.location))
    });
    let mut used: Vec<FileId> = locations
        .filter_map(|location| location.file)
        .chain(report.unknown.iter().filter_map(|unknown| unknown.file))
        .collect();
    if report.findings.iter().any(|finding| finding.primary.file.is_none()) {
        used.extend(front_page(report));
    }
    used.sort_unstable();
    used.dedup();
    used.into_iter().enumerate().map(|(index, file)| (file, index)).collect()
}

/// Consumers drop a result without a file: what concerns the repository as a whole stands at its
/// README, else at its first file.
fn front_page(report: &Report) -> Option<FileId> {
    let readme = report.files.iter().position(|file| file.path.to_ascii_lowercase().starts_with("readme"));
    let at = readme
        .or_else(|| report.files.iter().position(|file| !file.path.contains('/')))
        .or(if report.files.is_empty() { None } else { Some(0) });
    at.map(|at| FileId(at as u32))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Hint => "note",
    }
}

fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

fn rule(report: &Report, taxonomies: &Taxonomies, rule: &RuleInfo) -> Value {
    let clause = rule.clause.map(|clause| &report.clauses[clause]);
    let title = sentence(if rule.title.is_empty() { &rule.id } else { &rule.title });
    let full = clause.map_or_else(
        || if rule.detail.is_empty() { title.clone() } else { rule.detail.clone() },
        |clause| {
            let pack = &report.packs[clause.pack];
            format!(
                "{title} {} ({}), clause {}, {}.",
                pack.title,
                pack.edition,
                clause.source,
                clause.level.name()
            )
        },
    );
    let help = if rule.help.is_empty() { sentence(&title) } else { sentence(&rule.help) };
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
        "shortDescription": { "text": cut(&title, 1000) },
        "fullDescription": { "text": cut(&sentence(&full), 1000) },
        "help": { "text": help, "markdown": markdown.trim() },
        "defaultConfiguration": { "level": level(rule.severity) },
        "properties": { "tags": tags(report, rule, clause), "precision": "high", "problem.severity": match rule.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note | Severity::Hint => "recommendation",
        } },
    });
    if let Some(url) = &rule.url {
        entry["helpUri"] = json!(url);
    }
    if let Some(target) = rule.clause.and_then(|clause| taxonomies.reference(report, clause)) {
        entry["relationships"] = json!([{ "target": target, "kinds": ["relevant"] }]);
    }
    entry
}

fn tags(report: &Report, rule: &RuleInfo, clause: Option<&ClauseInfo>) -> Vec<String> {
    let mut tags = vec![rule.pack.map_or("assize".to_owned(), |pack| report.packs[pack].name.clone())];
    if let Some(clause) = clause {
        tags.extend([
            clause.source.clone(),
            clause.level.name().to_owned(),
            clause.standing.name().to_owned(),
        ]);
    }
    tags
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// SARIF wants names of rules in upper camel case.
fn pascal_case(id: &str) -> String {
    id.split(|char: char| !char.is_ascii_alphanumeric())
        .map(|part| {
            let mut chars = part.chars();
            chars
                .next()
                .map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + chars.as_str())
        })
        .collect()
}

fn physical(report: &Report, artifacts: &BTreeMap<FileId, usize>, location: &Location) -> Option<Value> {
    let file = location.file.or_else(|| front_page(report))?;
    let mut artifact = json!({ "uri": uri(&report.file(file).path), "uriBaseId": "SRCROOT" });
    if let Some(index) = artifacts.get(&file) {
        artifact["index"] = json!(index);
    }
    let placed = place(report, location);
    let mut region = json!({ "startLine": placed.start.line, "startColumn": placed.start.column });
    // An empty region is a caret; the end is named only where there is something in between.
    if placed.end > placed.start {
        region["endLine"] = json!(placed.end.line);
        region["endColumn"] = json!(placed.end.column);
    }
    Some(json!({ "artifactLocation": artifact, "region": region }))
}

fn located(report: &Report, artifacts: &BTreeMap<FileId, usize>, location: &Location) -> Option<Value> {
    let mut entry = json!({ "physicalLocation": physical(report, artifacts, location)? });
    if !location.path.is_empty() {
        let name = crate::finding::pointer(&location.path);
        entry["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "member" }]);
    }
    Some(entry)
}

fn result(
    report: &Report,
    used: &BTreeMap<usize, usize>,
    artifacts: &BTreeMap<FileId, usize>,
    finding: &Finding,
) -> Value {
    let rule = report.rule(finding.rule);
    let mut entry = json!({
        "ruleId": rule.id,
        "ruleIndex": used.get(&(finding.rule.0 as usize)),
        "level": level(finding.severity),
        "kind": "fail",
        "message": { "text": finding.message },
        "locations": located(report, artifacts, &finding.primary).into_iter().collect::<Vec<_>>(),
        "partialFingerprints": { "assize/v1": finding.fingerprint },
    });
    let related: Vec<Value> = finding
        .related
        .iter()
        .enumerate()
        .filter_map(|(id, related)| {
            let mut entry = located(report, artifacts, &related.location)?;
            entry["id"] = json!(id);
            entry["message"] = json!({ "text": sentence(&related.message) });
            Some(entry)
        })
        .collect();
    if !related.is_empty() {
        entry["relatedLocations"] = Value::Array(related);
    }
    if let Some(suppression) = suppression(&finding.outcome) {
        entry["suppressions"] = json!([suppression]);
    }
    if report.compared {
        let known = matches!(finding.outcome, Outcome::Baselined(_));
        entry["baselineState"] = json!(if known { "unchanged" } else { "new" });
    }
    entry
}

/// SARIF knows suppressions in the source and outside it; one asked for is under review.
fn suppression(outcome: &Outcome) -> Option<Value> {
    let why = outcome.accepted()?;
    let (kind, status) = match outcome {
        Outcome::Suppressed(_) => ("inSource", "accepted"),
        Outcome::Requested(_) => ("external", "underReview"),
        _ => ("external", "accepted"),
    };
    let mut entry = json!({ "kind": kind, "status": status });
    if !why.reason.is_empty() {
        entry["justification"] = json!(why.reason);
    }
    let mut properties = serde_json::Map::new();
    for (name, value) in
        [("id", &why.id), ("by", &why.by), ("until", &why.until), ("reference", &why.reference)]
    {
        if let Some(value) = value {
            properties.insert(name.to_owned(), json!(value));
        }
    }
    if !properties.is_empty() {
        entry["properties"] = Value::Object(properties);
    }
    Some(entry)
}

fn notifications(
    report: &Report,
    used: &BTreeMap<usize, usize>,
    artifacts: &BTreeMap<FileId, usize>,
) -> Vec<Value> {
    report
        .unknown
        .iter()
        .map(|unknown| {
            let mut entry = json!({ "level": "warning", "message": { "text": format!("Could not be checked: {}", sentence(&unknown.reason)) } });
            if let Some(rule) = unknown.rule {
                entry["associatedRule"] = json!({ "id": report.rule(rule).id, "index": used.get(&(rule.0 as usize)) });
            }
            if let Some(file) = unknown.file {
                let location = Location::of_span(file, assize_tree::text::Span::default());
                entry["locations"] = json!([{ "physicalLocation": physical(report, artifacts, &location) }]);
            }
            entry
        })
        .collect()
}

/// Standards as taxonomies, their clauses as taxa.
struct Taxonomies {
    json: Vec<Value>,
    /// For each clause: its index in the taxonomy of its pack.
    taxa: Vec<usize>,
    /// For each pack: its index among the taxonomies.
    packs: Vec<Option<usize>>,
}

impl Taxonomies {
    fn new(report: &Report) -> Self {
        let mut taxonomies =
            Self { json: Vec::new(), taxa: vec![0; report.clauses.len()], packs: Vec::new() };
        for (index, pack) in report.packs.iter().enumerate() {
            let mut taxa = Vec::new();
            for (at, clause) in report.clauses.iter().enumerate().filter(|(_, clause)| clause.pack == index) {
                taxonomies.taxa[at] = taxa.len();
                taxa.push(json!({
                    "id": clause.source,
                    "name": pascal_case(&clause.id),
                    "shortDescription": { "text": sentence(&clause.title) },
                    "helpUri": clause.url,
                    "properties": { "clause": clause.id, "level": clause.level.name(), "standing": clause.standing.name(), "certainty": clause.certainty.name() },
                }));
            }
            taxonomies.packs.push((!taxa.is_empty()).then_some(taxonomies.json.len()));
            if !taxa.is_empty() {
                taxonomies.json.push(json!({
                    "name": pack.name,
                    "guid": guid(&pack.name),
                    "version": pack.version,
                    "organization": pack.authority,
                    "shortDescription": { "text": sentence(&format!("{}, edition {}", pack.title, pack.edition)) },
                    "informationUri": pack.url,
                    "isComprehensive": false,
                    "taxa": taxa,
                }));
            }
        }
        taxonomies
    }

    fn component(&self, index: usize) -> Value {
        json!({ "name": self.json[index]["name"], "index": index, "guid": self.json[index]["guid"] })
    }

    fn references(&self) -> Vec<Value> {
        (0..self.json.len()).map(|index| self.component(index)).collect()
    }

    fn reference(&self, report: &Report, clause: usize) -> Option<Value> {
        let info = &report.clauses[clause];
        Some(
            json!({ "id": info.source, "index": self.taxa[clause], "toolComponent": self.component(self.packs[info.pack]?) }),
        )
    }
}

/// A UUID (RFC 9562) that follows from a name.
fn guid(name: &str) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
    // The schema of SARIF knows versions 1 to 5; 5 is the one made from a name.
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

/// A path as relative URI reference (RFC 3986): all but unreserved characters percent-encoded.
fn uri(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            encoded.push(byte as char);
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_relative_references() {
        assert_eq!(uri("a b/ünï & c:d.yaml"), "a%20b/%C3%BCn%C3%AF%20%26%20c%3Ad.yaml");
    }

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
