//! `assize pack`: writing, testing and looking over packs.

use super::trouble::Trouble;
use super::{Colour, exit, pack_changes, pack_coverage, pack_docs, pack_lint, packs};
use crate::check;
use crate::engine::Plan;
use crate::engine::examples::{faults, matrix, try_all};
use crate::pack::changes::Changes;
use crate::pack::form::{ExamplesForm, PackForm};
use crate::pack::signed;
use crate::standard::Profile;
use crate::target;
use crate::verdict::evidence::RecordForm;
use crate::verdict::waiver::WaiversForm;
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

#[derive(Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: What,
}

#[derive(Subcommand)]
enum What {
    /// Run every rule over its examples and over those of all other rules
    Test {
        /// A pack, or a folder of packs
        #[arg(value_name = "PATH", default_value = "standards")]
        path: PathBuf,
        /// Accept the changes of the matrix (rule, example, findings)
        #[arg(long)]
        accept: bool,
    },
    /// Write a new pack to start from
    New {
        /// Its name by country and subject: `nl/api-design`
        #[arg(value_name = "NAME")]
        name: String,
        /// Folder of packs to write it in
        #[arg(long, value_name = "FOLDER", default_value = "standards")]
        folder: PathBuf,
    },
    /// Say what is wrong with Spectral rulesets and packs before anyone relies on them
    Lint(pack_lint::Arguments),
    /// Say what became of each clause from one version of a pack to another, and what CHANGES.yaml leaves out
    Changes(pack_changes::Arguments),
    /// Count the clauses decided whole, in part, by indication, by evidence, and not at all
    Coverage(pack_coverage::Arguments),
    /// Write a page for each pack into a folder, or say which pages are out of date
    Docs(pack_docs::Arguments),
    /// Print the text that is signed of a pack: `assize pack text FOLDER > p.txt`, then `minisign -Sm p.txt -x FOLDER/pack.minisig`
    Text {
        /// The pack: a folder, an archive with one pack, or an embedded one's name
        #[arg(value_name = "PACK")]
        pack: String,
    },
    /// Print the JSON Schema of pack.yaml, or of another file that people write
    Schema {
        /// Which file
        #[arg(value_name = "FORM", default_value = "pack")]
        form: Form,
    },
}

pub(super) fn run(arguments: &Arguments, colour: Colour) -> Result<u8, Trouble> {
    match &arguments.command {
        What::Test { path, accept } => test(path, *accept),
        What::New { name, folder } => new(name, folder),
        What::Lint(arguments) => pack_lint::run(arguments, colour),
        What::Changes(arguments) => pack_changes::run(arguments),
        What::Coverage(arguments) => pack_coverage::run(arguments),
        What::Docs(arguments) => pack_docs::run(arguments),
        What::Text { pack } => text(pack),
        What::Schema { form } => {
            let mut out = io::stdout();
            serde_json::to_writer_pretty(&mut out, &schema(*form)).map_err(io::Error::from)?;
            writeln!(out)?;
            Ok(exit::CLEAN)
        }
    }
}

fn text(name: &str) -> Result<u8, Trouble> {
    let (found, _) = packs::packs(&[name.to_owned()])?;
    let [pack] = found.as_slice() else {
        return Err(Trouble::usage(format!("{name} holds {} packs; name one of them.", found.len())));
    };
    io::stdout().write_all(signed::text(pack).as_bytes())?;
    Ok(exit::CLEAN)
}

/// A file that has a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// pack.yaml
    Pack,
    /// CHANGES.yaml beside it
    Changes,
    /// A profile
    Profile,
    /// assize-waivers.yaml
    Waivers,
    /// A record in evidence/
    Evidence,
}

/// The JSON Schema of a form.
fn schema(form: Form) -> schemars::Schema {
    match form {
        Form::Pack => pack_schema(),
        Form::Changes => schemars::schema_for!(Changes),
        Form::Profile => schemars::schema_for!(Profile),
        Form::Waivers => schemars::schema_for!(WaiversForm),
        Form::Evidence => schemars::schema_for!(RecordForm),
    }
}

/// The JSON Schema of the native pack form, with the names of kinds of files and of checks, which the
/// form itself does not know.
fn pack_schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(PackForm);
    let mut kinds: Vec<&str> = target::all_names().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut checks: Vec<&str> = check::ALL.iter().map(|entry| entry.name).collect();
    checks.extend(crate::engine::GATHERED_CHECKS);
    checks.sort_unstable();
    checks.dedup();
    for (pointer, names) in [
        ("/$defs/RuleForm/properties/on/items", &kinds),
        ("/$defs/GatherForm/properties/on/items", &kinds),
        ("/$defs/ThenForm/properties/function", &checks),
    ] {
        if let Some(place) = schema.pointer_mut(pointer) {
            place["enum"] = json!(names);
        }
    }
    schema
}

