//! The place a dataset folder goes to: what may stand there, who else is at it, and the swap.
//!
//! Everything is made in a folder beside the target, on the same file system, and renamed into place. One lock
//! file beside the target serialises exports to it, so whoever holds the lock knows that any other temporary
//! folder of this name was left by a killed export, and clears it away.

use std::ffi::OsString;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, RenameFlags, renameat_with};

use super::error::FolderError;
use super::manifest::Known;

/// The claimed target with its temporary folder. Dropping it without [`Target::publish`] leaves no trace.
#[derive(Debug)]
pub(super) struct Target {
    path: PathBuf,
    parent: PathBuf,
    temp: PathBuf,
    old: PathBuf,
    lock: PathBuf,
    /// Held for its lock.
    held: Option<File>,
    /// Parents that did not exist, the innermost first.
    made: Vec<PathBuf>,
    published: bool,
}

impl Target {
    /// Checks the target, takes its lock, clears what killed exports left, and makes the temporary folder.
    pub(super) fn claim(target: &Path, replace: bool) -> Result<Self, FolderError> {
        let path = absolute(target)?;
        let unusable = |why| FolderError::TargetNotUsable {
            path: path.clone(),
            why,
        };
        let (Some(parent), Some(name)) = (path.parent(), path.file_name()) else {
            return Err(unusable("the root folder"));
        };
        if std::env::current_dir().is_ok_and(|here| here.starts_with(&path)) {
            return Err(unusable("the folder you are in, or one above it"));
        }
        let made = make_parents(parent)?;
        let beside = |suffix: &str| {
            let mut hidden = OsString::from(".");
            hidden.push(name);
            hidden.push(suffix);
            parent.join(hidden)
        };
        let mut claimed = Self {
            parent: parent.to_path_buf(),
            temp: beside(".docket-tmp"),
            old: beside(".docket-old"),
            lock: beside(".docket-lock"),
            path: path.clone(),
            held: None,
            made,
            published: false,
        };
        claimed.held = Some(lock(&claimed.lock, &claimed.path)?);
        claimed.recover()?;
        claimed.inspect(replace)?;
        fs::create_dir(&claimed.temp).map_err(FolderError::io("create", &claimed.temp))?;
        Ok(claimed)
    }

    /// Where the files are written.
    pub(super) fn temp(&self) -> &Path {
        &self.temp
    }

    /// Where they will be.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Clears what a killed export left. A killed swap without atomic exchange may have left the target under
    /// its other name; it goes back first.
    fn recover(&self) -> Result<(), FolderError> {
        if self.old.exists() && !self.path.exists() {
            fs::rename(&self.old, &self.path).map_err(FolderError::io("restore", &self.path))?;
        }
        for stale in [&self.temp, &self.old] {
            remove(stale).map_err(FolderError::io("clear away the left-over folder", stale))?;
        }
        Ok(())
    }

