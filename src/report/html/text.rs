//! Text on its way into a page. Everything that a judged tree, a pack or a waiver says passes through
//! here; nothing else may write a stranger's text into HTML.

use super::super::escape::{inline, same_length};
use std::borrow::Cow;

/// Characters of one text that are shown; a message may quote a line of megabytes.
const LONGEST: usize = 2000;

/// For the content of an element or a quoted attribute, on one line.
pub(in crate::report) fn text(text: &str) -> String {
    let mut shown = markup(&inline(&cut(text))).into_owned();
    if shown.is_empty() {
        // An element without text would be read out as nothing at all.
        shown.push('–');
    }
    shown
}

/// The same for lines of a file, where spans into the text must stay right.
pub(super) fn lines(text: &str) -> String {
    markup(&same_length(text)).into_owned()
}

/// A link's address, where it is one that a browser may safely be sent to.
pub(super) fn address(url: &str) -> Option<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    let is_plain = url.len() < LONGEST && url.chars().all(|char| char.is_ascii_graphic());
    (is_web && is_plain).then(|| markup(url).into_owned())
}

/// A link to where something can be read, or the text alone.
pub(in crate::report) fn link(url: Option<&str>, shown: &str) -> String {
    match url.and_then(address) {
        Some(url) => format!("<a href=\"{url}\" rel=\"noopener noreferrer\">{}</a>", text(shown)),
        None => text(shown),
    }
}

fn cut(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}… ({} bytes in all)", &text[..at], text.len()).into(),
        None => Cow::Borrowed(text),
    }
}

fn markup(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\'', '`']) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 16);
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '`' => escaped.push_str("&#96;"),
            other => escaped.push(other),
        }
    }
    escaped.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_its_element() {
        assert_eq!(
            text("</script><img src=x onerror='a'>\u{202e}\u{0}\n"),
            "&lt;/script&gt;&lt;img src=x onerror=&#39;a&#39;&gt;\\u{202e}\\u{0}\\n"
        );
        assert_eq!(lines("a<\u{1b}\tb"), "a&lt;?\tb");
        assert!(text(&"x".repeat(1 << 20)).len() < 3000);
    }

    #[test]
    fn only_the_web_is_linked_to() {
        assert_eq!(
            address("https://example.org/?a=1&b=2").as_deref(),
            Some("https://example.org/?a=1&amp;b=2")
        );
        for other in
            ["javascript:alert(1)", "data:text/html,x", "https://a b", "HTTPS\u{202e}://x", "//x", ""]
        {
            assert_eq!(address(other), None, "{other}");
        }
        assert_eq!(link(Some("javascript:x"), "a\"b"), "a&quot;b");
    }
}
