//! The operator's logo and colour, as files of our own: `/branding/<version>/<name>`, where the version is that of the content.
//!
//! The logo came from somebody's drawing program. It was looked at when it was set; should a drawing do something all the same, its policy forbids it, and
//! puts it on an origin of its own when somebody opens it by its address.

use std::sync::Arc;

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rocket::http::{ContentType, Header};
use rocket::{Responder, Route, get, routes};

use super::{Branding, Room};
use crate::settings::BrandingSettings;
use crate::settings::branding::accent::{Accent, Tone};
use crate::settings::branding::logo::{Logo, LogoKind};

/// Content under the address of its own version never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// What is asked for by another version's address, as happens while settings change.
const ASK_AGAIN: &str = "no-cache";

/// A drawing may have styles of its own, and nothing else.
const SANDBOX: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; sandbox";

/// What there is of both.
#[derive(Debug, Default)]
pub(super) struct Looks {
    pub(super) logo: Option<Look>,
    pub(super) accent: Option<Look>,
}

/// One file.
#[derive(Debug)]
pub(super) struct Look {
    content: Arc<[u8]>,
    content_type: ContentType,
    version: String,
    pub(super) address: String,
}

impl Look {
    fn new(content: Arc<[u8]>, content_type: ContentType, name: &str) -> Self {
        let hash = digest::digest(&digest::SHA256, &content);
        let version = URL_SAFE_NO_PAD.encode(hash);
        Self {
            address: format!("/branding/{version}/{name}"),
            content,
            content_type,
            version,
        }
    }

    fn logo(logo: &Logo) -> Self {
        let content = Arc::clone(logo.bytes());
        match logo.kind() {
            LogoKind::Png => Self::new(content, ContentType::PNG, "logo"),
            LogoKind::Svg => {
                // What a drawing says of its own encoding does not count beside this. (Parameters of Rocket's own constants are not sent.)
                let svg = ContentType::new("image", "svg+xml").with_params(("charset", "utf-8"));
                Self::new(content, svg, "logo")
            }
        }
    }

    fn accent(accent: &Accent) -> Self {
        let (light, dark) = (rule(&accent.light), rule(&accent.dark));
        let css = format!("{light}\n@media (prefers-color-scheme: dark) {{\n{dark}}}\n");
        Self::new(css.into_bytes().into(), ContentType::CSS, "accent.css")
    }

    fn file(&self, version: &str) -> File {
        let current = self.version == version;
        File {
            content: self.content.to_vec(),
            content_type: self.content_type.clone(),
            caching: Header::new("Cache-Control", if current { FOR_EVER } else { ASK_AGAIN }),
            policy: Header::new("Content-Security-Policy", SANDBOX),
        }
    }
}

/// The colours that the stylesheet names.
fn rule(tone: &Tone) -> String {
    let Tone { accent, strong, on } = tone;
    format!(":root {{ --accent: {accent}; --accent-strong: {strong}; --on-accent: {on}; }}\n")
}

impl Looks {
    pub(super) fn of(settings: &BrandingSettings) -> Self {
        Self {
            logo: settings.logo.as_ref().map(Look::logo),
            accent: settings.accent.as_ref().map(Look::accent),
        }
    }
}

#[derive(Responder)]
struct File {
    content: Vec<u8>,
    content_type: ContentType,
    caching: Header<'static>,
    policy: Header<'static>,
}

#[get("/branding/<version>/logo")]
fn logo(version: &str, branding: &Room<Branding>) -> Option<File> {
    let logo = branding.looks().logo.as_ref();
    logo.map(|logo| logo.file(version))
}

#[get("/branding/<version>/accent.css")]
fn accent(version: &str, branding: &Room<Branding>) -> Option<File> {
    let accent = branding.looks().accent.as_ref();
    accent.map(|accent| accent.file(version))
}

/// The addresses of both.
#[must_use]
pub(super) fn routes() -> Vec<Route> {
    routes![logo, accent]
}
