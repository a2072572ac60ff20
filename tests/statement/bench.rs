//! A small pack with a clause for each row of the decision table, a small tree, and `assize statement`
//! over the two.

use super::common::{Run, assize, folder};
use serde_json::Value;
use std::path::PathBuf;

/// A rule on files, in one line of options.
pub(crate) fn rule(id: &str, clause: &str, more: &str, then: &str) -> String {
    format!(
        "  {id}:\n    clause: {clause}\n    on: [repository]\n    then: {then}\n{more}    message: '{id} finds something.'\n    help: Mend it.\n    examples: {{ conforming: [{{ a: b }}], violating: [{{ a: b }}] }}\n"
    )
}

pub(crate) fn clause(id: &str, level: &str, standing: &str, more: &str) -> String {
    format!(
        "  - id: {id}\n    level: {level}\n    standing: {standing}\n    title: Demand {id}\n    url: https://example.org/{id}\n    source: X-{id}\n{more}"
    )
}

pub(crate) const FRAME: &str = "version: 1.0.0
standard:
  title: A standard
  authority: nhs-england
  edition: '1'
  in-force: { from: 2020-01-01 }
  url: https://example.org/
";

pub(crate) fn exists(file: &str) -> String {
    format!("{{ function: file-exists, functionOptions: {{ any: ['{file}'] }} }}")
}

pub(crate) fn absent(files: &str, pattern: &str) -> String {
    format!("{{ function: content-absent, functionOptions: {{ files: ['{files}'], any: ['{pattern}'] }} }}")
}

/// A pack with a clause for each row.
pub(crate) fn pack() -> String {
    let mut text = format!("pack: test/rows\n{FRAME}clauses:\n");
    for (id, level, standing, more) in [
        ("proven", "must", "law", "    covers: whole\n"),
        ("refuted", "must", "guidance", "    covers: whole\n"),
        ("part", "must", "law", "    covers: part\n    residue: The rest is not seen.\n"),
        ("indicated", "should", "guidance", "    covers: part\n    residue: The rest is not seen.\n"),
        ("emptied", "must", "law", "    covers: whole\n"),
        ("no-rule", "should", "guidance", ""),
        ("record", "must", "law", "    evidence: { kind: report }\n"),
        ("forbidden", "must-not", "law", "    covers: whole\n    prohibition: true\n"),
        ("empty-fail", "should", "guidance", "    covers: whole\n"),
        ("empty-na", "should", "guidance", "    covers: whole\n"),
        ("empty-unknown", "should", "guidance", "    covers: whole\n"),
        ("empty-pass", "should", "guidance", "    covers: whole\n"),
        ("needs-fact", "must", "law", "    covers: whole\n    applies-when: [moon]\n"),
        ("needs-not", "must", "law", "    covers: whole\n    applies-when: ['!moon']\n"),
        ("deployers", "must", "law", "    covers: whole\n    addressee: deployer\n"),
        ("convention", "must", "convention", "    covers: whole\n"),
        ("asked", "must", "law", "    covers: whole\n"),
        ("one-of", "should", "guidance", "    covers: whole\n    decide: { any: [one, other] }\n"),
    ] {
        text.push_str(&clause(id, level, standing, more));
    }
    text.push_str("rules:\n");
    for (id, clause, more, then) in [
        ("has-readme", "proven", "    empty: fail\n", exists("README.md")),
        ("has-owner", "refuted", "    empty: fail\n", exists("OWNER")),
        ("has-readme-2", "part", "    empty: fail\n", exists("README.md")),
        ("has-readme-3", "indicated", "    empty: fail\n    decides: indicates\n", exists("README.md")),
        ("no-latest", "emptied", "    empty: pass\n", absent("**/Dockerfile", "latest")),
        ("no-secret", "forbidden", "    empty: pass\n    decides: refutes\n", absent("**", "SECRET")),
        ("no-text", "empty-fail", "    empty: fail\n", absent("*.none", "x")),
        ("no-text-2", "empty-na", "    empty: not-applicable\n", absent("*.none", "x")),
        ("no-text-3", "empty-unknown", "    empty: unknown\n", absent("*.none", "x")),
        ("no-text-4", "empty-pass", "    empty: pass\n", absent("*.none", "x")),
        ("has-readme-4", "needs-fact", "    empty: fail\n", exists("README.md")),
        ("has-readme-5", "needs-not", "    empty: fail\n", exists("README.md")),
        ("has-readme-6", "deployers", "    empty: fail\n", exists("README.md")),
        ("has-owner-2", "convention", "    empty: fail\n", exists("OWNER")),
        ("no-number", "asked", "    empty: pass\n    decides: asks\n", absent("README.md", "4010232137")),
        ("one", "one-of", "    empty: fail\n", exists("OWNER")),
        ("other", "one-of", "    empty: fail\n", exists("README.md")),
    ] {
        text.push_str(&rule(id, clause, more, &then));
    }
    text
}

pub(crate) const PROFILE: &str = "profile: test
version: '1'
title: A test
standards: [{ pack: test/rows }]
";

pub(crate) struct Bench {
    pub(crate) tree: PathBuf,
    pub(crate) pack: String,
    pub(crate) profile: String,
}

impl Bench {
    pub(crate) fn new(name: &str, files: &[(&str, &str)]) -> Self {
        Self::with(name, files, &pack(), PROFILE)
    }

    pub(crate) fn with(name: &str, files: &[(&str, &str)], pack: &str, profile: &str) -> Self {
        let tree = folder(&format!("statement-{name}"), files);
        let beside = folder(
            &format!("statement-{name}-beside"),
            &[("pack/pack.yaml", pack), ("profile.yaml", profile)],
        );
        let path = |path: PathBuf| path.to_str().unwrap().to_owned();
        Self { tree, pack: path(beside.join("pack")), profile: path(beside.join("profile.yaml")) }
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        let mut all =
            vec!["statement", self.tree.to_str().unwrap(), "--profile", &self.profile, "--pack", &self.pack];
        if !arguments.contains(&"--clock") {
            all.extend(["--clock", "2026-11-22"]);
        }
        all.extend(arguments);
        assize(&all)
    }

    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let mut all = vec!["--format", "json"];
        all.extend(arguments);
        let run = self.run(&all);
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}{}", run.out, run.err))
    }

    pub(crate) fn verdicts(&self, arguments: &[&str]) -> Vec<(String, String)> {
        verdicts(&self.json(arguments))
    }

    #[track_caller]
    pub(crate) fn verdict(&self, id: &str, arguments: &[&str]) -> String {
        let found = self.verdicts(arguments);
        found.iter().find(|(name, _)| name == id).unwrap_or_else(|| panic!("{found:?}")).1.clone()
    }
}

/// `(source, "verdict row")` of each clause.
pub(crate) fn verdicts(statement: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let clauses = statement["clauses"].as_array().unwrap().iter();
    clauses
        .map(|one| (text(&one["source"]), format!("{} {}", text(&one["verdict"]), text(&one["row"]))))
        .collect()
}

pub(crate) const TREE: &[(&str, &str)] = &[("README.md", "# A\n"), ("src/main.py", "print(1)\n")];
