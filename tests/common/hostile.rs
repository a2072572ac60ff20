//! Trees whose names and texts were made to break out of a report.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, dead_code, unreachable_pub)]

use super::common::folder;
use std::path::PathBuf;

/// The description, with a title, and a workflow whose script is the text too.
fn tree(name: &str, file: &str, text: &str) -> PathBuf {
    let quoted = serde_json::to_string(text).unwrap();
    let api = format!(
        "{{\"openapi\": \"3.0.3\", \"info\": {{\"title\": {quoted}, \"version\": \"1\"}}, \"paths\": {{\"/a\": {{\"$ref\": {quoted}}}}}}}"
    );
    let script = serde_json::to_string(&format!("{text} github.event")).unwrap();
    let flow = format!("on: push\njobs: {{ a: {{ runs-on: x, steps: [{{ run: {script} }}] }} }}\n");
    folder(
        &format!("hostile-{name}"),
        &[
            (&format!("{file}.json"), &api),
            (".github/workflows/a.yml", &flow),
            (&format!(".github/workflows/{}.yml", file.replace('/', "_")), &flow),
        ],
    )
}

/// Ten and more of them.
pub fn trees() -> Vec<PathBuf> {
    let long = "x](https://evil.example.org)<b>".repeat(400);
    vec![
        tree(
            "newlines",
            "a\nb\r\n::error::c",
            "one\n::set-output name=a::b\r\n##vso[task.setvariable variable=a]b\n",
        ),
        tree(
            "ansi",
            "a\u{1b}[31mred\u{1b}]0;title\u{7}",
            "\u{1b}[2J\u{1b}]8;;http://evil.example.org\u{7}x\u{9b}31m\u{7f}\u{8}",
        ),
        tree(
            "commands",
            "::set-output name=x::y",
            "::stop-commands::x ::add-mask::y ##[command]z ##VSO[task.complete]",
        ),
        tree("teamcity", "##teamcity[x 'y|z']", "##teamcity[buildStatus text='hacked'] it's ] [ |"),
        tree(
            "markup",
            "<script>alert(1)<|script>",
            "</failure></testcase><script>alert(1)</script><!-- ]]> & &lt; \" ' <img src=x onerror=1>",
        ),
        tree(
            "right-to-left",
            "a\u{202e}lmy.x",
            "\u{2066}admin\u{2069}\u{200f}\u{200b}\u{feff}\u{2028}\u{e0041}\u{e0042}",
        ),
        tree("long-lines", &"n".repeat(240), &long),
        tree("uris", "..%2f#?a b\u{e9}:[x]\\{y}", "file:///etc/passwd#frag?q %00 %zz \\\\host\\share"),
        tree(
            "markdown",
            "[x](javascript:a) `b` *c* | d",
            "![x](https://evil.example.org/x.png) [y](https://evil.example.org) @everyone #1 www.evil.example.org | --- | `a`\n\n# H\n- l",
        ),
        tree("formulas", "=HYPERLINK(1)", "=cmd|' /C calc'!A0,+1,-1,@SUM(1)\",\"\n=1"),
        tree("quotes", "a'b\"c;d]e,f", "\"; rm -rf / # ' \\\" \\ $(id) `id` ${IFS} %0A%0D ;]"),
    ]
}
