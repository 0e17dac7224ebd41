//! A client of one kept-alive HTTP/1.1 connection.
//!
//! The load must cost little beside the server that shares its two cores, so this does only what the bench needs:
//! one request, one answer, by length or in chunks.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// No answer of the bench may take longer.
const PATIENCE: Duration = Duration::from_secs(300);

pub struct Client {
    address: String,
    connection: BufReader<TcpStream>,
}

pub struct Answer {
    pub status: u16,
    /// The name and value of the first cookie set.
    pub cookie: Option<String>,
    pub body: Vec<u8>,
}

/// Who asks, and what the body is.
#[derive(Clone, Copy, Default)]
pub struct Sender<'a> {
    pub cookie: &'a str,
    pub content_type: &'a str,
    /// Required by every write.
    pub idempotency_key: &'a str,
    /// What a program proves itself by.
    pub bearer: &'a str,
}

impl Client {
    pub fn connect(address: &str) -> Result<Self> {
        let stream =
            TcpStream::connect(address).with_context(|| format!("connecting to {address}"))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(Self {
            address: address.to_owned(),
            connection: BufReader::with_capacity(1 << 16, stream),
        })
    }

    pub fn request(
        &mut self,
        method: &str,
        path: &str,
        from: Sender<'_>,
        body: &[u8],
    ) -> Result<Answer> {
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nAccept: application/json\r\nContent-Length: {}\r\n",
            self.address,
            body.len()
        );
        for (name, value) in [
            ("Cookie", from.cookie),
            ("Content-Type", from.content_type),
            ("Idempotency-Key", from.idempotency_key),
        ] {
            if !value.is_empty() {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
        }
        if !from.bearer.is_empty() {
            head.push_str(&format!("Authorization: Bearer {}\r\n", from.bearer));
        }
        head.push_str("\r\n");
        let mut whole = head.into_bytes();
        whole.extend_from_slice(body);
        self.connection.get_mut().write_all(&whole).with_context(|| format!("{method} {path}"))?;
        read_answer(&mut self.connection).with_context(|| format!("{method} {path}"))
    }
}

impl Answer {
    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(&self.body).context("the answer is not JSON")
    }

    /// The answer, refusing any status that is not a success.
    pub fn ok(self) -> Result<Self> {
        ensure!(
            (200..300).contains(&self.status),
            "{}: {}",
            self.status,
            String::from_utf8_lossy(&self.body)
        );
        Ok(self)
    }
}

fn read_answer(from: &mut impl BufRead) -> Result<Answer> {
    let first = read_line(from)?;
    let status =
        first.split(' ').nth(1).and_then(|status| status.parse().ok()).context("no status line")?;
    let (mut length, mut chunked, mut cookie) = (0, false, None);
    loop {
        let line = read_line(from)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().context("Content-Length")?,
            "transfer-encoding" => chunked = value.eq_ignore_ascii_case("chunked"),
            "set-cookie" if cookie.is_none() => cookie = value.split(';').next().map(str::to_owned),
            _ => {}
        }
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let size = usize::from_str_radix(
                read_line(from)?.split(';').next().unwrap_or_default().trim(),
                16,
            )
            .context("the size of a chunk")?;
            read_exactly(from, size, &mut body)?;
            read_line(from)?;
            if size == 0 {
                break;
            }
        }
    } else {
        read_exactly(from, length, &mut body)?;
    }
    Ok(Answer { status, cookie, body })
}

fn read_line(from: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if from.read_line(&mut line)? == 0 {
        bail!("the server closed the connection");
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

fn read_exactly(from: &mut impl BufRead, length: usize, body: &mut Vec<u8>) -> Result<()> {
    let start = body.len();
    body.resize(start + length, 0);
    from.read_exact(&mut body[start..]).context("the answer is cut short")
}

#[cfg(test)]
mod tests {
    use super::read_answer;

    #[test]
    fn answers_are_read_by_length_and_in_chunks() {
        let rows = [
            ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nokHTTP", 200, "ok", None),
            ("HTTP/1.1 204 No Content\r\n\r\n", 204, "", None),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                200,
                "abc",
                None,
            ),
            (
                "HTTP/1.1 200 OK\r\nSet-Cookie: s=1; Path=/\r\ncontent-length: 0\r\n\r\n",
                200,
                "",
                Some("s=1"),
            ),
        ];
        for (text, status, body, cookie) in rows {
            let answer = read_answer(&mut text.as_bytes()).unwrap();
            assert_eq!(
                (answer.status, answer.body, answer.cookie.as_deref()),
                (status, body.into(), cookie)
            );
        }
        assert!(
            read_answer(&mut "HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok".as_bytes()).is_err()
        );
        assert!(read_answer(&mut "".as_bytes()).is_err());
    }
}
