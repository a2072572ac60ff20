//! Finding such comments in a text and reading them. In data formats only what the parser took for
//! a comment is one, so that a value that speaks of them does nothing; in Markdown an HTML comment
//! outside of code; in other texts what stands behind the usual signs of a comment.

use super::WORD;
use crate::standard::Date;
use assize_tree::document::de::closest;
use assize_tree::document::{Format, Kind, Limits, detect};
use assize_tree::text::{Problem, Span, Text};
use std::sync::Arc;

/// More comments than this in one file are no explanations that anybody has read.
const MOST: usize = 500;
/// Ids that one may name.
const MOST_RULES: usize = 10;
/// Bytes of one. A stranger's file may be one line of many megabytes that holds the word a million
/// times: nothing here looks further than this, so that the whole stays linear.
const LONGEST: usize = 2_000;
/// Lines of comments and empty lines that may stand between a comment and what it speaks of.
const GAP: usize = 20;
/// What a comment's words may be.
const WORDS: [&str; 3] = ["reason", "until", "waiver"];

/// One such comment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directive {
    /// Where its word begins, to its end.
    pub span: Span,
    /// Ids of rules or clauses, with their places.
    pub rules: Vec<(String, Span)>,
    /// Why.
    pub reason: Option<String>,
    /// The last day it holds.
    pub until: Option<Date>,
    /// Id of a waiver it cites.
    pub waiver: Option<String>,
    /// First and last line it speaks of beside the next, counted from 0.
    pub lines: (usize, usize),
    /// The line below that it speaks of, where it stands alone.
    pub next: Option<usize>,
    /// What is wrong with its form.
    pub problems: Vec<Problem>,
}

/// The comments of a file.
#[must_use]
pub fn scan(path: &str, text: &Arc<Text>, limits: Limits) -> Vec<Directive> {
    let source = text.as_str();
    if memchr::memmem::find(source.as_bytes(), WORD.as_bytes()).is_none() {
        return Vec::new();
    }
    let regions = match detect::format_of_name(path) {
        Some(format @ (Format::Yaml | Format::Json | Format::Xml)) => {
            detect::parse(format, Arc::clone(text), limits).comments().to_vec()
        }
        Some(Format::Toml) => {
            let document = detect::parse(Format::Toml, Arc::clone(text), limits);
            let mut values: Vec<Span> = document
                .nodes()
                .iter()
                .filter(|node| node.kind == Kind::String)
                .map(|node| node.span)
                .collect();
            values.sort_unstable();
            let in_value = |at: u32| {
                let before = values.partition_point(|span| span.start <= at);
                before > 0 && at < values[before - 1].end
            };
            let mut regions = by_line(text);
            regions.retain(|region| !in_value(region.start));
            regions
        }
        Some(Format::Markdown) => {
            let front = front_matter(source);
            let mut regions = in_front_matter(source, front, limits);
            regions.extend(in_markdown(source, front));
            regions
        }
        // It has no comments: what stands in a field is data.
        Some(Format::Csv) => Vec::new(),
        _ => by_line(text),
    };
    let mut speaking = regions.into_iter().filter_map(|region| {
        let at = memchr::memmem::find(&source.as_bytes()[region.range()], WORD.as_bytes())?;
        Some((region, region.start as usize + at))
    });
    let mut found: Vec<Directive> =
        speaking.by_ref().take(MOST).map(|(region, at)| directive(text, region, at)).collect();
    if let Some((_, at)) = speaking.next() {
        let span = Span::new(at as u32, (at + WORD.len()) as u32);
        let message =
            format!("There are more than {MOST} such comments in this file; the rest explain nothing.");
        found.push(Directive {
            span,
            problems: vec![Problem::new("ignore-form", span, message)],
            ..Directive::default()
        });
    }
    found
}

/// Regions of texts whose grammar is not known: from the sign of a comment before the word to the
/// end of its line.
fn by_line(text: &Text) -> Vec<Span> {
    const SIGNS: [&str; 9] = ["#", "//", "--", ";", "/*", "<!--", "%", "*", "REM"];
    let source = text.as_str();
    let mut regions = Vec::new();
    for at in memchr::memmem::find_iter(source.as_bytes(), WORD.as_bytes()) {
        let mut start = at.saturating_sub(40);
        while !source.is_char_boundary(start) {
            start += 1;
        }
        start += source[start..at].rfind('\n').map_or(0, |found| found + 1);
        let before = source[start..at].trim_end();
        let Some(sign) = SIGNS.iter().find(|sign| before.ends_with(**sign)) else { continue };
        let (_, end) = text.lines().line_bounds(source, text.lines().line_of(at as u32));
        let begins = start + before.len() - sign.len();
        // `##` and `///` are one sign.
        let begins = start + source[start..begins].trim_end_matches(['#', '/', '-', ';', '%']).len();
        let line = source[begins..end as usize].trim_end_matches(['\n', '\r']).len();
        regions.push(Span::new(begins as u32, (begins + line) as u32));
        if regions.len() > MOST {
            break;
        }
    }
    regions
}

