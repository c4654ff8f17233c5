//! `/admin/approvals`: whose first visit waits for an administrator, and what was decided of others.

mod decide;
mod line;

use std::sync::Arc;

use askama::Template;
use askama_web::WebTemplate;
use rocket::{Route, get, routes};

use crate::admission::Admission;
use crate::admission::approvals::{self, MOST};
use crate::admission::blocks::LONGEST_NOTE;
use crate::jsm::ServiceDeskId;
use crate::link::catalogue_keeper::CatalogueKeeper;
use crate::login::Login;
use crate::store::StoreError;
use crate::web::bundle::bundle;
use crate::web::{Layout, Refusal, Room};

use super::super::{Administrator, Frame, Place};
use super::Customers;
pub(super) use line::ApprovalLine;

/// The page.
const PATH: &str = "/admin/approvals";

/// How many who wait are on one page.
const PAGE: usize = 50;

/// How many decisions are shown; a person's page shows all that concern them.
const SHOWN: usize = 50;

/// The page of everybody who waits.
#[derive(Template, WebTemplate)]
#[template(path = "admin/customers/approvals.html")]
struct ApprovalsPage {
    layout: Frame,
    waiting: Vec<ApprovalLine>,
    /// How many wait, on all pages.
    all: usize,
    page: usize,
    pages: usize,
    decided: Vec<ApprovalLine>,
    /// Whether more was decided than is shown.
    cut: bool,
    done: Option<String>,
}

impl ApprovalsPage {
    fn is_full(&self) -> bool {
        self.all >= MOST
    }
}

/// What a line of these pages needs of the house. A guard.
#[derive(Clone, Copy)]
pub(super) struct Rooms<'r> {
    customers: &'r Room<Customers>,
    admission: &'r Room<Admission>,
    links: &'r Room<Arc<CatalogueKeeper>>,
    login: &'r Room<Login>,
}

bundle!(Rooms {
    customers,
    admission,
    links,
    login
});

#[get("/admin/approvals?<page>&<done>")]
async fn queue(
    administrator: Administrator<'_>,
    page: Option<usize>,
    done: Option<&str>,
    layout: Layout,
    rooms: Rooms<'_>,
) -> Result<ApprovalsPage, Refusal> {
    let vault = &rooms.customers.vault;
    let waiting = approvals::waiting(vault).await?;
    let decided = approvals::decided(vault).await?;
    let (all, cut) = (waiting.len(), decided.len() > SHOWN);
    let pages = all.div_ceil(PAGE).max(1);
    let page = page.unwrap_or(1).clamp(1, pages);
    let notices = rooms.customers.notices();
    let done = notices.told(&administrator, PATH, done);
    Ok(ApprovalsPage {
        layout: Frame::new(&administrator, layout, Place::Approvals),
        waiting: rooms
            .lines(waiting.into_iter().skip((page - 1) * PAGE).take(PAGE))
            .await?,
        decided: rooms.lines(decided.into_iter().take(SHOWN)).await?,
        all,
        page,
        pages,
        cut,
        done: done.and_then(decide::said),
    })
}

impl Customers {
    /// How many wait for approval; and whether nobody else fits into the queue.
    pub(in crate::admin) async fn waiting(&self) -> Result<(usize, bool), StoreError> {
        let waiting = approvals::count(&self.vault).await?;
        Ok((waiting, waiting >= MOST))
    }

    /// How many wait for approval at this service desk.
    pub(in crate::admin) async fn waiting_at(
        &self,
        service_desk: &ServiceDeskId,
    ) -> Result<usize, StoreError> {
        let waiting = approvals::waiting(&self.vault).await?;
        let here = waiting
            .iter()
            .filter(|(_, one)| one.service_desk == *service_desk);
        Ok(here.count())
    }
}

/// The addresses of these pages.
pub(super) fn routes() -> Vec<Route> {
    [routes![queue], decide::routes()].concat()
}
