//! `assize check`: the main job.

use super::accept::{self, Accept};
use super::changed::{self, Changed, Deciding};
use super::disable::Disabled;
use super::jobs::{Job, jobs};
use super::progress::Progress;
use super::trouble::Trouble;
use super::{Colour, exit, library, own_ruleset, packs};
use crate::config::{self, Config, FailOn, LimitsConfig};
use crate::engine::{Cached, Options, Report, judge};
use crate::finding::Severity;
use crate::report::{self, Origin, Reporter, Style};
use crate::spectral::{Reading, Repairs};
use crate::workspace::{Disk, Memory, Workspace};
use assize_tree::document::Limits;
use assize_tree::document::de::closest;
use clap::Args;
use std::fs::{self, File};
use std::io::{self, BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    /// Folders (judged as whole repositories) and files; `-` reads standard input
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Pack to judge by: an embedded one's name, a file or folder, or a Spectral ruleset (repeatable; default: all embedded)
    #[arg(long = "pack", short = 'r', visible_alias = "ruleset", value_name = "NAME|FILE|FOLDER")]
    packs: Vec<String>,
    /// Format of what is printed
    #[arg(long, short, value_name = "FORMAT", default_value = "pretty", value_parser = formats())]
    format: String,
    /// Write a further report to a file (repeatable)
    #[arg(long = "report", value_name = "FORMAT=FILE")]
    reports: Vec<String>,
    /// Lowest severity that makes the exit code 1 [default: error]
    #[arg(long, short = 'F', visible_alias = "fail-severity", value_name = "LEVEL")]
    fail_on: Option<FailOn>,
    /// Configuration file, instead of the assize.toml of the judged folder
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Do not read any assize.toml
    #[arg(long)]
    no_config: bool,
    /// Do not run a rule, or a pack's rules (repeatable)
    #[arg(long, value_name = "RULE")]
    disable: Vec<String>,
    /// Do not look at these files, globs as in .gitignore (repeatable)
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,
    /// Look at files that .gitignore names as well
    #[arg(long)]
    no_ignore: bool,
    /// Settings of the repository as exported from its forge, a JSON file (`settings` in rules)
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// A fact of the system, true or false: `public=true` (repeatable; `facts` in rules)
    #[arg(long = "fact", value_name = "NAME=BOOL", value_parser = fact)]
    facts: Vec<(String, bool)>,
    /// Mend known faults of Spectral where a Spectral ruleset runs: all, or those named (docs/spectral.md lists them)
    #[arg(long, value_name = "REPAIR", num_args = 0..=1, require_equals = true, value_delimiter = ',', default_missing_value = "all", value_parser = repairs())]
    corrected: Vec<String>,
    /// Do not report documents that are of no format a Spectral ruleset knows
    #[arg(long)]
    ignore_unknown_format: bool,
    /// Print only what is at or above the level of --fail-on
    #[arg(long, short = 'D')]
    display_only_failures: bool,
    /// Judge only what differs from a commit, and what refers to it [default: HEAD]; a branch is compared as a pull request is, from where it and HEAD parted
    #[arg(long, value_name = "REF", num_args = 0..=1, default_missing_value = "HEAD")]
    changed: Option<String>,
    /// Judge every file anew, whatever earlier runs kept
    #[arg(long)]
    no_cache: bool,
    /// Folder where results are kept from one run to the next, instead of the platform's
    #[arg(long, value_name = "FOLDER")]
    cache_dir: Option<PathBuf>,
    /// Name to give standard input
    #[arg(long, value_name = "NAME", default_value = "stdin")]
    stdin_filename: String,
    /// Threads to use [default: one for each processor; one for a single file below 8 MiB]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Print findings only
    #[arg(long, short)]
    quiet: bool,
    /// Print how often each rule looked and found
    #[arg(long)]
    statistics: bool,
    /// Print where the time went
    #[arg(long)]
    timings: bool,
    /// Print what each file was taken for, and judge nothing else
    #[arg(long)]
    list_files: bool,
    /// Size in bytes over which a file is not read
    #[arg(long, value_name = "BYTES", help_heading = "Limits")]
    max_file_size: Option<u64>,
    /// Levels of nesting read
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_depth: Option<u32>,
    /// Values read from a file
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_nodes: Option<u32>,
    /// Values a file may stand for with YAML aliases followed
    #[arg(long, value_name = "N", help_heading = "Limits")]
    max_expansion: Option<u64>,
    #[command(flatten)]
    trust: packs::TrustArguments,
    #[command(flatten)]
    accept: accept::AcceptArguments,
}

