//! What sections must not say together.

use std::collections::BTreeMap;

use super::ground::Ground;
use super::saml::ServiceProviderKind;
use super::{
    LinkSettings, ProviderName, ProviderSettings, SamlSettings, SessionSettings, Settings, Slug,
};

/// Every rule that holds across tables.
pub(super) fn all(ground: &Ground, settings: &Settings) {
    providers(ground, &settings.providers);
    links(ground, &settings.links);
    service_providers(ground, &settings.saml);
    session(ground, &settings.session);
    tracing(ground, settings);
}

/// Who is believed about a trace must be somebody.
fn tracing(ground: &Ground, settings: &Settings) {
    let tracing = settings.tracing.as_ref();
    if tracing.is_some_and(|tracing| tracing.traceparent) && settings.trusted_proxies.is_empty() {
        let message = "believes nobody while trusted_proxies is empty";
        ground.warn_of("tracing.traceparent", message);
    }
}

/// With several providers each must say whose addresses it speaks for, but for one: otherwise any of them could name anybody.
fn providers(ground: &Ground, providers: &BTreeMap<ProviderName, ProviderSettings>) {
    let open: Vec<_> = providers
        .values()
        .filter(|provider| provider.email_domains.is_empty())
        .map(|provider| &provider.name)
        .collect();
    for name in open.iter().skip(1) {
        let key = format!("provider.{name}.email_domains");
        ground.complain_of(&key, format!("is empty, as it is at provider {}; with several providers only one may leave it so", open[0]));
    }
    for provider in providers.values().filter(|one| one.believes_anything()) {
        let key = format!("provider.{}.verified_email", provider.name);
        ground.warn_of(&key, "believes addresses that nobody verified, and email_domains names none: whoever can enter an address there can enter anybody's; name the domains that its people have");
    }
}

/// One address leads to one link, and one service desk has one link.
fn links(ground: &Ground, links: &BTreeMap<Slug, LinkSettings>) {
    let mut desks = BTreeMap::new();
    let mut aliases = BTreeMap::new();
    for link in links.values() {
        if let Some(first) = desks.insert(&link.service_desk, &link.slug) {
            let key = format!("link.{}.service_desk", link.slug);
            ground.complain_of(
                &key,
                format!("has a link already: {first}; add an alias there instead"),
            );
        }
        for alias in &link.aliases {
            let key = format!("link.{}.aliases", link.slug);
            if links.contains_key(alias) {
                ground.complain_of(&key, format!("holds {alias}, which is a link's own name"));
            } else if let Some(first) = aliases.insert(alias, &link.slug) {
                ground.complain_of(
                    &key,
                    format!("holds {alias}, which is an alias of {first} already"),
                );
            }
        }
    }
}

/// A request names its service provider by entity id alone; and somebody should be let through.
fn service_providers(ground: &Ground, saml: &SamlSettings) {
    let mut ids = BTreeMap::new();
    let mut portal_only = None;
    for one in saml.service_providers.values() {
        let table = format!("saml.service_provider.{}", one.name);
        if let Some(first) = ids.insert(&one.entity_id, &one.name) {
            ground.complain_of(
                &format!("{table}.entity_id"),
                format!("is the one of {first} too"),
            );
        }
        if one.kind == ServiceProviderKind::PortalOnly
            && let Some(first) = portal_only.replace(&one.name)
        {
            ground.complain_of(
                &format!("{table}.kind"),
                format!("is the one of {first} too; one site has one of this kind"),
            );
        }
        let nobody = one.providers.is_empty() && one.groups.is_empty() && one.domains.is_empty();
        if nobody && one.kind != ServiceProviderKind::PortalOnly {
            ground.warn_of(
                &table,
                "lets nobody through: set providers, groups or domains",
            );
        }
    }
}

/// A session cannot rest longer than it lives.
fn session(ground: &Ground, session: &SessionSettings) {
    if session.idle > session.absolute {
        ground.complain_of("session.idle", "must not be longer than session.absolute");
    }
}
