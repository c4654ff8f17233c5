//! A server in a process of its own, on a core of its own, and what the system says of it.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// The core that the measured server runs on, alone.
const CORE: &str = "0";

/// `CLK_TCK`: the unit in which Linux counts CPU in `/proc/<pid>/stat`, on every architecture that it runs on here.
const TICKS_A_SECOND: f64 = 100.0;

/// A program on the measured core.
pub(crate) fn on_the_core(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", CORE, program]).args(arguments);
    command
}

/// A running server; it is killed when dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it on its core.
    pub(crate) fn start(program: &str, arguments: &[&str], variables: &[(&str, String)]) -> Self {
        let mut command = on_the_core(program, arguments);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self(child.unwrap_or_else(|error| panic!("taskset (Debian's util-linux): {error}")))
    }

    /// Waits until it listens; how long that took since `began`.
    pub(crate) fn listening(&mut self, port: u16, began: Instant) -> Duration {
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            let ended = self.0.try_wait().unwrap();
            assert!(ended.is_none(), "the server ended: {ended:?}");
            std::thread::yield_now();
        }
        began.elapsed()
    }

    /// User and system CPU so far.
    pub(crate) fn cpu(&self) -> Duration {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        // The second field is the program's name in brackets, which may hold spaces; what follows is counted from there.
        let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
        let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
        Duration::from_secs_f64(ticks / TICKS_A_SECOND)
    }

    /// Resident memory, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
