//! Programs of the workspace as real processes, on ports that the system chooses.
//!
//! [`program`] builds and finds a binary; [`Service`] starts one, waits until it tells the address that it serves on,
//! and ends it when dropped. [`Service::freeze`] and [`Service::kill`] are what faults are made of.

use crate::repository;
use anyhow::{Context, bail};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

/// Longest time that a service may take to tell its address.
const START_TIME_MAX: Duration = Duration::from_secs(60);

/// Lines of a service's output that are kept for messages.
const KEPT_LINES_MAX: usize = 10_000;

/// The folder that the programs of this profile lie in: the one above the running test's own.
fn program_folder() -> anyhow::Result<PathBuf> {
    let own = std::env::current_exe().context("cannot tell the path of the running program")?;
    let folder = own.parent().context("the running program lies in no folder")?;
    Ok(if folder.ends_with("deps") { folder.parent().unwrap_or(folder).to_path_buf() } else { folder.to_path_buf() })
}

/// Builds the binaries of the workspace once, in the profile of the running test.
fn build() -> Result<PathBuf, String> {
    let folder = program_folder().map_err(|e| e.to_string())?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // Examples too: with them the features of dependencies are those of `cargo test`, and nothing is compiled twice.
    cargo.args(["build", "--quiet", "--workspace", "--bins", "--examples"]).current_dir(repository::root());
    if cfg!(feature = "sqlite") {
        // As the running program is built, or else it would be built anew without.
        cargo.args(["--features", "acceptance/sqlite"]);
    }
    if folder.ends_with("release") {
        cargo.arg("--release");
    }
    match cargo.status() {
        Ok(status) if status.success() => Ok(folder),
        Ok(status) => Err(format!("cargo build of the programs ended with {status}")),
        Err(error) => Err(format!("cannot start cargo: {error}")),
    }
}

/// The path of the program `name` of this workspace, built first where needed.
///
/// # Errors
/// The workspace does not build, or has no such program.
pub fn program(name: &str) -> anyhow::Result<PathBuf> {
    static FOLDER: LazyLock<Result<PathBuf, String>> = LazyLock::new(build);
    let folder = FOLDER.as_ref().map_err(|message| anyhow::anyhow!("{message}"))?;
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !path.exists() {
        bail!("no program {} was built", path.display());
    }
    Ok(path)
}

