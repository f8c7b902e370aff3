//! The `docket` program: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    docket::cli::main()
}
