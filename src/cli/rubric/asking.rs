//! The options that name a judge, where one question is asked rather than a job started.

use std::path::PathBuf;

use crate::engine::judge::JudgeOrder;

/// A judge and its endpoint.
#[derive(Debug, clap::Args)]
pub struct Asking {
    /// `checks`, or an endpoint and its model, such as openai/gpt-4.1 or ollama/qwen3
    #[arg(long, value_name = "JUDGE")]
    pub judge: Option<String>,
    /// Address of an endpoint that speaks chat completions
    #[arg(long, value_name = "URL", requires = "judge")]
    base_url: Option<String>,
    /// The environment variable that holds the key
    #[arg(long, value_name = "VAR", requires = "judge")]
    key_env: Option<String>,
    /// A command that prints the key
    #[arg(
        long,
        value_name = "COMMAND",
        requires = "judge",
        conflicts_with = "key_env"
    )]
    key_command: Option<String>,
    /// A PEM file of certificate authorities to trust besides the system's
    #[arg(long, value_name = "FILE", requires = "judge")]
    ca_file: Option<PathBuf>,
    /// Seconds until a call without a reply is given up
    #[arg(long, value_name = "SECONDS", requires = "judge")]
    timeout: Option<u64>,
}

impl Asking {
    /// The order, if a judge is named.
    pub fn order(&self, eval: &str) -> Option<JudgeOrder> {
        let judge = self.judge.as_ref()?;
        Some(JudgeOrder {
            base_url: self.base_url.clone(),
            key_env: self.key_env.clone(),
            key_command: self.key_command.clone(),
            ca_file: self.ca_file.clone(),
            timeout: self.timeout,
            ..JudgeOrder::new(eval, judge)
        })
    }
}
