//! Tests of Home and of the first screen.

use super::super::effect::{Command, Effect, Order, Outcome};
use super::super::layout::Size;
use super::super::settings::Settings;
use super::super::state::{AppState, Screen};
use super::super::test_kit::Bench;
use super::*;

fn home(empty: bool) -> Bench {
    let mut state = AppState::new(Size::default(), Settings::default());
    let effects = state.start();
    let mut bench = Bench {
        state,
        effects,
        at: 1000,
    };
    let home = Home {
        empty,
        found: vec![FoundFile {
            path: "logs.jsonl".into(),
            rows: 412,
            more: false,
            format: "OpenAI chat".into(),
        }],
        ..Home::default()
    };
    bench.reply(
        |order| *order == Order::LoadHome,
        Outcome::Home(Box::new(home)),
    );
    bench
}

#[test]
fn an_empty_workspace_offers_the_logs_found_and_enter_imports_them() {
    let mut bench = home(true);
    assert_eq!(bench.state.screen, Screen::FirstRun);
    assert_eq!(
        bench.state.first_run.offers[0].words().0,
        "Found logs.jsonl: 412 rows, OpenAI chat."
    );
    bench.keys("enter");
    assert!(
        bench
            .order(|order| *order
                == Order::ImportFile {
                    path: "logs.jsonl".into()
                })
            .is_some()
    );
}

#[test]
fn the_sample_is_the_other_offer() {
    let mut bench = home(true);
    bench.keys("j enter");
    assert!(bench.order(|order| *order == Order::MakeDemo).is_some());
}

#[test]
fn q_on_home_quits_and_asks_only_while_a_job_runs() {
    let mut bench = home(false);
    bench.keys("q");
    assert_eq!(bench.effects.last(), Some(&Effect::Tell(Command::Quit)));
    let mut bench = home(false);
    bench.keys("i q");
    assert!(!bench.state.quitting);
    bench.keys("y");
    assert!(bench.state.quitting);
}
