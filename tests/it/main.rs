//! Tests of the program as its users meet it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod import_kill;
mod import_real;
mod support;
