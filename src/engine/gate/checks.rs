//! Security and verification commands: run, with exit code and the end of what they wrote kept.
//!
//! A command is run where the person who asks has just named it (a file or a flag), or says so; what merely stands in
//! the workspace, which may have come from elsewhere, is never run by itself. The environment it gets is without
//! variables that look like secrets, because what it writes is kept.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::case::{Case, Found, condition};
use crate::domain::count::counted;
use crate::domain::gate::{Check, GateVerdict, Ran};
use crate::domain::view::gate::{GatePart, Settle};

/// Bytes of its output that are kept.
const TAIL: usize = 4_096;
/// How often a running command is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// The variable that names the candidate; a command that uses it is run for each.
const CANDIDATE: &str = "DOCKET_CANDIDATE";
/// Names of variables that commands do not get end in one of these.
const SECRET: [&str; 5] = ["KEY", "TOKEN", "SECRET", "PASSWORD", "CREDENTIALS"];

/// Who hears which check runs, and may stop them.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Set once nobody wants the rest. What runs then is stopped and not kept.
    pub stop: &'a AtomicBool,
    /// Told before each command: which check, how many were run, how many there are.
    pub tell: &'a dyn Fn(&str, usize, usize),
}

/// Never set.
static NEVER: AtomicBool = AtomicBool::new(false);

impl Watch<'static> {
    /// Nobody listens, nobody stops.
    pub fn nobody() -> Self {
        Self {
            stop: &NEVER,
            tell: &|_, _, _| {},
        }
    }
}

/// Whether a check is about one candidate.
pub(super) fn is_per_candidate(check: &Check) -> bool {
    check.command.contains(CANDIDATE)
}

/// Runs the checks for some candidates, in a folder, until it is stopped.
pub(super) fn run_all(
    checks: &[Check],
    group: &str,
    candidates: &[&str],
    folder: &Path,
    watch: &Watch<'_>,
) -> Vec<Ran> {
    let mut work: Vec<(&Check, Option<&str>)> = Vec::new();
    for check in checks {
        if is_per_candidate(check) {
            work.extend(candidates.iter().map(|one| (check, Some(*one))));
        } else {
            work.push((check, None));
        }
    }
    let mut all = Vec::with_capacity(work.len());
    for (check, candidate) in &work {
        if watch.stop.load(Ordering::Relaxed) {
            break;
        }
        (watch.tell)(&check.name, all.len(), work.len());
        all.extend(run(check, group, *candidate, folder, watch.stop));
    }
    all
}

/// How a command came to its end.
enum End {
    /// By itself; `None` if by a signal.
    Itself(Option<i32>),
    /// It took too long.
    TooLong,
    /// Nobody wants it any more.
    Unwanted,
}

/// What a command came to; `None` if nobody wanted it any more.
fn run(
    check: &Check,
    group: &str,
    candidate: Option<&str>,
    folder: &Path,
    stop: &AtomicBool,
) -> Option<Ran> {
    let begun = Instant::now();
    let (exit, tail) = match start(check, group, candidate, folder) {
        Ok(mut child) => {
            let reader = child
                .stdout
                .take()
                .map(|out| std::thread::spawn(move || tail_of(out)));
            let end = wait(&mut child, begun + Duration::from_secs(check.seconds), stop);
            let tail = reader
                .and_then(|reader| reader.join().ok())
                .unwrap_or_default();
            match end {
                End::Unwanted => return None,
                End::Itself(exit) => (exit, tail),
                End::TooLong => {
                    let after = counted(check.seconds, "second");
                    (None, format!("{tail}\n[stopped after {after}]"))
                }
            }
        }
        Err(error) => (None, format!("[cannot start: {error}]")),
    };
    Some(Ran {
        name: check.name.clone(),
        command: check.command.clone(),
        candidate: candidate.map(str::to_owned),
        exit,
        took_ms: begun.elapsed().as_millis() as u64,
        tail,
    })
}

fn start(
    check: &Check,
    group: &str,
    candidate: Option<&str>,
    folder: &Path,
) -> std::io::Result<std::process::Child> {
    let mut command = Command::new("sh");
    // One stream, so that what was written stays in order.
    command
        .arg("-c")
        .arg(format!("exec 2>&1\n{}", check.command))
        .current_dir(folder)
        .env("DOCKET_GROUP", group)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy().to_ascii_uppercase();
        if SECRET.iter().any(|end| shown.ends_with(end)) {
            command.env_remove(&name);
        }
    }
    if let Some(candidate) = candidate {
        command.env(CANDIDATE, candidate);
    }
    command.spawn()
}

/// How it ended. What it started and left behind is stopped with it, or it would hold the stream open.
fn wait(child: &mut std::process::Child, until: Instant, unwanted: &AtomicBool) -> End {
    let group = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    let stop = || {
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    };
    loop {
        let end = match child.try_wait() {
            Ok(Some(status)) => {
                stop();
                return End::Itself(status.code());
            }
            Ok(None) if unwanted.load(Ordering::Relaxed) => End::Unwanted,
            Ok(None) if Instant::now() < until => {
                std::thread::sleep(LOOK);
                continue;
            }
            Ok(None) | Err(_) => End::TooLong,
        };
        stop();
        let _ = child.wait();
        return end;
    }
}

/// The last bytes of a stream, as text.
fn tail_of(mut from: impl Read) -> String {
    let mut kept: Vec<u8> = Vec::new();
    let mut part = [0; 8_192];
    let mut read = 0;
    while let Ok(n) = from.read(&mut part) {
        if n == 0 {
            break;
        }
        read += n;
        kept.extend_from_slice(&part[..n]);
        if kept.len() > 2 * TAIL {
            kept.drain(..kept.len() - TAIL);
        }
    }
    let from = kept.len().saturating_sub(TAIL);
    let cut = if read > TAIL { "[...]" } else { "" };
    format!("{cut}{}", String::from_utf8_lossy(&kept[from..]).trim_end())
}

