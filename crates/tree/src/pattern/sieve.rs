//! What a pattern with look-around certainly needs. Look-around only ever takes matches away, so the
//! pattern without it finds whatever the whole one finds. It runs in linear time and is made in a few
//! microseconds; a text that it finds nothing in never meets the backtracking engine, which takes up to
//! milliseconds to be made.

use std::iter::Peekable;
use std::str::Chars;

/// The pattern, in the syntax of the engines, without its look-around; `None` where what is left could
/// find less than the whole: with back-references, conditions and groups that are never gone back into.
pub(super) fn without_look_around(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(char) = rest.next() {
        match char {
            '\\' => {
                let next = rest.next()?;
                if matches!(next, '1'..='9' | 'k' | 'g' | 'G' | 'K') {
                    return None;
                }
                out.push('\\');
                out.push(next);
            }
            '[' => class(&mut rest, Some(&mut out))?,
            '(' => {
                let mut ahead = rest.clone();
                let opens = (ahead.next(), ahead.next(), ahead.next());
                match opens {
                    (Some('?'), Some('=' | '!'), _) | (Some('?'), Some('<'), Some('=' | '!')) => {
                        group(&mut rest)?;
                        out.push_str("(?:)");
                    }
                    (Some('?'), Some('>' | '(' | '|' | '~' | '&' | '#'), _) => return None,
                    _ => out.push('('),
                }
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// The rest of a class, its opening bracket taken already.
fn class(rest: &mut Peekable<Chars<'_>>, mut out: Option<&mut String>) -> Option<()> {
    let mut push = |char| {
        if let Some(out) = &mut out {
            out.push(char);
        }
    };
    push('[');
    let mut depth = 1_u32;
    while depth > 0 {
        let char = rest.next()?;
        push(char);
        match char {
            '\\' => push(rest.next()?),
            '[' => depth += 1,
            ']' => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

/// Goes past the rest of a group, its opening parenthesis taken already.
fn group(rest: &mut Peekable<Chars<'_>>) -> Option<()> {
    let mut depth = 1_u32;
    while depth > 0 {
        match rest.next()? {
            '\\' => {
                rest.next()?;
            }
            '[' => class(rest, None)?,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn look_around_is_taken_out_and_nothing_else() {
        for (whole, left) in [
            (r"^x-(?!y)$", Some(r"^x-(?:)$")),
            (r"(?<=[)(]a)b(?<!\))c", Some(r"(?:)b(?:)c")),
            (r"(?=a(b(?!c)[^)]\)))d", Some(r"(?:)d")),
            (r"[(?=a)]\((?=a\))", Some(r"[(?=a)]\((?:)")),
            (r"(?i)(?:a)(?<n>b)(?=c)", Some(r"(?i)(?:a)(?<n>b)(?:)")),
            (r"(?!a)*b", Some(r"(?:)*b")),
            (r"(a)(?=b)\1", None),
            (r"(?<n>a)(?=b)\k<n>", None),
            (r"(?=a", None),
            (r"(?=a\", None),
        ] {
            assert_eq!(without_look_around(whole).as_deref(), left, "{whole}");
        }
    }
}
