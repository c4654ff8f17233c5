//! The address of a Redis: `redis://`, `redis+sentinel://` or `redis+cluster://`, each with `rediss` in front for TLS.
//!
//! It may hold a password, so no mistake in it is quoted, and what is shown of it leaves user and password out.

use std::fmt;
use std::path::PathBuf;

use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};

/// Where a Redis is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct RedisAddress {
    /// How its servers belong together.
    pub shape: RedisShape,
    /// Whether it is spoken to through TLS.
    pub tls: bool,
    /// Its servers, or its sentinels.
    pub hosts: Vec<(String, u16)>,
    /// The user of its access list; absent where there is only a password.
    pub user: Option<String>,
    /// The password.
    pub password: Option<SecretString>,
    /// The number of the database.
    pub database: u32,
    /// What is said behind the question mark.
    pub extras: Extras,
}

/// What an address says behind its question mark.
#[derive(Debug, Clone, Default)]
pub struct Extras {
    /// The certificates of whoever signed the servers' own, where the system does not know them.
    pub ca: Option<PathBuf>,
    /// The user that the sentinels themselves ask for: they have access lists of their own.
    pub sentinel_user: Option<String>,
    /// The password that the sentinels themselves ask for.
    pub sentinel_password: Option<SecretString>,
}

/// How the servers belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RedisShape {
    /// One server.
    Single,
    /// Sentinels, who know which server is the master of this name.
    Sentinel(String),
    /// A cluster, of which some servers are named.
    Cluster,
}

impl PartialEq for RedisAddress {
    fn eq(&self, other: &Self) -> bool {
        let plain = |secret: &Option<SecretString>| {
            let secret = secret.as_ref();
            secret.map(|secret| secret.expose_secret().to_owned())
        };
        let (one, two) = (&self.extras, &other.extras);
        self.to_string() == other.to_string()
            && (&self.user, &one.sentinel_user, &one.ca)
                == (&other.user, &two.sentinel_user, &two.ca)
            && plain(&self.password) == plain(&other.password)
            && plain(&one.sentinel_password) == plain(&two.sentinel_password)
    }
}

impl Eq for RedisAddress {}

impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "rediss" } else { "redis" };
        let (shape, master) = match &self.shape {
            RedisShape::Single => ("", String::new()),
            RedisShape::Sentinel(master) => ("+sentinel", format!("/{master}")),
            RedisShape::Cluster => ("+cluster", String::new()),
        };
        let host = |(host, port): &(String, u16)| {
            if host.contains(':') {
                format!("[{host}]:{port}")
            } else {
                format!("{host}:{port}")
            }
        };
        let hosts: Vec<String> = self.hosts.iter().map(host).collect();
        write!(f, "{scheme}{shape}://{}{master}", hosts.join(","))?;
        match self.shape {
            RedisShape::Cluster => Ok(()),
            _ => write!(f, "/{}", self.database),
        }
    }
}

/// What an address looks like, for whoever wrote another.
const FORMS: &str = "must be sqlite: and a path, or such as redis://user:password@host:6379/0, redis+sentinel://host:26379,host:26379/master/0 or redis+cluster://host:6379,host:6379 (rediss with TLS)";

/// The databases that a server may have.
const DATABASES: u32 = 10_000;

/// Understands an address.
pub(super) fn read(text: &str) -> Result<RedisAddress, String> {
    let (scheme, rest) = text.split_once("://").ok_or(FORMS)?;
    let (tls, shape) = match scheme.strip_prefix("rediss") {
        Some(shape) => (true, shape),
        None => (false, scheme.strip_prefix("redis").ok_or(FORMS)?),
    };
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let (user, rest) = match rest.rsplit_once('@') {
        Some((user, rest)) => (Some(user), rest),
        None => (None, rest),
    };
    let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (shape, usual, database) = match shape {
        "" => (RedisShape::Single, 6379, path),
        "+cluster" => (RedisShape::Cluster, 6379, path),
        "+sentinel" => {
            let (master, database) = path.split_once('/').unwrap_or((path, ""));
            (RedisShape::Sentinel(master_name(master)?), 26379, database)
        }
        _ => return Err(FORMS.to_owned()),
    };
    let (user, password) = credentials(user)?;
    let address = RedisAddress {
        hosts: read_hosts(hosts, usual)?,
        database: read_database(database)?,
        extras: read_query(query)?,
        shape,
        tls,
        user,
        password,
    };
    judge(&address)?;
    Ok(address)
}

fn judge(address: &RedisAddress) -> Result<(), String> {
    if address.shape == RedisShape::Single && address.hosts.len() > 1 {
        return Err("names several servers: say redis+sentinel:// or redis+cluster://".to_owned());
    }
    if address.shape == RedisShape::Cluster && address.database != 0 {
        return Err("names a database, and a cluster has only number 0".to_owned());
    }
    let extras = &address.extras;
    if extras.ca.is_some() && !address.tls {
        return Err("names a ca and is without TLS: begin it with rediss".to_owned());
    }
    let asked = extras.sentinel_user.is_some() || extras.sentinel_password.is_some();
    if asked && !matches!(address.shape, RedisShape::Sentinel(_)) {
        return Err(
            "names a password for sentinels and has none: say redis+sentinel://".to_owned(),
        );
    }
    if extras.sentinel_user.is_some() && extras.sentinel_password.is_none() {
        return Err("names a sentinel_user without a sentinel_password".to_owned());
    }
    Ok(())
}

