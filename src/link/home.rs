//! Home: signed out, a welcome with the providers; signed in, the portals that one may open, and a field for a pasted address.

use std::sync::Arc;

use rocket::http::uri::Origin;
use rocket::response::Redirect;
use rocket::{Responder, Route, get, routes};
use url::Url;

use crate::admission::Admission;
use crate::identity::Identity;
use crate::login::query::form_field;
use crate::login::{Login, ReturnTo, chooser};
use crate::session::Visitor;
use crate::web::pages::{HomePage, Person, PortalLine, WelcomePage};
use crate::web::{Layout, Reason, Refusal, Room};

use super::catalogue_keeper::CatalogueKeeper;
use super::follow::rules;
use super::portal_address::Native;
use super::{Catalogue, LinkState};

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

#[get("/")]
fn home(
    uri: &Origin<'_>,
    layout: Layout,
    visitor: Visitor<'_>,
    login: &Room<Login>,
    links: &Room<Arc<CatalogueKeeper>>,
    admission: &Room<Admission>,
    bases: &Room<Option<Bases>>,
) -> Result<Home, Refusal> {
    let Some(session) = visitor.session()? else {
        return Ok(Home::Welcome(Box::new(WelcomePage {
            layout,
            // A pasted address is not lost with the session that ended meanwhile.
            providers: chooser::buttons(login, uri.to_string().parse().ok()),
        })));
    };
    let catalogue = links.current();
    let query = uri.query().map(|query| query.as_str());
    let pasted = form_field(query, "address")
        .map_err(|error| Refusal::new(Reason::BadRequest).because(error))?;
    let pasted = pasted
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty());
    let recognised = pasted
        .as_deref()
        .and_then(|text| recognise(text, bases.as_ref(), &catalogue));
    let of_all_portals = recognised.as_ref().is_some_and(ReturnTo::is_home);
    if let Some(path) = &recognised
        && !of_all_portals
    {
        return Ok(Home::There(Box::new(Redirect::to(path.to_string()))));
    }
    let identity = &session.data.identity;
    Ok(Home::Portals(Box::new(HomePage {
        layout: layout.signed_in(),
        person: person(identity),
        portals: portals(identity, &catalogue, admission),
        notice: notice(&catalogue, of_all_portals),
        problem: (pasted.is_some() && recognised.is_none()).then_some("This is not the address of one of our portals. Copy it from the mail once more, whole."),
        address: pasted.unwrap_or_default(),
    })))
}

fn notice(catalogue: &Catalogue, of_all_portals: bool) -> Option<&'static str> {
    if catalogue.read_at().is_none() {
        Some("The list of portals has not been read yet. Try again in a moment.")
    } else {
        of_all_portals
            .then_some("That address belongs to all portals together. Choose the portal you want.")
    }
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
) -> Vec<PortalLine> {
    let open = catalogue
        .links()
        .iter()
        .filter(|link| link.state == LinkState::On);
    let admitted = open.filter(|link| admission.verdict(identity, &rules(link)).admits());
    let line = |link: &super::Link| {
        let name = link
            .service_desk
            .as_ref()
            .map_or_else(|| link.project_key.clone(), |desk| desk.name.clone());
        PortalLine {
            name,
            address: format!("/p/{}", link.slug),
            note: String::new(),
        }
    };
    admitted.map(line).collect()
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
