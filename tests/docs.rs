//! The pages of docs/: every command in a ```console block is run in a folder that holds the fixtures,
//! and what it prints must be what the page shows. `...` on a line of its own stands for any lines.
//! ASSIZE_DOCS=write puts what is printed into the pages instead; look at the difference before you keep it.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn pages(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            pages(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            found.push(path);
        }
    }
    found.sort();
}

/// A folder for a page, with what its commands speak of.
fn workplace(name: &str) -> PathBuf {
    let folder = common::folder(&format!("docs-{name}"), &[]);
    let copied = Command::new("cp").arg("-r").arg(root().join("fixtures")).arg(&folder).status().unwrap();
    assert!(copied.success());
    folder
}

/// Runs one command after those before it, in the folder that they left; what it printed, and the folder.
fn run(command: &str, folder: &Path, code: i32) -> (String, PathBuf, i32) {
    let binary = Path::new(env!("CARGO_BIN_EXE_assize")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let end = folder.join(".end");
    // `set -o pipefail` is not in every sh; the last command of a pipe gives the code.
    let script = format!("(exit {code}); {command}\ncode=$?; pwd > '{}'; exit $code", end.display());
    let output = Command::new("sh")
        .args(["-c", &script])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("COLUMNS")
        .env_remove("ASSIZE_SHARED")
        .output()
        .unwrap();
    let after = PathBuf::from(fs::read_to_string(&end).unwrap().trim_end());
    fs::remove_file(&end).unwrap();
    let mut printed = String::from_utf8(output.stdout).unwrap();
    printed.push_str(&String::from_utf8(output.stderr).unwrap());
    // Ends of lines are not seen on a page, and editors take them away.
    let printed = printed.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    (printed, after, output.status.code().unwrap())
}

/// Whether a shown output stands for a printed one.
fn fits(shown: &[&str], printed: &[&str]) -> bool {
    match shown.split_first() {
        None => printed.is_empty(),
        Some((&"...", rest)) => (0..=printed.len()).any(|skipped| fits(rest, &printed[skipped..])),
        Some((first, rest)) => printed.first() == Some(first) && fits(rest, &printed[1..]),
    }
}

/// The page as it should be, and what differs; every command with what it should show.
fn checked(page: &Path) -> (String, Vec<String>) {
    let text = fs::read_to_string(page).unwrap();
    let name = page.strip_prefix(root()).unwrap().display().to_string();
    if !text.contains("```console\n") {
        return (text, Vec::new());
    }
    let mut folder = workplace(&name.replace(['/', '.'], "-"));
    let (mut out, mut wrong, mut code) = (String::new(), Vec::new(), 0);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if line != "```console" {
            continue;
        }
        while let Some(command) = lines.next_if(|line| line.starts_with("$ ")) {
            let mut shown = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ") && *line != "```") {
                shown.push(line);
            }
            let (printed, after, status) = run(&command[2..], &folder, code);
            (folder, code) = (after, status);
            let as_lines: Vec<&str> = printed.lines().collect();
            out.push_str(command);
            out.push('\n');
            if fits(&shown, &as_lines) {
                shown.iter().for_each(|line| out.extend([line, "\n"]));
            } else {
                wrong.push(format!(
                    "{name}: {command}\n-- shown\n{}\n-- printed\n{printed}",
                    shown.join("\n")
                ));
                out.push_str(&printed);
            }
        }
    }
    (out, wrong)
}

#[test]
fn what_the_pages_show_is_what_is_printed() {
    let mut all = Vec::new();
    pages(&root().join("docs"), &mut all);
    assert!(all.len() > 20);
    let mut wrong = Vec::new();
    let mut commands = 0;
    for page in all {
        let (text, differs) = checked(&page);
        commands += text.lines().filter(|line| line.starts_with("$ ")).count();
        if std::env::var_os("ASSIZE_DOCS").is_some_and(|value| value == "write") {
            fs::write(&page, text).unwrap();
        } else {
            wrong.extend(differs);
        }
    }
    assert!(commands > 40, "{commands} commands");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_command_has_a_page_and_every_page_is_in_the_book() {
    let help = common::assize(&["--help"]).out;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| *line != "Commands:")
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect();
    assert!(commands.len() >= 14, "{commands:?}");
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    for command in commands {
        assert!(root().join(format!("docs/commands/{command}.md")).is_file(), "assize {command} has no page");
        assert!(summary.contains(&format!("(commands/{command}.md)")), "{command}");
    }
    let mut all = Vec::new();
    pages(&root().join("docs"), &mut all);
    for page in all.iter().filter(|page| !page.ends_with("SUMMARY.md")) {
        let path = page.strip_prefix(root().join("docs")).unwrap().display().to_string();
        assert!(summary.contains(&format!("({path})")), "{path} is not in docs/SUMMARY.md");
    }
    for link in summary.split("](").skip(1) {
        let path = link.split(')').next().unwrap();
        assert!(
            root().join("docs").join(path).is_file(),
            "docs/SUMMARY.md leads to {path}, which is not there"
        );
    }
}

/// Links between the pages lead somewhere.
#[test]
fn links_between_pages_lead_somewhere() {
    let mut all = vec![root().join("README.md")];
    pages(&root().join("docs"), &mut all);
    for page in all {
        let text = fs::read_to_string(&page).unwrap();
        let mut in_code = false;
        for line in text.lines() {
            in_code ^= line.starts_with("```");
            for link in line.split("](").skip(1).filter(|_| !in_code) {
                let target = link.split([')', '#']).next().unwrap();
                if target.is_empty() || target.contains("://") || target.contains(' ') {
                    continue;
                }
                assert!(page.parent().unwrap().join(target).exists(), "{}: {target}", page.display());
            }
        }
    }
}