/// Where a Markdown text begins behind its front matter: 0 where it has none.
fn front_matter(source: &str) -> usize {
    let mut lines = source.split_inclusive('\n');
    let Some(first) = lines.next().filter(|line| line.trim_start_matches('\u{feff}').trim_end() == "---")
    else {
        return 0;
    };
    let mut at = first.len();
    for line in lines {
        at += line.len();
        if matches!(line.trim_end(), "---" | "...") {
            return at;
        }
    }
    0
}

/// The comments of front matter, which is YAML.
fn in_front_matter(source: &str, end: usize, limits: Limits) -> Vec<Span> {
    let Some(front) = source.get(..end).filter(|front| front.contains(WORD)) else { return Vec::new() };
    // Its last line would begin a second document; without it every place is the same.
    let inner = front.trim_end().trim_end_matches(['-', '.']);
    let document = detect::parse(Format::Yaml, Arc::new(Text::from(inner.to_owned())), limits);
    document.comments().to_vec()
}

/// HTML comments of a Markdown text that stand outside of code.
fn in_markdown(source: &str, from: usize) -> Vec<Span> {
    let mut regions = Vec::new();
    let mut fence: Option<(char, usize)> = None;
    let mut offset = 0;
    let mut skip_to = from;
    for line in source.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        if start < skip_to {
            continue;
        }
        let trimmed = line.trim_start();
        let sign = trimmed.chars().next().filter(|char| matches!(char, '`' | '~'));
        let length = sign.map_or(0, |sign| trimmed.chars().take_while(|char| *char == sign).count());
        match (fence, sign) {
            (Some((open, least)), Some(sign))
                if sign == open && length >= least && trimmed.trim_end().len() == length =>
            {
                fence = None;
            }
            (None, Some(sign)) if length >= 3 => fence = Some((sign, length)),
            (None, _) => {
                let mut from = start;
                let mut ticks = 0;
                while let Some(found) = source[from..offset].find("<!--") {
                    let begins = from + found;
                    let length = source[begins..].find("-->").map_or(source.len() - begins, |to| to + 3);
                    let end = begins + length;
                    ticks += source[from..begins].matches('`').count();
                    if ticks % 2 == 0 {
                        regions.push(Span::new(begins as u32, end as u32));
                    }
                    skip_to = end;
                    if end >= offset {
                        break;
                    }
                    from = end;
                }
            }
            _ => {}
        }
    }
    regions
}

fn directive(text: &Text, region: Span, at: usize) -> Directive {
    let source = text.as_str();
    let lines = text.lines();
    let mut end = (region.end as usize).min(at + LONGEST);
    while !source.is_char_boundary(end) {
        end -= 1;
    }
    let body = source[at..end].trim_end();
    let body = ["-->", "*/"].iter().find_map(|close| body.strip_suffix(close)).unwrap_or(body).trim_end();
    end = at + body.len();
    let mut found = Directive { span: Span::new(at as u32, end as u32), ..Directive::default() };
    let first = lines.line_of(region.start);
    let last = lines.line_of(region.end.saturating_sub(1).max(region.start));
    found.lines = (first, last);
    let (line_start, _) = lines.line_bounds(source, first);
    let (_, line_end) = lines.line_bounds(source, last);
    let blank = |from: u32, to: u32| {
        to.saturating_sub(from) as usize <= LONGEST
            && source.get(from as usize..to as usize).is_none_or(|text| text.trim().is_empty())
    };
    if blank(line_start, region.start) && blank(region.end, line_end) {
        found.next = (last + 1..lines.len()).take(GAP).find(|&line| {
            let (start, end) = lines.line_bounds(source, line);
            let line = source[start as usize..end as usize].trim_start();
            !line.is_empty()
                && !["#", "//", "<!--", "/*", "--", ";"].iter().any(|sign| line.starts_with(sign))
        });
    }
    if region.end as usize > at + LONGEST {
        let message = format!("The comment is longer than {LONGEST} bytes.");
        found.problems.push(Problem::new("ignore-form", found.span, message));
    }
    words(source, at + WORD.len(), end, &mut found);
    if found.rules.len() > MOST_RULES {
        found.rules.truncate(MOST_RULES);
        let message = format!("The comment names more than {MOST_RULES} rules.");
        found.problems.push(Problem::new("ignore-form", found.span, message));
    }
    if found.rules.is_empty() && found.problems.is_empty() {
        found.problems.push(
            Problem::new("ignore-form", found.span, "The comment names no rule.")
                .hint("Write: assize-ignore: RULE reason=\"...\" until=YYYY-MM-DD"),
        );
    }
    if found.until.is_none() && found.problems.is_empty() && found.waiver.is_none() {
        found.problems.push(
            Problem::new("ignore-form", found.span, "The comment does not say until when it holds.")
                .hint("Add until=YYYY-MM-DD."),
        );
    }
    found
}

