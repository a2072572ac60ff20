//! SARIF 2.1.0 (OASIS, errata 01), in two profiles. `sarif` holds everything: clauses as
//! taxonomies, what was looked at and found good, what is accepted and why, what could not be
//! checked. `sarif-github` holds what GitHub shows: see `github.rs`. Addresses are relative to the
//! judged root, so that the file means the same on another machine. Written as a stream: a log of
//! many findings is never held in memory.

mod github;
mod line_hash;
mod result;
mod rule;

use super::escape::{self, Each, inline, uri};
use super::{Reporter, Style, order};
use crate::engine::Report;
use crate::finding::{FileId, Finding, Location, RuleId};
use rule::Taxonomies;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;

/// The format with everything in it.
pub(super) struct Sarif;

impl Reporter for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> &'static str {
        "SARIF 2.1.0 with everything: clauses, verdicts of rules, waivers, baseline, what is unknown"
    }

    fn write(&self, report: &Report, style: &Style, out: &mut dyn io::Write) -> io::Result<()> {
        let findings: Vec<&Finding> = report.findings.iter().collect();
        let log = Log::new(report, style, findings, Profile::Whole);
        escape::json(out, &log)
    }
}

pub(super) use github::SarifGithub;
pub(super) use rule::guid;

/// What a log is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Profile {
    /// Programs that read SARIF as it is written.
    Whole,
    /// GitHub code scanning.
    Github,
}

/// A log of one run, before it is written.
struct Log<'r> {
    report: &'r Report,
    style: &'r Style,
    profile: Profile,
    findings: Vec<&'r Finding>,
    /// Rules that the log describes, with their index in the run.
    rules: BTreeMap<usize, usize>,
    /// Files that a location names, with their index in the run.
    artifacts: BTreeMap<FileId, usize>,
    taxonomies: Taxonomies,
    /// GitHub's hashes of the lines that findings stand in.
    hashes: line_hash::Hashes,
    /// What was cut, and why.
    notices: Vec<String>,
    /// Where what concerns the whole stands.
    front_page: Option<FileId>,
    /// How many of the things that could not be checked are told.
    unknown_shown: usize,
}

impl<'r> Log<'r> {
    fn new(report: &'r Report, style: &'r Style, findings: Vec<&'r Finding>, profile: Profile) -> Self {
        let hashes = match profile {
            Profile::Whole => line_hash::Hashes::default(),
            Profile::Github => line_hash::Hashes::of(report, &findings),
        };
        let mut log = Self {
            report,
            style,
            profile,
            rules: BTreeMap::new(),
            artifacts: BTreeMap::new(),
            taxonomies: Taxonomies::new(report),
            hashes,
            notices: Vec::new(),
            front_page: front_page(report),
            unknown_shown: usize::MAX,
            findings,
        };
        log.rules = log.used_rules();
        log.artifacts = log.used_files();
        log
    }

    /// Rules that ran, that a finding names or that could not tell. GitHub wants those with findings.
    fn used_rules(&self) -> BTreeMap<usize, usize> {
        let mut used: Vec<usize> = self.findings.iter().map(|finding| finding.rule.0 as usize).collect();
        let unknown = self.report.unknown.iter().filter_map(|unknown| unknown.rule);
        used.extend(unknown.map(|rule| rule.0 as usize));
        if self.profile == Profile::Whole {
            used.extend((0..self.report.rules.len()).filter(|&at| self.ran(at)));
        }
        used.sort_unstable();
        used.dedup();
        used.into_iter().enumerate().map(|(index, at)| (at, index)).collect()
    }

    fn ran(&self, rule: usize) -> bool {
        self.report.stats.rules.get(rule).is_some_and(|stats| stats.files > 0)
    }

    fn used_files(&self) -> BTreeMap<FileId, usize> {
        let locations = self.findings.iter().flat_map(|finding| {
            std::iter::once(&finding.primary).chain(finding.related.iter().map(|related| &related.location))
        });
        let mut used: Vec<FileId> = locations
            .filter_map(|location| location.file)
            .chain(self.report.unknown.iter().filter_map(|unknown| unknown.file))
            .chain(front_page(self.report))
            .collect();
        used.sort_unstable();
        used.dedup();
        used.into_iter().enumerate().map(|(index, file)| (file, index)).collect()
    }

