//! Developer commands: `cargo xtask run | test | e2e | openapi`.

fn main() {}
