//! The headers that every answer carries: what browsers may do with our pages, and what they may keep.

use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::Header;
use rocket::response::{self, Responder};
use rocket::{Request, Response};

use crate::settings::PublicUrl;

const CSP: &str = "Content-Security-Policy";

/// Our own stylesheet, script and pictures; forms to ourselves; nothing else, and in nobody's frame.
const STRICT: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// The same without `form-action`, see [`FormsAnywhere`].
const FORMS_ANYWHERE: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// The strict one, and our own script may ask ourselves, see [`AsksUs`].
const ASKS_US: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

/// What every answer gets.
///
/// - `Referrer-Policy: strict-origin`: the paths and queries of our pages (which portal, which request, a prefilled text) are told to nobody. `no-referrer` would do that too,
///   but makes browsers send `Origin: null` with the form that is posted to a service provider (Fetch, "append a request `Origin` header"), which some refuse as cross-site forgery.
/// - `Cross-Origin-Opener-Policy`: a page that opened ours in a window keeps no hold of it.
/// - `Permissions-Policy`: our pages need none of these.
const ALWAYS: [(&str, &str); 7] = [
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "strict-origin"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    (
        "Permissions-Policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    ("X-Permitted-Cross-Domain-Policies", "none"),
];

/// A year, for this host alone: what else lives under the domain is not ours to judge.
const HSTS: &str = "max-age=31536000";

/// Puts [`ALWAYS`] on every answer, the strict policy and `no-store` on those that have said nothing else, and takes `Server` away.
#[derive(Debug)]
pub struct SecurityHeaders {
    https: bool,
}

impl SecurityHeaders {
    /// The headers for this public address: HSTS under https only.
    #[must_use]
    pub fn new(public_url: &PublicUrl) -> Self {
        Self {
            https: public_url.is_https(),
        }
    }
}

#[rocket::async_trait]
impl Fairing for SecurityHeaders {
    fn info(&self) -> Info {
        Info {
            name: "security headers",
            kind: Kind::Response | Kind::Singleton,
        }
    }

    async fn on_response<'r>(&self, _: &'r Request<'_>, response: &mut Response<'r>) {
        for (name, value) in ALWAYS {
            response.set_raw_header(name, value);
        }
        for (name, value) in [(CSP, STRICT), ("Cache-Control", "no-store")] {
            if !response.headers().contains(name) {
                response.set_raw_header(name, value);
            }
        }
        if self.https {
            response.set_raw_header("Strict-Transport-Security", HSTS);
        }
        response.remove_header("Server");
    }
}

/// A page whose form may end at an address that nobody can list beforehand.
///
/// Browsers check `form-action` again at every redirect that follows a form (CSP 3, "form-action pre-navigation check"). The hosts behind a service provider, a federated provider, a
/// portal or a logout are not ours to know, so the pages with such forms leave the directive out, and no others do.
#[derive(Debug)]
pub struct FormsAnywhere<R>(pub R);

impl<'r, 'o: 'r, R: Responder<'r, 'o>> Responder<'r, 'o> for FormsAnywhere<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let mut response = self.0.respond_to(request)?;
        response.set_header(Header::new(CSP, FORMS_ANYWHERE));
        Ok(response)
    }
}

/// A page whose script asks for the same page again, to show something of it while somebody types.
#[derive(Debug)]
pub struct AsksUs<R>(pub R);

impl<'r, 'o: 'r, R: Responder<'r, 'o>> Responder<'r, 'o> for AsksUs<R> {
    fn respond_to(self, request: &'r Request<'_>) -> response::Result<'o> {
        let mut response = self.0.respond_to(request)?;
        response.set_header(Header::new(CSP, ASKS_US));
        Ok(response)
    }
}
