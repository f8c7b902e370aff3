//! Writing the facts of one row into the caller's transaction.

use super::super::db::Db;
use super::super::error::{Result, StoreError};
use super::super::project::Refolder;
use super::super::tally::Deltas;
use super::super::{ledger, verdicts};
use super::facts::{Added, ItemFact, OutputFact, Piece, RowFacts, Target};
use crate::domain::ids::{OutputId, TicketId};
use crate::domain::judge_version::JudgeVersion;
use crate::domain::plan::{plan_key, ticket_id};
use crate::domain::verdict::{imported_judge, verdict_id};

/// One transaction of a load.
pub(super) struct Work<'a> {
    db: &'a Db,
    source: i64,
    target: Option<&'a Target>,
    deltas: Deltas,
    refolder: Refolder,
    refold: Vec<TicketId>,
}

impl<'a> Work<'a> {
    pub fn new(db: &'a Db, source: i64, target: Option<&'a Target>) -> Self {
        Self {
            db,
            source,
            target,
            deltas: Deltas::default(),
            refolder: Refolder::default(),
            refold: Vec::new(),
        }
    }

    /// Loads one row; returns the item's local row.
    pub fn row(&mut self, row: &RowFacts, body: &[u8], added: &mut Added) -> Result<i64> {
        let (raw, new) = self.raw(row, body)?;
        added.raws += u64::from(new);
        let (item, new) = self.item(&row.item, raw)?;
        added.items += u64::from(new);
        let mut outputs = Vec::with_capacity(row.outputs.len());
        for output in &row.outputs {
            let (local, new) = self.output(output, item, raw)?;
            added.outputs += u64::from(new);
            if !new {
                self.occurrence(local, output, item, raw)?;
            }
            outputs.push(local);
        }
        if let Some(target) = self.target {
            added.tickets += self.tickets(target, row, item, &outputs)?;
            self.decisions(row, added)?;
        }
        Ok(item)
    }

    /// Inserts unless the id is known; returns the local row and whether it is new.
    fn put(&self, table: &str, id: &[u8; 16], inserted: usize) -> Result<(i64, bool)> {
        if inserted > 0 {
            return Ok((self.db.last_row(), true));
        }
        let sql = match table {
            "raw" => "SELECT row FROM raw WHERE id = ?1",
            "item" => "SELECT row FROM item WHERE id = ?1",
            "output" => "SELECT row FROM output WHERE id = ?1",
            _ => "SELECT row FROM ticket WHERE id = ?1",
        };
        Ok((self.db.number(sql, args![id])?, false))
    }

    fn raw(&self, row: &RowFacts, body: &[u8]) -> Result<(i64, bool)> {
        let inserted = self.db.exec(
            "INSERT INTO raw (id, source, line, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            args![&row.raw_id.0, self.source, row.line, body],
        )?;
        self.put("raw", &row.raw_id.0, inserted)
    }

    fn item(&self, item: &ItemFact, raw: i64) -> Result<(i64, bool)> {
        let (request_at, request_len, request) = columns(item.request.as_ref());
        let (reference_at, reference_len, reference) = columns(item.reference.as_ref());
        let inserted = self.db.exec(
            "INSERT INTO item (id, cluster, raw, request_at, request_len, request, reference_at, reference_len,
               reference, external_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
            args![
                &item.id.0,
                &item.cluster.0,
                raw,
                request_at,
                request_len,
                request,
                reference_at,
                reference_len,
                reference,
                item.external_id.as_deref(),
            ],
        )?;
        self.put("item", &item.id.0, inserted)
    }

