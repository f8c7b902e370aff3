//! From reviewed tickets to files, on small workspaces.

mod faults;
mod flows;
mod golden;
mod kill;
mod support;