/// Reads ids and `name=value` pairs.
fn words(source: &str, from: usize, end: usize, found: &mut Directive) {
    let mut at = from;
    loop {
        at += source[at..end].len()
            - source[at..end].trim_start_matches(|char: char| char.is_whitespace() || char == ',').len();
        if at >= end {
            return;
        }
        let rest = &source[at..end];
        let length =
            rest.find(|char: char| char.is_whitespace() || matches!(char, ',' | '=')).unwrap_or(rest.len());
        let word = &rest[..length];
        let span = Span::new(at as u32, (at + length) as u32);
        if !rest[length..].starts_with('=') {
            found.rules.push((word.to_owned(), span));
            at += length;
            continue;
        }
        at += length + 1;
        let (value, used) = match value(&source[at..end]) {
            Some(read) => read,
            None => {
                found.problems.push(
                    Problem::new(
                        "ignore-form",
                        span,
                        format!("The value of \"{word}\" has no closing quote."),
                    )
                    .hint("Close it with \"."),
                );
                return;
            }
        };
        let place = Span::new(at as u32, (at + used) as u32);
        at += used;
        match word {
            "reason" => found.reason = Some(value),
            "waiver" => found.waiver = Some(value),
            "until" => match value.parse() {
                Ok(date) => found.until = Some(date),
                Err(message) => found.problems.push(Problem::new("ignore-form", place, message)),
            },
            other => {
                let problem =
                    Problem::new("ignore-form", span, format!("There is no word \"{other}\" here."));
                found.problems.push(problem.hint(match closest(other, WORDS) {
                    Some(near) => format!("Did you mean \"{near}\"?"),
                    None => format!("Words: {}.", WORDS.join(", ")),
                }));
            }
        }
    }
}

