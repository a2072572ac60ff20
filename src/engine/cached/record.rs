//! What one file came to, as it is kept: JSON, in lists where members are many. Reading refuses whatever
//! this plan could not have written.

use crate::engine::gather::{Harvest, Taken};
use crate::engine::rounds::First;
use crate::engine::run::{INSIDE, Judged, Raw, Setting};
use crate::engine::survey::{Root, Surveyed};
use crate::finding::{FileId, Finding, Location, Outcome, PathStep, Related, RuleId, Severity};
use crate::target::{self, Grammar};
use assize_tree::document::NodeId;
use assize_tree::text::Span;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Serialize, Deserialize)]
struct Record {
    target: Option<String>,
    version: Option<String>,
    note: Option<String>,
    like: Option<String>,
    publisher: Option<String>,
    unknown: Option<String>,
    read: u64,
    binary: bool,
    marked: bool,
    roots: Vec<(u32, String)>,
    judged: Vec<JudgedRecord>,
    taken: Vec<TakenRecord>,
    untaken: Vec<(usize, String)>,
}

#[derive(Serialize, Deserialize)]
struct JudgedRecord {
    findings: Vec<FindingRecord>,
    unknown: Vec<(usize, String)>,
    rules: Vec<(usize, u64)>,
}

#[derive(Serialize, Deserialize)]
struct FindingRecord {
    rule: u32,
    severity: Severity,
    place: PlaceRecord,
    related: Vec<(PlaceRecord, String)>,
    message: String,
    hint: Option<String>,
    pointer: String,
}

/// Node, start, end, path.
type PlaceRecord = (Option<u32>, u32, u32, Vec<PathStep>);

#[derive(Serialize, Deserialize)]
struct TakenRecord {
    rule: usize,
    set: usize,
    value: Option<String>,
    key: String,
    place: PlaceRecord,
    pointer: String,
}

/// A place in the file itself; `None` for one anywhere else.
fn place(location: &Location, own: FileId) -> Option<PlaceRecord> {
    (location.file == Some(own)).then(|| {
        (location.node.map(|node| node.0), location.span.start, location.span.end, location.path.clone())
    })
}

fn location((node, start, end, path): PlaceRecord, own: FileId) -> Location {
    Location { file: Some(own), node: node.map(NodeId), span: Span::new(start, end), path }
}

/// What a file came to, to be kept; `None` where it may not be.
pub(super) fn write(setting: &Setting<'_>, index: usize, first: &First) -> Option<Vec<u8>> {
    let own = FileId::of_index(index);
    let (surveyed, harvest) = (&first.surveyed, &first.harvest);
    let alone = surveyed.roots.iter().all(|root| root.grammar == Grammar::None);
    // One that gives itself an address may be referred to by it.
    let addressed = surveyed
        .document
        .as_deref()
        .is_some_and(|document| document.root().is_some_and(|root| document.get(root, "$id").is_some()));
    if !alone || addressed || !surveyed.problems.is_empty() {
        return None;
    }
    let mut judged = Vec::new();
    for part in &first.judged {
        if !part.blind.is_empty() || part.unknown.iter().any(|(_, reason)| reason == INSIDE) {
            return None;
        }
        let mut findings = Vec::new();
        for raw in &part.findings {
            let finding = &raw.finding;
            if raw.description != own || finding.fix.is_some() || finding.outcome != Outcome::Open {
                return None;
            }
            let mut related = Vec::new();
            for one in &finding.related {
                related.push((place(&one.location, own)?, one.message.clone()));
            }
            findings.push(FindingRecord {
                rule: finding.rule.0,
                severity: finding.severity,
                place: place(&finding.primary, own)?,
                related,
                message: finding.message.clone(),
                hint: finding.hint.clone(),
                pointer: raw.pointer.clone(),
            });
        }
        judged.push(JudgedRecord {
            findings,
            unknown: part.unknown.clone(),
            rules: part.rules.iter().map(|(rule, (places, _))| (*rule, *places)).collect(),
        });
    }
    let mut taken = Vec::new();
    for one in &harvest.taken {
        taken.push(TakenRecord {
            rule: one.rule,
            set: one.set,
            value: one.value.clone(),
            key: one.key.clone(),
            place: place(&one.location, own)?,
            pointer: one.pointer.clone(),
        });
    }
    let record = Record {
        target: surveyed.target.clone(),
        version: surveyed.version.clone(),
        note: surveyed.note.clone(),
        like: surveyed.like.map(str::to_owned),
        publisher: surveyed.publisher.map(str::to_owned),
        unknown: surveyed.unknown.clone(),
        read: surveyed.read,
        binary: surveyed.binary,
        marked: setting.workspace.is_marked(index),
        roots: surveyed.roots.iter().map(|root| (root.node.0, root.kind.to_owned())).collect(),
        judged,
        taken,
        untaken: harvest.unknown.clone(),
    };
    serde_json::to_vec(&record).ok()
}

