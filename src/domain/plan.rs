//! Review plans: a frozen random order, so that the tickets reviewed so far are always a sample with known chances.
//!
//! In a uniform plan the place of a ticket is a hash of the plan's seed and the ticket's id; it depends on nothing
//! a reviewer or a judge ever says, so stopping anywhere leaves the estimate valid. A weighted plan puts risky tickets
//! first more often; its order is drawn once, and the chance of each ticket is known. Later tickets join later plans.
//!
//! In a run group what is drawn is an item, with the outputs of all candidates to it: the place is a hash of the item's
//! id, and an output that arrives later takes its item's place in the plan that is there. Nobody chose that place, and
//! nothing in the output did, so the order of the items stays as random as it was (`engine::plans` on the chances).

use super::eval::Mode;
use super::ids::{EvalId, Identity, ItemId, OutputId, PlanId, TicketId};

/// Bits of a plan key that hold the random place; the plan's number stands above them.
const PLACE_BITS: u32 = 48;
/// Of these, the lowest ones that order the outputs of one item among themselves.
const WITHIN_BITS: u32 = 10;

/// The ticket of a subject in an eval.
pub fn ticket_id(eval: &EvalId, outputs: &[OutputId]) -> TicketId {
    let mut identity = Identity::of("ticket").part(&eval.0);
    for output in outputs {
        identity = identity.part(&output.0);
    }
    TicketId(identity.finish())
}

/// The plan with this number of an eval.
pub fn plan_id(eval: &EvalId, number: u32, seed: u64) -> PlanId {
    PlanId(
        Identity::of("plan")
            .part(&eval.0)
            .number(i64::from(number))
            .number(seed as i64)
            .finish(),
    )
}

/// Seed of a plan, from the eval's seed.
pub fn plan_seed(eval_seed: u64, number: u32) -> u64 {
    let hash = Identity::of("plan seed")
        .number(eval_seed as i64)
        .number(i64::from(number))
        .finish();
    u64::from_le_bytes([
        hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7],
    ]) >> 1
}

/// Where a ticket stands in the review order of its eval: the plan's number, then 48 random bits.
pub fn plan_key(number: u32, seed: u64, ticket: &TicketId) -> i64 {
    let hash = Identity::of("place")
        .number(seed as i64)
        .part(&ticket.0)
        .finish();
    let place = i64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], 0, 0]);
    (i64::from(number) << PLACE_BITS) | place
}

/// Where a ticket of a run group stands in its uniform plan: beside the others of its item, in an order of their own, so
/// that no candidate always comes first.
pub fn item_key(number: u32, seed: u64, item: &ItemId, ticket: &TicketId) -> i64 {
    let bits = |hash: [u8; 16], bits: u32| {
        let all = u64::from_le_bytes([
            hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7],
        ]);
        (all & ((1 << bits) - 1)) as i64
    };
    let of_item = Identity::of("place of item")
        .number(seed as i64)
        .part(&item.0);
    let of_ticket = Identity::of("place").number(seed as i64).part(&ticket.0);
    (i64::from(number) << PLACE_BITS)
        | (bits(of_item.finish(), PLACE_BITS - WITHIN_BITS) << WITHIN_BITS)
        | bits(of_ticket.finish(), WITHIN_BITS)
}

/// The plan in which tickets were drawn by these weights, each with its ticket, in review order.
pub fn weighted_plan_id(
    eval: &EvalId,
    number: u32,
    seed: u64,
    tickets: &[(TicketId, f64)],
) -> PlanId {
    let mut identity = Identity::of("weighted plan")
        .part(&eval.0)
        .number(i64::from(number))
        .number(seed as i64);
    for (ticket, weight) in tickets {
        identity = identity.part(&ticket.0).part(&weight.to_le_bytes());
    }
    PlanId(identity.finish())
}

/// Where the ticket at this place of a plan stands in the review order of its eval.
pub fn ranked_key(number: u32, place: u64) -> i64 {
    (i64::from(number) << PLACE_BITS) | place.min((1 << PLACE_BITS) - 1) as i64
}

