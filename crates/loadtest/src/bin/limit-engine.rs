//! `limit-engine FOLDER ADDRESS`: see [`beckon_loadtest::bench::limit_engine`].

use std::path::Path;

use beckon_loadtest::bench::limit_engine::{Failure, serve};

/// As Beckon's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, address] = arguments.as_slice() else {
        return Err("usage: limit-engine FOLDER ADDRESS".into());
    };
    serve(Path::new(folder), address.parse()?).await
}