fn formats() -> clap::builder::PossibleValuesParser {
    report::ALL
        .iter()
        .map(|format| {
            clap::builder::PossibleValue::new(format.name()).aliases(format.aliases()).help(format.about())
        })
        .collect::<Vec<_>>()
        .into()
}

fn repairs() -> clap::builder::PossibleValuesParser {
    let all = clap::builder::PossibleValue::new("all").help("Every repair");
    let each = crate::spectral::repairs::ALL
        .iter()
        .map(|repair| clap::builder::PossibleValue::new(repair.name).help(repair.what));
    std::iter::once(all).chain(each).collect::<Vec<_>>().into()
}

pub(super) fn fact(text: &str) -> Result<(String, bool), String> {
    let (name, value) = text.split_once('=').ok_or("a name and a value are expected: public=true")?;
    let value =
        value.parse().map_err(|_| format!("the fact \"{name}\" is true or false, not \"{value}\""))?;
    Ok((name.to_owned(), value))
}

pub(super) fn settings(path: &Path) -> Result<serde_json::Value, Trouble> {
    let wrong =
        |what: String| Trouble::usage(format!("The settings {} cannot be read: {what}.", path.display()));
    let text = fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
}

/// What a run came to, before anything is printed.
pub(super) struct Judged {
    pub(super) report: Report,
    /// What was judged, as the user named it.
    pub(super) shown: Vec<String>,
    /// Where the tree comes from, where there is one of them.
    origin: Option<Origin>,
    config: Config,
}

impl Arguments {
    /// Whether only a part of what is named may be judged.
    pub(super) fn judges_part(&self) -> bool {
        self.changed.is_some()
    }
}

