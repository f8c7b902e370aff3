//! Tests of the program as its users meet it.

mod architecture;
mod import_kill;
mod import_real;
mod support;
