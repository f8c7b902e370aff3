use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::domain::eval::{DatasetRole, Policy};
use crate::domain::filter::Filter;
use crate::domain::rubric::{Rubric, Scale};
use crate::engine::Clock;
use crate::engine::library::built_in;
use crate::store::project;

/// A folder with a workspace that is always the same one.
struct Bench {
    folder: TempDir,
    engine: Engine,
}

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(1_700_000_000_000);
        let engine = Engine::create(&folder.path().join("w.db"), "ana", clock, false).unwrap();
        Self { folder, engine }
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn import(&self, plan: &ImportPlan) -> Result<ImportReport> {
        self.engine
            .import(plan, &AtomicBool::new(false), &mut |_| {})
    }

    fn take(&self, plan: &ImportPlan) -> ImportReport {
        self.import(plan).unwrap()
    }

    fn dump(&self) -> String {
        self.engine.store().read(project::dump).unwrap()
    }

    fn number(&self, sql: &str) -> i64 {
        self.engine.store().read(|db| db.number(sql, &[])).unwrap()
    }
}

fn plan(files: &[&Path]) -> ImportPlan {
    ImportPlan {
        files: files.iter().map(|path| path.to_path_buf()).collect(),
        eval: Some(NewTarget::named("logs")),
        index: true,
        ..ImportPlan::default()
    }
}

fn graded() -> Rubric {
    let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
    rubric.criteria[0].id = "right".into();
    rubric
}

fn rows(range: std::ops::Range<u32>) -> String {
    let row = |n| {
        format!("{{\"prompt\":\"question {n}\",\"output\":\"answer {n} naïve\",\"model\":\"m\"}}\n")
    };
    range.map(row).collect()
}

#[test]
fn a_plain_log_goes_in_and_a_second_import_adds_nothing() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(0..30));
    let first = bench.take(&plan(&[&log]));
    assert_eq!(
        (first.new.items, first.new.outputs, first.new.tickets),
        (30, 30, 30)
    );
    assert_eq!((first.taken, first.dataset_items, first.bad()), (30, 30, 0));
    assert_eq!(first.rubric.as_deref(), Some("send-as-is"));
    assert!(first.eval_made && first.indexed == (30, 30), "{first:?}");
    assert_eq!(bench.engine.search_coverage().unwrap(), (30, 30));
    let (before, events) = (bench.dump(), bench.number("SELECT count(*) FROM event"));
    let again = bench.take(&plan(&[&log]));
    assert!(again.new.is_nothing() && !again.eval_made, "{again:?}");
    let renamed = bench.file("same.jsonl", &rows(0..30));
    assert!(bench.take(&plan(&[&renamed])).new.is_nothing());
    assert_eq!(bench.dump(), before);
    assert_eq!(bench.number("SELECT count(*) FROM event"), events);
    assert_eq!(bench.number("SELECT count(*) FROM source"), 1);
}

#[test]
fn a_log_that_grew_adds_only_what_is_new_in_a_plan_of_its_own() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(0..10));
    bench.take(&plan(&[&log]));
    bench.file("logs.jsonl", &rows(0..14));
    let grown = bench.take(&plan(&[&log]));
    assert_eq!(
        (grown.new.rows, grown.new.tickets, grown.dataset_items),
        (4, 4, 14)
    );
    assert_eq!(bench.number("SELECT count(*) FROM source"), 1);
    assert_eq!(
        bench.number("SELECT count(*) FROM ticket WHERE plan = 2"),
        4
    );
    assert_eq!(bench.number("SELECT sum(tickets) FROM plan"), 14);
}

#[test]
fn two_candidates_answers_to_the_same_requests_join_the_same_items() {
    let bench = Bench::new();
    let a = bench.file("a.jsonl", &rows(0..5));
    let b = bench.file(
        "b.jsonl",
        &rows(0..5)
            .replace("answer", "reply")
            .replace("\"m\"", "\"n\""),
    );
    bench.take(&plan(&[&a]));
    let second = bench.take(&plan(&[&b]));
    assert_eq!(
        (second.new.items, second.new.outputs, second.new.tickets),
        (0, 5, 5)
    );
    assert_eq!(second.dataset_items, 5);
}

