//! Spectral rulesets beside packs: which files they are run over, and how their results become
//! findings of the report.

use super::judge::Options;
use super::plan::Plan;
use super::report::{LookedAt, PackInfo, Report, RuleInfo, SpectralResult, Unknown};
use super::run::Raw;
use super::survey::Surveyed;
use crate::bundle::Store;
use crate::finding::{FileId, Finding, Location, Outcome, PathStep, RuleId, Severity, pointer};
use crate::spectral::{Ruleset, Run};
use crate::target::Grammar;
use crate::workspace::Workspace;
use assize_tree::document::Format;
use rayon::prelude::*;
use std::collections::HashMap;

/// A ruleset of a plan.
pub(super) struct Member {
    ruleset: Ruleset,
    /// Index of its first rule in reports.
    pub first: usize,
    /// Its rules as reports know them.
    pub infos: Vec<RuleInfo>,
    /// From a result's code to its rule.
    codes: HashMap<String, usize>,
}

impl Member {
    /// Whether a rule of the ruleset has that name and is switched on.
    pub(super) fn has(&self, name: &str) -> bool {
        self.ruleset.built.rules.iter().any(|rule| rule.name == name && rule.enabled)
    }
}

/// Codes that Spectral gives itself.
const OWN: [(&str, &str, Severity); 3] = [
    ("parser", "The file can be parsed", Severity::Error),
    ("invalid-ref", "References lead somewhere", Severity::Error),
    ("unrecognized-format", "The document is of a format that some rule is for", Severity::Warning),
];

/// As reports know the ruleset.
pub(super) fn info(ruleset: &Ruleset) -> PackInfo {
    PackInfo {
        name: ruleset.name.clone(),
        is_ruleset: true,
        version: String::new(),
        title: format!("Spectral ruleset {}", ruleset.path),
        edition: String::new(),
        authority: String::new(),
        url: ruleset.definition.url.clone().unwrap_or_default(),
        digest: String::new(),
        left_out: None,
    }
}

fn severity(severity: i8) -> Severity {
    match severity {
        0 => Severity::Error,
        1 => Severity::Warning,
        2 => Severity::Note,
        _ => Severity::Hint,
    }
}

impl Member {
    pub(super) fn new(ruleset: Ruleset, pack: usize, first: usize) -> Self {
        let mut infos = Vec::new();
        let mut codes = HashMap::new();
        let mut add = |code: &str, title: &str, level: Severity, url: Option<&String>| {
            codes.insert(code.to_owned(), infos.len());
            infos.push(RuleInfo {
                id: format!("{}/{code}", ruleset.name),
                pack: Some(pack),
                clause: None,
                title: title.to_owned(),
                help: url.map_or_else(String::new, |url| format!("See {url}")),
                detail: String::new(),
                severity: level,
                url: url.cloned(),
                // A ruleset names the files it is run on itself.
                counts_tests: true,
                same_as: None,
            });
        };
        let overridden = ruleset.definition.overrides.iter().flat_map(|one| &one.definition.rules);
        for rule in &ruleset.built.rules {
            let title = rule.description.as_deref().unwrap_or(&rule.name);
            add(&rule.name, title, severity(rule.severity), rule.url.as_ref());
        }
        for (name, _) in overridden {
            if !ruleset.built.rules.iter().any(|rule| rule.name == *name) {
                add(name, name, Severity::Warning, None);
            }
        }
        for (code, title, level) in OWN {
            add(code, title, level, None);
        }
        Self { ruleset, first, infos, codes }
    }

    /// Keeps the rules whose full id passes.
    pub(super) fn retain(&mut self, keep: &impl Fn(&str) -> bool) {
        let name = self.ruleset.name.clone();
        for rule in &mut self.ruleset.built.rules {
            rule.enabled &= keep(&format!("{name}/{}", rule.name));
        }
    }
}

/// What the rulesets found, ruleset by ruleset and file by file.
pub(super) struct Linted<'p> {
    runs: Vec<(&'p Member, Run, Vec<String>)>,
}

