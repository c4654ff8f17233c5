//! Whether a service provider works: what to do there, and what came of it here.

use askama::Template;
use askama_web::WebTemplate;
use rocket::http::Header;
use rocket::{Responder, Route, get, routes};

use crate::admin::{Administrator, Frame, Place};
use crate::settings::Slug;
use crate::web::{Layout, Refusal};

use super::around::Around;
use super::find;
use super::kinds::{self, SpKind};
use super::outcomes::{self, Outcome};

/// How often the page loads itself again while somebody watches: ten minutes in all.
const ROUNDS: u32 = 120;

/// The page, in the desk or in the first hour.
#[derive(Template, WebTemplate)]
#[template(path = "admin/service_provider_test.html")]
pub(in crate::admin) struct TestPage {
    pub(in crate::admin) layout: Frame,
    pub(in crate::admin) name: String,
    pub(in crate::admin) kind: &'static SpKind,
    pub(in crate::admin) acs_url: String,
    pub(in crate::admin) outcomes: Vec<Outcome>,
    /// Where it loads itself again, and where it stops.
    pub(in crate::admin) address: String,
    pub(in crate::admin) is_watching: bool,
    /// Where it leads back to.
    pub(in crate::admin) back: String,
}

/// The page, which a browser loads again after a few seconds while somebody watches.
#[derive(Responder)]
pub(in crate::admin) struct Watched {
    page: TestPage,
    again: Header<'static>,
}

/// Either.
#[derive(Responder)]
pub(in crate::admin) enum Test {
    Still(Box<TestPage>),
    Watched(Box<Watched>),
}

#[get("/admin/service-providers/<name>/test?<watch>")]
async fn test(
    name: Slug,
    watch: Option<u32>,
    administrator: Administrator<'_>,
    layout: Layout,
    around: Around<'_>,
) -> Result<Test, Refusal> {
    let layout = Frame::new(&administrator, layout, Place::ServiceProviders);
    let page = around.tested(layout, &name).await?;
    Ok(page.watched(watch))
}

impl TestPage {
    /// Loaded again so often as somebody asks for.
    pub(in crate::admin) fn watched(mut self, watch: Option<u32>) -> Test {
        let rounds = watch.unwrap_or(0).min(ROUNDS);
        self.is_watching = rounds > 0;
        match rounds.checked_sub(1) {
            None => Test::Still(Box::new(self)),
            Some(left) => {
                let again = format!("5; url={}?watch={left}", self.address);
                let again = Header::new("Refresh", again);
                Test::Watched(Box::new(Watched { page: self, again }))
            }
        }
    }
}

impl Around<'_> {
    /// The page of one that is there, as it is in the desk.
    pub(in crate::admin) async fn tested(
        &self,
        layout: Frame,
        name: &Slug,
    ) -> Result<TestPage, Refusal> {
        let known = find(name, self.editor)?;
        let outcomes = outcomes::newest(self.trail, known).await?;
        Ok(TestPage {
            layout,
            name: name.to_string(),
            kind: kinds::of(known.kind),
            acs_url: known.acs_url.clone(),
            outcomes,
            address: format!("/admin/service-providers/{name}/test"),
            is_watching: false,
            back: format!("/admin/service-providers/{name}"),
        })
    }
}

/// The addresses of this file.
pub(super) fn routes() -> Vec<Route> {
    routes![test]
}
