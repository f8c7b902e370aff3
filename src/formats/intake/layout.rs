//! How the rows lie in the file, told from its beginning: lines, an array, values, a wrapper, a table.

use std::fmt;

use super::error::IntakeError;
use super::scan::{Found, Member, Scanner, members, skip_space};
use super::window::Window;

/// How much of the first value is looked at before deciding.
const PEEK: usize = 8 << 20;

/// Keys that wrap the rows of a whole file.
const WRAPPERS: [&str; 12] = [
    "data",
    "results",
    "samples",
    "resourceSpans",
    "traces",
    "observations",
    "runs",
    "rows",
    "request_states",
    "records",
    "examples",
    "items",
];

/// Keys that show an object to be a row itself, whatever arrays it holds.
const ROW_KEYS: [&str; 10] = [
    "messages",
    "request",
    "prompt",
    "conversations",
    "instruction",
    "custom_id",
    "choices",
    "response",
    "output",
    "input",
];

/// How the rows lie in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// One JSON object a line.
    Lines,
    /// One JSON array of objects.
    Array,
    /// JSON objects behind each other, each over several lines, or just one.
    Values,
    /// One object that holds the rows under this path.
    Wrapped(String),
    /// A header line and records, with this delimiter.
    Table(u8),
}

impl fmt::Display for Layout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lines => f.write_str("JSON Lines"),
            Self::Array => f.write_str("a JSON array"),
            Self::Values => f.write_str("JSON objects"),
            Self::Wrapped(path) => write!(f, "a JSON object with the rows in `{path}`"),
            Self::Table(b'\t') => f.write_str("a table separated by tabs"),
            Self::Table(b';') => f.write_str("a table separated by semicolons"),
            Self::Table(_) => f.write_str("a table separated by commas"),
        }
    }
}

/// What the beginning of a file says.
#[derive(Debug)]
pub(super) struct Start {
    pub layout: Layout,
    /// Line of the first byte that is no white space, 1-based.
    pub line: u64,
    /// Bytes before the first row inside the window (behind the `[` of a wrapper's array).
    pub skip: usize,
    /// The keys of a wrapping object.
    pub keys: Vec<String>,
}

/// Looks at the beginning of the window; consumes only leading white space.
pub(super) fn detect(
    window: &mut Window<'_>,
    failed: impl Fn(std::io::Error) -> IntakeError,
) -> Result<Start, IntakeError> {
    let mut line = 1;
    let mut seen = false;
    let first = loop {
        let space = skip_space(window.data(), 0);
        seen |= space > 0;
        line += count_lines(&window.data()[..space]);
        let first = window.data().get(space).copied();
        // A tab may be the empty first column of a table: the line's own white space stays.
        let keep = match memchr::memrchr(b'\n', &window.data()[..space]) {
            Some(at) => at + 1,
            None if first.is_some() => 0,
            None => space,
        };
        if let Some(first) = first {
            window.consume(keep);
            break first;
        }
        window.consume(space);
        if !window.more().map_err(&failed)? {
            let lines = line - u64::from(line > 1);
            return Err(if seen {
                IntakeError::Blank { lines }
            } else {
                IntakeError::Empty
            });
        }
    };
    let plain = |layout| Start {
        layout,
        line,
        skip: 0,
        keys: Vec::new(),
    };
    match first {
        b'[' => array(window).map(plain).map_err(failed),
        b'{' => {
            let start = object(window).map_err(failed)?;
            Ok(Start { line, ..start })
        }
        _ => {
            window.fill(1 << 16).map_err(&failed)?;
            let delimiter =
                super::csv::sniff(window.data()).ok_or_else(|| IntakeError::NotRows {
                    line,
                    start: beginning(window.data()),
                })?;
            Ok(plain(Layout::Table(delimiter)))
        }
    }
}

/// Line breaks in `bytes`.
pub(super) fn count_lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}

fn beginning(bytes: &[u8]) -> String {
    let line = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let text = String::from_utf8_lossy(&line[..line.len().min(200)]);
    text.trim()
        .chars()
        .take(40)
        .flat_map(char::escape_debug)
        .collect()
}

