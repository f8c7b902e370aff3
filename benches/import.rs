//! CPU and memory of an import, beside a bare loop over the same rows.
//!
//! The loop parses each line, makes the same ids, fills the same tables and builds the same indexes with the same
//! page cache, and does nothing else: no detection, no report, no second thread. Each side runs in a process of
//! its own. `cargo bench --bench import -- [ROWS | FILE.jsonl] [--ceiling RATIO]`; rows are about 1 KB, 20,000 by default.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::borrow::Cow;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::AtomicBool;

use docket::args;
use docket::domain::canonical::{Occurrence, cluster_id, item_id, output_id};
use docket::domain::eval::{DatasetRole, Policy};
use docket::domain::ids::Identity;
use docket::domain::plan::{plan_key, ticket_id};
use docket::engine::evals::NewEval;
use docket::engine::import::{ImportPlan, NewTarget};
use docket::engine::{Clock, Engine, library};
use docket::store::{Db, StoreError, dialect, ingest, schema, workspace};
use docket::text::normalise::normalise;
use serde::Deserialize;
use serde_json::value::RawValue;

fn main() {
    let arguments: Vec<String> = std::env::args()
        .skip(1)
        .filter(|argument| argument != "--bench")
        .collect();
    match arguments
        .iter()
        .map(String::as_str)
        .collect::<Vec<_>>()
        .as_slice()
    {
        ["side", side, file, workspace] => {
            match *side {
                "loop" => bare_loop(Path::new(file), Path::new(workspace)),
                _ => import(Path::new(file), Path::new(workspace)),
            }
            println!("{:.2} {:.1}", cpu_seconds(), peak_mib());
        }
        [] => {
            compare_generated(20_000);
        }
        [given] => {
            compare_given(given);
        }
        [given, "--ceiling", most] => {
            let most: f64 = most.parse().expect("a ratio");
            let ratio = compare_given(given);
            assert!(
                ratio <= most,
                "the import took {ratio:.2} times the loop, more than {most}"
            );
        }
        _ => panic!("a number of rows or a file, then `--ceiling RATIO`"),
    }
}

/// Compares over a file, or over so many generated rows.
fn compare_given(given: &str) -> f64 {
    if Path::new(given).is_file() {
        return compare(Path::new(given));
    }
    compare_generated(given.parse().expect("a number of rows or a file"))
}

fn compare_generated(rows: u32) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.jsonl");
    let mut out = std::io::BufWriter::new(File::create(&path).unwrap());
    for n in 0..rows {
        let mut text = String::new();
        for word in 0..150_u32 {
            let _ = write!(
                text,
                "{} ",
                ["refund", "policy", "late", "naïve", "answer"]
                    [(n.wrapping_mul(word + 7) % 5) as usize]
            );
        }
        writeln!(out, "{{\"id\":\"r{n}\",\"model\":\"m{}\",\"prompt\":\"question {n}?\",\"output\":\"{text}\"}}", n % 3).unwrap();
    }
    out.flush().unwrap();
    compare(&path)
}

fn compare(file: &Path) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let side = |side: &str| {
        let workspace = folder.path().join(format!("{side}.db"));
        let mut command = Command::new(std::env::current_exe().unwrap());
        let output = command
            .args(["side", side])
            .arg(file)
            .arg(&workspace)
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        let (cpu, peak) = text.trim().split_once(' ').unwrap();
        println!("{side:>8}: {cpu} s CPU, {peak} MiB at most");
        cpu.parse::<f64>().unwrap()
    };
    let (bare, docket) = (side("loop"), side("docket"));
    let ratio = docket / bare.max(0.01);
    println!("docket / loop: {ratio:.2} (to reach: 1.3)");
    ratio
}

fn engine(workspace: &Path) -> Engine {
    Engine::create(workspace, "bench", Clock::system(), false).unwrap()
}

