//! The server is killed while people enter, sign and import; what it acknowledged is there afterwards,
//! and what it did not acknowledge is there wholly or not at all.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{LazyLock, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::ministry::{FILLED, furnish_folder};

const ROUNDS: u64 = 20;
/// Enter and enter; sign.
const ENTERING: [&str; 2] = ["01", "48"];
const SIGNING: [&str; 2] = ["54", "56"];
/// Indicators that are imported of every province at once.
const IMPORTED: [&str; 3] = ["BC.DIEM", "BC.LAODONG", "BC.DN"];

/// The program, serving; killed at the latest when dropped.
pub struct Server {
    pub process: Child,
    pub address: String,
}

impl Server {
    pub fn start(data: &Path) -> Server {
        Server::start_with(data, &[])
    }

    /// The same with more arguments.
    pub fn start_with(data: &Path, more: &[&str]) -> Server {
        let mut process = Command::new(env!("CARGO_BIN_EXE_quantrac"))
            .args(["serve", "--port", "0", "--data"])
            .arg(data)
            .args(more)
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address =
            line.trim().strip_prefix("ready http://").expect("it says that it is ready").to_owned();
        Server { process, address }
    }

    /// As the kernel does it: nothing is told, nothing is flushed.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// One request on a connection of its own; `None` when the server is gone before the whole answer came.
pub fn ask(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    kind: &str,
    body: &str,
) -> Option<(u16, Value)> {
    let (status, answer) = exchange(address, token, method, path, (kind, ""), body.as_bytes())?;
    Some((status, serde_json::from_slice(&answer).unwrap_or_default()))
}

/// The same of any bytes, under an Idempotency-Key if there is one.
fn exchange(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    (kind, key): (&str, &str),
    body: &[u8],
) -> Option<(u16, Vec<u8>)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    let key = if key.is_empty() { String::new() } else { format!("Idempotency-Key: {key}\r\n") };
    let head = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {kind}\r\nContent-Length: {}\r\n{key}Connection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = vec![];
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let body = answer.split_off(end + 4);
    let head = String::from_utf8(answer).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
    // Only a whole answer is an acknowledgement.
    let whole = length.is_some_and(|length: usize| length == body.len());
    whole.then_some((status, body))
}

pub struct Client<'a> {
    pub address: &'a str,
    pub token: &'a str,
}

impl Client<'_> {
    fn send(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let (status, answer) =
            ask(self.address, self.token, method, path, "application/json", &body.to_string())?;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer:#}");
        Some(answer)
    }

    pub fn get(&self, path: &str) -> Value {
        self.send("GET", path, &json!({})).expect("nobody kills it now")
    }
}

/// A cell as it was acknowledged, and what was sent after that.
#[derive(Clone, Default)]
struct Written {
    acknowledged: (u64, String),
    sent: Option<String>,
}

/// How far a form had come: what was acknowledged, and what was asked for last.
#[derive(Clone, Default)]
struct Form {
    path: String,
    acknowledged: &'static str,
    value: u64,
    round: u64,
}

