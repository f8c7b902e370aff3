//! Files that are there whole or not at all: written beside their places, made durable, then renamed.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::super::{EngineError, Result};

/// Writes all files into a folder and returns their paths. On any failure no file has changed and what was made is gone.
pub(super) fn all<const N: usize>(
    folder: &Path,
    files: &[(&str, String); N],
) -> Result<[String; N]> {
    let made = missing(folder);
    let done = fs::create_dir_all(folder)
        .map_err(|why| (folder.to_path_buf(), why))
        .and_then(|()| put(folder, files));
    match done {
        Ok(()) => Ok(files
            .each_ref()
            .map(|(name, _)| folder.join(name).display().to_string())),
        Err((path, why)) => {
            // Only folders that were made here, the innermost first, and only while they are empty.
            for made in made {
                let _ = fs::remove_dir(made);
            }
            Err(refused(&path, &why))
        }
    }
}

/// Folders on the way that are not there yet, the innermost first.
fn missing(folder: &Path) -> Vec<PathBuf> {
    folder
        .ancestors()
        .take_while(|one| !one.as_os_str().is_empty() && !one.exists())
        .map(Path::to_path_buf)
        .collect()
}

fn put<const N: usize>(
    folder: &Path,
    files: &[(&str, String); N],
) -> std::result::Result<(), (PathBuf, io::Error)> {
    let beside = |name: &str| folder.join(format!(".{name}.{}.tmp", std::process::id()));
    let clear = || {
        for (name, _) in files {
            let _ = fs::remove_file(beside(name));
        }
    };
    for (name, text) in files {
        let (temp, path) = (beside(name), folder.join(name));
        let written = File::create(&temp).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        // A folder in the file's place is found before anything is replaced.
        let free = if path.is_dir() {
            Err(io::Error::from(io::ErrorKind::IsADirectory))
        } else {
            Ok(())
        };
        if let Err(why) = written.and(free) {
            clear();
            return Err((path, why));
        }
    }
    for (name, _) in files {
        let path = folder.join(name);
        if let Err(why) = fs::rename(beside(name), &path) {
            clear();
            return Err((path, why));
        }
    }
    Ok(())
}

fn refused(path: &Path, why: &io::Error) -> EngineError {
    EngineError::refused(
        format!("cannot write the report to `{}`: {why}", path.display()),
        "nothing was changed; name a folder you may write to: `--out DIR`",
    )
}
