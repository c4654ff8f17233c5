//! A server in a process of its own, on cores of its own, and what the system says of it and of all processes that it started.

use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use super::usage::Watched;

/// The core that the measured server runs on, alone.
pub(crate) const CORE: &str = "0";

/// The machine's cores, as many as this program had when it began.
pub(crate) fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| available_parallelism().map_or(1, usize::from))
}

/// A program on the measured core.
pub(crate) fn on_the_core(program: &str, arguments: &[&str]) -> Command {
    on_cores(CORE, program, arguments)
}

/// A program on these cores alone, as `taskset` lists them.
pub(crate) fn on_cores(cores: &str, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("taskset");
    command.args(["--cpu-list", cores, program]).args(arguments);
    command
}

/// Lets a process that runs already, with all its threads, run on these cores alone.
pub(crate) fn keep_on_cores(cores: &str, process: u32) {
    let process = process.to_string();
    let kept = Command::new("taskset")
        .args(["--all-tasks", "--cpu-list", "--pid", cores, &process])
        .stdout(Stdio::null())
        .status();
    assert!(kept.is_ok_and(|status| status.success()), "taskset {cores}");
}

/// A running server; it is ended when dropped.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it on the measured core.
    pub(crate) fn start(program: &str, arguments: &[&str], variables: &[(&str, String)]) -> Self {
        Self::start_on(CORE, program, arguments, variables)
    }

    /// Starts it on these cores.
    pub(crate) fn start_on(
        cores: &str,
        program: &str,
        arguments: &[&str],
        variables: &[(&str, String)],
    ) -> Self {
        let mut command = on_cores(cores, program, arguments);
        command.envs(variables.iter().map(|(name, value)| (name, value)));
        let child = command.stdout(Stdio::null()).spawn();
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

    /// It and all processes that it started, to ask what they use.
    pub(crate) fn watched(&self) -> Watched {
        Watched::all_of(vec![self.0.id()])
    }
}

impl Drop for Process {
    /// Asks first: a server that started others ends them too. One that does not hear is killed.
    fn drop(&mut self) {
        if !matches!(self.0.try_wait(), Ok(None)) {
            return;
        }
        let id = self.0.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let patience = Instant::now() + Duration::from_secs(15);
        while Instant::now() < patience {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
