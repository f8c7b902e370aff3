//! What a draft is made from: examples with what people wrote about them, as far as this person may read it.

use super::super::judge::work::subject;
use super::super::{Engine, Result};
use crate::domain::eval::Eval;
use crate::domain::fold::Folded;
use crate::domain::ids::TicketId;
use crate::domain::rubric::Rubric;
use crate::domain::sight;
use crate::judge::generate::Seen;
use crate::store::{Db, catalog, tickets};

impl Engine {
    /// Examples with notes first, then the others of the queue.
    pub(super) fn examples(&self, eval: &Eval, most: usize) -> Result<Vec<Seen>> {
        Ok(self.store().read(|db| {
            let Some((row, _)) = catalog::eval(db, &eval.id)? else {
                return Ok(Vec::new());
            };
            let mut noted = Vec::new();
            let mut bare = Vec::new();
            let touched = tickets::touched(db, row)?;
            for id in &touched {
                let seen = self.seen(db, eval, id)?;
                if seen.notes.is_empty() {
                    bare.push(seen);
                } else {
                    noted.push(seen);
                }
                if noted.len() >= most {
                    break;
                }
            }
            noted.append(&mut bare);
            for id in tickets::first(db, row, most as u32)? {
                if noted.len() >= most {
                    break;
                }
                if !touched.contains(&id) {
                    noted.push(self.seen(db, eval, &id)?);
                }
            }
            noted.truncate(most);
            Ok(noted)
        })?)
    }

    /// One example with the notes this person may read.
    pub(super) fn seen(&self, db: &Db, eval: &Eval, id: &TicketId) -> crate::store::Result<Seen> {
        let ticket = tickets::get(db, id)?;
        let mut folded = tickets::folded(db, ticket.row)?;
        if !sight::view(eval, id, &folded, self.reviewer()).open {
            sight::veil(&mut folded, self.reviewer());
        }
        let subject = subject(db, &ticket, &Rubric::empty("draft"))?;
        let outputs: Vec<&str> = subject
            .outputs
            .iter()
            .map(|one| one.text.as_str())
            .collect();
        Ok(Seen {
            input: subject.own_text(),
            output: outputs.join("\n\n"),
            notes: notes(&folded),
        })
    }
}

/// What people wrote, each remark once.
fn notes(folded: &Folded) -> Vec<String> {
    let standing = folded
        .reviews
        .iter()
        .filter_map(|one| one.current().note.as_ref());
    let loose = folded.notes.iter().map(|one| &one.value);
    let mut notes: Vec<String> = Vec::new();
    for note in standing.chain(loose) {
        let text = note.text.trim();
        if !text.is_empty() && notes.iter().all(|known| known != text) {
            notes.push(text.to_owned());
        }
    }
    notes
}
