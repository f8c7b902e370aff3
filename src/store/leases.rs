//! Leases on seats.
//!
//! A lease is not a lock: it names an owner and an end, and anyone may take the seat after that end. Its token
//! rises with every lease on the seat, so a submit that was written under an older lease is refused whatever
//! happened meanwhile. One compare-and-swap statement decides; the database serialises it.

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::view::Lease;

/// How long a lease lasts without renewal, in milliseconds.
pub const LEASE_MS: i64 = 120_000;

fn seat_name(seat: u8) -> String {
    format!("human:{seat}")
}

/// Takes a seat, or renews it when `owner` has it. `None` if somebody else holds it.
pub fn take(db: &Db, ticket: i64, seat: u8, owner: &str, now_ms: i64) -> Result<Option<Lease>> {
    let sql = "INSERT INTO lease (ticket, seat, owner, token, until_ms) VALUES (?1, ?2, ?3, 1, ?4)
               ON CONFLICT (ticket, seat) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms,
                 token = lease.token + CASE WHEN lease.owner = excluded.owner AND lease.until_ms > ?5 THEN 0 ELSE 1 END
               WHERE lease.owner = excluded.owner OR lease.until_ms <= ?5
               RETURNING token";
    let token = db.first(
        sql,
        args![ticket, &seat_name(seat), owner, now_ms + LEASE_MS, now_ms],
        |row| row.int(0),
    )?;
    Ok(token.map(|token| Lease { seat, token }))
}

/// Takes a judge's seat, or keeps it when `owner` has it. People and judges never block each other. What a judge writes is
/// named by what it answers, so nothing is submitted under its token, and a seat given back leaves no row: the table
/// stays as small as the work under way, where a row for every ticket judged touched five pages of it a verdict.
pub fn take_judge(db: &Db, ticket: i64, judge: &str, owner: &str, now_ms: i64) -> Result<bool> {
    let sql = "INSERT INTO lease (ticket, seat, owner, token, until_ms) VALUES (?1, ?2, ?3, 1, ?4)
               ON CONFLICT (ticket, seat) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms,
                 token = lease.token + 1
               WHERE lease.owner = excluded.owner OR lease.until_ms <= ?5";
    let args = args![ticket, judge, owner, now_ms + LEASE_MS, now_ms];
    Ok(db.exec(sql, args)? > 0)
}

/// Prolongs every seat an owner holds as a judge.
pub fn renew_judge(db: &Db, judge: &str, owner: &str, now_ms: i64) -> Result<()> {
    let sql = "UPDATE lease SET until_ms = ?3 WHERE owner = ?2 AND seat = ?1 AND until_ms > 0";
    db.exec(sql, args![judge, owner, now_ms + LEASE_MS])?;
    Ok(())
}

/// Gives every seat an owner holds as a judge back.
pub fn release_seat(db: &Db, judge: &str, owner: &str) -> Result<()> {
    let sql = "DELETE FROM lease WHERE seat = ?1 AND owner = ?2";
    db.exec(sql, args![judge, owner])?;
    Ok(())
}

/// Gives a judge's seat back.
pub fn release_judge(db: &Db, ticket: i64, judge: &str, owner: &str) -> Result<()> {
    let sql = "DELETE FROM lease WHERE ticket = ?1 AND seat = ?2 AND owner = ?3";
    db.exec(sql, args![ticket, judge, owner])?;
    Ok(())
}

/// Seats a worker wanted and another one holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// How many.
    pub seats: u64,
    /// The last of them ends then, in milliseconds since 1970, unless its owner prolongs it.
    pub until_ms: i64,
    /// Whose process holds the most of them.
    pub by: String,
}

/// What others than `owner` hold of a judge's or a run's seats; `None` where that is nothing.
pub fn held_seats(db: &Db, seats: &[String], owner: &str, now_ms: i64) -> Result<Option<Held>> {
    let sql = "SELECT owner, count(*), max(until_ms) FROM lease WHERE seat = ?1 AND owner <> ?2 AND until_ms > ?3
               GROUP BY owner ORDER BY count(*) DESC";
    let mut held: Option<Held> = None;
    for seat in seats {
        for (by, seats, until_ms) in db.query(sql, args![seat, owner, now_ms], |row| {
            Ok((row.text(0)?.to_owned(), row.int(1)? as u64, row.int(2)?))
        })? {
            let all = held.get_or_insert(Held {
                seats: 0,
                until_ms: 0,
                by,
            });
            all.seats += seats;
            all.until_ms = all.until_ms.max(until_ms);
        }
    }
    Ok(held)
}

/// Prolongs a lease. `false` if it has passed to somebody else.
pub fn renew(db: &Db, ticket: i64, lease: Lease, owner: &str, now_ms: i64) -> Result<bool> {
    let sql = "UPDATE lease SET until_ms = ?5 WHERE ticket = ?1 AND seat = ?2 AND owner = ?3 AND token = ?4";
    Ok(db.exec(
        sql,
        args![
            ticket,
            &seat_name(lease.seat),
            owner,
            lease.token,
            now_ms + LEASE_MS
        ],
    )? > 0)
}