/// The end of the first value, or why it is not known.
fn first_value(window: &mut Window<'_>) -> std::io::Result<Found> {
    let mut scanner = Scanner::default();
    let mut at = skip_space(window.data(), 0);
    loop {
        match scanner.run(&window.data()[at..]) {
            Found::End(length) => return Ok(Found::End(at + length)),
            Found::BrokenString(length) => return Ok(Found::BrokenString(at + length)),
            Found::More => at = window.data().len(),
        }
        if at >= PEEK || !window.more()? {
            return Ok(Found::More);
        }
    }
}

/// The first byte behind `end` that is no white space, if there is one.
fn following(window: &mut Window<'_>, end: usize) -> std::io::Result<Option<u8>> {
    loop {
        let at = skip_space(window.data(), end);
        if let Some(byte) = window.data().get(at) {
            return Ok(Some(*byte));
        }
        if at >= PEEK || !window.more()? {
            return Ok(None);
        }
    }
}

fn array(window: &mut Window<'_>) -> std::io::Result<Layout> {
    let Found::End(end) = first_value(window)? else {
        return Ok(Layout::Array);
    };
    let one_line = count_lines(&window.data()[..end]) == 0;
    let next = following(window, end)?;
    let lines = one_line && matches!(next, Some(b'[' | b'{'));
    Ok(if lines { Layout::Lines } else { Layout::Array })
}

fn object(window: &mut Window<'_>) -> std::io::Result<Start> {
    let found = first_value(window)?;
    let start = |layout| Start {
        layout,
        line: 1,
        skip: 0,
        keys: Vec::new(),
    };
    if let Found::End(end) = found
        && following(window, end)?.is_some()
    {
        let one_line = count_lines(&window.data()[..end]) == 0;
        return Ok(start(if one_line {
            Layout::Lines
        } else {
            Layout::Values
        }));
    }
    let data = window.data();
    if let Some((path, skip, keys)) = wrapper(data) {
        return Ok(Start {
            layout: Layout::Wrapped(path),
            line: 1,
            skip,
            keys,
        });
    }
    if matches!(found, Found::BrokenString(_)) || broken_first_line(data) {
        return Ok(start(Layout::Lines));
    }
    let one_line = count_lines(data) == 0;
    Ok(start(match found {
        Found::End(_) => Layout::Values,
        _ if one_line => Layout::Lines,
        _ => Layout::Values,
    }))
}

/// Whether the first line is not closed and the next one starts a new object in the first column.
fn broken_first_line(data: &[u8]) -> bool {
    let Some(end) = memchr::memchr(b'\n', data) else {
        return false;
    };
    let open = matches!(Scanner::default().run(&data[..end]), Found::More);
    open && data[..end].trim_ascii().len() > 1 && data.get(end + 1) == Some(&b'{')
}

/// The path of the wrapped rows, the offset behind their `[`, and the keys of the object.
fn wrapper(data: &[u8]) -> Option<(String, usize, Vec<String>)> {
    let outer = members(data);
    let keys: Vec<String> = outer.iter().map(|m| m.key.clone()).collect();
    if keys.iter().any(|key| ROW_KEYS.contains(&key.as_str())) {
        return None;
    }
    for name in WRAPPERS {
        let Some(member) = outer.iter().find(|m| m.key == name) else {
            continue;
        };
        if let Some(skip) = rows_at(data, member) {
            return Some((name.to_owned(), skip, keys));
        }
        if name == "results" && data[member.value] == b'{' {
            let inner = members(&data[member.value..]);
            let rows = inner.iter().find(|m| m.key == "results")?;
            let skip = rows_at(&data[member.value..], rows)?;
            return Some(("results.results".into(), member.value + skip, keys));
        }
    }
    None
}

/// The offset behind the `[` if the member is an array of objects.
fn rows_at(data: &[u8], member: &Member) -> Option<usize> {
    if data[member.value] != b'[' {
        return None;
    }
    let first = skip_space(data, member.value + 1);
    matches!(data.get(first), Some(b'{')).then_some(member.value + 1)
}
