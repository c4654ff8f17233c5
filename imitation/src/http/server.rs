//! A listening server on `127.0.0.1` that hands every request to one function.

use std::future::Future;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};

use rocket::config::{Config, Ident, LogLevel, Shutdown as ShutdownSettings};
use rocket::data::{Data, ToByteUnit as _};
use rocket::fairing::AdHoc;
use rocket::http::{Method, Status};
use rocket::route::{Handler, Outcome, Route};
use rocket::tokio::sync::oneshot;
use rocket::tokio::task::JoinHandle;
use rocket::{Request, Shutdown};

use super::{Answer, Asked};

/// More than any honest request carries.
const MAX_BODY_MIB: u64 = 4;

/// What answers requests.
pub(crate) trait Site: Send + Sync + 'static {
    /// One request, one answer.
    fn answer(self: Arc<Self>, asked: Asked) -> impl Future<Output = Answer> + Send;
}

/// A server that is up, until it is stopped or dropped.
#[derive(Debug)]
pub(crate) struct Running {
    shutdown: Shutdown,
    finished: Option<JoinHandle<()>>,
    /// The port it listens on.
    pub(crate) port: u16,
}

impl Running {
    /// Starts listening on `port`; 0 takes a free one.
    ///
    /// # Panics
    /// When the port is taken: nothing could be tested then.
    #[expect(
        clippy::expect_used,
        reason = "an imitation that cannot listen is of no use"
    )]
    pub(crate) async fn start<S: Site>(site: &Arc<S>, port: u16) -> Self {
        let (tell, told) = oneshot::channel();
        let port = if port == 0 { port_to_keep() } else { port };
        let rocket = rocket::custom(settings(port))
            .mount("/", routes(site))
            .attach(AdHoc::on_liftoff("address", |rocket| {
                let port = rocket.config().port;
                Box::pin(async move {
                    // The receiver waits below; if it is gone, nobody wants to know.
                    let _ = tell.send(port);
                })
            }))
            .ignite()
            .await
            .expect("the settings are fixed and complete");
        let shutdown = rocket.shutdown();
        let finished = rocket::tokio::spawn(async move {
            rocket.launch().await.expect("the imitation listens");
        });
        Self {
            shutdown,
            finished: Some(finished),
            port: told.await.expect("the imitation listens"),
        }
    }

    /// Stops listening and waits until the port is closed.
    pub(crate) async fn stop(mut self) {
        self.shutdown.clone().notify();
        if let Some(finished) = self.finished.take() {
            // It ended, one way or the other; that is what was wanted.
            let _ = finished.await;
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.clone().notify();
    }
}

fn settings(port: u16) -> Config {
    Config {
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        port,
        ident: Ident::none(),
        ip_header: None,
        log_level: LogLevel::Off,
        shutdown: ShutdownSettings {
            ctrlc: false,
            #[cfg(unix)]
            signals: std::collections::HashSet::new(),
            grace: 0,
            mercy: 0,
            force: false,
            ..ShutdownSettings::default()
        },
        ..Config::debug_default()
    }
}

fn routes<S: Site>(site: &Arc<S>) -> Vec<Route> {
    let methods = [
        Method::Get,
        Method::Post,
        Method::Put,
        Method::Delete,
        Method::Patch,
        Method::Options,
        Method::Head,
    ];
    methods
        .into_iter()
        .map(|method| Route::new(method, "/<path..>", Front(Arc::clone(site))))
        .collect()
}

struct Front<S>(Arc<S>);

impl<S> Clone for Front<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

#[rocket::async_trait]
impl<S: Site> Handler for Front<S> {
    async fn handle<'r>(&self, request: &'r Request<'_>, data: Data<'r>) -> Outcome<'r> {
        let body = match data.open(MAX_BODY_MIB.mebibytes()).into_bytes().await {
            Ok(body) if body.is_complete() => body.into_inner(),
            Ok(_) => return Outcome::Error(Status::PayloadTooLarge),
            Err(_) => return Outcome::Error(Status::BadRequest),
        };
        let asked = Asked::new(request, body);
        let answer = Arc::clone(&self.0).answer(asked).await;
        Outcome::Success(answer.into_response())
    }
}

/// A port to come back to: below those that the system gives to outgoing connections, so that none takes it while nobody listens there.
fn port_to_keep() -> u16 {
    static GIVEN: AtomicU16 = AtomicU16::new(0);
    let first = 9_500 + std::process::id() % 24 * 100;
    loop {
        let next = first + u32::from(GIVEN.fetch_add(1, Ordering::Relaxed));
        let port = u16::try_from(next).unwrap_or_default();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
