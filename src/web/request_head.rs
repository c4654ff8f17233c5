//! What stands before a request's content: one host, and no more headers than anybody needs. What is refused here reaches no handler.
//!
//! Rocket believes the first of two `Host` lines, and passes over one that names no host. RFC 9112, section 3.2 has both refused: whatever stands in front
//! of us may have believed the other one.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::{Data, Request};

use super::{Reason, Refusal};

/// The most bytes of all names and values together. Proxies commonly allow 8 KiB; HTTP/2 would bring us up to 16 MiB.
const MOST_BYTES: usize = 32 * 1024;

/// Refuses requests whose head is none.
#[derive(Debug)]
pub struct RequestHead;

#[rocket::async_trait]
impl Fairing for RequestHead {
    fn info(&self) -> Info {
        Info {
            name: "request head",
            kind: Kind::Request,
        }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        if let Some(refusal) = objection(request) {
            refusal.instead_of_any_route(request);
        }
    }
}

fn objection(request: &Request<'_>) -> Option<Refusal> {
    let headers = request.headers().iter();
    let bytes: usize = headers
        .map(|header| header.name().as_str().len() + header.value().len())
        .sum();
    if bytes > MOST_BYTES {
        return Some(Refusal::new(Reason::TooLarge).because("the headers are too long"));
    }
    (!has_one_host(request)).then(|| Refusal::new(Reason::BadRequest).because("not one plain Host"))
}

/// HTTP/1.0 knows no `Host`, and some load balancers ask for our health in it.
fn has_one_host(request: &Request<'_>) -> bool {
    let lines: Vec<&str> = request.headers().get("Host").collect();
    let named = request
        .host()
        .is_some_and(|host| !host.domain().as_str().is_empty());
    match lines.as_slice() {
        [] => named || request.uri().path().starts_with("/health/"),
        [line] => named && !line.contains('@'),
        _ => false,
    }
}