/// Judges what the arguments name. What the baseline accepts is not told yet.
pub(super) fn judged(arguments: &Arguments) -> Result<Judged, Trouble> {
    threads(arguments.threads.or_else(|| enough(&arguments.paths)))?;
    let (paths, reference) = match &arguments.changed {
        Some(reference) => {
            let (paths, reference) = changed::meant(&arguments.paths, reference);
            (paths, Some(reference))
        }
        None => (arguments.paths.clone(), None),
    };
    let stdin = paths.iter().any(|path| path.as_os_str() == "-");
    if stdin && reference.is_some() {
        return Err(Trouble::usage("--changed looks for what changed in folders; standard input is none."));
    }
    let jobs = jobs(&paths)?;
    let config = configuration(arguments, jobs.first())?;
    let names = if arguments.packs.is_empty() { &config.check.packs } else { &arguments.packs };
    let reading = Reading { packages: config.packages.clone(), ..Reading::default() };
    let settings = arguments.settings.as_deref().map(settings).transpose()?;
    let mut facts = config.facts.clone();
    facts.extend(arguments.facts.iter().cloned());
    facts.extend(crate::verdict::facts::of_settings(settings.as_ref()));
    let limits = LimitsConfig {
        max_file_size: arguments.max_file_size.or(config.limits.max_file_size),
        max_depth: arguments.max_depth.or(config.limits.max_depth),
        max_nodes: arguments.max_nodes.or(config.limits.max_nodes),
        max_expansion: arguments.max_expansion.or(config.limits.max_expansion),
    }
    .or(Limits::default());
    let exclude: Vec<String> = arguments.exclude.iter().chain(&config.check.exclude).cloned().collect();
    let disk = |job: &Job| {
        Disk::new(&job.root)
            .obey_ignore_files(!arguments.no_ignore)
            .exclude(exclude.clone())
            .largest(limits.bytes)
    };
    let deciding = Deciding {
        config: configuration_file(arguments, jobs.first()),
        files: arguments.settings.iter().map(PathBuf::as_path).chain(arguments.accept.files()).collect(),
        packs: names,
        own_ruleset: names.is_empty() && !arguments.no_config,
        no_config: arguments.no_config,
    };
    let changed = reference.as_deref().map(|reference| {
        let find = |job| Changed::find(job, disk(job), reference, limits, &deciding);
        jobs.iter().map(find).collect::<Result<Vec<_>, _>>()
    });
    let changed = changed.transpose()?;
    let mut plan = if names.is_empty() {
        let kinds = match &changed {
            Some(changed) => changed::kinds_changed(changed),
            None => library::kinds_named(&jobs, stdin),
        };
        library::library(&facts, kinds.as_deref())?
    } else {
        packs::plan_with(names, &reading)?
    };
    // Before the tree's own ruleset is added: that one is nobody's word but the supplier's, and only adds.
    let root = jobs.first().map(|job| job.root.as_path());
    packs::trust(&plan, &arguments.trust, &config.check.pack_keys, root)?;
    if let (true, false, Some(job)) = (names.is_empty(), arguments.no_config, jobs.first()) {
        own_ruleset::add(&mut plan, &job.root, &reading, arguments.quiet);
    }
    if !arguments.quiet {
        for (name, near) in library::unasked(&plan, arguments.facts.iter().map(|(name, _)| name.clone())) {
            let near = near.map_or_else(String::new, |near| format!(" Did you mean \"{near}\"?"));
            let _ = writeln!(io::stderr(), "No standard asks about the fact {name:?}.{near}");
        }
    }
    let disabled = Disabled::new(&mut plan, arguments.disable.iter().chain(&config.check.disable))?;

    let keys = arguments.trust.pack_keys.iter().chain(&config.check.pack_keys);
    let accept = Accept::prepare(&arguments.accept, &packs::read_keys(keys)?)?;
    let mut all: Option<Report> = None;
    let mut before: Option<Report> = None;
    let several = jobs.len() + usize::from(stdin) > 1;
    let mut origin = None;
    let add = |all: &mut Option<Report>, report: Report, prefix: &str| match all {
        Some(all) => all.merge(report, prefix),
        None => {
            let mut first = Report { files: Vec::new(), ..empty_like(&report) };
            first.merge(report, prefix);
            *all = Some(first);
        }
    };
    let progress = Progress::new(!arguments.quiet && io::stderr().is_terminal());
    let told = |done, total| progress.tell(done, total);
    for (at, job) in jobs.iter().enumerate() {
        let by_name = job.files.is_some();
        let changed = changed.as_ref().and_then(|all| all.get(at));
        let own;
        let workspace = match (changed, &job.files) {
            (Some(changed), _) => &changed.workspace,
            (None, files) => {
                let disk = files.iter().fold(disk(job), |disk, files| disk.select(files.iter().cloned()));
                own = Workspace::new(Box::new(disk), limits, !by_name);
                &own
            }
        };
        if workspace.entries().is_empty() && changed.is_none() {
            return Err(Trouble::hint(
                format!("There is no file to judge in {}.", job.shown),
                "Files that .gitignore names are left out; --no-ignore brings them back.",
            ));
        }
        let prefix =
            if several && !by_name { format!("{}/", job.shown.trim_end_matches('/')) } else { String::new() };
        let paths = changed.map(Changed::paths).unwrap_or_default();
        let options = Options {
            by_name,
            timings: arguments.timings,
            settings: settings.as_ref(),
            facts: Some(&facts),
            today: Some(accept.clock()),
            corrected: Repairs::named(&arguments.corrected),
            progress: Some(&told),
            part: changed.and_then(|changed| changed.part(&paths)),
            cached: None,
        };
        let store = if arguments.no_cache || options.part.is_some() || by_name || arguments.timings {
            None
        } else {
            super::cache::open(arguments.cache_dir.as_deref(), &plan, workspace, &job.root)
        };
        let cached = store.as_ref().map(|(store, plan)| Cached { cache: store, plan: *plan });
        let mut report = judge(&plan, workspace, Options { cached, ..options });
        if let Some((store, _)) = store {
            // What cannot be kept is judged again.
            let _ = store.save();
        }
        let choice = library::Choice { plan: &plan, settings: settings.as_ref(), declared: &facts };
        match changed.filter(|changed| changed.selection().is_some()) {
            _ if !names.is_empty() => {}
            None => choice.make(&mut report, workspace),
            Some(changed) => choice.make_for_part(&mut report, workspace, || changed.everything()),
        }
        accept.settle(&mut report, workspace, &plan, job, limits, &config.declared())?;
        if let Some(changed) = changed {
            changed.tell(&mut report);
        }
        disabled.apply(&mut report);
        report.notices.extend(super::above::notice(job, &report));
        origin = if several { None } else { workspace.git().and_then(Origin::of) };
        add(&mut all, report, &prefix);
        if let Some(tree) = accept.tree_before(job, limits)? {
            let mut workspace = Workspace::new(Box::new(tree), limits, !by_name);
            if let Some(selection) = changed.and_then(Changed::selection) {
                workspace = workspace.only(|path| selection.files.contains(path));
            }
            let mut report = judge(&plan, &workspace, options);
            // Of a part, what is not there now is not compared: its packs are left out already.
            if names.is_empty() && options.part.is_none() {
                choice.make(&mut report, &workspace);
            }
            disabled.apply(&mut report);
            add(&mut before, report, &prefix);
        }
    }
    if stdin {
        let mut bytes = Vec::new();
        io::stdin().take(limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        let files = Memory::default().with(arguments.stdin_filename.clone(), bytes);
        let workspace = Workspace::new(Box::new(files), limits, false);
        let options = Options {
            by_name: true,
            timings: arguments.timings,
            corrected: Repairs::named(&arguments.corrected),
            ..Options::default()
        };
        let mut report = judge(&plan, &workspace, options);
        let here = Job { root: PathBuf::from("."), files: None, shown: arguments.stdin_filename.clone() };
        accept.settle(&mut report, &workspace, &plan, &here, limits, &config.declared())?;
        add(&mut all, report, "");
    }
    progress.clear();
    let Some(mut report) = all else { return Err(Trouble::usage("Nothing was given to judge.")) };
    accept.compare(&mut report, before.as_ref())?;
    // Last, so that whatever was accepted of either has met what it was for.
    report.tell_once();
    let shown = jobs
        .into_iter()
        .map(|job| job.shown)
        .chain(stdin.then(|| arguments.stdin_filename.clone()))
        .collect();
    Ok(Judged { report, shown, origin, config })
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    let reports = outputs(&arguments.reports)?;
    let Judged { mut report, shown, origin, config } = judged(arguments)?;
    let fail_on = threshold(arguments.fail_on.or(config.check.fail_on).unwrap_or(FailOn::Error));
    if arguments.ignore_unknown_format {
        report.forget(|id, _| id.ends_with("/unrecognized-format"));
    }
    if let (true, Some(level)) = (arguments.display_only_failures, fail_on) {
        report.forget(|_, severity| severity < level);
    }
    let terminal = io::stdout().is_terminal();
    let style = Style {
        colour: colour.on(terminal),
        unicode: !terminal || super::draws_unicode(),
        links: terminal && colour.on(terminal),
        width: width(terminal),
        subject: shown.join(", "),
        fail_on,
        quiet: arguments.quiet,
        origin,
    };
    if !arguments.quiet {
        // Formats that list findings alone say nothing of what was left out.
        let left_out = report.scopes.iter().filter(|_| arguments.format != "pretty");
        let said = left_out.map(crate::engine::Scope::said).chain(report.notices.iter().cloned());
        for line in said {
            writeln!(io::stderr(), "{}", report::escape::inline(&line))?;
        }
    }
    let mut out = BufWriter::new(io::stdout().lock());
    if arguments.list_files {
        super::super::report::listing::files(&report, &style, &mut out)?;
        out.flush()?;
        return Ok(exit::CLEAN);
    }
    if let Some(format) = report::find(&arguments.format) {
        format.write(&report, &style, &mut out)?;
    }
    if arguments.statistics {
        report::listing::statistics(&report, &mut out)?;
    }
    if arguments.timings {
        report::listing::timings(&report, &mut out)?;
    }
    out.flush()?;
    for (format, path) in reports {
        write_report(
            format,
            &path,
            &report,
            &Style { colour: false, unicode: true, links: false, width: 100, ..style.clone() },
        )?;
    }
    Ok(if report.fails(fail_on) { exit::FINDINGS } else { exit::CLEAN })
}

/// Builds the pool of threads: so many, or one for each processor.
pub(super) fn threads(wanted: Option<usize>) -> Result<(), Trouble> {
    let pool = rayon::ThreadPoolBuilder::new().stack_size(STACK);
    let pool = match wanted {
        Some(0) => return Err(Trouble::usage("--threads must be at least 1.")),
        Some(threads) => pool.num_threads(threads),
        None => pool,
    };
    // A pool exists already only if another command built one in this process.
    let _ = pool.build_global();
    Ok(())
}

/// One thread is enough for a single file of moderate size: more take more of the processor, and no less time.
fn enough(paths: &[PathBuf]) -> Option<usize> {
    const MODERATE: u64 = 8 << 20;
    let [path] = paths else { return None };
    let file = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    (file.len() < MODERATE).then_some(1)
}

/// Recursion over a tree is bounded by `MAX_DEPTH`; its threads' stacks must bear that.
const STACK: usize = 32 << 20;

fn empty_like(report: &Report) -> Report {
    let mut empty = report.clone();
    empty.files.clear();
    empty.findings.clear();
    empty.unknown.clear();
    empty.spectral.clear();
    empty.scopes.clear();
    empty.notices.clear();
    empty.stats.bytes = 0;
    empty.stats.phases.clear();
    empty.stats.rules.iter_mut().for_each(|rule| *rule = Default::default());
    empty
}

fn threshold(level: FailOn) -> Option<Severity> {
    match level {
        FailOn::Error => Some(Severity::Error),
        FailOn::Warning => Some(Severity::Warning),
        FailOn::Note => Some(Severity::Note),
        FailOn::Hint => Some(Severity::Hint),
        FailOn::Never => None,
    }
}

pub(super) fn width(terminal: bool) -> usize {
    let named = || std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    let found = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    if terminal { named().or_else(found).unwrap_or(100).clamp(60, 160) } else { 100 }
}

/// Prints a text for people: broken between words at the width of a terminal, as it is elsewhere.
pub(super) fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout();
    if out.is_terminal() {
        out.write_all(report::wrap::wrap(text, width(true)).as_bytes())
    } else {
        out.write_all(text.as_bytes())
    }
}

