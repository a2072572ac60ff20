//! Statements as in-toto attestations with the predicate test-result 0.1, one on each line, ready to
//! be signed. Only a system that conforms has passed; with waivers it has passed with warnings, and
//! what cannot be decided has not passed.

use crate::report::escape::{self, inline};
use crate::verdict::statement::{ResultName, Statement};
use crate::verdict::table::Verdict;
use serde_json::{Value, json};
use std::io;

/// Writes them, as JSON lines.
///
/// # Errors
/// Those of the output.
pub fn write(out: &mut dyn io::Write, statements: &[Statement]) -> io::Result<()> {
    statements.iter().try_for_each(|statement| escape::json_line(out, &attestation(statement)))
}

fn attestation(statement: &Statement) -> Value {
    let identity = &statement.identity;
    let mut digest = json!({ "assizeTree": identity.tree.sha256 });
    if let Some(commit) = &identity.tree.commit {
        digest["gitCommit"] = json!(commit);
    }
    let result = match statement.result {
        ResultName::Conforms => "PASSED",
        ResultName::ConformsWithWaivers => "WARNED",
        ResultName::DoesNotConform | ResultName::CannotBeDecided => "FAILED",
    };
    let of = |wanted: &[Verdict]| -> Vec<&str> {
        let those = statement.clauses.iter().filter(|clause| wanted.contains(&clause.verdict));
        those.map(|clause| clause.clause.as_str()).collect()
    };
    let profile = &identity.profile;
    let mut configuration = vec![
        json!({ "name": format!("profile {} {}", inline(&profile.name), inline(&profile.version)), "digest": { "sha256": profile.sha256 } }),
    ];
    configuration.extend(identity.packs.iter().map(
        |pack| json!({ "name": format!("pack {} {}", pack.name, pack.version), "digest": { "sha256": pack.sha256 } }),
    ));
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{ "name": inline(&statement.system.name), "digest": digest }],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": result,
            "configuration": configuration,
            "passedTests": of(&[Verdict::Met]),
            "warnedTests": of(&[Verdict::Waived, Verdict::Unknown, Verdict::NeedsEvidence]),
            "failedTests": of(&[Verdict::NotMet]),
        },
    })
}
