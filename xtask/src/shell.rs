//! Runs child commands: output into a log file below `target/logs`, shown only when they fail.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::fault::{Fault, Outcome};
use crate::tree;

/// How much of a log is shown when its command failed.
const TAIL_LINES: usize = 60;

/// No step of the whole test run comes near this on two cores; a step past it hangs.
const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);

/// A child command that ran to its end.
pub struct Finished {
    pub success: bool,
    pub output: String,
    pub log: PathBuf,
}

impl Finished {
    /// The end of the output, and where the rest is.
    pub fn tail(&self) -> String {
        let lines: Vec<&str> = self.output.lines().collect();
        let skipped = lines.len().saturating_sub(TAIL_LINES);
        let mut shown = lines.get(skipped..).unwrap_or_default().join("\n");
        shown.push_str(&format!("\nthe whole output is in `{}`", self.log.display()));
        shown
    }
}

/// Runs `command` with its output in the log `name`. Both streams share the log, in order.
pub fn run(name: &str, command: &mut Command) -> Outcome<Finished> {
    run_within(TIME_LIMIT, name, command)
}

/// Like [`run`], with a limit of its own on the time.
pub fn run_within(limit: Duration, name: &str, command: &mut Command) -> Outcome<Finished> {
    let log = tree::target().join("logs").join(format!("{name}.log"));
    tree::write(&log, &[])?;
    let file = |append: bool| -> Outcome<File> {
        File::options().append(append).open(&log).map_err(|error| Fault::file(&log, &error))
    };
    command.stdin(Stdio::null()).stdout(file(true)?).stderr(file(true)?);
    let success = wait(limit, name, command, &log)?;
    let output = String::from_utf8_lossy(&tree::read(&log)?).into_owned();
    Ok(Finished { success, output, log })
}

/// Like [`run`], for commands that must succeed.
pub fn must(name: &str, command: &mut Command) -> Outcome<Finished> {
    let finished = run(name, command)?;
    if finished.success {
        return Ok(finished);
    }
    Err(Fault::failed(format!("{}\n`{}` failed", finished.tail(), shown(command))))
}

/// Standard output of a quick question such as `node --version`; `None` where it cannot be asked.
pub fn ask(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// Runs `command` on the terminal, for commands that talk to the user.
pub fn attached(command: &mut Command) -> Outcome {
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Fault::failed(format!("`{}` failed", shown(command))))
}

fn wait(limit: Duration, name: &str, command: &mut Command, log: &Path) -> Outcome<bool> {
    let mut child = command.spawn().map_err(|error| not_started(command, &error))?;
    let started = Instant::now();
    loop {
        let status = child.try_wait().map_err(|error| not_started(command, &error))?;
        if let Some(status) = status {
            return Ok(status.success());
        }
        if started.elapsed() > limit {
            // Already gone is as good as killed.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Fault::failed(format!(
                "{name} was stopped after {} s; its output is in `{}`",
                limit.as_secs(),
                log.display()
            )));
        }
        thread::sleep(Duration::from_millis(20));
    }
}

fn not_started(command: &Command, error: &std::io::Error) -> Fault {
    let program = command.get_program().to_string_lossy().into_owned();
    Fault::missing(format!("`{program}` does not start ({error})"), format!("install `{program}`"))
}

fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}
