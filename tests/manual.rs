//! Completions and manual pages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::panic)]

mod common;

use common::assize;

#[test]
fn every_shell_gets_completions_that_know_every_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let run = assize(&["completions", shell]);
        assert_eq!((run.code, run.err.as_str()), (0, ""), "{shell}");
        for word in ["statement", "waiver", "request", "lint", "fail-on"] {
            assert!(run.out.contains(word), "{shell}: {word}");
        }
    }
    // Formats are offered where a shell's completions know of values.
    for shell in ["bash", "zsh", "fish"] {
        assert!(assize(&["completions", shell]).out.contains("sarif"), "{shell}");
    }
    assert_eq!(assize(&["completions", "tcsh"]).code, 2);
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let page = assize(&["man"]).out;
    assert!(
        page.contains(".TH assize 1") && page.contains("assize\\-statement") && page.contains("Exit codes")
    );
    let page = assize(&["man", "pack", "lint"]).out;
    assert!(page.contains(".TH assize-pack-lint 1"), "{page}");
    let page = assize(&["man", "check"]).out;
    assert!(page.contains("fail\\-on") && page.contains("[default: "));
    let run = assize(&["man", "chek"]);
    assert_eq!((run.code, run.out.as_str()), (2, ""));
    assert!(run.err.contains("Did you mean \"check\"?"), "{}", run.err);
}
