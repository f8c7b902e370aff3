//! Puts files through the promise of a fuzz target, such as what a fuzzer once found.

fn main() -> std::io::Result<()> {
    for file in std::env::args_os().skip(1) {
        docket_fuzz::judge_reply(&std::fs::read(&file)?);
    }
    Ok(())
}
