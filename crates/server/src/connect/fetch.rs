//! Asking an address by HTTP: within limits of size and time, following redirects to where may be asked, page by page.
//!
//! It is done on hyper and not by a client that does more: what is connected to has to be the address that was checked,
//! the body has to be counted while it comes, and a secret goes to the origin it was entered for and to no other.

use std::io::Read;
use std::sync::LazyLock;
use std::time::Duration;

use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Empty};
use hyper::body::{Bytes, Incoming};
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use measure::connector::answer::{Reading, next_link};
use measure::connector::placeholder::written_out;
use measure::connector::{Fault, Format, Http, Paging, SignIn};
use model::Period;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore};
use url::Url;

use super::Trace;
use super::address::resolve;

/// So many redirects are followed for one page.
const REDIRECTS: usize = 5;
/// So much of an answer that is no success is kept for whoever tests.
const ERROR_BYTES: u64 = 8 << 10;

/// Asks for every page of a period and reads them. What was asked and answered stands in the trace, also of a failure.
pub async fn read_pages(
    http: &Http,
    secret: Option<&str>,
    period: Period,
    trace: &mut Trace,
    reading: &mut Reading<'_>,
) -> Result<(), Fault> {
    let limits = http.pull.limits;
    let first = address(&written_out(&http.url, period)?)?;
    let mut url = match &http.paging {
        Paging::Number { parameter, first: number } => numbered(&first, parameter, *number),
        Paging::One | Paging::NextLink(_) => first.clone(),
    };
    let mut left = limits.most_bytes;
    let mut pages = 0;
    loop {
        pages += 1;
        if pages > limits.most_pages {
            return Err(Fault::TooManyPages(limits.most_pages));
        }
        let bytes = get(http, secret, &first, url.clone(), left, trace).await?;
        left -= bytes.len() as u64;
        let rows = match &http.format {
            Format::Json { rows } => reading.json(&bytes, rows)?,
            Format::Csv => reading.csv(&bytes)?,
        };
        url = match &http.paging {
            Paging::One => return Ok(()),
            Paging::NextLink(path) => match next_link(&bytes, path)? {
                None => return Ok(()),
                Some(link) => url.join(&link).map_err(|_| bad_address(&link))?,
            },
            Paging::Number { .. } if rows == 0 => return Ok(()),
            Paging::Number { parameter, first: number } => {
                numbered(&first, parameter, number.saturating_add(pages))
            }
        };
    }
}

fn bad_address(text: &str) -> Fault {
    Fault::BadAddress(text.chars().take(200).collect())
}

/// An address that can be asked: `http` or `https` with a host, without a name and a password.
pub fn address(text: &str) -> Result<Url, Fault> {
    let bad = || bad_address(text);
    let url = Url::parse(text.trim()).map_err(|_| bad())?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let may_be = matches!(url.scheme(), "http" | "https") && url.has_host() && is_plain;
    if may_be { Ok(url) } else { Err(bad()) }
}

fn numbered(first: &Url, parameter: &str, number: u64) -> Url {
    let mut url = first.clone();
    url.query_pairs_mut().append_pair(parameter, &number.to_string());
    url
}

/// One page, after redirects.
async fn get(
    http: &Http,
    secret: Option<&str>,
    first: &Url,
    mut url: Url,
    most_bytes: u64,
    trace: &mut Trace,
) -> Result<Vec<u8>, Fault> {
    for _ in 0..=REDIRECTS {
        let url_now = address(url.as_str())?;
        let headers = headers(http, secret, url_now.origin() == first.origin())?;
        trace.asked(&url_now, &headers, http);
        let (response, connection) = send(http, &url_now, headers).await?;
        let status = response.status();
        trace.status = Some(status.as_u16());
        if !status.is_redirection() {
            let limit = if status.is_success() { most_bytes } else { ERROR_BYTES.min(most_bytes) };
            let read = body(http, response, limit).await;
            drop(connection);
            return match (read, status.is_success()) {
                (Ok(bytes), true) => {
                    trace.came(&bytes);
                    Ok(bytes)
                }
                (Ok(bytes), false) => {
                    trace.answered(&bytes);
                    Err(Fault::Status(status.as_u16()))
                }
                (Err(fault), true) => Err(fault),
                (Err(_), false) => Err(Fault::Status(status.as_u16())),
            };
        }
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|location| location.to_str().ok());
        let location = match (location, status) {
            (Some(location), status) if status != StatusCode::NOT_MODIFIED => location,
            _ => return Err(Fault::Status(status.as_u16())),
        };
        url = url_now.join(location).map_err(|_| bad_address(location))?;
    }
    Err(Fault::Redirects(REDIRECTS))
}