fn master_name(name: &str) -> Result<String, String> {
    let is_name = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
    if name.is_empty() || !name.chars().all(is_name) {
        return Err(
            "must name the master that the sentinels watch: redis+sentinel://host:26379/master"
                .to_owned(),
        );
    }
    Ok(name.to_owned())
}

fn read_hosts(text: &str, usual: u16) -> Result<Vec<(String, u16)>, String> {
    text.split(',').map(|host| read_host(host, usual)).collect()
}

fn read_host(text: &str, usual: u16) -> Result<(String, u16), String> {
    let wrong = || "names a server that is no host:port".to_owned();
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (host, port) = rest.split_once(']').ok_or_else(wrong)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| wrong())?;
            (host, port.strip_prefix(':'))
        }
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, None),
        },
    };
    let port = port.map_or(Ok(usual), str::parse).map_err(|_| wrong())?;
    let is_host = |one: char| one.is_ascii_alphanumeric() || ".-:_".contains(one);
    if host.is_empty() || !host.chars().all(is_host) || port == 0 {
        return Err(wrong());
    }
    Ok((host.to_owned(), port))
}

fn read_database(text: &str) -> Result<u32, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let number = text.parse().ok().filter(|number| *number < DATABASES);
    number.ok_or_else(|| "names a database that is no number".to_owned())
}

fn read_query(text: &str) -> Result<Extras, String> {
    let mut extras = Extras::default();
    for part in text.split('&').filter(|_| !text.is_empty()) {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = decoded(value)?;
        let twice = match name {
            _ if value.is_empty() => true,
            "ca" => extras.ca.replace(value.into()).is_some(),
            "sentinel_user" => extras.sentinel_user.replace(value).is_some(),
            "sentinel_password" => extras.sentinel_password.replace(value.into()).is_some(),
            _ => true,
        };
        if twice {
            return Err("takes behind the question mark ca=, sentinel_user= and sentinel_password=, each once and with a value, parted by &".to_owned());
        }
    }
    Ok(extras)
}

fn credentials(text: Option<&str>) -> Result<(Option<String>, Option<SecretString>), String> {
    let Some(text) = text else {
        return Ok((None, None));
    };
    let (user, password) = text
        .split_once(':')
        .ok_or("names a user without a password: user:password@ or :password@")?;
    if password.is_empty() {
        return Err("has an empty password".to_owned());
    }
    let user = decoded(user)?;
    let user = (!user.is_empty()).then_some(user);
    Ok((user, Some(decoded(password)?.into())))
}

fn decoded(text: &str) -> Result<String, String> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded
        .map(std::borrow::Cow::into_owned)
        .map_err(|_| "has % signs that stand for no characters: write %25 for a % sign".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_understood() {
        for (text, shown) in [
            ("redis://cache", "redis://cache:6379/0"),
            ("rediss://cache:1/3", "rediss://cache:1/3"),
            ("redis://[::1]:7000", "redis://[::1]:7000/0"),
            (
                "redis+sentinel://a,b:1/main/2",
                "redis+sentinel://a:26379,b:1/main/2",
            ),
            ("rediss+cluster://u:p@a:1,b:2", "rediss+cluster://a:1,b:2"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), shown, "{text}");
        }
        let address = read("rediss://us%3Aer:p%40ss%25@h?ca=my%20ca.pem").unwrap();
        assert_eq!(address.user.as_deref(), Some("us:er"));
        assert_eq!(address.password.unwrap().expose_secret(), "p@ss%");
        assert_eq!(address.extras.ca, Some("my ca.pem".into()));
        let address = read("rediss+sentinel://h/main?sentinel_user=w&sentinel_password=p%26p&ca=x");
        let extras = address.unwrap().extras;
        assert_eq!(extras.sentinel_user.as_deref(), Some("w"));
        let password = extras.sentinel_password.unwrap();
        assert_eq!(password.expose_secret(), "p&p");
        let address = read("redis://:only@h").unwrap();
        assert_eq!((address.user, address.password.is_some()), (None, true));
    }

    #[test]
    fn what_is_none_is_refused_and_never_quoted() {
        for (text, said) in [
            ("redis:h", "must be sqlite:"),
            ("redis+odd://h", "must be sqlite:"),
            ("redis://", "no host:port"),
            ("redis://hush@h", "without a password"),
            ("redis://hush:@h", "empty password"),
            ("redis://u:hush@h:odd", "no host:port"),
            ("redis://u:hush%ff@h", "% signs"),
            ("redis://u:hush@h h", "no host:port"),
            ("redis://u:hush@h/odd", "no number"),
            ("redis://u:hush@a,b", "several servers"),
            ("redis+cluster://u:hush@a/1", "only number 0"),
            ("redis+sentinel://u:hush@a", "must name the master"),
            ("redis://u:hush@h?ca=x", "without TLS"),
            ("rediss://u:hush@h?odd=hush", "takes behind"),
            ("rediss://u:hush@h?ca=x&ca=hush", "each once"),
            ("rediss://u:hush@h?ca=", "with a value"),
            ("redis://h?sentinel_password=hush", "for sentinels"),
            ("redis+sentinel://h/m?sentinel_user=hush", "without"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(said), "{text}: {told}");
            assert!(!told.contains("hush"), "{text}: {told}");
        }
    }

    #[test]
    fn nothing_shown_of_it_holds_the_password_or_the_user() {
        let text = "redis+sentinel://user:hush@h/m?sentinel_user=user&sentinel_password=hush2";
        let address = read(text).unwrap();
        assert!(!address.to_string().contains("user"));
        assert!(!format!("{address:?}{address}").contains("hush"));
    }
}
