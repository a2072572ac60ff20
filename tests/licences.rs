//! The licence of a tree: what is met, what is not, and what nobody can tell from the text.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::{folder, report};

const MIT: &str = include_str!("../LICENCE-MIT");

/// Asks for an open licence, as packs of public code do.
const PACK: &str = "pack: test/licence
version: 0.1.0
standard: { title: A test, authority: nhs-england, edition: '1', in-force: { from: 2025-01-01 }, url: 'https://example.org/' }
clauses:
  - { id: licence, level: must, standing: contract, title: It is open, url: 'https://example.org/', covers: part, residue: The rest., source: TEST-01 }
rules:
  licence-is-open:
    clause: licence
    on: [repository]
    then: { function: licence-is, functionOptions: { spdx: SPDX } }
    severity: error
    empty: unknown
    message: 'The licence is another: {{error}}.'
    help: Change it.
    examples:
      conforming: [{ LICENCE: 'SPDX-License-Identifier: EXAMPLE' }]
      violating: [{ LICENCE: 'SPDX-License-Identifier: EUPL-1.2' }]
";

/// `ok`, what was found, or why nobody can tell.
fn verdict(name: &str, spdx: &str, files: &[(&str, &str)]) -> String {
    let mut all: Vec<(String, &str)> =
        files.iter().map(|(path, text)| (format!("tree/{path}"), *text)).collect();
    let pack = PACK.replace("spdx: SPDX", &format!("spdx: {spdx}")).replace("EXAMPLE", spdx);
    all.push(("pack/pack.yaml".to_owned(), &pack));
    let files: Vec<(&str, &str)> = all.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    let root = folder(&format!("licences-{name}"), &files);
    let path = |name: &str| root.join(name).to_str().unwrap().to_owned();
    let told = report(&[&path("tree"), "--pack", &path("pack")]);
    let of = |list: &str, what: &str| {
        told[list].as_array().unwrap().iter().find_map(|one| {
            (one["rule"] == "test/licence/licence-is-open").then(|| one[what].as_str().unwrap().to_owned())
        })
    };
    of("findings", "message").or_else(|| of("unknown", "reason")).unwrap_or_else(|| "ok".to_owned())
}

#[test]
fn a_licence_with_more_is_not_taken_for_the_licence() {
    let open = "MIT OR Apache-2.0";
    let ask = |name: &str, more: &str| verdict(name, open, &[("LICENCE", &format!("{MIT}\n{more}\n"))]);
    assert_eq!(ask("plain", ""), "ok");
    assert_eq!(ask("docs", "The documentation is available under the Open Government Licence v3.0."), "ok");
    let clause = ask("clause", "\"Commons Clause\" License Condition v1.0");
    assert_eq!(
        clause,
        "The licence is another: it is MIT with a restriction (\"\"Commons Clause\" License Condition v1.0\"), and MIT OR Apache-2.0 is wanted."
    );
    let doubt = ask("doubt", "Users must tell us before they deploy it.");
    assert_eq!(
        doubt,
        "LICENCE says more than MIT, and that may limit it: \"Users must tell us before they deploy it.\"."
    );
    // Whoever does not ask for open licences alone asks for something a restriction may satisfy.
    let closed = verdict(
        "closed",
        "MIT OR CC-BY-NC-4.0",
        &[("LICENCE", &format!("{MIT}\nFor non-commercial use only.\n"))],
    );
    assert_eq!(closed, "LICENCE is MIT with a restriction: \"For non-commercial use only.\".");
    let stated = verdict("stated", "MIT", &[("LICENCE", "SPDX-License-Identifier: MIT AND CC-BY-NC-4.0\n")]);
    assert_eq!(stated, "LICENCE states MIT AND CC-BY-NC-4.0, which demands more than MIT.");
    assert_eq!(
        verdict("choice", "MIT", &[("LICENCE", "SPDX-License-Identifier: MIT OR CC-BY-NC-4.0\n")]),
        "ok"
    );
    let beside = verdict("beside", "MIT", &[("LICENCE", "SPDX-License-Identifier: MIT AND OGL-UK-3.0\n")]);
    assert_eq!(beside, "ok");
}

#[test]
fn every_licence_file_counts() {
    let own = "Acme Enterprise Terms\n\nYou pay us for each server.\n";
    let two = verdict("two", "MIT", &[("LICENCE", MIT), ("LICENSE-ENTERPRISE", own)]);
    assert_eq!(two, "The licence in LICENSE-ENTERPRISE is not recognised.");
    assert_eq!(verdict("others", "MIT", &[("LICENCE", MIT), ("LICENSE-THIRD-PARTY.txt", own)]), "ok");
    let ogl = "SPDX-License-Identifier: OGL-UK-3.0\n";
    assert_eq!(verdict("beside-docs", "MIT", &[("LICENCE", MIT), ("LICENCE-DOCS.md", ogl)]), "ok");
    let both = verdict("both", "MIT AND OGL-UK-3.0", &[("LICENCE", MIT), ("LICENCE-DOCS.md", ogl)]);
    assert_eq!(both, "ok");
    let wrong = verdict("wrong", "MIT", &[("LICENCE", "SPDX-License-Identifier: GPL-3.0-only\n")]);
    assert_eq!(wrong, "The licence is another: it is GPL-3.0-only, and MIT is wanted.");
    // A restricted licence beside one that is as wanted may be for those who buy support.
    let choice = format!("{MIT}\nFor non-commercial use only.\n");
    let choice = verdict("free", "MIT", &[("LICENCE", MIT), ("LICENSE-COMMUNITY", &choice)]);
    assert_eq!(choice, "LICENSE-COMMUNITY is MIT with a restriction: \"For non-commercial use only.\".");
}
