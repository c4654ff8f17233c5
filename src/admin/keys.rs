//! `/admin/keys`: the key that signs, the one that will, and the switch between them; the same as `front-door saml rotate`.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::{ContentType, Header};
use rocket::request::FromParam;
use rocket::response::Redirect;
use rocket::{Responder, Route, State, get, post, routes};

use crate::audit::{EventName, Trail};
use crate::clock::Clock;
use crate::saml::KeyKeeper;
use crate::saml::key_keeper::{KeeperError, told};
use crate::saml::keys::{Certificate, KeyError, SigningKey};
use crate::web::{Layout, Reason, Refusal, Room, Visit};

use super::change::Editor;
use super::notice::Notices;
use super::service_providers::{ShownCertificate, keys_refusal};
use super::{Administrator, Frame, Place, Posted};

const PATH: &str = "/admin/keys";

#[derive(Template, WebTemplate)]
#[template(path = "admin/keys.html")]
struct KeysPage {
    layout: Frame,
    current: ShownCertificate,
    next: Option<ShownCertificate>,
    /// What signed before: SHA-256.
    retired: Vec<String>,
    /// Service providers that must be told of a change.
    service_providers: Vec<String>,
    /// What was done just now.
    done: Option<&'static str>,
}

#[derive(Template, WebTemplate)]
#[template(path = "admin/keys_switch.html")]
struct SwitchPage {
    layout: Frame,
    next: Option<ShownCertificate>,
    service_providers: Vec<String>,
}

#[get("/admin/keys?<done>")]
async fn keys(
    done: Option<&str>,
    administrator: Administrator<'_>,
    layout: Layout,
    keys: &Room<KeyKeeper>,
    clock: &Room<Clock>,
    notices: &State<Notices>,
    editor: &Room<Editor>,
) -> Result<KeysPage, Refusal> {
    let all = keys.keys().await.map_err(|error| keys_refusal(&error))?;
    let shown = |key: &SigningKey| ShownCertificate::of(key.certificate(), clock.now());
    let done = notices.told(&administrator, PATH, done);
    Ok(KeysPage {
        layout: Frame::new(&administrator, layout, Place::Keys),
        current: shown(&all.current),
        next: all.next.as_ref().map(shown),
        retired: all.retired.iter().map(Certificate::thumbprint).collect(),
        service_providers: named(editor),
        done: match done {
            Some("prepared") => Some("The next key is ready. It signs nothing yet."),
            Some("switched") => Some("The front door signs with the new key from now on."),
            _ => None,
        },
    })
}

fn named(editor: &Editor) -> Vec<String> {
    let known = &editor.settings().saml.service_providers;
    known.keys().cloned().collect()
}

#[post("/admin/keys/prepare", data = "<_posted>")]
async fn prepare(
    administrator: Administrator<'_>,
    _posted: Posted,
    visit: Visit,
    keys: &Room<KeyKeeper>,
    clock: &Room<Clock>,
    notices: &State<Notices>,
    trail: &Room<Trail>,
) -> Result<Redirect, Refusal> {
    let prepared = keys.prepare(clock.now()).await;
    let prepared = prepared.map_err(|error| keys_refusal(&error))?;
    if prepared.new {
        record(trail, &visit, &administrator, "prepared", &prepared.next).await?;
    }
    let on = notices.telling(&administrator, PATH, "prepared");
    Ok(Redirect::to(on))
}

#[get("/admin/keys/switch")]
async fn ask(
    administrator: Administrator<'_>,
    layout: Layout,
    keys: &Room<KeyKeeper>,
    clock: &Room<Clock>,
    editor: &Room<Editor>,
) -> Result<SwitchPage, Refusal> {
    let all = keys.keys().await.map_err(|error| keys_refusal(&error))?;
    let shown = |key: &SigningKey| ShownCertificate::of(key.certificate(), clock.now());
    Ok(SwitchPage {
        layout: Frame::new(&administrator, layout, Place::Keys),
        next: all.next.as_ref().map(shown),
        service_providers: named(editor),
    })
}

/// Only to the key whose certificate stood on the page that asked.
#[post("/admin/keys/switch", data = "<posted>")]
async fn switch(
    administrator: Administrator<'_>,
    posted: Posted,
    visit: Visit,
    keys: &Room<KeyKeeper>,
    notices: &State<Notices>,
    trail: &Room<Trail>,
) -> Result<Redirect, Refusal> {
    let switched = keys.switch_to(posted.get("next")).await;
    let all = switched.map_err(|error| match error {
        KeeperError::Key(KeyError::NothingPrepared | KeyError::OtherPrepared) => {
            Refusal::new(Reason::Conflict)
                .because(error)
                .own_path("See the keys", "/admin/keys")
        }
        other => keys_refusal(&other),
    })?;
    record(trail, &visit, &administrator, "switched", &all.current).await?;
    let on = notices.telling(&administrator, PATH, "switched");
    Ok(Redirect::to(on))
}

async fn record(
    trail: &Trail,
    visit: &Visit,
    administrator: &Administrator<'_>,
    what: &str,
    key: &SigningKey,
) -> Result<(), Refusal> {
    let event = visit
        .event(EventName::KeyRotated)
        .actor(&administrator.actor())
        .changes(told(what, key));
    Ok(trail.record(event).await?)
}

/// A certificate to keep as a file.
#[derive(Responder)]
struct Download {
    content: (ContentType, Vec<u8>),
    disposition: Header<'static>,
}

/// Which certificate, in which form.
enum File {
    Pem { next: bool },
    Der { next: bool },
}

impl FromParam<'_> for File {
    type Error = ();

    fn from_param(name: &str) -> Result<Self, ()> {
        match name {
            "front-door.pem" => Ok(Self::Pem { next: false }),
            "front-door.cer" => Ok(Self::Der { next: false }),
            "front-door-next.pem" => Ok(Self::Pem { next: true }),
            "front-door-next.cer" => Ok(Self::Der { next: true }),
            _ => Err(()),
        }
    }
}

#[get("/admin/keys/certificate/<file>")]
async fn download(
    file: File,
    _administrator: Administrator<'_>,
    keys: &Room<KeyKeeper>,
) -> Result<Download, Refusal> {
    let all = keys.keys().await.map_err(|error| keys_refusal(&error))?;
    let (File::Pem { next } | File::Der { next }) = file;
    let key = if next {
        all.next.as_ref()
    } else {
        Some(&all.current)
    };
    let key = key.ok_or_else(|| {
        Refusal::new(Reason::NotFound)
            .because("no next key")
            .own_path("See the keys", "/admin/keys")
    })?;
    let (kind, content, end) = match file {
        File::Pem { .. } => ("x-pem-file", key.certificate().pem().into_bytes(), "pem"),
        File::Der { .. } => ("pkix-cert", key.certificate().der().to_vec(), "cer"),
    };
    let name = if next {
        "front-door-next"
    } else {
        "front-door"
    };
    let disposition = format!("attachment; filename=\"{name}.{end}\"");
    Ok(Download {
        content: (ContentType::new("application", kind), content),
        disposition: Header::new("Content-Disposition", disposition),
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![keys, prepare, ask, switch, download]
}
