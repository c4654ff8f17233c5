//! Requests as bytes, for what no browser sends, and what came back for them.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Town;

/// Everything that came until the connection was closed.
pub(crate) struct Answer(String);

impl Answer {
    /// The status; 0 when nothing came.
    pub(crate) fn status(&self) -> u16 {
        let second = self.0.split(' ').nth(1);
        second.and_then(|code| code.parse().ok()).unwrap_or(0)
    }

    /// The status line and the headers.
    pub(crate) fn head(&self) -> &str {
        self.0.split("\r\n\r\n").next().unwrap_or_default()
    }

    /// Everything.
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    /// The value of the first header of this name, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head().lines().filter_map(|line| line.split_once(": "));
        let (_, value) = lines.find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The reason that a page or JSON gives; empty where there is none.
    pub(crate) fn reason(&self) -> &str {
        let after = |mark: &str| self.0.split_once(mark)?.1.split('"').next();
        after("data-reason=\"")
            .or_else(|| after("\"reason\":\""))
            .unwrap_or_default()
    }

    /// How many answers came.
    pub(crate) fn count(&self) -> usize {
        self.0.matches("HTTP/1.1 ").count()
    }
}

/// Sends bytes as they are, and reads until the other side closes the connection: whoever sends a whole request asks it to.
pub(crate) async fn send(town: &Town, bytes: &[u8]) -> Answer {
    let mut stream = connect(town).await;
    // It may be refused before all of it was sent.
    let _refused = stream.write_all(bytes).await;
    read(stream).await
}

/// Reads until the other side closes the connection.
pub(crate) async fn read(mut stream: TcpStream) -> Answer {
    let mut answer = Vec::new();
    let reading = stream.read_to_end(&mut answer);
    let closed = tokio::time::timeout(Duration::from_mins(1), reading).await;
    assert!(closed.is_ok(), "the connection stays open");
    Answer(String::from_utf8_lossy(&answer).into_owned())
}

/// A connection on which nothing was said yet.
pub(crate) async fn connect(town: &Town) -> TcpStream {
    let port: u16 = town.public_url.rsplit(':').next().unwrap().parse().unwrap();
    TcpStream::connect(("127.0.0.1", port)).await.unwrap()
}

/// A browser's navigation, with these header lines behind the usual ones.
pub(crate) async fn ask(town: &Town, line: &str, headers: &str) -> Answer {
    let usual = "Host: localhost\r\nConnection: close\r\nAccept: text/html";
    let request = format!("{line}\r\n{usual}\r\nSec-Fetch-Mode: navigate\r\n{headers}\r\n");
    send(town, request.as_bytes()).await
}
