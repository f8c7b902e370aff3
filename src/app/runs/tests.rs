use std::sync::Arc;

use super::*;
use crate::app::effect::{Effect, Order, Outcome};
use crate::app::input::Input;
use crate::app::runs::update;
use crate::app::settings::Settings;
use crate::app::state::{AppState, Screen};
use crate::app::update::update as next;
use crate::domain::eval::Mode;
use crate::domain::view::{Age, GroupPage};
use crate::tui::desk::Desk;
use crate::tui::fake::FakeDesk;

/// The screen on the fake desk: every order is answered at once.
struct Bench {
    state: AppState,
    desk: FakeDesk,
    asked: Vec<Order>,
    /// Comparisons that are still being computed.
    computing: Option<Vec<Effect>>,
}

impl Bench {
    fn new(mode: Mode) -> Self {
        let size = Size {
            width: 120,
            height: 36,
        };
        let mut bench = Self {
            state: AppState::new(size, Settings::default()),
            desk: FakeDesk::new(mode),
            asked: Vec::new(),
            computing: None,
        };
        bench.state.home.home = Some(Box::new(bench.desk.home().unwrap()));
        bench.run(Action::OpenRuns);
        bench
    }

    fn run(&mut self, action: Action) -> &mut Self {
        let mut effects = Vec::new();
        crate::app::update::run(&mut self.state, action, &mut effects);
        self.answer(effects);
        self
    }

    fn answer(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            let Effect::Ask { request, order } = effect else {
                continue;
            };
            self.asked.push(order.clone());
            if let (Some(waiting), Order::LoadGroup { .. }) = (&mut self.computing, &order) {
                waiting.push(Effect::Ask { request, order });
                continue;
            }
            let outcome = match order {
                Order::LoadKeptGroup { group, full } => {
                    let page = self.desk.kept_group(&group, full).unwrap();
                    Outcome::KeptGroup(page.map(Box::new))
                }
                Order::LoadGroups => Outcome::Groups(self.desk.groups().unwrap()),
                Order::LoadGroup { group, full } => {
                    Outcome::Group(Box::new(self.desk.group(&group, full).unwrap()))
                }
                Order::OpenGroup { group } => {
                    self.desk.open_group(&group).unwrap();
                    Outcome::Done
                }
                Order::LoadSide { group, item } => {
                    Outcome::Side(Arc::new(self.desk.side_by_side(&group, item).unwrap()))
                }
                _ => continue,
            };
            let more = next(&mut self.state, Input::Outcome { request, outcome });
            self.answer(more);
        }
    }

    fn open(&self) -> &OpenGroup {
        self.state.runs.open.as_ref().unwrap()
    }
}

#[test]
fn a_kept_comparison_is_there_at_once_and_gives_way_to_the_new_one() {
    let mut bench = Bench::new(Mode::Assist);
    let age = Age {
        made_ms: 1_700_000_000_000,
        older: true,
    };
    bench.desk = FakeDesk::new(Mode::Assist).keeping(age);
    bench.computing = Some(Vec::new());
    bench.run(Action::Open);
    let view = bench.open().view().unwrap();
    assert_eq!((view.kept, view.rows.len()), (Some(age), 0));
    assert_eq!(view.comparison.candidates.len(), 3);
    // Everything but the items can be looked at meanwhile.
    bench.run(Action::NextPane);
    assert!(bench.open().waits_for_rows() && bench.open().current().is_none());
    let effects = bench.computing.take().unwrap();
    assert_eq!(effects.len(), 1);
    bench.answer(effects);
    let view = bench.open().view().unwrap();
    assert_eq!((view.kept, view.rows.len()), (None, 40));
    assert_eq!(bench.open().tab, Tab::Rows);
    assert!(bench.open().current().is_some());
}

#[test]
fn a_kept_comparison_that_comes_late_takes_nobodys_place() {
    let mut bench = Bench::new(Mode::Assist);
    bench.run(Action::Open);
    let age = Age::default();
    let desk = FakeDesk::new(Mode::Assist).keeping(age);
    let page = desk.kept_group("june", false).unwrap().unwrap();
    update::shown_meanwhile(&mut bench.state, "june", page);
    assert_eq!(bench.open().view().unwrap().kept, None);
}

