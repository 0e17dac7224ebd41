//! What was acknowledged is on disk: after a kill, and by the system calls that were made before the answer.
//!
//! The writer is this test program itself, started again with a variable that names its database.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use model::Seq;
use store::Store;

use crate::databases::*;

const DATABASE: &str = "QUANTRAC_TEST_CHILD_DATABASE";
/// With this, one client writes so many times; without, four write until they are killed.
const TURNS: &str = "QUANTRAC_TEST_CHILD_TURNS";

/// Not a test by itself: writes until it is killed, and says each seq that was acknowledged.
#[test]
fn child_that_writes() {
    let Ok(url) = std::env::var(DATABASE) else { return };
    let turns = std::env::var(TURNS).ok().map(|turns| turns.parse::<u32>().unwrap());
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Store::open(&url, TestClock::at(START).clock()).await.unwrap();
        eprintln!("OPEN");
        let mut clients = vec![];
        for client in 0..if turns.is_some() { 1 } else { 4 } {
            let store = store.clone();
            clients.push(tokio::spawn(async move {
                for turn in 0..turns.unwrap_or(u32::MAX) {
                    // Two figures a commit: half of one is never there.
                    let lines = [
                        format!("BC.DOANHTHU 52 2024-06 {client}{turn}"),
                        "BC.LAODONG 52 2024-06 1".to_owned(),
                    ];
                    let written = state(&store, &[&lines[0], &lines[1]]).await;
                    // Standard error is not buffered: one system call.
                    eprintln!("ACKNOWLEDGED {}", written.seq);
                }
            }));
        }
        for client in clients {
            client.await.unwrap();
        }
    });
}

fn child(program: &mut Command, url: &str) -> Child {
    program
        .args(["--exact", "durability::child_that_writes", "--nocapture", "--test-threads=1"])
        .env(DATABASE, url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The highest seq that was acknowledged before the kill, after at least `enough` were.
fn kill_after(mut child: Child, enough: usize) -> u64 {
    let mut highest = 0;
    let mut count = 0;
    let said = BufReader::new(child.stderr.take().unwrap());
    for line in said.lines().map_while(Result::ok) {
        let Some(seq) = line.split("ACKNOWLEDGED ").nth(1) else { continue };
        highest = highest.max(seq.trim().parse::<u64>().unwrap());
        count += 1;
        if count == enough {
            // SIGKILL; what it had said before then is still in the pipe.
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(count >= enough, "the writer ended by itself");
    highest
}

#[test]
fn a_kill_loses_nothing_that_was_acknowledged() {
    on_each(async |fresh| {
        let Fresh { store, url, clock, .. } = &fresh;
        store.clone().close().await;
        let mut before = 0;
        for enough in [1, 17, 60] {
            let program = std::env::current_exe().unwrap();
            let acknowledged = kill_after(child(&mut Command::new(program), url), enough);
            let store = Store::open(url, clock.clock()).await.unwrap();
            // On PostgreSQL the last transaction may be committed just after the kill.
            let verified = store.verify().await.unwrap();
            assert!(verified.is_whole(), "{verified}");
            assert!(
                verified.head.seq >= Seq(acknowledged),
                "{} < {acknowledged}",
                verified.head.seq
            );
            assert!(acknowledged > before);
            let rows =
                verified.tables.iter().find(|table| table.table == "observation").unwrap().rows;
            assert_eq!(rows, verified.head.seq.0 * 2, "nothing is half there");
            before = verified.head.seq.0;
            store.close().await;
        }
    });
}

#[test]
fn the_log_is_synced_between_writing_it_and_the_answer() {
    let works = Command::new("strace").args(["-f", "-qq", "-o", "/dev/null", "true"]).status();
    if !works.is_ok_and(|status| status.success()) {
        eprintln!("skipped: strace is missing or may not trace here (apt-get install strace)");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let fresh = runtime.block_on(sqlite());
    let folder = tempfile::tempdir().unwrap();
    let trace = folder.path().join("trace");
    let mut strace = Command::new("strace");
    strace
        .args(["-f", "-y", "-qq", "-s", "40", "-e", "trace=pwrite64,write,fsync,fdatasync", "-o"])
        .arg(&trace);
    strace.arg(std::env::current_exe().unwrap()).env(TURNS, "20");
    let ended = child(&mut strace, &fresh.url).wait_with_output().unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    assert_eq!(answers_after_a_sync(&std::fs::read_to_string(&trace).unwrap()), 20);
}

/// How many answers were given, each after its bytes of the log were written and then synced.
fn answers_after_a_sync(trace: &str) -> usize {
    #[derive(PartialEq, Debug)]
    enum Log {
        Answered,
        Written,
        Synced,
    }
    let mut log = Log::Answered;
    let mut answers = 0;
    for line in trace.lines().skip_while(|line| !line.contains("\"OPEN")) {
        let synced =
            line.contains("sync(") && line.contains("-wal>") || line.contains("sync resumed>");
        if line.contains("pwrite64(") && line.contains("-wal>") {
            log = Log::Written;
        } else if synced && line.ends_with("= 0") && log == Log::Written {
            log = Log::Synced;
        } else if line.contains("\"ACKNOWLEDGED") {
            assert_eq!(log, Log::Synced, "answer {answers} was given too early: {line}");
            log = Log::Answered;
            answers += 1;
        }
    }
    answers
}

#[test]
#[should_panic(expected = "answer 0 was given too early")]
fn an_answer_before_the_sync_would_be_noticed() {
    answers_after_a_sync(concat!(
        "7 write(2, \"OPEN\\n\", 5) = 5\n",
        "8 pwrite64(9</tmp/record.db-wal>, \"\", 24, 0) = 24\n",
        "8 fdatasync(9</tmp/record.db-wal> <unfinished ...>\n",
        "7 write(2, \"ACKNOWLEDGED 1\\n\", 15) = 15\n",
        "8 <... fdatasync resumed>) = 0\n",
    ));
}
