//! Where a request comes from, so that whoever tries secrets one after the other can be slowed down.
//!
//! Behind a proxy on the same machine or network everybody would be the proxy; it says in `X-Forwarded-For`, as the
//! last address, whom it speaks for. Anybody else's word for that is not taken.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};

use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::serve::{IncomingStream, Listener};

use crate::patience::Patient;

/// The other side of a connection.
#[derive(Clone, Copy, Debug)]
pub struct Connection(SocketAddr);

impl<L: Listener<Addr = SocketAddr>> Connected<IncomingStream<'_, Patient<L>>> for Connection {
    fn connect_info(stream: IncomingStream<'_, Patient<L>>) -> Connection {
        Connection(*stream.remote_addr())
    }
}

/// Where a request comes from, as an address; empty where that is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Peer, Infallible> {
        let connection = parts.extensions.get::<ConnectInfo<Connection>>();
        let address = connection.map(|ConnectInfo(Connection(address))| address.ip());
        let last = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let said = last.and_then(|value| value.to_str().ok());
        Ok(Peer(address.map_or_else(String::new, |address| speaks_for(address, said))))
    }
}

/// Whom a connection from an address speaks for, given the last `X-Forwarded-For` on it.
pub fn speaks_for(address: IpAddr, forwarded: Option<&str>) -> String {
    let is_near = match address {
        IpAddr::V4(address) => address.is_loopback() || address.is_private(),
        IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    };
    let said = forwarded.and_then(|value| value.rsplit(',').next()?.trim().parse().ok());
    let of: IpAddr = said.filter(|_| is_near).unwrap_or(address);
    of.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_nearby_is_believed_and_nobody_else() {
        for (address, said, expected) in [
            ("203.0.113.7", None, "203.0.113.7"),
            ("203.0.113.7", Some("198.51.100.1"), "203.0.113.7"),
            ("127.0.0.1", Some("198.51.100.1"), "198.51.100.1"),
            ("10.0.0.2", Some("198.51.100.1, 198.51.100.2"), "198.51.100.2"),
            ("::1", Some("2001:db8::1"), "2001:db8::1"),
            ("127.0.0.1", Some("unknown"), "127.0.0.1"),
            ("127.0.0.1", None, "127.0.0.1"),
        ] {
            assert_eq!(speaks_for(address.parse().unwrap(), said), expected, "{address}");
        }
    }
}
