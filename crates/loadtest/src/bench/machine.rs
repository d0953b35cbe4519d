//! What the machine was doing meanwhile: without it no figure here can be read.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Writes of the probe.
const PROBES: usize = 40;
/// Bytes of each: one page of the database.
const PROBE_BYTES: usize = 4096;

/// Time that tasks stood waiting, as the kernel counts it.
#[derive(Clone, Copy, Debug)]
pub struct Pressure {
    at: Instant,
    cpu_micros: u64,
    io_micros: u64,
}

/// Share of the time in which at least one task waited, in percent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Pressed {
    /// For a processor.
    pub cpu: f64,
    /// For a disk.
    pub io: f64,
}

impl Pressure {
    /// Now.
    pub fn now() -> Self {
        let read = |what: &str| {
            let text = fs::read_to_string(format!("/proc/pressure/{what}")).unwrap_or_default();
            let total = text.lines().next().and_then(|line| line.rsplit_once("total="));
            total.and_then(|(_, total)| total.parse().ok()).unwrap_or(0)
        };
        Self { at: Instant::now(), cpu_micros: read("cpu"), io_micros: read("io") }
    }

    /// Since then.
    pub fn since(self) -> Pressed {
        let now = Self::now();
        let micros = now.at.duration_since(self.at).as_micros().max(1) as f64;
        let share = |before: u64, after: u64| after.saturating_sub(before) as f64 * 100.0 / micros;
        Pressed { cpu: share(self.cpu_micros, now.cpu_micros), io: share(self.io_micros, now.io_micros) }
    }
}

/// How long one page takes to the disk: median of a few, in the folder where the servers write.
pub fn fsync_probe(folder: &Path) -> std::io::Result<Duration> {
    let path = folder.join("fsync-probe");
    let mut file = fs::File::create(&path)?;
    let page = [0x5A; PROBE_BYTES];
    let mut times = Vec::with_capacity(PROBES);
    for _ in 0..PROBES {
        file.write_all(&page)?;
        let begun = Instant::now();
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    fs::remove_file(path)?;
    times.sort_unstable();
    Ok(times[PROBES / 2])
}

/// Cores, kernel, memory and disk, in one line.
pub fn described(folder: &Path) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = info.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: u64 = memory.split_whitespace().nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
    format!(
        "{cores} cores ({}), {} GB of memory, Linux {}, data on {}",
        model.trim_matches([' ', '\t', ':']),
        kilobytes / 1_000_000,
        kernel.trim(),
        file_system(folder),
    )
}

/// The device and kind of the file system that holds a folder.
fn file_system(folder: &Path) -> String {
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
    let mounts = fs::read_to_string("/proc/mounts").unwrap_or_default();
    let holds = mounts.lines().filter_map(|line| {
        let mut fields = line.split(' ');
        let (device, place, kind) = (fields.next()?, fields.next()?, fields.next()?);
        folder.starts_with(place).then_some((place.len(), format!("{device} ({kind})")))
    });
    holds.max_by_key(|(length, _)| *length).map_or_else(|| "unknown".to_owned(), |(_, name)| name)
}
