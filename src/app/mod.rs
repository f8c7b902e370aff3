//! Screen state and `update(state, input) -> effects`. Pure: no terminal, no SQL, no clock.
