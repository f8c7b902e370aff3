//! What several tests need.

use std::path::{Path, PathBuf};
use std::process::Command;

use docket::domain::ids::WorkspaceId;
use docket::store::{Store, project, workspace};

/// The program, in an environment of its own.
pub fn docket(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_docket"));
    command
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"));
    command
}

/// A workspace whose identity is always the same, so that what two of them hold can be compared.
pub fn fresh(path: &Path) {
    let identity = workspace::Identity {
        id: WorkspaceId([7; 16]),
        seed: 7,
        secret: [7; 32],
    };
    drop(workspace::create(path, &identity, false).unwrap());
}

/// Everything a workspace shows, as text.
pub fn dump(path: &Path) -> String {
    open(path).read(project::dump).unwrap()
}

/// One number out of a workspace.
pub fn number(path: &Path, sql: &str) -> i64 {
    open(path).read(|db| db.number(sql, &[])).unwrap()
}

fn open(path: &Path) -> Store {
    workspace::open(path).unwrap()
}

/// A folder of the shared data; without it the test says so and, under CI, fails.
pub fn shared(folder: &str) -> Option<PathBuf> {
    let root = std::env::var_os("DOCKET_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"),
        PathBuf::from,
    );
    let path = root.join(folder);
    if path.is_dir() {
        return Some(path);
    }
    let missing = format!(
        "`{}` is not there: set DOCKET_SHARED to the folder of shared test data",
        path.display()
    );
    assert!(std::env::var_os("CI").is_none(), "{missing}");
    eprintln!("skipped: {missing}");
    None
}
