//! Terminal guard, event loop, effect runner.
