//! `encoding`: whether files are in UTF-8, and whether they begin with a byte order mark. It looks at the
//! bytes: the parsers read UTF-16 and a mark as if nothing were the matter.

use super::files::{Files, is_emptied};
use super::{CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, options};
use assize_tree::text::Span;
use serde_json::Value;

struct Encoding {
    files: Files,
    utf8: bool,
    /// Whether there must be a mark, or must be none.
    mark: Option<bool>,
}

/// The byte order marks of Unicode's encodings, the longer before those they begin with.
const MARKS: [(&[u8], &str); 5] = [
    (&[0xef, 0xbb, 0xbf], "UTF-8"),
    (&[0xff, 0xfe, 0, 0], "UTF-32"),
    (&[0, 0, 0xfe, 0xff], "UTF-32"),
    (&[0xff, 0xfe], "UTF-16"),
    (&[0xfe, 0xff], "UTF-16"),
];

impl Encoding {
    /// What is wrong with a file's bytes.
    fn wrong(&self, bytes: &[u8]) -> Option<String> {
        let mark = MARKS.iter().find(|(mark, _)| bytes.starts_with(mark));
        match (self.mark, mark) {
            (Some(false), Some((_, name))) => {
                return Some(format!("begins with the byte order mark of {name}"));
            }
            (Some(true), None) => return Some("begins with no byte order mark".to_owned()),
            _ => {}
        }
        match mark {
            Some((_, name)) if self.utf8 && *name != "UTF-8" => Some(format!("is in {name}")),
            _ if !self.utf8 => None,
            _ => std::str::from_utf8(bytes).err().map(|error| {
                format!("is not in UTF-8: byte {} begins no character of it", error.valid_up_to())
            }),
        }
    }
}

impl Check for Encoding {
    fn run(&self, cx: &Context<'_>, _: Subject, found: &mut Vec<Violation>) -> Result<Looked, CannotTell> {
        let mut places = 0;
        for entry in self.files.filled(cx) {
            let bytes = cx
                .workspace
                .bytes(&entry.path)
                .map_err(|why| CannotTell(format!("{}: {why}.", entry.path)))?;
            places += 1;
            if let Some(wrong) = self.wrong(&bytes) {
                let place = Place::File { path: entry.path.clone(), span: Span::default() };
                found.push(
                    Violation::new(format!("{} {wrong}", entry.path)).value(entry.path.clone()).at(place),
                );
            }
        }
        Ok(if places == 0 { Looked::Nothing } else { Looked::At(places) })
    }

    fn blind(&self, cx: &Context<'_>) -> Vec<String> {
        let emptied = self.files.all(cx).filter(|entry| is_emptied(entry));
        emptied.map(|entry| entry.path.clone()).collect()
    }
}

pub(super) fn make(given: &Value, _: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("encoding", given, &["files", "utf8", "byteOrderMark"])?;
    let files = Files::read(members, "files")?.ok_or_else(|| {
        OptionError::new("", "The check \"encoding\" needs the option \"files\": a list of globs.")
    })?;
    let utf8 = options::get(members, "utf8", "true or false")?.unwrap_or(false);
    let mark = options::get(members, "byteOrderMark", "true or false")?;
    if !utf8 && mark.is_none() {
        let message = "The check \"encoding\" needs \"utf8\": true, or \"byteOrderMark\": true or false.";
        return Err(OptionError::new("", message));
    }
    Ok(Box::new(Encoding { files, utf8, mark }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_tell_the_encoding() {
        let files = || Files::new(&["**".to_owned()]).unwrap_or_else(|(_, error)| panic!("{error}"));
        let utf8 = Encoding { files: files(), utf8: true, mark: None };
        assert_eq!(utf8.wrong("a,é\n".as_bytes()), None);
        assert_eq!(utf8.wrong("\u{feff}a".as_bytes()), None, "a mark is UTF-8 too");
        assert_eq!(
            utf8.wrong(b"a\xe9\n").as_deref(),
            Some("is not in UTF-8: byte 1 begins no character of it")
        );
        assert_eq!(utf8.wrong(b"\xff\xfea\0").as_deref(), Some("is in UTF-16"));
        assert_eq!(utf8.wrong(b"\xff\xfe\0\0a\0\0\0").as_deref(), Some("is in UTF-32"));
        let bare = Encoding { files: files(), utf8: false, mark: Some(false) };
        assert_eq!(bare.wrong(b"a\xe9"), None, "only the mark was asked about");
        assert_eq!(
            bare.wrong("\u{feff}a".as_bytes()).as_deref(),
            Some("begins with the byte order mark of UTF-8")
        );
        let marked = Encoding { files: files(), utf8: false, mark: Some(true) };
        assert_eq!(marked.wrong(b"a").as_deref(), Some("begins with no byte order mark"));
    }
}