/// What a program that ran to its end left behind.
#[derive(Debug)]
pub struct Finished {
    /// Whether it told success.
    pub success: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs the program `name` to its end in the repository's root, with `input` as its standard input.
///
/// # Errors
/// The program cannot be built, started or read from.
pub fn run(name: &str, arguments: &[&str], input: &[u8]) -> anyhow::Result<Finished> {
    let mut child = Command::new(program(name)?)
        .args(arguments)
        .current_dir(repository::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {name}"))?;
    let stdin = child.stdin.take();
    let output = std::thread::scope(|scope| {
        scope.spawn(move || stdin.map(|mut pipe| std::io::Write::write_all(&mut pipe, input)));
        child.wait_with_output()
    })?;
    Ok(Finished {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// A running program that serves.
#[derive(Debug)]
pub struct Service {
    name: String,
    child: Child,
    lines: Receiver<String>,
    seen: Vec<String>,
    address: OnceLock<String>,
}

impl Service {
    /// Starts `name` with `arguments` and waits until a line of its output matches `told`: the address is what follows
    /// that text, up to the first character that is of no address.
    ///
    /// # Errors
    /// The program cannot be started, or ends or stays silent before it tells its address; the message holds its output.
    pub fn start(name: &str, arguments: &[&str], told: &str) -> anyhow::Result<Self> {
        Self::start_program(&program(name)?, arguments, told)
    }

    /// The same with a program of another's.
    ///
    /// # Errors
    /// As [`Service::start`].
    pub fn start_program(path: &Path, arguments: &[&str], told: &str) -> anyhow::Result<Self> {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut child = Command::new(path)
            .args(arguments)
            .current_dir(repository::root())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let (sender, lines) = sync_channel(KEPT_LINES_MAX);
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [
            child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
            child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        ];
        for pipe in pipes.into_iter().flatten() {
            let sender = sender.clone();
            // Reads to the end even where nobody looks at the lines any more, so that the program never blocks on a
            // full pipe; what does not fit into the channel is dropped.
            std::thread::spawn(move || {
                for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                    drop(sender.try_send(line));
                }
            });
        }
        let mut service = Self { name, child, lines, seen: Vec::new(), address: OnceLock::new() };
        let line = service.wait_for_line(told, START_TIME_MAX)?;
        let address = line.split_once(told).map(|(_, rest)| rest.trim_start()).unwrap_or_default();
        let address = address.trim_start_matches("http://");
        let end = address.find(|c: char| !c.is_ascii_alphanumeric() && !".:[]".contains(c)).unwrap_or(address.len());
        service.address.get_or_init(|| address[..end].to_owned());
        Ok(service)
    }

    /// Where it serves, as `host:port`.
    #[must_use]
    pub fn address(&self) -> &str {
        self.address.get().map(String::as_str).unwrap_or_default()
    }

    /// Where it serves, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// Bytes of memory that the process has, where the system tells.
    #[must_use]
    pub fn resident_bytes(&self) -> Option<u64> {
        self.status_bytes("VmRSS:")
    }

    /// The most bytes of memory that the process ever had, where the system tells.
    #[must_use]
    pub fn peak_bytes(&self) -> Option<u64> {
        self.status_bytes("VmHWM:")
    }

    fn status_bytes(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
        Some(kibibytes << 10)
    }

    /// Seconds of processor time that the process took, where the system tells; to a hundredth.
    #[must_use]
    pub fn processor_seconds(&self) -> Option<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // Behind the name in parentheses: the state, and ten numbers before the ticks as user and as system.
        let (_, behind) = stat.rsplit_once(')')?;
        let ticks = behind.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
        Some(ticks.sum::<Result<f64, _>>().ok()? / 100.0)
    }

    /// The lines of output that were looked at so far.
    #[must_use]
    pub fn seen(&self) -> &[String] {
        &self.seen
    }

    /// Waits for a line of output that holds `text`.
    ///
    /// # Errors
    /// The program ends, or `time_max` passes, before such a line; the message holds what it printed.
    pub fn wait_for_line(&mut self, text: &str, time_max: Duration) -> anyhow::Result<String> {
        if let Some(line) = self.seen.iter().find(|line| line.contains(text)) {
            return Ok(line.clone());
        }
        let end = Instant::now() + time_max;
        loop {
            match self.lines.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.seen.push(line.clone());
                    if line.contains(text) {
                        return Ok(line);
                    }
                }
                Err(RecvTimeoutError::Timeout) => {
                    bail!("{} did not print {text:?} in {time_max:?}:\n{}", self.name, self.seen.join("\n"))
                }
                Err(RecvTimeoutError::Disconnected) => {
                    bail!("{} ended without {text:?}:\n{}", self.name, self.seen.join("\n"))
                }
            }
        }
    }

    fn signal(&self, name: &str) -> anyhow::Result<()> {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        match status.context("cannot start kill")? {
            status if status.success() => Ok(()),
            status => bail!("kill -s {name} of {} ended with {status}", self.name),
        }
    }

    /// Stops the process where it stands: its connections stay open and answer nothing.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn freeze(&self) -> anyhow::Result<()> {
        self.signal("STOP")
    }

    /// Lets a frozen process go on.
    ///
    /// # Errors
    /// The signal cannot be sent.
    pub fn thaw(&self) -> anyhow::Result<()> {
        self.signal("CONT")
    }

    /// Asks the process to end (SIGTERM) and waits for it; answers whether it told success.
    ///
    /// # Errors
    /// The signal cannot be sent or the process cannot be waited for.
    pub fn terminate(mut self) -> anyhow::Result<bool> {
        self.signal("TERM")?;
        Ok(self.child.wait().context("cannot wait for the process")?.success())
    }

    /// Ends the process at once, without giving it a chance to tidy up.
    ///
    /// # Errors
    /// The process cannot be ended or waited for.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.child.kill().context("cannot end the process")?;
        self.child.wait().context("cannot wait for the process")?;
        Ok(())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // The process may be gone already; then there is nothing left to do.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A file of the repository as a path that a program can be given.
#[must_use]
pub fn repository_file(relative: &str) -> PathBuf {
    repository::root().join(Path::new(relative))
}
