//! One click: a link on or off, a pilot or enforced, or back to defaults. It makes a draft and leads to the review.

use rocket::response::Redirect;
use rocket::{Route, post, routes};

use crate::admin::setup::Step;
use crate::admin::{Administrator, Posted};
use crate::link::{Link, LinkState};
use crate::login::ReturnTo;
use crate::settings::{Outside, Saved};
use crate::web::{Reason, Refusal};

use super::edit::{locked_by, reset, switched};
use super::rooms::{LinkRooms, found};
use super::{LIST, address_of};

/// What can be clicked.
#[derive(Clone, Copy)]
enum Click {
    Set { key: &'static str, value: bool },
    Defaults,
}

impl Click {
    fn of(word: &str) -> Option<Self> {
        let set = |key, value| Some(Self::Set { key, value });
        match word {
            "on" => set("enabled", true),
            "off" => set("enabled", false),
            "enforce" => set("enforce", true),
            "pilot" => set("enforce", false),
            "defaults" => Some(Self::Defaults),
            _ => None,
        }
    }

    fn done(self, saved: Saved, link: &Link, outside: &Outside) -> Saved {
        match self {
            Self::Set { key, value } => switched(saved, link, outside, key, value),
            Self::Defaults => reset(saved, link),
        }
    }

    /// What keeps it from counting.
    fn locked_by(self, link: &Link, outside: &Outside) -> Option<String> {
        match self {
            Self::Set { key, .. } => locked_by(outside, &link.slug, Some(key)),
            Self::Defaults => None,
        }
    }

    /// Where it leads back to: a link that is reset may have another address then.
    fn back(self, posted: &Posted, link: &Link) -> String {
        match self {
            Self::Defaults => LIST.to_owned(),
            Self::Set { .. } => {
                let from = posted.get("from");
                if is_ours(from) {
                    from.to_owned()
                } else {
                    address_of(&link.slug)
                }
            }
        }
    }
}

/// Whether it is a page of the desk, or the same list in the first run.
fn is_ours(from: &str) -> bool {
    let in_setup = from.strip_prefix(Step::Links.address());
    let at_desk = in_setup.map(|rest| format!("{LIST}{rest}"));
    at_desk
        .as_deref()
        .unwrap_or(from)
        .parse::<ReturnTo>()
        .is_ok()
}

/// What a click makes of what is saved, and where it leads back to.
pub(in crate::admin) struct Clicked {
    pub(in crate::admin) before: Saved,
    pub(in crate::admin) after: Saved,
    back: String,
}

impl Clicked {
    /// By the button of a link's form.
    pub(in crate::admin) async fn of(
        slug: &str,
        posted: &Posted,
        rooms: LinkRooms<'_>,
    ) -> Result<Self, Refusal> {
        let catalogue = rooms.catalogue();
        let link = found(&catalogue, slug)?;
        let click = Click::of(posted.get("set")).ok_or_else(|| {
            Refusal::new(Reason::BadRequest).because("nothing that can be clicked")
        })?;
        let outside = rooms.editor.outside();
        if let Some(by) = click.locked_by(link, outside) {
            return Err(Refusal::new(Reason::Conflict)
                .because(format!("it is set by {by}"))
                .own_path("Go to the link", &address_of(&link.slug)));
        }
        let before = rooms.editor.saved().await?;
        Ok(Self {
            after: click.done(before.clone(), link, outside),
            back: click.back(posted, link),
            before,
        })
    }

    /// Every link on that is off and may be switched.
    pub(in crate::admin) async fn all_on(rooms: LinkRooms<'_>) -> Result<Self, Refusal> {
        let outside = rooms.editor.outside();
        let before = rooms.editor.saved().await?;
        let catalogue = rooms.catalogue();
        let is_off = |link: &&Link| {
            link.state == LinkState::Off
                && locked_by(outside, &link.slug, Some("enabled")).is_none()
        };
        let off = catalogue.links().iter().filter(is_off);
        let on = |saved, link| switched(saved, link, outside, "enabled", true);
        Ok(Self {
            after: off.fold(before.clone(), on),
            before,
            back: Step::Links.address().to_owned(),
        })
    }

    /// Where it leads back to in the first hour.
    pub(in crate::admin) fn back_in_setup(&self) -> String {
        let list = Step::Links.address();
        let rest = self.back.strip_prefix(list);
        let is_list = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('?'));
        if is_list { &self.back } else { list }.to_owned()
    }
}

#[post("/admin/links/<slug>/switch", data = "<posted>")]
async fn switch(
    slug: &str,
    _administrator: Administrator<'_>,
    posted: Posted,
    rooms: LinkRooms<'_>,
) -> Result<Redirect, Refusal> {
    let clicked = Clicked::of(slug, &posted, rooms).await?;
    let Clicked {
        before,
        after,
        back,
    } = clicked;
    let review = rooms.editor.review(&before, &after, &back).await?;
    Ok(review.unwrap_or_else(|| Redirect::to(back)))
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![switch]
}
