//! What a developer without root gets when something is missing: the one line to run, and nothing is tried.
#![cfg(unix)]

use std::{
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::Command,
};

/// A folder of programs for `PATH`: this machine's Node and formatters, and an `id` that says who one is.
fn programs(name: &str, uid: &str) -> String {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _from_before = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let path = env::var_os("PATH").expect("a PATH");
    for program in ["node", "rustfmt", "cargo-fmt", "cargo-clippy"] {
        let found = env::split_paths(&path).map(|place| place.join(program)).find(|file| file.is_file());
        symlink(found.expect(program), folder.join(program)).expect("a link");
    }
    let id = folder.join("id");
    fs::write(&id, format!("#!/bin/sh\necho {uid}\n")).expect("written");
    fs::set_permissions(&id, fs::Permissions::from_mode(0o755)).expect("executable");
    // Whoever installs something leaves a trace.
    let apt = folder.join("apt-get");
    fs::write(&apt, "#!/bin/sh\necho \"$@\" >> \"$0.called\"\nexit 1\n").expect("written");
    fs::set_permissions(&apt, fs::Permissions::from_mode(0o755)).expect("executable");
    folder.display().to_string()
}

#[test]
fn without_chromium_and_root_the_one_line_is_printed() {
    let path = programs("unprivileged", "1000");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    let output = command.arg("test").env("PATH", &path).env_remove("BECKON_CHROMIUM").output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    let lines: Vec<_> = said.lines().filter(|line| line.contains("apt-get")).collect();
    assert_eq!(lines.len(), 1, "{said}");
    assert!(lines[0].contains("Run: sudo sh -c 'apt-get update && apt-get install"), "{said}");
    assert!(lines[0].contains("chromium"), "{said}");
    assert!(!Path::new(&path).join("apt-get.called").exists(), "nothing is tried");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("== format"), "it stops");
}
