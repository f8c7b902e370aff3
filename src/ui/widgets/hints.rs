//! The hint bar.