fn import(file: &Path, workspace: &Path) {
    let plan = ImportPlan {
        files: vec![PathBuf::from(file)],
        eval: Some(NewTarget::named("logs")),
        ..ImportPlan::default()
    };
    engine(workspace)
        .import(&plan, &AtomicBool::new(false), &mut |_| {})
        .unwrap();
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow)]
    prompt: &'a RawValue,
    #[serde(borrow)]
    output: &'a RawValue,
}

fn bare_loop(file: &Path, path: &Path) {
    let engine = engine(path);
    let eval = engine
        .make_eval(NewEval {
            name: "logs".into(),
            purpose: String::new(),
            instructions: String::new(),
            dataset: "logs".into(),
            role: DatasetRole::Review,
            rubric: library::built_in("send-as-is").unwrap(),
            policy: Policy::default(),
            seed: None,
        })
        .unwrap();
    drop(engine);
    let mut lines = BufReader::with_capacity(256 << 10, File::open(file).unwrap());
    let store = workspace::open(path).unwrap();
    store
        .on_writer(move |db| {
            schema::drop_indexes(db)?;
            dialect::durability(db, dialect::Durability::Bulk)?;
            let source = ingest::put_source(db, &[1; 16], "rows", "bench", 0)?;
            let (mut text, mut number, mut more) = (String::new(), 0_u64, true);
            while more {
                db.write(|db| {
                    for _ in 0..20_000 {
                        text.clear();
                        more = lines
                            .read_line(&mut text)
                            .map_err(|e| StoreError::Damaged(e.to_string()))?
                            > 0;
                        if !more {
                            break;
                        }
                        number += 1;
                        one(db, source, &eval.id, number, text.trim_end())?;
                    }
                    Ok(())
                })?;
            }
            schema::finish_indexes(db)?;
            dialect::checkpoint(db)
        })
        .unwrap();
}

fn one(
    db: &Db,
    source: i64,
    eval: &docket::domain::ids::EvalId,
    number: u64,
    line: &str,
) -> Result<(), StoreError> {
    let row: Line<'_> =
        serde_json::from_str(line).map_err(|e| StoreError::Damaged(e.to_string()))?;
    let (prompt, output) = (row.prompt.get(), row.output.get());
    let item = item_id(Some(prompt), None, Occurrence::External(&row.id));
    let answer = output_id(&item, Some(&row.model), Some(output), 0);
    let cluster = cluster_id(&normalise(prompt));
    let ticket = ticket_id(eval, &[answer]);
    let raw = Identity::of("raw").part(line.as_bytes()).finish();
    let at = |part: &str| (part.as_ptr() as usize - line.as_ptr() as usize) as i64;
    let chars = output.chars().count() as u64;
    db.exec(
        "INSERT INTO raw (id, source, line, body) VALUES (?1, ?2, ?3, ?4)",
        args![&raw, source, number, line.as_bytes()],
    )?;
    let raw = db.last_row();
    db.exec(
        "INSERT INTO item (id, cluster, raw, request_at, request_len, external_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        args![&item.0, &cluster.0, raw, at(prompt), prompt.len() as u64, &*row.id],
    )?;
    let item = db.last_row();
    db.exec(
        "INSERT INTO output (id, item, raw, position, model, message_at, message_len, chars) VALUES (?1, ?2, ?3, 0, ?4, ?5, ?6, ?7)",
        args![&answer.0, item, raw, &*row.model, at(output), output.len() as u64, chars],
    )?;
    let output = db.last_row();
    db.exec(
        "INSERT INTO ticket (id, eval, item, output, outputs, plan, plan_key, model, time_ms, chars) VALUES (?1, 1, ?2, ?3, 1, 1, ?4, ?5, 0, ?6)",
        args![&ticket.0, item, output, plan_key(1, 7, &ticket), &*row.model, chars],
    )?;
    Ok(())
}

/// User and system time of this process, in seconds.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// The most memory this process ever held.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM"))
        .unwrap();
    line.split_whitespace()
        .nth(1)
        .unwrap()
        .parse::<f64>()
        .unwrap()
        / 1024.0
}