/// A value in quotes, or up to the next white space, and its length in the text.
fn value(rest: &str) -> Option<(String, usize)> {
    let Some(quoted) = rest.strip_prefix('"') else {
        let length = rest.find(|char: char| char.is_whitespace() || char == ',').unwrap_or(rest.len());
        return Some((rest[..length].to_owned(), length));
    };
    let mut text = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((text, at + 2)),
            '\\' => text.extend(chars.next().map(|(_, next)| next)),
            other => text.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<Directive> {
        scan(path, &Arc::new(Text::from(text.to_owned())), Limits::default())
    }

    const IGNORE: &str = "assize-ignore: uk/a/b reason=\"why \\\"so\\\"\" until=2026-02-28";

    #[test]
    fn only_comments_count() {
        for (path, before, after, speaks) in [
            ("a.yaml", "k: 1 # ", "\nl: 2\n", true),
            ("a.yaml", "k: '# ", "'\n", false),
            ("a.yaml", "k: |\n  # ", "\n", false),
            ("a.json", "{ // ", "\n}", true),
            ("a.json", "{\"a\": \"# ", "\"}", false),
            ("a.json", "{ /* ", " */ \"a\": 1}", true),
            ("a.toml", "a = 1 # ", "\n", true),
            ("a.toml", "a = '''\n# ", "'''\n", false),
            ("a.md", "<!-- ", " -->\ntext\n", true),
            ("a.md", "<!--\n", "\n-->\ntext\n", true),
            ("a.md", "# ", "\n", false),
            ("a.md", "```html\n<!-- ", " -->\n```\n", false),
            ("a.md", "Write `<!-- ", " -->`\n", false),
            ("Dockerfile", "FROM x # ", "\n", true),
            ("Dockerfile", "RUN echo \"", "\"\n", false),
            ("a.sql", "-- ", "\n", true),
            ("CODEOWNERS", "# ", "\n* @a\n", true),
            ("a.csv", "# ", "\n", false),
        ] {
            let all = found(path, &format!("{before}{IGNORE}{after}"));
            assert_eq!(all.len(), usize::from(speaks), "{path}: {before}");
            for one in all {
                assert_eq!(one.problems, []);
                assert_eq!(one.rules[0].0, "uk/a/b");
                assert_eq!(one.reason.as_deref(), Some("why \"so\""));
                assert_eq!(one.until.unwrap().to_string(), "2026-02-28");
            }
        }
    }

    #[test]
    fn a_comment_speaks_of_its_line_or_the_next() {
        let one = found("a.yaml", &format!("a: 1\nb: 2 # {IGNORE}\nc: 3\n")).remove(0);
        assert_eq!((one.lines, one.next), ((1, 1), None));
        let two = found("a.yaml", &format!("a: 1\n  # {IGNORE}\n# more\n\nc: 3\n")).remove(0);
        assert_eq!((two.lines, two.next), ((1, 1), Some(4)));
        let last = found("a.yaml", &format!("a: 1\n# {IGNORE}")).remove(0);
        assert_eq!((last.lines, last.next), ((1, 1), None));
        let block = found("a.md", &format!("<!--\n{IGNORE}\n-->\n\nText\n")).remove(0);
        assert_eq!((block.lines, block.next), ((0, 2), Some(4)));
    }

    #[test]
    fn mistakes_are_placed() {
        let text = "a: 1 # assize-ignore: x/y/z raeson=\"a\" until=2025-02-29\n";
        let one = found("a.yaml", text).remove(0);
        assert_eq!(one.problems.len(), 2);
        assert_eq!(one.problems[0].hint.as_deref(), Some("Did you mean \"reason\"?"));
        assert_eq!(&text[one.problems[1].span.range()], "2025-02-29");
        for wrong in ["", "x/y/z reason=\"open", "x/y/z reason=\"a\"", "reason=\"a\" until=2026-01-01"] {
            assert_eq!(
                found("a.yaml", &format!("a: 1 # assize-ignore: {wrong}\n"))[0].problems.len(),
                1,
                "{wrong}"
            );
        }
        let several =
            found("a.yaml", "a: 1 # assize-ignore: x/y/z, uk/b until=2026-01-01 reason=short\n").remove(0);
        assert_eq!(several.rules.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>(), ["x/y/z", "uk/b"]);
        assert_eq!(several.reason.as_deref(), Some("short"));
    }

    /// Each of these was quadratic in a simpler form.
    #[test]
    fn hostile_files_cost_no_more_than_their_size() {
        let started = std::time::Instant::now();
        let word = "# assize-ignore: a/b/c ";
        for (path, text) in [
            ("Dockerfile", word.repeat(100_000)),
            ("Dockerfile", format!("{}\n", word).repeat(50_000)),
            ("a.md", "`<!-- assize-ignore: a/b/c -->".repeat(100_000)),
            ("a.md", "<!-- assize-ignore: a/b/c ".repeat(100_000)),
            ("a.toml", format!("a = [{}]\n{}", "'x', ".repeat(50_000), format!("{word}\n").repeat(2_000))),
            ("a.yaml", format!("a: 1 # assize-ignore: {}", "a/b/c ".repeat(500_000))),
            ("a.yaml", format!("a: 1\n{}", "# assize-ignore: x\n".repeat(20_000))),
        ] {
            let all = found(path, &text);
            assert!(all.len() <= MOST + 1, "{path}");
            assert!(all.iter().all(|one| one.rules.len() <= MOST_RULES));
            assert!(all.iter().any(|one| !one.problems.is_empty()));
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    #[test]
    fn no_text_makes_it_fail() {
        let good = "x: é # assize-ignore: uk/a/b reason=\"é \\\" ö\" until=2026-01-01 waiver=9.10 -->\n<!-- assize-ignore: x -->";
        for path in ["a.yaml", "a.json", "a.toml", "a.md", "a.csv", "Dockerfile"] {
            for (at, _) in good.char_indices() {
                let (before, after) = good.split_at(at);
                let _ = found(path, before);
                let _ = found(path, after);
                let _ = found(path, &format!("{before}\u{202e}\r\n\"{after}"));
            }
        }
    }
}
