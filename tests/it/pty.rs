//! The program in a real terminal: a pty and a screen model.

use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

/// How long anything may take on a machine that does other things too.
const PATIENCE: Duration = Duration::from_secs(20);

fn cells(n: u16) -> std::num::NonZero<u16> {
    std::num::NonZero::new(n).unwrap()
}

/// The program on a screen.
pub struct Screen {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keyboard: Box<dyn Write + Send>,
    model: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
}

impl Screen {
    /// Starts `docket` with these arguments in `folder`.
    pub fn start(folder: &Path, args: &[&str], size: (u16, u16)) -> Self {
        Self::start_with(folder, args, size, &[])
    }

    /// The same with more in its environment.
    pub fn start_with(
        folder: &Path,
        args: &[&str],
        (rows, cols): (u16, u16),
        more: &[(&str, &str)],
    ) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_docket"));
        command.args(args);
        command.cwd(folder);
        command.env_clear();
        command.env("HOME", folder);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        for (name, value) in more {
            command.env(name, value);
        }
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let (model, raw) = (
            Arc::new(Mutex::new(vt100::Parser::new(cells(rows), cells(cols), 0))),
            Arc::new(Mutex::new(Vec::new())),
        );
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (seen, bytes) = (Arc::clone(&model), Arc::clone(&raw));
        std::thread::spawn(move || {
            let mut buffer = [0; 16 * 1024];
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 {
                    break;
                }
                seen.lock().unwrap().process(&buffer[..n]);
                bytes.lock().unwrap().extend_from_slice(&buffer[..n]);
            }
        });
        let keyboard = pair.master.take_writer().unwrap();
        Self {
            child,
            master: pair.master,
            keyboard,
            model,
            raw,
        }
    }

    /// The text on the screen.
    pub fn text(&self) -> String {
        self.model.lock().unwrap().screen().contents()
    }

    /// Everything the program has written.
    pub fn written(&self) -> Vec<u8> {
        self.raw.lock().unwrap().clone()
    }

    /// Waits until the screen shows a text.
    pub fn shows(&self, text: &str) -> &Self {
        let start = Instant::now();
        while !self.text().contains(text) {
            assert!(
                start.elapsed() < PATIENCE,
                "`{text}` never came:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        self
    }

    /// Types, a key at a time as a person does: a commit within 50 ms of another key is taken for a paste.
    pub fn types(&mut self, keys: &str) -> &mut Self {
        for key in keys.chars() {
            let mut bytes = [0; 4];
            self.keyboard
                .write_all(key.encode_utf8(&mut bytes).as_bytes())
                .unwrap();
            self.keyboard.flush().unwrap();
            std::thread::sleep(Duration::from_millis(80));
        }
        self
    }

    /// Sends bytes at once, as a paste or a terminal's own reports come.
    pub fn sends(&mut self, bytes: &[u8]) -> &mut Self {
        self.keyboard.write_all(bytes).unwrap();
        self.keyboard.flush().unwrap();
        self
    }

    /// Whether the terminal hands over lines, echoes them and makes signals of keys, as a shell needs it.
    pub fn is_cooked(&self) -> bool {
        // ICANON, ECHO and ISIG.
        let wanted = 0o2 | 0o10 | 0o1;
        let modes = self.master.get_termios().unwrap();
        modes.local_flags.bits() & wanted == wanted
    }

    /// Its process, as `/proc` knows it.
    pub fn process(&self) -> u32 {
        self.child.process_id().unwrap()
    }

    /// Changes the size of the terminal.
    pub fn resize(&self, rows: u16, cols: u16) {
        // Held over both: what is written for the new size is read at the new size.
        let mut model = self.model.lock().unwrap();
        self.master
            .resize(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .unwrap();
        model.screen_mut().set_size(cells(rows), cells(cols));
    }

    /// Sends a signal.
    pub fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_raw(self.child.process_id().unwrap() as i32).unwrap();
        rustix::process::kill_process(pid, signal).unwrap();
    }

    /// Waits for the end; returns the exit code.
    pub fn ends(&mut self) -> u32 {
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                start.elapsed() < PATIENCE,
                "it did not end:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(20));
        };
        std::thread::sleep(Duration::from_millis(100));
        status.exit_code()
    }

    /// Whether every mode that was switched on was switched off again.
    pub fn is_restored(&self) -> bool {
        let written = String::from_utf8_lossy(&self.written()).into_owned();
        ["1049", "1000", "1003", "1006", "2004"].iter().all(|mode| {
            let on = written.rfind(&format!("\u{1b}[?{mode}h"));
            let off = written.rfind(&format!("\u{1b}[?{mode}l"));
            on.is_none_or(|on| off.is_some_and(|off| off > on))
        }) && !self.model.lock().unwrap().screen().hide_cursor()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

/// A window that can be closed: nothing else holds the terminal open, as a [`Screen`]'s reader does.
pub struct Window {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    reader: Box<dyn Read + Send>,
}

impl Window {
    /// Starts `docket` with these arguments in `folder`.
    pub fn open(folder: &Path, args: &[&str]) -> Self {
        let pair = native_pty_system().openpty(PtySize::default()).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_docket"));
        command.args(args);
        command.cwd(folder);
        command.env_clear();
        command.env("HOME", folder);
        command.env("TERM", "xterm-256color");
        command.env("LANG", "C.UTF-8");
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        Self {
            child,
            reader: pair.master.try_clone_reader().unwrap(),
            master: pair.master,
        }
    }

    /// Waits until a text was written.
    pub fn shows(&mut self, text: &str) {
        let (mut seen, mut buffer) = (String::new(), [0; 16 * 1024]);
        while !seen.contains(text) {
            let n = self.reader.read(&mut buffer).unwrap();
            assert!(n > 0, "`{text}` never came: {seen}");
            seen.push_str(&String::from_utf8_lossy(&buffer[..n]));
        }
    }

    /// Closes the window under the program; the code it ends with.
    pub fn close(self) -> u32 {
        let Self {
            mut child,
            master,
            reader,
        } = self;
        drop((reader, master));
        let start = Instant::now();
        loop {
            if let Some(status) = child.try_wait().unwrap() {
                return status.exit_code();
            }
            assert!(start.elapsed() < PATIENCE, "it did not end");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
