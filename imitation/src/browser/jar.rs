//! Cookies, kept and sent by the rules of browsers (RFC 6265bis), host-only, shared between the ports of a host.

use jiff::{SignedDuration, Timestamp};
use url::Url;

/// The most bytes of a name and its value together; browsers ignore a cookie that is larger (RFC 6265bis, section 5.6).
const MOST_BYTES: usize = 4096;

/// The most bytes of an attribute's value; browsers ignore an attribute that is longer, and keep the cookie.
const MOST_BYTES_OF_ATTRIBUTE: usize = 1024;

/// One cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cookie {
    /// The host that set it.
    pub host: String,
    /// Its name.
    pub name: String,
    /// Its value, as sent.
    pub value: String,
    /// The path below which it is sent.
    pub path: String,
    /// Whether only https carries it.
    pub secure: bool,
    /// Whether scripts cannot see it.
    pub http_only: bool,
    /// `Strict`, `Lax` or `None`, as sent; empty counts as `Lax`.
    pub same_site: String,
    /// When it ends; `None`: with the window.
    pub until: Option<Timestamp>,
}

/// How a request comes about: which cookies it may carry depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Arrival {
    site: Site,
    is_get: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Site {
    Typed,
    SameOrigin,
    Same,
    Cross,
}

impl Arrival {
    pub(super) fn new(from: Option<&Url>, to: &Url, is_get: bool) -> Self {
        let site = match from {
            None => Site::Typed,
            Some(from) if from.origin() == to.origin() => Site::SameOrigin,
            Some(from) if from.scheme() == to.scheme() && from.host() == to.host() => Site::Same,
            Some(_) => Site::Cross,
        };
        Self { site, is_get }
    }

    pub(super) fn same_site() -> Self {
        Self {
            site: Site::SameOrigin,
            is_get: true,
        }
    }

    /// The value of `Sec-Fetch-Site`.
    pub(super) fn name(self) -> &'static str {
        match self.site {
            Site::Typed => "none",
            Site::SameOrigin => "same-origin",
            Site::Same => "same-site",
            Site::Cross => "cross-site",
        }
    }

    fn may_carry(self, cookie: &Cookie) -> bool {
        let lax = self.site != Site::Cross || self.is_get;
        match cookie.same_site.to_ascii_lowercase().as_str() {
            "none" => cookie.secure,
            "strict" => self.site != Site::Cross,
            _ => lax,
        }
    }
}

/// All cookies of one browser.
#[derive(Debug, Clone, Default)]
pub(super) struct Jar(Vec<Cookie>);

impl Jar {
    /// Takes one `Set-Cookie` line in, if a browser would.
    pub(super) fn keep(&mut self, url: &Url, line: &str, now: Timestamp) {
        let Some((cookie, has_domain)) = read(url, line, now) else {
            return;
        };
        if !acceptable(&cookie, url, has_domain) {
            return;
        }
        self.0.retain(|known| {
            (&known.host, &known.name, &known.path) != (&cookie.host, &cookie.name, &cookie.path)
        });
        if cookie.until.is_none_or(|until| until > now) {
            self.0.push(cookie);
        }
    }

    pub(super) fn plant(&mut self, url: &Url, name: &str, value: &str) {
        self.0
            .retain(|known| known.name != name || known.host != host(url));
        self.0.push(Cookie {
            host: host(url),
            name: name.to_owned(),
            value: value.to_owned(),
            path: "/".to_owned(),
            secure: url.scheme() == "https",
            http_only: true,
            same_site: "Lax".to_owned(),
            until: None,
        });
    }

    pub(super) fn forget(&mut self, prefix: &str) {
        self.0.retain(|cookie| !cookie.name.starts_with(prefix));
    }

    pub(super) fn live(&self, now: Timestamp) -> Vec<Cookie> {
        let alive = |cookie: &&Cookie| cookie.until.is_none_or(|until| until > now);
        self.0.iter().filter(alive).cloned().collect()
    }