#[test]
fn a_blind_group_says_what_opening_it_means_before_a_number_is_shown() {
    let mut bench = Bench::new(Mode::Blind);
    bench.run(Action::Open);
    assert!(matches!(
        bench.open().page,
        Some(GroupPage::Closed { waiting: 5 })
    ));
    let empty = bench.open().empty().unwrap();
    assert!(empty.why.contains("count as assisted"), "{}", empty.why);
    bench.run(Action::Open);
    assert!(bench.open().view().is_some());
    assert!(
        bench
            .asked
            .iter()
            .any(|order| matches!(order, Order::OpenGroup { .. }))
    );
}

#[test]
fn rows_are_sorted_by_difference_then_lowest_then_disagreement() {
    let mut bench = Bench::new(Mode::Assist);
    bench.run(Action::Open).run(Action::Open);
    assert_eq!(bench.open().tab, Tab::Rows);
    let gap = |open: &OpenGroup, at: usize| open.line(at).unwrap().difference.unwrap().abs();
    assert!(gap(bench.open(), 0) >= gap(bench.open(), 1));
    bench.run(Action::ChangeOrder);
    let lowest = |open: &OpenGroup, at: usize| open.line(at).unwrap().lowest.unwrap();
    assert!(lowest(bench.open(), 0) <= lowest(bench.open(), 39));
    bench.run(Action::ChangeOrder);
    assert!(bench.open().line(0).unwrap().disagreement.is_some());
    assert!(bench.open().line(39).unwrap().disagreement.is_none());
}

#[test]
fn a_row_opens_its_outputs_without_names_until_they_are_asked_for() {
    let mut bench = Bench::new(Mode::Assist);
    bench.run(Action::Open).run(Action::Open).run(Action::Open);
    let beside = bench.open().beside.as_ref().unwrap();
    assert_eq!((beside.sides().len(), beside.named), (3, false));
    bench.run(Action::Names).run(Action::NextCandidate);
    let beside = bench.open().beside.as_ref().unwrap();
    assert_eq!((beside.named, beside.at), (true, 1));
    bench.run(Action::NextRow);
    let beside = bench.open().beside.as_ref().unwrap();
    assert!(!beside.named, "the next item is blind again");
    assert_eq!(bench.open().row, 1);
    bench.run(Action::Back).run(Action::Back).run(Action::Back);
    assert_eq!(bench.state.screen, Screen::Home);
}

#[test]
fn a_point_opens_its_rows_and_esc_goes_back_to_the_points() {
    let mut bench = Bench::new(Mode::Assist);
    bench
        .run(Action::Open)
        .run(Action::NextPane)
        .run(Action::NextPane);
    assert_eq!(bench.open().tab, Tab::Points);
    let wanted = bench.open().grid.as_ref().unwrap().chosen().to_vec();
    bench.run(Action::Open);
    assert_eq!(bench.open().tab, Tab::Rows);
    assert_eq!(bench.open().only.as_ref(), Some(&wanted));
    assert_eq!(bench.open().listed(), wanted.len());
    bench.run(Action::Back);
    assert_eq!((bench.open().tab, bench.open().listed()), (Tab::Points, 40));
}

#[test]
fn a_tag_opens_the_tickets_that_fail_there() {
    let mut bench = Bench::new(Mode::Assist);
    bench
        .run(Action::Open)
        .run(Action::PreviousPane)
        .run(Action::Open);
    assert_eq!(bench.state.screen, Screen::Queue);
    let filter = &bench.state.queue.as_ref().unwrap().filter;
    assert!(
        filter.contains("tag:") && filter.contains("judge<0.8"),
        "{filter}"
    );
    assert!(
        crate::domain::filter::Filter::parse(filter).is_ok(),
        "{filter}"
    );
}

#[test]
fn everything_behind_the_numbers_is_asked_for_with_one_key() {
    let mut bench = Bench::new(Mode::Assist);
    bench.run(Action::Open).run(Action::RunsFull);
    assert!(bench.open().full);
    assert!(matches!(
        bench
            .asked
            .iter()
            .rev()
            .find(|order| matches!(order, Order::LoadGroup { .. })),
        Some(Order::LoadGroup { full: true, .. })
    ));
    assert!(!bench.open().view().unwrap().sheets.is_empty());
}
