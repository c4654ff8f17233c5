//! Following a substitute link: who are you, may you come here, what must be done for that, and off to the portal.

use std::sync::Arc;

use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Route, get, routes};

use crate::admission::Admission;
use crate::admission::customer::Customer;
use crate::admission::plan::Destination;
use crate::admission::policy::LinkRules;
use crate::login::{Again, Cookies, Current, Login, ReturnTo, start};
use crate::session::{Session, Sessions};
use crate::settings::Slug;
use crate::store::StoreError;
use crate::web::bundle::bundle;
use crate::web::{LoginRate, Reason, Refusal, Room, Visit};

use super::catalogue_keeper::CatalogueKeeper;
use super::hand_over::HandOvers;
use super::{Catalogue, DeepLink, Link, LinkState, LinkedDesk, NoLink};

/// Everything a followed link may need of the house.
#[derive(Clone, Copy)]
struct House<'r> {
    links: &'r Room<Arc<CatalogueKeeper>>,
    admission: &'r Room<Admission>,
    sessions: &'r Room<Sessions>,
    hand_overs: &'r Room<HandOvers>,
    login: &'r Room<Login>,
    rate: &'r Room<LoginRate>,
}

bundle!(House {
    links,
    admission,
    sessions,
    hand_overs,
    login,
    rate
});

/// With nothing behind the slug, the rest is empty: the portal itself.
#[get("/p/<slug>/<_..>")]
async fn follow(
    slug: &str,
    uri: &Origin<'_>,
    visit: Visit,
    current: Current<'_>,
    cookies: Cookies<'_>,
    house: House<'_>,
) -> Result<Redirect, Refusal> {
    house.follow(slug, uri, &visit, &current, &cookies).await
}

impl House<'_> {
    async fn follow(
        self,
        slug: &str,
        uri: &Origin<'_>,
        visit: &Visit,
        current: &Current<'_>,
        cookies: &Cookies<'_>,
    ) -> Result<Redirect, Refusal> {
        let catalogue = self.find(slug).await;
        let link = found(&catalogue, slug, self.hand_overs.has_portal())?;
        visit.steps.note("Link", link.slug.to_string());
        visit.steps.link(link.slug.as_str());
        let desk = open(link, catalogue.is_closed())?;
        let page = page(uri, desk)?;
        let Some(session) = current.session()? else {
            let to = return_to(link, &page)?;
            return start::go_anywhere(current, to, self.login, visit, self.rate, cookies).await;
        };
        let customer = self
            .admit(visit, session, link, desk)
            .await
            .map_err(|refusal| self.offer_another_account(session, link, &page, refusal))?;
        // Both at once: the store takes them in together.
        let (remembered, portal) = tokio::join!(
            self.remember(visit, session, &customer),
            self.hand_overs
                .to_portal(visit, session, &customer, link, desk, &page),
        );
        remembered?;
        Ok(Redirect::to(portal?))
    }

    /// The catalogue, read once more when it does not know the link: it may be of a service desk made a minute ago.
    async fn find(self, slug: &str) -> Arc<Catalogue> {
        let now = self.links.current();
        match slug.parse::<Slug>() {
            Ok(name) if now.find(&name).is_err() => self.links.refreshed().await,
            _ => now,
        }
    }

    /// Back to this very link after another login.
    fn offer_another_account(
        self,
        session: &Session,
        link: &Link,
        page: &DeepLink,
        refusal: Refusal,
    ) -> Refusal {
        let to = return_to(link, page).unwrap_or_else(|_| ReturnTo::home());
        let provider = &session.data.identity.provider;
        Again::at(provider, self.login.providers(), &to).offer_another_account(refusal)
    }

    async fn admit(
        self,
        visit: &Visit,
        session: &Session,
        link: &Link,
        desk: &LinkedDesk,
    ) -> Result<Customer, Refusal> {
        let known = self.sessions.fresh_customer(session);
        let destination = Destination::ServiceDesk {
            id: desk.id.clone(),
        };
        let customer = self
            .admission
            .enter(
                visit,
                &session.data.identity,
                &rules(link),
                &destination,
                known,
            )
            .await;
        customer.map_err(|error| self.hand_overs.refusal(error))
    }

    /// The session remembers what the admission made true, so that the next one need not look.
    async fn remember(
        self,
        visit: &Visit,
        session: &Session,
        customer: &Customer,
    ) -> Result<(), StoreError> {
        if self.sessions.fresh_customer(session) == Some(customer) {
            return Ok(());
        }
        visit.steps.completed();
        let customer = customer.clone();
        self.sessions
            .remember(session, customer, &visit.reference)
            .await
    }
}

/// The link of a slug or an alias.
fn found<'a>(catalogue: &'a Catalogue, slug: &str, is_set_up: bool) -> Result<&'a Link, Refusal> {
    let name = slug
        .parse::<Slug>()
        .map_err(|_| Refusal::new(Reason::LinkUnknown).because("no slug is spelled like this"))?;
    catalogue.find(&name).map_err(|none| match none {
        NoLink::Unknown => Refusal::new(Reason::LinkUnknown).because(none),
        NoLink::NotRead if catalogue.is_closed() => all_links_closed(),
        NoLink::NotRead if !is_set_up => Refusal::new(Reason::AtlassianUnavailable)
            .because("no Atlassian site is set up")
            .not_set_up(),
        NoLink::NotRead => Refusal::new(Reason::AtlassianUnavailable)
            .because("the service desks have never been read"),
    })
}

/// The service desk behind a link that is on.
fn open(link: &Link, all_closed: bool) -> Result<&LinkedDesk, Refusal> {
    let why = match link.state {
        LinkState::On => "the link has no service desk",
        LinkState::Off if !all_closed => "the link is switched off",
        LinkState::Off | LinkState::Closed => return Err(all_links_closed()),
        LinkState::Gone => "its service desk is gone",
    };
    link.open()
        .ok_or_else(|| Refusal::new(Reason::LinkOff).because(why))
}

/// What everybody is told while every link is closed.
pub fn all_links_closed() -> Refusal {
    Refusal::new(Reason::LinkOff)
        .because("every link is closed (links_closed)")
        .all_links_closed()
}

/// The page of the portal that the link names.
fn page(uri: &Origin<'_>, desk: &LinkedDesk) -> Result<DeepLink, Refusal> {
    let path = uri.path().as_str();
    let after_slug = path
        .strip_prefix("/p/")
        .and_then(|rest| rest.split_once('/'))
        .map_or("", |(_, rest)| rest);
    let query = uri.query().map(|query| query.as_str());
    DeepLink::parse(after_slug, query, &desk.key)
        .map_err(|_| Refusal::new(Reason::NotFound).because("no page of a portal looks like this"))
}

/// The page's own address, to come back to after the login: spelled our way, whatever the visitor's spelling was.
fn return_to(link: &Link, page: &DeepLink) -> Result<ReturnTo, Refusal> {
    link.path(page).parse().map_err(|_| {
        Refusal::new(Reason::NotFound).because("an address that cannot be returned to")
    })
}

/// What a link asks of those who come through it.
#[must_use]
pub fn rules(link: &Link) -> LinkRules {
    LinkRules {
        slug: link.slug.clone(),
        service_desk: link.service_desk.as_ref().map(|desk| desk.id.clone()),
        access: link.access.clone(),
        enforce: link.enforce,
        approval: link.approval,
    }
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![follow]
}
