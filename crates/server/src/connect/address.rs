//! Which addresses may be asked: none inside the ministry's own network, unless its host was allowed by name.
//!
//! Whoever sets up a connector makes this server ask what they cannot reach themselves: a neighbour's administration,
//! or what a cloud tells its machines at 169.254.169.254. So the address that is really connected to is checked.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use measure::connector::Fault;

/// The addresses of a host that may be connected to, in the order in which its name service gives them.
pub async fn resolve(
    host: &str,
    port: u16,
    internal_hosts: &[String],
) -> Result<Vec<SocketAddr>, Fault> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(address) => vec![SocketAddr::new(address, port)],
        Err(_) => tokio::net::lookup_host((bare, port))
            .await
            .map_err(|_| Fault::NoSuchHost(host.to_owned()))?
            .collect(),
    };
    if found.is_empty() {
        return Err(Fault::NoSuchHost(host.to_owned()));
    }
    let is_allowed = internal_hosts.iter().any(|one| one.eq_ignore_ascii_case(bare));
    // One address inside is enough: which of them is taken is not for the name service of others to say.
    match found.iter().find(|address| is_internal(address.ip())) {
        Some(inside) if !is_allowed => {
            Err(Fault::Internal { host: host.to_owned(), address: inside.ip().to_string() })
        }
        _ => Ok(found),
    }
}

/// Whether an address is no public one: private, loopback, link-local, shared, reserved, or one of these inside another.
pub fn is_internal(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_internal_v4(address),
        IpAddr::V6(address) => is_internal_v6(address),
    }
}

fn is_internal_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        // This network, private, loopback, link-local, multicast and reserved.
        (0 | 10 | 127 | 224..=255, ..) => true,
        (172, 16..=31, _) | (192, 168, _) | (169, 254, _) => true,
        // Between a carrier and its customers; protocol assignments; tests of equipment; documentation.
        (100, 64..=127, _) | (192, 0, 0 | 2) | (198, 18 | 19, _) => true,
        (198, 51, 100) | (203, 0, 113) => true,
        _ => false,
    }
}

fn is_internal_v6(address: Ipv6Addr) -> bool {
    let inside = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_internal_v4(Ipv4Addr::new(a, b, c, d))
    };
    match address.segments() {
        // Unspecified, loopback, and IPv4 written as IPv6.
        [0, 0, 0, 0, 0, 0 | 0xffff, high, low] => {
            matches!((high, low), (0, 0 | 1)) || inside(high, low)
        }
        // IPv4 behind a translator, and behind 6to4.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => inside(high, low),
        [0x2002, high, low, ..] => inside(high, low),
        // Unique local, link-local, site-local, multicast, documentation.
        [first, second, ..] => {
            first & 0xfe00 == 0xfc00
                || first & 0xff80 == 0xfe80
                || first & 0xff00 == 0xff00
                || (first, second) == (0x2001, 0xdb8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_inside_is_known_in_every_way_of_writing_it() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("127.8.8.8", true),
            ("10.0.0.1", true),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("169.254.169.254", true),
            ("100.64.0.1", true),
            ("0.0.0.0", true),
            ("255.255.255.255", true),
            ("224.0.0.1", true),
            ("203.162.4.190", false),
            ("8.8.8.8", false),
            ("::1", true),
            ("::", true),
            ("::ffff:10.0.0.1", true),
            ("::ffff:8.8.8.8", false),
            ("::127.0.0.1", true),
            ("64:ff9b::a9fe:a9fe", true),
            ("2002:a9fe:a9fe::1", true),
            ("fd00::1", true),
            ("fe80::1", true),
            ("fec0::1", true),
            ("ff02::1", true),
            ("2001:4860:4860::8888", false),
        ] {
            assert_eq!(is_internal(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[tokio::test]
    async fn a_host_that_leads_inside_is_refused_unless_it_is_allowed_by_name() {
        let allowed =
            |hosts: &[&str]| hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        for (host, hosts, expected) in [
            ("localhost", &[][..], Err("localhost")),
            ("LOCALHOST", &["localhost"], Ok(())),
            ("127.0.0.1", &["localhost"], Err("127.0.0.1")),
            ("[::1]", &["::1"], Ok(())),
            ("169.254.169.254", &["127.0.0.1"], Err("169.254.169.254")),
        ] {
            let got = resolve(host, 80, &allowed(hosts)).await;
            match (got, expected) {
                (Ok(_), Ok(())) => {}
                (Err(Fault::Internal { host, .. }), Err(expected)) => assert_eq!(host, expected),
                (got, _) => panic!("{host} with {hosts:?}: {got:?}"),
            }
        }
    }
}
