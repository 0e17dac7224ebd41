//! A connected system of the tests' own: it answers well or badly by the path that is asked, on a port of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;

/// A running system; its threads end with the test.
pub struct System {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

/// An answer with one figure of Bình Định.
fn one_row(period: &str, number: &str) -> String {
    format!(r#"{{"data":[{{"ma":"52","ky":"{period}","so":{number}}}]}}"#)
}

impl System {
    pub fn start() -> System {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let hears = heard.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let hears = hears.clone();
                // Whoever asks may leave in the middle: that is what is tested.
                std::thread::spawn(move || answer(connection, port, &hears).ok());
            }
        });
        System { port, heard }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The first line of every request.
    pub fn asked(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().map(|request| request.lines().next().unwrap_or_default().to_owned()).collect()
    }

    /// How many bytes of a gigabyte it could send before whoever asked had gone.
    pub fn sent(&self) -> u64 {
        for _ in 0..1000 {
            let heard = self.heard();
            let sent = heard.lines().find_map(|line| line.strip_prefix("sent "));
            if let Some(sent) = sent {
                return sent.parse().unwrap();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("it is sending still")
    }

    /// Everything that was sent.
    pub fn heard(&self) -> String {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).join("\n")
    }
}

fn answer(connection: TcpStream, port: u16, heard: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut request = String::new();
    let mut lines = BufReader::new(connection.try_clone()?);
    while !request.ends_with("\r\n\r\n") {
        if lines.read_line(&mut request)? == 0 {
            return Ok(());
        }
    }
    heard.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
    let target = request.split(' ').nth(1).unwrap_or("/").to_owned();
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let period = query.strip_prefix("ky=").unwrap_or("2024-06");
    let mut out = connection;
    let row = |fields: &str| format!(r#"{{"data":[{{{fields}}}]}}"#);
    let text = |out: &mut TcpStream, body: &str| whole(out, "200 OK", "", body.as_bytes());
    let redirect = |out: &mut TcpStream, to: &str| {
        whole(out, "302 Found", &format!("Location: {to}\r\n"), b"")
    };
    let page =
        |next: &str| format!(r#"{{"data":[{{"ma":"52","ky":"2024-06","so":1}}],"next":{next}}}"#);
    match path {
        "/ok" => text(&mut out, &one_row(period, "17.5")),
        "/later" => text(&mut out, &one_row("2024-06", "18")),
        "/echo" => {
            let said = request.replace('"', "'").replace("\r\n", " ");
            text(&mut out, &format!(r#"{{"said":"{said}"}}"#))
        }
        "/html" => text(&mut out, "<html><body>Lỗi hệ thống</body></html>"),
        "/wide" => text(&mut out, r#"{"data":[{"ma":"52","thu":21.5,"san":{"luong":3}}]}"#),
        "/short" => text(&mut out, r#"{"data":[{"ma":"52","ky":"2024-06","so":1"#),
        "/wrong-type" => text(&mut out, &row(r#""ma":"52","ky":"2024-06","so":[17]"#)),
        "/not-a-number" => text(&mut out, &row(r#""ma":"52","ky":"2024-06","so":"mười bảy""#)),
        "/duplicate-key" => text(&mut out, &row(r#""ma":"52","ky":"2024-06","so":1,"so":2"#)),
        "/duplicate-cell" => {
            let one = r#"{"ma":"52","ky":"2024-06","so":1}"#;
            text(&mut out, &format!(r#"{{"data":[{one},{one}]}}"#))
        }
        "/other-period" => text(&mut out, &one_row("2024-05", "1")),
        "/unknown-unit" => text(&mut out, &row(r#""ma":"5200","ky":"2024-06","so":1"#)),
        "/other-unit" => text(&mut out, &row(r#""ma":"48","ky":"2024-06","so":1"#)),
        "/too-many-decimals" => text(&mut out, &one_row("2024-06", "1.123456789")),
        "/no-column" => text(&mut out, &row(r#""ma":"52","ky":"2024-06","tong":1"#)),
        "/nowhere" => text(&mut out, r#"{"rows":[]}"#),
        "/many-rows" => text(&mut out, &format!(r#"{{"data":[{}]}}"#, vec!["{}"; 101].join(","))),
        "/next/1" => text(&mut out, &page(r#""/next/2""#)),
        "/next/2" => text(&mut out, &page("null").replace("52", "48")),
        "/next-for-ever" => text(
            &mut out,
            &page(r#""/next-for-ever""#).replace(r#"{"ma":"52","ky":"2024-06","so":1}"#, ""),
        ),
        "/numbered" if query == "trang=1" => text(&mut out, &page("null")),
        "/numbered" if query == "trang=2" => text(&mut out, &page("null").replace("52", "48")),
        "/numbered" => text(&mut out, r#"{"data":[]}"#),
        "/to-metadata" => redirect(&mut out, "http://169.254.169.254/latest/meta-data/"),
        "/to-localhost" => redirect(&mut out, &format!("http://localhost:{port}/ok")),
        "/to-file" => redirect(&mut out, "file:///etc/passwd"),
        "/loop" => redirect(&mut out, "/loop"),
        "/truncated" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"data\":[")
        }
        "/announced-1gb" => out
            .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n[")
            .and_then(|()| hold(&mut out)),
        "/endless" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")?;
            let chunk = format!("1000\r\n{}\r\n", " ".repeat(0x1000));
            let gigabyte = (1 << 30) / 0x1000;
            for sent in 0..gigabyte {
                if let Err(gone) = out.write_all(chunk.as_bytes()) {
                    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                    heard.push(format!("sent {}", sent * 0x1000));
                    return Err(gone);
                }
            }
            Ok(())
        }
        "/gzip-bomb" => {
            let mut bomb = GzEncoder::new(vec![], Compression::best());
            let zeros = vec![b' '; 1 << 20];
            (0..50).try_for_each(|_| bomb.write_all(&zeros))?;
            let bomb = bomb.finish()?;
            whole(&mut out, "200 OK", "Content-Encoding: gzip\r\n", &bomb)
        }
        "/gzip-broken" => {
            whole(&mut out, "200 OK", "Content-Encoding: gzip\r\n", b"khong phai gzip")
        }
        "/brotli" => whole(&mut out, "200 OK", "Content-Encoding: br\r\n", b"?"),
        "/drip" => {
            out.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")?;
            loop {
                out.write_all(b" ")?;
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        "/silent" => hold(&mut out),
        _ => match (path.strip_prefix("/status/"), path.strip_prefix("/to/")) {
            (Some(status), _) => whole(&mut out, &format!("{status} No"), "", b"{}"),
            (_, Some(port)) => redirect(&mut out, &format!("http://127.0.0.1:{port}/ok")),
            (None, None) => whole(&mut out, "404 Not Found", "", b""),
        },
    }
}

fn whole(out: &mut TcpStream, status: &str, headers: &str, body: &[u8]) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    out.write_all(head.as_bytes())?;
    out.write_all(body)
}

/// Says nothing until whoever asked has gone.
fn hold(out: &mut TcpStream) -> std::io::Result<()> {
    std::io::copy(out, &mut std::io::sink()).map(drop)
}
