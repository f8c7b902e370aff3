//! Making and opening a workspace file.

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::actor::Store;
use super::db::Db;
use super::error::{Result, StoreError};
use super::{dialect, schema};
use crate::domain::ids::{WorkspaceId, hex};

/// What a workspace is made with; copied with the file, so copies are the same workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Random.
    pub id: WorkspaceId,
    /// Seed of every split and plan.
    pub seed: u64,
    /// Key of the nonces a judge must echo; never printed.
    pub secret: [u8; 32],
}

/// Makes a workspace at `path`, or opens the one that is there.
///
/// The file is readable by its owner only; with `group` by the group of its folder, which must be set-gid.
pub fn create(path: &Path, fresh: &Identity, group: bool) -> Result<Store> {
    make(path, fresh, group).map_err(|error| error.on(path))
}

fn make(path: &Path, fresh: &Identity, group: bool) -> Result<Store> {
    refuse_network(path)?;
    if !path.exists() {
        new_file(path, if group { 0o660 } else { 0o600 })?;
    }
    let db = dialect::open_writer(path, true)?;
    schema::migrate(&db, path)?;
    remember(&db, fresh)?;
    schema::finish_indexes(&db)?;
    Store::start(path, db)
}

/// Makes an empty file with this mode before anything is written into it: logs are nobody else's to read.
pub(super) fn new_file(path: &Path, mode: u32) -> Result<()> {
    let made = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path);
    let failed = |error: std::io::Error| StoreError::Open {
        path: path.to_owned(),
        why: error.to_string(),
    };
    match made {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(failed(error));
        }
        _ => {}
    }
    // The umask may have taken bits away that a shared workspace needs.
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).map_err(failed)
}

/// Copies the workspace of `db`, which is the file `from`, to `to` while others go on working. Whoever may read the one may
/// read the other.
pub fn backup(db: &Db, from: &Path, to: &Path) -> Result<()> {
    let mode = std::fs::metadata(from).map_or(0o600, |about| about.permissions().mode() & 0o777);
    new_file(to, mode)?;
    dialect::backup(db, to)
}

/// Opens an existing workspace.
pub fn open(path: &Path) -> Result<Store> {
    find(path).map_err(|error| error.on(path))
}

fn find(path: &Path) -> Result<Store> {
    if !path.exists() {
        return Err(StoreError::Missing(path.to_owned()));
    }
    refuse_network(path)?;
    let db = dialect::open_writer(path, false)?;
    // An empty file may be a workspace whose making was killed; anything else without our mark is refused.
    schema::migrate(&db, path)?;
    if identity(&db)?.is_none() {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    schema::finish_indexes(&db)?;
    Store::start(path, db)
}

/// Whether nothing was ever taken in or decided here.
pub fn is_untouched(db: &Db) -> Result<bool> {
    let held = "SELECT EXISTS (SELECT 1 FROM raw) OR EXISTS (SELECT 1 FROM event) OR EXISTS (SELECT 1 FROM source)";
    Ok(db.number(held, &[])? == 0)
}

/// Takes a workspace off the disk, with the files beside it. One that somebody has open stays: the last to close it
/// takes the shared index file away, so where that is, others are at work.
pub fn remove(path: &Path) -> Result<()> {
    let beside = |ending: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(ending);
        std::path::PathBuf::from(name)
    };
    if beside("-shm").exists() {
        return Ok(());
    }
    for file in [beside("-wal"), path.to_owned()] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::Open {
                    path: file,
                    why: error.to_string(),
                });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The identity of an open workspace.
pub fn identity(db: &Db) -> Result<Option<Identity>> {
    let get = |key: &str| {
        db.first("SELECT value FROM meta WHERE key = ?1", args![key], |row| {
            row.string(0)
        })
    };
    let (Some(id), Some(seed), Some(secret)) = (
        get("id")?.flatten(),
        get("seed")?.flatten(),
        get("secret")?.flatten(),
    ) else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged("workspace identity".into());
    let mut key = [0; 32];
    for (at, byte) in key.iter_mut().enumerate() {
        let pair = secret.get(at * 2..at * 2 + 2).ok_or_else(damaged)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| damaged())?;
    }
    Ok(Some(Identity {
        id: id.parse().map_err(|_| damaged())?,
        seed: seed.parse().map_err(|_| damaged())?,
        secret: key,
    }))
}

fn remember(db: &Db, fresh: &Identity) -> Result<()> {
    if identity(db)?.is_some() {
        return Ok(());
    }
    let values = [
        ("id", fresh.id.to_string()),
        ("seed", fresh.seed.to_string()),
        ("secret", hex(&fresh.secret)),
    ];
    db.write(|db| {
        for (key, value) in &values {
            // A second process may have been first.
            db.exec(
                "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO NOTHING",
                args![*key, value],
            )?;
        }
        Ok(())
    })
}

/// Network file systems, by the magic number `statfs` reports. `SQLite`'s locks cannot be trusted there.
const NETWORK: [i64; 6] = [
    0x6969,
    0x517b,
    0xff53_4d42,
    0xfe53_4d42,
    0x0102_1997,
    0x5346_414f,
];

fn refuse_network(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    #[cfg(target_os = "linux")]
    if let Ok(stat) = rustix::fs::statfs(folder)
        && NETWORK.contains(&{ stat.f_type })
    {
        return Err(StoreError::NetworkFileSystem(path.to_owned()));
    }
    Ok(())
}
