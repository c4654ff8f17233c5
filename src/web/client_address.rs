//! The address of the client: the peer's, or what a trusted proxy says of it.

use std::convert::Infallible;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use ipnet::IpNet;
use rocket::Request;
use rocket::request::{FromRequest, Outcome};

/// The header that proxies append to, each the address it saw.
const FORWARDED_FOR: &str = "X-Forwarded-For";

/// At most one warning in this time about a forgotten `trusted_proxies`.
const WARN_EVERY: Duration = Duration::from_mins(1);

/// Who may speak for others: the networks of `trusted_proxies`.
#[derive(Debug, Default)]
pub struct TrustedProxies {
    networks: Vec<IpNet>,
    warned: Mutex<Option<Instant>>,
}

impl TrustedProxies {
    /// Believes `X-Forwarded-For` from these networks alone.
    #[must_use]
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            warned: Mutex::new(None),
        }
    }

    /// Whether whoever speaks from there speaks for others.
    pub(super) fn trust(&self, address: IpAddr) -> bool {
        self.networks
            .iter()
            .any(|network| network.contains(&address))
    }

    /// The client behind `peer`, whose request carried these `X-Forwarded-For` lines, in order.
    ///
    /// Read from the right, since only what a trusted proxy appended is worth anything: the first entry that is no trusted proxy is the client. An entry that is no
    /// address ends the reading at the proxy that passed it on.
    #[must_use]
    pub fn client<'h>(
        &self,
        peer: IpAddr,
        lines: impl DoubleEndedIterator<Item = &'h str>,
    ) -> IpAddr {
        let mut client = peer.to_canonical();
        for entry in lines.rev().flat_map(|line| line.rsplit(',')) {
            if !self.trust(client) {
                break;
            }
            match parse_entry(entry.trim()) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }

    /// Without the proxy in `trusted_proxies` all customers share one address, and one rate limit.
    fn warn_of_untrusted(&self, peer: IpAddr) {
        let Ok(mut warned) = self.warned.lock() else {
            return;
        };
        if warned.is_none_or(|at| at.elapsed() >= WARN_EVERY) {
            *warned = Some(Instant::now());
            tracing::warn!(
                %peer,
                "X-Forwarded-For from a peer outside trusted_proxies is ignored; if this is your proxy, add it"
            );
        }
    }
}

/// `192.0.2.1`, `192.0.2.1:5678`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:5678`.
fn parse_entry(entry: &str) -> Option<IpAddr> {
    let bare = entry
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(entry);
    let address = bare
        .parse::<IpAddr>()
        .or_else(|_| entry.parse::<SocketAddr>().map(|socket| socket.ip()));
    address.ok().map(|address| address.to_canonical())
}

/// Where a request comes from. As a guard it never fails; a peer without an address (a local test) is `0.0.0.0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The client of this request.
    #[must_use]
    pub fn of(request: &Request<'_>) -> Self {
        *request.local_cache(|| Self(find(request)))
    }

    /// The address.
    #[must_use]
    pub fn ip(self) -> IpAddr {
        self.0
    }

    /// What rates are counted by: the address, or an IPv6 address' /64, since one household has that many addresses.
    #[must_use]
    pub fn network(self) -> IpAddr {
        match self.0 {
            IpAddr::V4(_) => self.0,
            IpAddr::V6(address) => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)))
            }
        }
    }
}

impl From<IpAddr> for ClientAddress {
    fn from(address: IpAddr) -> Self {
        Self(address.to_canonical())
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn find(request: &Request<'_>) -> IpAddr {
    let peer = request
        .remote()
        .map_or(Ipv4Addr::UNSPECIFIED.into(), |socket| {
            socket.ip().to_canonical()
        });
    let Some(proxies) = request.rocket().state::<TrustedProxies>() else {
        return peer;
    };
    if request.headers().contains(FORWARDED_FOR) && !proxies.trust(peer) {
        proxies.warn_of_untrusted(peer);
    }
    let lines: Vec<&str> = request.headers().get(FORWARDED_FOR).collect();
    proxies.client(peer, lines.into_iter())
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for ClientAddress {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        Outcome::Success(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What stands before us in these tests: two proxies, one reached over IPv6.
    fn proxies() -> TrustedProxies {
        TrustedProxies::new(vec![
            "10.0.0.0/8".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ])
    }

    fn client(peer: &str, lines: &[&str]) -> String {
        let peer = peer.parse().unwrap();
        proxies().client(peer, lines.iter().copied()).to_string()
    }

    #[test]
    fn an_untrusted_peer_speaks_for_itself_alone() {
        for lines in [
            &["127.0.0.1"][..],
            &["10.0.0.1"],
            &["unknown"],
            &["[::1]:80"],
            &["1.1.1.1, 2.2.2.2", "3.3.3.3"],
        ] {
            assert_eq!(client("203.0.113.9", lines), "203.0.113.9", "{lines:?}");
        }
    }

    #[test]
    fn behind_trusted_proxies_the_right_most_stranger_is_the_client() {
        let cases: &[(&[&str], &str)] = &[
            (&[], "10.0.0.1"),
            (&["198.51.100.7"], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7"], "198.51.100.7"),
            (&["1.2.3.4, 198.51.100.7, 10.9.9.9"], "198.51.100.7"),
            (&["1.2.3.4", "198.51.100.7,10.9.9.9"], "198.51.100.7"),
            (&["198.51.100.7:4711"], "198.51.100.7"),
            (&["[2001:db8::1]:80"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["2001:db8::1, fd00::2"], "2001:db8::1"),
            (&["::ffff:198.51.100.7"], "198.51.100.7"),
            (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
        ];
        for (lines, expected) in cases {
            assert_eq!(client("10.0.0.1", lines), *expected, "{lines:?}");
        }
        assert_eq!(client("::ffff:10.0.0.1", &["198.51.100.7"]), "198.51.100.7");
    }

    #[test]
    fn garbage_counts_as_whoever_passed_it_on() {
        for garbage in ["unknown", "", "198.51.100.7, _hidden", "1.2.3.4, ", "'; --"] {
            assert_eq!(client("10.0.0.1", &[garbage]), "10.0.0.1", "{garbage:?}");
        }
        assert_eq!(
            client("10.0.0.1", &["198.51.100.7, garbage, 10.3.3.3"]),
            "10.3.3.3"
        );
    }

    #[test]
    fn one_household_has_one_rate() {
        let network = |text: &str| ClientAddress::from(text.parse::<IpAddr>().unwrap()).network();
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:2"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