#[test]
fn equal_rows_of_one_log_are_items_of_their_own_in_one_cluster() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(1..2).repeat(3));
    let report = bench.take(&plan(&[&log]));
    assert_eq!(
        (report.new.rows, report.new.items, report.new.tickets),
        (1, 3, 3)
    );
    assert_eq!(bench.number("SELECT count(DISTINCT cluster) FROM item"), 1);
}

#[test]
fn bad_rows_are_listed_kept_verbatim_and_the_good_ones_taken() {
    let bench = Bench::new();
    let bad = "{\"prompt\":\"q\",\"output\":\"a\"}\n{\"prompt\":\"br\n[1]\n{\"x\":\"\0\"}\n{\"prompt\":\"p\",\"output\":\"o\"}\n";
    let mut bytes = bad.as_bytes().to_vec();
    bytes.extend_from_slice(b"{\"prompt\":\"\xff\"}\n");
    let log = bench.file("logs.jsonl", "");
    std::fs::write(&log, &bytes).unwrap();
    let rejects = bench.folder.path().join("bad.txt");
    let report = bench.take(&ImportPlan {
        rejects: Some(rejects.clone()),
        ..plan(&[&log])
    });
    assert_eq!((report.taken, report.bad(), report.rows()), (2, 4, 6));
    let lines: Vec<u64> = report.files[0]
        .first_bad
        .iter()
        .map(|bad| bad.line)
        .collect();
    assert_eq!(lines, [2, 3, 4, 6]);
    assert_eq!(report.files[0].bad_by_reason.total(), 4);
    assert_eq!(
        std::fs::read(&rejects).unwrap(),
        b"{\"prompt\":\"br\n[1]\n{\"x\":\"\0\"}\n{\"prompt\":\"\xff\"}\n"
    );
    let strict = Bench::new();
    let refused = strict.take(&ImportPlan {
        strict: true,
        ..plan(&[&log])
    });
    assert_eq!(
        (refused.end, refused.bad(), refused.taken),
        (End::Refused, 4, 0)
    );
    assert_eq!(strict.number("SELECT count(*) FROM item"), 0);
    assert_eq!(strict.number("SELECT count(*) FROM eval"), 0);
}

#[test]
fn strict_takes_a_good_file_and_counts_its_rows_once() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(0..7));
    let rejects = bench.folder.path().join("bad.txt");
    let report = bench.take(&ImportPlan {
        strict: true,
        rejects: Some(rejects.clone()),
        ..plan(&[&log])
    });
    assert_eq!(
        (
            report.rows(),
            report.taken,
            report.readable,
            report.new.tickets
        ),
        (7, 7, 7, 7)
    );
    assert!(!rejects.exists());
}

#[test]
fn a_file_that_is_imported_is_never_overwritten_with_its_own_rejects() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(0..2));
    let error = bench
        .import(&ImportPlan {
            rejects: Some(log.clone()),
            ..plan(&[&log])
        })
        .unwrap_err();
    assert!(
        error.to_string().contains("one of the files to import"),
        "{error}"
    );
    assert_eq!(std::fs::read_to_string(&log).unwrap(), rows(0..2));
}

#[test]
fn files_that_cannot_be_imported_say_why_in_one_line() {
    let bench = Bench::new();
    let folder = bench.folder.path().to_owned();
    let empty = bench.file("empty.jsonl", "");
    let missing = folder.join("missing.jsonl");
    for (path, words) in [
        (folder, "is a directory"),
        (empty, "is empty"),
        (missing, "No such file"),
    ] {
        let error = bench.import(&plan(&[&path])).unwrap_err().to_string();
        assert!(
            error.contains(words) && error.contains(&*path.to_string_lossy()),
            "{error}"
        );
        assert!(!error.contains('\n'), "{error}");
    }
    assert_eq!(bench.number("SELECT count(*) FROM eval"), 0);
}

const LABELLED: &str = r#"{"id":"1","request":"q","response":"a","time":"2026-01-02T03:04:05Z","scores":[
{"name":"right","value":4,"kind":"human","author":"ben","reason":"nearly"},
{"name":"right","value":5,"kind":"human","author":"ana"},
{"name":"Right","value":3,"kind":"judge","author":"j1","reason":"so","evidence":[{"quote":"a","problem":true}],"badge":"by hand"},
{"name":"right","value":"maybe","kind":"judge","author":"j1"},
{"name":"right","value":2.5,"kind":"human","author":"cleo"},
{"name":"right","value":9,"kind":"code"},
{"name":"speed","value":0.3,"kind":"code"},
{"name":"mood","value":1,"kind":"human","author":"ana"}],
"corrections":[{"text":"better","author":"ben","reason":"wrong word"},{"text":"best","author":"dan"}]}"#;

