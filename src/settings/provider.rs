//! `provider.<name>`: where people prove who they are.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::field::Field;
use super::names::{DomainRule, ProviderName};
use super::public_url::PublicUrl;
use super::reader::Table;
use super::{address, one_line};

/// One identity provider.
#[derive(Debug, Clone)]
pub struct ProviderSettings {
    /// The table's name.
    pub name: ProviderName,
    /// What its button says; the name when not set.
    pub label: String,
    /// The expected issuer, compared exactly, without a trailing slash added or taken; from `issuer` or `user_pool`.
    pub issuer: String,
    /// Cognito's login domain, as an origin; with it the provider is a Cognito user pool.
    pub domain: Option<Url>,
    /// `enabled`: whether anybody can log in with it.
    pub enabled: bool,
    /// `sign_up`: whether anybody can make an account there.
    pub sign_up: SignUp,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`; `None`: a public client.
    pub client_secret: Option<SecretString>,
    /// `scopes`, with `openid` always among them.
    pub scopes: Vec<String>,
    /// `timeout`: of one call to the provider.
    pub timeout: Duration,
    /// `email_domains`: empty is any that no other provider in use names.
    pub email_domains: Vec<DomainRule>,
    /// Those that others in use name, when this one names none.
    pub named_elsewhere: Vec<DomainRule>,
    /// `verified_email = "assumed"`: addresses are believed without the provider's word.
    pub assume_verified: bool,
    /// `identity_provider`: passed to Cognito when set.
    pub identity_provider: Option<String>,
    /// `logout_url`: Cognito's logout address; from the domain when not set. `None`: this provider has none.
    pub logout_url: Option<Url>,
    /// `sign_out_url`: where Cognito sends people after the logout.
    pub sign_out_url: String,
}

/// Whether strangers can make accounts at a provider: nobody can be asked for it but the administrator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignUp {
    /// Nobody has said.
    #[default]
    Unknown,
    /// Accounts are made by its operator alone.
    Closed,
    /// Anybody can.
    Open,
}

const SIGN_UPS: [(&str, SignUp); 3] = [
    ("unknown", SignUp::Unknown),
    ("closed", SignUp::Closed),
    ("open", SignUp::Open),
];

impl ProviderSettings {
    /// Whether it is believed about addresses of this domain.
    #[must_use]
    pub fn speaks_for(&self, domain: &str) -> bool {
        let holds = |rules: &[DomainRule]| rules.iter().any(|rule| rule.holds(domain));
        if self.email_domains.is_empty() {
            !holds(&self.named_elsewhere)
        } else {
            holds(&self.email_domains)
        }
    }

    /// Whether its people may have any address that they say is theirs.
    #[must_use]
    pub fn believes_anything(&self) -> bool {
        self.enabled && self.assume_verified && self.email_domains.is_empty()
    }

    /// Whether both say the same, the secret included.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let secret = |one: &Self| {
            one.client_secret
                .as_ref()
                .map(|secret| secret.expose_secret().to_owned())
        };
        // What is printed is everything but the secret.
        format!("{self:?}") == format!("{other:?}") && secret(self) == secret(other)
    }
}

/// Whoever names no domains speaks for none that another provider in use names: an account there proves nothing about that one's people.
pub(super) fn part_domains(providers: &mut BTreeMap<ProviderName, ProviderSettings>) {
    let in_use = providers.values().filter(|provider| provider.enabled);
    let named = in_use.flat_map(|provider| provider.email_domains.clone());
    let named: Vec<DomainRule> = named.collect();
    let naming_none = |provider: &&mut ProviderSettings| provider.email_domains.is_empty();
    for provider in providers.values_mut().filter(naming_none) {
        provider.named_elsewhere.clone_from(&named);
    }
}

/// Reads one `provider.<name>`.
pub(super) fn read(
    name: &str,
    table: Table<'_>,
    public_url: &PublicUrl,
) -> Option<ProviderSettings> {
    let name: Option<ProviderName> = table.named(name);
    let issuer = issuer(&table);
    let settings = settings(&table, name, issuer, public_url);
    table.finish();
    settings
}

fn settings(
    table: &Table<'_>,
    name: Option<ProviderName>,
    issuer: Option<String>,
    public_url: &PublicUrl,
) -> Option<ProviderSettings> {
    let label = table.read("label", Field::line);
    let domain = table.read("domain", address::domain);
    let enabled = table.read("enabled", Field::flag).unwrap_or(true);
    let sign_up = table.choice("sign_up", &SIGN_UPS).unwrap_or_default();
    let client_id = table.required("client_id", Field::line);
    let client_secret = table.secret("client_secret");
    let scopes = table
        .read("scopes", scopes)
        .unwrap_or_else(|| split("openid profile email"));
    let timeout = table.read("timeout", timeout);
    let email_domains = table.parsed_list("email_domains");
    let verified = table.choice("verified_email", &[("required", false), ("assumed", true)]);
    let identity_provider = table.read_unless_empty("identity_provider", Field::line);
    let logout_url = table.read_unless_empty("logout_url", address::address);
    let sign_out_url = table.read("sign_out_url", address::written);
    let name = name?;
    Some(ProviderSettings {
        label: label.unwrap_or_else(|| name.to_string()),
        name,
        issuer: issuer?,
        domain,
        enabled,
        sign_up,
        client_id: client_id?,
        client_secret,
        scopes,
        timeout: timeout.unwrap_or(Duration::from_secs(10)),
        email_domains,
        named_elsewhere: Vec::new(),
        assume_verified: verified.unwrap_or(false),
        identity_provider,
        logout_url,
        sign_out_url: sign_out_url.unwrap_or_else(|| public_url.with("/signed-out")),
    })
}

/// From `issuer` as it is written, or from `user_pool`.
fn issuer(table: &Table<'_>) -> Option<String> {
    let written = table.read("issuer", issuer_address);
    let pool = table.read("user_pool", issuer_of_pool);
    match (table.has("issuer"), table.has("user_pool")) {
        (true, true) => {
            table.complain(
                "user_pool",
                "is given beside `issuer`; one of them is enough",
            );
        }
        (false, false) => table.complain("user_pool", "or `issuer` is required"),
        _ => {}
    }
    let issuer = written.or(pool);
    if issuer.as_deref().is_some_and(is_of_cognito) && !table.has("domain") {
        table.complain("domain", "is required for a Cognito user pool");
    }
    issuer
}

/// Both forms that pools may have.
fn is_of_cognito(issuer: &str) -> bool {
    ["https://cognito-idp.", "https://issuer-cognito-idp."]
        .iter()
        .any(|start| issuer.starts_with(start))
}

/// An issuer is an address without a query (`OpenID` Connect Discovery 1.0, section 3).
fn issuer_address(field: &Field<'_>) -> Result<String, String> {
    if address::address(field)?.query().is_some() {
        return Err("must not have a query (?)".to_owned());
    }
    address::written(field)
}

/// A pool's id begins with its region, and both are parts of its issuer.
fn issuer_of_pool(field: &Field<'_>) -> Result<String, String> {
    let pool = field.line()?;
    let good = |text: &str, extra: &[u8]| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || extra.contains(&b))
    };
    match pool.split_once('_') {
        Some((region, id)) if good(region, b"-") && good(id, b"") && region.contains('-') => {
            Ok(format!("https://cognito-idp.{region}.amazonaws.com/{pool}"))
        }
        _ => Err("must be a user pool's id such as eu-west-1_AbCdEf123".to_owned()),
    }
}

/// Long enough for an answer; and nobody waits at a blank page for longer than that.
fn timeout(field: &Field<'_>) -> Result<Duration, String> {
    field.duration(Duration::from_millis(100), Duration::from_mins(1))
}

/// Parted by spaces, or a list; `openid` makes it a login at all.
fn scopes(field: &Field<'_>) -> Result<Vec<String>, String> {
    let mut scopes = match field.as_text() {
        Some(_) => split(&field.line_of(one_line::MOST_OF_AN_ADDRESS)?),
        None => field
            .items()?
            .iter()
            .map(Field::line)
            .collect::<Result<_, _>>()?,
    };
    if !scopes.iter().any(|scope| scope == "openid") {
        scopes.insert(0, "openid".to_owned());
    }
    Ok(scopes)
}

fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}