    /// The `Cookie` header for a request, if it carries any; longer paths first.
    pub(super) fn header_for(&self, url: &Url, arrival: Arrival, now: Timestamp) -> Option<String> {
        let mut sent: Vec<Cookie> = self.live(now);
        sent.retain(|cookie| {
            cookie.host == host(url)
                && (!cookie.secure || url.scheme() == "https")
                && below(&cookie.path, url.path())
                && arrival.may_carry(cookie)
        });
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<_> = sent
            .iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

fn read(url: &Url, line: &str, now: Timestamp) -> Option<(Cookie, bool)> {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie {
        host: host(url),
        name: name.trim().to_owned(),
        value: value.trim().to_owned(),
        path: default_path(url.path()),
        secure: false,
        http_only: false,
        same_site: String::new(),
        until: None,
    };
    let mut has_domain = false;
    let mut max_age = None;
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        if value.len() > MOST_BYTES_OF_ATTRIBUTE {
            continue;
        }
        match key.to_ascii_lowercase().as_str() {
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "samesite" => value.clone_into(&mut cookie.same_site),
            "domain" => has_domain = true,
            "max-age" => max_age = value.parse::<i64>().ok(),
            "expires" => {
                let end = jiff::fmt::rfc2822::parse(value);
                cookie.until = end.ok().map(|at| at.timestamp());
            }
            _ => {}
        }
    }
    if let Some(seconds) = max_age {
        let ends = now.checked_add(SignedDuration::from_secs(seconds));
        cookie.until = Some(ends.unwrap_or(Timestamp::MAX));
    }
    Some((cookie, has_domain))
}

/// Not too large; Secure only over https; the promises of the `__Host-` and `__Secure-` prefixes are held.
fn acceptable(cookie: &Cookie, url: &Url, has_domain: bool) -> bool {
    let small = cookie.name.len() + cookie.value.len() <= MOST_BYTES;
    let https = url.scheme() == "https";
    let secure = !cookie.secure || https;
    let name = cookie.name.to_ascii_lowercase();
    let host = !name.starts_with("__host-") || (cookie.secure && cookie.path == "/" && !has_domain);
    let prefixed = !name.starts_with("__secure-") || cookie.secure;
    small && secure && host && prefixed
}

fn host(url: &Url) -> String {
    url.host_str().unwrap_or_default().to_owned()
}

fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(end) => path[..end].to_owned(),
    }
}

fn below(base: &str, path: &str) -> bool {
    path == base
        || path
            .strip_prefix(base)
            .is_some_and(|rest| base.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    fn kept(page: &str, line: &str) -> Jar {
        let mut jar = Jar::default();
        jar.keep(&url(page), line, Timestamp::UNIX_EPOCH);
        jar
    }

    fn sent(jar: &Jar, from: Option<&str>, to: &str, is_get: bool) -> bool {
        let from = from.map(url);
        let arrival = Arrival::new(from.as_ref(), &url(to), is_get);
        jar.header_for(&url(to), arrival, Timestamp::UNIX_EPOCH)
            .is_some()
    }

    #[test]
    fn a_lax_cookie_stays_behind_when_another_site_posts() {
        let jar = kept("http://localhost:1/", "a=1; SameSite=Lax; Path=/");
        let other = Some("http://127.0.0.1:2/");
        assert!(sent(&jar, other, "http://localhost:1/x", true));
        assert!(!sent(&jar, other, "http://localhost:1/x", false));
    }

    #[test]
    fn a_strict_cookie_does_not_come_back_from_another_site() {
        let jar = kept("http://localhost:1/", "a=1; SameSite=Strict; Path=/");
        let other = Some("http://127.0.0.1:2/");
        assert!(!sent(&jar, other, "http://localhost:1/x", true));
        assert!(sent(&jar, None, "http://localhost:1/x", true));
    }

    #[test]
    fn ports_share_cookies_and_hosts_do_not() {
        let jar = kept("http://localhost:1/", "a=1; Path=/");
        assert!(sent(&jar, None, "http://localhost:2/", true));
        assert!(!sent(&jar, None, "http://127.0.0.1:1/", true));
    }

    #[test]
    fn the_host_prefix_keeps_its_promise() {
        let line = "__Host-a=1; Secure; Path=/";
        assert_eq!(kept("http://localhost/", line).0, []);
        assert_eq!(kept("https://localhost/", line).0.len(), 1);
        let with_path = "__Host-a=1; Secure; Path=/x";
        assert_eq!(kept("https://localhost/", with_path).0, []);
    }

    #[test]
    fn a_cookie_of_no_age_is_forgotten() {
        let mut jar = kept("http://localhost/", "a=1; Path=/");
        jar.keep(
            &url("http://localhost/"),
            "a=; Path=/; Max-Age=0",
            Timestamp::UNIX_EPOCH,
        );
        assert_eq!(jar.0, []);
    }

    #[test]
    fn a_cookie_that_is_too_large_is_ignored() {
        let page = url("http://localhost/");
        let mut jar = kept(page.as_str(), "name=old; Path=/");
        let mut set = |bytes: usize| {
            let value = "v".repeat(bytes - "name".len());
            jar.keep(
                &page,
                &format!("name={value}; Path=/"),
                Timestamp::UNIX_EPOCH,
            );
            jar.0[0].value.len()
        };
        assert_eq!(set(4097), "old".len());
        assert_eq!(set(4096), 4096 - "name".len());
    }

    #[test]
    fn attributes_do_not_count_and_one_that_is_too_long_is_ignored_alone() {
        let value = "v".repeat(4090);
        let path = |bytes: usize| format!("/{}", "p".repeat(bytes - 1));
        let kept = |bytes: usize| {
            kept(
                "http://localhost/a/b",
                &format!("a={value}; Path={}", path(bytes)),
            )
        };
        assert_eq!(kept(1024).0[0].path, path(1024));
        assert_eq!(kept(1025).0[0].path, "/a");
    }
}
