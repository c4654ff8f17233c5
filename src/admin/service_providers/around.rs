//! What the pages of this folder are made with.

use rocket::http::Status;
use rocket::outcome::Outcome;
use rocket::request::{FromRequest, Outcome as RequestOutcome, Request};
use rocket::{State, async_trait};

use crate::admin::change::Editor;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::saml::KeyKeeper;
use crate::settings::PublicUrl;
use crate::web::{Refusal, Room};

use super::Ours;

/// The rooms that they need, as one guard.
pub(in crate::admin) struct Around<'r> {
    pub(in crate::admin) editor: &'r Room<Editor>,
    pub(super) trail: &'r Room<Trail>,
    pub(super) clock: &'r Room<Clock>,
    keys: &'r Room<KeyKeeper>,
    public_url: &'r State<PublicUrl>,
}

#[async_trait]
impl<'r> FromRequest<'r> for Around<'r> {
    type Error = &'static str;

    async fn from_request(request: &'r Request<'_>) -> RequestOutcome<Self, Self::Error> {
        let missing = (
            Status::InternalServerError,
            "the house was put together without a room",
        );
        macro_rules! guard {
            () => {
                match request.guard().await {
                    Outcome::Success(value) => value,
                    _ => return Outcome::Error(missing),
                }
            };
        }
        Outcome::Success(Self {
            editor: guard!(),
            trail: guard!(),
            clock: guard!(),
            keys: guard!(),
            public_url: guard!(),
        })
    }
}

impl Around<'_> {
    /// What a service provider must be told of us now.
    pub(in crate::admin) async fn ours(&self) -> Result<Ours, Refusal> {
        let saml = &self.editor.settings().saml;
        Ours::of(saml, self.public_url, self.keys, self.clock.now()).await
    }
}