/// What the clients know.
#[derive(Default)]
struct Seen {
    /// By body: the form and its cells.
    cells: BTreeMap<&'static str, (String, BTreeMap<String, Written>)>,
    /// By body and period.
    forms: BTreeMap<(&'static str, String), Form>,
    /// By period.
    imports: BTreeMap<String, File>,
}

/// A file of one value for every row, and whether it was acknowledged.
#[derive(Clone, Copy)]
struct File {
    value: u64,
    acknowledged: bool,
    round: u64,
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_half_applied() {
    let started = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let bodies: Vec<&str> = ENTERING.into_iter().chain(SIGNING).collect();
    let tokens = furnish_folder(folder.path(), &bodies);
    let seen = Mutex::new(Seen::default());
    let (saves, signatures, imports) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let mut random = Random(20_240_805);
    for round in 0..ROUNDS {
        let server = Server::start(folder.path());
        let address = server.address.clone();
        check(&address, &tokens, &mut seen.lock().unwrap(), round);
        let lives = Duration::from_millis(150 + random.below(850));
        thread::scope(|scope| {
            let (address, tokens, seen) = (&address, &tokens, &seen);
            for body in ENTERING {
                let saves = &saves;
                scope.spawn(move || enter(address, tokens, seen, body, saves));
            }
            for body in SIGNING {
                let signatures = &signatures;
                scope.spawn(move || sign(address, tokens, seen, (body, round), signatures));
            }
            let imports = &imports;
            scope.spawn(move || import(address, tokens, seen, round, imports));
            thread::sleep(lives);
            server.kill();
        });
        let verified = Command::new(env!("CARGO_BIN_EXE_quantrac"))
            .args(["verify", "--data"])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(
            verified.status.success(),
            "round {round}: {}",
            String::from_utf8_lossy(&verified.stdout)
        );
    }
    let server = Server::start(folder.path());
    check(&server.address, &tokens, &mut seen.lock().unwrap(), ROUNDS);
    let [saves, signatures, imports] = [saves, signatures, imports].map(AtomicU64::into_inner);
    eprintln!(
        "{ROUNDS} times killed after {saves} saves, {signatures} signatures and {imports} imports, in {:.0} s",
        started.elapsed().as_secs_f64()
    );
    assert!(saves > ROUNDS && signatures > 0 && imports > 0, "{saves} {signatures} {imports}");
}

/// Saves two cells at a time until the server is gone.
fn enter(
    address: &str,
    tokens: &HashMap<String, String>,
    seen: &Mutex<Seen>,
    body: &'static str,
    saves: &AtomicU64,
) {
    let client = Client { address, token: &tokens[&format!("nhap.{body}")] };
    let open = json!({"template": "SO-THANG", "body": body, "period": "2024-07"});
    let Some(form) = client.send("POST", "/submissions", &open) else { return };
    let path = format!("/submissions/{}", form["id"].as_str().unwrap());
    let version = |cell: &str| {
        let cells = form["cells"].as_array().unwrap();
        cells
            .iter()
            .find(|saved| saved["cell"] == cell)
            .map_or(0, |saved| saved["version"].as_u64().unwrap())
    };
    let pairs = [["BC/BC.DIEM/this", "BC/BC.LAODONG/this"], ["VT/VT.BTS/this", "VT/VT.THON/this"]];
    let mut versions: HashMap<&str, u64> =
        pairs.iter().flatten().map(|cell| (*cell, version(cell))).collect();
    for number in 0u64.. {
        let pair = pairs[(number % 2) as usize];
        let value = (saves.load(Ordering::Relaxed) + number).to_string();
        let edits: Vec<Value> = pair
            .iter()
            .map(|cell| json!({"cell": cell, "value": value, "version": versions[cell]}))
            .collect();
        {
            let mut seen = seen.lock().unwrap();
            let (known, cells) = seen.cells.entry(body).or_default();
            known.clone_from(&path);
            for cell in pair {
                cells.entry(cell.to_owned()).or_default().sent = Some(value.clone());
            }
        }
        if client.send("PATCH", &format!("{path}/cells"), &json!({"cells": edits})).is_none() {
            return;
        }
        saves.fetch_add(1, Ordering::Relaxed);
        let mut seen = seen.lock().unwrap();
        let (_, cells) = seen.cells.get_mut(body).unwrap();
        for cell in pair {
            let now = versions.get_mut(cell).unwrap();
            *now += 1;
            cells.insert(
                cell.to_owned(),
                Written { acknowledged: (*now, value.clone()), sent: None },
            );
        }
    }
}

/// Fills, sends and signs the form of one month after another until the server is gone.
fn sign(
    address: &str,
    tokens: &HashMap<String, String>,
    seen: &Mutex<Seen>,
    (body, round): (&'static str, u64),
    signatures: &AtomicU64,
) {
    let enterer = Client { address, token: &tokens[&format!("nhap.{body}")] };
    let head = Client { address, token: &tokens[&format!("ky.{body}")] };
    let months =
        (2010..2024).rev().flat_map(|year| (1..=12).map(move |month| format!("{year}-{month:02}")));
    for period in months {
        let key = (body, period.clone());
        if seen.lock().unwrap().forms.contains_key(&key) {
            continue;
        }
        let value = 1 + signatures.load(Ordering::Relaxed) % 50;
        let note = |path: &str, acknowledged: &'static str| {
            let form = Form { path: path.to_owned(), acknowledged, value, round };
            seen.lock().unwrap().forms.insert(key.clone(), form);
        };
        let open = json!({"template": "SO-THANG", "body": body, "period": period});
        let Some(form) = enterer.send("POST", "/submissions", &open) else { return };
        let path = format!("/submissions/{}", form["id"].as_str().unwrap());
        note(&path, "draft");
        let cells: Vec<Value> = filled(value)
            .into_iter()
            .map(|(cell, value)| json!({"cell": cell, "value": value, "version": 0}))
            .collect();
        if enterer.send("PATCH", &format!("{path}/cells"), &json!({"cells": cells})).is_none()
            || enterer.send("POST", &format!("{path}/submit"), &json!({})).is_none()
        {
            return;
        }
        note(&path, "awaiting_signature");
        if head.send("POST", &format!("{path}/sign"), &json!({})).is_none() {
            return;
        }
        note(&path, "signed");
        signatures.fetch_add(1, Ordering::Relaxed);
    }
}

/// The required cells, with a number of these people's in one of them.
fn filled(value: u64) -> Vec<(String, String)> {
    let lines = FILLED.lines().filter_map(|line| line.trim().split_once('='));
    lines
        .map(|(cell, number)| match cell {
            "BC/BC.BUUGUI/this" => (cell.to_owned(), value.to_string()),
            _ => (cell.to_owned(), number.replace('.', "").replace(',', ".")),
        })
        .collect()
}

/// Imports a file of every province for one month after another until the server is gone.
fn import(
    address: &str,
    tokens: &HashMap<String, String>,
    seen: &Mutex<Seen>,
    round: u64,
    imports: &AtomicU64,
) {
    for number in 0u64.. {
        let Some(day) = (round * 12 + number).checked_rem(28 * 12) else { return };
        let period = format!("2017-{:02}-{:02}", 1 + day / 28, 1 + day % 28);
        if seen.lock().unwrap().imports.contains_key(&period) {
            continue;
        }
        let value = 1000 + round * 100 + number;
        let mut file = String::from("indicator,unit,period,value\n");
        for indicator in IMPORTED {
            for unit in provinces() {
                file.push_str(&format!("{indicator},{unit},{period},{value}\n"));
            }
        }
        let sent = File { value, acknowledged: false, round };
        seen.lock().unwrap().imports.insert(period.clone(), sent);
        let answered = ask(address, &tokens["bo.quantri"], "POST", "/import", "text/csv", &file);
        let Some((status, answer)) = answered else { return };
        assert!((200..300).contains(&status), "{status} {answer:#}");
        seen.lock().unwrap().imports.insert(period, File { acknowledged: true, ..sent });
        imports.fetch_add(1, Ordering::Relaxed);
        if number == 11 {
            return;
        }
    }
}

fn provinces() -> &'static [String] {
    static CODES: LazyLock<Vec<String>> = LazyLock::new(provinces_of_2017);
    &CODES
}

fn provinces_of_2017() -> Vec<String> {
    let units = demonstration::units();
    let day = jiff::civil::date(2017, 1, 1);
    let old = units
        .iter()
        .filter(|unit| unit.kind == model::UnitKind::Province && unit.validity.holds_on(day));
    old.map(|unit| unit.code.to_string()).collect()
}

/// Asks the server that was started again for what was acknowledged in the round before; in the end, for everything.
fn check(address: &str, tokens: &HashMap<String, String>, seen: &mut Seen, round: u64) {
    let client = Client { address, token: &tokens["bo.duyet"] };
    let is_asked = |of: u64| round == ROUNDS || of + 1 == round;
    for (body, (path, cells)) in &mut seen.cells {
        let form = client.get(path);
        let mut found: BTreeMap<&str, (u64, &str)> = BTreeMap::new();
        for cell in form["cells"].as_array().unwrap() {
            found.insert(
                cell["cell"].as_str().unwrap(),
                (cell["version"].as_u64().unwrap(), cell["value"].as_str().unwrap()),
            );
        }
        for (cell, written) in cells.iter_mut() {
            let (version, value) = found.get(cell.as_str()).copied().unwrap_or_default();
            let (known, acknowledged) = &written.acknowledged;
            let kept = version == *known && value == acknowledged;
            let next = version == known + 1 && Some(value) == written.sent.as_deref();
            assert!(
                kept || next,
                "round {round}: {body} {cell} is {value} ({version}) after {known} {acknowledged:?}"
            );
            if next {
                // It was on disk when the server was killed; from now on it may not be lost either.
                *written = Written { acknowledged: (version, value.to_owned()), sent: None };
            }
        }
        for pair in
            [["BC/BC.DIEM/this", "BC/BC.LAODONG/this"], ["VT/VT.BTS/this", "VT/VT.THON/this"]]
        {
            assert_eq!(
                found.get(pair[0]),
                found.get(pair[1]),
                "round {round}: half a save of {body}"
            );
        }
    }
    let order = ["draft", "awaiting_signature", "signed"];
    let place = |state: &str| order.iter().position(|known| *known == state);
    for ((body, period), form) in seen.forms.iter().filter(|(_, form)| is_asked(form.round)) {
        let state = client.get(&form.path);
        let sections: Vec<&str> = state["sections"]
            .as_array()
            .unwrap()
            .iter()
            .map(|section| section["state"].as_str().unwrap())
            .collect();
        assert!(
            sections.iter().all(|state| *state == sections[0]),
            "round {round}: half a move: {sections:?}"
        );
        let stands = place(sections[0]).unwrap_or_else(|| panic!("round {round}: {sections:?}"));
        assert!(
            Some(stands) >= place(form.acknowledged),
            "round {round}: {body} {period} is {}",
            sections[0]
        );
        let saved = state["cells"].as_array().unwrap().len();
        assert!(
            saved == 0 || saved == filled(1).len(),
            "round {round}: half a save of {saved} cells"
        );
        let expected: BTreeMap<String, String> = filled(form.value)
            .into_iter()
            .map(|(cell, value)| (cell.split('/').nth(1).unwrap().to_owned(), value))
            .collect();
        let codes = expected.keys().cloned().collect::<Vec<_>>().join(",");
        let values = client
            .get(&format!("/values?indicator={codes}&unit={body}&period={period}&source=reported"));
        for value in values["values"].as_array().unwrap() {
            let indicator = value["indicator"].as_str().unwrap();
            let wanted = (sections[0] == "signed").then(|| expected[indicator].as_str());
            assert_eq!(
                value["value"].as_str(),
                wanted,
                "round {round}: {indicator} {body} {period}"
            );
        }
    }
    for (period, file) in seen.imports.iter().filter(|(_, file)| is_asked(file.round)) {
        let path = format!(
            "/values?indicator={}&unit={}&period={period}",
            IMPORTED.join(","),
            provinces().join(",")
        );
        let values = client.get(&path);
        let values = values["values"].as_array().unwrap();
        let written = file.value.to_string();
        let there = values.iter().filter(|value| value["value"].as_str() == Some(&written)).count();
        assert!(
            there == values.len() || there == 0,
            "round {round}: {there} of {} rows of {period}",
            values.len()
        );
        assert!(!file.acknowledged || there > 0, "round {round}: the import of {period} is lost");
    }
}

/// Cells of several sections that one upload changes to one number.
const UPLOADED: [&str; 8] = [
    "TN/TN.DOANHTHU/this",
    "TN/TN.LAODONG/this",
    "BC/BC.DOANHTHU/this",
    "VT/VT.TB_DIDONG/this",
    "CDS/CDS.HOSO/this",
    "ATTT/ATTT.TANCONG/this",
    "CN/CN.DN_SO/this",
    "BCTT/BCTT.DAI_XA/this",
];

/// An upload whose answer did not come: under which key, which number, and the file.
struct Upload {
    key: String,
    number: u64,
    file: Vec<u8>,
}

#[test]
fn a_filled_form_that_is_uploaded_while_the_server_is_killed_is_there_wholly_or_not_at_all() {
    let started = Instant::now();
    let folder = tempfile::tempdir().unwrap();
    let tokens = furnish_folder(folder.path(), &["52"]);
    let token = &tokens["nhap.52"];
    let mut random = Random(20_240_806);
    // What stands in the cells: the number and each cell's version.
    let mut known = (0, 0);
    let mut unanswered: Option<Upload> = None;
    let (mut uploads, mut found, mut repeated) = (0, 0, 0);
    for round in 0..=ROUNDS {
        let server = Server::start(folder.path());
        let address = server.address.clone();
        let client = Client { address: &address, token };
        let open = json!({"template": "SO-THANG", "body": "52", "period": "2024-07"});
        let form = client.send("POST", "/submissions", &open).expect("nobody kills it now");
        let path = format!("/submissions/{}", form["id"].as_str().unwrap());
        let sheet = format!("{path}/form.xlsx");
        let upload = |upload: &Upload| {
            let kind = document::workbook::MEDIA_TYPE;
            let path = format!("{sheet}?conflicts=mine");
            let sent = (kind, upload.key.as_str());
            let (status, answer) = exchange(&address, token, "POST", &path, sent, &upload.file)?;
            assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
            Some(())
        };

        let stands = uploaded(&client.get(&path), round);
        match &unanswered {
            None => assert_eq!(stands, known, "round {round}: what was acknowledged"),
            Some(lost) => {
                let next = (lost.number, known.1 + 1);
                assert!(stands == known || stands == next, "round {round}: {stands:?} {known:?}");
                found += u64::from(stands == next);
                // Its sender does not know, and repeats it: it is done once.
                upload(lost).expect("nobody kills it now");
                repeated += 1;
                known = uploaded(&client.get(&path), round);
                assert_eq!(known, next, "round {round}: repeated under its key");
            }
        }
        unanswered = None;
        if round == ROUNDS {
            break;
        }

        let (_, empty) = exchange(&address, token, "GET", &sheet, ("", ""), &[]).unwrap();
        let lives = Duration::from_millis(50 + random.below(700));
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in known.0 + 1.. {
                    let lines: Vec<String> =
                        UPLOADED.iter().map(|cell| format!("{cell}: {number}")).collect();
                    let file = crate::spreadsheet::filled(&empty, &lines.join("\n"));
                    let sent = Upload { key: format!("{round}-{number}"), number, file };
                    if upload(&sent).is_none() {
                        unanswered = Some(sent);
                        return;
                    }
                    known = (number, known.1 + 1);
                    uploads += 1;
                }
            });
            thread::sleep(lives);
            server.kill();
        });
        let verified = Command::new(env!("CARGO_BIN_EXE_quantrac"))
            .args(["verify", "--data"])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stdout));
    }
    eprintln!(
        "{ROUNDS} times killed after {uploads} uploads; of {repeated} without an answer {found} were there, in {:.0} s",
        started.elapsed().as_secs_f64()
    );
    assert!(uploads > 0 && repeated > 0, "{uploads} {repeated}");
}

/// The number that stands in all cells of the upload, and their version; zeros before the first.
fn uploaded(form: &Value, round: u64) -> (u64, u64) {
    let cells = form["cells"].as_array().unwrap();
    let stands: Vec<(u64, u64)> = UPLOADED
        .iter()
        .map(|cell| {
            let saved = cells.iter().find(|saved| saved["cell"] == *cell);
            saved.map_or((0, 0), |saved| {
                let number = saved["value"].as_str().unwrap().parse().unwrap();
                (number, saved["version"].as_u64().unwrap())
            })
        })
        .collect();
    assert!(stands.iter().all(|one| *one == stands[0]), "round {round}: half a file: {stands:?}");
    stands[0]
}

/// The same moments each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }
}
