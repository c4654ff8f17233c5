//! What the tests of this room share: a key that signs, and a provider at the socket that says what it is told to say.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A key of the provider's.
pub(super) struct Signer {
    pub(super) kid: &'static str,
    pair: KeyPair,
}

/// Key making is slow: once for all tests.
pub(super) static FIRST: LazyLock<Signer> = LazyLock::new(|| Signer::new("first="));
pub(super) static SECOND: LazyLock<Signer> = LazyLock::new(|| Signer::new("second="));

impl Signer {
    fn new(kid: &'static str) -> Self {
        Self {
            kid,
            pair: KeyPair::generate(KeySize::Rsa2048).unwrap(),
        }
    }

    /// The public half, as a provider publishes it.
    pub(super) fn jwk(&self) -> Value {
        let public = self.pair.public_key();
        let (n, e) = (public.modulus(), public.exponent());
        let text = |number: &[u8]| URL_SAFE_NO_PAD.encode(number);
        json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.kid,
            "n": text(n.big_endian_without_leading_zero()), "e": text(e.big_endian_without_leading_zero())})
    }

    /// A token with an ordinary header.
    pub(super) fn token(&self, claims: &Value) -> String {
        self.sign(
            &json!({"alg": "RS256", "kid": self.kid}).to_string(),
            &claims.to_string(),
        )
    }

    /// A token of exactly these texts.
    pub(super) fn sign(&self, header: &str, payload: &str) -> String {
        let signed = format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(payload)
        );
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                signed.as_bytes(),
                &mut signature,
            )
            .unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// What an address of the fake provider answers.
#[derive(Clone)]
pub(super) enum Reply {
    Json(Value),
    Text {
        status: u16,
        content_type: &'static str,
        body: String,
    },
    Redirect(&'static str),
    /// Takes the request and says nothing.
    Silence,
    /// A body without an end.
    Endless,
}

/// A provider at the socket. An address that it was told nothing about answers 404.
#[derive(Clone)]
pub(super) struct FakeProvider {
    pub(super) origin: String,
    said: Arc<Mutex<Said>>,
}

#[derive(Default)]
struct Said {
    replies: HashMap<String, Reply>,
    requests: Vec<(String, String)>,
}

impl FakeProvider {
    /// Listens, with nothing to say yet.
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let fake = Self {
            origin,
            said: Arc::default(),
        };
        let server = fake.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(server.clone().answer(stream));
            }
        });
        fake
    }

    /// What `path` answers from now on.
    pub(super) fn say(&self, path: &str, reply: Reply) {
        self.said
            .lock()
            .unwrap()
            .replies
            .insert(path.to_owned(), reply);
    }

    /// `path` answers 404 from now on.
    pub(super) fn forget(&self, path: &str) {
        self.said.lock().unwrap().replies.remove(path);
    }

    /// The requests that `path` had, each whole.
    pub(super) fn requests(&self, path: &str) -> Vec<String> {
        let said = self.said.lock().unwrap();
        said.requests
            .iter()
            .filter(|(asked, _)| asked == path)
            .map(|(_, text)| text.clone())
            .collect()
    }

    async fn answer(self, mut stream: TcpStream) {
        let Some(request) = read_request(&mut stream).await else {
            return;
        };
        let path = request
            .split([' ', '?'])
            .nth(1)
            .unwrap_or_default()
            .to_owned();
        let reply = {
            let mut said = self.said.lock().unwrap();
            said.requests.push((path.clone(), request));
            said.replies.get(&path).cloned()
        };
        let not_found = Reply::Text {
            status: 404,
            content_type: "text/plain",
            body: String::new(),
        };
        write_reply(&mut stream, reply.unwrap_or(not_found)).await;
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.lines().find_map(|line| {
            line.to_ascii_lowercase()
                .strip_prefix("content-length: ")?
                .parse()
                .ok()
        });
        if body.len() >= length.unwrap_or(0) {
            return Some(text);
        }
    }
}

async fn write_reply(stream: &mut TcpStream, reply: Reply) {
    let whole = |status: u16, header: &str, body: &str| {
        format!(
            "HTTP/1.1 {status} X\r\n{header}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        )
    };
    let text = match reply {
        Reply::Json(value) => whole(
            200,
            "Content-Type: application/json;charset=UTF-8",
            &value.to_string(),
        ),
        Reply::Text {
            status,
            content_type,
            body,
        } => whole(status, &format!("Content-Type: {content_type}"), &body),
        Reply::Redirect(to) => whole(302, &format!("Location: {to}"), ""),
        Reply::Silence => return std::future::pending().await,
        Reply::Endless => {
            "HTTP/1.1 200 X\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n"
                .to_owned()
                + &" ".repeat(1 << 20)
        }
    };
    // The other side may have had enough and be gone.
    drop(stream.write_all(text.as_bytes()).await);
}

/// A client as the house makes it, for loopback.
pub(super) fn http_client() -> reqwest::Client {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(5))
        .build()
        .unwrap()
}
