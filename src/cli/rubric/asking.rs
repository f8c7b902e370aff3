//! The options that name a judge, where one question is asked rather than a job started.

use super::super::reach;
use crate::engine::judge::JudgeOrder;

/// A judge and its endpoint.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("reached").args(reach::ALL).multiple(true).requires("judge")))]
pub struct Asking {
    /// `checks`, or an endpoint and its model, such as openai/gpt-4.1 or ollama/qwen3
    #[arg(long, value_name = "JUDGE")]
    pub judge: Option<String>,
    #[command(flatten)]
    endpoint_at: reach::Options,
}

impl Asking {
    /// The order, if a judge is named.
    pub fn order(&self, eval: &str) -> Option<JudgeOrder> {
        let judge = self.judge.as_ref()?;
        Some(JudgeOrder {
            reach: self.endpoint_at.reach(),
            ..JudgeOrder::new(eval, judge)
        })
    }
}
