//! Text from a judged tree on its way to people and programs. One place decides what is shown as
//! it is: a file may hold terminal escape sequences, characters that turn the line round, words
//! that a pipeline takes for commands, or worse. Each format has one function here, and no format
//! writes a stranger's text without it.

use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::io;

/// Whether a character could do something to a terminal or to the order of what is read.
#[must_use]
pub fn is_hostile(char: char) -> bool {
    match char {
        '\n' | '\t' => false,
        // Bidirectional controls (Unicode TR 36, CVE-2021-42574), line separators, invisible joins,
        // and tags, which hide words from people that a language model reads.
        '\u{00AD}'
        | '\u{061C}'
        | '\u{180E}'
        | '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}' => true,
        other => other.is_control(),
    }
}

/// Words that a pipeline takes for a command wherever they stand in a line that is printed: GitHub's
/// older form, Azure DevOps, TeamCity.
const COMMANDS: [&str; 3] = ["##[", "##vso[", "##teamcity["];

/// Byte offsets of characters that would begin a command of a pipeline. GitHub takes `::name` for
/// one at the start of a line, and text may be wrapped before any word.
fn commands(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    for at in memchr::memchr2_iter(b'#', b':', bytes) {
        let rest = &bytes[at..];
        let is_command = match rest {
            [b':', b':', letter, ..] => {
                letter.is_ascii_alphabetic()
                    && text[..at].chars().next_back().is_none_or(|before| before.is_whitespace())
            }
            [b'#', ..] => COMMANDS.iter().any(|command| {
                rest.get(..command.len()).is_some_and(|start| start.eq_ignore_ascii_case(command.as_bytes()))
            }),
            _ => false,
        };
        if is_command {
            found.push(at);
        }
    }
    found
}

/// The text with hostile characters replaced by visible ones of the same length in UTF-8, so that
/// spans into it stay right.
#[must_use]
pub fn same_length(text: &str) -> Cow<'_, str> {
    let commands = commands(text);
    if commands.is_empty() && !text.chars().any(|char| is_hostile(char) || char == '\r') {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for (at, char) in text.char_indices() {
        match char {
            // The CR of a line break shows as nothing.
            '\r' => shown.push(' '),
            _ if commands.binary_search(&at).is_ok() => shown.push('?'),
            hostile if is_hostile(hostile) => shown.push_str(match hostile.len_utf8() {
                1 => "?",
                2 => "¿",
                3 => "\u{FFFD}",
                _ => "\u{FFFD}?",
            }),
            other => shown.push(other),
        }
    }
    shown.into()
}

/// The text on one line, hostile characters written as `\u{1b}`: for messages, names and values.
#[must_use]
pub fn inline(text: &str) -> Cow<'_, str> {
    let commands = commands(text);
    if commands.is_empty() && !text.chars().any(|char| is_hostile(char) || matches!(char, '\n' | '\t' | '\r'))
    {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    for (at, char) in text.char_indices() {
        match char {
            '\n' => shown.push_str("\\n"),
            '\r' => shown.push_str("\\r"),
            '\t' => shown.push_str("\\t"),
            hostile if is_hostile(hostile) || commands.binary_search(&at).is_ok() => {
                shown.extend(hostile.escape_unicode());
            }
            other => shown.push(other),
        }
    }
    shown.into()
}

/// Text that is shown cut: so many characters and an ellipsis.
#[must_use]
pub fn cut(text: &str, longest: usize) -> Cow<'_, str> {
    match text.char_indices().nth(longest) {
        Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
        None => Cow::Borrowed(text),
    }
}

/// Text of an element or an attribute in XML 1.0, on one line. What XML cannot hold (most control
/// characters, U+FFFE) is written as in [`inline`].
#[must_use]
pub fn xml(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for char in inline(text).chars() {
        match char {
            '&' => shown.push_str("&amp;"),
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '"' => shown.push_str("&quot;"),
            '\'' => shown.push_str("&#39;"),
            '\u{FFFE}' | '\u{FFFF}' => shown.extend(char.escape_unicode()),
            other => shown.push(other),
        }
    }
    shown
}

