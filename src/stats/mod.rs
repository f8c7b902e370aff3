//! Numbers over slices: estimates, intervals, tests and agreement. A pure leaf; every formula names its source.
//!
//! A number that is undefined is `None`, never 0 and never NaN.
