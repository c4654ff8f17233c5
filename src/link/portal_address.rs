//! Between our pages and the native portal's addresses, both ways.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::deep_link::{DeepLink, IssueKey};
use crate::jsm::{PortalId, ProjectKey};

/// The longest address that is read, in bytes.
const MOST_BYTES: usize = 4096;
/// Below this every page of a portal lies.
const CUSTOMER: &str = "/servicedesk/customer/";

/// The native address of a page: where an admitted customer is sent. It begins with the origin of `portal` and has one
/// of the documented shapes, whatever was asked for.
///
/// `via_login` leads to the portal's login address with the page as its destination, which is how a portal that is open
/// without login is made to ask.
#[must_use]
pub fn native_address(portal: &Url, id: &PortalId, page: &DeepLink, via_login: bool) -> String {
    let origin = portal.origin().ascii_serialization();
    let page = below_customer(id, page);
    if via_login {
        // The destination is relative to the customer pages, as in the links that Atlassian itself makes.
        let destination = utf8_percent_encode(&page, NON_ALPHANUMERIC);
        format!("{origin}{CUSTOMER}user/login?destination={destination}")
    } else {
        format!("{origin}{CUSTOMER}{page}")
    }
}

fn below_customer(id: &PortalId, page: &DeepLink) -> String {
    match page {
        DeepLink::Requests => "user/requests".to_owned(),
        page => format!("portal/{id}{}", page.below_portal()),
    }
}

/// A native address that was recognised, before it is known which link leads there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Native {
    /// The list of portals.
    Portals,
    /// The list of the customer's requests, over all portals.
    Requests,
    /// A page of one portal.
    Page {
        /// Which portal.
        portal: WhichPortal,
        /// Which page of it.
        page: DeepLink,
    },
}

/// How an address names its portal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhichPortal {
    /// By its id.
    Id(PortalId),
    /// By the project of a request: an agent's address of it.
    Project(ProjectKey),
}

impl Native {
    /// Reads an address that somebody pasted, as mails from Atlassian hold it: at the portal's host or the site's, directly or below
    /// a help center, itself or as the destination of the login address. Anything else is `None`.
    #[must_use]
    pub fn recognise(pasted: &str, portal: &Url, site: &Url) -> Option<Self> {
        let address = parse(pasted)?;
        let ours = [portal, site]
            .iter()
            .any(|ours| address.origin() == ours.origin());
        let bare = address.username().is_empty() && address.password().is_none();
        if !ours || !bare {
            return None;
        }
        if let Some(key) = address.path().strip_prefix("/browse/") {
            return of_request(key);
        }
        let page = customer_page(address.path())?;
        match destination(page, &address) {
            Some(destination) => of_destination(&destination),
            None => of_page(page, address.query()),
        }
    }
}

/// An address without a scheme, as people copy it from a browser, is taken for `https`.
fn parse(pasted: &str) -> Option<Url> {
    let pasted = pasted.trim();
    if pasted.len() > MOST_BYTES
        || pasted.contains(['\\', ' '])
        || pasted.chars().any(char::is_control)
    {
        return None;
    }
    let address = if pasted.contains("://") {
        pasted.to_owned()
    } else {
        format!("https://{pasted}")
    };
    Url::parse(&address).ok()
}

/// What follows `/servicedesk/customer/` or `/helpcenter/<alias>/`, without a slash at its end.
fn customer_page(path: &str) -> Option<&str> {
    let below = match path.strip_prefix("/helpcenter/") {
        Some(rest) => {
            let (alias, below) = rest.split_once('/').unwrap_or((rest, ""));
            let known = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
            if alias.is_empty() || !alias.bytes().all(known) {
                return None;
            }
            below.strip_prefix(&CUSTOMER[1..]).unwrap_or(below)
        }
        None => path.strip_prefix(CUSTOMER)?,
    };
    Some(below.strip_suffix('/').unwrap_or(below))
}

/// The destination of a login address.
fn destination(page: &str, address: &Url) -> Option<String> {
    if page != "user/login" {
        return None;
    }
    let found = address
        .query_pairs()
        .find(|(name, _)| name == "destination");
    Some(
        found
            .map(|(_, destination)| destination.into_owned())
            .unwrap_or_default(),
    )
}

/// A destination is relative to the customer pages, or a path of the host.
fn of_destination(destination: &str) -> Option<Native> {
    let (path, query) = match destination.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (destination, None),
    };
    let page = if path.starts_with('/') {
        customer_page(path)?
    } else {
        path
    };
    of_page(page, query)
}

fn of_page(page: &str, query: Option<&str>) -> Option<Native> {
    match page {
        "" | "portals" => return Some(Native::Portals),
        "user/requests" => return Some(Native::Requests),
        _ => {}
    }
    let (id, below) = page
        .strip_prefix("portal/")
        .map(|rest| rest.split_once('/').unwrap_or((rest, "")))?;
    let page = DeepLink::of_any_project(below, query).ok()?;
    // Our name for the list of requests is no page below a native portal.
    if page == DeepLink::Requests {
        return None;
    }
    Some(Native::Page {
        portal: WhichPortal::Id(id.parse().ok()?),
        page,
    })
}

fn of_request(key: &str) -> Option<Native> {
    let key: IssueKey = key.parse().ok()?;
    Some(Native::Page {
        portal: WhichPortal::Project(key.project().clone()),
        page: DeepLink::Issue(key),
    })
}

#[cfg(test)]
#[path = "portal_address_tests.rs"]
mod tests;