/// The number of the plan a key belongs to.
pub fn plan_number(key: i64) -> u32 {
    (key >> PLACE_BITS) as u32
}

/// The first and the last key of a plan.
pub fn plan_key_range(number: u32) -> (i64, i64) {
    (
        i64::from(number) << PLACE_BITS,
        (i64::from(number + 1) << PLACE_BITS) - 1,
    )
}

/// Whether a ticket of an assisted eval is in the blind audit share (0 to 1), by a second hash.
pub fn is_audit(mode: Mode, share: f64, seed: u64, ticket: &TicketId) -> bool {
    if mode == Mode::Blind {
        return false;
    }
    let hash = Identity::of("audit")
        .number(seed as i64)
        .part(&ticket.0)
        .finish();
    let place = u32::from_le_bytes([hash[0], hash[1], hash[2], hash[3]]);
    f64::from(place) / f64::from(u32::MAX) < share
}

/// Whether a ticket of the blind audit share goes to a second reviewer: half of them, by the same hash, so that it does
/// not depend on anything anybody said.
pub fn is_audited_twice(mode: Mode, share: f64, seed: u64, ticket: &TicketId) -> bool {
    is_audit(mode, share / 2.0, seed, ticket)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_plans_come_after_earlier_ones() {
        let ticket = TicketId([7; 16]);
        assert!(plan_key(2, 1, &ticket) > plan_key(1, u64::MAX >> 1, &TicketId([0xff; 16])));
        assert_eq!(plan_number(plan_key(3, 9, &ticket)), 3);
    }

    #[test]
    fn outputs_of_an_item_stand_side_by_side_and_none_of_them_is_always_first() {
        let mut firsts = 0;
        for n in 0..400_u32 {
            let mut item = [0; 16];
            item[..4].copy_from_slice(&n.to_le_bytes());
            let key = |output: u8| {
                let mut ticket = item;
                ticket[15] = output;
                item_key(2, 7, &ItemId(item), &TicketId(ticket))
            };
            assert_eq!(plan_number(key(1)), 2);
            assert_eq!(key(1) >> WITHIN_BITS, key(2) >> WITHIN_BITS);
            firsts += u32::from(key(1) < key(2));
        }
        assert!((150..250).contains(&firsts), "{firsts}");
    }

    #[test]
    fn the_order_is_stable_between_releases() {
        let ticket = ticket_id(&EvalId([1; 16]), &[OutputId([2; 16])]);
        assert_eq!(
            ticket.to_string(),
            ticket_id(&EvalId([1; 16]), &[OutputId([2; 16])]).to_string()
        );
        assert_ne!(plan_key(1, 7, &ticket), plan_key(1, 8, &ticket));
    }

    #[test]
    fn half_of_the_audited_tickets_go_to_a_second_reviewer_and_no_other() {
        let (mut once, mut twice) = (0, 0);
        for n in 0..4000_u32 {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_le_bytes());
            let of = |one: fn(Mode, f64, u64, &TicketId) -> bool| {
                one(Mode::Assist, 0.2, 7, &TicketId(id))
            };
            let (audited, again) = (of(is_audit), of(is_audited_twice));
            assert!(audited || !again);
            once += u32::from(audited);
            twice += u32::from(again);
            assert!(!is_audited_twice(Mode::Blind, 1.0, 7, &TicketId(id)));
        }
        assert!(
            twice * 2 > once * 8 / 10 && twice * 2 < once * 12 / 10,
            "{twice} of {once}"
        );
    }

    #[test]
    fn about_the_share_asked_for_is_audited() {
        let hits = (0..2000_u32).filter(|n| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&n.to_le_bytes());
            is_audit(Mode::Assist, 0.1, 7, &TicketId(id))
        });
        let hits = hits.count();
        assert!((140..260).contains(&hits), "{hits}");
    }
}
