//! Tests of the Agreement screen.
