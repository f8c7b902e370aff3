//! Small file systems in memory: disks that can be filled and made read-only, whoever runs the tests.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A file system of its own, gone at the end of the test.
pub struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    /// Mounts one of so many KiB. Where that is not permitted it says so, and the test is skipped.
    pub fn new(kib: u32) -> Option<Self> {
        let disk = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        let size = format!("size={kib}k");
        match disk.mount(&["-t", "tmpfs", "-o", &size, "tmpfs"]) {
            Ok(()) => Some(disk),
            Err(why) => {
                eprintln!("skipped: no file system may be mounted here: {why}");
                None
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A file in it.
    pub fn at(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Changes its size.
    pub fn resize(&self, kib: u32) {
        self.mount(&["-o", &format!("remount,size={kib}k")])
            .unwrap();
    }

    /// Makes it read-only.
    pub fn forbid_writing(&self) {
        self.mount(&["-o", "remount,ro"]).unwrap();
    }

    /// Takes all the room that is left; the file that does so is to be removed.
    pub fn fill(&self) -> PathBuf {
        let path = self.at("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
        path
    }

    fn mount(&self, args: &[&str]) -> Result<(), String> {
        let ran = Command::new("mount").args(args).arg(self.path()).output();
        match ran {
            Ok(ran) if ran.status.success() => Ok(()),
            Ok(ran) => Err(String::from_utf8_lossy(&ran.stderr).trim().to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // Lazily: a program that a failed test left behind may still have a file open.
        let _ = Command::new("umount").arg("-l").arg(self.path()).output();
    }
}
