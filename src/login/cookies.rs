//! A request's cookies as they came, and the way to set new ones in the answer.

use rocket::async_trait;
use rocket::http::{CookieJar, Status};
use rocket::outcome::{IntoOutcome, Outcome};
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};

use crate::session::SessionId;
use crate::store::Vault;
use crate::web::{CookieNames, RawCookies};

use super::jar::AttemptJar;

/// The cookies of one request. Rocket's own jar is only ever written to: its reading decodes and trims names.
pub struct Cookies<'r> {
    pub(super) raw: RawCookies<'r>,
    pub(super) names: CookieNames,
    pub(super) jar: &'r CookieJar<'r>,
    pub(super) vault: &'r Vault,
}

impl Cookies<'_> {
    /// The attempts that this browser carries.
    #[must_use]
    pub fn attempts(&self) -> AttemptJar<'_> {
        AttemptJar::read(&self.raw, self.names, self.vault)
    }

    /// Sets what has changed of the attempts.
    pub fn set_attempts(&self, attempts: AttemptJar<'_>) {
        attempts
            .into_changes()
            .into_iter()
            .for_each(|cookie| self.jar.add(cookie));
    }

    /// Gives the browser a session. It lives as long as the browser does; its ends are kept by the server.
    pub fn set_session(&self, id: &SessionId) {
        self.jar.add(
            self.names
                .build(self.names.session().to_owned(), id.cookie_value(), None),
        );
    }

    /// Takes the session's cookie away, if one came; a logout that was meant as one ends as one, so the way on after another one goes too.
    pub fn drop_session(&self) {
        if self.raw.names(self.names.after_logout()) {
            let after = self.names.after_logout().to_owned();
            self.jar.add(self.names.expired(after));
        }
        if self.raw.names(self.names.session()) {
            self.jar
                .add(self.names.expired(self.names.session().to_owned()));
        }
    }
}

#[async_trait]
impl<'r> FromRequest<'r> for Cookies<'r> {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        let missing = (
            Status::InternalServerError,
            "the house was put together without its vault",
        );
        let raw = RawCookies::read(request.headers().get("Cookie"));
        let state = request
            .rocket()
            .state::<Vault>()
            .zip(request.rocket().state::<CookieNames>());
        match state.or_error(missing) {
            Outcome::Success((vault, names)) => Outcome::Success(Self {
                raw,
                names: *names,
                jar: request.cookies(),
                vault,
            }),
            Outcome::Error(error) => Outcome::Error(error),
            Outcome::Forward(status) => Outcome::Forward(status),
        }
    }
}
