//! `/admin/service-providers/metadata`: a service provider's metadata instead of typing: read, shown, and filled into the form. Nothing is fetched and
//! nothing is saved here.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Responder, Route, get, post, routes};

use crate::admin::form::{Adding, Form, NamedKind as _};
use crate::admin::{Administrator, Frame, Place, Posted};
use crate::saml::attributes::{FORMAT_EMAIL, FORMAT_PERSISTENT, FORMAT_UNSPECIFIED};
use crate::saml::their_metadata::{MetadataError, TheirMetadata};
use crate::settings::{Saved, Slug};
use crate::web::{Layout, Refusal};

use super::around::Around;
use super::edit::SpPage;
use super::kinds::{self, SpKind};
use super::{find, unknown};
use crate::admin::upload::Upload;

#[derive(Template, WebTemplate)]
#[template(path = "admin/service_provider_metadata.html")]
struct PastePage {
    layout: Frame,
    /// Whose metadata it is to be: the query of every address here.
    whose: String,
    pasted: String,
    error: Option<MetadataError>,
}

#[derive(Template, WebTemplate)]
#[template(path = "admin/service_provider_read.html")]
struct ReadPage {
    layout: Frame,
    whose: String,
    read: TheirMetadata,
    /// The setting's word for how it would have people named; `None` when it does not say, or nothing that we offer.
    name_id: Option<&'static str>,
}

/// What was read, or the field again.
#[derive(Responder)]
enum Answer {
    Read(Box<ReadPage>),
    Again(Box<PastePage>),
}

/// Whose metadata: of one that is there, or of one that is to be added.
enum Whose {
    Known(Slug, &'static SpKind),
    New(&'static SpKind),
}

impl Whose {
    fn of(name: Option<&str>, kind: Option<&str>, around: &Around<'_>) -> Result<Self, Refusal> {
        Ok(match name {
            Some(name) => {
                let name: Slug = name.parse().map_err(|_| unknown())?;
                let kind = kinds::of(find(&name, around.editor)?.kind);
                Self::Known(name, kind)
            }
            None => Self::New(Adding::of(kind.unwrap_or_default(), around.editor).kind),
        })
    }

    fn query(&self) -> String {
        match self {
            Self::Known(name, _) => format!("name={name}"),
            Self::New(kind) => format!("kind={}", kind.word),
        }
    }
}

#[get("/admin/service-providers/metadata?<name>&<kind>")]
fn ask(
    name: Option<&str>,
    kind: Option<&str>,
    administrator: Administrator<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<PastePage, Refusal> {
    let whose = Whose::of(name, kind, &around)?;
    Ok(paste_page(&administrator, layout, &whose))
}

#[post("/admin/service-providers/metadata?<name>&<kind>", data = "<upload>")]
fn read(
    name: Option<&str>,
    kind: Option<&str>,
    administrator: Administrator<'_>,
    upload: Upload,
    layout: Layout,
    around: Around<'_>,
) -> Result<Answer, Refusal> {
    let whose = Whose::of(name, kind, &around)?;
    Ok(match TheirMetadata::read(upload.document()) {
        Ok(read) => Answer::Read(Box::new(ReadPage {
            layout: framed(&administrator, layout),
            whose: whose.query(),
            name_id: name_id(&read.formats),
            read,
        })),
        Err(error) => Answer::Again(Box::new(PastePage {
            pasted: upload.pasted,
            error: Some(error),
            ..paste_page(&administrator, layout, &whose)
        })),
    })
}

/// Fills what was read into the form; from there on it is as if it had been typed.
#[post(
    "/admin/service-providers/metadata/use?<name>&<kind>",
    data = "<posted>"
)]
async fn fill(
    name: Option<&str>,
    kind: Option<&str>,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    around: Around<'_>,
) -> Result<SpPage, Refusal> {
    let layout = framed(&administrator, layout);
    match Whose::of(name, kind, &around)? {
        Whose::Known(name, kind) => {
            let form = filled(name.as_str(), kind, &posted, &around).await?;
            around.existing(layout, &name, kind, form).await
        }
        Whose::New(kind) => {
            let adding = Adding::of(kind.word, around.editor);
            let mut form = filled(&adding.name, kind, &posted, &around).await?;
            form.naming = Some(adding.naming(None));
            around.added(layout, &adding, form).await
        }
    }
}

async fn filled(
    name: &str,
    kind: &'static SpKind,
    posted: &Posted,
    around: &Around<'_>,
) -> Result<Form, Refusal> {
    let saved = around.editor.saved().await?;
    let put = |saved: Saved, key: &str| match posted.get(key) {
        "" => saved,
        value => {
            let path = ["saml", "service_provider", name, key];
            saved.with_value(&path, Some(value.into()))
        }
    };
    let keys = ["entity_id", "acs_url", "name_id", "sign"];
    let read = keys.into_iter().fold(saved.clone(), put);
    Ok(kind.settings(name).of_over(&read, &saved, around.editor))
}

/// The first of our ways that it names.
fn name_id(formats: &[String]) -> Option<&'static str> {
    let ours = [
        (FORMAT_EMAIL, "email"),
        (FORMAT_PERSISTENT, "persistent"),
        (FORMAT_UNSPECIFIED, "unspecified"),
    ];
    let named = |(format, _): &(&str, _)| formats.iter().any(|one| one == format);
    ours.into_iter().find(named).map(|(_, word)| word)
}

fn framed(administrator: &Administrator<'_>, layout: Layout) -> Frame {
    Frame::new(administrator, layout, Place::ServiceProviders)
}

fn paste_page(administrator: &Administrator<'_>, layout: Layout, whose: &Whose) -> PastePage {
    PastePage {
        layout: framed(administrator, layout),
        whose: whose.query(),
        pasted: String::new(),
        error: None,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![ask, read, fill]
}
