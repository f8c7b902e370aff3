//! What is tried again, and when.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::failure::Class;

use super::Http;
use super::once::Attempt;
use crate::provider::retry_after::clock;
use crate::provider::{Failure, Mode, openai};

/// Sends of one question that may be asked to wait.
const LIMIT_TRIES: u32 = 40;
/// Refused parameters and forms one question may run into.
pub(super) const FALLBACKS: u32 = 16;
/// Spreads questions that were asked to wait for the same moment.
const SPREAD: Duration = Duration::from_millis(40);

/// What has been tried for one question.
#[derive(Default)]
pub(super) struct Tries {
    pub(super) sent: u32,
    transport: u32,
    limits: u32,
    fallbacks: u32,
}

impl Http {
    /// How long to wait before the next try, or the failure that ends it.
    pub(super) fn next(
        &self,
        tries: &mut Tries,
        attempt: &Attempt,
        failure: Failure,
        transport: u32,
    ) -> Result<Duration, Failure> {
        match failure.class {
            Class::UnsupportedParam => {
                tries.fallbacks += 1;
                if tries.fallbacks <= FALLBACKS && self.without(attempt, &failure) {
                    Ok(Duration::ZERO)
                } else {
                    Err(failure)
                }
            }
            Class::Transport if !failure.lasting => {
                tries.transport += 1;
                let back = self.job.backoff.wait(tries.transport, self.chance.next());
                let wait = failure.retry_after.map_or(back, |asked| asked.max(back));
                let most = transport.min(self.job.backoff.tries);
                self.worth(failure, wait, tries.transport < most, tries.sent)
            }
            Class::RateLimit => {
                tries.limits += 1;
                // Never earlier than asked; a little later, so that not all come at the same moment.
                let wait = match failure.retry_after {
                    Some(asked) => asked + SPREAD.mul_f64(self.chance.next()),
                    None => self.job.backoff.wait(tries.limits, self.chance.next()),
                };
                self.worth(failure, wait, tries.limits < LIMIT_TRIES, tries.sent)
            }
            _ => Err(failure),
        }
    }

    fn worth(
        &self,
        failure: Failure,
        wait: Duration,
        tries_left: bool,
        sent: u32,
    ) -> Result<Duration, Failure> {
        if tries_left && wait <= self.job.patience {
            self.counts.again(failure.class);
            // Zero is for what needs no wait at all.
            return Ok(wait.max(Duration::from_millis(1)));
        }
        if tries_left {
            return Err(self.left_alone(failure, wait));
        }
        let message = format!("{}; gave up after {sent} tries", failure.message);
        Err(Failure { message, ..failure })
    }

    /// The endpoint wants to be left alone for longer than a question waits: nobody asks it before that time.
    fn left_alone(&self, failure: Failure, wait: Duration) -> Failure {
        let wait_ms = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
        let until = Timestamp::now().as_millisecond().saturating_add(wait_ms);
        self.learn(|found| found.wait_until_ms = Some(until));
        let message = format!(
            "{}; it asks to wait {} s, until {}, which is too long to wait here",
            failure.message,
            wait.as_secs(),
            clock(until)
        );
        Failure {
            message,
            lasting: true,
            ..failure
        }
    }

    /// Notes what this try showed to be refused; false if leaving it out cannot help.
    pub(super) fn without(&self, attempt: &Attempt, failure: &Failure) -> bool {
        let Some(name) = failure.parameter.as_deref() else {
            return false;
        };
        if name == "response_format" && attempt.mode != Mode::Text {
            self.learn(|found| {
                found.refuse_mode(attempt.mode);
            });
            return true;
        }
        let sent = attempt.names.iter().any(|have| have == name);
        if sent {
            let usual = attempt
                .found
                .room
                .unwrap_or(openai::usual_room(&self.endpoint));
            self.learn(|found| {
                found.refuse(name, usual);
            });
        }
        sent
    }
}
