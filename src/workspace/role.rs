//! The role of a file in its system, as far as its path tells. The folders are those that languages
//! and their test tools use; `spec` is not among them, for many repositories keep their
//! specification there.

use super::Skip;

/// What a file is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Data or code of tests: it may be wrong on purpose.
    Test,
    /// An example shown to readers.
    Example,
    /// Made by a program.
    Generated,
    /// Somebody else's.
    Vendored,
}

impl Role {
    /// Its name in the repository document and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Example => "example",
            Self::Generated => "generated",
            Self::Vendored => "vendored",
        }
    }
}

/// The role of a file by where it stands; `None` where its path says nothing. Of several folders
/// that say something the outermost test folder wins, for an example inside a test is a test's.
#[must_use]
pub fn role(path: &str, skip: Option<Skip>) -> Option<Role> {
    if skip == Some(Skip::Vendored) {
        return Some(Role::Vendored);
    }
    // What the forge runs is in use, whatever it is called.
    if path.starts_with(".github/") || path.starts_with(".gitlab/") {
        return None;
    }
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    if is_copied_in(folders, name) {
        return Some(Role::Vendored);
    }
    let of_folders = folders.split('/').filter_map(of_folder);
    let mut first = None;
    for role in of_folders {
        if role == Role::Test {
            return Some(role);
        }
        first.get_or_insert(role);
    }
    let stem = name.split('.').nth(1).filter(|_| name.matches('.').count() > 1);
    let by_stem = stem.is_some_and(|middle| middle == "test" || middle == "spec") && !is_description(name);
    if by_stem || is_test_code(name) || is_wrong_on_purpose(name) {
        return Some(Role::Test);
    }
    first
}

/// The manifest of a package that lies two folders or more below what a server hands out as it is
/// (`static/components/jquery/package.json`): it came with a copy of somebody's package.
fn is_copied_in(folders: &str, name: &str) -> bool {
    let mut parts = folders.split('/');
    matches!(name, "package.json" | "bower.json" | "composer.json")
        && parts.any(|part| matches!(part, "static" | "public" | "assets" | "wwwroot" | "webroot"))
        && parts.count() >= 2
}

/// `openapi.spec.yaml` is a specification, `parse.spec.ts` a test.
fn is_description(name: &str) -> bool {
    [".yaml", ".yml", ".json", ".md"].iter().any(|ending| name.ends_with(ending)) && !name.contains(".test.")
}

fn of_folder(folder: &str) -> Option<Role> {
    let lower = folder.to_ascii_lowercase();
    match lower.as_str() {
        "test" | "tests" | "__tests__" | "testing" | "e2e" | "e2etests" | "testdata" | "test-data"
        | "test_data" | "testcases" | "test-cases" | "mock" | "__fixtures__" | "__snapshots__"
        | "fixtures" | "stubs" | "wiremock" | "cypress" => Some(Role::Test),
        "example" | "examples" | "sample" | "samples" | "sandbox" => Some(Role::Example),
        "generated" | "dist" | "build" => Some(Role::Generated),
        // unit-tests, IntegrationTests, test_scripts, FHIR-Test-Scripts
        _ if TEST_ENDINGS.iter().any(|ending| lower.ends_with(ending))
            || ["test-", "test_", "fixtures-", "fixtures_"].iter().any(|start| lower.starts_with(start))
            || folder.ends_with("Tests")
            || is_kind_of_test(&lower) =>
        {
            Some(Role::Test)
        }
        _ => None,
    }
}

/// `src/integration-test`, `src/functionalTest`: what Gradle and Maven call further source sets of tests.
fn is_kind_of_test(lower: &str) -> bool {
    const KINDS: [&str; 9] = [
        "acceptance",
        "component",
        "contract",
        "functional",
        "integration",
        "load",
        "smoke",
        "system",
        "unit",
    ];
    lower.strip_suffix("test").is_some_and(|kind| KINDS.contains(&kind.trim_end_matches(['-', '_'])))
}

/// How folders of tests end: unit-tests, prismMocks, old-fixtures, api.test
const TEST_ENDINGS: [&str; 7] = ["-tests", "_tests", "mocks", "mocks__", "-fixtures", "_fixtures", ".test"];

/// Whether a file's name is one that a language's test tool looks for: Go, Python, Ruby.
fn is_test_code(name: &str) -> bool {
    name.ends_with("_test.go")
        || name.ends_with("_spec.rb")
        || name == "conftest.py"
        || name.ends_with(".py") && (name.starts_with("test_") || name.ends_with("_test.py"))
}

/// Whether a data file's name says that it does not hold what it should: `table-invalid.csv`.
fn is_wrong_on_purpose(name: &str) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    let is_data =
        ["csv", "json", "yaml", "yml", "xml", "html"].iter().any(|one| ending.eq_ignore_ascii_case(one));
    let mut words = stem.split(['-', '_', '.', ' ']);
    is_data && words.any(|word| ["invalid", "malformed"].iter().any(|one| word.eq_ignore_ascii_case(one)))
}

/// Files that are empty by custom: their being there is all they say.
#[must_use]
pub fn may_be_empty(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(
        name,
        "__init__.py"
            | ".gitkeep"
            | ".keep"
            | ".nojekyll"
            | "py.typed"
            | ".gitignore"
            | ".gitleaksignore"
            | ".trivyignore"
            | ".dockerignore"
            | ".npmignore"
            | ".placeholder"
    )
}

#[cfg(test)]
mod tests {
    use super::{Role, role};

    #[test]
    fn folders_and_names_tell_the_role() {
        for (path, wanted) in [
            ("specification/api.yaml", None),
            ("share/static/components/require/package.json", Some(Role::Vendored)),
            ("public/app/package.json", None),
            ("static/components/require/main.js", None),
            ("specification/examples/a.json", Some(Role::Example)),
            ("tests/examples/a.json", Some(Role::Test)),
            ("examples/tests/a.json", Some(Role::Test)),
            ("src/unit-tests/a.csv", Some(Role::Test)),
            ("src/test/resources/a.json", Some(Role::Test)),
            ("src/integration-test/resources/a.yaml", Some(Role::Test)),
            ("src/functionalTest/a.yaml", Some(Role::Test)),
            ("latest/system-latest/a.yaml", None),
            ("spec/openapi.yaml", None),
            ("src/parse.spec.ts", Some(Role::Test)),
            ("openapi.spec.yaml", None),
            ("data.test.json", Some(Role::Test)),
            ("contest/a.json", None),
            ("dist/a.json", Some(Role::Generated)),
            (".github/actions/run-unit-tests/action.yml", None),
            ("src/main/prismMocks/api.json", Some(Role::Test)),
            ("test_csv_files/a.csv", Some(Role::Test)),
            ("integration/fixtures-expired/server.key", Some(Role::Test)),
            ("data/golden/a.json", None),
            ("pkg/kv/kv_test.go", Some(Role::Test)),
            ("src/test_api.py", Some(Role::Test)),
            ("latest_test.txt", None),
            ("data/table-invalid.csv", Some(Role::Test)),
            ("data/Malformed_rows.json", Some(Role::Test)),
            ("data/invalidity-benefit.csv", None),
            ("docs/invalid.md", None),
            ("contest.go", None),
        ] {
            assert_eq!(role(path, None), wanted, "{path}");
        }
    }
}
