//! The one way in which connections to others are opened, and how much of an answer is read.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Response};

/// How long a connection may take to stand, whatever the whole call is given.
const CONNECT_WITHIN: Duration = Duration::from_secs(3);

/// Who we say we are.
const USER_AGENT: &str = concat!("front-door/", env!("CARGO_PKG_VERSION"));

/// A client whose calls end within `total`, answer included.
///
/// It follows no redirects, so that credentials reach the host they were meant for and no other, and looks for no proxy in the environment: what a call reaches is
/// what the settings say. Make one, and clone it: clones share their connections.
pub fn http_client(total: Duration) -> Result<Client, reqwest::Error> {
    Client::builder()
        .user_agent(USER_AGENT)
        .redirect(Policy::none())
        .no_proxy()
        .referer(false)
        .connect_timeout(CONNECT_WITHIN.min(total))
        .timeout(total)
        .build()
}

/// Why an answer's body was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It is longer than what is accepted.
    #[error("the answer is longer than {limit} bytes")]
    TooLong {
        /// The most that is accepted, in bytes.
        limit: usize,
    },
    /// The connection broke or the time was up.
    #[error("the answer ended early")]
    Broken(#[source] reqwest::Error),
}

/// Reads a body of at most `limit` bytes, and stops at the first byte too many.
pub async fn read_capped(mut response: Response, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut body = Vec::new();
    let broken = |error: reqwest::Error| ReadError::Broken(error.without_url());
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if chunk.len() > limit - body.len() {
            return Err(ReadError::TooLong { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::*;

    /// Answers one request with these bytes, and gives the address to ask at.
    async fn answers(bytes: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut peer, _) = listener.accept().await.unwrap();
            let mut request = [0; 1024];
            assert!(peer.read(&mut request).await.unwrap() > 0);
            peer.write_all(bytes.as_bytes()).await.unwrap();
        });
        address
    }

    async fn get(bytes: &'static str) -> Response {
        let client = http_client(Duration::from_secs(5)).unwrap();
        client.get(answers(bytes).await).send().await.unwrap()
    }

    #[tokio::test]
    async fn a_body_is_read_up_to_its_limit_and_no_further() {
        const FIVE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(read_capped(get(FIVE).await, 5).await.unwrap(), b"hello");
        let refused = read_capped(get(FIVE).await, 4).await;
        assert!(matches!(refused, Err(ReadError::TooLong { limit: 4 })));
    }

    #[tokio::test]
    async fn a_body_that_ends_early_is_an_error_without_the_address() {
        let short = get("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello").await;
        let error = read_capped(short, 100).await.unwrap_err();
        assert!(matches!(error, ReadError::Broken(_)));
        assert!(!format!("{error:?}").contains("127.0.0.1"));
    }

    #[tokio::test]
    async fn redirects_are_not_followed() {
        let away = "HTTP/1.1 302 Found\r\nLocation: http://evil.test/\r\nContent-Length: 0\r\n\r\n";
        assert_eq!(get(away).await.status(), 302);
    }
}
