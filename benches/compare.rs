//! Comparing five candidates, beside a bare program that does the least anybody could.
//!
//! `cargo bench --bench compare -- [--items 100000] [--ceiling SECONDS]` makes a workspace through the same imports as
//! anybody's, then measures, each in a process of its own: the bare program (one ordered SELECT of the same scores and the
//! bare bootstrap of the four differences), the comparison made anew, the Runs screen's page with all rows made anew, and
//! the kept comparison as the screen opens it. `--ceiling` bounds the wall time of the second for so many items;
//! `--workspace FILE` keeps the workspace, and measures on one that is there. Linux only.

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use docket::args;
use docket::domain::rubric::{Rubric, Scale};
use docket::domain::view::GroupPage;
use docket::engine::compare::CompareOptions;
use docket::engine::import::{ImportPlan, NewTarget, RunImport};
use docket::engine::judge::Control;
use docket::engine::runs::RunOrder;
use docket::engine::{Clock, Engine};
use docket::stats::Clusters;
use docket::stats::bootstrap::{REPLICATES, SplitMix64, cluster_bootstrap};
use docket::store::workspace;

type Any<T> = Result<T, Box<dyn Error>>;

/// What was logged, and four others.
const CANDIDATES: [&str; 5] = ["logged", "b", "c", "d", "e"];
/// Levels of the question: many, so that differences are of more kinds than the resampling counts apart.
const LEVELS: usize = 100;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Any<bool> {
    let arguments: Vec<String> = std::env::args().collect();
    if let Some(at) = arguments.iter().position(|argument| argument == "side") {
        let [side, path] = [1, 2].map(|by| arguments.get(at + by).cloned().unwrap_or_default());
        return one_side(&side, Path::new(&path)).map(|()| true);
    }
    let items: usize = option("--items").map_or(Ok(100_000), |n| n.parse())?;
    let ceiling: Option<f64> = option("--ceiling").map(|n| n.parse()).transpose()?;
    let folder = tempfile::tempdir()?;
    let path = match option("--workspace") {
        Some(path) => PathBuf::from(path),
        None => folder.path().join("bench.db"),
    };
    if !path.exists() {
        prepare(folder.path(), &path, items)?;
    }
    forget(&path)?;
    println!("{items} items, {} candidates", CANDIDATES.len());
    // The first reads the file into the page cache for all.
    side("bare", &path)?;
    let bare = side("bare", &path)?;
    let compare = side("compare", &path)?;
    // One made anew keeps what it came to; the page with rows must not find it.
    forget(&path)?;
    side("page", &path)?;
    side("kept", &path)?;
    println!(
        "compare / bare {:.2}; with 100000 items to reach: compare 2 s and 200 MiB, kept 0.1 s",
        compare / bare
    );
    Ok(ceiling.is_none_or(|most| compare <= most))
}

fn option(name: &str) -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != name);
    args.nth(1)
}

/// Runs a side in a process of its own; returns its wall time in seconds.
fn side(name: &str, path: &Path) -> Any<f64> {
    let output = Command::new(std::env::current_exe()?)
        .args(["side", name])
        .arg(path)
        .output()?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into());
    }
    let text = String::from_utf8(output.stdout)?;
    println!("{}", text.trim_end());
    let wall = text.split_whitespace().nth(1).unwrap_or_default();
    Ok(wall.parse()?)
}

fn one_side(name: &str, path: &Path) -> Any<()> {
    let start = Instant::now();
    match name {
        "bare" => bare(path)?,
        "compare" => {
            let comparison = open(path)?.compare("june", &CompareOptions::default())?;
            assert!(comparison.candidates.iter().all(|one| one.mean.is_some()));
        }
        "page" => assert!(matches!(
            open(path)?.group_page("june", false)?,
            GroupPage::Open(_)
        )),
        _ => assert!(matches!(
            open(path)?.kept_page("june", false)?,
            Some(GroupPage::Open(_))
        )),
    }
    let wall = start.elapsed().as_secs_f64();
    println!(
        "{name:<8} {wall:.3} s, {:.2} s of CPU, {} MiB at most",
        cpu_seconds()?,
        peak_kib()? / 1024
    );
    Ok(())
}

fn open(path: &Path) -> Any<Engine> {
    Ok(Engine::open(path, "bench", Clock::system())?)
}

/// Takes away what is kept.
fn forget(path: &Path) -> Any<()> {
    let store = workspace::open(path)?;
    Ok(store.write(|db| db.script("DELETE FROM kept_comparison"))?)
}

