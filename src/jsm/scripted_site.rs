//! For tests: a site on loopback that answers each path by a script and keeps what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

use super::client::Jsm;
use super::deadline::Deadline;
use crate::settings::AtlassianSettings;
use crate::settings::atlassian::Credentials;

/// What one request gets.
#[derive(Clone)]
pub(crate) enum Reply {
    /// An answer: status line's rest, further header lines, body.
    Say(&'static str, String, String),
    /// Nothing, for ever.
    Hang,
    /// A connection that ends at once.
    Drop,
}

/// JSON with a status.
pub(crate) fn json(status: &'static str, body: &str) -> Reply {
    Reply::Say(
        status,
        "Content-Type: application/json;charset=UTF-8\r\n".to_owned(),
        body.to_owned(),
    )
}

/// No body, with a status and further headers.
pub(crate) fn bare(status: &'static str, headers: &str) -> Reply {
    Reply::Say(status, headers.to_owned(), String::new())
}

type Script = Arc<Mutex<BTreeMap<String, VecDeque<Reply>>>>;

/// The site. The last reply of a path is given for ever; a path without a script gets 404.
pub(crate) struct ScriptedSite {
    pub(crate) address: Url,
    requests: Arc<Mutex<Vec<String>>>,
}

impl ScriptedSite {
    pub(crate) async fn open(script: Vec<(&str, Vec<Reply>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let script = script
            .into_iter()
            .map(|(path, replies)| (path.to_owned(), replies.into()));
        let script: Script = Arc::new(Mutex::new(script.collect()));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(answer(stream, Arc::clone(&script), Arc::clone(&kept)));
            }
        });
        Self { address, requests }
    }

    /// A client of this site.
    pub(crate) fn client(&self) -> Jsm {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Jsm::new(http, &settings(&self.address))
    }

    /// The requests so far, as they came over the wire.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// Their first lines, without the version.
    pub(crate) fn lines(&self) -> Vec<String> {
        let line = |request: &String| request.split(" HTTP/").next().unwrap().to_owned();
        self.requests().iter().map(line).collect()
    }
}

pub(crate) fn settings(site: &Url) -> AtlassianSettings {
    AtlassianSettings {
        site: site.clone(),
        portal: site.clone(),
        credentials: Credentials::Classic {
            email: "bot@acme.example".to_owned(),
            api_token: "very-secret".into(),
        },
        token_expires: None,
        customer_token: None,
        gateway: site.clone(),
        budget: Duration::from_secs(4),
    }
}

/// More time than any test needs.
pub(crate) fn plenty() -> Deadline {
    Deadline::after(Duration::from_secs(20))
}

async fn answer(mut stream: TcpStream, script: Script, requests: Arc<Mutex<Vec<String>>>) {
    let request = read(&mut stream).await;
    let path = request
        .split([' ', '?'])
        .nth(1)
        .unwrap_or_default()
        .to_owned();
    requests.lock().unwrap().push(request);
    let reply = {
        let mut script = script.lock().unwrap();
        let replies = script.get_mut(&path);
        replies.and_then(|replies| {
            if replies.len() > 1 {
                replies.pop_front()
            } else {
                replies.front().cloned()
            }
        })
    };
    match reply.unwrap_or_else(|| json("404 Not Found", "{}")) {
        Reply::Say(status, headers, body) => {
            let length = body.len();
            let head = format!(
                "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
            );
            let _ = stream.write_all(head.as_bytes()).await;
            let _ = stream.write_all(body.as_bytes()).await;
        }
        Reply::Hang => std::future::pending().await,
        Reply::Drop => {}
    }
}

/// Head and body of one request.
async fn read(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        if let Some(end) = text.find("\r\n\r\n") {
            let length = text
                .split("content-length: ")
                .nth(1)
                .and_then(|rest| rest.lines().next());
            let length: usize = length.and_then(|length| length.parse().ok()).unwrap_or(0);
            if bytes.len() >= end + 4 + length {
                return String::from_utf8(bytes).unwrap();
            }
        }
        if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
            return String::from_utf8_lossy(&bytes).into_owned();
        }
    }
}
