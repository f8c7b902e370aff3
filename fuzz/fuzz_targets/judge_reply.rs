//! No reply that lacks this question's id is ever accepted, whatever it holds.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| docket_fuzz::judge_reply(data));
