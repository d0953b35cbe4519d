//! Small libraries that are loaded into the server before its own: to note what it does, or to make it wait.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, Outcome};

/// Builds `preload/NAME.c` into this folder. The linker that Rust needs is a C compiler, too.
pub(super) fn build(folder: &Path, name: &str) -> Outcome<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("preload").join(name).with_extension("c");
    let library = folder.join(name).with_extension("so");
    let mut command = Command::new("cc");
    command.args(["-std=gnu11", "-O1", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl");
    let output = command.output().map_err(|error| Failure::new(format!("cc: {error}")))?;
    if output.status.success() {
        return Ok(library);
    }
    Err(Failure::new(format!("cc: {}", String::from_utf8_lossy(&output.stderr))))
}
