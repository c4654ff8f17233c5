//! The table above all others: its own keys, and every section in turn.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use ipnet::IpNet;
use rocket::figment::value::Dict;

use super::field::Field;
use super::ground::Ground;
use super::names::Group;
use super::network::network;
use super::reader::Table;
use super::{
    LinkSettings, OrganizationSettings, ProviderName, ProviderSettings, PublicUrl, Settings, Slug,
    access, atlassian, branding, check, home, link, mapping, organization, provider, saml, session,
    store, texts, tracing,
};

const DAY: Duration = Duration::from_hours(24);

/// Reads everything. After a mistake it goes on with the usual value, so that the others are found too.
pub(super) fn read(ground: &mut Ground, entries: Dict) -> Settings {
    let public_url = public_url(ground, &entries);
    let table = Table::root(ground, entries);
    table.field("public_url");
    let settings = sections(&table, public_url);
    check::all(ground, &settings);
    table.finish();
    settings
}

fn sections(table: &Table<'_>, public_url: PublicUrl) -> Settings {
    let section = |name| table.table(name, name);
    let mapping = mapping::read(section("mapping"));
    let (admin_groups, admin_login_within) = admin(section("admin"));
    let (store, secrets) = store::read(table);
    Settings {
        store,
        secrets,
        operations: operations(table),
        tracing: tracing::read(section("tracing")),
        trusted_proxies: table.list("trusted_proxies", proxy),
        link_new: link_new(table),
        links_refresh: links_refresh(table),
        providers: providers(table, &public_url),
        atlassian: atlassian::read(section("atlassian")),
        access: access::read(section("access")),
        links: links(table),
        organizations: organizations(table),
        saml: saml::read(section("saml"), &public_url),
        session: session::read(section("session")),
        admin_groups,
        admin_login_within,
        branding: branding::read(section("branding")),
        home: home::read(section("home")),
        texts: texts::read(section("texts")),
        audit_keep: audit_keep(section("audit")),
        mapping,
        public_url,
        links_closed: table.read("links_closed", Field::flag).unwrap_or(false),
    }
}

/// Comes first, with the names of providers: other sections are judged by both.
fn public_url(ground: &mut Ground, entries: &Dict) -> PublicUrl {
    let table = Table::root(ground, entries.clone());
    let named = |name: &String| name.parse().ok();
    let providers = table.names("provider").iter().filter_map(named).collect();
    let public_url: PublicUrl = table.read("public_url", Field::parsed).unwrap_or_default();
    ground.providers = providers;
    ground.loopback = public_url.is_loopback();
    public_url
}

fn link_new(table: &Table<'_>) -> bool {
    let words = [("off", false), ("on", true)];
    table.choice("link_new", &words).unwrap_or(false)
}

fn links_refresh(table: &Table<'_>) -> Duration {
    // Atlassian counts calls; and a service desk that is new should be seen within the day.
    let (least, most) = (Duration::from_secs(5), Duration::from_hours(24));
    let set = table.read("links_refresh", |field| field.duration(least, most));
    set.unwrap_or(Duration::from_mins(5))
}

fn providers(
    table: &Table<'_>,
    public_url: &PublicUrl,
) -> BTreeMap<ProviderName, ProviderSettings> {
    let mut providers: BTreeMap<ProviderName, ProviderSettings> = table
        .tables("provider", "provider")
        .into_iter()
        .filter_map(|(name, table)| provider::read(&name, table, public_url))
        .map(|settings| (settings.name.clone(), settings))
        .collect();
    provider::part_domains(&mut providers);
    providers
}

fn links(table: &Table<'_>) -> BTreeMap<Slug, LinkSettings> {
    table
        .tables("link", "link")
        .into_iter()
        .filter_map(|(name, table)| link::read(&name, table))
        .map(|settings| (settings.slug.clone(), settings))
        .collect()
}

fn organizations(table: &Table<'_>) -> Vec<OrganizationSettings> {
    let tables = table.array("organization", "organization");
    tables.into_iter().map(organization::read).collect()
}

/// The administrators' group where nobody names one and there is one provider.
const USUAL_ADMINISTRATORS: &str = "helpdesk-admins";

/// The usual age of a login up to which an administrator may change something: that of a session.
const USUAL_LOGIN_WITHIN: Duration = Duration::from_hours(12);

