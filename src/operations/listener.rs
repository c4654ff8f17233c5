//! HTTP for the operations address: a few connections at once, one short request each, one address, and an answer of plain text.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, X_CONTENT_TYPE_OPTIONS};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Scrape;

/// Connections at once; whoever comes beyond waits for a place. A few scrapers need one each, for milliseconds.
const MOST_CONNECTIONS: usize = 16;

/// How long a request's head may take.
const HEAD_WITHIN: Duration = Duration::from_secs(5);

/// How long a connection may last. Scrapers give up after ten seconds by themselves.
const WHOLE_WITHIN: Duration = Duration::from_secs(15);

/// The largest head, in bytes; the least that the library takes.
const LARGEST_HEAD: usize = 8 * 1024;

/// The pause when no connection can be taken, for want of file descriptors say.
const PAUSE: Duration = Duration::from_millis(200);

/// The text format that every scraper reads.
const TEXT_FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";
const PLAIN: &str = "text/plain; charset=utf-8";

const PATH: &str = "/metrics";

type Answer = Response<Full<Bytes>>;

/// Never ends; dropping it ends every connection, too.
pub(super) async fn serve(listener: TcpListener, scrape: Arc<Scrape>) {
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let scrape = scrape.clone();
                connections.spawn(async move {
                    one(stream, scrape).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection to the operations address could not be taken");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// One connection, with one request. What a broken one is ended by is nobody's concern.
async fn one(stream: TcpStream, scrape: Arc<Scrape>) {
    let service = service_fn(|request| {
        let scrape = scrape.clone();
        async move { Ok::<_, Infallible>(answer(&request, &scrape).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_WITHIN)
        .max_buf_size(LARGEST_HEAD)
        .keep_alive(false)
        .serve_connection(TokioIo::new(stream), service);
    let _ended = tokio::time::timeout(WHOLE_WITHIN, served).await;
}

async fn answer(request: &Request<Incoming>, scrape: &Scrape) -> Answer {
    let (status, kind, text) = if request.uri().path() != PATH {
        (
            StatusCode::NOT_FOUND,
            PLAIN,
            "Only /metrics is here.\n".to_owned(),
        )
    } else if ![Method::GET, Method::HEAD].contains(request.method()) {
        (
            StatusCode::METHOD_NOT_ALLOWED,
            PLAIN,
            "Only GET and HEAD.\n".to_owned(),
        )
    } else {
        match scrape.text().await {
            Ok(text) => (StatusCode::OK, TEXT_FORMAT, text),
            Err(error) => {
                tracing::error!(%error, "the metrics cannot be written");
                let said = "The metrics cannot be written; the log says why.\n".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, PLAIN, said)
            }
        }
    };
    let mut response = Response::new(Full::new(Bytes::from(text)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if status == StatusCode::METHOD_NOT_ALLOWED {
        headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
    }
    response
}
