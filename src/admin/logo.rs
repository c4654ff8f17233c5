//! `/admin/logo`: the picture in the header of every page, chosen as a file.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Status;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::settings::Saved;
use crate::settings::branding::logo::Logo;
use crate::web::{Layout, Refusal, Room};

use super::change::Editor;
use super::form::{Kind, Section, Spec, Way, mark_of};
use super::upload::Upload;
use super::wording::Sheet;
use super::{Administrator, Answer, Frame, Place, Posted};

/// Where it is saved.
const KEY: [&str; 2] = ["branding", "logo"];

/// Where it stands in the desk.
pub(super) const SHEET: Sheet = Sheet {
    page: "Logo",
    address: "/admin/logo",
    prefix: "branding",
    sections: &[Section {
        title: "",
        intro: "",
        fields: &[Spec {
            key: "logo",
            label: "Picture",
            hint: "",
            kind: Kind::Text(""),
        }],
    }],
};

#[derive(Template, WebTemplate)]
#[template(path = "admin/logo.html")]
struct LogoPage {
    layout: Frame,
    /// Whether there is one.
    is_set: bool,
    locked: Option<String>,
    error: Option<String>,
    saved: bool,
    /// What tells it from another that may be saved by the time that the form comes back.
    mark: String,
    /// Whether somebody else has changed it since the form was shown.
    is_clash: bool,
}

#[get("/admin/logo?<way..>")]
async fn logo(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<LogoPage, Refusal> {
    let mut page = page(&administrator, layout, editor).await?;
    page.saved = way.saved(editor, &administrator).await?.is_some();
    Ok(page)
}

#[post("/admin/logo", data = "<upload>")]
async fn choose(
    administrator: Administrator<'_>,
    upload: Upload,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<LogoPage>, Refusal> {
    let mut page = page(&administrator, layout, editor).await?;
    if page.locked.is_some() {
        return Ok(Answer::page(page));
    }
    match Logo::new(upload.document().to_vec()) {
        Ok(logo) => change(editor, page, &upload.was, Some(logo.data_url())).await,
        Err(error) => {
            page.error = Some(error);
            Ok(Answer::page(page))
        }
    }
}

#[post("/admin/logo/remove", data = "<posted>")]
async fn remove(
    administrator: Administrator<'_>,
    posted: Posted,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<Answer<LogoPage>, Refusal> {
    let page = page(&administrator, layout, editor).await?;
    change(editor, page, posted.get("was"), None).await
}

/// On to the review; back to the page when nothing would change, or when somebody else has changed it since `was`.
async fn change(
    editor: &Editor,
    mut page: LogoPage,
    was: &str,
    to: Option<String>,
) -> Result<Answer<LogoPage>, Refusal> {
    let saved = editor.saved().await?;
    let to = to.map(toml::Value::from);
    if mark(&saved, editor) != was && saved.value(&KEY) != to.as_ref() {
        page.is_clash = true;
        return Ok(Answer::again(Status::Conflict, page));
    }
    let after = saved.clone().with_value(&KEY, to);
    let review = editor.review(&saved, &after, "/admin/logo").await?;
    let on = review.unwrap_or_else(|| Redirect::to("/admin/logo"));
    Ok(Answer::on(on))
}

fn mark(saved: &Saved, editor: &Editor) -> String {
    mark_of(&KEY.join("."), saved.value(&KEY), editor)
}

async fn page(
    administrator: &Administrator<'_>,
    layout: Layout,
    editor: &Editor,
) -> Result<LogoPage, Refusal> {
    let locked = editor.outside().locked(&KEY.join("."));
    Ok(LogoPage {
        layout: Frame::new(administrator, layout, Place::Settings),
        is_set: editor.settings().branding.logo.is_some(),
        locked: locked.map(|locked| locked.by),
        error: None,
        saved: false,
        mark: mark(&editor.saved().await?, editor),
        is_clash: false,
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![logo, choose, remove]
}
