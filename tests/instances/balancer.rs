//! A load balancer as nginx and the clouds have them: one request after the other to whoever is ready, by turns. Whoever cannot be reached, or breaks off
//! before a word of an answer, is left for the next one, but a request that changes something is never sent twice.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::support::in_time;

/// How often readiness is asked for.
const ASK_EVERY: Duration = Duration::from_millis(100);

/// What stands behind the public address.
pub(crate) struct Balancer {
    behind: Arc<Behind>,
    tasks: Vec<JoinHandle<()>>,
}

struct Behind {
    ports: Vec<u16>,
    ready: Mutex<Vec<bool>>,
    turns: AtomicUsize,
    /// Answers that say that the server has failed, each with what was asked.
    failures: Mutex<Vec<String>>,
}

impl Balancer {
    /// Listens at a port for those who listen at the others.
    pub(crate) async fn at(public: u16, ports: &[u16]) -> Self {
        let behind = Arc::new(Behind {
            ports: ports.to_vec(),
            ready: Mutex::new(vec![false; ports.len()]),
            turns: AtomicUsize::default(),
            failures: Mutex::default(),
        });
        let listener = TcpListener::bind(("127.0.0.1", public)).await;
        let listener = listener.unwrap_or_else(|error| panic!("port {public}: {error}"));
        let mut tasks = vec![tokio::spawn(Arc::clone(&behind).serve(listener))];
        for which in 0..ports.len() {
            tasks.push(tokio::spawn(Arc::clone(&behind).watch(which)));
        }
        Self { behind, tasks }
    }

    /// Waits until it holds this one for ready, or not.
    pub(crate) async fn until_ready(&self, which: usize, is: bool) {
        let waiting = async {
            while self.behind.ready.lock().unwrap()[which] != is {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        in_time(&format!("front door {which}: ready = {is}"), waiting).await;
    }

    /// Waits until all are ready.
    pub(crate) async fn until_all_are_ready(&self) {
        for which in 0..self.behind.ports.len() {
            self.until_ready(which, true).await;
        }
    }

    /// What anybody was told of a failure.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.behind.failures.lock().unwrap().clone()
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Behind {
    async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            let (visitor, _) = listener.accept().await.unwrap();
            let behind = Arc::clone(&self);
            tokio::spawn(async move {
                let mut visitor = visitor;
                // Whoever goes away needs no answer.
                let _gone = behind.pass_on(&mut visitor).await;
            });
        }
    }

    async fn watch(self: Arc<Self>, which: usize) {
        loop {
            let ask = b"GET /health/ready HTTP/1.1\r\nHost: balancer\r\nConnection: close\r\n\r\n";
            let asked = tokio::time::timeout(Duration::from_secs(2), self.ask(which, ask)).await;
            let ready = matches!(asked, Ok(Ok(answer)) if status(&answer) == 200);
            self.ready.lock().unwrap()[which] = ready;
            tokio::time::sleep(ASK_EVERY).await;
        }
    }

    async fn pass_on(&self, visitor: &mut TcpStream) -> std::io::Result<()> {
        let request = read_request(visitor).await?;
        let line = String::from_utf8_lossy(&request)
            .lines()
            .next()
            .map(str::to_owned);
        let line = line.unwrap_or_default();
        let answer = self.answer(&request, &line).await;
        if status(&answer) >= 500 {
            let failure = format!("{line}: {}", String::from_utf8_lossy(&answer));
            self.failures.lock().unwrap().push(failure);
        }
        visitor.write_all(&answer).await?;
        visitor.shutdown().await
    }

    async fn answer(&self, request: &[u8], line: &str) -> Vec<u8> {
        let may_repeat = line.starts_with("GET ") || line.starts_with("HEAD ");
        let first = self.turns.fetch_add(1, Ordering::Relaxed);
        let count = self.ports.len();
        for which in (0..count).map(|n| (first + n) % count) {
            if !self.ready.lock().unwrap()[which] {
                continue;
            }
            match self.ask(which, request).await {
                Ok(answer) => return answer,
                Err(error) => {
                    self.ready.lock().unwrap()[which] = false;
                    let refused = error.kind() == std::io::ErrorKind::ConnectionRefused;
                    if !refused && !may_repeat {
                        break;
                    }
                }
            }
        }
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_vec()
    }

    /// The whole answer of one of them; an error when it broke off.
    async fn ask(&self, which: usize, request: &[u8]) -> std::io::Result<Vec<u8>> {
        let mut house = TcpStream::connect(("127.0.0.1", self.ports[which])).await?;
        house.write_all(request).await?;
        let mut answer = Vec::new();
        house.read_to_end(&mut answer).await?;
        if status(&answer) == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        Ok(answer)
    }
}

/// One request, which asks for the connection to be closed behind its answer.
async fn read_request(visitor: &mut TcpStream) -> std::io::Result<Vec<u8>> {
    let mut request = Vec::new();
    let head = loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        read_more(visitor, &mut request).await?;
    };
    let text = String::from_utf8_lossy(&request[..head]).into_owned();
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().unwrap())
    });
    while request.len() < head + 4 + length.unwrap_or(0) {
        read_more(visitor, &mut request).await?;
    }
    let (line, rest) = text.split_once("\r\n").unwrap_or((&text, ""));
    let others = rest
        .lines()
        .filter(|line| !line.to_lowercase().starts_with("connection:"));
    let mut lines = vec![line, "Connection: close"];
    lines.extend(others);
    let mut sent = format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes();
    sent.extend_from_slice(&request[head + 4..]);
    Ok(sent)
}

async fn read_more(visitor: &mut TcpStream, into: &mut Vec<u8>) -> std::io::Result<()> {
    match visitor.read_buf(into).await? {
        0 => Err(std::io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(()),
    }
}

/// The status that an answer begins with; 0: it is none.
fn status(answer: &[u8]) -> u16 {
    let text = answer
        .get(9..12)
        .and_then(|text| std::str::from_utf8(text).ok());
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}
