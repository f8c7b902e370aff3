//! Tests of the program as its users meet it.

mod architecture;
mod cli_errors;
mod cli_reports;
mod import_kill;
mod import_real;
mod support;
