//! The short way in for events: what arrives on a connection is looked at before the router sees it.
//!
//! A beacon is always the same few bytes, and a deadline day brings tens of thousands a second; going through routing,
//! identification and rendering would cost several times what the event itself does. So a connection's requests are
//! answered here as long as they are beacons that are taken. Anything else (another address, another method, an event
//! that is refused) is handed on with the bytes that were read, so refusals are said and counted in one place.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::serve::Listener;
use measure::beacon::{EVENT_BYTES, Refusal, read};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::{Beacon, Sender};
use crate::peer;
use crate::state::App;

const BEACON: &[u8] = b"POST /api/v1/events HTTP/1.1\r\n";
/// Taken, and on disk. Any page may have sent it, and none learns anything from the answer.
const TAKEN: &str =
    "HTTP/1.1 204 No Content\r\naccess-control-allow-origin: *\r\ncache-control: no-store\r\n";
/// The most bytes of a request; a longer one is not ours to answer.
const LARGEST: usize = 8192 + EVENT_BYTES;
const MOST_HEADERS: usize = 40;
/// A connection on which nothing comes is closed after so long.
const PATIENCE: Duration = Duration::from_secs(75);

/// A listener whose connections have been answered their beacons.
pub struct Front {
    handed_on: mpsc::Receiver<(HandedOn, SocketAddr)>,
    address: SocketAddr,
}

/// A connection and what was read of it already.
pub struct HandedOn {
    read: Vec<u8>,
    at: usize,
    stream: TcpStream,
}

/// What stands at the front of what was read.
enum Seen<'a> {
    /// A beacon, and how many bytes it is.
    Beacon(Beaconed<'a>, usize),
    /// Not all of it is there.
    Part,
    /// Something else.
    Other,
}

struct Beaconed<'a> {
    body: &'a [u8],
    forwarded: Option<&'a str>,
    agent: &'a str,
    origin: Option<&'a str>,
    declines: bool,
}

impl Front {
    /// Answers beacons on every connection of a listener.
    pub fn new(listener: TcpListener, app: App) -> io::Result<Front> {
        let address = listener.local_addr()?;
        let (hand_on, handed_on) = mpsc::channel(1024);
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    // The router takes no more: the server is being stopped.
                    () = hand_on.closed() => return,
                    accepted = listener.accept() => match accepted {
                        Ok((stream, from)) => {
                            tokio::spawn(answer(stream, from, app.clone(), hand_on.clone()));
                        }
                        Err(error) => {
                            tracing::warn!("accepting: {error}");
                            tokio::time::sleep(Duration::from_millis(100)).await;
                        }
                    },
                }
            }
        });
        Ok(Front { handed_on, address })
    }
}

