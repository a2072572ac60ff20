//! The files that functions import: by paths from the importing file, or packages that are installed in
//! node_modules above it. Spectral's own packages are stubs of `packages.js`.

use crate::spectral::packages::{package_file, with_endings};
use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Module, Object, Result, Value};
use std::path::{Path, PathBuf};

/// Bytes of one file.
const LARGEST: u64 = 8 << 20;

/// Whether a file is written as an ECMAScript module, not as CommonJS.
pub(super) fn is_module(file: &Path, text: &str) -> bool {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("mjs") => return true,
        Some("cjs" | "json") => return false,
        _ => {}
    }
    text.lines().any(|line| {
        ["export", "import"].iter().any(|word| {
            line.strip_prefix(word).is_some_and(|rest| rest.starts_with([' ', '{', '*', '"', '\'']))
        })
    })
}

fn find(from: &str, name: &str) -> Option<PathBuf> {
    if name == from {
        return Some(PathBuf::from(name));
    }
    let folder = Path::new(from).parent()?;
    let found = if name.starts_with('.') {
        with_endings(&folder.join(name))?
    } else if name.starts_with('/') || name.contains("://") || name.contains("..") {
        return None;
    } else {
        folder.ancestors().find_map(|folder| package_file(folder, name))?
    };
    let found = found.canonicalize().ok()?;
    // A link may stand for a file of another kind.
    let ending = found.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    if !["js", "mjs", "cjs", "json"].contains(&ending) {
        return None;
    }
    (std::fs::metadata(&found).ok()?.len() <= LARGEST).then_some(found)
}

/// The text of a file that another requires, for the prelude.
pub(super) fn read(from: String, name: String) -> Result<String> {
    let missing = || {
        Error::new_loading_message(
            &name,
            "there is no such file beside it, and no such package in node_modules",
        )
    };
    let path = find(&from, &name).ok_or_else(missing)?;
    let text = std::fs::read_to_string(&path).map_err(|_| missing())?;
    let module = is_module(&path, &text);
    Ok(serde_json::json!({ "path": path.to_string_lossy(), "text": text, "module": module }).to_string())
}

/// What an ECMAScript module exports, for `require`.
pub(super) fn import(ctx: Ctx<'_>, path: String) -> Result<Value<'_>> {
    Module::import(&ctx, path)?.finish()
}

/// Finds and reads modules.
#[derive(Clone, Copy)]
pub(super) struct Files;

impl Resolver for Files {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        let own = Path::new(name).is_absolute() && base != name && Path::new(base).is_relative();
        if stub(ctx, name).is_some() || own {
            return Ok(name.to_owned());
        }
        find(base, name)
            .map(|path| path.to_string_lossy().into_owned())
            .ok_or_else(|| Error::new_resolving(base, name))
    }
}

/// The stub of that name.
fn stub<'js>(ctx: &Ctx<'js>, name: &str) -> Option<Object<'js>> {
    let stub: rquickjs::Function<'_> = ctx.globals().get("__stub").ok()?;
    stub.call((name,)).ok()?
}

/// Whether a name can be exported as it is.
fn is_identifier(name: &str) -> bool {
    name != "default"
        && !name.starts_with(|char: char| char.is_ascii_digit())
        && name.chars().all(|char| char.is_alphanumeric() || char == '_' || char == '$')
}

/// A module that exports the members of an object: `source` is an expression for the object.
fn facade(source: &str, names: impl Iterator<Item = String>) -> String {
    let mut text = format!("const all = {source};\nexport default all;\n");
    for (index, name) in names.filter(|name| is_identifier(name)).enumerate() {
        text.push_str(&format!("const v{index} = all[{name:?}];\nexport {{ v{index} as {name} }};\n"));
    }
    text
}

impl Loader for Files {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let quoted = serde_json::Value::String(name.to_owned()).to_string();
        if let Some(stub) = stub(ctx, name) {
            let text = facade(&format!("globalThis.__stub({quoted})"), stub.keys::<String>().flatten());
            return Module::declare(ctx.clone(), name, text);
        }
        let path = Path::new(name);
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new_loading_message(name, error.to_string()))?;
        if is_module(path, &text) {
            return Module::declare(ctx.clone(), name, text);
        }
        // A CommonJS file is run to learn what it exports.
        let require: rquickjs::Function<'_> = ctx.globals().get("__require")?;
        let exported: Value<'_> = require.call((name, name))?;
        let names: Vec<String> = exported
            .as_object()
            .map(|object| object.keys::<String>().flatten().collect())
            .unwrap_or_default();
        let text = facade(&format!("globalThis.__require({quoted}, {quoted})"), names.into_iter());
        Module::declare(ctx.clone(), name, text)
    }
}
