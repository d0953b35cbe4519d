//! Words for a shell, so that a line we print can be pasted.

use std::ffi::OsStr;
use std::path::Path;

/// This program as one types it here: by its name when that is found, or by its path.
pub(crate) fn program() -> String {
    let Ok(path) = std::env::current_exe() else { return "beckon".to_owned() };
    let found = |name: &OsStr| {
        let folders = std::env::var_os("PATH")?;
        let first =
            std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|file| file.is_file())?;
        (first.canonicalize().ok()? == path.canonicalize().ok()?).then(|| word(Path::new(name)))
    };
    path.file_name().and_then(found).unwrap_or_else(|| {
        let here = std::env::current_dir().ok();
        match here.as_deref().and_then(|here| path.strip_prefix(here).ok()) {
            Some(below) => word(&Path::new(".").join(below)),
            None => word(&path),
        }
    })
}

/// A path as one word of a shell's command line.
pub(crate) fn word(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~' | '+' | ':' | '\\');
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(word(Path::new("./target/release/beckon")), "./target/release/beckon");
        assert_eq!(word(Path::new("/srv/my chat")), "'/srv/my chat'");
        assert_eq!(word(Path::new("it's")), r"'it'\''s'");
    }
}
