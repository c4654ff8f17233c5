//! The table above all others: its own keys, and every section in turn.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use rocket::figment::value::Dict;

use super::field::Field;
use super::ground::Ground;
use super::names::Group;
use super::reader::Table;
use super::{
    LinkSettings, ProviderName, ProviderSettings, PublicUrl, Settings, Slug, access, atlassian,
    branding, check, link, mapping, organization, provider, saml, session, store,
};

/// Where everything runs when nobody says.
const USUAL_PUBLIC_URL: &str = "http://localhost:8000";

/// Reads everything; `None` only after a mistake was noted.
pub(super) fn read(ground: &mut Ground, entries: Dict) -> Option<Settings> {
    let public_url = public_url(ground, &entries);
    let table = Table::root(ground, entries);
    table.field("public_url");
    let providers = providers(&table, public_url.as_ref());
    let mapping = mapping::read(table.table("mapping", "mapping"));
    let saml = saml::read(table.table("saml", "saml"), &mapping, public_url.as_ref());
    let session = session::read(table.table("session", "session"));
    check::session(ground, &session);
    let settings = Some(Settings {
        store: store::read_address(&table),
        secrets: store::read_secrets(&table),
        operations: operations(&table),
        trusted_proxies: table.list("trusted_proxies", network),
        link_new: table
            .choice("link_new", &[("off", false), ("on", true)])
            .unwrap_or(false),
        links_refresh: table
            .read("links_refresh", Field::duration)
            .unwrap_or(Duration::from_secs(5 * 60)),
        providers,
        atlassian: atlassian::read(table.table("atlassian", "atlassian")),
        mapping,
        access: access::read(table.table("access", "access")),
        links: links(&table),
        organizations: organizations(&table),
        session,
        admin_groups: admin_groups(&table),
        branding: branding::read(table.table("branding", "branding")),
        audit_keep: audit_keep(&table),
        saml: saml?,
        public_url: public_url?,
    });
    table.finish();
    settings
}

/// Comes first, with the names of providers: other sections are judged by both.
fn public_url(ground: &mut Ground, entries: &Dict) -> Option<PublicUrl> {
    let table = Table::root(ground, entries.clone());
    let named = |name: &String| name.parse().ok();
    let providers = table.names("provider").iter().filter_map(named).collect();
    let public_url: Option<PublicUrl> = if table.has("public_url") {
        table.read("public_url", Field::parsed)
    } else {
        USUAL_PUBLIC_URL.parse().ok()
    };
    ground.providers = providers;
    // While it is not known, nobody is told off because of it.
    ground.loopback = public_url.as_ref().is_none_or(PublicUrl::is_loopback);
    public_url
}

fn providers(
    table: &Table<'_>,
    public_url: Option<&PublicUrl>,
) -> BTreeMap<ProviderName, ProviderSettings> {
    let providers = table
        .tables("provider", "provider")
        .into_iter()
        .filter_map(|(name, table)| provider::read(&name, table, public_url))
        .map(|settings| (settings.name.clone(), settings))
        .collect();
    check::providers(table.ground, &providers);
    providers
}

fn links(table: &Table<'_>) -> BTreeMap<Slug, LinkSettings> {
    let links = table
        .tables("link", "link")
        .into_iter()
        .filter_map(|(name, table)| link::read(&name, table))
        .map(|settings| (settings.slug.clone(), settings))
        .collect();
    check::links(table.ground, &links);
    links
}

fn organizations(table: &Table<'_>) -> Vec<super::OrganizationSettings> {
    let tables = table.array("organization", "organization");
    tables.into_iter().map(organization::read).collect()
}

fn admin_groups(table: &Table<'_>) -> Vec<Group> {
    let table = table.table("admin", "admin");
    let groups = table.groups("groups");
    table.finish();
    groups
}

fn audit_keep(table: &Table<'_>) -> Duration {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let table = table.table("audit", "audit");
    let keep = table.read("keep", Field::duration);
    table.finish();
    keep.unwrap_or(400 * DAY)
}

fn operations(table: &Table<'_>) -> Option<SocketAddr> {
    const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9464);
    let read = |field: &Field<'_>| match field.text()?.as_str() {
        "off" => Ok(None),
        text => text
            .parse()
            .map(Some)
            .map_err(|_| "must be an IP address and a port, or \"off\"".to_owned()),
    };
    table.read("operations", read).unwrap_or(Some(USUAL))
}

/// A network, or one address.
fn network(field: &Field<'_>) -> Result<IpNet, String> {
    let text = field.text()?;
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .map(|network: IpNet| network.trunc())
        .or_else(|_| one())
        .map_err(|_| "must be a network such as 10.0.0.0/8".to_owned())
}
