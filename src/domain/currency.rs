//! What amounts of money are in.

/// The currency of the price table, and of every amount that is shown. Amounts that were imported are taken to be in it.
pub const CURRENCY: &str = "USD";
