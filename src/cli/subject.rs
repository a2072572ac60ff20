//! What a statement is about, judged: shared by `statement`, `facts` and `verify`.

use super::accept::{clock, in_root, text};
use super::trouble::Trouble;
use super::{exit, packs};
use crate::config::{self, Config, SystemConfig};
use crate::engine::{Options, Plan, Report, judge};
use crate::pack::profile::LoadedProfile;
use crate::pack::{Pack, PackError, embedded};
use crate::spectral::{Reading, Ruleset};
use crate::standard::{Authorities, Date};
use crate::verdict::Known;
use crate::verdict::evidence::{self, Ledger, Outcome};
use crate::verdict::facts::{self, Fact, Source as FactSource};
use crate::verdict::roles::Roles;
use crate::verdict::settle::{Setting as Settle, Source, settle};
use crate::verdict::statement::digest::{sha256, tree};
use crate::verdict::statement::{
    self, FilePart, Identity, NamedPart, PackPart, ResultName, Statement, System, ToolPart, assemble,
};
use crate::verdict::table::EvidenceState;
use crate::verdict::waiver::{Register, Terms};
use crate::workspace::{Disk, Workspace};
use assize_tree::document::de::{closest, from_node};
use assize_tree::document::{Format, Limits, detect};
use clap::Args;
use globset::{Glob, GlobSetBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Arguments that say what is judged, by what, as of when. A statement records them.
#[derive(Args, Clone, Debug, Default)]
pub(super) struct SubjectArguments {
    /// Folder to judge as a whole repository
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// The buyer's choice of standards: an embedded profile's name, or a file
    #[arg(long, short = 'P', value_name = "NAME|FILE")]
    pub(super) profile: Option<String>,
    /// Where packs of the profile lie that are not embedded, and Spectral rulesets that clauses of them are decided by (repeatable)
    #[arg(long = "pack", value_name = "FILE|FOLDER")]
    pub(super) packs: Vec<String>,
    #[command(flatten)]
    pub(super) trust: packs::TrustArguments,
    /// The day that chooses editions, in UTC: that of the contract [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<Date>,
    /// The day that decides what has expired, in UTC [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) clock: Option<Date>,
    /// A fact of the system, true or false: `public=true` (repeatable)
    #[arg(long = "fact", value_name = "NAME=BOOL", value_parser = super::check::fact)]
    pub(super) facts: Vec<(String, bool)>,
    /// What the buyer says of the system: a YAML file with commit, contract-date, supplier, facts
    #[arg(long, value_name = "FILE")]
    pub(super) manifest: Option<PathBuf>,
    /// Settings of the repository as exported from its forge, a JSON file
    #[arg(long, value_name = "FILE")]
    pub(super) settings: Option<PathBuf>,
    /// Waivers, instead of the assize-waivers.yaml of the judged folder
    #[arg(long, value_name = "FILE")]
    pub(super) waivers: Option<PathBuf>,
    /// Do not let comments in judged files explain findings
    #[arg(long)]
    pub(super) no_inline_ignores: bool,
    /// Do not read the assize.toml of the judged folder
    #[arg(long)]
    pub(super) no_config: bool,
    /// Name of the system, where the folder holds several
    #[arg(long, value_name = "NAME")]
    pub(super) system: Option<String>,
    /// Look at files that .gitignore names as well; always so where the folder is no git checkout
    #[arg(long)]
    pub(super) no_ignore: bool,
}

/// What a buyer says of a system.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
struct Manifest {
    /// Name of the system.
    system: Option<String>,
    /// The commit that the tree was taken from.
    commit: Option<String>,
    /// The day of the contract.
    contract_date: Option<Date>,
    /// Who supplies the system.
    supplier: Option<String>,
    /// Facts.
    facts: BTreeMap<String, bool>,
}

/// A tree, judged, with all that its statements are made from.
pub(super) struct Subject {
    arguments: SubjectArguments,
    pub(super) profile: LoadedProfile,
    pub(super) plan: Plan,
    authorities: Authorities,
    pub(super) report: Report,
    workspace: Workspace,
    config: Config,
    configuration: Option<FilePart>,
    manifest: Manifest,
    settings: Option<serde_json::Value>,
    register: Option<Register>,
    ledger: Ledger,
    beside: Vec<FilePart>,
    as_of: Date,
    clock: Date,
}

fn digest_of(what: &str, path: &Path) -> Result<FilePart, Trouble> {
    let bytes = fs::read(path)
        .map_err(|error| Trouble::usage(format!("{} cannot be read: {error}.", path.display())))?;
    Ok(FilePart { what: what.to_owned(), path: path.display().to_string(), sha256: sha256(&bytes) })
}

fn read_manifest(path: Option<&Path>) -> Result<Manifest, Trouble> {
    let Some(path) = path else { return Ok(Manifest::default()) };
    let text = text(path)?;
    let document = detect::parse(Format::Yaml, Arc::clone(&text), Limits::default());
    let wrong = |problems| {
        Trouble::Files(vec![PackError {
            path: path.display().to_string(),
            text: Some(text.clone()),
            problems,
        }])
    };
    if !document.problems().is_empty() {
        return Err(wrong(document.problems().to_vec()));
    }
    document.root().map_or_else(
        || Ok(Manifest::default()),
        |root| from_node(&document, root).map_err(|problem| wrong(vec![problem])),
    )
}

/// The facts that rules can look at: what was said, the buyer's word before the supplier's. A
/// supplier's word against a duty is a matter for the verdict, which knows what detection found.
fn told(
    arguments: &SubjectArguments,
    config: &Config,
    manifest: &Manifest,
    profile: &LoadedProfile,
    settings: Option<&serde_json::Value>,
) -> BTreeMap<String, bool> {
    let mut told = config.facts.clone();
    // Of several systems in one tree each has its own; a rule sees the tree as one.
    if let [system] = config.system.as_slice() {
        told.extend(system.facts.clone());
    }
    told.extend(arguments.facts.iter().cloned());
    told.extend(facts::of_settings(settings));
    told.extend(profile.form.facts.clone());
    told.extend(manifest.facts.clone());
    told
}

/// The packs of a profile: embedded ones by name, others where the command line says.
fn packs_of(profile: &LoadedProfile, further: &[String]) -> Result<(Vec<Pack>, Authorities), Trouble> {
    let (mut given, authorities) = if further.is_empty() {
        (Vec::new(), embedded::authorities().clone())
    } else {
        packs::packs(further)?
    };
    let mut found = Vec::new();
    for selection in &profile.form.standards {
        if let Some(at) = given.iter().position(|pack| pack.form.pack == selection.pack) {
            found.push(given.swap_remove(at));
            continue;
        }
        match embedded::load(&selection.pack) {
            Some(pack) => found.push(pack?),
            None => {
                let names = embedded::names();
                let near = closest(&selection.pack, names.iter().map(String::as_str));
                return Err(Trouble::hint(
                    format!(
                        "The profile {} names the pack \"{}\", which is not there.",
                        profile.form.profile, selection.pack
                    ),
                    near.map_or_else(
                        || "Say where it lies with --pack.".to_owned(),
                        |near| format!("Did you mean \"{near}\"?"),
                    ),
                ));
            }
        }
    }
    Ok((found, authorities))
}

impl Subject {
    /// Reads and judges what the arguments name. `profile` stands in where none is named.
    pub(super) fn judge(arguments: &SubjectArguments, profile: LoadedProfile) -> Result<Self, Trouble> {
        super::check::threads(None)?;
        let shown = arguments.path.display().to_string();
        let root = arguments
            .path
            .canonicalize()
            .map_err(|error| Trouble::usage(format!("{shown} cannot be judged: {error}.")))?;
        if !root.is_dir() {
            return Err(Trouble::hint(
                format!("{shown} is no folder."),
                "A statement is about a whole repository; `assize check` judges single files.",
            ));
        }
        // Keys come from the command line alone: the judged tree names nobody to trust.
        if let Some(file) = &profile.file {
            packs::signed_file(file, &packs::read_keys(arguments.trust.pack_keys.iter())?)?;
        }
        let (rulesets, further) = packs::rulesets(&arguments.packs);
        let (packs, authorities) = packs_of(&profile, &further)?;
        profile.check(&packs)?;
        let mut plan = Plan::new(packs, &authorities)?;
        let mut beside = Vec::new();
        for name in &rulesets {
            let ruleset = Ruleset::read(Path::new(name), &Reading::default())?;
            for file in ruleset.definition.files() {
                beside.push(digest_of("ruleset", &file)?);
            }
            plan.add_ruleset(ruleset);
        }
        packs::trust(&plan, &arguments.trust, &[], Some(&root))?;
        let own = root.join(config::NAME);
        let (config, configuration) = if arguments.no_config || !own.is_file() {
            (Config::default(), None)
        } else {
            let config = config::read(&own).map_err(|error| Trouble::Files(vec![error]))?;
            (config, Some(FilePart { path: config::NAME.to_owned(), ..digest_of("configuration", &own)? }))
        };
        for (what, path) in [
            ("manifest", &arguments.manifest),
            ("settings", &arguments.settings),
            ("waivers", &arguments.waivers),
        ] {
            if let Some(path) = path {
                beside.push(digest_of(what, path)?);
            }
        }
        let manifest = read_manifest(arguments.manifest.as_deref())?;
        let settings = arguments.settings.as_deref().map(super::check::settings).transpose()?;
        let limits = Limits::default();
        // In a checkout git itself leaves the ignored files out; in a tree that was handed over a
        // .gitignore would only hide what was handed over.
        let obey = !arguments.no_ignore && root.join(".git").exists();
        let disk = Disk::new(&root).obey_ignore_files(obey).largest(limits.bytes);
        let workspace = Workspace::new(Box::new(disk), limits, true);
        if workspace.entries().is_empty() {
            return Err(Trouble::usage(format!("There is no file to judge in {shown}.")));
        }
        let told = told(arguments, &config, &manifest, &profile, settings.as_ref());
        let clock = clock(arguments.clock)?;
        let options = Options {
            settings: settings.as_ref(),
            facts: Some(&told),
            today: Some(arguments.as_of.unwrap_or(clock)),
            ..Options::default()
        };
        let mut report = judge(&plan, &workspace, options);
        let waivers = match &arguments.waivers {
            Some(path) => Some(Source { path: path.to_string_lossy().replace('\\', "/"), text: text(path)? }),
            None => in_root(&root, limits).map_err(|problem| Trouble::usage(problem.message))?,
        };
        let terms = Terms {
            approvers: &profile.form.approvers,
            longest: profile.form.longest_waiver,
            clock,
            system: arguments.system.as_deref(),
        };
        let setting = Settle {
            terms,
            waivers: waivers.as_ref(),
            comments: !arguments.no_inline_ignores,
            declared: &config.declared(),
        };
        let register = settle(&mut report, &workspace, &Known::new(&plan), setting);
        let terms = evidence::Terms { clock, roles: &profile.form.evidence_roles, release: None };
        let digest = |path: &str| evidence::digest(&workspace, path);
        let files = evidence::gather(&workspace, true);
        let ledger = Ledger::judge(&files, terms, &Known::new(&plan), &digest);
        Ok(Self {
            arguments: arguments.clone(),
            profile,
            plan,
            authorities,
            report,
            workspace,
            config,
            configuration,
            manifest,
            settings,
            register,
            ledger,
            beside,
            as_of: arguments.as_of.unwrap_or(clock),
            clock,
        })
    }

    /// The systems that statements are made of.
    pub(super) fn systems(&self) -> Result<Vec<SystemConfig>, Trouble> {
        let wanted = self.arguments.system.as_ref().or(self.manifest.system.as_ref());
        let declared = &self.config.system;
        match wanted {
            None if declared.is_empty() => {
                Ok(vec![SystemConfig { name: self.folder_name(), ..SystemConfig::default() }])
            }
            None => Ok(declared.clone()),
            Some(name) if declared.is_empty() => {
                Ok(vec![SystemConfig { name: name.clone(), ..SystemConfig::default() }])
            }
            Some(name) => {
                let found = declared.iter().find(|system| system.name == *name).cloned();
                found.map(|system| vec![system]).ok_or_else(|| {
                    let names: Vec<&str> = declared.iter().map(|system| system.name.as_str()).collect();
                    Trouble::hint(
                        format!("assize.toml has no system \"{name}\"."),
                        format!("It has: {}.", names.join(", ")),
                    )
                })
            }
        }
    }

    /// The records of evidence in the tree.
    pub(super) fn records(&self) -> &[evidence::Judged] {
        &self.ledger.records
    }

    fn folder_name(&self) -> String {
        let folder = self.arguments.path.canonicalize().ok();
        let name = folder.as_ref().and_then(|folder| folder.file_name());
        name.map_or_else(|| "repository".to_owned(), |name| name.to_string_lossy().into_owned())
    }

    fn system(&self, form: &SystemConfig) -> Result<System, Trouble> {
        let mut globs = GlobSetBuilder::new();
        for glob in &form.paths {
            let wrong = |error: globset::Error| Trouble::usage(format!("The system {}: {error}.", form.name));
            globs.add(Glob::new(glob).map_err(wrong)?);
        }
        let globs = globs.build().map_err(|error| Trouble::usage(error.to_string()))?;
        Ok(System {
            name: form.name.clone(),
            path: self.arguments.path.display().to_string(),
            files: form.paths.clone(),
            globs: (!form.paths.is_empty()).then_some(globs),
            supplier: self.manifest.supplier.clone().or_else(|| form.supplier.clone()),
        })
    }

    pub(super) fn roles(&self) -> Roles {
        Roles::tell(&self.report, &self.workspace, &self.config.declared())
    }

    pub(super) fn facts(&self, system: &SystemConfig, roles: &Roles) -> Vec<Fact> {
        let mut declared = Vec::new();
        let supplier = |place: &str| FactSource::Supplier(place.to_owned());
        let buyer = |place: String| FactSource::Buyer(place);
        declared.extend(
            self.config.facts.iter().map(|(name, value)| (name.clone(), *value, supplier("assize.toml"))),
        );
        declared
            .extend(system.facts.iter().map(|(name, value)| (name.clone(), *value, supplier("assize.toml"))));
        if let Some(lifecycle) = &system.lifecycle {
            declared.push(("retired".to_owned(), lifecycle == "retired", supplier("assize.toml")));
        }
        declared.extend(
            self.arguments.facts.iter().map(|(name, value)| (name.clone(), *value, supplier("--fact"))),
        );
        let is_named = !self.config.system.is_empty()
            || self.arguments.system.is_some()
            || self.manifest.system.is_some();
        let name = is_named.then_some(system.name.as_str());
        let signed = self.register.iter().flat_map(|register| register.declared(name));
        declared.extend(signed.map(|(name, value, by)| (name, value, FactSource::Approver(by))));
        let profile = &self.profile.form;
        let of_profile = format!("the profile {}", profile.profile);
        declared.extend(
            profile.facts.iter().map(|(name, value)| (name.clone(), *value, buyer(of_profile.clone()))),
        );
        declared.extend(
            self.manifest
                .facts
                .iter()
                .map(|(name, value)| (name.clone(), *value, buyer("the manifest".to_owned()))),
        );
        facts::tell(&self.workspace, &self.report, roles, self.settings.as_ref(), &declared)
    }

    fn identity(&self) -> Identity {
        let profile = &self.profile;
        let mut tree = tree(&self.workspace);
        tree.commit = match (&self.manifest.commit, tree.commit) {
            (Some(commit), _) => Some(format!("{commit} (given by manifest)")),
            (None, found) => found,
        };
        let tool = std::env::current_exe().ok().and_then(|path| fs::read(path).ok());
        Identity {
            tree,
            tool: ToolPart {
                name: env!("CARGO_PKG_NAME"),
                version: env!("CARGO_PKG_VERSION"),
                sha256: tool.map(|bytes| sha256(&bytes)),
            },
            profile: NamedPart {
                name: profile.form.profile.clone(),
                version: profile.form.version.clone(),
                title: profile.form.title.clone(),
                sha256: profile.digest.clone(),
            },
            packs: self
                .plan
                .packs
                .iter()
                .map(|pack| PackPart {
                    name: pack.form.pack.clone(),
                    version: pack.form.version.clone(),
                    sha256: pack.digest.clone(),
                    standard: pack.form.standard.title.clone(),
                    edition: pack.form.standard.edition.clone(),
                    authority: pack.form.standard.authority.clone(),
                })
                .collect(),
            configuration: self.configuration.clone(),
            beside: self.beside.clone(),
            flags: self.flags(),
            as_of: self.as_of,
            contract_date: self.manifest.contract_date,
            clock: self.clock,
            judged_by: if self.arguments.manifest.is_some() {
                "audit".to_owned()
            } else {
                "supplier run, not audited".to_owned()
            },
        }
    }

    /// The arguments that decide what comes out, as they would be given again.
    fn flags(&self) -> Vec<String> {
        let given = &self.arguments;
        let mut flags = Vec::new();
        if let Some(profile) = &given.profile {
            flags.extend(["--profile".to_owned(), profile.clone()]);
        }
        for pack in &given.packs {
            flags.extend(["--pack".to_owned(), pack.clone()]);
        }
        for (name, value) in &given.facts {
            flags.extend(["--fact".to_owned(), format!("{name}={value}")]);
        }
        for (flag, path) in
            [("--manifest", &given.manifest), ("--settings", &given.settings), ("--waivers", &given.waivers)]
        {
            if let Some(path) = path {
                flags.extend([flag.to_owned(), path.display().to_string()]);
            }
        }
        for key in &given.trust.pack_keys {
            flags.extend(["--pack-key".to_owned(), key.clone()]);
        }
        if let Some(lock) = &given.trust.lock_file {
            flags.extend(["--lock-file".to_owned(), lock.display().to_string()]);
        }
        for (flag, on) in [
            ("--locked", given.trust.locked),
            ("--no-inline-ignores", given.no_inline_ignores),
            ("--no-config", given.no_config),
            ("--no-ignore", given.no_ignore),
        ] {
            if on {
                flags.push(flag.to_owned());
            }
        }
        if let Some(system) = &given.system {
            flags.extend(["--system".to_owned(), system.clone()]);
        }
        flags
    }

    /// What the records in the tree say of a clause.
    fn evidence(&self, clause: &str) -> EvidenceState {
        if let Some(judged) = self.ledger.of_clause(clause) {
            let record = judged.path.clone();
            return match judged.record.form.outcome {
                Outcome::Met => EvidenceState::Met { record },
                Outcome::NotMet => EvidenceState::NotMet { record },
            };
        }
        let void = self.ledger.records.iter().find(|judged| judged.clause.as_deref() == Some(clause));
        void.map_or(EvidenceState::None, |judged| {
            let problem = self.ledger.problems.iter().find(|(path, _)| *path == judged.path);
            let why = problem.map_or("it does not hold", |(_, problem)| problem.message.as_str());
            EvidenceState::Void { why: format!("{}: {}", judged.path, why.trim_end_matches('.')) }
        })
    }

    /// The statement of each system.
    pub(super) fn statements(&self) -> Result<Vec<Statement>, Trouble> {
        let roles = self.roles();
        let identity = self.identity();
        let mut found = Vec::new();
        for form in self.systems()? {
            let system = self.system(&form)?;
            let facts = self.facts(&form, &roles);
            let setting = statement::Setting {
                plan: &self.plan,
                report: &self.report,
                workspace: &self.workspace,
                roles: &roles,
                facts: &facts,
                profile: &self.profile,
                authorities: &self.authorities,
                register: self.register.as_ref(),
                evidence: &|clause, _| self.evidence(clause),
                system: &system,
                as_of: self.as_of,
                contract_date: self.manifest.contract_date,
                clock: self.clock,
            };
            found.push(assemble(&setting, identity.clone()));
        }
        Ok(found)
    }
}

/// The exit code of a result.
pub(super) const fn code(result: ResultName) -> u8 {
    match result {
        ResultName::DoesNotConform => exit::FINDINGS,
        ResultName::CannotBeDecided => exit::UNDECIDED,
        ResultName::ConformsWithWaivers | ResultName::Conforms => exit::CLEAN,
    }
}

/// The profile that the arguments name.
pub(super) fn profile(arguments: &SubjectArguments) -> Result<LoadedProfile, Trouble> {
    match &arguments.profile {
        Some(name) => Ok(LoadedProfile::find(name)?),
        None => {
            let names: Vec<&str> = embedded::profiles().keys().map(String::as_str).collect();
            Err(Trouble::hint(
                "A statement is made under a profile: --profile NAME|FILE.",
                format!("Embedded profiles: {}.", names.join(", ")),
            ))
        }
    }
}