/// The scores in one ordered statement, and the bootstrap of the differences, on as many threads as that takes itself.
fn bare(path: &Path) -> Any<()> {
    let store = workspace::open(path)?;
    let sql = "SELECT r.item, s.score FROM run n JOIN run_row r ON r.run = n.id JOIN group_score s ON s.ticket = r.ticket
               ORDER BY n.place, r.item";
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut last = i64::MAX;
    store.read(|db| {
        db.each(sql, args![], |row| {
            let item = row.int(0)?;
            if item <= last {
                columns.push(Vec::new());
            }
            last = item;
            if let Some(column) = columns.last_mut() {
                column.push(row.maybe_real(1)?.unwrap_or_default());
            }
            Ok(true)
        })
    })?;
    let clusters = Clusters::singletons(columns[0].len());
    for column in &columns[1..] {
        let pairs = columns[0].iter().zip(column);
        let gaps: Vec<f64> = pairs.map(|(a, b)| b - a).collect();
        cluster_bootstrap(&gaps, &clusters, REPLICATES, 7, 0.95).ok_or("no interval")?;
    }
    Ok(())
}

/// User and system time of this process, in seconds.
fn cpu_seconds() -> Any<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let [user, system] = [11, 12].map(|at| fields.get(at).and_then(|n| n.parse::<f64>().ok()));
    // The kernel counts in hundredths of a second.
    Ok((user.unwrap_or(0.0) + system.unwrap_or(0.0)) / 100.0)
}

/// The most memory this process ever held.
fn peak_kib() -> Any<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.unwrap_or("0").parse()?)
}

// The workspace ------------------------------------------------------------------------------------------

/// An eval with what was logged, and a group with four candidates on the same items; all with a judge's scores.
fn prepare(folder: &Path, path: &Path, items: usize) -> Any<()> {
    let mut rubric = Rubric::from_sentence("Is it right?", Scale::range(0, LEVELS as i32)?);
    rubric.criteria[0].id = "q".into();
    let engine = Engine::create(path, "bench", Clock::system(), false)?;
    let go = AtomicBool::new(false);
    for (at, candidate) in CANDIDATES.iter().enumerate() {
        let file = folder.join(format!("{candidate}.jsonl"));
        write(&file, at, items)?;
        let plan = ImportPlan {
            files: vec![file.clone()],
            ..ImportPlan::default()
        };
        if at == 0 {
            let eval = Some(NewTarget {
                rubric: Some(rubric.clone()),
                ..NewTarget::named("logs")
            });
            engine.import(&ImportPlan { eval, ..plan }, &go, &mut |_| {})?;
            let order = RunOrder {
                group: Some("june".into()),
                ..RunOrder::new("logs")
            };
            engine.run_group(&order, &Control::default(), &mut |_| {})?;
        } else {
            let into = RunImport {
                group: "june".into(),
                candidate: (*candidate).into(),
                number: 1,
                because: None,
            };
            engine.import_run(&plan, &into, &go, &mut |_| {})?;
        }
        fs::remove_file(file)?;
    }
    // Numbers of a group are shown to those who asked for them.
    Ok(engine.open_group("june")?)
}

/// A candidate's outputs; every fifth item asks what the one before it asked.
fn write(file: &Path, candidate: usize, items: usize) -> Any<()> {
    const FEATURES: [&str; 6] = [
        "billing", "search", "delivery", "returns", "account", "other",
    ];
    let mut out = BufWriter::new(File::create(file)?);
    let mut draws = SplitMix64::new(candidate as u64 + 1);
    for at in 0..items {
        let question = if at % 5 == 4 { at - 1 } else { at };
        // Hard items are hard for all.
        let hard = (question * 37) % 41;
        let level = (50 + candidate + draws.below(50))
            .saturating_sub(hard)
            .min(LEVELS);
        writeln!(
            out,
            "{{\"id\":\"r{at}\",\"model\":\"m{candidate}\",\"prompt\":\"question {question}?\",\"output\":\"answer {at} of {candidate}\",\
             \"feature\":\"{}\",\"tags\":[\"t{}\"],\"latency_ms\":{},\
             \"scores\":[{{\"name\":\"q\",\"value\":{level},\"kind\":\"judge\",\"author\":\"bench\"}}]}}",
            FEATURES[at % FEATURES.len()],
            at % 11,
            300 + draws.below(4000),
        )?;
    }
    out.flush()?;
    Ok(())
}
