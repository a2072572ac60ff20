//! What a run came to: everything a report format may print, and nothing of how it was found.

use super::builtin;
use super::changed::Scope;
use crate::finding::{File, FileId, Finding, Location, Outcome, Related, RuleId, Severity, fingerprint};
use crate::pack::form::Mend;
use crate::standard::{Certainty, Level, Standing};
use assize_tree::text::Span;
use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

/// The result of judging one workspace (or several, merged).
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// The packs that were used.
    pub packs: Vec<PackInfo>,
    /// Every rule that was used or that has a finding; [`RuleId`] is an index into it.
    pub rules: Vec<RuleInfo>,
    /// Results of Spectral rulesets as Spectral would print them, document by document.
    pub spectral: Vec<SpectralResult>,
    /// Every clause of the packs; rules name theirs by index.
    pub clauses: Vec<ClauseInfo>,
    /// Every file that was seen; [`FileId`] is an index into it.
    pub files: Vec<File>,
    /// What is wrong, sorted by file, place and rule.
    pub findings: Vec<Finding>,
    /// What could not be checked, and why.
    pub unknown: Vec<Unknown>,
    /// API descriptions, each with what it says of itself and the files it is made of.
    pub descriptions: Vec<Description>,
    /// Where each rule looked: what a verdict rests on.
    pub looked: Vec<LookedAt>,
    /// Empty files that a rule would have had to look into.
    pub blind: Vec<Blind>,
    /// Counts and times.
    pub stats: Stats,
    /// Findings were held against those of another day: a baseline, or an earlier commit.
    pub compared: bool,
    /// What can fail the run.
    pub gate: Gate,
    /// Of each tree of which only what changed was to be judged, what that came to.
    pub scopes: Vec<Scope>,
    /// What whoever asked should know of how they asked; it decides nothing.
    pub notices: Vec<String>,
}

/// What can fail a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gate {
    /// Every open finding of a severity.
    #[default]
    All,
    /// Open findings of clauses that bind (musts in law or contract), and those about waivers that
    /// are not what they seem.
    Binding,
}

/// Something the engine's own rules find after judging: of waivers, comments, baselines, evidence.
#[derive(Clone, Debug)]
pub struct Note {
    /// The file; `None` for the repository as a whole.
    pub file: Option<FileId>,
    /// What is wrong; its code is the name of the rule.
    pub problem: assize_tree::text::Problem,
    /// Names it within the file from one run to the next.
    pub pointer: String,
}

impl Report {
    /// What was judged of a tree of which something was left out; nobody may take a rule that found
    /// nothing there to be met.
    #[must_use]
    pub fn partial(&self) -> Option<&Scope> {
        self.scopes.iter().find(|scope| scope.is_partial())
    }

    /// Whether the run fails. `level` is the lowest severity that makes it; none does for `None`.
    #[must_use]
    pub fn fails(&self, level: Option<Severity>) -> bool {
        let open = || self.findings.iter().filter(|finding| finding.outcome.is_open());
        let Some(level) = level else { return false };
        open().any(|finding| match self.gate {
            Gate::All => finding.severity >= level,
            Gate::Binding => finding.severity >= Severity::Error && self.binds(finding.rule),
        })
    }

    /// Whether a rule tests a must in law or contract, or holds waivers to their word.
    #[must_use]
    pub fn binds(&self, rule: RuleId) -> bool {
        match self.clause_of(rule) {
            Some(clause) => matches!(clause.level, Level::Must | Level::MustNot) && clause.standing.binds(),
            None => self.rule(rule).id == "assize/waiver-signature",
        }
    }

    /// Whether something that could not be checked is what was left out since it did not change.
    #[must_use]
    pub fn is_scope(&self, unknown: &Unknown) -> bool {
        let all = unknown.rule.is_none() && unknown.file.is_none_or(|file| self.file(file).folder);
        all && self.scopes.iter().any(|scope| scope.said() == unknown.reason)
    }

    /// Adds findings of the engine's own rules, in their places.
    pub fn add(&mut self, notes: Vec<Note>) {
        let mut seen = std::collections::HashMap::new();
        for note in notes {
            let Some(rule) = builtin::find(note.problem.code) else { continue };
            let ordinal: &mut u32 = seen.entry((rule, note.file, note.pointer.clone())).or_default();
            let path = note.file.map_or("", |file| self.file(file).path.as_str());
            let name = fingerprint(&self.rules[rule].id, path, &note.pointer, *ordinal);
            *ordinal += 1;
            let place = |span| match note.file {
                Some(file) => Location::of_span(file, span),
                None => Location::repository(),
            };
            self.findings.push(Finding {
                rule: RuleId(rule as u32),
                severity: builtin::ALL[rule].severity,
                primary: place(note.problem.span),
                related: note
                    .problem
                    .related
                    .iter()
                    .map(|(span, message)| Related { location: place(*span), message: message.clone() })
                    .collect(),
                message: note.problem.message,
                hint: note.problem.hint,
                fix: None,
                fingerprint: name,
                outcome: Outcome::Open,
            });
        }
        self.findings.sort_by_key(|finding| {
            (finding.primary.file, finding.primary.span.start, finding.primary.span.end, finding.rule)
        });
    }

