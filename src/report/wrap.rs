//! Breaking long lines between words for a terminal, which would break them anywhere.

/// Further lines of a broken one stand so much deeper than the first.
const DEEPER: usize = 2;
/// The least that is left for words, however deep a line stands.
const LEAST: usize = 30;

/// The text with every line broken at a width, where it has words to break between. Escape sequences
/// of colours take no room.
#[must_use]
pub fn wrap(text: &str, width: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 20);
    for line in text.split_inclusive('\n') {
        let (bare, end) = line.strip_suffix('\n').map_or((line, ""), |bare| (bare, "\n"));
        if bare.len() <= width || columns(bare) <= width {
            out.push_str(line);
            continue;
        }
        let indent = bare.len() - bare.trim_start_matches(' ').len();
        let hanging = (indent + DEEPER).min(width.saturating_sub(LEAST));
        let mut used = 0;
        let mut first = true;
        for word in bare.split_inclusive(' ') {
            let room = columns(word.trim_end_matches(' '));
            // What opens the line is its indentation, not a word to break behind.
            if !first && used + room > width && !word.trim().is_empty() {
                let kept = out.trim_end_matches(' ').len();
                out.truncate(kept);
                out.push('\n');
                out.push_str(&" ".repeat(hanging));
                used = hanging;
            }
            out.push_str(word);
            used += columns(word);
            first &= word.trim().is_empty();
        }
        out.push_str(end);
    }
    out
}

/// Columns that a text takes, without escape sequences.
fn columns(text: &str) -> usize {
    let mut count = 0;
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char == '\u{1b}' {
            // All that is printed here are colours: they end with m.
            for inner in chars.by_ref() {
                if inner == 'm' {
                    break;
                }
            }
        } else {
            count += 1;
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::{columns, wrap};

    #[test]
    fn lines_break_between_words_and_keep_their_indentation() {
        let text = "    one two three four five six seven eight nine ten\nshort\n";
        assert_eq!(wrap(text, 40), "    one two three four five six seven\n      eight nine ten\nshort\n");
        let long = format!("{}\n", "x".repeat(90));
        assert_eq!(wrap(&long, 40), long, "what has no words stays whole");
        assert!(wrap(&"a ".repeat(500), 40).lines().all(|line| line.len() <= 40));
        let deep = format!("{}one two three four five six\n", " ".repeat(70));
        assert!(wrap(&deep, 80).lines().nth(1).unwrap().starts_with("                  "));
    }

    #[test]
    fn colours_take_no_room() {
        assert_eq!(columns("\u{1b}[1mabc\u{1b}[0m"), 3);
        let text = "\u{1b}[1mone two three four\u{1b}[0m five six seven eight";
        assert_eq!(wrap(text, 44), text);
    }
}
