//! Home: signed out, a welcome with the providers; signed in, the portals that one may open, and a field for a pasted address.

use std::sync::Arc;

use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, routes};
use url::Url;

use crate::admin::Administrators;
use crate::admission::Admission;
use crate::identity::Identity;
use crate::login::query::form_field;
use crate::login::service::LANDING;
use crate::login::{Cookies, Current, Login, ReturnTo, chooser, start};
use crate::settings::HomeSettings;
use crate::settings::home::Welcome;
use crate::web::bundle::bundle;
use crate::web::pages::{HomePage, Person, PortalLine, WelcomePage};
use crate::web::{ClientAddress, Key, Layout, LoginRate, Reason, Refusal, Room, Visit};

use super::catalogue_keeper::CatalogueKeeper;
use super::follow::rules;
use super::portal_address::Native;
use super::{Catalogue, Link, LinkState};

/// The site and the portal, by which a pasted address is recognised.
#[derive(Debug, Clone)]
pub struct Bases {
    /// `atlassian.site`.
    pub site: Url,
    /// `atlassian.portal`.
    pub portal: Url,
}

/// What home is.
#[derive(Responder)]
enum Home {
    Welcome(Box<WelcomePage>),
    Portals(Box<HomePage>),
    /// The pasted address was recognised.
    There(Box<Redirect>),
}

/// Everything that home may need of the house.
struct House<'r> {
    layout: Layout,
    login: &'r Room<Login>,
    links: &'r Room<Arc<CatalogueKeeper>>,
    admission: &'r Room<Admission>,
    bases: &'r Room<Option<Bases>>,
    settings: &'r Room<HomeSettings>,
    administrators: &'r Room<Administrators>,
}

bundle!(House {
    layout,
    login,
    links,
    admission,
    bases,
    settings,
    administrators
});

#[get("/")]
async fn home(
    uri: &Origin<'_>,
    visit: Visit,
    current: Current<'_>,
    cookies: Cookies<'_>,
    rate: &Room<LoginRate>,
    house: House<'_>,
) -> Result<Home, Refusal> {
    if let Some(session) = current.session()? {
        return house.signed_in(uri, &session.data.identity, visit.client);
    }
    // A pasted address is not lost with the session that ended meanwhile.
    let to = uri.to_string().parse().ok();
    let one = house.login.providers().only().is_some();
    let at_once = one && house.settings.welcome == Welcome::Login;
    if at_once || current.at().is_some() {
        let to = to.unwrap_or_else(ReturnTo::home);
        let login = start::go_anywhere(&current, to, house.login, &visit, rate, &cookies).await?;
        return Ok(Home::There(Box::new(login)));
    }
    Ok(Home::Welcome(Box::new(WelcomePage {
        providers: chooser::buttons(house.login, to),
        layout: house.layout,
    })))
}

impl House<'_> {
    fn signed_in(
        self,
        uri: &Origin<'_>,
        identity: &Identity,
        client: ClientAddress,
    ) -> Result<Home, Refusal> {
        let catalogue = self.links.current();
        let portals = portals(identity, &catalogue, self.admission, client);
        let query = uri.query().map(|query| query.as_str());
        if query == Some(LANDING)
            && let Some(landing) = self.landing(&catalogue, &portals)
        {
            return Ok(Home::There(Box::new(Redirect::to(landing))));
        }
        let pasted = form_field(query, "address")
            .map_err(|error| Refusal::new(Reason::BadRequest).because(error))?;
        let pasted = pasted
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty());
        let recognised = pasted
            .as_deref()
            .and_then(|text| recognise(text, self.bases.as_ref(), &catalogue));
        let of_all_portals = recognised.as_ref().is_some_and(ReturnTo::is_home);
        if let Some(path) = &recognised
            && !of_all_portals
        {
            return Ok(Home::There(Box::new(Redirect::to(path.to_string()))));
        }
        let unknown = pasted.is_some() && recognised.is_none();
        Ok(Home::Portals(Box::new(HomePage {
            person: person(identity),
            portals,
            notice: notice(&self.layout, &catalogue, of_all_portals),
            problem: unknown.then_some(Key("home-address-unknown")),
            address: pasted.unwrap_or_default(),
            layout: self
                .layout
                .signed_in()
                .with_desk(self.administrators.include(identity)),
        })))
    }

    /// The link of `home.land`, for somebody who may open it; for others the start page says more.
    fn landing(&self, catalogue: &Catalogue, portals: &[PortalLine]) -> Option<String> {
        let link = catalogue.find(self.settings.land.as_ref()?).ok()?;
        let address = link_address(link);
        let may_open = portals.iter().any(|portal| portal.address == address);
        may_open.then_some(address)
    }
}

fn notice(layout: &Layout, catalogue: &Catalogue, of_all_portals: bool) -> Option<String> {
    let key = if catalogue.is_closed() {
        return Some(layout.all_links_closed());
    } else if catalogue.read_at().is_none() {
        Key("home-not-read")
    } else if of_all_portals {
        Key("home-all-portals")
    } else {
        return None;
    };
    Some(layout.text(key.0).into_owned())
}

fn recognise(pasted: &str, bases: Option<&Bases>, catalogue: &Catalogue) -> Option<ReturnTo> {
    let bases = bases?;
    let native = Native::recognise(pasted, &bases.portal, &bases.site)?;
    catalogue.path_to(&native)?.parse().ok()
}

/// The portals that this identity may open: every link that is on and whose rules admit it.
pub(super) fn portals(
    identity: &Identity,
    catalogue: &Catalogue,
    admission: &Admission,
    client: ClientAddress,
) -> Vec<PortalLine> {
    let open = catalogue
        .links()
        .iter()
        .filter(|link| link.state == LinkState::On);
    let admitted = open.filter(|link| admission.verdict(identity, &rules(link), client).admits());
    let line = |link: &Link| {
        let name = link
            .service_desk
            .as_ref()
            .map_or_else(|| link.project_key.clone(), |desk| desk.name.clone());
        PortalLine {
            name,
            address: link_address(link),
            note: String::new(),
        }
    };
    admitted.map(line).collect()
}

fn link_address(link: &Link) -> String {
    format!("/p/{}", link.slug)
}

pub(super) fn person(identity: &Identity) -> Person {
    Person {
        name: identity.display_name.clone(),
        email: identity.email.to_string(),
    }
}

/// The addresses of this file.
#[must_use]
pub fn routes() -> Vec<Route> {
    routes![home]
}
