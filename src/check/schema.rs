//! `schema` and `json-schema`: a value follows a JSON Schema. Validation runs on the tree itself, so
//! that every violation stands at its node. `schema` has the options of Spectral's function.

use super::{
    CannotTell, Check, Compile, Context, Looked, OptionError, Place, Subject, Violation, beside, options,
    words,
};
use assize_tree::document::Kind;
use assize_tree::schema::{Dialect, Options, Schema, ViolationKind};
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::OnceLock;

/// A schema, compiled when the first value is held against it, or at once where mistakes in it are
/// wanted: compiling takes milliseconds, and most files have no place for it.
struct Lazy {
    source: Value,
    dialect: Dialect,
    /// The rule has words of its own for what is wrong.
    unworded: bool,
    schema: OnceLock<Result<Schema, String>>,
}

impl Lazy {
    fn new(
        source: Value,
        dialect: Dialect,
        pointer: &str,
        tested: bool,
        unworded: bool,
    ) -> Result<Self, OptionError> {
        let schema = OnceLock::new();
        if !tested {
            let _ = schema.set(Ok(compile(&source, dialect, pointer, false, false)?));
        }
        Ok(Self { source, dialect, unworded, schema })
    }

    fn get(&self) -> Result<&Schema, CannotTell> {
        let made = self.schema.get_or_init(|| {
            compile(&self.source, self.dialect, "", true, self.unworded).map_err(|error| error.message)
        });
        made.as_ref().map_err(|why| CannotTell(why.clone()))
    }
}

struct Follows {
    schema: Lazy,
    /// All violations, or the first alone as Spectral's function does unless told otherwise.
    all: bool,
    /// A value that is not there is a violation.
    must_exist: bool,
}

impl Check for Follows {
    fn run(
        &self,
        cx: &Context<'_>,
        subject: Subject,
        found: &mut Vec<Violation>,
    ) -> Result<Looked, CannotTell> {
        let at = match subject {
            Subject::Node(at) => at,
            Subject::Missing(_) if self.must_exist => {
                found.push(Violation::new(format!("{}must exist", words::property(cx, subject))));
                return Ok(Looked::At(1));
            }
            Subject::Missing(_) | Subject::Key(_) => return Ok(Looked::Nothing),
        };
        let document = cx.document(at);
        for violation in self.schema.get()?.errors(document, at.node) {
            if violation.kind == ViolationKind::Undecided {
                return Err(CannotTell(violation.message));
            }
            let node = beside(at, violation.node);
            // A member too many is best shown by its name, and so is a whole object or list.
            let container = matches!(document.kind(violation.node), Kind::Object | Kind::Array);
            let place = match violation.kind {
                ViolationKind::AdditionalProperty { .. } => Place::Key(node),
                _ if container => Place::Key(node),
                _ => Place::Node(node),
            };
            found.push(Violation::new(violation.message.trim_end_matches('.')).at(place));
            if !self.all {
                break;
            }
        }
        Ok(Looked::At(1))
    }
}

fn dialect(members: &Map<String, Value>) -> Result<Dialect, OptionError> {
    Ok(
        match options::word(
            members,
            "dialect",
            &["auto", "draft4", "draft6", "draft7", "draft2019-09", "draft2020-12"],
        )? {
            Some("draft4") => Dialect::Draft4,
            Some("draft6") => Dialect::Draft6,
            Some("draft7") => Dialect::Draft7,
            Some("draft2019-09") => Dialect::Draft201909,
            Some("draft2020-12") => Dialect::Draft202012,
            _ => Dialect::Auto,
        },
    )
}

fn compile(
    schema: &Value,
    dialect: Dialect,
    pointer: &str,
    known_sound: bool,
    unworded: bool,
) -> Result<Schema, OptionError> {
    let options = Options { dialect, formats: true, external: Vec::new(), known_sound, unworded };
    Schema::new(schema, options).map_err(|error| {
        OptionError::new(
            format!("{pointer}{}", error.pointer),
            format!("The schema cannot be used: {}", error.message),
        )
    })
}

pub(super) fn schema(given: &Value, cx: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("schema", given, &["schema", "dialect", "allErrors"])?;
    let schema: Value = options::need("schema", members, "schema", "a JSON Schema")?;
    // Without `$schema`, Spectral reads draft 7.
    let dialect = match dialect(members)? {
        Dialect::Auto if schema.get("$schema").is_none() => Dialect::Draft7,
        dialect => dialect,
    };
    let all = options::get(members, "allErrors", "true or false")?.unwrap_or(false);
    let schema = Lazy::new(schema, dialect, "/schema", cx.tested, false)?;
    Ok(Box::new(Follows { schema, all, must_exist: true }))
}

pub(super) fn json_schema(given: &Value, cx: &Compile<'_>) -> Result<Box<dyn Check>, OptionError> {
    let members = options::object("json-schema", given, &["schema", "file", "dialect"])?;
    let (schema, pointer) = match (
        options::get::<Value>(members, "schema", "a JSON Schema")?,
        options::get::<String>(members, "file", "a path in the pack")?,
    ) {
        (Some(schema), None) => (schema, "/schema"),
        (None, Some(file)) => {
            let inside =
                Path::new(&file).components().all(|part| matches!(part, std::path::Component::Normal(_)));
            if !inside {
                return Err(OptionError::new("/file", "The path must stay in the pack's folder."));
            }
            let text = (cx.read)(Path::new(&file))
                .map_err(|error| OptionError::new("/file", format!("{file} cannot be read: {error}.")))?;
            let schema = serde_json::from_str(&text)
                .map_err(|error| OptionError::new("/file", format!("{file} is not JSON: {error}.")))?;
            (schema, "/file")
        }
        _ => {
            return Err(OptionError::new(
                "",
                "The check \"json-schema\" needs \"schema\" or \"file\", one of the two.",
            ));
        }
    };
    Ok(Box::new(Follows {
        schema: Lazy::new(schema, dialect(members)?, pointer, cx.tested, !cx.worded)?,
        all: true,
        must_exist: false,
    }))
}
