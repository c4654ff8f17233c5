//! What is known beforehand to make an invitation useless: an invitation stands in place of no rule.

use crate::admission::blocks;
use crate::admission::disposable::Disposable;
use crate::admission::invitations::Invitation;
use crate::admission::organizations;
use crate::admission::person::{self, PersonId};
use crate::admission::policy::{Few, of_address};
use crate::identity::EmailAddress;
use crate::link::{Link, LinkState};
use crate::settings::Settings;
use crate::settings::access::CreateCustomers;
use crate::settings::link::LinkAccess;
use crate::store::{StoreError, Vault};

/// Whatever would keep the person of this invitation from coming in by this link, or may, as things stand.
pub(crate) async fn warnings(
    settings: &Settings,
    vault: &Vault,
    invitation: &Invitation,
    link: Option<&Link>,
) -> Result<Vec<String>, StoreError> {
    let email = &invitation.email;
    let mut found = of_link(link);
    match of_domain(settings, email, link) {
        Some(refused) => found.push(refused),
        None => found.extend(
            link.into_iter()
                .flat_map(|link| asked(settings, invitation, link)),
        ),
    }
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

/// What the rules ask of them that is known when they come and not before.
fn asked(settings: &Settings, invitation: &Invitation, link: &Link) -> Vec<String> {
    let access = &settings.access;
    let mut only = Vec::new();
    if link.access != LinkAccess::Public {
        if !access.groups.is_empty() {
            let groups = Few::of(&access.groups);
            only.push(format!(
                "with one of the groups that every link asks for: {groups} (access.groups)"
            ));
        }
        only.extend(access.claims.iter().map(|(name, value)| {
            let value = Few::of([value]);
            format!("with the claim {name} = {value} (access.claims)")
        }));
    }
    if !access.networks.is_empty() {
        let networks = Few::of(&access.networks);
        only.push(format!("from {networks} (access.networks)"));
    }
    if let Some(hours) = &access.hours {
        only.push(format!("within {hours} (access.hours)"));
    }
    let only = only
        .into_iter()
        .map(|what| format!("They come in only {what}."));
    let all = only.chain(private(settings, invitation, link));
    if link.enforce {
        all.collect()
    } else {
        let pilot = "The link is a pilot, which refuses nobody; otherwise:";
        all.map(|what| format!("{pilot} {what}")).collect()
    }
}

/// What a private link asks for beside: an invitation opens none, whatever organizations it gives.
fn private(settings: &Settings, invitation: &Invitation, link: &Link) -> Option<String> {
    let LinkAccess::Private {
        groups,
        organizations,
    } = &link.access
    else {
        return None;
    };
    let mut ruled = organizations::of_address(&invitation.email, &settings.organizations);
    if ruled.any(|name| organizations.iter().any(|one| one == name)) {
        return None;
    }
    let by_group = format!("with one of its groups, {}", Few::of(groups));
    let by_rule = format!(
        "when a rule gives them one of its organizations, {}",
        Few::of(organizations)
    );
    let ways = match (groups.is_empty(), organizations.is_empty()) {
        (true, true) => {
            return Some("The link is private and names no group and no organization: nobody comes in by it.".to_owned());
        }
        (false, true) => by_group,
        (true, false) => by_rule,
        (false, false) => format!("{by_group}, or {by_rule}"),
    };
    let given = invitation.organizations.iter();
    let given = Few::of(given.filter(|name| organizations.contains(name)));
    let given = if given.is_empty() {
        String::new()
    } else {
        format!(" That the invitation gives them {given} opens no private link.")
    };
    Some(format!(
        "The link is private: they come in only {ways}.{given}"
    ))
}