impl Listener for Front {
    type Io = HandedOn;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (HandedOn, SocketAddr) {
        match self.handed_on.recv().await {
            Some(connection) => connection,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

/// Answers the beacons of a connection, then hands it on; ends with it.
async fn answer(
    mut stream: TcpStream,
    from: SocketAddr,
    app: App,
    hand_on: mpsc::Sender<(HandedOn, SocketAddr)>,
) {
    // A small answer must not wait for the one before it to be confirmed.
    let _ = stream.set_nodelay(true);
    let mut connection = Connection { read: Vec::new(), at: 0, last_peer: None };
    loop {
        let more = match app.beacon.get() {
            Some(beacon) => connection.answer_all(&app, beacon, from, &mut stream).await,
            // The log is not open yet: the router opens it.
            None => More::HandOn,
        };
        match more {
            More::Read => {}
            More::HandOn => break,
            More::Close => return,
        }
        connection.read.reserve(1024);
        let read = stream.read_buf(&mut connection.read);
        match tokio::time::timeout(PATIENCE, read).await {
            Ok(Ok(1..)) => {}
            Ok(Ok(0) | Err(_)) | Err(_) => return,
        }
    }
    let handed_on = HandedOn { read: connection.read, at: connection.at, stream };
    let _ = hand_on.send((handed_on, from)).await;
}

struct Connection {
    read: Vec<u8>,
    at: usize,
    /// The other side as text, with what the proxy said it speaks for.
    last_peer: Option<(Option<String>, String)>,
}

enum More {
    Read,
    HandOn,
    Close,
}

impl Connection {
    /// Answers all that has arrived whole; requests that came together share a group and an answer.
    async fn answer_all(
        &mut self,
        app: &App,
        beacon: &Beacon,
        from: SocketAddr,
        stream: &mut TcpStream,
    ) -> More {
        let mut waiting: Vec<oneshot::Receiver<()>> = vec![];
        let mut more = loop {
            match see(&self.read[self.at..]) {
                Seen::Part => break More::Read,
                Seen::Other => break More::HandOn,
                Seen::Beacon(sent, length) => {
                    let peer = address(&mut self.last_peer, from, sent.forwarded);
                    match take(app, beacon, &sent, peer) {
                        Some(on_disk) => waiting.push(on_disk),
                        None => break More::HandOn,
                    }
                    self.at += length;
                }
            }
        };
        self.read.drain(..self.at);
        self.at = 0;
        if waiting.is_empty() {
            return more;
        }
        let count = waiting.len();
        for on_disk in waiting {
            if on_disk.await.is_err() {
                // The disk refused: nothing is acknowledged, and the sender tries again.
                return More::Close;
            }
        }
        let mut answers = String::with_capacity(count * (TAKEN.len() + 48));
        for _ in 0..count {
            answers.push_str(TAKEN);
            push_date(&mut answers);
            answers.push_str("\r\n");
        }
        if stream.write_all(answers.as_bytes()).await.is_err() {
            more = More::Close;
        }
        more
    }
}

/// Takes an event; nothing when the router has to say why it is refused.
fn take(
    app: &App,
    beacon: &Beacon,
    sent: &Beaconed<'_>,
    address: &str,
) -> Option<oneshot::Receiver<()>> {
    let now = app.now();
    let said = read(sent.body).ok()?;
    let sites = beacon.sites(&app.ministry(), now);
    let (agent, origin) = (sent.agent, sent.origin);
    let sender = Sender { address, agent, origin, declines: sent.declines };
    let (taken, site) = beacon.take(&sites, &said, sender, now).ok()?;
    if taken.is_repeated {
        beacon.refuse(Some(&site.code), Refusal::Replayed, now);
    }
    Some(taken.on_disk)
}

fn address<'a>(
    last: &'a mut Option<(Option<String>, String)>,
    from: SocketAddr,
    forwarded: Option<&str>,
) -> &'a str {
    let is_same = last.as_ref().is_some_and(|(said, _)| said.as_deref() == forwarded);
    if !is_same {
        *last = Some((forwarded.map(str::to_owned), peer::speaks_for(from.ip(), forwarded)));
    }
    last.as_ref().map_or("", |(_, address)| address)
}

fn see(bytes: &[u8]) -> Seen<'_> {
    let known = bytes.len().min(BEACON.len());
    if bytes[..known] != BEACON[..known] {
        return Seen::Other;
    }
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let head = match request.parse(bytes) {
        Ok(httparse::Status::Complete(head)) => head,
        Ok(httparse::Status::Partial) if bytes.len() <= LARGEST => return Seen::Part,
        Ok(httparse::Status::Partial) | Err(_) => return Seen::Other,
    };
    let mut length = None;
    let mut sent =
        Beaconed { body: &[], forwarded: None, agent: "", origin: None, declines: false };
    let mut referer = None;
    for header in request.headers.iter() {
        let Ok(value) = std::str::from_utf8(header.value) else { return Seen::Other };
        let is = |name: &str| header.name.eq_ignore_ascii_case(name);
        // Only what a beacon is made of is understood here.
        match header.name.len() {
            3 if is("dnt") => sent.declines |= value == "1",
            6 if is("origin") => sent.origin = Some(value),
            6 if is("expect") => return Seen::Other,
            7 if is("upgrade") => return Seen::Other,
            7 if is("sec-gpc") => sent.declines |= value == "1",
            7 if is("referer") => referer = Some(value),
            10 if is("user-agent") => sent.agent = value,
            10 if is("connection") && !value.eq_ignore_ascii_case("keep-alive") => {
                return Seen::Other;
            }
            14 if is("content-length") => {
                let Ok(bytes) = value.parse::<usize>() else { return Seen::Other };
                if length.replace(bytes).is_some() {
                    return Seen::Other;
                }
            }
            15 if is("x-forwarded-for") => sent.forwarded = Some(value),
            16 if is("content-encoding") => return Seen::Other,
            17 if is("transfer-encoding") => return Seen::Other,
            _ => {}
        }
    }
    sent.origin = sent.origin.or(referer);
    match length {
        Some(length) if length <= EVENT_BYTES => match bytes.get(head..head + length) {
            Some(body) => {
                sent.body = body;
                Seen::Beacon(sent, head + length)
            }
            None => Seen::Part,
        },
        Some(_) | None => Seen::Other,
    }
}

