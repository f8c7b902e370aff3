//! How much was judged under each version of a rubric.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::db::Db;
use super::error::Result;
use super::verdicts::judges;
use crate::domain::ids::RubricId;
use crate::domain::standing::CHECK;

/// How many verdicts each rubric version has in an eval, and how many tickets those are about. Those that do not say which
/// version they answer count for `unnamed`, if that is one. The outcome of a check is a verdict where it is a question's
/// level, and only there: `levels` names these checks of a version.
pub fn under(
    db: &Db,
    eval: i64,
    unnamed: Option<RubricId>,
    levels: &BTreeMap<RubricId, Vec<String>>,
) -> Result<HashMap<RubricId, (u64, u64)>> {
    let sql =
        "SELECT v.ticket, v.criterion, count(*) FROM verdict v JOIN ticket t ON t.row = v.ticket
               WHERE t.eval = ?1 AND v.judge = ?2 GROUP BY v.ticket, v.criterion";
    let mut tickets: HashMap<RubricId, (u64, HashSet<i64>)> = HashMap::new();
    for (judge, _, version) in judges(db)? {
        let Some(rubric) = version.rubric.or(unnamed) else {
            continue;
        };
        let levels = levels.get(&rubric).map_or(&[][..], Vec::as_slice);
        let (verdicts, about) = tickets.entry(rubric).or_default();
        db.each(sql, args![eval, judge], |row| {
            let check = row.text(1)?.strip_prefix(CHECK);
            if check.is_none_or(|check| levels.iter().any(|level| level == check)) {
                about.insert(row.int(0)?);
                *verdicts += row.int(2)? as u64;
            }
            Ok(true)
        })?;
    }
    let counted = |(rubric, (verdicts, about)): (_, (u64, HashSet<i64>))| {
        (rubric, (verdicts, about.len() as u64))
    };
    Ok(tickets.into_iter().map(counted).collect())
}