fn test(path: &Path, accept: bool) -> Result<u8, Trouble> {
    if !path.exists() {
        return Err(Trouble::usage(format!("There is no {}.", path.display())));
    }
    let (found, register) = packs::packs(&[path.display().to_string()])?;
    let plan = Plan::new(found, &register)?;
    let examples = |pack: &str, rule: &str| -> ExamplesForm {
        plan.packs
            .iter()
            .find(|found| found.form.pack == pack)
            .and_then(|found| found.form.rules.get(rule))
            .map(|rule| rule.examples.clone())
            .unwrap_or_default()
    };
    let trials = try_all(&plan, &examples);
    let mut faults = faults(&plan, &trials);
    let file = path.join("matrix.tsv");
    let now = matrix(&trials);
    if path.is_dir() {
        let before = fs::read_to_string(&file).unwrap_or_default();
        if accept {
            fs::write(&file, &now)
                .map_err(|error| Trouble::usage(format!("{} cannot be written: {error}.", file.display())))?;
        } else if file.exists() && before != now {
            faults.extend(differences(&before, &now));
            faults.push(format!(
                "{} differs; look at the changes, then accept them with `assize pack test {} --accept`.",
                file.display(),
                path.display()
            ));
        }
    }
    let mut out = io::stdout().lock();
    for fault in &faults {
        writeln!(out, "{fault}")?;
    }
    let rules = plan.rules.len();
    let verdict = if faults.is_empty() { "all as they should be" } else { "not as they should be" };
    writeln!(
        out,
        "{} packs, {rules} rules, {} examples, {} runs of a rule over an example: {verdict}.",
        plan.packs.len(),
        trials.len(),
        rules * trials.len()
    )?;
    let borrowed = plan.rules.iter().filter(|rule| rule.borrows.is_some()).count();
    if borrowed > 0 {
        writeln!(out, "{borrowed} of the rules are run from rulesets of others and were not tried.")?;
    }
    Ok(if faults.is_empty() { exit::CLEAN } else { exit::FINDINGS })
}

fn differences(before: &str, now: &str) -> Vec<String> {
    let (before, now): (BTreeSet<&str>, BTreeSet<&str>) = (before.lines().collect(), now.lines().collect());
    let gone = before.difference(&now).map(|line| format!("- {line}"));
    let came = now.difference(&before).map(|line| format!("+ {line}"));
    gone.chain(came).collect()
}

const SCAFFOLD: &str = r#"pack: NAME
version: 0.1.0
standard:
  title: Title of the standard
  authority: nhs-england
  edition: "2026"
  in-force: { from: 2026-01-01 }
  url: https://www.example.org/standard
clauses:
  - id: described
    level: must
    standing: guidance
    title: Every API says what it is for
    url: https://www.example.org/standard#described
    source: "1.1"
    covers: part
    residue: Whether the description is a good one is for people to judge.
rules:
  description-present:
    clause: described
    on: [openapi]
    given: $.info
    then: { field: description, function: truthy }
    decides: refutes
    empty: unknown
    message: The API has no description.
    help: Say in `info.description` what the API is for.
    examples:
      conforming:
        - |
          openapi: 3.0.3
          info: { title: Clinics, version: 1.0.0, description: Lists vaccination clinics. }
          paths: {}
      violating:
        - |
          openapi: 3.0.3
          info: { title: Clinics, version: 1.0.0 }
          paths: {}
"#;

fn new(name: &str, folder: &Path) -> Result<u8, Trouble> {
    let good = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    if !name.contains('/') || !name.split('/').all(good) {
        return Err(Trouble::hint(
            format!("\"{name}\" is no name for a pack."),
            "Name it by country and subject, in lower case: nl/api-design.",
        ));
    }
    let pack = folder.join(name);
    let file = pack.join("pack.yaml");
    if file.exists() {
        return Err(Trouble::usage(format!("{} is there already.", file.display())));
    }
    fs::create_dir_all(&pack)?;
    fs::write(&file, SCAFFOLD.replace("NAME", name))?;
    writeln!(io::stdout(), "Wrote {}. Run `assize pack test {}` next.", file.display(), pack.display())?;
    Ok(exit::CLEAN)
}
