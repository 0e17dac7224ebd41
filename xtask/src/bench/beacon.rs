//! Beacons, counted and on disk before the answer, beside nginx that answers an empty 204 and keeps nothing.
//!
//! wrk sends both the very same bytes in turns, so whatever else the machine does falls on both. Then the server is
//! killed under load again and again, and everything that it acknowledged, and everything that was sent, is sent again.

mod asked;

use super::http::{Client, Sender};
use super::{Measurement, Rival, Scale, submit};
use crate::machine;
use crate::process::{self, MINUTE, Scratch, Service};
use crate::server::Server;
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

const BINARY: &str = "target/release/quantrac";
const KEY: &str = "mau52quantracdemo";
const SECRET: &str = "quantrac-demo-portal";
const PORTAL: &str = "/api/v1/beacon/52-mau";
/// Ticks of `/proc/PID/stat` a second on Linux.
const TICKS: f64 = 100.0;
const CLIENTS: usize = 32;
/// A batch takes no more.
const BATCH: usize = 1000;

/// How wrk asks.
struct Load {
    name: &'static str,
    connections: usize,
    /// Requests that a connection sends together.
    depth: usize,
}

const LOADS: [Load; 3] = [
    Load { name: "64 connections", connections: 64, depth: 1 },
    Load { name: "64 connections, 16 requests together", connections: 64, depth: 16 },
    Load { name: "1,024 connections", connections: 1024, depth: 1 },
];

/// What wrk saw, and what it cost the other side.
#[derive(Clone, Copy, Default)]
struct Saw {
    requests_a_second: f64,
    p99_ms: f64,
    cpu_us: f64,
}

pub fn measure(scale: Scale) -> Result<Vec<Measurement>> {
    machine::ensure_programs(&[("nginx", "nginx-light"), ("wrk", "wrk")])?;
    let (rounds, seconds, kills) = match scale {
        Scale::Full => (3, 4, 20),
        Scale::Quick => (1, 1, 2),
    };
    let folder = Scratch::new("bench-beacon")?;
    let data = folder.path().join("data");
    let config = folder.path().join("quantrac.toml");
    fs::write(&config, "events_a_second = 10000000\n")?;
    let start = || {
        let config = config.to_str().context("a path in UTF-8")?;
        Server::start(Path::new(BINARY), "demo", &data, &["--config", config], 10 * MINUTE)
    };
    let server = start()?;
    let nginx = Nginx::start(&folder)?;
    let script = folder.path().join("beacon.lua");
    fs::write(&script, include_str!("beacon.lua"))?;
    let mut measurements = vec![];
    let mut run = 0;
    for load in &LOADS {
        process::say(&format!("{} for {seconds} s, {rounds} times in turns", load.name));
        let (mut own, mut rival) = (vec![], vec![]);
        for _ in 0..rounds {
            run += 1;
            rival.push(wrk(&script, load, nginx.address(), seconds, run, &|| nginx.ticks())?);
            let ticks = || ticks_of(server.id());
            own.push(wrk(&script, load, server.address(), seconds, run, &ticks)?);
        }
        measurements.extend(beside(load, &own, &rival));
    }
    drop(nginx);
    drop(server);
    measurements.extend(kill_under_load(&start, kills)?);
    measurements.push(uniques(&start, scale)?);
    measurements.extend(asked::measure(scale, folder.path())?);
    Ok(measurements)
}

fn beside(load: &Load, own: &[Saw], rival: &[Saw]) -> Vec<Measurement> {
    let line = |case: &str, unit, of: fn(&Saw) -> f64, is_rate: bool| {
        let (value, other) = (median(own, of), median(rival, of));
        let ratio = if is_rate { value / other } else { other / value };
        Measurement {
            bench: "beacon",
            case: format!("{}, {case}", load.name),
            value,
            unit,
            rival: Some(Rival { name: "nginx 204", value: other, ratio }),
        }
    };
    let mut lines = vec![line("rate", "events/s", |saw| saw.requests_a_second, true)];
    // Of requests that are sent together wrk times the first answer only.
    if load.depth == 1 {
        lines.push(line("p99", "ms", |saw| saw.p99_ms, false));
    }
    lines.push(line("processor", "µs/event", |saw| saw.cpu_us, false));
    lines
}

