//! One service provider: what it needs of us, and what we need of it; added, or changed.

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Adding, Form, NamedKind as _, Taken, Way};
use crate::admin::{Administrator, Answer, Frame, Place, Posted};
use crate::settings::{Saved, Slug};
use crate::web::{Layout, Refusal};

use super::around::Around;
use super::kinds::{self, SpKind};
use super::{Ours, find};

/// The page of one service provider, in the desk or in the first hour.
#[derive(Template, WebTemplate)]
#[template(path = "admin/service_provider.html")]
pub(in crate::admin) struct SpPage {
    pub(in crate::admin) layout: Frame,
    pub(in crate::admin) title: String,
    pub(in crate::admin) kind: &'static SpKind,
    pub(in crate::admin) ours: Ours,
    pub(in crate::admin) form: Form,
    pub(in crate::admin) action: String,
    pub(in crate::admin) button: &'static str,
    /// The name of one that is there, which can be tested and deleted.
    pub(in crate::admin) existing: Option<String>,
}

/// Two of one entity id are a mistake of the one that is typed, whichever of them the settings complain of.
pub(in crate::admin) fn show_clashes(form: &mut Form, name: &str) {
    form.bring(|key, message| {
        let other = key.strip_prefix("saml.service_provider.")?;
        let other = other.strip_suffix(".entity_id")?;
        (other != name && message.starts_with("is the one of"))
            .then(|| ("entity_id", format!("is the one of {other} too")))
    });
}

#[get("/admin/service-providers/new?<kind>&<way..>")]
async fn add(
    kind: &str,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<SpPage, Refusal> {
    let adding = Adding::of(kind, around.editor);
    let form = adding.settings();
    let mut form = form.show(around.editor, &way, &administrator).await?;
    form.naming = Some(adding.naming(None));
    around
        .added(framed(&administrator, layout), &adding, form)
        .await
}

#[post("/admin/service-providers/new?<kind>", data = "<posted>")]
async fn make(
    kind: &str,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    around: Around<'_>,
) -> Result<Answer<SpPage>, Refusal> {
    let editor = around.editor;
    let adding = Adding::of(kind, editor).typed(posted.get("name"));
    let from = format!("/admin/service-providers/{}", adding.name);
    let mut form = match adding.take(editor, &posted, &from).await? {
        Taken::On(redirect) => return Ok(Answer::on(redirect)),
        Taken::Again(form) => form,
    };
    show_clashes(&mut form, &adding.name);
    let (layout, status) = (framed(&administrator, layout), form.status());
    let page = around.added(layout, &adding, form).await?;
    Ok(Answer::again(status, page))
}

#[get("/admin/service-providers/<name>?<way..>")]
async fn show(
    name: Slug,
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<SpPage, Refusal> {
    let (editor, layout) = (around.editor, framed(&administrator, layout));
    if let Some(adding) = drafted(&name, &way, editor).await? {
        let mut form = adding.settings().show(editor, &way, &administrator).await?;
        form.naming = Some(adding.naming(None));
        return around.added(layout, &adding, form).await;
    }
    let kind = kinds::of(find(&name, editor)?.kind);
    let form = kind.settings(name.as_str());
    let form = form.show(editor, &way, &administrator).await?;
    around.existing(layout, &name, kind, form).await
}

#[post("/admin/service-providers/<name>", data = "<posted>")]
async fn change(
    name: Slug,
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    around: Around<'_>,
) -> Result<Answer<SpPage>, Refusal> {
    let editor = around.editor;
    let kind = kinds::of(find(&name, editor)?.kind);
    let from = format!("/admin/service-providers/{name}");
    let settings = kind.settings(name.as_str());
    let taken = settings.take(editor, &posted, &from, |saved| saved);
    Ok(match taken.await? {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(mut form) => {
            show_clashes(&mut form, name.as_str());
            let (layout, status) = (framed(&administrator, layout), form.status());
            let page = around.existing(layout, &name, kind, form).await?;
            Answer::again(status, page)
        }
    })
}

/// One that stands in a draft alone: somebody goes back to what they typed.
async fn drafted(
    name: &Slug,
    way: &Way,
    editor: &Editor,
) -> Result<Option<Adding<SpKind>>, Refusal> {
    let known = &editor.settings().saml.service_providers;
    let Some(draft) = way.draft.as_ref() else {
        return Ok(None);
    };
    if known.contains_key(name.as_str()) {
        return Ok(None);
    }
    let draft = editor.drafted(draft).await?;
    let after = draft.and_then(|draft| Saved::default().edited(&draft.edits).ok());
    let path = ["saml", "service_provider", name.as_str(), "kind"];
    let kind = after.and_then(|after| after.value(&path)?.as_str().and_then(SpKind::of_word));
    Ok(kind.map(|kind| Adding {
        kind,
        name: name.to_string(),
    }))
}

fn framed(administrator: &Administrator<'_>, layout: Layout) -> Frame {
    Frame::new(administrator, layout, Place::ServiceProviders)
}

impl Around<'_> {
    /// The page of one that is not there yet.
    pub(super) async fn added(
        &self,
        layout: Frame,
        adding: &Adding<SpKind>,
        form: Form,
    ) -> Result<SpPage, Refusal> {
        Ok(SpPage {
            layout,
            title: format!("Add: {}", adding.kind.label),
            kind: adding.kind,
            ours: self.ours().await?,
            form,
            action: format!("/admin/service-providers/new?kind={}", adding.kind.word),
            button: "Review the change",
            existing: None,
        })
    }

    /// The page of one that is there.
    pub(super) async fn existing(
        &self,
        layout: Frame,
        name: &Slug,
        kind: &'static SpKind,
        form: Form,
    ) -> Result<SpPage, Refusal> {
        Ok(SpPage {
            layout,
            title: format!("Service provider {name}"),
            kind,
            ours: self.ours().await?,
            form,
            action: format!("/admin/service-providers/{name}"),
            button: "Review the change",
            existing: Some(name.to_string()),
        })
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![add, make, show, change]
}
