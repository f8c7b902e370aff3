//! Exporting corrected tickets against a bare loop over the same tables: ordered SELECT, JSON, hash, fsync.
//!
//! `cargo bench --bench export -- --rows 1000000 [--ceiling 1.5]` prints the CPU of both, their ratio and the
//! memory the export needed at most. The bare loop joins the same five tables, reads request and correction
//! into typed values, writes one line of messages and one of provenance a row, hashes both files and syncs
//! them: what any program that writes this folder has to do, without docket's checks. Linux only.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;

use docket::domain::canonical::{Occurrence, cluster_id, item_id, output_id};
use docket::domain::eval::{DatasetRole, Policy};
use docket::domain::ids::{Identity, RawId};
use docket::domain::rubric::{Rubric, Scale};
use docket::domain::view::{ExportPlan, ExportRows};
use docket::engine::evals::NewEval;
use docket::engine::export::ExportRequest;
use docket::engine::{Clock, Engine};
use docket::store::ingest::{
    Batch, ItemFact, Loader, OutputFact, Piece, RowFacts, Target, put_source,
};
use docket::store::{catalog, schema, workspace};
use ring::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

type Any<T> = Result<T, Box<dyn Error>>;

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
    let rows: u64 = option("--rows").map_or(Ok(100_000), |n| n.parse())?;
    let ceiling: Option<f64> = option("--ceiling").map(|n| n.parse()).transpose()?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("bench.db");
    prepare(&path, rows)?;
    let engine = Engine::open(&path, "bench", Clock::system())?;
    let request = ExportRequest::from(ExportPlan {
        eval: engine.eval_named("bench")?.id,
        format: "trl-sft".into(),
        rows: ExportRows::Corrected,
        filter: String::new(),
        min_score: None,
        validation: 0.0,
        seed: 7,
        folder: folder.path().join("docket").display().to_string(),
        replace: false,
        override_reason: None,
    });
    // The first of two reads the file into the page cache for both.
    bare(&path, folder.path(), "warm-up")?;
    let (bare_cpu, bare_rows) = measured(|| bare(&path, folder.path(), "bare"))?;
    fs::write("/proc/self/clear_refs", "5")?;
    let before = status("VmRSS:")?;
    let (cpu, written) = measured(|| {
        let report = engine.export_with(&request, &mut |_| {}, &AtomicBool::new(false))?;
        Ok(report.row_count())
    })?;
    let peak = status("VmHWM:")?;
    let ratio = cpu / bare_cpu;
    println!("rows            {written} ({bare_rows} in the bare loop)");
    println!("bare loop       {bare_cpu:.2} s of CPU");
    println!("docket export   {cpu:.2} s of CPU");
    println!("ratio           {ratio:.2} (to reach: 1.50)");
    println!(
        "memory at most  {} MiB, {} MiB before",
        peak / 1024,
        before / 1024
    );
    Ok(written == bare_rows && ceiling.is_none_or(|most| ratio <= most))
}

fn option(name: &str) -> Option<String> {
    let mut args = std::env::args().skip_while(|arg| arg != name);
    args.nth(1)
}

/// Seconds of CPU that `work` took, of all threads.
fn measured<T>(work: impl FnOnce() -> Any<T>) -> Any<(f64, T)> {
    let before = cpu_ticks()?;
    let value = work()?;
    // The kernel counts in hundredths of a second.
    Ok(((cpu_ticks()? - before) as f64 / 100.0, value))
}

fn cpu_ticks() -> Any<u64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let [user, system] = [11, 12].map(|at| fields.get(at).and_then(|n| n.parse().ok()));
    Ok(user.unwrap_or(0_u64) + system.unwrap_or(0_u64))
}

/// A line of `/proc/self/status`, in KiB.
fn status(name: &str) -> Any<u64> {
    let text = fs::read_to_string("/proc/self/status")?;
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.unwrap_or("0").parse()?)
}

// The workspace ------------------------------------------------------------------------------------------