/// The conditions of a candidate. `ran` holds what is known, the latest last.
pub(super) fn conditions(case: &Case<'_>, ran: &[Ran]) -> Vec<Found> {
    case.rule
        .checks
        .iter()
        .map(|check| one(case, check, ran))
        .collect()
}

/// What a check came to for a candidate, the latest run of the very same command.
pub(super) fn latest<'r>(check: &Check, candidate: &str, ran: &'r [Ran]) -> Option<&'r Ran> {
    ran.iter().rev().find(|one| {
        one.name == check.name
            && one.command == check.command
            && one.candidate.as_deref().is_none_or(|of| of == candidate)
            && one.candidate.is_some() == is_per_candidate(check)
    })
}

fn one(case: &Case<'_>, check: &Check, ran: &[Ran]) -> Found {
    let id = format!("check.{}", check.name);
    let title = check.name.as_str();
    let required = format!("`{}` ends with 0", check.command);
    let Some(ran) = latest(check, &case.candidate().name, ran) else {
        let condition = condition(
            GatePart::Checks,
            &id,
            (title, &required, "not run"),
            GateVerdict::Inconclusive,
            "nobody has run it for this group",
        );
        let command = format!("docket gate {} --run-checks", case.scores().group);
        let settle = Settle {
            condition: id,
            what: "run the checks of the rule; read its commands first".to_owned(),
            count: None,
            command: Some(command),
        };
        return Found::with(condition, vec![settle]);
    };
    let took = crate::domain::gate::words::seconds(ran.took_ms as f64);
    let (verdict, told, why) = match ran.exit {
        Some(0) => (GateVerdict::Pass, format!("ended with 0 after {took}"), ""),
        Some(code) => (
            GateVerdict::Fail,
            format!("ended with {code} after {took}"),
            "the check failed",
        ),
        None => (
            GateVerdict::Fail,
            format!("did not end by itself within {took}"),
            "the check was stopped or could not be started",
        ),
    };
    let mut condition = condition(
        GatePart::Checks,
        &id,
        (title, &required, &told),
        verdict,
        why,
    );
    condition.tail = Some(ran.tail.clone()).filter(|tail| !tail.is_empty());
    Found::alone(condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(command: &str, seconds: u64) -> Check {
        Check {
            name: "c".into(),
            command: command.into(),
            seconds,
        }
    }

    fn ran(command: &str, seconds: u64) -> Ran {
        let folder = tempfile::tempdir().unwrap();
        let checks = [check(command, seconds)];
        run_all(&checks, "june", &["b"], folder.path(), &Watch::nobody()).remove(0)
    }

    #[test]
    fn exit_code_and_the_end_of_both_streams_are_kept_in_order() {
        let one = ran("echo one; echo two >&2; exit 3", 10);
        assert_eq!((one.exit, one.tail.as_str()), (Some(3), "one\ntwo"));
        let long = ran(
            "i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done",
            60,
        );
        assert!(long.tail.starts_with("[...]") && long.tail.ends_with("line 1999"));
        assert!(long.tail.len() <= TAIL + 8);
    }

    #[test]
    fn what_is_cut_is_marked_however_the_stream_came_in() {
        for more in [0, 1, TAIL, TAIL + 1, 3 * TAIL] {
            let text = vec![b'x'; TAIL + more];
            let tail = tail_of(&text[..]);
            assert_eq!(tail.starts_with("[...]"), more > 0, "{more}");
            assert_eq!(tail.trim_start_matches("[...]").len(), TAIL, "{more}");
        }
        assert_eq!(tail_of(&b"short\n"[..]), "short");
    }

    #[test]
    fn a_check_that_does_not_end_is_stopped_with_what_it_started() {
        let begun = Instant::now();
        let one = ran("sleep 60 & sleep 60", 1);
        assert_eq!(one.exit, None);
        assert!(one.tail.contains("stopped after 1 second"), "{}", one.tail);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn checks_nobody_wants_any_more_are_stopped_and_not_kept() {
        let folder = tempfile::tempdir().unwrap();
        let checks = [
            check("echo done", 60),
            check("sleep 60", 60),
            check("echo never", 60),
        ];
        let stop = AtomicBool::new(false);
        let told = std::cell::RefCell::new(Vec::new());
        let tell = |name: &str, done: usize, all: usize| {
            told.borrow_mut().push(format!("{name} {done}/{all}"));
            stop.store(done == 1, Ordering::Relaxed);
        };
        let watch = Watch {
            stop: &stop,
            tell: &tell,
        };
        let begun = Instant::now();
        let all = run_all(&checks, "june", &["b"], folder.path(), &watch);
        assert_eq!(all.len(), 1);
        assert_eq!(all[0].tail, "done");
        assert_eq!(told.into_inner(), ["c 0/3", "c 1/3"]);
        assert!(begun.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_check_that_names_the_candidate_is_run_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let checks = [check("echo $DOCKET_GROUP $DOCKET_CANDIDATE", 10)];
        let all = run_all(
            &checks,
            "june",
            &["a", "b"],
            folder.path(),
            &Watch::nobody(),
        );
        let tails: Vec<&str> = all.iter().map(|one| one.tail.as_str()).collect();
        assert_eq!(tails, ["june a", "june b"]);
        assert_eq!(latest(&checks[0], "b", &all).unwrap().tail, "june b");
    }
}
