//! Step 5, `/setup/links`: the substitute links, switched and set at once.

use askama::Template;
use askama_web::WebTemplate;
use rocket::response::Redirect;
use rocket::{Route, get, post, routes};

use crate::admin::change::Editor;
use crate::admin::form::{Form, Taken};
use crate::admin::links::line::shown_name;
use crate::admin::links::page::{settings_form, whole, with_what_holds};
use crate::admin::links::rooms::found;
use crate::admin::links::switch::Clicked;
use crate::admin::links::{LinkList, LinkRooms, Wanted};
use crate::admin::setup::{InSetup, Step};
use crate::admin::{Answer, Frame, Posted};
use crate::link::Link;
use crate::settings::{Saved, Settings};
use crate::web::{Layout, Refusal, Visit};

const HERE: &str = "/setup/links";

/// All of them.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_links.html")]
struct LinksPage {
    layout: Frame,
    list: LinkList,
}

/// One of them.
#[derive(Template, WebTemplate)]
#[template(path = "admin/setup_link.html")]
struct LinkPage {
    layout: Frame,
    name: String,
    form: Form,
    action: String,
    button: &'static str,
}

impl LinkPage {
    fn new(holder: &InSetup<'_>, layout: Layout, link: &Link, form: Form) -> Self {
        Self {
            layout: Frame::setup(holder, layout, Step::Links),
            name: shown_name(link),
            form,
            action: format!("{HERE}/{}", link.slug),
            button: "Save",
        }
    }
}

#[get("/setup/links?<wanted..>")]
async fn links(
    wanted: Wanted,
    holder: InSetup<'_>,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<LinksPage, Refusal> {
    Ok(LinksPage {
        list: LinkList::of(rooms, &wanted, HERE, &holder).await?,
        layout: Frame::setup(&holder, layout, Step::Links),
    })
}

/// Saves what was clicked, and leads back to the list.
async fn done(
    clicked: Clicked,
    holder: &InSetup<'_>,
    visit: &Visit,
    editor: &Editor,
) -> Result<Redirect, Refusal> {
    let edits = clicked.before.edits_to(&clicked.after);
    if !edits.is_empty() {
        let nothing_more = |_: &Settings| Ok(());
        editor
            .save(&edits, visit, &holder.actor(), nothing_more)
            .await?;
    }
    Ok(Redirect::to(clicked.back_in_setup()))
}

#[post("/setup/links", data = "<_posted>")]
async fn all_on(
    holder: InSetup<'_>,
    _posted: Posted,
    visit: Visit,
    rooms: LinkRooms<'_>,
) -> Result<Redirect, Refusal> {
    let clicked = Clicked::all_on(rooms).await?;
    done(clicked, &holder, &visit, rooms.editor).await
}

#[post("/setup/links/<slug>/switch", data = "<posted>")]
async fn switch(
    slug: &str,
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    rooms: LinkRooms<'_>,
) -> Result<Redirect, Refusal> {
    let clicked = Clicked::of(slug, &posted, rooms).await?;
    done(clicked, &holder, &visit, rooms.editor).await
}

#[get("/setup/links/<slug>")]
async fn show(
    slug: &str,
    holder: InSetup<'_>,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<LinkPage, Refusal> {
    let catalogue = rooms.catalogue();
    let link = found(&catalogue, slug)?;
    let outside = rooms.editor.outside();
    let saved = with_what_holds(&rooms.editor.saved().await?, link, outside);
    let form = settings_form(link).of(&saved, rooms.editor);
    Ok(LinkPage::new(&holder, layout, link, form))
}

#[post("/setup/links/<slug>", data = "<posted>")]
async fn save(
    slug: &str,
    holder: InSetup<'_>,
    posted: Posted,
    visit: Visit,
    layout: Layout,
    rooms: LinkRooms<'_>,
) -> Result<Answer<LinkPage>, Refusal> {
    let catalogue = rooms.catalogue();
    let link = found(&catalogue, slug)?;
    let (editor, by) = (rooms.editor, holder.actor());
    let before = editor.saved().await?;
    let view = |saved: &Saved| with_what_holds(saved, link, editor.outside());
    let finish = |typed| whole(&before, typed, link, &catalogue, editor.outside());
    let taken = settings_form(link)
        .save_unless(editor, &posted, (&visit, &by), HERE, (view, finish))
        .await?;
    Ok(match taken {
        Taken::On(redirect) => Answer::on(redirect),
        Taken::Again(form) => {
            let status = form.status();
            Answer::again(status, LinkPage::new(&holder, layout, link, form))
        }
    })
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![links, all_on, switch, show, save]
}
