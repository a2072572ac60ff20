//! What a statement says beside its verdicts: descriptions, facts, findings that no clause knows of,
//! bodies that are gone or to go, and what would decide what is not decided.

use super::assemble::{Setting, place};
use super::{AuthorityPart, ClausePart, ComingPart, DescriptionPart, FactPart, OutsidePart};
use crate::finding::{FileId, Severity};
use crate::pack::form::ClauseForm;
use crate::standard::{Addressee, Truth};
use crate::verdict::authority;
use crate::verdict::table::{self, Verdict};
use assize_tree::text::Span;
use std::collections::BTreeSet;

pub(super) fn descriptions(setting: &Setting<'_>) -> Vec<DescriptionPart> {
    let mine = setting.report.descriptions.iter().filter(|one| setting.belongs(Some(FileId(one.file))));
    let mut found: Vec<DescriptionPart> = mine
        .map(|one| {
            let id = FileId(one.file);
            let known = setting.roles.get(id);
            DescriptionPart {
                path: setting.report.file(id).path.clone(),
                kind: one.kind.clone(),
                title: one.title.clone(),
                version: one.version.clone(),
                operations: one.operations,
                role: known.map_or("published", |known| known.role.name()).to_owned(),
                evidence: known.map_or_else(String::new, |known| known.evidence.clone()),
                question: known.and_then(|known| known.question.clone()),
            }
        })
        .collect();
    found.sort_by_key(|one| (one.role != "published", one.path.clone()));
    found
}

pub(super) fn facts(setting: &Setting<'_>) -> Vec<FactPart> {
    let needs = |name: &str| {
        let all = setting.plan.packs.iter().flat_map(|pack| &pack.form.clauses);
        let whose = |clause: &&ClauseForm| name == "own-code" && clause.addressee == Addressee::OwnCode;
        let named = |clause: &&ClauseForm| {
            clause.applies_when.iter().any(|wanted| wanted.trim_start_matches('!') == name)
        };
        all.filter(|clause| named(clause) || whose(clause)).count()
    };
    setting
        .facts
        .iter()
        .map(|fact| FactPart {
            name: fact.name.clone(),
            value: fact.value,
            confirm: !fact.sure,
            how: fact.how.clone(),
            question: fact.question.clone(),
            clauses: needs(&fact.name),
        })
        .collect()
}

/// Findings that no clause knows of.
pub(super) fn outside(setting: &Setting<'_>) -> Vec<OutsidePart> {
    let mut found: Vec<OutsidePart> = Vec::new();
    for finding in &setting.report.findings {
        let rule = setting.report.rule(finding.rule);
        let counts = setting.belongs(finding.primary.file) && setting.roles.counts(finding.primary.file);
        if rule.clause.is_some() || !counts || finding.severity < Severity::Warning {
            continue;
        }
        match found.iter_mut().find(|one| one.rule == rule.id) {
            Some(one) => one.count += 1,
            None => {
                let place = place(setting.report, &rule.id, finding);
                found.push(OutsidePart {
                    rule: rule.id.clone(),
                    message: finding.message.clone(),
                    first: format!("{}:{}", place.file, place.line),
                    count: 1,
                });
            }
        }
    }
    found
}

pub(super) fn authorities(setting: &Setting<'_>) -> Vec<AuthorityPart> {
    let found =
        authority::find(setting.authorities, setting.clock, setting.workspace, setting.report, setting.roles);
    found
        .into_iter()
        .filter(|one| setting.belongs(Some(one.file)))
        .map(|one| {
            let file = setting.report.file(one.file);
            let line = |span: &Span| file.text.as_ref().map_or(1, |text| text.position(span.start).line);
            let mut lines: Vec<u32> = std::iter::once(&one.span).chain(&one.again).map(line).collect();
            lines.dedup();
            let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
            AuthorityPart {
                place: format!("{}:{}", file.path, lines.join(",")),
                name: one.name,
                as_what: one.as_what.to_owned(),
                successor: one.successor,
                on: Some(one.on),
            }
        })
        .collect()
}

/// What is announced of the bodies that answer for the packs, and has not happened.
pub(super) fn coming(setting: &Setting<'_>) -> Vec<ComingPart> {
    let packs = setting.plan.packs.iter();
    let ids: BTreeSet<&str> = packs.map(|pack| pack.form.standard.authority.as_str()).collect();
    let known = &setting.authorities.authorities;
    let bodies = ids.into_iter().filter_map(|id| known.get(id));
    bodies
        .flat_map(|body| {
            body.announced.iter().filter(|one| one.on.is_none_or(|day| day > setting.clock)).map(|one| {
                let heir = known.get(&one.authority).map_or(&one.authority, |heir| &heir.name);
                ComingPart {
                    name: body.name.clone(),
                    successor: heir.clone(),
                    on: one.on,
                    note: one.note.clone(),
                }
            })
        })
        .collect()
}

/// What would decide what is not decided.
pub(super) fn to_decide(setting: &Setting<'_>, clauses: &[ClausePart]) -> Vec<String> {
    let mut steps = Vec::new();
    let open: Vec<&ClausePart> = clauses.iter().filter(|clause| clause.counts).collect();
    let by_fact = open.iter().filter(|clause| clause.row == table::Row::FactUnknown).count();
    let questions = facts(setting)
        .iter()
        .filter(|fact| fact.clauses > 0 && (fact.value == Truth::Unknown || fact.confirm))
        .count();
    if questions > 0 {
        let facts = if questions == 1 { "fact" } else { "facts" };
        let wait = if by_fact == 1 { "clause waits for it" } else { "clauses wait for them" };
        steps.push(format!("answer {questions} {facts} (`assize facts --ask`); {by_fact} {wait}"));
    }
    let editions = descriptions(setting).iter().filter(|one| one.question.is_some()).count();
    if editions > 0 {
        steps.push("say which edition of the description is published ([[api]] in assize.toml)".to_owned());
    }
    let records = open.iter().filter(|clause| clause.verdict == Verdict::NeedsEvidence).count();
    if records > 0 {
        let binding =
            open.iter().filter(|clause| clause.verdict == Verdict::NeedsEvidence && clause.binding).count();
        steps.push(format!(
            "supply {records} records, {binding} of them for binding musts (`assize evidence wanted`)"
        ));
    }
    if setting.workspace.entries().iter().any(|entry| entry.skip.is_none() && entry.size == 0) {
        steps.push("hand over the files that are empty here".to_owned());
    }
    if setting.workspace.git().is_none_or(|git| git.shallow) {
        steps.push("run on a full checkout (fetch-depth 0)".to_owned());
    }
    steps
}