/// Text in Markdown: on one line, none of its characters meaning anything, and no address, name or
/// number in it becoming a link by itself.
#[must_use]
pub fn markdown(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for (at, char) in inline(text).char_indices() {
        match char {
            '<' => shown.push_str("&lt;"),
            '>' => shown.push_str("&gt;"),
            '&' => shown.push_str("&amp;"),
            '@' => shown.push_str("&#64;"),
            '$' => shown.push_str("&#36;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                shown.push('\\');
                shown.push(char);
            }
            // A list or a heading in a list.
            '-' | '+' | '=' if at == 0 => {
                shown.push('\\');
                shown.push(char);
            }
            other => shown.push(other),
        }
    }
    shown.replace("://", "&#58;//").replace("www.", "www&#46;").replace("WWW.", "WWW&#46;")
}

/// A field of CSV (RFC 4180), on one line. A spreadsheet takes what begins with `=` and the like for
/// a formula; an apostrophe keeps it text.
#[must_use]
pub fn csv(text: &str) -> String {
    let text = inline(text);
    let formula = text.trim_start().starts_with(['=', '+', '-', '@', '|', '%'])
        || text.starts_with(['＝', '＋', '－', '＠']);
    let guard = if formula { "'" } else { "" };
    if formula || text.contains([',', '"', ';', '\'']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{guard}{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}

/// A path as relative URI reference (RFC 3986): all but unreserved characters percent-encoded. A
/// first part of `..` cannot occur in a judged tree; one that is empty cannot either.
#[must_use]
pub fn uri(path: &str) -> String {
    let mut encoded = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'/') {
            encoded.push(byte as char);
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// The message of a GitHub workflow command.
#[must_use]
pub fn command(text: &str) -> String {
    inline(text).replace('%', "%25")
}

/// A property of a GitHub workflow command.
#[must_use]
pub fn command_property(text: &str) -> String {
    inline(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}

/// The message of an Azure DevOps logging command.
#[must_use]
pub fn azure(text: &str) -> String {
    inline(text).replace('%', "%AZP25")
}

/// A property of an Azure DevOps logging command.
#[must_use]
pub fn azure_property(text: &str) -> String {
    inline(text).replace('%', "%AZP25").replace(';', "%3B").replace(']', "%5D")
}

/// A value of a TeamCity service message.
#[must_use]
pub fn teamcity(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + 8);
    for char in inline(text).chars() {
        match char {
            '|' | '\'' | '[' | ']' => {
                shown.push('|');
                shown.push(char);
            }
            other => shown.push(other),
        }
    }
    shown
}

/// A label's value in OpenMetrics.
#[must_use]
pub fn label(text: &str) -> String {
    inline(text).replace('\\', "\\\\").replace('"', "\\\"")
}

/// A list that is made while it is written.
pub struct Each<F>(pub F);

impl<F: Fn() -> I, I: Iterator<Item: Serialize>> Serialize for Each<F> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Writes JSON, indented, in which hostile characters stand as `\u202e`: a reader gets the text as
/// it is, a terminal nothing that acts on it. A line feed follows.
///
/// # Errors
/// Those of the output.
pub fn json(out: &mut dyn io::Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(
        &mut *out,
        Visible(PrettyFormatter::with_indent(b"  ")),
    ))?;
    writeln!(out)
}

/// The same on one line.
///
/// # Errors
/// Those of the output.
pub fn json_line(out: &mut dyn io::Write, value: &impl Serialize) -> io::Result<()> {
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, Visible(CompactFormatter)))?;
    writeln!(out)
}

