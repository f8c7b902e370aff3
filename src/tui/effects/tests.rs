use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;
use crate::app::settings::Settings;
use crate::domain::eval::Mode;
use crate::domain::view::{Decision, Failure};
use crate::tui::fake::FakeDesk;

struct Nowhere;

impl Keep for Nowhere {
    fn keep(&self, _: &Settings) -> Result<(), Failure> {
        Err(Failure {
            what: "read only".into(),
            hint: None,
        })
    }
}

fn runner(desk: Arc<dyn Desk>) -> (Runner, UnboundedReceiver<Input>) {
    let (send, replies) = unbounded_channel();
    (
        Runner::start(desk, Arc::new(Nowhere), send).unwrap(),
        replies,
    )
}

fn reply(replies: &mut UnboundedReceiver<Input>) -> (RequestId, Outcome) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let input = runtime
        .block_on(async { tokio::time::timeout(Duration::from_secs(10), replies.recv()).await })
        .expect("no reply came")
        .expect("the lanes ended");
    match input {
        Input::Outcome { request, outcome } => (request, outcome),
        other => panic!("{other:?}"),
    }
}

#[test]
fn replies_carry_the_id_of_their_order() {
    let (runner, mut replies) = runner(Arc::new(FakeDesk::new(Mode::Assist)));
    runner.ask(RequestId(7), Order::LoadHome);
    let (request, outcome) = reply(&mut replies);
    assert_eq!(request, RequestId(7));
    assert!(matches!(outcome, Outcome::Home(home) if home.evals.len() == 1));
}

#[test]
fn a_failure_of_the_settings_is_told_and_nothing_else_stops() {
    let (runner, mut replies) = runner(Arc::new(FakeDesk::new(Mode::Assist)));
    runner.ask(RequestId(1), Order::SaveSettings(Settings::default()));
    runner.ask(RequestId(2), Order::Undo);
    assert!(matches!(
        reply(&mut replies),
        (RequestId(1), Outcome::Failed(_))
    ));
    assert!(matches!(
        reply(&mut replies),
        (RequestId(2), Outcome::Undone(None))
    ));
}

#[test]
fn writes_are_carried_out_in_the_order_they_were_asked_for() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let (runner, mut replies) = runner(desk);
    for id in 0..50 {
        let order = Order::Decide {
            tickets: Vec::new(),
            decision: Decision::Skip,
        };
        runner.ask(RequestId(id), order);
    }
    for id in 0..50 {
        assert_eq!(reply(&mut replies).0, RequestId(id));
    }
}

#[test]
fn everything_written_is_done_before_leaving() {
    let desk = Arc::new(FakeDesk::new(Mode::Assist));
    let (runner, mut replies) = runner(Arc::clone(&desk) as Arc<dyn Desk>);
    let ticket = crate::domain::ids::TicketId([1; 16]);
    let draft = crate::domain::view::Draft {
        note: "kept".into(),
        ..Default::default()
    };
    runner.ask(
        RequestId(1),
        Order::SaveDraft {
            ticket,
            draft: Arc::new(draft),
            revision: 3,
        },
    );
    runner.drained().blocking_recv().unwrap();
    assert_eq!(desk.drafts()[&ticket].note, "kept");
    assert_eq!(reply(&mut replies).1, Outcome::DraftSaved { revision: 3 });
}

#[test]
fn an_older_page_that_still_waits_is_not_fetched_any_more() {
    let queue = Queue::default();
    let page = |filter: &str| Task::Order {
        request: RequestId(0),
        order: Order::CountQueue {
            eval: crate::domain::ids::EvalId([0; 16]),
            filter: filter.into(),
            order: crate::domain::view::Order::Plan,
        },
        cancelled: Arc::default(),
    };
    let kind = match page("") {
        Task::Order { order, .. } => discriminant(&order),
        _ => unreachable!(),
    };
    queue.push(page("a"), Some(kind));
    queue.push(Task::Watch, None);
    queue.push(page("ab"), Some(kind));
    queue.close();
    let mut left = Vec::new();
    while let Some(task) = queue.next() {
        left.push(match task {
            Task::Order {
                order: Order::CountQueue { filter, .. },
                ..
            } => filter,
            _ => "watch".to_owned(),
        });
    }
    assert_eq!(left, ["watch", "ab"]);
}

#[test]
fn a_fault_of_the_desk_becomes_a_failure_on_the_screen() {
    let outcome = super::super::perform::guarded(|| panic!("broken"));
    assert!(matches!(outcome, Outcome::Failed(failure) if failure.what.contains("broken")));
}