#[test]
#[allow(clippy::too_many_lines)]
fn labels_become_reviews_verdicts_and_corrections_and_the_rest_is_named() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &LABELLED.replace('\n', ""));
    let plan = ImportPlan {
        eval: Some(NewTarget {
            rubric: Some(graded()),
            ..NewTarget::named("logs")
        }),
        ..plan(&[&log])
    };
    let report = bench.take(&plan);
    assert_eq!((report.new.reviews, report.new.verdicts), (3, 4));
    let unmapped: Vec<(&str, u64)> = report.unmapped.sorted();
    assert_eq!(report.unmapped.total(), 5, "{unmapped:?}");
    let list = |sql: &str| {
        let read = bench
            .engine
            .store()
            .read(|db| db.query(sql, &[], |row| Ok(row.string(0)?.unwrap_or_default())));
        read.unwrap()
    };
    let reviews = list(
        "SELECT reviewer || ' ' || kind || ' ' || (hlc >> 16) || ' ' || body FROM event WHERE ticket IS NOT NULL ORDER BY reviewer",
    );
    assert!(
        reviews[0].starts_with("ana review_submitted 1767323045000")
            && reviews[0].contains("\"seat\":1"),
        "{reviews:?}"
    );
    assert!(
        reviews[1].contains("\"seat\":2")
            && reviews[1].contains("nearly")
            && reviews[1].contains("better"),
        "{reviews:?}"
    );
    assert!(
        reviews[1].contains("\"sight\":\"blind\"") && reviews[1].contains("\"source\":\"import\""),
        "{reviews:?}"
    );
    assert!(
        reviews[2].starts_with("dan correction_saved"),
        "{reviews:?}"
    );
    let verdicts = list(
        "SELECT j.name || ' ' || v.criterion || ' ' || v.sample || ' ' || v.body FROM verdict v JOIN judge j ON j.row = v.judge ORDER BY v.row",
    );
    assert!(
        verdicts[0].starts_with("j1 right 0") && verdicts[0].contains("by hand"),
        "{verdicts:?}"
    );
    assert!(
        verdicts[1].starts_with("j1 right 1") && verdicts[1].contains("unparsable"),
        "{verdicts:?}"
    );
    assert!(
        verdicts[2].starts_with("code right 0") && verdicts[2].contains("out_of_range"),
        "{verdicts:?}"
    );
    assert!(
        verdicts[3].starts_with("code speed 0") && verdicts[3].contains("unknown_criterion"),
        "{verdicts:?}"
    );
    assert_eq!(
        bench.number("SELECT state FROM ticket"),
        crate::domain::ticket::State::Done as i64
    );
    assert!(bench.take(&plan).new.is_nothing());
    let before = bench.dump();
    bench.engine.store().write(project::rebuild).unwrap();
    assert_eq!(bench.dump(), before);
}

#[test]
fn rows_are_chosen_by_filter_and_sample_whatever_the_order_of_files() {
    let chosen = |order: [usize; 2], seed| {
        let bench = Bench::new();
        let files = [
            bench.file("a.jsonl", &rows(0..40)),
            bench.file("b.jsonl", &rows(40..80)),
        ];
        let report = bench.take(&ImportPlan {
            filter: Filter::parse("question -\"question 7\"").unwrap(),
            sample: Some(Sample { size: 12, seed }),
            ..plan(&[&files[order[0]], &files[order[1]]])
        });
        assert_eq!(
            (report.taken, report.new.tickets, report.readable),
            (12, 12, 80)
        );
        bench.dump()
    };
    assert_eq!(chosen([0, 1], 7), chosen([1, 0], 7));
    assert_ne!(chosen([0, 1], 7), chosen([0, 1], 8));
}