/// A workspace of `rows` tickets of about 1 KB, each reviewed and corrected.
fn prepare(path: &Path, rows: u64) -> Any<()> {
    let engine = Engine::create(path, "bench", Clock::system(), false)?;
    let eval = engine.make_eval(NewEval {
        name: "bench".into(),
        purpose: String::new(),
        instructions: String::new(),
        dataset: "bench".into(),
        role: DatasetRole::Review,
        rubric: Rubric::from_sentence("Is it right?", Scale::Level5),
        policy: Policy::default(),
        seed: Some(7),
    })?;
    drop(engine);
    let store = workspace::open(path)?;
    let name = eval.name.clone();
    let row = store.read(|db| catalog::eval_named(db, &name))?;
    let target = Target {
        id: eval.id,
        row: row.map_or(1, |(row, _)| row),
        plan: 1,
        seed: 7,
    };
    store.on_writer(schema::drop_indexes)?;
    let mut loader = Loader::new(true);
    let source = store.write_light(|db| put_source(db, &[1; 16], "bench.jsonl", "pairs", 0))?;
    let mut from = 0;
    while from < rows {
        let mut batch = Batch::default();
        let until = (from + 20_000).min(rows);
        for n in from..until {
            let facts = facts(&mut batch.arena, n)?;
            batch.rows.push(facts);
        }
        loader = store.write_light(move |db| {
            loader.load(db, source, Some(&target), &batch)?;
            Ok(loader)
        })?;
        from = until;
    }
    store.on_writer(schema::finish_indexes)?;
    store.write_light(decide)?;
    Ok(())
}

fn facts(arena: &mut Vec<u8>, n: u64) -> Any<RowFacts> {
    let (mut question, mut answer) = (String::new(), String::new());
    for word in 0..9 {
        write!(
            question,
            "Customer {n} asks \\\"{word}\\\" about order {}. ",
            n * 7 + word
        )?;
        write!(
            answer,
            "We looked at order {} for you, part {word}. ",
            n * 7 + word
        )?;
    }
    let request = format!(
        "{{\"model\":\"m\",\"temperature\":0.2,\"messages\":[{{\"role\":\"system\",\"content\":\"You help customers.\"}},{{\"role\":\"user\",\"content\":\"{question}\"}}]}}"
    );
    let message = format!("{{\"role\":\"assistant\",\"content\":\"{answer}\"}}");
    let body = format!(
        "{{\"request\":{request},\"response\":{{\"choices\":[{{\"index\":0,\"message\":{message},\"finish_reason\":\"stop\"}}]}}}}"
    );
    let start = arena.len();
    arena.extend_from_slice(body.as_bytes());
    let at = |text: &str| Piece::Span {
        at: body.find(text).unwrap_or(0) as u32,
        len: text.len() as u32,
    };
    let item = item_id(Some(&request), None, Occurrence::Number(0));
    Ok(RowFacts {
        raw: start..arena.len(),
        raw_id: RawId(Identity::of("raw").part(body.as_bytes()).finish()),
        line: n + 1,
        item: ItemFact {
            id: item,
            cluster: cluster_id(&question),
            request: Some(at(&request)),
            reference: None,
            external_id: Some(format!("row-{n}").into()),
        },
        outputs: vec![OutputFact {
            id: output_id(&item, Some("m"), Some(&message), 0),
            position: 0,
            model: Some("m".into()),
            message: Some(at(&message)),
            finish: Some("stop".into()),
            prompt_tokens: None,
            completion_tokens: None,
            cost_micros: None,
            latency_ms: None,
            error: None,
            feature: None,
            tags: None,
            time_ms: Some(n as i64),
            chars: answer.len() as u32,
        }],
        pairwise: false,
        events: vec![],
        verdicts: vec![],
    })
}

/// What a million reviews would leave behind, written straight into the projections: the export reads nothing
/// else of them, and reviewing is measured elsewhere.
fn decide(db: &docket::store::Db) -> docket::store::Result<()> {
    let id = "00112233445566778899aabbccddeeff";
    let correction = format!(
        r#"{{"base":"{id}","text":"Your order is on its way and arrives tomorrow before noon. If it does not, write back and we will send a new one, free of charge. NUMBER"}}"#
    );
    let review = format!(
        r#"{{"eval":"{id}","rubric":"{id}","subject":{{"output":"{id}"}},"answers":{{"question":{{"level":2}}}},"correction":{correction},"active_ms":9000,"text_len":500,"seat":1,"sight":"blind","round":"first","purpose":{{"practice":false,"gold":false,"audit":false}},"plan":null,"source":"tui"}}"#
    );
    let fold = format!(
        r#"{{"state":"done","reviews":[{{"event":"{id}","hlc":1,"reviewer":"ana","first":{review}}}],"correction":{{"reviewer":"ana","hlc":1,"value":{correction}}},"notes":[],"comments":[],"tags":[],"tags_off":[],"flag":null,"waiting_reason":null,"assigned":null,"adjudicated":null,"gold":null,"revealed":{{}},"skipped":{{}}}}"#
    );
    let sql =
        "INSERT INTO ticket_fold (ticket, body) SELECT row, replace(?1, 'NUMBER', row) FROM ticket";
    db.exec(sql, &[docket::store::db::Val::Text(&fold)])?;
    db.script("UPDATE ticket SET state = 5, corrected = 1, score = 0.4, pass = 0")
}

