//! Use cases: what the command line and the screens both call.

pub mod folder;
