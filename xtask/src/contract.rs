//! The committed contract: `openapi.json` as the server describes itself, and the TypeScript types made from it.

use std::{fs, path::Path, process::Command};

use crate::{
    progress::{Failure, Progress},
    root, suite, target, web,
};

const OPENAPI: &str = "openapi.json";
const SCHEMA: &str = "web/sdk/src/schema.ts";

/// Writes both files.
pub(crate) fn write(progress: &mut Progress) -> Result<(), Failure> {
    suite::build(progress)?;
    describe(progress, &root().join(OPENAPI))?;
    types(progress, OPENAPI, SCHEMA)
}

/// Makes both files again, beside the committed ones, and compares. The server has been built.
pub(crate) fn check(progress: &mut Progress) -> Result<(), Failure> {
    let made = "target/contract";
    fs::create_dir_all(root().join(made)).map_err(|error| Failure::new("contract", error.to_string()))?;
    let (openapi, schema) = (format!("{made}/openapi.json"), format!("{made}/schema.ts"));
    describe(progress, &root().join(&openapi))?;
    types(progress, &openapi, &schema)?;
    progress.check("contract", "openapi.json and schema.ts are as committed", || {
        for (committed, made) in [(OPENAPI, &openapi), (SCHEMA, &schema)] {
            let read = |path: &str| fs::read_to_string(root().join(path)).map_err(|e| format!("{path}: {e}"));
            if read(committed)? != read(made)? {
                return Err(format!("{committed} is not what the server says; run: cargo xtask openapi"));
            }
        }
        Ok(())
    })
}

fn describe(progress: &mut Progress, path: &Path) -> Result<(), Failure> {
    // The one that was built with everything else: cargo would compile it again for its own set of features.
    let mut command = Command::new(target().join("debug/beckon"));
    progress.check("openapi", "beckon openapi", || {
        let output = command.arg("openapi").output().map_err(|error| error.to_string())?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        fs::write(path, output.stdout).map_err(|error| format!("{}: {error}", path.display()))
    })
}

fn types(progress: &mut Progress, openapi: &str, schema: &str) -> Result<(), Failure> {
    let (openapi, schema) = (format!("../{openapi}"), format!("../{schema}"));
    let mut command = web::npm(&["exec", "--", "openapi-typescript", &openapi, "--output", &schema]);
    progress.step("types", &mut command)
}
