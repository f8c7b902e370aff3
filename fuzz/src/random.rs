//! Replies made by chance, for where no fuzzer runs.

use std::path::Path;
use std::time::{Duration, Instant};

use super::ID;

/// Pieces that replies are made of, beside whole replies of the corpus.
const PIECES: [&str; 34] = [
    ID,
    "\"0123456789ab\"",
    "\\u0030123456789ab",
    "ba9876543210",
    "verdict_id",
    "\"verdict_id\":",
    "\"\\u0076erdict_id\":",
    "\"Verdict_id\":",
    "\"criterion\":\"quality\"",
    "\"criterion\":\"tone\"",
    "\"level\":5",
    "\"level\":\"4/5\"",
    "\"choice\":\"A\"",
    "\"choice\":\"tie\"",
    "\"cannot_judge\":true",
    "\"corrected_output\":\"Paris is in France, as the atlas says.\"",
    "{\"verdict_id\":\"0123456789ab\",\"criterion\":\"quality\",\"level\":3}",
    "{\"verdict_id\":\"ba9876543210\",\"criterion\":\"quality\",\"level\":5}",
    "{\"criterion\":\"quality\",\"level\":5}",
    "{\"verdict_id\":\"0123456789ab\",\"verdicts\":[{\"criterion\":\"quality\",\"level\":2},{\"criterion\":\"tone\",\"level\":4}]}",
    "{\"verdict_id\":\"0123456789ab\",\"criterion\":\"quality\",\"choice\":\"B\"}",
    "{\"verdict_id\":\"0123456789ab\",\"corrected_output\":\"Paris is in France.\",\"changes\":[]}",
    "VERDICT 0123456789ab quality 4",
    "VERDICT ba9876543210 quality 5",
    "\n",
    "```json\n",
    "\n```\n",
    "{",
    "}",
    "[",
    "]",
    ",",
    "\"",
    "\\",
];

/// Replies of the corpus in `folder` cut, joined and mixed with pieces, for so long; the same seed makes the same
/// replies. Returns how many. Panics where one breaks the promise.
pub fn at_random(folder: &Path, long: Duration, seed: u64) -> std::io::Result<u64> {
    let mut corpus: Vec<String> = PIECES.iter().map(|piece| (*piece).to_owned()).collect();
    let mut files: Vec<_> = std::fs::read_dir(folder)?.collect::<Result<_, _>>()?;
    files.sort_by_key(std::fs::DirEntry::path);
    for file in files {
        let case: serde_json::Value = serde_json::from_slice(&std::fs::read(file.path())?)?;
        let text = case["reply"]["text"].as_str().unwrap_or_default();
        // One that fits no budget of time by itself would leave none for the others.
        if text.len() < 4096 {
            corpus.push(text.to_owned());
        }
    }
    let (mut chance, started, mut ran) = (Chance(seed), Instant::now(), 0_u64);
    while started.elapsed() < long {
        for _ in 0..1_000 {
            super::judge_reply(made(&corpus, &mut chance).as_bytes());
            ran += 1;
        }
    }
    Ok(ran)
}

fn made(corpus: &[String], chance: &mut Chance) -> String {
    let mut text = chance.text(corpus).to_owned();
    for _ in 0..chance.below(6) {
        match chance.below(7) {
            0 => text.push_str(chance.text(corpus)),
            1 => text.insert_str(0, chance.text(corpus)),
            2 => {
                let at = chance.place(&text);
                text.insert_str(at, chance.piece());
            }
            3 => {
                let (a, b) = (chance.place(&text), chance.place(&text));
                text.replace_range(a.min(b)..a.max(b), "");
            }
            4 => {
                let (a, b) = (chance.place(&text), chance.place(&text));
                let part = text[a.min(b)..a.max(b)].to_owned();
                text.push_str(&part);
            }
            5 => text = text.replacen(ID, chance.piece(), 1),
            _ => text = text.replacen("verdict_id", chance.piece(), 1),
        }
        if text.len() > 8192 {
            break;
        }
    }
    text
}

/// `SplitMix64`.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    fn text<'t>(&mut self, all: &'t [String]) -> &'t str {
        &all[self.below(all.len())]
    }

    fn piece(&mut self) -> &'static str {
        PIECES[self.below(PIECES.len())]
    }

    /// A place between two signs.
    fn place(&mut self, text: &str) -> usize {
        let mut at = self.below(text.len() + 1);
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}