/// The headers of a request; what was entered for one origin goes to no other.
fn headers(
    http: &Http,
    secret: Option<&str>,
    is_first_origin: bool,
) -> Result<Vec<(HeaderName, HeaderValue)>, Fault> {
    let mut headers = vec![
        (header::USER_AGENT, HeaderValue::from_static("Quantrac")),
        (header::ACCEPT_ENCODING, HeaderValue::from_static("gzip")),
        (
            header::ACCEPT,
            HeaderValue::from_static(match http.format {
                Format::Json { .. } => "application/json",
                Format::Csv => "text/csv",
            }),
        ),
    ];
    if !is_first_origin {
        return Ok(headers);
    }
    for (name, value) in &http.headers {
        let bad = || bad_address(name);
        let named = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad())?;
        let value = HeaderValue::from_str(value).map_err(|_| bad())?;
        headers.retain(|(other, _)| *other != named);
        headers.push((named, value));
    }
    let shown = |text: String| {
        let mut value = HeaderValue::from_str(&text).map_err(|_| Fault::NoSecret)?;
        value.set_sensitive(true);
        Ok(value)
    };
    match (&http.sign_in, secret) {
        (SignIn::Open, _) => {}
        (_, None) => return Err(Fault::NoSecret),
        (SignIn::Bearer, Some(secret)) => {
            headers.push((header::AUTHORIZATION, shown(format!("Bearer {secret}"))?));
        }
        (SignIn::Basic { user }, Some(secret)) => {
            use base64::Engine;
            let pair = base64::prelude::BASE64_STANDARD.encode(format!("{user}:{secret}"));
            headers.push((header::AUTHORIZATION, shown(format!("Basic {pair}"))?));
        }
        (SignIn::Header { name }, Some(secret)) => {
            let named = HeaderName::from_bytes(name.as_bytes()).map_err(|_| bad_address(name))?;
            headers.push((named, shown(secret.to_owned())?));
        }
    }
    Ok(headers)
}

/// What keeps a connection going; it ends with this.
struct Going(tokio::task::JoinHandle<()>);

