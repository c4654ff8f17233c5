//! What is known beforehand to make an invitation useless: an invitation stands in place of no rule.

use crate::admission::blocks;
use crate::admission::disposable::Disposable;
use crate::admission::person::{self, PersonId};
use crate::admission::policy::of_address;
use crate::identity::EmailAddress;
use crate::link::{Link, LinkState};
use crate::settings::Settings;
use crate::settings::access::CreateCustomers;
use crate::store::{StoreError, Vault};

/// Whatever would keep the person of this address from coming in by an invitation to this link, as things stand.
pub(crate) async fn warnings(
    settings: &Settings,
    vault: &Vault,
    email: &EmailAddress,
    link: Option<&Link>,
) -> Result<Vec<String>, StoreError> {
    let mut found = of_link(link);
    found.extend(of_domain(settings, email, link));
    let id = PersonId::of(vault, email);
    if blocks::of(vault, &id).await?.is_some() {
        found.push("This address is blocked by hand.".to_owned());
    }
    let known = person::customer(vault, &id).await?;
    let desk = link.and_then(|link| link.service_desk.as_ref());
    let is_customer = |desk| known.is_some_and(|known| known.customer.service_desks.contains(desk));
    if desk.is_some_and(|desk| is_customer(&desk.id)) {
        found.push(
            "They are a customer of this service desk already: the invitation changes nothing."
                .to_owned(),
        );
    }
    if settings.access.create_customers == CreateCustomers::Never {
        found.push("Nobody is made a customer at present, invited or not: “New customers” on the page Access says so. Whoever is a customer at Jira already comes in.".to_owned());
    }
    Ok(found)
}

fn of_link(link: Option<&Link>) -> Vec<String> {
    let words = match link.map(|link| link.state) {
        Some(LinkState::On) => return Vec::new(),
        Some(LinkState::Closed) => "Every link is closed at present.",
        Some(LinkState::Off) => "The link is switched off.",
        Some(LinkState::Gone) | None => "The service desk of the link is gone.",
    };
    vec![words.to_owned()]
}

fn of_domain(settings: &Settings, email: &EmailAddress, link: Option<&Link>) -> Option<String> {
    let providers = settings.providers.values();
    let mut lists = providers.map(|provider| &provider.email_domains).peekable();
    let nobody = lists.peek().is_some()
        && !lists.any(|list| list.is_empty() || list.iter().any(|rule| rule.holds(email.domain())));
    if nobody {
        let domain = email.domain();
        return Some(format!(
            "They would be refused: no identity provider is believed about {domain}."
        ));
    }
    let link = link?;
    let known = Disposable::known();
    let objection = of_address(email, &link.access, &settings.access, &known)?;
    let pilot = "The link is a pilot, which refuses nobody; otherwise they would be refused";
    let words = if link.enforce {
        "They would be refused"
    } else {
        pilot
    };
    Some(format!("{words}: {objection}."))
}
