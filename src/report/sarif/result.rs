//! Findings as results of SARIF, with their places, suppressions and fixes.

use super::{Log, Profile};
use crate::finding::{Finding, Fix, Location, Outcome, Severity, pointer};
use crate::report::escape::{cut, inline, uri};
use crate::report::order;
use crate::report::place::place;
use serde::Serialize;
use serde_json::{Map, Value, json};

/// The level of SARIF for a severity.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note | Severity::Hint => "note",
    }
}

/// The text with a full stop.
pub(super) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// Characters of a message; a stranger's name may be as long as they like.
const MESSAGE: usize = 2000;

/// A message that holds no link: in SARIF `[text](target)` is one even in plain text (section 3.11.6),
/// and a backslash takes its meaning away.
pub(super) fn plain(text: &str) -> String {
    cut(&inline(text), MESSAGE).replace("](", "\\](")
}

/// A finding as a result: written member by member, since there may be many.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Written<'a> {
    rule_id: &'a str,
    rule_index: Option<&'a usize>,
    level: &'static str,
    kind: &'static str,
    message: Message,
    locations: Vec<Place>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    taxa: Option<[&'a Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixes: Option<[Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<[Value; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    properties: Properties,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct Properties {
    mend: &'static str,
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "assize/v1")]
    own: &'a str,
    #[serde(rename = "primaryLocationLineHash", skip_serializing_if = "Option::is_none")]
    github: Option<&'a str>,
}

/// A location.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    logical_locations: Option<[Logical; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Logical {
    fully_qualified_name: String,
    kind: &'static str,
}

/// A place in a file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    uri_base_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<u32>,
}

impl Log<'_> {
    /// Where in which file.
    pub(super) fn physical(&self, location: &Location) -> Option<Physical> {
        let file = location.file.or(self.front_page)?;
        let uri = uri(&self.report.file(file).path);
        let artifact = Artifact { uri, uri_base_id: "SRCROOT", index: self.artifacts.get(&file).copied() };
        Some(Physical { artifact_location: artifact, region: self.region(location) })
    }

    fn region(&self, location: &Location) -> Region {
        let placed = place(self.report, location);
        // An empty region is a caret; the end is named only where there is something in between.
        let end = (placed.end > placed.start).then_some(placed.end);
        Region {
            start_line: placed.start.line,
            start_column: placed.start.column,
            end_line: end.map(|end| end.line),
            end_column: end.map(|end| end.column),
        }
    }

    /// A location with the place in the file's tree.
    pub(super) fn located(&self, location: &Location) -> Option<Place> {
        let logical = (!location.path.is_empty()).then(|| {
            let name = pointer(&location.path);
            [Logical { fully_qualified_name: cut(&inline(&name), MESSAGE).into_owned(), kind: "member" }]
        });
        Some(Place {
            id: None,
            physical_location: self.physical(location)?,
            logical_locations: logical,
            message: None,
        })
    }

    /// A finding.
    pub(super) fn result<'a>(&'a self, finding: &'a Finding) -> Written<'a> {
        let report = self.report;
        let rule = report.rule(finding.rule);
        let whole = self.profile == Profile::Whole;
        let most = if whole { usize::MAX } else { super::github::LOCATIONS };
        let related = finding.related.iter().take(most).enumerate().filter_map(|(id, related)| {
            let message = Some(Message { text: plain(&sentence(&related.message)) });
            Some(Place { id: Some(id), message, ..self.located(&related.location)? })
        });
        let known = matches!(finding.outcome, Outcome::Baselined(_));
        Written {
            rule_id: &rule.id,
            rule_index: self.rules.get(&(finding.rule.0 as usize)),
            level: level(finding.severity),
            kind: "fail",
            message: Message { text: plain(&sentence(&finding.message)) },
            locations: self.located(&finding.primary).into_iter().collect(),
            partial_fingerprints: Fingerprints {
                own: &finding.fingerprint,
                github: self.hashes.get(report, &finding.primary),
            },
            related_locations: related.collect(),
            rank: self.rank(finding).filter(|_| whole),
            taxa: rule.clause.filter(|_| whole).and_then(|at| self.taxonomies.reference(at)).map(|one| [one]),
            fixes: finding.fix.as_ref().filter(|_| whole).map(|fix| [self.fix(fix)]),
            suppressions: suppression(&finding.outcome).filter(|_| whole).map(|one| [one]),
            baseline_state: (whole && report.compared).then_some(if known { "unchanged" } else { "new" }),
            properties: Properties { mend: order::said(order::mend(report, finding)) },
        }
    }

    fn fix(&self, fix: &Fix) -> Value {
        let location = Location::of_span(fix.file, fix.span);
        json!({
            "description": { "text": plain(&sentence(&fix.title)) },
            "artifactChanges": [{
                "artifactLocation": { "uri": uri(&self.report.file(fix.file).path), "uriBaseId": "SRCROOT" },
                "replacements": [{
                    "deletedRegion": self.region(&location),
                    "insertedContent": { "text": fix.replacement },
                }],
            }],
        })
    }
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
        entry["justification"] = json!(inline(&why.reason));
    }
    let mut properties = Map::new();
    for (name, value) in
        [("id", &why.id), ("by", &why.by), ("until", &why.until), ("reference", &why.reference)]
    {
        if let Some(value) = value {
            properties.insert(name.to_owned(), json!(inline(value)));
        }
    }
    if !properties.is_empty() {
        entry["properties"] = Value::Object(properties);
    }
    Some(entry)
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn messages_hold_no_links() {
        assert_eq!(plain("see [x](https://evil)"), "see [x\\](https://evil)");
        assert_eq!(plain("$.a[0] (b)"), "$.a[0] (b)");
    }
}
