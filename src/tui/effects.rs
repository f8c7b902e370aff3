//! The effect runner: lanes of threads between the event loop and the desk.
//!
//! | lane | threads | what | order |
//! | --- | --- | --- | --- |
//! | write | 1 | everything that decides, claims or saves | as asked |
//! | read | 2 | pages, tickets to look at, texts to lay out | any; of some only the last wins |
//! | compare | 1 | comparisons of run groups, which take a second or two where these are large | of those waiting the last |
//! | job | 1 | imports, exports, the sample, index slices | as asked; can be stopped |
//! | judge | 1 | a judge's work | as asked; can be stopped; at the end waited for two seconds at most |
//!
//! Replies come back through one channel with the id of their order. The event loop never waits for a lane,
//! except once: [`Runner::drained`] tells when everything written before quitting is safe.

use std::collections::{HashMap, VecDeque};
use std::mem::{Discriminant, discriminant};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use crate::app::effect::{Command, Order, Outcome, RequestId};
use crate::app::input::Input;
use crate::domain::view::{RubricOrder, RubricSource};

use super::desk::{Desk, Job};
use super::perform::{Keep, perform, perform_command};

/// The thread that lets judges read.
const JUDGE: &str = "docket-judge";

/// How long the end waits for a judge's calls under way.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Threads that read.
const READERS: usize = 2;

/// Which threads carry something out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    Write,
    Read,
    Compare,
    Job,
    Judge,
}

/// One thing to carry out.
enum Task {
    Order {
        request: RequestId,
        order: Order,
        cancelled: Arc<AtomicBool>,
    },
    Command(Command),
    /// Whether another process wrote.
    Watch,
    /// Tells that everything before it is done.
    Barrier(oneshot::Sender<()>),
}

/// Runs effects; dropping it lets the lanes finish what they have and end.
pub struct Runner {
    write: Arc<Queue>,
    read: Arc<Queue>,
    compare: Arc<Queue>,
    job: Arc<Queue>,
    judge: Arc<Queue>,
    stops: Mutex<HashMap<RequestId, Arc<AtomicBool>>>,
    threads: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner").finish_non_exhaustive()
    }
}

/// What every thread of the runner holds.
#[derive(Clone)]
struct Worker {
    desk: Arc<dyn Desk>,
    keep: Arc<dyn Keep>,
    replies: UnboundedSender<Input>,
    seen: Arc<Mutex<Option<u64>>>,
}

impl Runner {
    /// Starts the lanes. Replies go into `replies`.
    pub fn start(
        desk: Arc<dyn Desk>,
        keep: Arc<dyn Keep>,
        replies: UnboundedSender<Input>,
    ) -> std::io::Result<Self> {
        let worker = Worker {
            desk,
            keep,
            replies,
            seen: Arc::default(),
        };
        let mut runner = Self {
            write: Arc::default(),
            read: Arc::default(),
            compare: Arc::default(),
            job: Arc::default(),
            judge: Arc::default(),
            stops: Mutex::default(),
            threads: Vec::new(),
        };
        runner.spawn("docket-write", &runner.write.clone(), &worker)?;
        for _ in 0..READERS {
            runner.spawn("docket-read", &runner.read.clone(), &worker)?;
        }
        runner.spawn("docket-compare", &runner.compare.clone(), &worker)?;
        runner.spawn("docket-job", &runner.job.clone(), &worker)?;
        runner.spawn(JUDGE, &runner.judge.clone(), &worker)?;
        Ok(runner)
    }

