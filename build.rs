//! Turns the packs of `standards/` into what the binary carries: JSON instead of YAML, because it
//! parses an order of magnitude faster; an index beside it that says of each pack what has to be known
//! before it is read, and where it stands; and apart from both the examples, because only `assize
//! explain` and `assize pack test` want them, and the files that rules name.

use assize_tree::document::{Limits, detect};
use assize_tree::text::Text;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{env, fs};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=standards");
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let root = Path::new("standards");
    let mut folders = Vec::new();
    find_packs(root, &mut folders)?;
    folders.sort();
    let (mut index, mut examples, mut all_assets, mut packs) =
        (Vec::new(), Map::new(), Map::new(), String::new());
    for folder in folders {
        let mut files = vec![folder.join("pack.yaml")];
        if let Ok(entries) = fs::read_dir(folder.join("rules")) {
            let mut rules: Vec<_> = entries
                .flatten()
                .map(|entry| entry.path())
                .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
                .collect();
            rules.sort();
            files.extend(rules);
        }
        let mut pack = Value::Null;
        let mut parts = std::collections::BTreeMap::new();
        for (at, path) in files.iter().enumerate() {
            let text = fs::read_to_string(path)?;
            parts.insert(path.strip_prefix(&folder)?.to_string_lossy().replace('\\', "/"), text.clone());
            let mut value = parse(path, text)?;
            if at == 0 {
                pack = value;
            } else if let (Some(all), Some(more)) = (pack["rules"].as_object_mut(), value.as_object_mut()) {
                all.append(more);
            } else {
                pack["rules"] = value;
            }
        }
        let name = pack["pack"].as_str().unwrap_or_default().to_owned();
        let mut kept = Map::new();
        if let Some(rules) = pack.get_mut("rules").and_then(Value::as_object_mut) {
            for (id, rule) in rules {
                if let Some(examples) = rule.get_mut("examples") {
                    kept.insert(id.clone(), examples.take());
                }
                rule["examples"] = json!({ "conforming": [], "violating": [] });
            }
        }
        let mut assets = Map::new();
        collect_assets(&folder, &folder.join("schemas"), &mut assets)?;
        for (name, text) in &assets {
            parts.insert(name.clone(), text.as_str().unwrap_or_default().to_owned());
        }
        let changes = fs::read_to_string(folder.join("CHANGES.yaml")).ok();
        if let Some(text) = &changes {
            parts.insert("CHANGES.yaml".to_owned(), text.clone());
        }
        // As src/pack/source.rs takes it over the same folder.
        let mut digest = Sha256::new();
        for (name, text) in &parts {
            for part in [name, text] {
                digest.update((part.len() as u64).to_le_bytes());
                digest.update(part.as_bytes());
            }
        }
        let digest = digest.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let text = serde_json::to_string(&pack)?;
        let standard = &pack["standard"];
        index.push(json!({
            "name": name,
            "digest": digest,
            "version": pack["version"],
            "title": standard["title"],
            "edition": standard["edition"],
            "authority": standard["authority"],
            "url": standard["url"],
            "kinds": kinds(&pack),
            "chosen": pack.get("chosen-when").cloned().unwrap_or_else(|| json!([])),
            "changes": changes,
            "start": packs.len(),
            "end": packs.len() + text.len(),
        }));
        packs.push_str(&text);
        if !assets.is_empty() {
            all_assets.insert(name.clone(), Value::Object(assets));
        }
        examples.insert(name, Value::Object(kept));
    }
    let authorities = root.join("authorities.yaml");
    let authorities = if authorities.exists() {
        parse(&authorities, fs::read_to_string(&authorities)?)?
    } else {
        json!({ "authorities": {} })
    };
    fs::write(out.join("profiles.json"), serde_json::to_string(&profiles(&root.join("profiles"))?)?)?;
    fs::write(out.join("packs.json"), packs)?;
    fs::write(out.join("index.json"), serde_json::to_string(&index)?)?;
    fs::write(out.join("assets.json"), serde_json::to_string(&all_assets)?)?;
    fs::write(out.join("examples.json"), serde_json::to_string(&examples)?)?;
    fs::write(out.join("authorities.json"), serde_json::to_string(&authorities)?)?;
    Ok(())
}

/// Every kind of file that a rule of a pack runs on or gathers from, as the rules name them.
fn kinds(pack: &Value) -> Vec<String> {
    let mut kinds = std::collections::BTreeSet::new();
    let mut add = |on: &Value| {
        kinds.extend(on.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
    };
    for rule in pack["rules"].as_object().into_iter().flat_map(Map::values) {
        add(&rule["on"]);
        for sources in rule["gather"].as_object().into_iter().flat_map(Map::values) {
            match sources {
                Value::Array(sources) => sources.iter().for_each(|source| add(&source["on"])),
                source => add(&source["on"]),
            }
        }
    }
    kinds.into_iter().collect()
}

/// The texts of the embedded profiles, by the name of their file.
fn profiles(folder: &Path) -> Result<Map<String, Value>, Box<dyn Error>> {
    let mut found = Map::new();
    let Ok(entries) = fs::read_dir(folder) else { return Ok(found) };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let text = fs::read_to_string(&path)?;
            parse(&path, text.clone())?;
            found.insert(name, Value::String(text));
        }
    }
    Ok(found)
}

fn find_packs(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            find_packs(&path, found)?;
        } else if path.file_name().is_some_and(|name| name == "pack.yaml") {
            found.push(folder.to_owned());
        }
    }
    Ok(())
}

/// Files that rules name (schemas), by their path from the pack's folder.
fn collect_assets(pack: &Path, folder: &Path, assets: &mut Map<String, Value>) -> Result<(), Box<dyn Error>> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let path = entry?.path();
        let name = path.strip_prefix(pack)?.to_string_lossy().replace('\\', "/");
        assets.insert(name, Value::String(fs::read_to_string(&path)?));
    }
    Ok(())
}

fn parse(path: &Path, text: String) -> Result<Value, Box<dyn Error>> {
    let name = path.to_string_lossy();
    let format = detect::format_of(&name, &text).ok_or_else(|| format!("{name}: no data format"))?;
    let document = detect::parse(format, Arc::new(Text::from(text)), Limits::default());
    if let Some(problem) = document.problems().first() {
        let line = document.text().position(problem.span.start).line;
        return Err(format!("{name}:{line}: {}", problem.message).into());
    }
    Ok(document.root().map_or(Value::Null, |root| document.to_value(root)))
}