    /// Number of files seen.
    #[must_use]
    pub fn file_count(&self) -> usize {
        self.files.iter().filter(|file| !file.folder).count()
    }

    /// A rule by its id.
    #[must_use]
    pub fn rule(&self, id: RuleId) -> &RuleInfo {
        &self.rules[id.0 as usize]
    }

    /// A file by its id.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.0 as usize]
    }

    /// The clause of a rule, where it has one.
    #[must_use]
    pub fn clause_of(&self, id: RuleId) -> Option<&ClauseInfo> {
        self.rule(id).clause.map(|clause| &self.clauses[clause])
    }
}

/// Places that a rule looked at in one judged description or file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// The rule.
    pub rule: RuleId,
    /// The description or file; `None` for the repository as a whole.
    pub file: Option<FileId>,
    /// How many places. None is not the same as not having looked.
    pub places: u64,
}

/// What a rule would have had to look into, and which holds nothing. A file of no bytes is not a
/// clean one: in a tree that was handed over emptied it stands for what nobody may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blind {
    /// The rule.
    pub rule: RuleId,
    /// The empty files.
    pub files: Vec<FileId>,
}

/// An API description as it speaks of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Description {
    /// Index of its file.
    pub file: u32,
    /// What it was taken for: `openapi-3.0`.
    pub kind: String,
    /// `info.title`.
    pub title: Option<String>,
    /// `info.version`.
    pub version: Option<String>,
    /// `info.contact.name`, with where it stands.
    pub contact: Option<(String, Span)>,
    /// URLs of its servers, or host and base path of a Swagger 2.0 description.
    pub servers: Vec<String>,
    /// Number of operations.
    pub operations: u32,
    /// Media types named anywhere in it.
    pub media: Vec<String>,
    /// A member that a gateway's deployment tool writes (`x-amazon-apigateway-...`), where one is.
    pub deployment: Option<String>,
    /// It describes no operation and names no server, and holds components for other descriptions.
    pub parts_only: bool,
    /// Every file it is made of, itself first.
    pub files: Vec<FileId>,
}

/// A pack that was used.
#[derive(Clone, Debug)]
pub struct PackInfo {
    /// Its name: `uk/nhs-number`.
    pub name: String,
    /// Its version.
    pub version: String,
    /// It is a Spectral ruleset.
    pub is_ruleset: bool,
    /// Title of the standard it holds; empty for a ruleset without one.
    pub title: String,
    /// Edition of the standard.
    pub edition: String,
    /// Name of the body that answers for it.
    pub authority: String,
    /// Where the standard is published.
    pub url: String,
    /// SHA-256 of the pack's files, in hexadecimal.
    pub digest: String,
    /// Why its findings were left out, where nobody asked for the pack and the system gives no cause.
    pub left_out: Option<String>,
}

/// A rule, as reports need it.
#[derive(Clone, Debug)]
pub struct RuleInfo {
    /// Full id: `uk/api-design/https-servers`, `assize/syntax`.
    pub id: String,
    /// Index of its pack, `None` for the engine's own rules.
    pub pack: Option<usize>,
    /// Index of its clause.
    pub clause: Option<usize>,
    /// What it tests, as a sentence without its full stop or the clause's title.
    pub title: String,
    /// What to do about its findings.
    pub help: String,
    /// More about it (Markdown).
    pub detail: String,
    /// Severity of its findings.
    pub severity: Severity,
    /// Where its clause can be read.
    pub url: Option<String>,
    /// Whether its findings in files of tests count like others.
    pub counts_tests: bool,
    /// The engine's rule that finds the same fault.
    pub same_as: Option<String>,
}

/// A clause, as reports need it.
#[derive(Clone, Debug)]
pub struct ClauseInfo {
    /// Full id: pack and clause, `uk/api-design/https`.
    pub id: String,
    /// Index of its pack.
    pub pack: usize,
    /// Its number or id at the source: `UK-API-TLS-01`.
    pub source: String,
    /// The demand in a sentence.
    pub title: String,
    /// How strongly it demands.
    pub level: Level,
    /// Why it binds.
    pub standing: Standing,
    /// How sure we are of its wording.
    pub certainty: Certainty,
    /// Where it can be read.
    pub url: String,
    /// Breaking it does more harm than its level tells.
    pub urgent: bool,
    /// How grave a breach would be for security, 0.1 to 10; `None` where it is no matter of security.
    pub security: Option<f64>,
    /// Where its findings are mended.
    pub mend: Mend,
}

