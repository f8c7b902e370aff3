//! Tests of the Rubric screen.