    fn output(&self, output: &OutputFact, item: i64, raw: i64) -> Result<(i64, bool)> {
        let (at, len, own) = columns(output.message.as_ref());
        let inserted = self.db.exec(
            "INSERT INTO output (id, item, raw, position, model, message_at, message_len, message, finish, prompt_tokens,
               completion_tokens, cost_micros, latency_ms, error, feature, tags, time_ms, chars)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) ON CONFLICT DO NOTHING",
            args![
                &output.id.0,
                item,
                raw,
                output.position,
                output.model.as_deref(),
                at,
                len,
                own,
                output.finish.as_deref(),
                output.prompt_tokens,
                output.completion_tokens,
                output.cost_micros,
                output.latency_ms,
                output.error.as_deref(),
                output.feature.as_deref(),
                output.tags.as_deref(),
                output.time_ms,
                output.chars,
            ],
        )?;
        self.put("output", &output.id.0, inserted)
    }

    /// What is known of an output beside its text (time, tags, cost) comes from one of the rows it stands in: the
    /// one with the smallest raw id, so that it does not matter which file was imported first.
    fn occurrence(&mut self, local: i64, new: &OutputFact, item: i64, raw: i64) -> Result<()> {
        let db = self.db;
        let sql = "SELECT n.id < k.id, o.feature FROM output o JOIN raw k ON k.row = o.raw JOIN raw n ON n.row = ?2
                   WHERE o.row = ?1";
        let known = db.first(sql, args![local, raw], |row| {
            Ok((row.int(0)? != 0, row.string(1)?))
        })?;
        let Some((true, old_feature)) = known else {
            return Ok(());
        };
        let (at, len, own) = columns(new.message.as_ref());
        db.exec(
            "UPDATE output SET raw = ?2, message_at = ?3, message_len = ?4, message = ?5, finish = ?6, prompt_tokens = ?7,
               completion_tokens = ?8, cost_micros = ?9, latency_ms = ?10, error = ?11, feature = ?12, tags = ?13, time_ms = ?14
             WHERE row = ?1",
            args![
                local,
                raw,
                at,
                len,
                own,
                new.finish.as_deref(),
                new.prompt_tokens,
                new.completion_tokens,
                new.cost_micros,
                new.latency_ms,
                new.error.as_deref(),
                new.feature.as_deref(),
                new.tags.as_deref(),
                new.time_ms,
            ],
        )?;
        let sql = "SELECT id, eval FROM ticket WHERE item = ?1 AND output = ?2";
        let tickets = db.query(sql, args![item, local], |row| {
            Ok((TicketId(row.id(0)?), row.int(1)?))
        })?;
        for (id, eval) in tickets {
            let sql = "UPDATE ticket SET feature = ?2, time_ms = ?3 WHERE id = ?1";
            db.exec(
                sql,
                args![&id.0, new.feature.as_deref(), new.time_ms.unwrap_or(0)],
            )?;
            for (feature, by) in [(old_feature.as_deref(), -1), (new.feature.as_deref(), 1)] {
                if let Some(feature) = feature {
                    self.deltas.add(eval, "feature", feature, by);
                }
            }
            self.refold.push(id);
        }
        Ok(())
    }

    fn tickets(
        &mut self,
        target: &Target,
        row: &RowFacts,
        item: i64,
        outputs: &[i64],
    ) -> Result<u64> {
        if outputs.is_empty() {
            return Ok(0);
        }
        if row.pairwise {
            let ids: Vec<OutputId> = row.outputs.iter().map(|output| output.id).collect();
            return self.ticket(target, &ids, &row.outputs[0], item, outputs);
        }
        let mut new = 0;
        for (fact, output) in row.outputs.iter().zip(outputs) {
            new += self.ticket(target, &[fact.id], fact, item, &[*output])?;
        }
        Ok(new)
    }

    fn ticket(
        &mut self,
        target: &Target,
        ids: &[OutputId],
        fact: &OutputFact,
        item: i64,
        outputs: &[i64],
    ) -> Result<u64> {
        let id = ticket_id(&target.id, ids);
        let inserted = self.db.exec(
            "INSERT INTO ticket (id, eval, item, output, outputs, plan, plan_key, model, feature, time_ms, chars)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
            args![
                &id.0,
                target.row,
                item,
                outputs[0],
                outputs.len() as i64,
                target.plan,
                plan_key(target.plan, target.seed, &id),
                fact.model.as_deref(),
                fact.feature.as_deref(),
                fact.time_ms.unwrap_or(0),
                fact.chars,
            ],
        )?;
        if inserted == 0 {
            return Ok(0);
        }
        let ticket = self.db.last_row();
        if outputs.len() > 1 {
            for (position, output) in outputs.iter().enumerate() {
                let sql =
                    "INSERT INTO ticket_output (ticket, position, output) VALUES (?1, ?2, ?3)";
                self.db.exec(sql, args![ticket, position as i64, *output])?;
            }
        }
        self.count(target.row, ticket, fact)?;
        Ok(1)
    }

    /// The ticket of an output that is stored already, made if it is not there; returns its local row.
    pub fn ticket_of(&mut self, target: &Target, output: i64) -> Result<i64> {
        let sql =
            "SELECT id, item, model, feature, tags, time_ms, chars FROM output WHERE row = ?1";
        let found = self.db.first(sql, args![output], |row| {
            let fact = OutputFact {
                model: row.maybe_text(2)?.map(Box::from),
                feature: row.maybe_text(3)?.map(Box::from),
                tags: row.maybe_text(4)?.map(Box::from),
                time_ms: row.maybe_int(5)?,
                chars: row.int(6)? as u32,
                ..OutputFact::of(OutputId(row.id(0)?))
            };
            Ok((fact, row.int(1)?))
        })?;
        let Some((fact, item)) = found else {
            return Err(StoreError::Damaged("run row without an output".into()));
        };
        self.ticket(target, &[fact.id], &fact, item, &[output])?;
        let id = ticket_id(&target.id, &[fact.id]);
        let sql = "SELECT row FROM ticket WHERE id = ?1";
        self.db.number(sql, args![&id.0])
    }

    fn count(&mut self, eval: i64, ticket: i64, fact: &OutputFact) -> Result<()> {
        self.deltas.add(eval, "state", "open", 1);
        if let Some(model) = &fact.model {
            self.deltas.add(eval, "model", model, 1);
        }
        if let Some(feature) = &fact.feature {
            self.deltas.add(eval, "feature", feature, 1);
        }
        let Some(tags) = &fact.tags else {
            return Ok(());
        };
        for tag in serde_json::from_str::<Vec<String>>(tags).unwrap_or_default() {
            let sql = "INSERT INTO ticket_tag (eval, tag, ticket, given) VALUES (?1, ?2, ?3, 0) ON CONFLICT DO NOTHING";
            if self.db.exec(sql, args![eval, &tag, ticket])? > 0 {
                self.deltas.add(eval, "tag", &tag, 1);
            }
        }
        Ok(())
    }

    fn decisions(&mut self, row: &RowFacts, added: &mut Added) -> Result<()> {
        for event in &row.events {
            if ledger::append(self.db, event)? {
                added.events += 1;
                self.refold.extend(event.ticket);
            }
        }
        for fact in &row.verdicts {
            let judge_id = imported_judge(&fact.judge);
            let judge =
                verdicts::put_judge(self.db, &judge_id, &JudgeVersion::imported(&fact.judge))?;
            let ticket = self.db.number(
                "SELECT row FROM ticket WHERE id = ?1",
                args![&fact.ticket.0],
            )?;
            let id = verdict_id(
                &fact.ticket,
                &fact.verdict.criterion,
                &judge_id,
                fact.sample,
            );
            if verdicts::put(self.db, &id, ticket, judge, fact.sample, &fact.verdict)? {
                added.verdicts += 1;
                self.refold.push(fact.ticket);
            }
        }
        Ok(())
    }

    /// Writes what was gathered over the rows.
    pub fn finish(mut self) -> Result<()> {
        self.deltas.apply(self.db)?;
        self.refold.sort_unstable();
        self.refold.dedup();
        for ticket in &self.refold {
            self.refolder.ticket(self.db, ticket)?;
        }
        self.refolder.finish(self.db)
    }
}

fn columns(piece: Option<&Piece>) -> (Option<u32>, Option<u32>, Option<&[u8]>) {
    match piece {
        None => (None, None, None),
        Some(Piece::Span { at, len }) => (Some(*at), Some(*len), None),
        Some(Piece::Own(text)) => (None, None, Some(text.as_bytes())),
    }
}
