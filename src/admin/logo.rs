//! `/admin/logo`: the picture in the header of every page, chosen as a file.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::settings::Saved;
use crate::settings::branding::logo::Logo;
use crate::web::{Layout, Refusal, Room};

use super::change::Editor;
use super::form::{Kind, Section, Spec, Way};
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
}

#[get("/admin/logo?<way..>")]
async fn logo(
    way: Way,
    administrator: Administrator<'_>,
    layout: Layout,
    editor: &Room<Editor>,
) -> Result<LogoPage, Refusal> {
    let mut page = page(&administrator, layout, editor);
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
    let mut page = page(&administrator, layout, editor);
    if page.locked.is_some() {
        return Ok(Answer::page(page));
    }
    match Logo::new(upload.document().to_vec()) {
        Ok(logo) => change(editor, Some(logo.data_url())).await,
        Err(error) => {
            page.error = Some(error);
            Ok(Answer::page(page))
        }
    }
}

#[post("/admin/logo/remove", data = "<_posted>")]
async fn remove(
    _administrator: Administrator<'_>,
    _posted: Posted,
    editor: &Room<Editor>,
) -> Result<Answer<LogoPage>, Refusal> {
    change(editor, None).await
}

/// On to the review; back to the page when nothing would change.
async fn change(editor: &Editor, to: Option<String>) -> Result<Answer<LogoPage>, Refusal> {
    let saved = editor.saved().await?;
    let after: Saved = saved.clone().with_value(&KEY, to.map(Into::into));
    let review = editor.review(&saved, &after, "/admin/logo").await?;
    let on = review.unwrap_or_else(|| Redirect::to("/admin/logo"));
    Ok(Answer::on(on))
}

fn page(administrator: &Administrator<'_>, layout: Layout, editor: &Editor) -> LogoPage {
    let locked = editor.outside().locked(&KEY.join("."));
    LogoPage {
        layout: Frame::new(administrator, layout, Place::Settings),
        is_set: editor.settings().branding.logo.is_some(),
        locked: locked.map(|locked| locked.by),
        error: None,
        saved: false,
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![logo, choose, remove]
}