    fn inspect(&self, replace: bool) -> Result<(), FolderError> {
        let entries = match fs::read_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
                return Err(FolderError::TargetIsFile(self.path.clone()));
            }
            other => other.map_err(FolderError::io("read", &self.path))?,
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(FolderError::io("read", &self.path))?;
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
        if names.is_empty() {
            Ok(())
        } else if replace {
            self.all_ours(&names)
        } else {
            Err(FolderError::TargetNotEmpty(self.path.clone()))
        }
    }

    /// Replacing removes the whole folder, so every entry must be one docket wrote.
    fn all_ours(&self, names: &[String]) -> Result<(), FolderError> {
        let foreign = |entry: &str| FolderError::NotOurs {
            path: self.path.clone(),
            foreign: entry.to_owned(),
        };
        let text = fs::read(self.path.join("manifest.json")).unwrap_or_default();
        let known = serde_json::from_slice::<Known>(&text).ok();
        let Some(known) = known.filter(|known| known.tool.name == super::TOOL) else {
            return Err(foreign(names.first().map_or("", String::as_str)));
        };
        let ours = |name: &String| {
            name == "manifest.json" || known.files.iter().any(|file| file.path == *name)
        };
        match names.iter().find(|name| !ours(name)) {
            Some(name) => Err(foreign(name)),
            None => Ok(()),
        }
    }

    /// Makes the temporary folder the target, durably.
    pub(super) fn publish(mut self) -> Result<PathBuf, FolderError> {
        sync(&self.temp)?;
        let occupied = fs::read_dir(&self.path).is_ok_and(|mut entries| entries.next().is_some());
        if occupied {
            self.swap()?;
        } else {
            // Also over an empty folder, in one step.
            fs::rename(&self.temp, &self.path).map_err(FolderError::io("create", &self.path))?;
        }
        self.published = true;
        sync(&self.parent)?;
        Ok(self.path.clone())
    }

    /// Lets go of the lock and of nothing else, as a kill does.
    #[cfg(test)]
    pub(super) fn abandon(&mut self) {
        self.held = None;
        self.made.clear();
    }

    fn swap(&self) -> Result<(), FolderError> {
        let exchanged = renameat_with(CWD, &self.temp, CWD, &self.path, RenameFlags::EXCHANGE);
        if exchanged.is_ok() {
            // The temporary name now holds what was replaced. Failing to remove it fails nothing: the next
            // export clears it away.
            let _ = remove(&self.temp);
            return Ok(());
        }
        // Not every file system can exchange. Between these two steps the old folder has its other name, and
        // `recover` gives it back.
        fs::rename(&self.path, &self.old).map_err(FolderError::io("replace", &self.path))?;
        if let Err(error) = fs::rename(&self.temp, &self.path) {
            let _ = fs::rename(&self.old, &self.path);
            return Err(FolderError::io("replace", &self.path)(error));
        }
        let _ = remove(&self.old);
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        // Without the lock the temporary folder belongs to somebody else.
        if self.held.is_some() {
            if !self.published {
                let _ = remove(&self.temp);
            }
            // Before the lock is released: see `lock`.
            let _ = fs::remove_file(&self.lock);
        }
        if !self.published {
            for folder in &self.made {
                let _ = fs::remove_dir(folder);
            }
        }
    }
}

/// The target without links and dots, so that names beside it can be formed.
fn absolute(target: &Path) -> Result<PathBuf, FolderError> {
    match fs::canonicalize(target) {
        Ok(path) if path.is_dir() => Ok(path),
        Ok(path) => Err(FolderError::TargetIsFile(path)),
        Err(_) => std::path::absolute(target)
            // Drops a closing slash.
            .map(|path| path.components().collect())
            .map_err(FolderError::io("resolve", target)),
    }
}

/// Makes the folders above the target and returns those that were missing, the innermost first.
fn make_parents(parent: &Path) -> Result<Vec<PathBuf>, FolderError> {
    let missing = parent.ancestors().take_while(|folder| !folder.exists());
    let missing: Vec<_> = missing.map(Path::to_path_buf).collect();
    match fs::create_dir_all(parent) {
        // "File exists" would be true and of no help.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(io::ErrorKind::NotADirectory.into())
        }
        other => other,
    }
    .map_err(FolderError::io("create", parent))?;
    Ok(missing)
}

/// Takes the lock of a target. A killed process leaves the file but not the lock on it.
fn lock(path: &Path, target: &Path) -> Result<File, FolderError> {
    loop {
        let mut options = File::options();
        let file = options.create(true).truncate(false).write(true).open(path);
        let file = file.map_err(FolderError::io("write beside the target", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(target.to_path_buf())),
            Err(TryLockError::Error(error)) => return Err(FolderError::io("lock", path)(error)),
        }
        // The holder before may have removed the file between our open and our lock; then this lock guards
        // nothing, and the file has to be made anew.
        let same = |a: &fs::Metadata, b: &fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
        let ours = file.metadata().map_err(FolderError::io("lock", path))?;
        if fs::metadata(path).is_ok_and(|there| same(&ours, &there)) {
            return Ok(file);
        }
    }
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Waits until the disk has the folder's entries.
fn sync(folder: &Path) -> Result<(), FolderError> {
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(FolderError::io("write", folder))
}