#[test]
fn an_eval_that_is_there_keeps_its_settings_and_its_dataset() {
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(0..3));
    let with = |rubric: Option<Rubric>, dataset: Option<&str>| ImportPlan {
        dataset: dataset.map(str::to_owned),
        role: DatasetRole::Heldout,
        eval: Some(NewTarget {
            rubric,
            policy: Policy {
                overlap: 2,
                ..Policy::default()
            },
            ..NewTarget::named("exam")
        }),
        ..plan(&[&log])
    };
    bench.take(&with(Some(graded()), Some("held")));
    let second = bench.take(&with(built_in("send-as-is"), None));
    assert_eq!(second.dataset, "held");
    assert!(
        second
            .notes
            .iter()
            .any(|note| note.contains("keeps its rubric")),
        "{:?}",
        second.notes
    );
    assert_eq!(bench.engine.eval_named("exam").unwrap().policy.overlap, 2);
    assert_eq!(
        bench.engine.dataset_named("held").unwrap().role,
        DatasetRole::Heldout
    );
    let error = bench.import(&with(None, Some("other"))).unwrap_err();
    assert!(
        error.to_string().contains("reviews the dataset `held`"),
        "{error}"
    );
}

#[test]
fn a_stopped_import_goes_on_where_it_stopped() {
    let whole = Bench::new();
    let log = whole.file("logs.jsonl", &rows(0..3_000));
    whole.take(&plan(&[&log]));
    let bench = Bench::new();
    let log = bench.file("logs.jsonl", &rows(0..3_000));
    let cancel = AtomicBool::new(false);
    let stopped = bench
        .engine
        .import(&plan(&[&log]), &cancel, &mut |progress| {
            if matches!(progress, Progress::Looked(_)) {
                cancel.store(true, std::sync::atomic::Ordering::Relaxed);
            }
        });
    assert_eq!(stopped.unwrap().end, End::Stopped);
    let report = bench.take(&plan(&[&log]));
    assert_eq!((report.end, report.dataset_items), (End::Done, 3_000));
    assert_eq!(bench.dump(), whole.dump());
}

/// A row out of few possible ones, so that rows, requests and outputs repeat within and between files.
fn some_row() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    (0..4_u8, 0..3_u8, 0..2_u8, any::<bool>(), 0..3_u8, 0..4_u8).prop_map(|(question, answer, model, id, tag, score)| {
        let id = if id { format!("\"id\":\"{question}\",") } else { String::new() };
        let scores = match score {
            0 | 1 => String::new(),
            level => format!(
                ",\"scores\":[{{\"name\":\"right\",\"value\":{level},\"kind\":\"human\",\"author\":\"p{answer}\"}}]"
            ),
        };
        format!(
            "{{{id}\"request\":\"q {question}\",\"response\":\"a {answer}\",\"model\":\"m{model}\",\"tags\":[\"t{tag}\"],\"feature\":\"f{tag}\",\"time\":\"2026-01-0{}T00:00:00Z\"{scores}}}\n",
            tag + 1
        )
    })
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(24))]

    /// In one import or several, in any order, twice: the same workspace, and the same as folding it anew.
    #[test]
    fn importing_is_idempotent_in_any_order_of_files(
        files in proptest::collection::vec(proptest::collection::vec(some_row(), 1..12), 1..4),
        turn in 0..4_usize,
        together in proptest::prelude::any::<bool>(),
    ) {
        let aim = |paths: &[&Path]| ImportPlan {
            eval: Some(NewTarget { rubric: Some(graded()), ..NewTarget::named("logs") }),
            ..plan(paths)
        };
        let write = |bench: &Bench| -> Vec<PathBuf> {
            let named = files.iter().enumerate();
            named.map(|(at, rows)| bench.file(&format!("{at}.jsonl"), &rows.concat())).collect()
        };
        let first = Bench::new();
        let paths = write(&first);
        for path in &paths {
            first.take(&aim(&[path]));
        }
        let second = Bench::new();
        let mut paths = write(&second);
        let n = paths.len();
        paths.rotate_left(turn % n);
        let all: Vec<&Path> = paths.iter().map(PathBuf::as_path).collect();
        if together {
            second.take(&aim(&all));
        } else {
            for path in all.iter().rev() {
                second.take(&aim(&[path]));
            }
        }
        proptest::prop_assert_eq!(first.dump(), second.dump());
        proptest::prop_assert!(second.take(&aim(&all)).new.is_nothing());
        proptest::prop_assert_eq!(first.dump(), second.dump());
        second.engine.store().write(project::rebuild).unwrap();
        proptest::prop_assert_eq!(first.dump(), second.dump());
    }
}
