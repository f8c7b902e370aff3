//! Puts files through the promise of the fuzz target, such as what a fuzzer once found, or replies made of the corpus by
//! chance: `replay FILE...`, `replay --random SECONDS [SEED]`.

use std::path::Path;
use std::time::Duration;

use docket_fuzz::random::at_random;

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if let [random, seconds, rest @ ..] = args.as_slice()
        && random == "--random"
    {
        let seconds = seconds.parse().unwrap_or(60);
        let seed = rest.first().and_then(|seed| seed.parse().ok()).unwrap_or(7);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/judge");
        let ran = at_random(&folder, Duration::from_secs(seconds), seed)?;
        println!("{ran} replies in {seconds} s, seed {seed}");
        return Ok(());
    }
    for file in args {
        docket_fuzz::judge_reply(&std::fs::read(&file)?);
    }
    Ok(())
}