/// Runs every ruleset over the API descriptions of the tree, and over every file that was named.
pub(super) fn run<'p>(
    plan: &'p Plan,
    workspace: &Workspace,
    store: &Store<'_>,
    surveyed: &[Surveyed],
    options: Options<'_>,
) -> Linted<'p> {
    if plan.rulesets.is_empty() {
        return Linted { runs: Vec::new() };
    }
    let mut files: Vec<usize> = surveyed
        .iter()
        .enumerate()
        .filter(|(index, found)| {
            let entry = &workspace.entries()[*index];
            let described =
                |root: &super::survey::Root| !matches!(root.grammar, Grammar::None | Grammar::JsonSchema);
            entry.skip.is_none()
                && if options.by_name {
                    !matches!(
                        assize_tree::document::detect::format_of_name(&entry.path),
                        Some(Format::Markdown | Format::Csv | Format::Toml)
                    )
                } else {
                    found.roots.iter().any(described)
                }
        })
        .map(|(index, _)| index)
        .collect();
    files.sort_by_key(|&index| (std::cmp::Reverse(workspace.entries()[index].size), index));
    let jobs: Vec<(usize, usize)> =
        files.iter().flat_map(|&file| (0..plan.rulesets.len()).map(move |member| (member, file))).collect();
    let mut runs: Vec<((usize, usize), Run)> = jobs
        .into_par_iter()
        .with_max_len(1)
        .filter_map(|(member, file)| {
            let document = store.load_any(file).ok()?;
            let run = plan.rulesets[member].ruleset.run(workspace, store, file, &document, options.corrected);
            Some(((member, file), run))
        })
        .collect();
    runs.sort_by_key(|&(key, _)| key);
    Linted {
        runs: runs
            .into_iter()
            .map(|((member, _), run)| {
                let paths = run
                    .files
                    .iter()
                    .map(|file| workspace.absolute(&workspace.entries()[file.0 as usize].path))
                    .collect();
                (&plan.rulesets[member], run, paths)
            })
            .collect(),
    }
}

/// Says of rules whose ruleset nobody gave that they are unknown, where they would have had something
/// to look at.
pub(super) fn unlent(plan: &Plan, report: &mut Report) {
    for (index, rule) in plan.rules.iter().enumerate().filter(|(_, rule)| rule.runs) {
        let Some(borrowed) = &rule.borrows else { continue };
        if plan.rulesets.iter().any(|member| member.has(&borrowed.rule)) {
            continue;
        }
        let concerns = |kind: Option<&str>| kind.is_some_and(|kind| rule.on.contains(&kind));
        if report.files.iter().any(|file| concerns(file.target.as_deref())) {
            let rule = Some(plan.rule_id(index));
            report.unknown.push(Unknown { file: None, rule, reason: borrowed.missing.clone() });
        }
    }
}

impl Linted<'_> {
    /// Adds what was found to a report.
    pub(super) fn add(self, plan: &Plan, report: &mut Report, raws: &mut Vec<Raw>) {
        let lent = plan.borrowers();
        let borrowers = |code: &str| lent.get(code).map_or(&[][..], Vec::as_slice);
        for (member, run, paths) in self.runs {
            let description = run.files.first().copied().unwrap_or(FileId(0));
            for (code, places) in run.linted.looked {
                for rule in borrowers(&code).iter().map(|&rule| plan.rule_id(rule)) {
                    let stats = &mut report.stats.rules[rule.0 as usize];
                    stats.files += 1;
                    stats.places += places;
                    report.looked.push(LookedAt { rule, file: Some(description), places });
                }
                if let Some(&rule) = member.codes.get(&code) {
                    let stats = &mut report.stats.rules[member.first + rule];
                    stats.files += 1;
                    stats.places += places;
                }
            }
            for (code, reason) in run.linted.unknown {
                for rule in borrowers(&code).iter().map(|&rule| plan.rule_id(rule)) {
                    let (rule, reason) = (Some(rule), reason.clone());
                    report.unknown.push(Unknown { file: Some(description), rule, reason });
                }
                let rule = member.codes.get(&code).map(|&rule| RuleId((member.first + rule) as u32));
                report.unknown.push(Unknown { file: Some(description), rule, reason });
            }
            for found in run.linted.findings {
                let Some(&rule) = member.codes.get(&found.code) else { continue };
                let doc = found.doc.unwrap_or(0) as usize;
                let own = borrowers(&found.code);
                report.spectral.push(SpectralResult {
                    code: found.code,
                    path: found.path.clone(),
                    message: found.message.clone(),
                    severity: found.severity,
                    start: found.range.start,
                    end: found.range.end,
                    source: found.doc.map(|doc| paths[doc as usize].clone()),
                });
                let path: Vec<PathStep> = found.path.into_iter().map(PathStep::Key).collect();
                let pointer = pointer(&path);
                let location = Location { file: Some(run.files[doc]), node: None, span: found.span, path };
                let raw = |rule: RuleId, severity: Severity, message: String| Raw {
                    finding: Finding {
                        rule,
                        severity,
                        primary: location.clone(),
                        related: Vec::new(),
                        message,
                        hint: None,
                        fix: None,
                        fingerprint: String::new(),
                        outcome: Outcome::Open,
                    },
                    pointer: pointer.clone(),
                    description,
                };
                // What stands for a clause is said once, as the clause's.
                for &borrower in own {
                    let rule = &plan.rules[borrower];
                    let told = rule.borrowed_message(&found.message, &location.path);
                    let severity = severity(found.severity).min(rule.info.severity);
                    raws.push(raw(plan.rule_id(borrower), severity, told));
                }
                if own.is_empty() {
                    let rule = RuleId((member.first + rule) as u32);
                    raws.push(raw(rule, severity(found.severity), found.message));
                }
            }
        }
    }
}