/// The line that says when; worked out once a second.
fn push_date(into: &mut String) {
    use std::cell::RefCell;
    thread_local! {
        static LAST: RefCell<(i64, String)> = const { RefCell::new((0, String::new())) };
    }
    let now = jiff::Timestamp::now();
    LAST.with_borrow_mut(|(second, line)| {
        if *second != now.as_second() {
            *second = now.as_second();
            *line = now.strftime("date: %a, %d %b %Y %H:%M:%S GMT\r\n").to_string();
        }
        into.push_str(line);
    });
}

impl AsyncRead for HandedOn {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let left = &self.read[self.at..];
        if !left.is_empty() {
            let taken = left.len().min(into.remaining());
            into.put_slice(&left[..taken]);
            self.at += taken;
            if self.at == self.read.len() {
                self.read = vec![];
                self.at = 0;
            }
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl AsyncWrite for HandedOn {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_plain_beacon_is_answered_here() {
        let body = "{}";
        for (request, expected) in [
            ("POST /api/v1/events HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\n\r\n{}".to_owned(), "beacon 2"),
            ("POST /api/v1/events HTTP/1.1\r\nHost: q\r\nContent-Length: 2\r\n\r\n{}POST".into(), "beacon 2"),
            ("POST /api/v1/events HTTP/1.1\r\nHost: q\r\nContent-Length: 3\r\n\r\n{}".into(), "part"),
            ("POST /api/v1/ev".into(), "part"),
            (String::new(), "part"),
            ("POST /api/v1/events HTTP/1.1\r\nHost".into(), "part"),
            ("GET / HTTP/1.1\r\n\r\n".into(), "other"),
            ("POST /api/v1/events/batch HTTP/1.1\r\n\r\n".into(), "other"),
            ("POST /api/v1/events HTTP/1.1\r\nHost: q\r\n\r\n".into(), "other"),
            ("POST /api/v1/events HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n{}".into(), "other"),
            ("POST /api/v1/events HTTP/1.1\r\nContent-Length: 9999\r\n\r\n{}".into(), "other"),
            ("POST /api/v1/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}".into(), "other"),
            ("POST /api/v1/events HTTP/1.1\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}".into(), "other"),
            ("PRI * HTTP/2.0\r\n\r\n".into(), "other"),
            (format!("POST /api/v1/events HTTP/1.1\r\nX: {}", "x".repeat(LARGEST)), "other"),
        ] {
            let seen = match see(request.as_bytes()) {
                Seen::Beacon(sent, length) => {
                    assert_eq!(&request[length - sent.body.len()..length], body);
                    format!("beacon {}", sent.body.len())
                }
                Seen::Part => "part".to_owned(),
                Seen::Other => "other".to_owned(),
            };
            assert_eq!(seen, expected, "{request}");
        }
    }
}
