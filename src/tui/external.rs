//! Writing in `$EDITOR`: out to a file, back from it, and nothing lost where that fails.

use std::ffi::OsString;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use crate::domain::view::Failure;

/// The largest text taken back, in bytes.
const LARGEST: u64 = 64 << 20;

/// The editor if nobody named one.
const FALLBACK: &str = "vi";

/// The editor's program and arguments: the settings' own, else `VISUAL`, else `EDITOR`, else `vi`.
pub fn command(
    own: Option<&str>,
    var: impl Fn(&str) -> Option<OsString>,
) -> Result<Vec<String>, Failure> {
    let named = own
        .map(str::to_owned)
        .into_iter()
        .chain(["VISUAL", "EDITOR"].into_iter().filter_map(|name| {
            let value = var(name)?;
            Some(value.to_string_lossy().into_owned())
        }))
        .find(|command| !command.trim().is_empty())
        .unwrap_or_else(|| FALLBACK.to_owned());
    match words(&named) {
        Some(words) if !words.is_empty() => Ok(words),
        _ => Err(Failure {
            what: format!("cannot read the editor command `{named}`: a quote is not closed"),
            hint: Some("set `EDITOR` to a program with its arguments".to_owned()),
        }),
    }
}

/// Splits a command as a shell would: blanks separate, quotes and backslashes keep together.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut signs = command.chars();
    while let Some(sign) = signs.next() {
        match (quote, sign) {
            (Some(open), _) if sign == open => quote = None,
            (Some('"') | None, '\\') => word.get_or_insert_default().push(signs.next()?),
            (None, '"' | '\'') => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            (None, sign) if sign.is_whitespace() => words.extend(word.take()),
            (Some(_) | None, _) => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

/// Lets a person write in `text` with the editor `command`; `None` if it comes back as it went.
///
/// The terminal must have been given back before. The file is readable by this person alone and goes away
/// afterwards, unless what was written cannot be taken over: then it stays and the failure names it.
pub fn edit(command: &[String], text: &str) -> Result<Option<Arc<str>>, Failure> {
    let failed = |what: String, hint: &str| Failure {
        what,
        hint: Some(hint.to_owned()),
    };
    let mut file = tempfile::Builder::new()
        .prefix("docket-")
        .suffix(".md")
        .tempfile()
        .map_err(|why| failed(format!("cannot make a file for the editor: {why}"), KEPT))?;
    file.write_all(text.as_bytes())
        .and_then(|()| file.flush())
        .map_err(|why| failed(format!("cannot write the editor's file: {why}"), KEPT))?;
    let Some((program, arguments)) = command.split_first() else {
        return Ok(None);
    };
    let status = Command::new(program)
        .args(arguments)
        .arg(file.path())
        .status()
        .map_err(|why| {
            failed(
                format!("cannot start the editor `{program}`: {why}"),
                "set `EDITOR`, or press e to edit here",
            )
        })?;
    let written = read_back(file.path());
    match written {
        Ok(written) if status.success() => Ok(changed(text, written)),
        // An editor that fails after saving must not cost what was saved.
        Ok(written) if written == text => Err(failed(
            format!("the editor `{program}` ended with {status}"),
            KEPT,
        )),
        Ok(_) => Err(keep(
            file,
            &format!("the editor `{program}` ended with {status}"),
        )),
        Err(why) => Err(keep(file, &why)),
    }
}

const KEPT: &str = "the text is as it was before";

fn keep(file: tempfile::NamedTempFile, why: &str) -> Failure {
    let hint = match file.keep() {
        Ok((_, path)) => format!("what you wrote is in `{}`", path.display()),
        Err(error) => format!("what you wrote could not be kept: {}", error.error),
    };
    Failure {
        what: why.to_owned(),
        hint: Some(hint),
    }
}

/// The file by its name, because many editors replace it.
fn read_back(path: &Path) -> Result<String, String> {
    let file = std::fs::File::open(path).map_err(|why| format!("cannot read back: {why}"))?;
    let mut bytes = Vec::new();
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(|why| format!("cannot read back: {why}"))?;
    if bytes.len() as u64 > LARGEST {
        return Err("the text is over 64 MiB now".to_owned());
    }
    String::from_utf8(bytes).map_err(|_| "the editor saved something other than UTF-8".to_owned())
}

/// What was written, without the line end that editors add to the last line.
fn changed(before: &str, mut written: String) -> Option<Arc<str>> {
    if !before.ends_with('\n') && written.ends_with('\n') {
        written.pop();
        if written.ends_with('\r') {
            written.pop();
        }
    }
    (written != before).then(|| written.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Vec<String> {
        vec!["sh".into(), "-c".into(), script.into(), "editor".into()]
    }

    #[test]
    fn what_was_written_comes_back_without_the_added_line_end() {
        let edited = edit(&shell("printf 'new text\\n' > \"$1\""), "old").unwrap();
        assert_eq!(edited.as_deref(), Some("new text"));
        assert_eq!(edit(&shell("echo >> \"$1\""), "old").unwrap(), None);
        assert_eq!(edit(&shell("true"), "old\n").unwrap(), None);
    }

    #[cfg(unix)]
    #[test]
    fn the_file_is_for_this_person_alone() {
        let edited = edit(
            &shell(
                "ls -l \"$1\" | cut -c1-10 > \"$1.mode\"; cat \"$1.mode\" > \"$1\"; rm \"$1.mode\"",
            ),
            "x",
        );
        assert_eq!(edited.unwrap().as_deref(), Some("-rw-------"));
    }

    #[test]
    fn a_failing_editor_keeps_what_it_saved() {
        let failure = edit(&shell("printf saved > \"$1\"; exit 3"), "old").unwrap_err();
        let hint = failure.hint.unwrap();
        let path = hint.split('`').nth(1).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "saved");
        std::fs::remove_file(path).unwrap();

        let failure = edit(&shell("printf '\\377' > \"$1\""), "old").unwrap_err();
        assert!(failure.what.contains("UTF-8"), "{failure}");
        let hint = failure.hint.unwrap();
        std::fs::remove_file(hint.split('`').nth(1).unwrap()).unwrap();

        assert!(edit(&shell("exit 1"), "old").is_err());
        assert!(edit(&["no-such-editor-anywhere".to_owned()], "old").is_err());
    }

    #[test]
    fn the_command_is_split_as_a_shell_would() {
        let var = |name: &str| (name == "EDITOR").then(|| OsString::from("code --wait 'a b'"));
        assert_eq!(command(None, var).unwrap(), ["code", "--wait", "a b"]);
        assert_eq!(command(Some("nano"), var).unwrap(), ["nano"]);
        assert_eq!(command(Some(" "), |_| None).unwrap(), ["vi"]);
        assert_eq!(words(r#"a\ b "c\"d" ''"#).unwrap(), ["a b", "c\"d", ""]);
        assert!(command(Some("vim 'oops"), var).is_err());
    }
}