impl Drop for Going {
    fn drop(&mut self) {
        self.0.abort();
    }
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends the request and waits for the head of the answer.
async fn send(
    http: &Http,
    url: &Url,
    headers: Vec<(HeaderName, HeaderValue)>,
) -> Result<(Response<Incoming>, Going), Fault> {
    let host = url.host_str().ok_or_else(|| bad_address(url.as_str()))?;
    let port = url.port_or_known_default().ok_or_else(|| bad_address(url.as_str()))?;
    let unreached = || Fault::NotReached(host.to_owned());
    let stream = in_time(http, connect(http, host, port, url.scheme() == "https")).await??;
    let shaken = hyper::client::conn::http1::handshake::<_, Empty<Bytes>>(TokioIo::new(stream));
    let (mut sender, connection) = in_time(http, shaken).await?.map_err(|_| unreached())?;
    let going = Going(tokio::spawn(async move {
        // What goes wrong on the way is said by whoever waits for the answer.
        let _ = connection.await;
    }));
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let authority = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let mut request = Request::get(path).header(header::HOST, authority);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request.body(Empty::new()).map_err(|_| bad_address(url.as_str()))?;
    let response = in_time(http, sender.send_request(request)).await?;
    Ok((response.map_err(|_| Fault::CutOff)?, going))
}

async fn connect(
    http: &Http,
    host: &str,
    port: u16,
    with_tls: bool,
) -> Result<Box<dyn Stream>, Fault> {
    let unreached = || Fault::NotReached(host.to_owned());
    let addresses = resolve(host, port, &http.pull.internal_hosts).await?;
    let tcp = TcpStream::connect(&addresses[..]).await.map_err(|_| unreached())?;
    if !with_tls {
        return Ok(Box::new(tcp));
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    let name = ServerName::try_from(bare).map_err(|_| bad_address(host))?;
    let connecting = TlsConnector::from(TRUSTING.clone()).connect(name, tcp);
    match connecting.await {
        Ok(stream) => Ok(Box::new(stream)),
        Err(error) => {
            let said = error.get_ref().and_then(|error| error.downcast_ref::<rustls::Error>());
            Err(match said {
                Some(rustls::Error::InvalidCertificate(_)) => Fault::NotTrusted(host.to_owned()),
                _ => unreached(),
            })
        }
    }
}

/// Whom this machine trusts.
static TRUSTING: LazyLock<std::sync::Arc<ClientConfig>> = LazyLock::new(|| {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!("certificates of this machine: {error}");
    }
    roots.add_parsable_certificates(found.certs);
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.expect("the provider has the versions that it is built with");
    std::sync::Arc::new(versions.with_root_certificates(roots).with_no_client_auth())
});

/// Whether a text has certificates of authorities as PEM, and every one of them can be read.
pub fn is_authority(pem: &str) -> bool {
    use tokio_rustls::rustls::pki_types::CertificateDer;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    let mut roots = RootCertStore::empty();
    let is_good = CertificateDer::pem_slice_iter(pem.as_bytes())
        .all(|read| read.is_ok_and(|certificate| roots.add(certificate).is_ok()));
    is_good && !roots.is_empty()
}

/// Waits no longer than the system may be silent.
async fn in_time<T>(http: &Http, waiting: impl Future<Output = T>) -> Result<T, Fault> {
    let idle = http.pull.limits.idle_seconds;
    let waited = tokio::time::timeout(Duration::from_secs(idle), waiting).await;
    waited.map_err(|_| Fault::Silent(idle))
}

/// The body, counted while it comes, and again while it is unpacked.
async fn body(http: &Http, response: Response<Incoming>, most: u64) -> Result<Vec<u8>, Fault> {
    let too_large = || Fault::TooLarge(http.pull.limits.most_bytes);
    let encoding = response.headers().get(header::CONTENT_ENCODING).cloned();
    let announced = response.headers().get(header::CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most) {
        return Err(too_large());
    }
    let mut body = response.into_body();
    let mut read: Vec<u8> = vec![];
    while let Some(frame) = in_time(http, body.frame()).await? {
        let frame = frame.map_err(|_| Fault::CutOff)?;
        let Some(data) = frame.data_ref() else { continue };
        if (read.len() + data.len()) as u64 > most {
            return Err(too_large());
        }
        read.extend_from_slice(data);
    }
    match encoding.as_ref().map(|encoding| encoding.to_str().unwrap_or("?")) {
        None | Some("identity") => Ok(read),
        Some("gzip" | "x-gzip") => {
            let unpacked = tokio::task::spawn_blocking(move || {
                let mut unpacked = vec![];
                let unpacking = GzDecoder::new(&read[..]).take(most + 1).read_to_end(&mut unpacked);
                unpacking.map(|_| unpacked)
            });
            let unpacked = unpacked.await.map_err(|_| Fault::CutOff)?;
            let unpacked = unpacked.map_err(|_| Fault::CutOff)?;
            if unpacked.len() as u64 > most { Err(too_large()) } else { Ok(unpacked) }
        }
        Some(other) => Err(Fault::Encoding(other.chars().take(40).collect())),
    }
}
