//! Where a request comes from, behind proxies that the operator trusts.
//!
//! Each proxy appends the address that it was asked from to `X-Forwarded-For`. Whatever a client wrote itself stands to the
//! left of that, so the list is read from the right, as long as those who wrote it are trusted.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use axum::http::HeaderMap;

/// The header.
const HEADER: &str = "x-forwarded-for";
/// Addresses of the header that are read, at most: no chain of proxies is longer.
const HOPS_MAX: usize = 32;

/// A range of addresses in CIDR notation, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    network: IpAddr,
    /// Leading bits that count.
    bits: u8,
}

impl AddressRange {
    /// Whether an address lies in it.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, plain(address)) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                masked(network.to_bits().into(), 32 - self.bits)
                    == masked(address.to_bits().into(), 32 - self.bits)
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                masked(network.to_bits(), 128 - self.bits) == masked(address.to_bits(), 128 - self.bits)
            }
            _ => false,
        }
    }
}

/// `bits` without its `low` last bits.
fn masked(bits: u128, low: u8) -> u128 {
    bits.checked_shr(low.into()).unwrap_or(0)
}

impl FromStr for AddressRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is not an address or a range such as 10.0.0.0/8 or fd00::/8");
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits.parse::<u8>().map_err(|_| wrong())?)),
            None => (text, None),
        };
        let network: IpAddr = address.parse().map_err(|_| wrong())?;
        let most = if network.is_ipv4() { 32 } else { 128 };
        match bits.unwrap_or(most) {
            bits if bits <= most => Ok(Self { network, bits }),
            _ => Err(wrong()),
        }
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.bits)
    }
}

/// IPv4 as such, also where a socket for both writes it as IPv6.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// Where a request comes from that came over a connection from `peer`: the rightmost address of `X-Forwarded-For` that is
/// not a trusted proxy, when `peer` is one; else `peer`. What cannot be read ends the search: its writer is named instead.
pub fn from(peer: IpAddr, headers: &HeaderMap, trusted: &[AddressRange]) -> IpAddr {
    let trusts = |address: IpAddr| trusted.iter().any(|range| range.contains(address));
    let mut from = plain(peer);
    if !trusts(from) {
        return from;
    }
    let lines: Vec<&str> = headers.get_all(HEADER).iter().map(|v| v.to_str().unwrap_or_default()).collect();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS_MAX) {
        let Some(address) = address(hop.trim()) else { break };
        from = address;
        if !trusts(address) {
            break;
        }
    }
    from
}

/// An address, perhaps with a port: `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map(|(inside, _)| inside);
    if let Some(inside) = bare {
        return inside.parse::<Ipv6Addr>().ok().map(|address| plain(address.into()));
    }
    let with_port =
        || text.split_once(':').and_then(|(address, _)| address.parse::<std::net::Ipv4Addr>().ok());
    text.parse().ok().or_else(|| with_port().map(IpAddr::V4)).map(plain)
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{AddressRange, from};

    fn seen(peer: &str, lines: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append("x-forwarded-for", HeaderValue::from_str(line).unwrap());
        }
        let trusted: Vec<AddressRange> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        from(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_a_trusted_peer_is_believed() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.7"], &[]), "203.0.113.9");
        assert_eq!(seen("203.0.113.9", &["198.51.100.7"], &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(seen("10.1.2.3", &["198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(seen("10.1.2.3", &[], &["10.0.0.0/8"]), "10.1.2.3", "the proxy itself asks");
    }

    #[test]
    fn what_the_client_wrote_is_not_believed() {
        let trusted = ["10.0.0.0/8", "fd00::/8"];
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 198.51.100.7"], &trusted), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "198.51.100.7, 10.0.0.2"], &trusted), "198.51.100.7");
        assert_eq!(seen("fd00::1", &["2001:db8::7, fd00::2"], &trusted), "2001:db8::7");
        // Its writer is named where an address cannot be read; a client cannot hide behind nonsense.
        assert_eq!(seen("10.0.0.1", &["198.51.100.7, unknown"], &trusted), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["nonsense, 10.0.0.2"], &trusted), "10.0.0.2");
    }

    #[test]
    fn ports_brackets_and_mapped_addresses_are_read() {
        let trusted = ["127.0.0.1", "::1"];
        assert_eq!(seen("::ffff:127.0.0.1", &["198.51.100.7:4711"], &trusted), "198.51.100.7");
        assert_eq!(seen("::1", &["[2001:db8::7]:4711"], &trusted), "2001:db8::7");
        assert_eq!(seen("::1", &["::ffff:198.51.100.7"], &trusted), "198.51.100.7");
    }

    #[test]
    fn ranges_are_read_and_wrong_ones_named() {
        let range: AddressRange = "10.1.0.0/16".parse().unwrap();
        assert!(
            range.contains("10.1.255.1".parse().unwrap()) && !range.contains("10.2.0.1".parse().unwrap())
        );
        assert!("0.0.0.0/0".parse::<AddressRange>().unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!("::/0".parse::<AddressRange>().unwrap().contains("2001:db8::1".parse().unwrap()));
        for wrong in ["10.0.0.0/33", "proxy.example", "10.0.0.0/x", "::/129", ""] {
            assert!(wrong.parse::<AddressRange>().unwrap_err().contains(wrong), "{wrong}");
        }
    }
}
