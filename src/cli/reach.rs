//! The options that say how an endpoint is reached, the same in every command that asks a model.

use std::path::PathBuf;

use crate::engine::judge::Reach;

/// What they are called, for commands in which they mean nothing without a judge.
pub const ALL: [&str; 6] = [
    "base_url",
    "key_env",
    "key_command",
    "ca_file",
    "timeout",
    "sooner",
];

/// How an endpoint is reached.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Address of an endpoint that speaks chat completions (vLLM, llama.cpp, LiteLLM, a gateway)
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// The environment variable that holds the key
    #[arg(long, value_name = "VAR")]
    key_env: Option<String>,
    /// A command that prints the key
    #[arg(long, value_name = "COMMAND", conflicts_with = "key_env")]
    key_command: Option<String>,
    /// A PEM file of certificate authorities to trust besides the system's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Seconds until a call without a reply is given up
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Ask although the endpoint asked to wait until a later time
    #[arg(long)]
    sooner: bool,
}

impl Options {
    /// What they say.
    pub fn reach(&self) -> Reach {
        Reach {
            base_url: self.base_url.clone(),
            key_env: self.key_env.clone(),
            key_command: self.key_command.clone(),
            ca_file: self.ca_file.clone(),
            timeout: self.timeout,
            sooner: self.sooner,
        }
    }
}
