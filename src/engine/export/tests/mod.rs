//! From reviewed tickets to files, on small workspaces.

mod faults;
mod flows;
mod golden;
mod imported;
mod kill;
mod labels;
mod support;