fn outputs(given: &[String]) -> Result<Vec<(&'static dyn Reporter, PathBuf)>, Trouble> {
    given
        .iter()
        .map(|given| {
            let Some((name, path)) = given.split_once('=') else {
                return Err(Trouble::hint(
                    format!("--report {given}: a format and a file are expected."),
                    "For example: --report sarif=assize.sarif",
                ));
            };
            let format = report::find(name).ok_or_else(|| {
                let near = closest(name, report::ALL.iter().map(|format| format.name()));
                let names: Vec<&str> = report::ALL.iter().map(|format| format.name()).collect();
                Trouble::hint(
                    format!("--report {given}: there is no format \"{name}\"."),
                    near.map_or_else(
                        || format!("Formats: {}.", names.join(", ")),
                        |near| format!("Did you mean \"{near}\"?"),
                    ),
                )
            })?;
            let path = PathBuf::from(path);
            Ok((format.for_file(&path).unwrap_or(format), path))
        })
        .collect()
}

fn write_report(format: &dyn Reporter, path: &Path, report: &Report, style: &Style) -> Result<(), Trouble> {
    let trouble = |error: io::Error| {
        Trouble::usage(format!("The report {} cannot be written: {error}.", path.display()))
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(trouble)?;
    }
    let mut out = BufWriter::new(File::create(path).map_err(trouble)?);
    format.write(report, style, &mut out).and_then(|()| out.flush()).map_err(trouble)
}

fn configuration_file(arguments: &Arguments, job: Option<&Job>) -> Option<PathBuf> {
    match (&arguments.config, job) {
        _ if arguments.no_config => None,
        (Some(path), _) => Some(path.clone()),
        (None, Some(job)) => config::discover(&job.root),
        (None, None) => None,
    }
}

fn configuration(arguments: &Arguments, job: Option<&Job>) -> Result<Config, Trouble> {
    configuration_file(arguments, job).map_or_else(
        || Ok(Config::default()),
        |path| config::read(&path).map_err(|error| Trouble::Files(vec![error])),
    )
}
