//! Who may use whom: `core` ← `store` ← `server`, `core` ← `store` ← `loadtest`, and `sdk` ← `ui` ← `widget`, `console`, `docs`. Nothing else.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A crate's folder and the crates of ours that it may name.
const CRATES: [(&str, &[&str]); 4] = [
    ("core", &[]),
    ("store", &["beckon-core"]),
    ("server", &["beckon-core", "beckon-store"]),
    // It sees the server as clients do, and the database as a file: what it checks must not check itself. Only the
    // benchmark takes the store, to fill databases.
    ("loadtest", &["beckon-core", "beckon-store"]),
];
/// What would let input, output or time into the rules.
const NOT_IN_CORE: [&str; 6] = ["tokio", "axum", "rusqlite", "reqwest", "rand", "tracing"];
/// A web workspace and the workspaces of ours that it may import.
const WORKSPACES: [(&str, &[&str]); 7] = [
    ("sdk", &[]),
    ("ui", &["sdk"]),
    ("widget", &["sdk", "ui"]),
    ("console", &["sdk", "ui"]),
    ("demo", &[]),
    ("docs", &["ui"]),
    // The browser tests use the product as its users do; from inside it they may take types.
    ("e2e", &["sdk"]),
];

pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut wrong = Vec::new();
    crates(root, &mut wrong)?;
    workspaces(root, &mut wrong)?;
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
}

fn crates(root: &Path, wrong: &mut Vec<String>) -> Result<(), String> {
    for folder in read_folder(&root.join("crates"))? {
        let name = file_name(&folder);
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("crates/{name} has no place in the order of crates: give it one in xtask"));
            continue;
        };
        let manifest = read(&folder.join("Cargo.toml"))?;
        for dependency in dependencies(&manifest) {
            if dependency.starts_with("beckon-") && !allowed.contains(&dependency) {
                wrong.push(format!("crates/{name} must not depend on {dependency}"));
            }
            if name == "core" && NOT_IN_CORE.contains(&dependency) {
                wrong.push(format!("crates/core must stay pure and not depend on {dependency}"));
            }
        }
    }
    Ok(())
}

/// The names in a manifest's sections of dependencies. A crate may use itself in its tests.
fn dependencies(manifest: &str) -> impl Iterator<Item = &str> {
    let mut inside = false;
    manifest.lines().filter_map(move |line| {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
            return None;
        }
        let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
        (inside && !name.is_empty() && !name.starts_with('#')).then_some(name)
    })
}

fn workspaces(root: &Path, wrong: &mut Vec<String>) -> Result<(), String> {
    for (workspace, allowed) in WORKSPACES {
        let folder = root.join("web").join(workspace);
        for path in sources(&folder)? {
            let source = read(&path)?;
            for import in source.lines().filter_map(imported) {
                let target = match import.strip_prefix("@beckon/") {
                    Some(rest) => rest.split('/').next().unwrap_or_default().to_owned(),
                    None if import.starts_with('.') => match outside(&folder, &path, import) {
                        Some(target) => target,
                        None => continue,
                    },
                    None => continue,
                };
                if target != workspace && !allowed.contains(&target.as_str()) {
                    let path = path.strip_prefix(root).unwrap_or(&path).display();
                    wrong.push(format!("{path} must not import {import}: {workspace} may use {allowed:?}"));
                }
            }
        }
    }
    Ok(())
}

/// The module that a line imports or exports from, if it does.
fn imported(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once(" from ").or_else(|| line.split_once("import(")).or_else(|| {
        let rest = line.strip_prefix("import ")?;
        Some(("", rest))
    })?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|first| matches!(first, '\'' | '"'))?;
    rest[1..].split(quote).next()
}

/// The workspace that a relative import leads to, when it leaves its own.
fn outside(folder: &Path, file: &Path, import: &str) -> Option<String> {
    let mut place = PathBuf::from(file.strip_prefix(folder).ok()?.parent()?);
    let mut parts = import.split('/');
    while let Some(part) = parts.next() {
        match part {
            "." => {}
            // Above the workspace: the next part names the other one. Higher still lie the repository's own files.
            // A file there, such as `vitest.pace.ts`, is no workspace but the tooling of all.
            ".." if !place.pop() => {
                return parts
                    .next()
                    .filter(|part| *part != ".." && !part.ends_with(".ts"))
                    .map(str::to_owned);
            }
            ".." => {}
            part => place.push(part),
        }
    }
    None
}

/// The TypeScript and JavaScript below a workspace's `src` and `tests`.
fn sources(workspace: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders: Vec<PathBuf> =
        ["src", "tests"].iter().map(|name| workspace.join(name)).filter(|path| path.is_dir()).collect();
    while let Some(folder) = folders.pop() {
        for path in read_folder(&folder)? {
            if path.is_dir() {
                folders.push(path);
            } else if [".ts", ".tsx", ".js", ".mjs"].iter().any(|end| file_name(&path).ends_with(end)) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

fn read_folder(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let listing = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = listing.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    Ok(paths)
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_its_dependencies() {
        let manifest = "[package]\nname = \"a\"\n[dependencies]\ntokio.workspace = true\n# why\nserde = \"1\"\n[dev-dependencies]\nx = { path = \"y\" }\n[lints]\nworkspace = true\n";
        assert_eq!(dependencies(manifest).collect::<Vec<_>>(), ["tokio", "serde", "x"]);
    }

    #[test]
    fn imports_are_seen_in_each_form() {
        assert_eq!(imported("import { a } from '@beckon/sdk';"), Some("@beckon/sdk"));
        assert_eq!(imported("import './tokens.css';"), Some("./tokens.css"));
        assert_eq!(imported("export * from \"./x\";"), Some("./x"));
        assert_eq!(imported("const a = await import('../b');"), Some("../b"));
        assert_eq!(imported("const from = 'x';"), None);
    }

    #[test]
    fn a_relative_import_that_leaves_its_workspace_is_seen() {
        let (folder, file) = (Path::new("web/ui"), Path::new("web/ui/src/card/row.ts"));
        assert_eq!(outside(folder, file, "../../../widget/src/x"), Some("widget".to_owned()));
        assert_eq!(outside(folder, file, "../../tests/x"), None);
        assert_eq!(outside(folder, file, "../../../../openapi.json?raw"), None);
        assert_eq!(outside(folder, file, "./x"), None);
    }
}
