//! Networks as they are written: `10.0.0.0/8`, `2001:db8::/32`, or one address.

use std::net::IpAddr;

use ipnet::IpNet;

use super::field::Field;

/// A network, or one address.
pub(super) fn network(field: &Field<'_>) -> Result<IpNet, String> {
    let text = field.text()?;
    let one = || text.parse::<IpAddr>().map(IpNet::from);
    text.parse()
        .map(|network: IpNet| network.trunc())
        .or_else(|_| one())
        .map_err(|_| "must be a network such as 10.0.0.0/8".to_owned())
}
