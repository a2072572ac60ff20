//! The files that functions import: by paths from the importing file, or packages that are installed in
//! node_modules above it. Spectral's own packages are stubs of the prelude.

use rquickjs::loader::{ImportAttributes, Loader, Resolver};
use rquickjs::module::Declared;
use rquickjs::{Ctx, Error, Module, Result};
use std::path::{Path, PathBuf};

const ENDINGS: [&str; 5] = ["", ".js", ".mjs", ".cjs", ".json"];

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
        let line = line.trim_start();
        line.starts_with("export ")
            || line.starts_with("export{")
            || line.starts_with("import ")
            || line.starts_with("import{")
    })
}

fn find(from: &str, name: &str) -> Option<PathBuf> {
    let with_endings = |base: &Path| {
        ENDINGS
            .iter()
            .map(|ending| PathBuf::from(format!("{}{ending}", base.display())))
            .find(|path| path.is_file())
            .or_else(|| Some(base.join("index.js")).filter(|path| path.is_file()))
    };
    if name == from {
        return Some(PathBuf::from(name));
    }
    let folder = Path::new(from).parent()?;
    let found = if name.starts_with('.') {
        with_endings(&folder.join(name))?
    } else if name.starts_with('/') || name.contains("://") || name.contains("..") {
        return None;
    } else {
        folder.ancestors().find_map(|folder| {
            let package = folder.join("node_modules").join(name);
            let manifest = std::fs::read_to_string(package.join("package.json")).ok();
            let main = manifest
                .and_then(|text| serde_json::from_str::<serde_json::Value>(&text).ok())
                .and_then(|manifest| Some(manifest.get("main")?.as_str()?.to_owned()));
            match main {
                Some(main) => with_endings(&package.join(main)),
                None => with_endings(&package),
            }
        })?
    };
    let found = found.canonicalize().ok()?;
    (std::fs::metadata(&found).ok()?.len() <= LARGEST).then_some(found)
}

/// The text of a file that another requires, for the prelude.
pub(super) fn read(from: String, name: String) -> Result<String> {
    let missing = || Error::new_loading_message(&name, "there is no such file or package beside the ruleset");
    let path = find(&from, &name).ok_or_else(missing)?;
    let text = std::fs::read_to_string(&path).map_err(|_| missing())?;
    Ok(serde_json::json!({ "path": path.to_string_lossy(), "text": text }).to_string())
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
        if stub(ctx, name).is_some()
            || Path::new(name).is_absolute() && base != name && Path::new(base).is_relative()
        {
            return Ok(name.to_owned());
        }
        find(base, name)
            .map(|path| path.to_string_lossy().into_owned())
            .ok_or_else(|| Error::new_resolving(base, name))
    }
}

/// The names that a stub exports.
fn stub(ctx: &Ctx<'_>, name: &str) -> Option<Vec<String>> {
    let stub: rquickjs::Function<'_> = ctx.globals().get("__stub").ok()?;
    let found: Option<rquickjs::Object<'_>> = stub.call((name,)).ok()?;
    Some(found?.keys::<String>().flatten().collect())
}

impl Loader for Files {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        let quoted = serde_json::Value::String(name.to_owned()).to_string();
        if let Some(names) = stub(ctx, name) {
            let mut text = format!("const all = globalThis.__stub({quoted});\nexport default all;\n");
            for (index, name) in names.iter().enumerate() {
                text.push_str(&format!(
                    "const v{index} = all[{name:?}];\nexport {{ v{index} as {name} }};\n"
                ));
            }
            return Module::declare(ctx.clone(), name, text);
        }
        let path = Path::new(name);
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new_loading_message(name, error.to_string()))?;
        if is_module(path, &text) {
            return Module::declare(ctx.clone(), name, text);
        }
        Module::declare(
            ctx.clone(),
            name,
            format!("export default globalThis.__require({quoted}, {quoted});\n"),
        )
    }
}
