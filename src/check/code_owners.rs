//! `code-owners`: CODEOWNERS gives owners to some files of the tree, and to a new one beside them. The
//! last pattern that matches a path decides, and one without owners takes them away, as on GitHub:
//! <https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners>

use super::files::{Files, is_emptied, text};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use assize_tree::document::{Document, Limits, detect};
use assize_tree::text::Span;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::Value;

struct CodeOwners {
    /// Where the file may stand, in the order in which the forge looks: the first that is there counts.
    files: Vec<String>,
    /// What has to have owners.
    paths: Files,
}

/// A pattern with its place, and whether owners stand behind it.
struct Line {
    globs: GlobSet,
    owned: bool,
    span: Span,
}

/// A name for a file that is not there yet.
const NEW: &str = "a-new-file-nobody-has-written-yet";

impl Check for CodeOwners {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let there = self.files.iter().find_map(|path| {
            let entry = &cx.workspace.entries()[cx.workspace.find(path)?];
            Some((entry, cx.workspace.behind(entry)))
        });
        let Some((entry, behind)) = there else { return Ok(Looked::Nothing) };
        let Some(file) = behind.filter(|file| file.skip.is_none()) else {
            return Err(CannotTell(format!(
                "{} is a link to something that was not handed over.",
                entry.path
            )));
        };
        if file.size == 0 {
            return Ok(Looked::Nothing);
        }
        let content = text(cx, file)?;
        let Some(format) = detect::format_of_name(&entry.path) else { return Ok(Looked::Nothing) };
        let lines = lines(&detect::parse(format, content, Limits::default()));
        let decides = |path: &str| lines.iter().rev().find(|line| line.globs.is_match(path));
        let mut wrong: Vec<(&str, Option<&Line>)> = Vec::new();
        let (mut places, mut unforeseen) = (0, None);
        for one in self.paths.filled(cx) {
            places += 1;
            match decides(&one.path) {
                Some(line) if line.owned => {}
                line => wrong.push((&one.path, line)),
            }
            let ending = one.path.rsplit_once('.').map_or("", |(_, ending)| ending);
            let folder = one.path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
            if decides(&format!("{folder}{NEW}.{ending}")).is_none_or(|line| !line.owned) {
                unforeseen.get_or_insert(folder);
            }
        }
        let (error, line) = match (wrong.as_slice(), unforeseen) {
            ([], None) => return Ok(Looked::At(places)),
            ([], Some(folder)) => (format!("a new file in {folder} would have none"), None),
            ([(path, line)], _) => (format!("{path} has none"), *line),
            ([(path, line), rest @ ..], _) => (format!("{path} and {} more have none", rest.len()), *line),
        };
        let span = line.map_or_else(Span::default, |line| line.span);
        found.push(Violation::new(error).at(Place::File { path: entry.path.clone(), span }));
        Ok(Looked::At(places))
    }

    fn blind(&self, cx: &Context<'_>) -> Vec<String> {
        let first = self.files.iter().find_map(|path| cx.workspace.find(path));
        let entry = first.map(|at| &cx.workspace.entries()[at]);
        entry.filter(|entry| is_emptied(entry)).map(|entry| entry.path.clone()).into_iter().collect()
    }

    fn looks_at(&self, path: &str) -> bool {
        self.paths.covers(path) || self.files.iter().any(|file| file.eq_ignore_ascii_case(path))
    }
}

/// The lines of a CODEOWNERS file. What GitHub does not read it passes over, and so is it here.
fn lines(document: &Document) -> Vec<Line> {
    let Some(rules) = document.root().and_then(|root| document.get(root, "rules")) else { return Vec::new() };
    let line = |rule| {
        let pattern = document.get(rule, "pattern")?;
        let owners = document.get(rule, "owners").map_or(0, |owners| document.len(owners));
        let globs = globs(document.str(pattern)?)?;
        Some(Line { globs, owned: owners > 0, span: document.span(pattern) })
    };
    document.items(rules).filter_map(line).collect()
}

/// What a pattern matches, in a path from the root; `None` for one that GitHub does not read.
fn globs(pattern: &str) -> Option<GlobSet> {
    if pattern.starts_with('!') || pattern.contains('[') {
        return None;
    }
    let folder = pattern.ends_with('/');
    let body = pattern.trim_end_matches('/');
    // A slash anywhere but at the end ties the pattern to the root.
    let tied = body.contains('/') || pattern == "/";
    let body = body.trim_start_matches('/');
    let base = match (tied, body) {
        (_, "") => String::new(),
        (true, body) => body.to_owned(),
        (false, body) => format!("**/{body}"),
    };
    let base = base.replace('{', "\\{").replace('}', "\\}");
    let mut set = GlobSetBuilder::new();
    let mut add = |glob: &str| {
        let glob = GlobBuilder::new(glob).literal_separator(true).backslash_escape(true).build().ok()?;
        set.add(glob);
        Some(())
    };
    if base.is_empty() {
        add("**")?;
    } else {
        if !folder {
            add(&base)?;
        }
        // A folder stands for all that is in it; `docs/*` for what stands in docs itself.
        if folder || !(base == "*" || base.ends_with("/*")) {
            add(&format!("{base}/**"))?;
        }
    }
    set.build().ok()
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("code-owners", given, &["files", "paths"])?;
    let files = options::need("code-owners", members, "files", "a list of paths")?;
    let paths = Files::read(members, "paths")?.ok_or_else(|| {
        OptionError::new("", "The check \"code-owners\" needs the option \"paths\": a list of globs.")
    })?;
    Ok(Box::new(CodeOwners { files, paths }))
}

#[cfg(test)]
mod tests {
    use super::globs;

    #[test]
    fn patterns_match_as_on_github() {
        let workflow = ".github/workflows/build.yml";
        for (pattern, path, wanted) in [
            ("*", workflow, true),
            ("/", workflow, true),
            ("**", workflow, true),
            ("/**", workflow, true),
            ("/*", workflow, false),
            ("/.github", workflow, true),
            (".github", workflow, true),
            (".github/", workflow, true),
            (".github/**", workflow, true),
            (".github/*", workflow, false),
            ("workflows/", workflow, true),
            ("**/workflows/", workflow, true),
            ("/workflows/", workflow, false),
            ("/.github/workflows", workflow, true),
            ("/.github/workflows/*", workflow, true),
            ("/.github/workflows/*.yml", workflow, true),
            ("/.github/workflows/*.yaml", workflow, false),
            ("*.yml", workflow, true),
            (".github/workflows/build.yml", workflow, true),
            ("/docs/", workflow, false),
            ("docs/*", "docs/a.md", true),
            ("docs/*", "docs/build/a.md", false),
            ("apps/", "x/apps/a.rb", true),
            ("/apps/", "x/apps/a.rb", false),
            ("**/logs", "build/logs/a", true),
            ("a{b}", "a{b}", true),
        ] {
            assert_eq!(globs(pattern).unwrap().is_match(path), wanted, "{pattern} {path}");
        }
        assert!(globs("!docs").is_none() && globs("[a-z]").is_none());
    }
}
