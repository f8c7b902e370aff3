//! Gates over small groups made by hand.
