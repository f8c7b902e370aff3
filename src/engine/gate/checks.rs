//! Security and verification commands: run, with exit code and the end of what they wrote kept.
//!
//! A command is run where the person who asks has just named it (a file or a flag), or says so; what merely stands in
//! the workspace, which may have come from elsewhere, is never run by itself. The environment it gets is without
//! variables that look like secrets, because what it writes is kept.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
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

/// Whether a check is about one candidate.
pub(super) fn is_per_candidate(check: &Check) -> bool {
    check.command.contains(CANDIDATE)
}

/// Runs the checks for some candidates, in a folder.
pub(super) fn run_all(
    checks: &[Check],
    group: &str,
    candidates: &[&str],
    folder: &Path,
) -> Vec<Ran> {
    let mut all = Vec::new();
    for check in checks {
        if is_per_candidate(check) {
            let each = candidates
                .iter()
                .map(|one| run(check, group, Some(one), folder));
            all.extend(each);
        } else {
            all.push(run(check, group, None, folder));
        }
    }
    all
}

fn run(check: &Check, group: &str, candidate: Option<&str>, folder: &Path) -> Ran {
    let begun = Instant::now();
    let (exit, tail) = match start(check, group, candidate, folder) {
        Ok(mut child) => {
            let reader = child
                .stdout
                .take()
                .map(|out| std::thread::spawn(move || tail_of(out)));
            let (exit, stopped) = wait(&mut child, begun + Duration::from_secs(check.seconds));
            let mut tail = reader
                .and_then(|reader| reader.join().ok())
                .unwrap_or_default();
            if stopped {
                let after = counted(check.seconds, "second");
                tail = format!(
                    "{tail}
[stopped after {after}]"
                );
            }
            (exit, tail)
        }
        Err(error) => (None, format!("[cannot start: {error}]")),
    };
    Ran {
        name: check.name.clone(),
        command: check.command.clone(),
        candidate: candidate.map(str::to_owned),
        exit,
        took_ms: begun.elapsed().as_millis() as u64,
        tail,
    }
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

/// The exit code, and whether it was stopped. What it started and left behind is stopped with it, or it would hold the
/// stream open.
fn wait(child: &mut std::process::Child, until: Instant) -> (Option<i32>, bool) {
    let group = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw);
    let stop = || {
        if let Some(group) = group {
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    };
    loop {
        match child.try_wait() {
            Ok(Some(status)) => {
                stop();
                return (status.code(), false);
            }
            Ok(None) if Instant::now() < until => std::thread::sleep(LOOK),
            Ok(None) | Err(_) => {
                stop();
                let _ = child.wait();
                return (None, true);
            }
        }
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
        return Found {
            condition,
            settles: vec![settle],
        };
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
        run_all(&checks, "june", &["b"], folder.path()).remove(0)
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
    fn a_check_that_names_the_candidate_is_run_for_each() {
        let folder = tempfile::tempdir().unwrap();
        let checks = [check("echo $DOCKET_GROUP $DOCKET_CANDIDATE", 10)];
        let all = run_all(&checks, "june", &["a", "b"], folder.path());
        let tails: Vec<&str> = all.iter().map(|one| one.tail.as_str()).collect();
        assert_eq!(tails, ["june a", "june b"]);
        assert_eq!(latest(&checks[0], "b", &all).unwrap().tail, "june b");
    }
}
