//! Findings as results of SARIF, with their places, suppressions and fixes.

use super::{Log, Profile, front_page};
use crate::finding::{Finding, Fix, Location, Outcome, Severity, pointer};
use crate::report::escape::{cut, inline, uri};
use crate::report::order;
use crate::report::place::place;
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

impl Log<'_> {
    /// Where in which file.
    pub(super) fn physical(&self, location: &Location) -> Option<Value> {
        let file = location.file.or_else(|| front_page(self.report))?;
        let mut artifact = json!({ "uri": uri(&self.report.file(file).path), "uriBaseId": "SRCROOT" });
        if let Some(index) = self.artifacts.get(&file) {
            artifact["index"] = json!(index);
        }
        Some(json!({ "artifactLocation": artifact, "region": self.region(location) }))
    }

    fn region(&self, location: &Location) -> Value {
        let placed = place(self.report, location);
        let mut region = json!({ "startLine": placed.start.line, "startColumn": placed.start.column });
        // An empty region is a caret; the end is named only where there is something in between.
        if placed.end > placed.start {
            region["endLine"] = json!(placed.end.line);
            region["endColumn"] = json!(placed.end.column);
        }
        region
    }

    /// A location with the place in the file's tree.
    pub(super) fn located(&self, location: &Location) -> Option<Value> {
        let mut entry = json!({ "physicalLocation": self.physical(location)? });
        if !location.path.is_empty() {
            let name = pointer(&location.path);
            let name = cut(&inline(&name), MESSAGE).into_owned();
            entry["logicalLocations"] = json!([{ "fullyQualifiedName": name, "kind": "member" }]);
        }
        Some(entry)
    }

    /// A finding.
    pub(super) fn result(&self, finding: &Finding) -> Value {
        let report = self.report;
        let rule = report.rule(finding.rule);
        let mut entry = json!({
            "ruleId": rule.id,
            "ruleIndex": self.rules.get(&(finding.rule.0 as usize)),
            "level": level(finding.severity),
            "kind": "fail",
            "message": { "text": plain(&sentence(&finding.message)) },
            "locations": self.located(&finding.primary).into_iter().collect::<Vec<_>>(),
            "partialFingerprints": { "assize/v1": finding.fingerprint },
        });
        if let Some(hash) = self.hashes.get(report, &finding.primary) {
            entry["partialFingerprints"]["primaryLocationLineHash"] = json!(hash);
        }
        let related: Vec<Value> = finding
            .related
            .iter()
            .take(if self.profile == Profile::Github { super::github::LOCATIONS } else { usize::MAX })
            .enumerate()
            .filter_map(|(id, related)| {
                let mut entry = self.located(&related.location)?;
                entry["id"] = json!(id);
                entry["message"] = json!({ "text": plain(&sentence(&related.message)) });
                Some(entry)
            })
            .collect();
        if !related.is_empty() {
            entry["relatedLocations"] = Value::Array(related);
        }
        entry["properties"] = json!({ "mend": order::said(order::mend(report, finding)) });
        if self.profile == Profile::Github {
            return entry;
        }
        if let Some(rank) = self.rank(finding) {
            entry["rank"] = json!(rank);
        }
        if let Some(taxon) = rule.clause.and_then(|clause| self.taxonomies.reference(report, clause)) {
            entry["taxa"] = json!([taxon]);
        }
        if let Some(fix) = &finding.fix {
            entry["fixes"] = json!([self.fix(fix)]);
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
