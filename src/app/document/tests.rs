//! Tests of texts in panes.
