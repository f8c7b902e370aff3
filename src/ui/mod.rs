//! Drawing: reads the state, never writes it.
