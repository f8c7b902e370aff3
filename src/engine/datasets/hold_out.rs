//! Holding a share of a dataset out: whole clusters move to a dataset that is measured on and never trained on.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use super::super::evals::check_name;
use super::super::{Engine, EngineError, Result};
use super::{Loss, Moved};
use crate::domain::catalog::Dataset;
use crate::domain::eval::{DatasetRole, dataset_id};
use crate::domain::ids::{ClusterId, DatasetId};
use crate::domain::split::uniform;
use crate::store::{Db, catalog, datasets, pick};

/// What to hold out.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldOut {
    /// The dataset it is taken from.
    pub name: String,
    /// Share of the items of both, above 0 and below 1.
    pub share: f64,
    /// Where it goes; `NAME-heldout` if absent.
    pub to: Option<String>,
    /// Another seed, other clusters.
    pub seed: u64,
    /// Only says what would come of it.
    pub dry: bool,
}

/// What was held out, or would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HeldOutNow {
    /// Where it went.
    pub to: String,
    /// Clusters that move.
    pub clusters: u64,
    /// Items in them.
    pub items: u64,
    /// Items held out now, out of all in both datasets.
    pub held: u64,
    /// Items in both.
    pub of: u64,
    /// Clusters that stay because they were exported for training already.
    pub trained: u64,
    /// What evals on the dataset lose.
    pub losses: Vec<Loss>,
}

impl Engine {
    /// Moves whole clusters into a dataset that is held out, until it has the share asked for. The clusters are drawn
    /// by hash, so the same order again moves nothing, and a larger share only adds. Clusters that were exported for
    /// training stay: nothing measured on them would hold.
    pub fn hold_out(&self, order: &HoldOut) -> Result<HeldOutNow> {
        if !(order.share > 0.0 && order.share < 1.0) {
            return Err(EngineError::refused(
                format!("`{}` is no share to hold out", order.share),
                "a number above 0 and below 1, such as `--share 0.3`",
            ));
        }
        let source = self.dataset_named(&order.name)?;
        let to = order
            .to
            .clone()
            .unwrap_or_else(|| format!("{}-heldout", order.name));
        check_name("dataset", &to)?;
        self.fits(&source, &to)?;
        self.settle_clusters()?;
        let target = dataset_id(&self.identity.id, &to);
        let drawn = self.store.read(|db| draw(db, &source, &target, order))?;
        let mut now = HeldOutNow {
            to: to.clone(),
            clusters: drawn.clusters.len() as u64,
            items: drawn.items,
            held: drawn.held + drawn.items,
            of: drawn.of,
            trained: drawn.trained,
            losses: Vec::new(),
        };
        if drawn.clusters.is_empty() {
            return Ok(now);
        }
        let reason = format!("{} of `{}` held out", order.share, order.name);
        let moved: Moved = self.move_clusters(
            &source,
            (&to, DatasetRole::Heldout),
            drawn.clusters,
            &reason,
            order.dry,
        )?;
        now.losses = moved.losses;
        Ok(now)
    }

    fn fits(&self, source: &Dataset, to: &str) -> Result<()> {
        if source.role != DatasetRole::Review {
            return Err(EngineError::refused(
                format!(
                    "`{}` has the role `{}`, and only what is reviewed can be held out",
                    source.name,
                    source.role.name()
                ),
                format!(
                    "`docket dataset role {} review` makes it so again",
                    source.name
                ),
            ));
        }
        let known = self.store.read(|db| catalog::dataset_named(db, to))?;
        match known.filter(|set| set.role != DatasetRole::Heldout) {
            Some(set) => Err(EngineError::refused(
                format!("`{to}` is there with the role `{}`", set.role.name()),
                "name another one: `--to NAME`",
            )),
            None => Ok(()),
        }
    }
}

struct Drawn {
    clusters: Vec<ClusterId>,
    /// Items in them.
    items: u64,
    /// Items held out before.
    held: u64,
    /// Items in both datasets.
    of: u64,
    trained: u64,
}

fn draw(
    db: &Db,
    source: &Dataset,
    target: &DatasetId,
    order: &HoldOut,
) -> crate::store::Result<Drawn> {
    let rows = datasets::current(db, &source.id)?;
    let held = datasets::current(db, target)?;
    let mut sizes: BTreeMap<ClusterId, u64> = BTreeMap::new();
    for (_, _, cluster) in pick::identities(db, &rows.without(&held))? {
        *sizes.entry(cluster).or_default() += 1;
    }
    let of = rows.with(&held).len();
    let left: HashSet<ClusterId> = datasets::clusters(db, &pick::trained(db)?)?;
    let all = sizes.len();
    sizes.retain(|cluster, _| !left.contains(cluster));
    let mut drawn = Drawn {
        clusters: Vec::new(),
        items: 0,
        held: held.len(),
        of,
        trained: (all - sizes.len()) as u64,
    };
    let mut order_of: Vec<(u64, ClusterId, u64)> = sizes
        .into_iter()
        .map(|(cluster, items)| (uniform(order.seed, &cluster.0), cluster, items))
        .collect();
    order_of.sort_unstable();
    let wanted = order.share * of as f64;
    for (_, cluster, items) in order_of {
        // A cluster that would cross the border is taken where that leaves the smaller error.
        let now = (drawn.held + drawn.items) as f64;
        if now + items as f64 / 2.0 > wanted {
            continue;
        }
        drawn.items += items;
        drawn.clusters.push(cluster);
    }
    Ok(drawn)
}
