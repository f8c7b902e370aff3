//! `docket plan EVAL`: where the review plans of an eval stand, and drawing one by risk.

use super::{CliError, Context, Exit, output};
use crate::domain::count::{counted, either};
use crate::engine::plans::{PlanStanding, RiskOrder, RiskPlan};
use crate::text::table::{Column, Table};

/// Where the review plans of an eval stand, or a new one over the tickets that are left
///
/// Every eval has a uniform plan from the start. --by-risk puts tickets first more often where the judge is likely to be
/// wrong, where its readings differ, near the threshold, low or flagged, and where nobody has looked: the chance of each is
/// known, so estimates stay valid wherever you stop. What was reviewed in plan order stays the sample it is.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval
    eval: String,
    /// Draw a new plan by risk over the tickets that are left
    #[arg(long)]
    by_risk: bool,
    /// Share of the weight that is the same for all tickets, 0.3 to 1
    #[arg(long, value_name = "SHARE", default_value_t = crate::engine::plans::MIX, requires = "by_risk")]
    mix: f64,
    /// Only say what would come of it
    #[arg(long, requires = "by_risk")]
    dry_run: bool,
}

/// Prints the plans, or draws one.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    if args.by_risk {
        let order = RiskOrder {
            eval: args.eval.clone(),
            mix: args.mix,
            dry: args.dry_run,
        };
        let plan = engine.draw_by_risk(&order)?;
        told(&plan, args.dry_run);
        if context.json() {
            output::json(&plan)?;
        }
        return Ok(Exit::Done);
    }
    let plans = engine.plans_of(&args.eval)?;
    if context.json() {
        output::json(&plans)?;
    } else {
        table(&plans)?;
    }
    Ok(Exit::Done)
}

fn told(plan: &RiskPlan, dry: bool) {
    output::say(&format!(
        "plan {} {} {} by risk; {} {} in the plans before",
        plan.number,
        if dry { "would order" } else { "orders" },
        counted(plan.tickets, "ticket"),
        counted(plan.kept, "ticket"),
        either(plan.kept, "stays", "stay"),
    ));
    if plan.judged < plan.tickets {
        output::say(&format!(
            "{} of them no judge has scored: they count as uncertain as can be",
            plan.tickets - plan.judged
        ));
    }
    output::say(&if plan.fitted_on > 0 {
        format!(
            "weights fitted on {}",
            counted(plan.fitted_on, "review by plan")
        )
    } else {
        "the usual weights: they are fitted once 100 tickets are reviewed by plan".to_owned()
    });
}

fn table(plans: &[PlanStanding]) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::right("plan"),
        Column::left("order"),
        Column::right("tickets"),
        Column::right("sample"),
        Column::right("waiting"),
        Column::left("chance"),
    ]);
    for plan in plans {
        let order = match plan.mix {
            Some(mix) => format!("by risk, {:.0} % even", mix * 100.0),
            None => "uniform".to_owned(),
        };
        let chance = match plan.chance {
            Some((low, high)) if high - low > 0.005 => format!("{low:.2} to {high:.2}"),
            Some((low, _)) => format!("{low:.2}"),
            None => "n/a".to_owned(),
        };
        table.row([
            &plan.number.to_string(),
            &order,
            &plan.tickets.to_string(),
            &plan.prefix.to_string(),
            &plan.waiting.to_string(),
            &chance,
        ]);
    }
    output::table(&table)
}
