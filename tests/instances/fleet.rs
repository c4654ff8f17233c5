//! Front doors as programs of their own, behind a balancer: they can be told to stop, and killed.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use imitation::redis::RedisServer;

use crate::balancer::Balancer;
use crate::support::{Town, free_port, in_time};

/// Some of them, on one Redis.
pub(crate) struct Fleet {
    pub(crate) town: Town,
    pub(crate) balancer: Balancer,
    pub(crate) programs: Vec<Program>,
    _redis: RedisServer,
}

/// One front door.
pub(crate) struct Program {
    child: Mutex<Child>,
    port: u16,
    log: PathBuf,
}

impl Fleet {
    pub(crate) async fn of(count: usize) -> Self {
        let redis = RedisServer::new();
        let mut town = Town::over(&redis.address()).await;
        town.close().await;
        std::fs::write(town.folder.path().join("Rocket.toml"), &town.settings).unwrap();
        let ports: Vec<u16> = (0..count).map(|_| free_port()).collect();
        let programs = ports.iter().map(|port| Program::start(&town, *port));
        let programs = programs.collect();
        let public = town.public_url.rsplit(':').next().unwrap();
        let balancer = Balancer::at(public.parse().unwrap(), &ports).await;
        balancer.until_all_are_ready().await;
        Self {
            town,
            balancer,
            programs,
            _redis: redis,
        }
    }

    /// Tells one to stop, and starts it anew when it has.
    pub(crate) async fn restart(&self, which: usize) {
        let status = self.programs[which].stop().await;
        assert!(status.success(), "{status}");
        self.start(which).await;
    }

    /// Starts one anew, and waits until it is sent visitors again.
    pub(crate) async fn start(&self, which: usize) {
        self.balancer.until_ready(which, false).await;
        self.programs[which].start_again(&self.town);
        self.balancer.until_ready(which, true).await;
    }

    /// Which of them did last what the log says in these words.
    pub(crate) fn who_said(&self, words: &str) -> Option<usize> {
        let said = |program: &Program| {
            let log = std::fs::read_to_string(&program.log).unwrap();
            let lines = log.lines().filter(|line| line.contains(words));
            lines.map(time).max()
        };
        let last = |which: &usize| said(&self.programs[*which]);
        let all = 0..self.programs.len();
        all.filter(|which| last(which).is_some()).max_by_key(last)
    }
}

fn time(line: &str) -> String {
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    line["timestamp"].as_str().unwrap().to_owned()
}

impl Program {
    fn start(town: &Town, port: u16) -> Self {
        let log = town.folder.path().join(format!("log-{port}"));
        let child = Mutex::new(start(town, port, &log));
        Self { child, port, log }
    }

    fn start_again(&self, town: &Town) {
        *self.child.lock().unwrap() = start(town, self.port, &self.log);
    }

    /// Ends it as the system would: at once, whatever it is doing.
    pub(crate) fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Asks it to stop, and waits until it has.
    async fn stop(&self) -> ExitStatus {
        self.terminate();
        self.ended().await
    }

    /// Waits until it has ended.
    pub(crate) async fn ended(&self) -> ExitStatus {
        let waiting = async {
            loop {
                if let Some(status) = self.child.lock().unwrap().try_wait().unwrap() {
                    return status;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        in_time("a front door to stop", waiting).await
    }

    /// Waits until it takes no more visitors.
    pub(crate) async fn until_closed(&self) {
        let waiting = async {
            while tokio::net::TcpStream::connect(("127.0.0.1", self.port))
                .await
                .is_ok()
            {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        in_time("a front door to close", waiting).await;
    }

    /// Asks it to stop.
    pub(crate) fn terminate(&self) {
        let pid = self.child.lock().unwrap().id().to_string();
        let told = Command::new("kill").args(["-TERM", &pid]).status();
        assert!(told.unwrap().success());
    }
}

fn start(town: &Town, port: u16, log: &Path) -> Child {
    let log = File::options().create(true).append(true).open(log);
    Command::new(env!("CARGO_BIN_EXE_front-door"))
        .current_dir(town.folder.path())
        .env("ROCKET_PORT", port.to_string())
        .env("ROCKET_SHUTDOWN", "{grace=1,mercy=1}")
        .env("FRONT_DOOR_OPERATIONS", "off")
        .stdout(log.unwrap())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

impl Drop for Program {
    fn drop(&mut self) {
        let mut child = self.child.lock().unwrap();
        let _already_gone = child.kill();
        let _already_gone = child.wait();
    }
}
