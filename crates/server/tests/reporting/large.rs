//! A file that is too large is refused as soon as that is known, over the line it comes on, and never held in memory.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::kill::{Server, ask};
use crate::ministry::furnish_folder;

const MIB: usize = 1 << 20;

/// A request that says who asks, how the file comes, and no more.
fn begin(server: &Server, token: &str, path: &str, how: &str) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    // Who has to hear at once does not wait until the rest has been sent.
    stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
    let head = format!(
        "POST /api/v1{path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/octet-stream\r\n{how}\r\n\r\n",
        server.address
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream
}

/// The status and the problem that came back.
fn heard(stream: TcpStream) -> (u16, Value) {
    let mut lines = BufReader::new(stream);
    let (mut head, mut length) = (String::new(), 0);
    while lines.read_line(&mut head).expect("an answer in time") > 2 {
        let last = head.lines().last().unwrap_or_default().to_ascii_lowercase();
        if let Some(said) = last.strip_prefix("content-length: ") {
            length = said.parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body).unwrap();
    assert!(head.to_ascii_lowercase().contains("application/problem+json"), "{head}");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// The most memory that the server ever had, in KiB.
fn most_memory_kib(server: &Server) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.process.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    most.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
fn a_file_of_500_mb_is_refused_before_it_has_come() {
    let folder = tempfile::tempdir().unwrap();
    let tokens = furnish_folder(folder.path(), &["52"]);
    let server = Server::start(folder.path());
    let open = json!({"template": "SO-THANG", "body": "52", "period": "2024-07"}).to_string();
    let kind = "application/json";
    let token = &tokens["nhap.52"];
    let (_, form) = ask(&server.address, token, "POST", "/submissions", kind, &open).unwrap();
    let form = format!("/submissions/{}", form["id"].as_str().unwrap());
    let announced = format!("Content-Length: {}", 500 * MIB);
    for (who, path, most_mib) in [
        ("nhap.52", format!("{form}/form.xlsx?dry_run=true"), 8),
        ("nhap.52", format!("{form}/form.xlsx"), 8),
        ("nhap.52", "/forms.xlsx".to_owned(), 8),
        ("nhap.52", format!("{form}/own-report"), 8),
        ("nhap.52", format!("{form}/scans?name=a.pdf"), 10),
        ("bo.quantri", "/import".to_owned(), 64),
    ] {
        let after = if path.contains('?') { '&' } else { '?' };
        for (language, said) in
            [("vi", format!("tối đa {most_mib} MB.")), ("en", format!("{most_mib} MB at most."))]
        {
            let path = format!("{path}{after}lang={language}");
            let mut stream = begin(&server, &tokens[who], &path, &announced);
            stream.write_all(&vec![b'P'; MIB / 16]).unwrap();
            let (status, problem) = heard(stream);
            assert_eq!((status, &problem["code"]), (413, &json!("too_large")), "{path}");
            assert!(problem["detail"].as_str().unwrap().contains(&said), "{path}: {problem}");
        }
    }

    // Of one that does not say how large it is, no more is kept than may come.
    let before = most_memory_kib(&server);
    let how = "Transfer-Encoding: chunked";
    let mut stream = begin(&server, token, &format!("{form}/form.xlsx"), how);
    let chunk = [format!("{MIB:x}\r\n").into_bytes(), vec![b'P'; MIB], b"\r\n".to_vec()].concat();
    for _ in 0..100 {
        stream.write_all(&chunk).unwrap();
    }
    stream.write_all(b"0\r\n\r\n").unwrap();
    assert_eq!(heard(stream).0, 413);
    let more = most_memory_kib(&server) - before;
    assert!(more < 40 * 1024, "100 MB took {more} KiB");
    let (_, unchanged) = ask(&server.address, token, "GET", &form, kind, "").unwrap();
    assert_eq!(unchanged["cells"], json!([]));
}
