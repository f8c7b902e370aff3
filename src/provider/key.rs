//! [`Key`]: a key in memory. It can be sent and removed from texts; it cannot be printed.

use std::fmt;
use std::io::Read as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret as _, SecretString};

use crate::domain::failure::Class;

use super::{Failure, KeySource};

/// What stands where a key stood.
const MASK: &str = "[key]";
/// How long a key command may take: long enough for a finger on a hardware key.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is read of a command's output, in bytes.
const LONGEST: u64 = 64 * 1024;
/// A shorter key is a placeholder (`none`, `ollama`), as local servers take any: a model may well say that word.
const SHORTEST_SECRET: usize = 8;

/// A key.
#[derive(Clone)]
pub struct Key(SecretString);

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(MASK)
    }
}

impl Key {
    /// A key from text; blanks around it do not count. `None` if nothing is left or it cannot stand in a header.
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        fits.then(|| Self(SecretString::from(text.to_owned())))
    }

    /// The key from its source; `Ok(None)` where none is wanted. Runs a key command, so it may block.
    pub fn fetch(
        source: &KeySource,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, Failure> {
        match source {
            KeySource::None => Ok(None),
            KeySource::Env { name, needed } => {
                let text = var(name).filter(|text| !text.trim().is_empty());
                match text {
                    Some(text) => Self::new(&text).map(Some).ok_or_else(|| {
                        refused(format!(
                            "the key in `{name}` holds blanks or signs that cannot be sent; copy it again"
                        ))
                    }),
                    None if *needed => Err(refused(format!(
                        "no key: the environment variable `{name}` is not set; set it, or name another with `--key-env`"
                    ))),
                    None => Ok(None),
                }
            }
            KeySource::Command(command) => run(command, PATIENCE).map(Some),
        }
    }

    /// The key itself, for the header alone.
    pub(super) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// `text` of an error with the key masked, whatever its length.
    pub(super) fn scrub(&self, text: String) -> String {
        self.mask(text, 4)
    }

    /// `text` of a reply with the key masked. Placeholders stay: they may be words of the answer.
    pub(super) fn scrub_reply(&self, text: String) -> String {
        self.mask(text, SHORTEST_SECRET)
    }

    fn mask(&self, text: String, shortest: usize) -> String {
        let key = self.expose();
        if key.len() < shortest || !text.contains(key) {
            return text;
        }
        text.replace(key, MASK)
    }
}

fn refused(message: impl Into<String>) -> Failure {
    Failure::new(Class::Auth, message)
}

/// Runs the command in a shell and takes the first line it prints.
///
/// What it prints is not repeated, on either stream: both may hold the key.
fn run(command: &str, patience: Duration) -> Result<Key, Failure> {
    let mut shell = if cfg!(windows) {
        let mut shell = Command::new("cmd");
        shell.arg("/C");
        shell
    } else {
        let mut shell = Command::new("sh");
        shell.arg("-c");
        shell
    };
    shell
        .arg(command)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut shell, 0);
    let mut child = shell
        .spawn()
        .map_err(|why| refused(format!("cannot start the key command: {why}")))?;
    let printed = child.stdout.take().map(|pipe| {
        std::thread::spawn(move || {
            let mut text = String::new();
            let _ = pipe.take(LONGEST).read_to_string(&mut text);
            text
        })
    });
    let status = wait(&mut child, patience)?;
    if !status.success() {
        return Err(refused(format!(
            "the key command failed ({status}); run it in a shell to see what it says"
        )));
    }
    let text = printed
        .and_then(|thread| thread.join().ok())
        .unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    Key::new(line).ok_or_else(|| {
        refused("the key command printed no key on its first line; run it in a shell to see")
    })
}

fn wait(child: &mut Child, patience: Duration) -> Result<std::process::ExitStatus, Failure> {
    let end = Instant::now() + patience;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) if Instant::now() < end => std::thread::sleep(Duration::from_millis(5)),
            Ok(None) => {
                end_group(child);
                return Err(refused(format!(
                    "the key command took longer than {} s and was stopped",
                    patience.as_secs_f64()
                )));
            }
            Err(why) => return Err(refused(format!("cannot wait for the key command: {why}"))),
        }
    }
}

/// Ends the shell and what it started: a child of the shell would hold the pipe open.
fn end_group(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = rustix::process::Pid::from_raw(child.id() as i32) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(name: &str, needed: bool) -> KeySource {
        KeySource::Env {
            name: name.to_owned(),
            needed,
        }
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = Key::new(" sk-secret-1 \n").unwrap();
        assert_eq!(
            format!("{key:?} {:#?}", Some(&key)),
            "[key] Some(\n    [key],\n)"
        );
        assert_eq!(key.expose(), "sk-secret-1");
    }

    #[test]
    fn an_echoed_key_is_masked_and_a_placeholder_stays_in_answers() {
        let key = Key::new("sk-secret-1").unwrap();
        assert_eq!(key.scrub("bad key sk-secret-1.".into()), "bad key [key].");
        assert_eq!(key.scrub_reply("sk-secret-1".into()), "[key]");
        let placeholder = Key::new("ollama").unwrap();
        assert_eq!(
            placeholder.scrub_reply("I run on ollama".into()),
            "I run on ollama"
        );
        assert_eq!(placeholder.scrub("bad key ollama".into()), "bad key [key]");
    }

    #[test]
    fn a_missing_key_names_its_variable() {
        let missing = Key::fetch(&env("SOME_KEY", true), |_| None).unwrap_err();
        assert_eq!(missing.class, Class::Auth);
        assert!(missing.message.contains("`SOME_KEY`"), "{missing}");
        let empty = Key::fetch(&env("SOME_KEY", true), |_| Some("  ".into()));
        assert_eq!(empty.unwrap_err().class, Class::Auth);
        assert!(Key::fetch(&env("X", false), |_| None).unwrap().is_none());
        assert!(Key::fetch(&KeySource::None, |_| None).unwrap().is_none());
    }

    #[test]
    fn a_key_that_cannot_stand_in_a_header_is_refused_without_repeating_it() {
        let bad = Key::fetch(&env("K", true), |_| Some("sk-a\nb".into())).unwrap_err();
        assert!(!bad.message.contains("sk-a"), "{bad}");
        assert!(Key::new("sk-ü").is_none());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_command_gives_its_first_line() {
        let source = KeySource::Command("printf 'sk-from-command\\nmore\\n'".into());
        let key = Key::fetch(&source, |_| None).unwrap().unwrap();
        assert_eq!(key.expose(), "sk-from-command");
    }

    #[cfg(unix)]
    #[test]
    fn what_a_failing_key_command_prints_is_not_repeated() {
        let failed = run("echo sk-secret; echo sk-secret >&2; exit 3", PATIENCE).unwrap_err();
        assert_eq!(failed.class, Class::Auth);
        assert!(failed.message.contains('3'), "{failed}");
        assert!(!failed.message.contains("sk-secret"), "{failed}");
        assert!(run("true", PATIENCE).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_command_that_hangs_is_stopped_with_its_children() {
        let start = Instant::now();
        let slow = run("sleep 20; echo key", Duration::from_millis(60)).unwrap_err();
        assert!(slow.message.contains("longer than"), "{slow}");
        assert!(start.elapsed() < Duration::from_secs(5));
    }
}
