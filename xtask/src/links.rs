//! The documents' links to each other and to files of the repository lead somewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

pub(crate) fn check(root: &Path) -> Result<(), String> {
    let mut dead = Vec::new();
    for document in documents(root)? {
        let text =
            fs::read_to_string(&document).map_err(|error| format!("{}: {error}", document.display()))?;
        for target in targets(&text) {
            let path = target.split('#').next().unwrap_or_default();
            let is_elsewhere = path.is_empty() || path.contains(':');
            if !is_elsewhere && !document.with_file_name("").join(path).exists() {
                let document = document.strip_prefix(root).unwrap_or(&document).display();
                dead.push(format!("{document}: {target} does not exist"));
            }
        }
    }
    if dead.is_empty() { Ok(()) } else { Err(dead.join("\n")) }
}

/// The Markdown files at the root, in `docs` and in `examples`.
fn documents(root: &Path) -> Result<Vec<PathBuf>, String> {
    let mut found = Vec::new();
    let mut folders = vec![root.join("docs"), root.join("examples")];
    folders.retain(|folder| folder.is_dir());
    collect(root, &mut found, None)?;
    while let Some(folder) = folders.pop() {
        collect(&folder, &mut found, Some(&mut folders))?;
    }
    Ok(found)
}

fn collect(
    folder: &Path,
    found: &mut Vec<PathBuf>,
    mut deeper: Option<&mut Vec<PathBuf>>,
) -> Result<(), String> {
    let listing = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for entry in listing.flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        } else if let Some(folders) = deeper.as_mut().filter(|_| path.is_dir()) {
            folders.push(path);
        }
    }
    Ok(())
}

/// What the text's links point to, outside of code blocks.
fn targets(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut in_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code {
            continue;
        }
        for after in line.split("](").skip(1) {
            if let Some((target, _)) = after.split_once(')') {
                found.push(target.split(' ').next().unwrap_or_default());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn links_are_found_outside_of_code() {
        let text = "See [a](b.md#c) and ![d](e.png \"f\").\n```\n[x](y)\n```\n[z](https://z)";
        assert_eq!(targets(text), ["b.md#c", "e.png", "https://z"]);
    }
}
