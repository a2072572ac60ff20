//! A small standard, a system that breaks it, and keys to grant waivers with.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, unreachable_pub)]

use super::common::{Run, assize, folder};
use minisign::KeyPair;
use serde_json::Value;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

const PACK: &str = r#"pack: xx/rules
version: 1.0.0
standard:
  title: A standard for tests
  authority: nhs-england
  edition: "2026"
  in-force: { from: 2026-01-01 }
  url: https://www.example.org/standard
clauses:
  - { id: "9.10", level: must, standing: contract, title: An API names a contact, url: https://www.example.org/1, source: "9.10", covers: whole }
  - { id: "9.1", level: must, standing: guidance, title: An API has terms, url: https://www.example.org/2, source: "9.1", covers: whole }
  - { id: licence, level: should, standing: guidance, title: An API has a licence, url: https://www.example.org/3, source: "LIC-1", covers: whole }
  - { id: no-todo, level: should, standing: guidance, title: Nothing is left to do, url: https://www.example.org/4, source: "TODO-1", covers: whole }
  - { id: safety-case, level: must, standing: law, title: There is a safety case, url: https://www.example.org/5, source: "DCB-3.5", evidence: { kind: report, renew-every: 1y } }
rules:
  contact:
    clause: "9.10"
    on: [openapi]
    given: $.info
    then: { field: contact, function: truthy }
    empty: unknown
    message: There is no contact.
    help: Add one.
    examples: &examples
      conforming: ["{openapi: 3.0.3, info: {title: x, version: '1', contact: {name: a}, termsOfService: a, license: {name: a}}, paths: {}}"]
      violating: ["{openapi: 3.0.3, info: {title: x, version: '1'}, paths: {}}"]
  terms:
    clause: "9.1"
    on: [openapi]
    given: $.info
    then: { field: termsOfService, function: truthy }
    empty: unknown
    message: There are no terms.
    help: Add them.
    examples: *examples
  licence:
    clause: licence
    on: [openapi]
    given: $.info
    then: { field: license, function: truthy }
    empty: unknown
    message: There is no licence.
    help: Add one.
    examples: *examples
  no-todo:
    clause: no-todo
    on: [repository]
    then: { function: content-absent, functionOptions: { files: ["Dockerfile*", "*.md", "*.toml", "*.tf"], any: ["TODO"] } }
    empty: pass
    message: Something is left to do.
    help: Do it.
    examples:
      conforming: [{ a.md: "Done." }]
      violating: [{ a.md: "TODO" }]
"#;

/// The description of a system without contact, terms and licence.
pub const API: &str = "openapi: 3.0.3\ninfo:\n  title: Clinics\n  version: 1.0.0\npaths: {}\n";

/// The folder of the pack.
pub fn pack() -> String {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let name = format!("acceptance-pack-{}", std::process::id());
        folder(&name, &[("pack.yaml", PACK)])
    });
    folder.to_str().unwrap().to_owned()
}

/// A system's folder.
pub fn system(name: &str, files: &[(&str, &str)]) -> PathBuf {
    folder(&format!("acceptance-{name}"), files)
}

/// Runs `check` on a folder by the pack.
pub fn check(root: &Path, arguments: &[&str]) -> Run {
    let pack = pack();
    let mut all = vec!["check", root.to_str().unwrap(), "--no-config", "--pack", &pack];
    all.extend(arguments);
    assize(&all)
}

/// The JSON report of that, and the exit code.
pub fn report(root: &Path, arguments: &[&str]) -> (Value, i32) {
    let mut all = vec!["--format", "json"];
    all.extend(arguments);
    let run = check(root, &all);
    let report =
        serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {} {}", run.out, run.err));
    (report, run.code)
}

/// `rule outcome`, or `rule outcome how` where something accepts it, for every finding.
pub fn outcomes(report: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut all: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| {
            let rule = text(&finding["rule"]);
            let how = text(&finding["accepted"]["how"]);
            let rule = rule.strip_prefix("xx/rules/").unwrap_or(&rule);
            format!("{rule} {} {how}", text(&finding["outcome"])).trim_end().to_owned()
        })
        .collect();
    all.sort();
    all
}

/// What only the engine's rules about waivers, comments and baselines found: `rule:line`.
pub fn told(report: &Value) -> Vec<String> {
    let mut all: Vec<String> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|finding| {
            let rule = finding["rule"].as_str().unwrap().strip_prefix("assize/")?;
            Some(format!("{rule}:{}", finding["start"]["line"]))
        })
        .collect();
    all.sort();
    all
}

/// An approver with a key.
pub struct Approver {
    pair: KeyPair,
}

impl Approver {
    pub fn new() -> Self {
        Self { pair: KeyPair::generate_unencrypted_keypair().unwrap() }
    }

    pub fn key(&self) -> String {
        self.pair.pk.to_base64()
    }

    pub fn sign(&self, text: &str) -> String {
        minisign::sign(None, &self.pair.sk, Cursor::new(text), Some("granted"), None).unwrap().to_string()
    }

    /// The file of waivers with a grant behind the entry it ends with.
    pub fn grant(&self, root: &Path, waivers: &str, id: &str) -> String {
        let file = root.join("assize-waivers.yaml");
        std::fs::write(&file, waivers).unwrap();
        let text = assize(&["waiver", "text", id, "--file", file.to_str().unwrap()]);
        assert_eq!(text.code, 0, "{}", text.err);
        let signature = self.sign(&text.out).replace('\n', "\n        ");
        let granted =
            format!("{}\n    granted:\n      signature: |\n        {signature}\n", waivers.trim_end());
        std::fs::write(&file, &granted).unwrap();
        granted
    }

    /// The list of approvers with this one on it, as a file beside the system.
    pub fn list(&self, root: &Path, more: &str, longest: &str) -> String {
        let file = root.with_extension("approvers.yaml");
        let text = format!(
            "profile: whatever\nlongest-waiver: {longest}\napprovers:\n  - name: Ada\n    role: clinical-safety-officer\n    key: {}\n{more}",
            self.key()
        );
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    }
}