/// Groups, and `login_within`.
fn admin(table: Table<'_>) -> (Vec<Group>, Duration) {
    // Long enough to log in and send a form; and no session is older.
    let (least, most) = (Duration::from_mins(1), 400 * DAY);
    let within = table.read("login_within", |field| field.duration(least, most));
    (admin_groups(table), within.unwrap_or(USUAL_LOGIN_WITHIN))
}

fn admin_groups(table: Table<'_>) -> Vec<Group> {
    let mut groups = table.groups("groups");
    // Whoever writes an empty list means nobody.
    if table.field("groups").is_none()
        && let [only] = table.providers_known()
    {
        groups.push(Group {
            provider: only.clone(),
            name: USUAL_ADMINISTRATORS.to_owned(),
        });
    }
    table.finish();
    groups
}

/// What is evidence is kept for a month at least, whoever sets it and wherever: no change at the desk, and no slip of the hand in a file, may take away what
/// nobody has looked at yet.
fn audit_keep(table: Table<'_>) -> Duration {
    let keep = table.read("keep", |field| field.duration(30 * DAY, 36_500 * DAY));
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

/// A proxy that is believed about where a request came from.
fn proxy(field: &Field<'_>) -> Result<IpNet, String> {
    let network = network(field)?;
    if network.prefix_len() == 0 {
        let message = "holds a network of all addresses: anybody may say where a request came from";
        field.ground.warn_of(&field.key, message);
    }
    Ok(network)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const COGNITO: &str = "[default.provider.cognito]\ndomain = \"acme.auth.eu-west-1.amazoncognito.com\"\nuser_pool = \"eu-west-1_AbCdEf123\"\nclient_id = \"client\"\n";

    fn read(more: &str) -> Settings {
        let loaded = Settings::from_toml(&format!("{COGNITO}{more}"), Path::new(""));
        loaded
            .unwrap_or_else(|problems| panic!("{problems}"))
            .settings
    }

    #[test]
    fn metrics_are_on_this_machine_unless_somebody_says_where_or_that_they_are_off() {
        let at = |more: &str| read(more).operations.map(|at| at.to_string());
        assert_eq!(at("").as_deref(), Some("127.0.0.1:9464"));
        for (value, expected) in [
            ("off", None),
            ("127.0.0.1:9464", Some("127.0.0.1:9464")),
            ("0.0.0.0:9100", Some("0.0.0.0:9100")),
            ("[::1]:0", Some("[::1]:0")),
        ] {
            let set = format!("[default]\noperations = {value:?}\n{COGNITO}");
            let loaded = Settings::from_toml(&set, Path::new("")).unwrap();
            let read = loaded.settings.operations.map(|at| at.to_string());
            assert_eq!(read.as_deref(), expected, "{value}");
        }
        for value in [
            "",
            "on",
            "9464",
            "localhost:9464",
            "127.0.0.1",
            "127.0.0.1:99999",
        ] {
            let set = format!("[default]\noperations = {value:?}\n{COGNITO}");
            let said = Settings::from_toml(&set, Path::new("")).unwrap_err();
            assert!(said.to_string().starts_with("operations "), "{said}");
        }
    }

    #[test]
    fn administrators_are_the_usual_group_unless_others_or_none_are_named() {
        let groups = |more: &str| {
            let groups = read(more).admin_groups.into_iter();
            groups.map(|group| group.name).collect::<Vec<_>>()
        };
        assert_eq!(groups(""), ["helpdesk-admins"]);
        assert_eq!(
            groups("[default.admin]\nlogin_within = \"1h\""),
            ["helpdesk-admins"]
        );
        assert_eq!(groups("[default.admin]\ngroups = [\"staff\"]"), ["staff"]);
        assert!(groups("[default.admin]\ngroups = []").is_empty());
    }

    #[test]
    fn an_administrators_login_may_be_twelve_hours_old_or_what_is_set() {
        let within = |more: &str| read(more).admin_login_within;
        assert_eq!(within(""), Duration::from_hours(12));
        assert_eq!(
            within("[default.admin]\nlogin_within = \"1m\""),
            Duration::from_mins(1)
        );
        let short = Settings::from_toml("[default.admin]\nlogin_within = \"59s\"", Path::new(""));
        let said = short.unwrap_err().to_string();
        assert!(
            said.contains("admin.login_within") && said.contains("1m or more"),
            "{said}"
        );
    }
}