fn median(saw: &[Saw], of: fn(&Saw) -> f64) -> f64 {
    let mut values: Vec<f64> = saw.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn wrk(
    script: &Path,
    load: &Load,
    address: &str,
    seconds: u64,
    run: usize,
    ticks: &dyn Fn() -> Result<u64>,
) -> Result<Saw> {
    let before = ticks()?;
    let mut wrk = process::bounded(MINUTE, "wrk");
    wrk.args(["--threads", "2", "--latency", "--connections", &load.connections.to_string()]);
    wrk.args(["--duration", &format!("{seconds}s"), "--script"]).arg(script);
    wrk.env("QUANTRAC_DEPTH", load.depth.to_string()).env("QUANTRAC_RUN", run.to_string());
    let printed = process::output("wrk", wrk.arg(format!("http://{address}/api/v1/events")))?;
    let used = ticks()? - before;
    let (mut saw, requests) = read_wrk(&printed).with_context(|| format!("reading {printed}"))?;
    saw.cpu_us = used as f64 / TICKS * 1e6 / requests;
    Ok(saw)
}

/// What wrk printed, and how many requests were answered; refused ones end the run.
fn read_wrk(printed: &str) -> Result<(Saw, f64)> {
    let after = |label: &str| {
        let line = printed.lines().find_map(|line| line.trim().strip_prefix(label));
        line.map(str::trim).with_context(|| format!("no “{label}”"))
    };
    ensure!(!printed.contains("Non-2xx"), "requests were refused");
    let requests = printed.lines().find_map(|line| line.trim().split_once(" requests in "));
    let requests: f64 = requests.context("no requests")?.0.parse()?;
    let p99_ms = milliseconds(after("99%")?)?;
    let requests_a_second = after("Requests/sec:")?.parse()?;
    Ok((Saw { requests_a_second, p99_ms, cpu_us: 0.0 }, requests))
}

/// `912.00us`, `3.10ms`, `1.02s`.
fn milliseconds(text: &str) -> Result<f64> {
    let (number, factor) = match text {
        text if text.ends_with("us") => (text.trim_end_matches("us"), 0.001),
        text if text.ends_with("ms") => (text.trim_end_matches("ms"), 1.0),
        text => (text.trim_end_matches('s'), 1000.0),
    };
    Ok(number.parse::<f64>().with_context(|| format!("reading “{text}”"))? * factor)
}

/// nginx as Debian has it, with as many workers as there are cores, and nothing written.
struct Nginx {
    service: Service,
    address: String,
    _folder: Scratch,
}

impl Nginx {
    fn start(_: &Scratch) -> Result<Nginx> {
        let folder = Scratch::new("bench-nginx")?;
        let port = process::free_port()?;
        let place = folder.path().display();
        let config = folder.path().join("nginx.conf");
        fs::write(
            &config,
            format!(
                "worker_processes auto; daemon off; pid {place}/pid; error_log {place}/error.log crit;\n\
                 events {{ worker_connections 4096; }}\n\
                 http {{ access_log off; keepalive_requests 1000000000; client_body_temp_path {place}/body;\n\
                 proxy_temp_path {place}/p; fastcgi_temp_path {place}/f; uwsgi_temp_path {place}/u; scgi_temp_path {place}/s;\n\
                 server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 204; }} }} }}\n"
            ),
        )?;
        let mut service = Service::start(
            "nginx",
            "TERM",
            Command::new("setpriv")
                .args(["--pdeathsig", "TERM", "--", "nginx", "-c"])
                .arg(&config)
                .args(["-e", "stderr"])
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let address = format!("127.0.0.1:{port}");
        service.wait_until(MINUTE, || std::net::TcpStream::connect(&address).ok())?;
        Ok(Nginx { service, address, _folder: folder })
    }

    fn address(&self) -> &str {
        &self.address
    }

    /// Of the master and its workers.
    fn ticks(&self) -> Result<u64> {
        let master = self.service.id();
        let children = fs::read_to_string(format!("/proc/{master}/task/{master}/children"))?;
        let mut all = ticks_of(master)?;
        for worker in children.split_whitespace() {
            all += ticks_of(worker.parse()?)?;
        }
        Ok(all)
    }
}

/// Ticks of the processor that a process has used.
fn ticks_of(id: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    ticks_in(&stat).context("reading the ticks of a process")
}

/// The name in the middle may have spaces; user and system time are the 12th and 13th after it.
fn ticks_in(stat: &str) -> Option<u64> {
    let mut fields = stat.rsplit_once(") ")?.1.split(' ').skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// What the clients know of the events they sent.
#[derive(Default)]
struct Sent {
    acknowledged: Vec<u64>,
    begun: Vec<u64>,
}

fn kill_under_load(start: &dyn Fn() -> Result<Server>, kills: usize) -> Result<Vec<Measurement>> {
    process::say(&format!("killing it {kills} times under load"));
    let (number, sent) = (AtomicU64::new(0), Mutex::new(Sent::default()));
    let before = {
        let server = start()?;
        events_of_submitted(&server)?
    };
    for round in 0..kills {
        let server = start()?;
        let address = server.address().to_owned();
        thread::scope(|scope| -> Result<()> {
            for _ in 0..CLIENTS {
                scope.spawn(|| send_until_killed(&address, &number, &sent));
            }
            thread::sleep(Duration::from_millis(200 + (round as u64 * 137) % 800));
            server.kill()
        })?;
    }
    let sent = sent.into_inner().expect("no client panics");
    let server = start()?;
    let mut client = Client::connect(server.address())?;
    let (lost, _) = send_again(&mut client, &sent.acknowledged)?;
    let (_, known) = send_again(&mut client, &sent.begun)?;
    ensure!(known as usize >= sent.acknowledged.len(), "{known} of those sent again are known");
    let deadline = Instant::now() + MINUTE;
    let mut counted = 0;
    while counted != sent.begun.len() as u64 && Instant::now() < deadline {
        counted = events_of_submitted(&server)? - before;
        thread::sleep(Duration::from_millis(50));
    }
    let line = |case: &str, value: f64, unit| Measurement {
        bench: "beacon",
        case: format!("killed {kills} times under load, {case}"),
        value,
        unit,
        rival: None,
    };
    let off = counted.abs_diff(sent.begun.len() as u64);
    Ok(vec![
        line("acknowledged", sent.acknowledged.len() as f64, "events"),
        line("acknowledged and lost", lost as f64, "events"),
        line("counted wrongly after all was sent again", off as f64, "events"),
    ])
}

fn send_until_killed(address: &str, number: &AtomicU64, sent: &Mutex<Sent>) {
    let Ok(mut client) = Client::connect(address) else { return };
    let (mut acknowledged, mut begun) = (vec![], vec![]);
    loop {
        let id = number.fetch_add(1, Ordering::Relaxed);
        begun.push(id);
        let body = json!({"key": KEY, "event": "submitted", "service": "1.004206",
            "dossier": format!("{id:032}"), "id": format!("killed-{id:012}")});
        let from = Sender { content_type: "text/plain", ..Sender::default() };
        match client.request("POST", "/api/v1/events", from, body.to_string().as_bytes()) {
            Ok(answer) if answer.status == 204 => acknowledged.push(id),
            _ => break,
        }
    }
    let mut sent = sent.lock().expect("no client panics");
    sent.acknowledged.extend(acknowledged);
    sent.begun.extend(begun);
}

/// Sends events again in batches; answers how many were taken as new, and how many were known.
fn send_again(client: &mut Client, ids: &[u64]) -> Result<(u64, u64)> {
    let (mut taken, mut repeated) = (0, 0);
    for ids in ids.chunks(BATCH) {
        let event = |id: &u64| {
            json!({"event": "submitted", "service": "1.004206", "dossier": format!("{id:032}"),
                "id": format!("killed-{id:012}"), "agent": ""})
        };
        let answer = batch(client, ids.iter().map(event).collect())?;
        taken += answer["taken"].as_u64().context("taken")?;
        repeated += answer["repeated"].as_u64().context("repeated")?;
    }
    Ok((taken, repeated))
}

fn batch(client: &mut Client, events: Vec<Value>) -> Result<Value> {
    let from = Sender { content_type: "application/json", bearer: SECRET, ..Sender::default() };
    let body = Value::from(events).to_string();
    client.request("POST", "/api/v1/events/batch", from, body.as_bytes())?.ok()?.json()
}

/// Of machines: the bench's own client says no name of a browser.
fn events_of_submitted(server: &Server) -> Result<u64> {
    let mut client = Client::connect(server.address())?;
    let cookie = submit::session(&mut client, "bo.phantich")?;
    let shown = submit::get(&mut client, &cookie, PORTAL)?;
    shown["funnel"][2]["bots"].as_u64().context("the funnel")
}

/// How far the number of visitors is from the truth, in per cent.
fn uniques(start: &dyn Fn() -> Result<Server>, scale: Scale) -> Result<Measurement> {
    let truth = match scale {
        Scale::Full => 50_000u64,
        Scale::Quick => 5_000,
    };
    let server = start()?;
    let mut client = Client::connect(server.address())?;
    let cookie = submit::session(&mut client, "bo.phantich")?;
    let started = || -> Result<u64> {
        let shown = submit::get(&mut Client::connect(server.address())?, &cookie, PORTAL)?;
        shown["funnel"][1]["count"].as_u64().context("the funnel")
    };
    // Each comes three times, in another order each time.
    for time in 0..3u64 {
        let visitors: Vec<u64> = (0..truth).map(|one| (one * 7919 + time * 31) % truth).collect();
        for visitors in visitors.chunks(BATCH) {
            let event = |visitor: &u64| {
                json!({"event": "started", "service": "1.004206", "visitor": format!("visitor-{visitor:010}"),
                    "id": format!("unique-{time}-{visitor:010}"), "agent": "Mozilla/5.0 Firefox/131.0"})
            };
            batch(&mut client, visitors.iter().map(event).collect())?;
        }
    }
    // Counted within a second; a number that does not change any more is the last one.
    let (mut last, mut same) = (0, 0);
    while same < 10 {
        thread::sleep(Duration::from_millis(300));
        let now = started()?;
        same = if now == last { same + 1 } else { 0 };
        last = now;
    }
    Ok(Measurement {
        bench: "beacon",
        case: format!("{truth} visitors, estimated {last}: off by (one standard error is 1.63)"),
        value: last.abs_diff(truth) as f64 * 100.0 / truth as f64,
        unit: "%",
        rival: None,
    })
}

#[cfg(test)]
mod tests {
    use super::{milliseconds, read_wrk, ticks_in};

    #[test]
    fn what_wrk_prints_is_read() {
        let printed = "Running 4s test @ http://x\n  2 threads and 64 connections\n  Latency Distribution\n     50%    0.91ms\n     99%    3.10ms\n  291830 requests in 4.02s, 30.61MB read\nRequests/sec:  72594.12\nTransfer/sec: 7.61MB\n";
        let (saw, requests) = read_wrk(printed).unwrap();
        assert_eq!((saw.requests_a_second, saw.p99_ms, requests), (72594.12, 3.1, 291_830.0));
        assert!(read_wrk(&format!("{printed}  Non-2xx or 3xx responses: 7\n")).is_err());
    }

    #[test]
    fn durations_have_their_unit_behind_them() {
        for (text, expected) in [("500us", 0.5), ("3.10ms", 3.1), ("2s", 2000.0)] {
            assert!((milliseconds(text).unwrap() - expected).abs() < 1e-9, "{text}");
        }
        assert!(milliseconds("soon").is_err());
    }

    #[test]
    fn ticks_are_found_behind_a_name_with_spaces() {
        let stat = "7 (a (b) c) S 1 7 7 0 -1 4194560 9 0 0 0 120 34 0 0 20 0 1 0 5 6";
        assert_eq!(ticks_in(stat), Some(154));
    }
}