// The bare loop ------------------------------------------------------------------------------------------

#[derive(Deserialize, Serialize)]
struct Turn<'a> {
    #[serde(borrow)]
    role: Cow<'a, str>,
    #[serde(borrow)]
    content: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow)]
    messages: Vec<Turn<'a>>,
}

#[derive(Deserialize)]
struct Fold<'a> {
    #[serde(borrow)]
    reviews: Vec<Review<'a>>,
    #[serde(borrow)]
    correction: Correction<'a>,
}

#[derive(Deserialize)]
struct Review<'a> {
    #[serde(borrow)]
    reviewer: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Correction<'a> {
    #[serde(borrow)]
    value: Text<'a>,
}

#[derive(Deserialize)]
struct Text<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
}

#[derive(Serialize)]
struct Line<'a> {
    messages: &'a [Turn<'a>],
}

#[derive(Serialize)]
struct Provenance<'a> {
    file: &'static str,
    line: u64,
    ticket: String,
    item: String,
    cluster: String,
    external_id: Option<&'a str>,
    raw_record: String,
    reviewers: Vec<&'a str>,
    decision: &'static str,
    origin: &'static str,
    score: Option<f64>,
}

const SELECT: &str = "SELECT t.id, i.id, i.cluster, i.external_id, r.id, r.body, i.request_at, i.request_len, f.body, t.score
  FROM ticket t JOIN item i ON i.row = t.item JOIN output o ON o.row = t.output JOIN raw r ON r.row = o.raw
    JOIN ticket_fold f ON f.ticket = t.row
  WHERE t.eval = 1 AND t.corrected = 1 AND t.state = 5 ORDER BY t.row";

fn bare(path: &Path, folder: &Path, name: &str) -> Any<u64> {
    let db = rusqlite::Connection::open(path)?;
    db.execute_batch("PRAGMA cache_size = -8192")?;
    let mut train = Hashed::create(&folder.join(format!("{name}.jsonl")))?;
    let mut origins = Hashed::create(&folder.join(format!("{name}-origins.jsonl")))?;
    let mut select = db.prepare(SELECT)?;
    let mut rows = select.query([])?;
    let mut n = 0;
    while let Some(row) = rows.next()? {
        n += 1;
        let body = row.get_ref(5)?.as_blob()?;
        let (at, len): (u32, u32) = (row.get(6)?, row.get(7)?);
        let (at, len) = (at as usize, len as usize);
        let mut asked: Asked<'_> = serde_json::from_slice(&body[at..at + len])?;
        let fold: Fold<'_> = serde_json::from_str(row.get_ref(8)?.as_str()?)?;
        asked.messages.push(Turn {
            role: "assistant".into(),
            content: fold.correction.value.text,
        });
        train.line(&Line {
            messages: &asked.messages,
        })?;
        origins.line(&Provenance {
            file: "train.jsonl",
            line: n,
            ticket: hex(row.get_ref(0)?.as_blob()?),
            item: hex(row.get_ref(1)?.as_blob()?),
            cluster: hex(row.get_ref(2)?.as_blob()?),
            external_id: row.get_ref(3)?.as_str_or_null()?,
            raw_record: hex(row.get_ref(4)?.as_blob()?),
            reviewers: fold.reviews.iter().map(|r| r.reviewer.as_ref()).collect(),
            decision: "corrected",
            origin: "human",
            score: row.get(9)?,
        })?;
    }
    train.finish()?;
    origins.finish()?;
    Ok(n)
}

fn hex(bytes: &[u8]) -> String {
    docket::domain::ids::hex(bytes)
}

/// A file that is hashed as it is written, a quarter of a megabyte at a time.
struct Hashed {
    file: File,
    buffer: Vec<u8>,
    hash: Context,
}

impl Hashed {
    fn create(path: &Path) -> Any<Self> {
        Ok(Self {
            file: File::create(path)?,
            buffer: Vec::new(),
            hash: Context::new(&SHA256),
        })
    }

    fn line(&mut self, value: &impl Serialize) -> Any<()> {
        serde_json::to_writer(&mut self.buffer, value)?;
        self.buffer.push(b'\n');
        if self.buffer.len() >= 256 * 1024 {
            self.drain()?;
        }
        Ok(())
    }

    fn drain(&mut self) -> Any<()> {
        self.hash.update(&self.buffer);
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    fn finish(mut self) -> Any<()> {
        self.drain()?;
        std::hint::black_box(self.hash.finish());
        Ok(self.file.sync_all()?)
    }
}
