//! What processes use, with all that they started: CPU and memory, from `/proc`.

use std::fs::read_to_string;
use std::ops::AddAssign;
use std::time::Duration;

/// `CLK_TCK`: the unit in which Linux counts CPU in `/proc/<pid>/stat`, on every architecture that it runs on here.
const TICKS_A_SECOND: f64 = 100.0;

/// Some processes, and whatever they start.
#[derive(Debug, Clone)]
pub(crate) struct Watched(Vec<u32>);

/// Memory of all of them, in MB.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Memory {
    /// Resident, what they share counted once for each.
    pub(crate) resident: f64,
    /// What they share parted among them (PSS): what ending all of them would give back.
    pub(crate) proportional: f64,
}

impl AddAssign for Memory {
    fn add_assign(&mut self, other: Self) {
        self.resident += other.resident;
        self.proportional += other.proportional;
    }
}

impl Watched {
    /// These processes.
    pub(crate) fn all_of(processes: Vec<u32>) -> Self {
        Self(processes)
    }

    /// These and those.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// User and system CPU so far. Of a process that ended it is its parent that knows.
    pub(crate) fn cpu(&self) -> Duration {
        let all = self.with_descendants().into_iter();
        let ticks: f64 = all.filter_map(|process| Some(stat(process)?.ticks)).sum();
        Duration::from_secs_f64(ticks / TICKS_A_SECOND)
    }

    /// Memory now.
    pub(crate) fn memory(&self) -> Memory {
        let mut all = Memory::default();
        for process in self.with_descendants() {
            all += memory(process).unwrap_or_default();
        }
        all
    }

    fn with_descendants(&self) -> Vec<u32> {
        let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
            .unwrap()
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|process| Some((process, stat(process)?.parent)))
            .collect();
        let mut all = self.0.clone();
        let mut next = 0;
        while let Some(&parent) = all.get(next) {
            let children = parents.iter().filter(|(_, of)| *of == parent);
            all.extend(children.map(|(process, _)| *process));
            next += 1;
        }
        all
    }
}

struct Stat {
    parent: u32,
    /// Its own, and those of children that ended.
    ticks: f64,
}

/// `None`: it has just ended.
fn stat(process: u32) -> Option<Stat> {
    let stat = read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field is the program's name in brackets, which may hold spaces; what follows is counted from there.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = fields.get(11..15)?.iter();
    Some(Stat {
        parent: fields[1].parse().ok()?,
        ticks: ticks.filter_map(|field| field.parse::<f64>().ok()).sum(),
    })
}

fn memory(process: u32) -> Option<Memory> {
    let rollup = read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let megabytes = |name: &str| -> Option<f64> {
        let line = rollup.lines().find(|line| line.starts_with(name))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024.0 / 1_000_000.0)
    };
    Some(Memory {
        resident: megabytes("Rss:")?,
        proportional: megabytes("Pss:")?,
    })
}
