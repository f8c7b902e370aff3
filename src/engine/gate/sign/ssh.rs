//! `ssh-keygen -Y`: the one program that makes and checks SSH signatures. No network, no agent of our own.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::engine::{EngineError, Result};

/// What a signature is for; a signature made for mail or a commit is not one over a release.
const NAMESPACE: &str = "docket";
/// The program.
const PROGRAM: &str = "ssh-keygen";

fn missing(error: &std::io::Error) -> EngineError {
    EngineError::refused(
        format!("cannot start `{PROGRAM}`: {error}"),
        "install OpenSSH 8.2 or newer; it comes with most systems",
    )
}

fn temporary(error: &std::io::Error) -> EngineError {
    EngineError::file("write", &std::env::temp_dir(), error)
}

/// Signs a text; asks for the passphrase of the key on the terminal, where it has one.
pub(super) fn sign(key: &Path, text: &str) -> Result<String> {
    if let Err(error) = std::fs::File::open(key) {
        return Err(EngineError::file("read", key, &error));
    }
    let folder = tempfile::tempdir().map_err(|error| temporary(&error))?;
    let file = folder.path().join("sign-off");
    std::fs::write(&file, text).map_err(|error| temporary(&error))?;
    let output = Command::new(PROGRAM)
        .args(["-Y", "sign", "-q", "-n", NAMESPACE, "-f"])
        .arg(key)
        .arg(&file)
        .output()
        .map_err(|error| missing(&error))?;
    let signature = std::fs::read_to_string(file.with_extension("sig"));
    match signature {
        Ok(signature) if output.status.success() => Ok(signature),
        _ => Err(EngineError::refused(
            format!(
                "`{PROGRAM}` cannot sign with `{}`: {}",
                key.display(),
                said(&output)
            ),
            "name an SSH key that can sign, such as `~/.ssh/id_ed25519`",
        )),
    }
}

/// The fingerprint of the key behind a signature that fits its text.
pub(super) fn fingerprint(signature: &str, text: &str) -> Result<String> {
    let folder = tempfile::tempdir().map_err(|error| temporary(&error))?;
    let file = folder.path().join("sig");
    std::fs::write(&file, signature).map_err(|error| temporary(&error))?;
    let mut command = Command::new(PROGRAM);
    command
        .args(["-Y", "check-novalidate", "-n", NAMESPACE, "-s"])
        .arg(&file);
    let output = fed(&mut command, text).map_err(|error| missing(&error))?;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    let key = told
        .split_whitespace()
        .find(|word| word.starts_with("SHA256:"));
    match key {
        Some(key) if output.status.success() => Ok(key.to_owned()),
        _ => Err(EngineError::refused(
            format!("the signature just made is not good: {}", said(&output)),
            "try another key",
        )),
    }
}

/// Checks a signature: the names `allowed_signers` gives the key, or why it is not good.
pub(super) fn check(
    signature: &str,
    text: &str,
    allowed: &Path,
) -> std::result::Result<Vec<String>, String> {
    let told = |error: std::io::Error| error.to_string();
    let folder = tempfile::tempdir().map_err(told)?;
    let file = folder.path().join("sig");
    std::fs::write(&file, signature).map_err(told)?;
    let found = Command::new(PROGRAM)
        .args(["-Y", "find-principals", "-f"])
        .arg(allowed)
        .arg("-s")
        .arg(&file)
        .stdin(Stdio::null())
        .output()
        .map_err(told)?;
    let names: Vec<String> = String::from_utf8_lossy(&found.stdout)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    if !found.status.success() || names.is_empty() {
        return Err(format!("the key is not in `{}`", allowed.display()));
    }
    let mut good = Vec::new();
    let mut why = String::new();
    for name in names {
        let mut command = Command::new(PROGRAM);
        command
            .args(["-Y", "verify", "-n", NAMESPACE, "-I", &name, "-f"])
            .arg(allowed)
            .arg("-s")
            .arg(&file);
        let output = fed(&mut command, text).map_err(told)?;
        if output.status.success() {
            good.push(name);
        } else {
            why = said(&output);
        }
    }
    if good.is_empty() { Err(why) } else { Ok(good) }
}

/// Runs a command with a text on its standard input.
fn fed(command: &mut Command, text: &str) -> std::io::Result<Output> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    if let Some(mut into) = child.stdin.take() {
        // A program that stops reading says why itself.
        let _ = into.write_all(text.as_bytes());
    }
    child.wait_with_output()
}

/// What it wrote, in one line.
fn said(output: &Output) -> String {
    let both = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes));
    let lines = both.iter().flat_map(|text| text.lines()).map(str::trim);
    let told: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    if told.is_empty() {
        "it gives no reason".to_owned()
    } else {
        told.join("; ")
    }
}
