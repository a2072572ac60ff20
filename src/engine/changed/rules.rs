//! Which rules about the repository can answer where only what changed is judged. Those that find what
//! they find in each file by itself look at the files that are judged. Those whose answer hangs on some
//! files by name are asked if such a file changed, came or went. The others need the whole tree, and are
//! left out: rules over the list of all files, over what git or the forge tell, and those that gather.

use crate::engine::plan::Plan;
use crate::pack::form::{OneOrMany, RuleForm, ThenForm};
use crate::target::REPOSITORY;
use serde_json::Value;

/// The rules about the repository, by their indexes in the plan.
#[derive(Debug, Default)]
pub(in crate::engine) struct Parts {
    /// Those that look at each file by itself.
    pub each: Vec<usize>,
    /// Those whose answer may be another one now.
    pub touched: Vec<usize>,
    /// How many are left out.
    pub left_out: usize,
}

/// Sorts the rules about the repository by what they can say of a tree in which some paths changed, and
/// some files are judged. Those that look at each file by itself and at none of these are not there.
pub(in crate::engine) fn parts<'a>(
    plan: &Plan,
    changed: &[&str],
    judged: impl Iterator<Item = &'a String>,
) -> Parts {
    let lower: Vec<String> = changed.iter().map(|path| path.to_lowercase()).collect();
    let judged: Vec<String> = judged.map(|path| path.to_lowercase()).collect();
    let looks = |thens: &[ThenForm], paths: &[String]| {
        thens.iter().any(|then| paths.iter().any(|path| may_look_at(then, path)))
    };
    let mut parts = Parts::default();
    for (index, rule) in plan.rules.iter().enumerate() {
        if !rule.runs || !rule.on.contains(&REPOSITORY) {
            continue;
        }
        let form = rule.info.pack.and_then(|pack| plan.packs.get(pack)?.form.rules.get(&rule.id));
        match form.and_then(over_files) {
            Some(thens) if thens.iter().all(is_each) => {
                if looks(thens, &judged) {
                    parts.each.push(index);
                }
            }
            Some(thens) if looks(thens, &lower) => {
                let checks = &plan.body(index).then;
                if checks.iter().any(|then| changed.iter().any(|path| then.check.looks_at(path))) {
                    parts.touched.push(index);
                } else {
                    parts.left_out += 1;
                }
            }
            _ => parts.left_out += 1,
        }
    }
    parts
}

/// Checks that find what they find in each file by itself.
const EACH: [&str; 3] = ["content-absent", "file-absent", "file-limits"];

fn is_each(then: &ThenForm) -> bool {
    let every = || then.function_options.as_ref()?.get("every")?.as_bool();
    EACH.contains(&then.function.as_str()) || then.function == "content-matches" && every() == Some(true)
}

/// Checks whose answer hangs on files that their options name, with those options.
const NAMED: [(&str, &[&str]); 6] = [
    ("code-owners", &["files", "paths"]),
    ("content-matches", &["files", "orFiles"]),
    ("file-beside", &["files", "names"]),
    ("file-exists", &["any"]),
    ("heading-present", &["files"]),
    ("licence-is", &["files"]),
];

/// The checks of a rule, where all of them look at files and nothing else.
fn over_files(form: &RuleForm) -> Option<&[ThenForm]> {
    let at_root = form.given.as_ref().is_none_or(|given| given.as_slice().iter().all(|path| path == "$"));
    let thens = form.then.as_ref().map(OneOrMany::as_slice).unwrap_or_default();
    let known = |name: &str| EACH.contains(&name) || NAMED.iter().any(|(other, _)| *other == name);
    let over_files = thens.iter().all(|then| then.field.is_none() && known(&then.function));
    (form.gather.is_empty() && at_root && over_files && !thens.is_empty()).then_some(thens)
}

/// Whether a rule looks at files of the tree, beside the document it is given.
pub(in crate::engine) fn looks_at_files(form: &RuleForm) -> bool {
    let thens = form.then.as_ref().map(OneOrMany::as_slice).unwrap_or_default();
    let known = |name: &str| EACH.contains(&name) || NAMED.iter().any(|(other, _)| *other == name);
    thens.iter().any(|then| known(&then.function))
}

/// Whether a check may look at a path (in small letters), by the first and last letters of its globs: most
/// cannot, and need not be compiled to say so.
fn may_look_at(then: &ThenForm, path: &str) -> bool {
    let options: &[&str] = match then.function.as_str() {
        "file-absent" => &["any"],
        "content-absent" | "file-limits" => &["files"],
        name => NAMED.iter().find(|(other, _)| *other == name).map_or(&[], |(_, options)| options),
    };
    let given = then.function_options.as_ref();
    let globs = |option: &&str| given.and_then(|given| given.get(option)).and_then(Value::as_array);
    // Without files of its own, one looks at the usual ones.
    let usual = options.iter().all(|option| globs(option).is_none());
    usual
        || options
            .iter()
            .filter_map(globs)
            .flatten()
            .filter_map(Value::as_str)
            .any(|glob| may_match(glob, path))
}

fn may_match(glob: &str, path: &str) -> bool {
    let glob = glob.to_lowercase();
    let special = |char: char| "*?[]{}!\\".contains(char);
    let Some(first) = glob.find(special) else { return path == glob || path.ends_with(&format!("/{glob}")) };
    let last = glob.rfind(special).map_or(0, |at| at + 1);
    // `**/` and `/**` stand for no folder as well.
    let (head, tail) = (glob[..first].trim_end_matches('/'), glob[last..].trim_start_matches('/'));
    path.starts_with(head) && path.ends_with(tail)
}

#[cfg(test)]
mod tests {
    use super::may_match;
    use globset::GlobBuilder;

    #[test]
    fn a_glob_that_matches_may_match() {
        let globs = [
            "readme*",
            "**/*.tf",
            ".github/**",
            ".github/workflows/*.{yml,yaml}",
            "licen[cs]e*",
            "**",
            "*",
            "a?c",
            "docs/**/adr/*.md",
            "package.json",
            "**/pom.xml",
            "{a,b}/c",
            "!x",
            "x[!y]z",
        ];
        let paths = [
            "readme.md",
            "a.tf",
            "x/y.tf",
            ".github/a",
            ".github/workflows/a.yml",
            "license",
            "licence.md",
            "abc",
            "docs/adr/1.md",
            "docs/x/adr/1.md",
            "package.json",
            "x/package.json",
            "pom.xml",
            "x/pom.xml",
            "a/c",
            "b/c",
            "!x",
            "x.z",
            "xaz",
        ];
        let mut spared = 0;
        for glob in globs {
            let matcher = GlobBuilder::new(glob).literal_separator(true).build().unwrap().compile_matcher();
            for path in paths {
                let may = may_match(glob, path);
                assert!(may || !matcher.is_match(path), "{glob} {path}");
                spared += usize::from(!may);
            }
        }
        assert!(spared > 100, "{spared}");
    }
}