/// The text that places are counted in; `None` for a file that is not plainly UTF-8.
fn text(bytes: &[u8]) -> Option<&str> {
    std::str::from_utf8(bytes).ok().map(|text| text.strip_prefix('\u{feff}').unwrap_or(text))
}

impl Record {
    /// Whether every place stands in the text of the file.
    fn fits(&self, bytes: &[u8]) -> bool {
        let findings = self.judged.iter().flat_map(|part| &part.findings);
        let mut places = findings
            .flat_map(|one| std::iter::once(&one.place).chain(one.related.iter().map(|(place, _)| place)))
            .chain(self.taken.iter().map(|one| &one.place))
            .peekable();
        if places.peek().is_none() {
            return true;
        }
        let Some(text) = text(bytes) else { return false };
        places.all(|&(_, start, end, _)| text.get(start as usize..end as usize).is_some())
    }
}

/// What was kept of a file; `None` where it is not what this plan writes.
pub(super) fn read(setting: &Setting<'_>, index: usize, bytes: &[u8], value: &[u8]) -> Option<First> {
    let record: Record = serde_json::from_slice(value).ok()?;
    if !record.fits(bytes) {
        return None;
    }
    let own = FileId::of_index(index);
    let rules = setting.plan.rules.len();
    let known = |list: &[(usize, String)]| list.iter().all(|(rule, _)| *rule < rules);
    let mut roots = Vec::new();
    for (node, kind) in record.roots {
        let kind = target::specific(&kind).into_iter().find(|name| *name == kind)?;
        roots.push(Root { node: NodeId(node), kind, grammar: Grammar::None });
    }
    let like = match record.like {
        Some(like) => Some(target::all_names().find(|name| *name == like)?),
        None => None,
    };
    let publisher = match record.publisher {
        Some(publisher) => Some(target::PUBLISHERS.into_iter().find(|name| *name == publisher)?),
        None => None,
    };
    let mut judged = Vec::new();
    for part in record.judged {
        if !known(&part.unknown) || part.rules.iter().any(|(rule, _)| *rule >= rules) {
            return None;
        }
        let mut findings = Vec::new();
        for one in part.findings {
            if !(setting.offset..setting.offset + rules).contains(&(one.rule as usize)) {
                return None;
            }
            let related = one.related.into_iter();
            findings.push(Raw {
                finding: Finding {
                    rule: RuleId(one.rule),
                    severity: one.severity,
                    primary: location(one.place, own),
                    related: related
                        .map(|(place, message)| Related { location: location(place, own), message })
                        .collect(),
                    message: one.message,
                    hint: one.hint,
                    fix: None,
                    fingerprint: String::new(),
                    outcome: Outcome::Open,
                },
                pointer: one.pointer,
                description: own,
            });
        }
        let rules: BTreeMap<usize, (u64, Duration)> =
            part.rules.into_iter().map(|(rule, places)| (rule, (places, Duration::ZERO))).collect();
        judged.push(Judged { findings, unknown: part.unknown, blind: Vec::new(), rules });
    }
    if !known(&record.untaken) || record.taken.iter().any(|one| one.rule >= rules) {
        return None;
    }
    let taken = record.taken.into_iter().map(|one| Taken {
        rule: one.rule,
        set: one.set,
        value: one.value,
        key: one.key,
        location: location(one.place, own),
        pointer: one.pointer,
    });
    let harvest = Harvest { taken: taken.collect(), unknown: record.untaken, lost: Vec::new() };
    if record.marked {
        setting.workspace.mark(index);
    }
    let surveyed = Surveyed {
        target: record.target,
        version: record.version,
        note: record.note,
        like,
        publisher,
        document: None,
        roots,
        problems: Vec::new(),
        unknown: record.unknown,
        read: record.read,
        binary: record.binary,
    };
    Some(First { surveyed, judged, harvest })
}
