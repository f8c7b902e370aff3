//! Where a new rubric is written, and how it is named in a command that can be pasted.

use std::fs;
use std::path::{Path, PathBuf};

use crate::cli::CliError;
use crate::domain::rubric::{slug, valid_id};

/// The folder of rubrics, where none is named.
const FOLDER: &str = "rubrics";

/// Writes a file that must not be there yet, making the folder of rubrics if it is to stand there.
pub fn write_new(path: &Path, text: &str) -> Result<(), CliError> {
    if path.parent() == Some(Path::new(FOLDER)) {
        fs::create_dir_all(FOLDER).map_err(|error| unwritable(path, &error))?;
    }
    let made = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path);
    made.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes()))
        .map_err(|error| unwritable(path, &error))
}

/// Why it cannot be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> CliError {
    if error.kind() == std::io::ErrorKind::AlreadyExists {
        return CliError::new(
            format!("`{}` exists already and is left as it is", path.display()),
            "name another file with `--out`, or move this one away",
        );
    }
    CliError::new(
        format!("cannot write `{}`: {error}", path.display()),
        "name a file in a folder you may write to",
    )
}

/// Refuses a file that is there, before anything is asked or paid for.
pub fn must_be_new(path: Option<&Path>) -> Result<(), CliError> {
    match path.filter(|path| path.exists()) {
        Some(path) => Err(unwritable(path, &std::io::ErrorKind::AlreadyExists.into())),
        None => Ok(()),
    }
}

/// A name nobody has taken in the folder of rubrics: this one, or this one with a number.
pub fn free(name: &str) -> (String, PathBuf) {
    let at = |name: &str| Path::new(FOLDER).join(format!("{name}.toml"));
    let mut free = name.to_owned();
    let mut n = 2_u32;
    while at(&free).exists() && n < u32::MAX {
        free = format!("{name}-{n}");
        n += 1;
    }
    let path = at(&free);
    (free, path)
}

/// The name a rubric takes from its file.
pub fn name_of(path: &Path) -> Option<String> {
    let stem = path.file_stem()?.to_str()?;
    if valid_id(stem) {
        return Some(stem.to_owned());
    }
    Some(slug(stem)).filter(|slug| !slug.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rubric_is_named_after_its_file() {
        assert_eq!(name_of(Path::new("x/mine.toml")).as_deref(), Some("mine"));
        assert_eq!(
            name_of(Path::new("My rubric.toml")).as_deref(),
            Some("my-rubric")
        );
        assert_eq!(name_of(Path::new("礼.toml")), None);
    }
}
