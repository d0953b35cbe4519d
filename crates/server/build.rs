//! Builds the web apps in `web/` when their output is missing or older than its sources, so that one `cargo` command
//! makes the whole product.
//!
//! Each app's `dist` carries a stamp with the fingerprint of the sources it was built from. Without npm, or when the
//! apps do not build, a debug build goes on with a warning (the server then shows a page that says so) and a release
//! build fails with the command to run.
#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script through variables")]

use std::{
    env,
    fs::{self, File, FileTimes},
    hash::{DefaultHasher, Hasher},
    io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, SystemTime},
};

/// The folders that the server embeds, below `web/`. Vite empties them, and the stamp with them.
const DISTS: [&str; 4] = ["widget/dist/app", "console/dist", "demo/dist", "docs/dist"];
const STAMP: &str = ".sources";
/// What an app shows that is not below `web/`: the reference page shows the guide.
const GUIDE: &str = "../docs/context-api.md";
/// Folders that do not influence what is built.
const NOT_SOURCES: [&str; 5] = ["node_modules", "dist", "e2e", "lint", "tests"];
const REMEDY: &str = "install Node 20 or newer, then in web/ run: npm ci && npm run build";
/// How much of npm's output a failure shows, and what of it says nothing about the cause.
const SHOWN_LINES: usize = 20;
const NOISE: [&str; 4] = ["npm error", "npm warn", "    at ", "> "];
/// npm writes its lock file and its record of what is installed at almost the same time, in either order.
const SAME_INSTALL: Duration = Duration::from_secs(10);

fn main() {
    let release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if let Err(error) = bring_up_to_date() {
        let level = if release { "error" } else { "warning" };
        println!("cargo::{level}=The web apps are not built.");
        for line in error.lines() {
            println!("cargo::{level}={line}");
        }
    }
}

fn bring_up_to_date() -> Result<(), String> {
    let manifest = env::var("CARGO_MANIFEST_DIR").map_err(|error| error.to_string())?;
    let web = Path::new(&manifest).join("../../web");
    let web = web.canonicalize().map_err(|error| format!("{}: {error}", web.display()))?;
    for dist in DISTS {
        fs::create_dir_all(web.join(dist)).map_err(|error| format!("{dist}: {error}"))?;
    }
    let listing = |error: io::Error| format!("cannot read {}: {error}", web.display());
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", web.join(GUIDE).display());
    for path in watched(&web).map_err(listing)? {
        println!("cargo::rerun-if-changed={}", path.display());
    }

    // Two cargo processes (an editor's and a person's) must not build into the same folders at once.
    let lock = File::create(web.join(".build.lock")).map_err(listing)?;
    lock.lock().map_err(listing)?;
    let wanted = fingerprint(&web).map_err(listing)?;
    if !is_stamped(&web, &wanted) {
        install(&web)?;
        npm(&web, &["run", "build"])?;
        write_stamps(&web, &wanted).map_err(|error| format!("cannot write {STAMP}: {error}"))?;
    }
    // Building an app by hand removes its stamp, and we look again. After a failure there is nothing to look at
    // until a source changes.
    for dist in DISTS {
        println!("cargo::rerun-if-changed={}", web.join(dist).join(STAMP).display());
    }
    Ok(())
}

/// What cargo watches: the files of `web/` and of each workspace, and whole folders below a workspace.
fn watched(web: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for path in entries(web)? {
        if path.is_dir() { paths.extend(entries(&path)?) } else { paths.push(path) }
    }
    Ok(paths)
}

/// The sources directly in `folder`, in a fixed order.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !NOT_SOURCES.contains(&name.as_str()) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

/// One hash over the path and the content of every source. It only has to notice change, not to resist an attacker.
fn fingerprint(web: &Path) -> io::Result<String> {
    fn add(folder: &Path, web: &Path, hasher: &mut DefaultHasher) -> io::Result<()> {
        for path in entries(folder)? {
            if path.is_dir() {
                add(&path, web, hasher)?;
            } else {
                let content = fs::read(&path)?;
                let name = path.strip_prefix(web).unwrap_or(&path).to_string_lossy();
                for part in [name.as_bytes(), content.as_slice()] {
                    hasher.write_usize(part.len());
                    hasher.write(part);
                }
            }
        }
        Ok(())
    }
    let mut hasher = DefaultHasher::new();
    add(web, web, &mut hasher)?;
    hasher.write(&fs::read(web.join(GUIDE))?);
    Ok(format!("{:016x}\n", hasher.finish()))
}

fn is_stamped(web: &Path, wanted: &str) -> bool {
    DISTS.iter().all(|dist| fs::read_to_string(web.join(dist).join(STAMP)).is_ok_and(|stamp| stamp == wanted))
}

fn write_stamps(web: &Path, fingerprint: &str) -> io::Result<()> {
    for dist in DISTS {
        let path = web.join(dist).join(STAMP);
        fs::write(&path, fingerprint)?;
        // Cargo runs this script again when a watched file is newer than the script's last start, as this one is.
        let times = FileTimes::new().set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(86_400));
        File::options().write(true).open(&path)?.set_times(times)?;
    }
    Ok(())
}

/// Installs exactly what the lock file says, if that is not there already.
fn install(web: &Path) -> Result<(), String> {
    let modified = |path: &str| fs::metadata(web.join(path)).and_then(|metadata| metadata.modified());
    let current = match (modified("node_modules/.package-lock.json"), modified("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed + SAME_INSTALL >= locked,
        _ => false,
    };
    if current { Ok(()) } else { npm(web, &["ci", "--no-audit", "--no-fund"]) }
}

fn npm(web: &Path, arguments: &[&str]) -> Result<(), String> {
    let program = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let output = Command::new(program)
        .args(arguments)
        .current_dir(web)
        .env("NO_COLOR", "1")
        .output()
        .map_err(|error| format!("{program} cannot be started ({error}); {REMEDY}"))?;
    if output.status.success() {
        return Ok(());
    }
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let is_noise = |line: &str| line.trim().is_empty() || NOISE.iter().any(|start| line.starts_with(start));
    let lines: Vec<&str> = text.lines().filter(|line| !is_noise(line)).collect();
    let shown = lines[lines.len().saturating_sub(SHOWN_LINES)..].join("\n");
    Err(format!("{shown}\nnpm {} failed; repeat it in web/", arguments.join(" ")))
}