    fn rule_reference(&self, rule: RuleId) -> Value {
        json!({ "id": self.report.rule(rule).id, "index": self.rules.get(&(rule.0 as usize)) })
    }

    /// What could not be checked, and what was cut.
    fn notifications(&self) -> impl Iterator<Item = Value> {
        let cut = self.notices.iter().map(|notice| {
            json!({ "level": "warning", "descriptor": { "id": "assize/cut" }, "message": { "text": notice } })
        });
        let unknown = self.report.unknown.iter().take(self.unknown_shown).map(|unknown| {
            let reason = result::sentence(&inline(&unknown.reason));
            let mut entry = json!({
                "level": "warning",
                "descriptor": { "id": "assize/unknown" },
                "message": { "text": result::plain(&format!("Could not be checked: {reason}")) },
            });
            if let Some(rule) = unknown.rule {
                entry["associatedRule"] = self.rule_reference(rule);
            }
            if let Some(file) = unknown.file {
                let location = Location::of_span(file, assize_tree::text::Span::default());
                entry["locations"] = json!([{ "physicalLocation": self.physical(&location) }]);
            }
            entry
        });
        let noted = self.report.notices.iter().map(|notice| {
            json!({ "level": "note", "descriptor": { "id": "assize/asked" }, "message": { "text": result::plain(&inline(notice)) } })
        });
        cut.chain(noted).chain(unknown)
    }

    /// The files, as the run's artifacts.
    fn files(&self) -> impl Iterator<Item = Value> {
        self.artifacts.keys().map(|&file| {
            let file = self.report.file(file);
            // What stands for a judged folder as a whole has no size.
            if file.folder {
                return json!({ "location": { "uri": uri(&file.path), "uriBaseId": "SRCROOT" } });
            }
            json!({ "location": { "uri": uri(&file.path), "uriBaseId": "SRCROOT" }, "length": file.size })
        })
    }

    /// The category by which GitHub tells runs of one commit apart is what stands before the last `/`.
    fn category(&self) -> String {
        let subject = self.style.subject.trim_start_matches("./").trim_matches('/');
        // A path of this machine would name another category on the next one.
        if self.style.subject.starts_with('/')
            || subject.is_empty()
            || subject == "."
            || subject.contains("..")
        {
            return "assize/".to_owned();
        }
        format!("assize/{}/", uri(escape::cut(subject, 100).trim_end_matches('…')))
    }

    fn provenance(&self) -> Vec<Value> {
        let Some(origin) = &self.style.origin else { return Vec::new() };
        let mut entry = json!({ "repositoryUri": origin.uri, "mappedTo": { "uriBaseId": "SRCROOT" } });
        if let Some(commit) = &origin.commit {
            entry["revisionId"] = json!(commit);
        }
        if let Some(branch) = &origin.branch {
            entry["branch"] = json!(inline(branch));
        }
        vec![entry]
    }
}

/// Consumers drop a result without a file: what concerns the repository as a whole stands at its
/// README, else at its first file.
pub(super) fn front_page(report: &Report) -> Option<FileId> {
    let at = |wanted: &dyn Fn(&str) -> bool| report.files.iter().position(|file| wanted(&file.path));
    at(&|path| path.to_ascii_lowercase().starts_with("readme") && !path.contains('/'))
        .or_else(|| at(&|path| !path.contains('/')))
        .or(if report.files.is_empty() { None } else { Some(0) })
        .map(FileId::of_index)
}

impl Serialize for Log<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry(
            "$schema",
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        )?;
        map.serialize_entry("version", "2.1.0")?;
        map.serialize_entry("runs", &[Run(self)])?;
        map.end()
    }
}

struct Run<'a, 'r>(&'a Log<'r>);