/// Refuses unless the lease is still this owner's. An expired one that nobody took is still good.
pub fn check(db: &Db, ticket: i64, lease: Lease, owner: &str) -> Result<()> {
    let sql =
        "SELECT count(*) FROM lease WHERE ticket = ?1 AND seat = ?2 AND owner = ?3 AND token = ?4";
    match db.number(
        sql,
        args![ticket, &seat_name(lease.seat), owner, lease.token],
    )? {
        0 => Err(StoreError::StaleLease),
        _ => Ok(()),
    }
}

/// Gives a seat back. The row stays with its token, so that the next lease has a higher one.
pub fn release(db: &Db, ticket: i64, owner: &str) -> Result<()> {
    db.exec(
        "UPDATE lease SET until_ms = 0, owner = '' WHERE ticket = ?1 AND owner = ?2",
        args![ticket, owner],
    )?;
    Ok(())
}

/// Who holds a human seat of the ticket, other than `owner`.
pub fn held_by_other(db: &Db, ticket: i64, owner: &str, now_ms: i64) -> Result<Option<String>> {
    let sql = "SELECT owner FROM lease WHERE ticket = ?1 AND seat LIKE 'human:%' AND owner <> ?2 AND until_ms > ?3
               ORDER BY seat LIMIT 1";
    Ok(db
        .first(sql, args![ticket, owner, now_ms], |row| row.string(0))?
        .flatten())
}

/// Owner names of this person's processes that hold a seat.
pub fn owners(db: &Db, reviewer: &str) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT owner FROM lease WHERE until_ms > 0 AND owner <> ''";
    let mut owners = db.query(sql, &[], |row| Ok(row.text(0)?.to_owned()))?;
    owners.retain(|owner| person(owner) == reviewer);
    Ok(owners)
}

/// Gives back every seat of one owner.
pub fn release_all(db: &Db, owner: &str) -> Result<()> {
    db.exec(
        "UPDATE lease SET until_ms = 0, owner = '' WHERE owner = ?1",
        args![owner],
    )?;
    Ok(())
}

/// The people behind owner names: an owner is `name` or `name@session`.
pub fn person(owner: &str) -> &str {
    owner.split_once('@').map_or(owner, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::super::testing::memory;
    use super::*;

    #[test]
    fn seats_others_hold_are_counted_with_their_end() {
        let db = memory();
        let seats = ["run:a".to_owned(), "run:b".to_owned()];
        for (ticket, seat, owner, at) in [
            (-1, "run:a", "ana@7.1", 1_000),
            (-2, "run:a", "ana@7.1", 2_000),
            (-1, "run:b", "ben@8.1", 3_000),
            (-3, "run:a", "me@9.1", 1_000),
            (-4, "run:c", "ben@8.1", 9_000),
        ] {
            assert!(take_judge(&db, ticket, seat, owner, at).unwrap());
        }
        let held = held_seats(&db, &seats, "me@9.1", 4_000).unwrap().unwrap();
        let last = 3_000 + LEASE_MS;
        assert_eq!(
            (held.seats, held.until_ms, held.by.as_str()),
            (3, last, "ana@7.1")
        );
        assert_eq!(held_seats(&db, &seats, "me@9.1", last).unwrap(), None);
    }

    #[test]
    fn a_held_seat_is_refused_and_an_expired_one_is_taken_with_a_higher_token() {
        let db = memory();
        let first = take(&db, 1, 1, "ana", 1_000).unwrap().unwrap();
        assert_eq!(take(&db, 1, 1, "ben", 2_000).unwrap(), None);
        let later = take(&db, 1, 1, "ben", 1_000 + LEASE_MS).unwrap().unwrap();
        assert!(later.token > first.token);
        assert!(matches!(
            check(&db, 1, first, "ana"),
            Err(StoreError::StaleLease)
        ));
        assert!(check(&db, 1, later, "ben").is_ok());
    }

    #[test]
    fn renewing_keeps_the_token_and_a_lost_lease_cannot_be_renewed() {
        let db = memory();
        let lease = take(&db, 1, 1, "ana", 0).unwrap().unwrap();
        assert_eq!(take(&db, 1, 1, "ana", 10).unwrap(), Some(lease));
        assert!(renew(&db, 1, lease, "ana", 50_000).unwrap());
        let other = take(&db, 1, 1, "ben", 50_000 + LEASE_MS).unwrap().unwrap();
        assert!(!renew(&db, 1, lease, "ana", 60_000 + LEASE_MS).unwrap());
        assert_eq!(other.token, 2);
    }

    #[test]
    fn a_released_seat_is_free_at_once_and_its_old_token_is_dead() {
        let db = memory();
        let lease = take(&db, 1, 1, "ana", 0).unwrap().unwrap();
        release(&db, 1, "ana").unwrap();
        assert!(take(&db, 1, 1, "ben", 1).unwrap().is_some());
        assert!(check(&db, 1, lease, "ana").is_err());
    }

    #[test]
    fn seats_do_not_block_each_other() {
        let db = memory();
        assert!(take(&db, 1, 1, "ana", 0).unwrap().is_some());
        assert!(take(&db, 1, 2, "ben", 0).unwrap().is_some());
        assert_eq!(
            held_by_other(&db, 1, "ana", 1).unwrap().as_deref(),
            Some("ben")
        );
    }
}