/// Something that could not be checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// The file; `None` for the repository as a whole.
    pub file: Option<FileId>,
    /// The rule that could not answer; `None` where a whole file could not be judged.
    pub rule: Option<RuleId>,
    /// Why, as a sentence.
    pub reason: String,
}

/// Counts and times of a run. Times never reach a report unless asked for: output is deterministic.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Bytes read.
    pub bytes: u64,
    /// Per rule: places looked at and findings.
    pub rules: Vec<RuleStats>,
    /// Number of rules that were not asked since they look at the repository as a whole.
    pub rules_left_out: usize,
    /// Wall time of each phase, in order.
    pub phases: Vec<(&'static str, Duration)>,
}

/// What one rule did.
#[derive(Clone, Copy, Debug, Default)]
pub struct RuleStats {
    /// Places it looked at.
    pub places: u64,
    /// Files of a kind it runs on.
    pub files: u64,
    /// CPU time of its checks, where timings were asked for.
    pub time: Duration,
}

/// A result of a Spectral ruleset in Spectral's own terms.
#[derive(Clone, Debug, PartialEq)]
pub struct SpectralResult {
    /// The rule's name in its ruleset.
    pub code: String,
    /// Path of the place, in texts.
    pub path: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// 0 error, 1 warning, 2 information, 3 hint.
    pub severity: i8,
    /// Line and column of the start, from 0, columns in UTF-16 units.
    pub start: (i64, i64),
    /// Line and column behind the end.
    pub end: (i64, i64),
    /// The file, with the place of the judged tree before it; none where Spectral loses it.
    pub source: Option<String>,
}

impl Report {
    /// Leaves a pack out: what its rules found and could not tell.
    pub fn leave_out(&mut self, pack: usize, why: String) {
        let rules = &self.rules;
        let own = |rule: RuleId| rules[rule.0 as usize].pack == Some(pack);
        self.findings.retain(|finding| !own(finding.rule));
        self.unknown.retain(|unknown| !unknown.rule.is_some_and(own));
        self.packs[pack].left_out = Some(why);
    }

    /// What could not be checked, by reason: the rule and where, or where alone.
    #[must_use]
    pub fn unknown_by_reason(&self) -> BTreeMap<&str, Vec<String>> {
        let mut reasons: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for unknown in &self.unknown {
            let file = unknown.file.map_or("the repository", |file| self.file(file).path.as_str());
            let what = unknown
                .rule
                .map_or_else(|| file.to_owned(), |rule| format!("{} in {file}", self.rule(rule).id));
            reasons.entry(&unknown.reason).or_default().push(what);
        }
        reasons
    }

    /// Drops what is told twice in one place: what the engine's own rules found where a pack's rule says
    /// that it finds the same, and what a pack's rule found where the rule that it is the same as did.
    pub fn tell_once(&mut self) {
        type Told<'r> = (&'r str, Option<FileId>, Span);
        let id = |rule: RuleId| self.rules[rule.0 as usize].id.as_str();
        let same = |one: &Finding| self.rules[one.rule.0 as usize].same_as.as_deref();
        let place = |of, one: &Finding| -> Told<'_> { (of, one.primary.file, one.primary.span) };
        let all = self.findings.iter();
        let claims: Vec<(&Finding, &str)> = all.filter_map(|one| Some((one, same(one)?))).collect();
        if claims.is_empty() {
            return;
        }
        let own: HashSet<Told<'_>> = claims.iter().map(|&(one, other)| place(other, one)).collect();
        let wanted: HashSet<&str> = claims.iter().map(|&(_, other)| other).collect();
        let found: HashSet<Told<'_>> = self
            .findings
            .iter()
            .filter(|one| wanted.contains(id(one.rule)))
            .map(|one| place(id(one.rule), one))
            .collect();
        let twice: Vec<bool> = self
            .findings
            .iter()
            .map(|one| match same(one) {
                // Of the repository as a whole it is the same wherever the other one shows it.
                Some(other) if !other.starts_with(builtin::PREFIX) => {
                    found.contains(&place(other, one))
                        || one.primary.file.is_none() && found.iter().any(|(id, ..)| *id == other)
                }
                _ => id(one.rule).starts_with(builtin::PREFIX) && own.contains(&place(id(one.rule), one)),
            })
            .collect();
        let mut twice = twice.into_iter();
        self.findings.retain(|_| !twice.next().unwrap_or_default());
    }

    /// Drops the findings that a test of their rule's id and their severity holds for.
    pub fn forget(&mut self, test: impl Fn(&str, Severity) -> bool) {
        let rules = &self.rules;
        self.findings.retain(|finding| !test(&rules[finding.rule.0 as usize].id, finding.severity));
        self.spectral.retain(|result| {
            let severity = match result.severity {
                0 => Severity::Error,
                1 => Severity::Warning,
                2 => Severity::Note,
                _ => Severity::Hint,
            };
            !test(&format!("/{}", result.code), severity)
        });
    }
}