impl Serialize for Run<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let log = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("tool", &BTreeMap::from([("driver", Driver(log))]))?;
        map.serialize_entry("automationDetails", &json!({ "id": log.category() }))?;
        map.serialize_entry("columnKind", "unicodeCodePoints")?;
        map.serialize_entry(
            "originalUriBaseIds",
            &json!({ "SRCROOT": { "description": { "text": "The judged folder." } } }),
        )?;
        let provenance = log.provenance();
        if !provenance.is_empty() {
            map.serialize_entry("versionControlProvenance", &provenance)?;
        }
        map.serialize_entry("invocations", &[Invocation(log)])?;
        map.serialize_entry("artifacts", &Each(|| log.files()))?;
        if log.profile == Profile::Whole {
            map.serialize_entry("taxonomies", &log.taxonomies.json)?;
        }
        map.serialize_entry("results", &Each(|| log.results()))?;
        map.end()
    }
}

struct Driver<'a, 'r>(&'a Log<'r>);

impl Serialize for Driver<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let log = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", "assize")?;
        map.serialize_entry("semanticVersion", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("version", env!("CARGO_PKG_VERSION"))?;
        map.serialize_entry("informationUri", env!("CARGO_PKG_REPOSITORY"))?;
        map.serialize_entry("rules", &Each(|| log.rules.keys().map(|&rule| log.rule(rule))))?;
        map.serialize_entry("notifications", &rule::notifications(!self.0.report.notices.is_empty()))?;
        if log.profile == Profile::Whole {
            map.serialize_entry("supportedTaxonomies", &log.taxonomies.references())?;
        }
        map.end()
    }
}

struct Invocation<'a, 'r>(&'a Log<'r>);

impl Serialize for Invocation<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("executionSuccessful", &true)?;
        map.serialize_entry("toolExecutionNotifications", &Each(|| self.0.notifications()))?;
        map.end()
    }
}

/// A result. One is alive at a time, so that its size is no matter.
#[derive(Serialize)]
#[serde(untagged)]
#[allow(clippy::large_enum_variant)]
enum Item<'a> {
    Finding(result::Written<'a>),
    Rule(Value),
}

impl Log<'_> {
    /// Findings, and in the whole profile what every other rule came to.
    fn results(&self) -> impl Iterator<Item = Item<'_>> {
        let findings = self.findings.iter().map(|finding| Item::Finding(self.result(finding)));
        let whole = self.profile == Profile::Whole;
        findings.chain(whole.then(|| self.verdicts()).into_iter().flatten().map(Item::Rule))
    }

    /// What rules without findings came to: they hold, had nothing to look at, or could not tell.
    fn verdicts(&self) -> impl Iterator<Item = Value> {
        let found: std::collections::BTreeSet<usize> =
            self.report.findings.iter().map(|finding| finding.rule.0 as usize).collect();
        let unknown: std::collections::BTreeSet<usize> =
            self.report.unknown.iter().filter_map(|one| one.rule).map(|rule| rule.0 as usize).collect();
        let place = self.located(&Location::repository());
        // Where something was left out, a rule that found nothing is not met by that.
        let partial = self.report.partial().is_some();
        self.rules.iter().filter(move |(at, _)| !found.contains(at)).map(move |(&at, index)| {
            let places = self.report.stats.rules.get(at).map_or(0, |stats| stats.places);
            let (kind, text) = match (unknown.contains(&at), places) {
                (true, _) => ("open", "It could not be checked everywhere.".to_owned()),
                (false, places) if partial => (
                    "informational",
                    format!("Nothing was found at the {places} places looked at; what did not change was not judged."),
                ),
                (false, 0) => ("notApplicable", "There was nothing to look at.".to_owned()),
                (false, 1) => ("pass", "Nothing is wrong at the one place looked at.".to_owned()),
                (false, places) => ("pass", format!("Nothing is wrong at the {places} places looked at.")),
            };
            let mut entry = json!({
                "ruleId": self.report.rules[at].id,
                "ruleIndex": index,
                "kind": kind,
                "level": "none",
                "message": { "text": text },
                "locations": place.iter().collect::<Vec<_>>(),
                "partialFingerprints": { "assize/v1": format!("{}:{}", kind, self.report.rules[at].id) },
            });
            if let Some(clause) = self.report.rules[at].clause {
                entry["taxa"] = json!(self.taxonomies.reference(clause).into_iter().collect::<Vec<_>>());
            }
            entry
        })
    }

    fn rank(&self, finding: &Finding) -> Option<u32> {
        Some(order::harm(self.report, finding)).filter(|&harm| harm > 0)
    }
}
