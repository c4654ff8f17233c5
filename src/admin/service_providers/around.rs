//! What the pages of this folder are made with.

use rocket::State;

use crate::admin::change::Editor;
use crate::audit::Trail;
use crate::clock::Clock;
use crate::saml::KeyKeeper;
use crate::settings::PublicUrl;
use crate::web::bundle::bundle;
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

bundle!(Around {
    editor,
    trail,
    clock,
    keys,
    public_url
});

impl Around<'_> {
    /// What a service provider must be told of us now.
    pub(in crate::admin) async fn ours(&self) -> Result<Ours, Refusal> {
        let saml = &self.editor.settings().saml;
        Ours::of(saml, self.public_url, self.keys, self.clock.now()).await
    }
}