    fn spawn(&mut self, name: &str, queue: &Arc<Queue>, worker: &Worker) -> std::io::Result<()> {
        let (queue, worker) = (Arc::clone(queue), worker.clone());
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                while let Some(task) = queue.next() {
                    worker.run(task);
                }
            })?;
        self.threads.push(thread);
        Ok(())
    }

    /// Carries out an order; its reply carries `request`.
    pub fn ask(&self, request: RequestId, order: Order) {
        let lane = lane(&order);
        let cancelled = Arc::new(AtomicBool::new(false));
        if matches!(lane, Lane::Job | Lane::Judge) {
            let mut stops = locked(&self.stops);
            stops.retain(|_, stop| Arc::strong_count(stop) > 1);
            stops.insert(request, Arc::clone(&cancelled));
        }
        let replaces = last_wins(&order).then(|| discriminant(&order));
        let task = Task::Order {
            request,
            order,
            cancelled,
        };
        self.queue(lane).push(task, replaces);
    }

    /// Carries out a command of the desk.
    pub fn tell(&self, command: Command) {
        match command {
            Command::Cancel(request) => {
                if let Some(stop) = locked(&self.stops).get(&request) {
                    stop.store(true, Ordering::Relaxed);
                }
            }
            command => self.write.push(Task::Command(command), None),
        }
    }

    /// Looks whether another process wrote; if so, [`Input::Changed`] comes.
    pub fn watch(&self) {
        self.read.push(Task::Watch, None);
    }

    /// Stops the jobs and tells once everything written before is done.
    pub fn drained(&self) -> oneshot::Receiver<()> {
        for stop in locked(&self.stops).values() {
            stop.store(true, Ordering::Relaxed);
        }
        let (done, wait) = oneshot::channel();
        self.write.push(Task::Barrier(done), None);
        wait
    }

    fn queue(&self, lane: Lane) -> &Queue {
        match lane {
            Lane::Write => &self.write,
            Lane::Read => &self.read,
            Lane::Compare => &self.compare,
            Lane::Job => &self.job,
            Lane::Judge => &self.judge,
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        for stop in locked(&self.stops).values() {
            stop.store(true, Ordering::Relaxed);
        }
        let queues = [
            &self.write,
            &self.read,
            &self.compare,
            &self.job,
            &self.judge,
        ];
        for queue in queues {
            queue.close();
        }
        let deadline = Instant::now() + PATIENCE;
        for thread in self.threads.drain(..) {
            // An endpoint may let a call hang; what is written is safe, and the lease ends by itself.
            while thread.thread().name() == Some(JUDGE) && !thread.is_finished() {
                if Instant::now() >= deadline {
                    tracing::warn!("a call of the judge was left behind");
                    break;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
            if thread.thread().name() == Some(JUDGE) && !thread.is_finished() {
                continue;
            }
            if thread.join().is_err() {
                tracing::error!("a lane ended in a panic");
            }
        }
    }
}

impl Worker {
    fn run(&self, task: Task) {
        match task {
            Task::Order {
                request,
                order,
                cancelled,
            } => {
                let reply = |outcome| self.reply(Input::Outcome { request, outcome });
                let tell = |progress| reply(Outcome::Progress(progress));
                let job = Job::new(&cancelled, &tell);
                reply(perform(&*self.desk, &*self.keep, order, &job));
            }
            Task::Command(command) => perform_command(&*self.desk, &command),
            Task::Watch => self.watch(),
            Task::Barrier(done) => {
                // Nobody waits any more if the loop has ended.
                let _ = done.send(());
            }
        }
    }

    fn watch(&self) {
        match self.desk.change_counter() {
            Ok(now) => {
                let before = locked(&self.seen).replace(now);
                if before.is_some_and(|before| before != now) {
                    self.reply(Input::Changed);
                }
            }
            Err(why) => tracing::debug!(?why, "cannot tell whether another process wrote"),
        }
    }

    fn reply(&self, input: Input) {
        // The loop ends before the lanes do; what they still tell is not needed then.
        let _ = self.replies.send(input);
    }
}

/// Which lane carries an order out.
fn lane(order: &Order) -> Lane {
    match order {
        Order::LoadHome
        | Order::LoadQueue(_)
        | Order::CountQueue { .. }
        | Order::ListMatching { .. }
        | Order::OpenTicket { claim: false, .. }
        | Order::Prefetch { .. }
        | Order::LoadHistory { .. }
        | Order::LoadAgreement { .. }
        | Order::LoadJudges(_)
        | Order::LoadActivity
        | Order::LoadGroups
        | Order::LoadKeptGroup { .. }
        | Order::LoadSide { .. }
        | Order::OfferSuggestion { .. }
        | Order::Prepare(_)
        | Order::Diff { .. }
        | Order::ExportOptions { .. }
        | Order::ExportPreview(_) => Lane::Read,
        Order::LoadGroup { .. } => Lane::Compare,
        Order::ExportRun(_) | Order::ImportFile { .. } | Order::MakeDemo | Order::IndexSlice => {
            Lane::Job
        }
        Order::Judge { .. } | Order::Suggest { .. } => Lane::Judge,
        Order::Rubric(order) => match order {
            // A model is asked: as slow as the network.
            RubricOrder::Try(_)
            | RubricOrder::Make(
                RubricSource::Generated { .. } | RubricSource::Note { judge: Some(_), .. },
            ) => Lane::Judge,
            RubricOrder::Save { .. } | RubricOrder::Hold(_) => Lane::Write,
            _ => Lane::Read,
        },
        Order::OpenTicket { claim: true, .. }
        | Order::TakeNext { .. }
        | Order::RenewLease { .. }
        | Order::SaveDraft { .. }
        | Order::Submit(_)
        | Order::Decide { .. }
        | Order::Undo
        | Order::Redo
        | Order::Reveal { .. }
        | Order::CorrectJudge { .. }
        | Order::OpenAgreement { .. }
        | Order::OpenGroup { .. }
        | Order::OpenEditor { .. }
        | Order::Steer { .. }
        | Order::SetMode { .. }
        | Order::SetReviewer { .. }
        | Order::SaveSettings(_) => Lane::Write,
    }
}

/// Whether an order that still waits is not wanted any more once the next of its kind comes.
fn last_wins(order: &Order) -> bool {
    matches!(
        order,
        Order::LoadQueue(_)
            | Order::CountQueue { .. }
            | Order::LoadAgreement { .. }
            | Order::LoadActivity
            | Order::LoadGroups
            | Order::LoadGroup { .. }
            | Order::LoadKeptGroup { .. }
            | Order::LoadSide { .. }
            | Order::LoadJudges(_)
            | Order::ExportPreview(_)
    )
}

/// Tasks that wait for a thread.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    more: Condvar,
}

#[derive(Default)]
struct Waiting {
    tasks: VecDeque<Task>,
    closed: bool,
}

impl Queue {
    fn push(&self, task: Task, replaces: Option<Discriminant<Order>>) {
        let mut waiting = locked(&self.waiting);
        if let Some(kind) = replaces {
            waiting.tasks.retain(
                |task| !matches!(task, Task::Order { order, .. } if discriminant(order) == kind),
            );
        }
        waiting.tasks.push_back(task);
        drop(waiting);
        self.more.notify_one();
    }

    /// The next task; `None` once the queue is closed and empty.
    fn next(&self) -> Option<Task> {
        let mut waiting = locked(&self.waiting);
        loop {
            if let Some(task) = waiting.tasks.pop_front() {
                return Some(task);
            }
            if waiting.closed {
                return None;
            }
            waiting = self
                .more
                .wait(waiting)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn close(&self) {
        locked(&self.waiting).closed = true;
        self.more.notify_all();
    }
}

/// A lock holder that panicked left whole values behind: none is changed in steps.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
