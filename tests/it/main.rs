//! Tests of the program as its users meet it.

// Helpers of tests fail by panicking, as the tests themselves do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod activity;
mod agree;
mod architecture;
mod bad_rows;
mod cli_answers;
mod cli_errors;
mod cli_reports;
mod cli_rubrics;
mod cli_words;
mod coverage;
mod datasets_cli;
mod docs;
mod doctor;
mod endpoint;
mod export_cli;
mod faults_cli;
mod flows_compare;
mod flows_gate;
mod flows_prefer;
mod flows_review;
mod flows_rubric;
mod flows_runs;
mod flows_suggest;
mod full_disk;
mod fuzz_targets;
mod gate_cli;
mod gate_rules;
mod golden;
mod hints;
mod hostile;
mod import_kill;
mod import_real;
mod import_refusals;
mod judge_cli;
mod judge_guard;
mod judge_tls;
mod judge_told;
mod mounts;
mod processes;
mod pty;
mod pty_editor;
mod pty_review;
mod pty_terminal;
mod read_only;
mod report_cli;
mod routing;
mod rubric_work;
mod run_cli;
mod streams_cli;
mod suggest_cli;
mod support;
mod times_cli;
mod told;
