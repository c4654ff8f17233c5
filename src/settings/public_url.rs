//! `public_url`: the one origin that every address of our own is built from.

use url::Url;

/// An origin: `https://`, or `http://` on a loopback host; no path, no query, no user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
}

/// Why a text cannot be the public address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPublicUrl {
    /// It does not parse as an address with a host.
    #[error("is not an address; it looks like https://sso.example.com")]
    NotAnAddress,
    /// `http://` with a host that is not loopback.
    #[error("must begin with https://; http:// is for localhost, 127.0.0.1 and [::1] only")]
    NotHttps,
    /// It has a user, a path, a query or a fragment.
    #[error("must be scheme, host and port only")]
    MoreThanOrigin,
}

/// Whether a host is loopback, however it is written: `localhost`, `*.localhost`, 127.0.0.0/8, `[::1]`. What is allowed there alone asks this.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_loopback(),
        None => false,
    }
}

/// Whether a host leads to this machine: loopback, and `0.0.0.0` and `[::]`, at which a connection arrives here too. What is refused there asks this.
#[must_use]
pub fn leads_here(url: &Url) -> bool {
    let unspecified = match url.host() {
        Some(url::Host::Ipv4(address)) => address.is_unspecified(),
        Some(url::Host::Ipv6(address)) => address.to_canonical().is_unspecified(),
        Some(url::Host::Domain(_)) | None => false,
    };
    unspecified || is_loopback(url)
}

/// Where the front door is on a machine of its own: `http://localhost:8000`.
impl Default for PublicUrl {
    fn default() -> Self {
        Self {
            origin: "http://localhost:8000".to_owned(),
            https: false,
        }
    }
}

impl std::str::FromStr for PublicUrl {
    type Err = BadPublicUrl;

    fn from_str(text: &str) -> Result<Self, BadPublicUrl> {
        let url = Url::parse(text).map_err(|_| BadPublicUrl::NotAnAddress)?;
        if url.host().is_none() {
            return Err(BadPublicUrl::NotAnAddress);
        }
        let https = url.scheme() == "https";
        let http_here = url.scheme() == "http" && is_loopback(&url);
        if !(https || http_here) {
            return Err(BadPublicUrl::NotHttps);
        }
        let bare = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        if !bare {
            return Err(BadPublicUrl::MoreThanOrigin);
        }
        Ok(Self {
            origin: url.origin().ascii_serialization(),
            https,
        })
    }
}

impl PublicUrl {
    /// `https://host[:port]`, without a trailing slash; what browsers send as `Origin`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether cookies may carry the `__Host-` prefix.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.https
    }

    /// Whether unencrypted and loopback counterparts are acceptable: only beside a loopback front door.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        Url::parse(&self.origin).is_ok_and(|url| is_loopback(&url))
    }

    /// The whole address of one of our own paths, which begins with `/`.
    #[must_use]
    pub fn with(&self, path: &str) -> String {
        debug_assert!(path.starts_with('/'), "a path of our own");
        format!("{}{path}", self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_known_however_it_is_written() {
        for (hosts, loopback, here) in [
            (
                &[
                    "localhost",
                    "LOCALHOST.",
                    "app.localhost.",
                    "127.0.0.1",
                    "127.1",
                    "[::1]",
                    "[::ffff:127.0.0.1]",
                ][..],
                true,
                true,
            ),
            (&["0.0.0.0", "0", "[::]", "[::ffff:0.0.0.0]"], false, true),
            (
                &[
                    "localhost.example.com",
                    "notlocalhost",
                    "128.0.0.1",
                    "[::2]",
                    "[::ffff:10.0.0.1]",
                ],
                false,
                false,
            ),
        ] {
            for host in hosts {
                let url = Url::parse(&format!("https://{host}/")).unwrap();
                assert_eq!(
                    (is_loopback(&url), leads_here(&url)),
                    (loopback, here),
                    "{host}"
                );
            }
        }
    }

    #[test]
    fn an_open_public_address_is_on_loopback_alone() {
        assert!("http://localhost:8000".parse::<PublicUrl>().is_ok());
        let any = "http://0.0.0.0:8000".parse::<PublicUrl>();
        assert_eq!(any, Err(BadPublicUrl::NotHttps));
    }
}
