//! Running other programs so that they always end.
//!
//! Every program gets a time limit, dies with xtask even when xtask is killed, and is stopped by its own id:
//! a build machine is never left with a stray server, and nobody else's is ever touched.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub const MINUTE: Duration = Duration::from_secs(60);

/// A command that is ended, with all its children, after `limit` or when xtask ends, whichever is first.
///
/// `timeout` (coreutils) leads a process group of its own and passes signals on to it; `setpriv` (util-linux)
/// asks the kernel for a signal when its parent dies. Both are on every Debian, and need no unsafe code here.
pub fn bounded(limit: Duration, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "TERM", "--", "timeout", "--kill-after=10"])
        .arg(limit.as_secs().to_string())
        .arg(program)
        .stdin(Stdio::null());
    command
}

/// Runs to the end, showing what it prints; a failure names what was being done.
pub fn run(doing: &str, command: &mut Command) -> Result<()> {
    say(doing);
    let status = command.status().with_context(|| format!("{doing}: cannot be started"))?;
    succeeded(doing, status)
}

/// Runs to the end and answers what it printed; shows that only when it failed.
pub fn output(doing: &str, command: &mut Command) -> Result<String> {
    let output = command.output().with_context(|| format!("{doing}: cannot be started"))?;
    if !output.status.success() {
        eprint!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    succeeded(doing, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end, showing what it prints and keeping it too: the runners' summaries are read from it.
pub fn watched(doing: &str, command: &mut Command) -> Result<(ExitStatus, String)> {
    say(doing);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{doing}: cannot be started"))?;
    let printed = pass_on(child.stdout.take().expect("stdout was piped"), std::io::stdout());
    let complained = pass_on(child.stderr.take().expect("stderr was piped"), std::io::stderr());
    let status = child.wait()?;
    let mut all = printed.join().expect("copying lines does not panic");
    all.push_str(&complained.join().expect("copying lines does not panic"));
    Ok((status, all))
}

fn pass_on(
    from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut all = String::new();
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            // Nobody reading our output is no reason to stop reading the child's.
            let _ = to.write_all(&line).and_then(|()| to.flush());
            all.push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
        all
    })
}

pub fn succeeded(doing: &str, status: ExitStatus) -> Result<()> {
    match status.code() {
        Some(0) => Ok(()),
        Some(124 | 137) => bail!("{doing}: stopped at its time limit"),
        Some(code) => bail!("{doing}: failed with exit code {code}"),
        None => bail!("{doing}: ended by a signal"),
    }
}

/// One line on what is being done, apart from what the programs print.
pub fn say(doing: &str) {
    eprintln!("== {doing}");
}

/// A program that serves while others use it; stopped when dropped.
pub struct Service {
    name: &'static str,
    child: Child,
    stop_signal: &'static str,
}

impl Service {
    /// `command` must become the program itself (by exec), so that its id is the child's id.
    pub fn start(
        name: &'static str,
        stop_signal: &'static str,
        command: &mut Command,
    ) -> Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("{name} cannot be started"))?;
        Ok(Self { name, child, stop_signal })
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `ready` answers something, refusing when the program ends first or `limit` passes.
    pub fn wait_until<T>(
        &mut self,
        limit: Duration,
        mut ready: impl FnMut() -> Option<T>,
    ) -> Result<T> {
        let deadline = Instant::now() + limit;
        loop {
            if let Some(answer) = ready() {
                return Ok(answer);
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended before it was ready: {status}", self.name);
            }
            if Instant::now() > deadline {
                bail!("{} was not ready after {} s", self.name, limit.as_secs());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    fn stop(&mut self) {
        let id = self.child.id().to_string();
        let asked =
            Command::new("kill").args(["-s", self.stop_signal, &id]).stderr(Stdio::null()).status();
        let deadline = Instant::now() + Duration::from_secs(15);
        while asked.is_ok() && Instant::now() < deadline {
            match self.child.try_wait() {
                Ok(None) => thread::sleep(Duration::from_millis(20)),
                Ok(Some(_)) | Err(_) => return,
            }
        }
        // It did not listen: no more asking.
        let _ = self.child.kill().and_then(|()| self.child.wait());
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

/// A temporary folder, removed when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(purpose: &str) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let path =
            std::env::temp_dir().join(format!("quantrac-{purpose}-{}-{count}", std::process::id()));
        fs::create_dir(&path).with_context(|| format!("making {}", path.display()))?;
        Ok(Self(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed from the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A port of the loopback address that nobody listens on now.
pub fn free_port() -> Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no free port on 127.0.0.1")?;
    Ok(listener.local_addr()?.port())
}

/// Where a program of this name is, in PATH.
pub fn find_in_path(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
/// A command run as this user, and ended when xtask ends.
pub fn as_user(user: Option<(u32, u32)>, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if let Some((user, group)) = user {
        command
            .arg(format!("--reuid={user}"))
            .arg(format!("--regid={group}"))
            .arg("--clear-groups");
    }
    command.arg("--").arg(program).stdin(Stdio::null());
    command
}