/// A formatter that writes hostile characters as escapes.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        // None of them is ASCII but DEL; the others JSON escapes by itself. A `::` never begins a line.
        let mut commands = commands(fragment);
        commands.retain(|&at| fragment.as_bytes()[at] == b'#');
        if commands.is_empty() && fragment.is_ascii() && memchr::memchr(0x7F, fragment.as_bytes()).is_none() {
            return writer.write_all(fragment.as_bytes());
        }
        let mut from = 0;
        let acts = |at, char| is_hostile(char) || commands.binary_search(&at).is_ok();
        for (at, char) in fragment.char_indices().filter(|&(at, char)| acts(at, char)) {
            writer.write_all(&fragment.as_bytes()[from..at])?;
            let mut units = [0; 2];
            for unit in char.encode_utf16(&mut units) {
                write!(writer, "\\u{unit:04x}")?;
            }
            from = at + char.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[from..])
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_could_act_there() {
        let text = "a\u{1b}[31mb\u{202e}c\u{85}d\r";
        assert_eq!(same_length(text), "a?[31mb\u{FFFD}c¿d ");
        for text in [text, "\u{e0041}x", "##VSO[task.x]y", "::set-output name=a::b"] {
            assert_eq!(same_length(text).len(), text.len());
        }
        assert_eq!(inline("a\u{1b}]8;;x\u{7}\nb"), "a\\u{1b}]8;;x\\u{7}\\nb");
        assert!(matches!(inline("plain £ ünïcode"), Cow::Borrowed(_)));
    }

    #[test]
    fn no_line_is_a_command_of_a_pipeline() {
        assert_eq!(inline("::set-output name=x::y"), "\\u{3a}:set-output name=x::y");
        assert_eq!(inline("a ::error::b"), "a \\u{3a}:error::b");
        assert_eq!(
            inline("x##vso[a]##[error]##TeamCity[b]"),
            "x\\u{23}#vso[a]\\u{23}#[error]\\u{23}#TeamCity[b]"
        );
        assert!(matches!(inline("std::io, ::1, # heading, ## two"), Cow::Borrowed(_)));
        assert_eq!(command("100%\n::error::x"), "100%25\\n\\u{3a}:error::x");
        assert_eq!(command_property("a:b,c%"), "a%3Ab%2Cc%25");
        assert_eq!(azure_property("a;b]c%"), "a%3Bb%5Dc%AZP25");
        assert_eq!(teamcity("it's [a|b]"), "it|'s |[a||b|]");
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(xml("<a b='\"'>&\u{1b}\u{ffff}"), "&lt;a b=&#39;&quot;&#39;&gt;&amp;\\u{1b}\\u{ffff}");
        assert_eq!(
            markdown("[x](http://y) <script> @all www.z #1 `c`"),
            "\\[x\\](http&#58;//y) &lt;script&gt; &#64;all www&#46;z \\#1 \\`c\\`"
        );
        assert_eq!(markdown("- a"), "\\- a");
        assert_eq!(label("a\"b\\c\nd"), "a\\\"b\\\\c\\\\nd");
    }

    #[test]
    fn cells_are_no_formulas() {
        assert_eq!(csv("=1+1"), "\"'=1+1\"");
        assert_eq!(csv(" @SUM(1)"), "\"' @SUM(1)\"");
        assert_eq!(csv("a,\"b\""), "\"a,\"\"b\"\"\"");
        assert_eq!(csv("plain"), "plain");
    }

    #[test]
    fn addresses_are_relative_references() {
        assert_eq!(uri("a b/ünï & c:d.yaml"), "a%20b/%C3%BCn%C3%AF%20%26%20c%3Ad.yaml");
    }

    #[test]
    fn json_keeps_the_text_and_shows_none_of_it_raw() {
        let text = "a\u{202e}b\u{9b}c\u{e0041}d\u{1b}ü\u{7f}##vso[x]";
        let mut out = Vec::new();
        json_line(&mut out, &text).unwrap();
        assert_eq!(
            String::from_utf8(out.clone()).unwrap(),
            "\"a\\u202eb\\u009bc\\udb40\\udc41d\\u001bü\\u007f\\u0023#vso[x]\"\n"
        );
        assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
    }
}
