//! What fuzzing holds docket to.

use docket::domain::rubric::{Rubric, Scale};
use docket::judge::nonce::Nonce;
use docket::judge::parse::read_text;
use docket::judge::prompt::{Expected, Prepared};
use docket::provider::Mode;

/// The id of the question every reply is held against.
const ID: &str = "0123456789ab";

/// No reply that lacks this question's id is ever accepted, whatever it holds. Panics if one is.
pub fn judge_reply(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let rubric = Rubric::from_sentence("Is it kind?", Scale::Level5);
    let calls = Prepared::all(&rubric, &[]).expect("no template");
    let expected = Expected {
        nonce: Nonce::from_digits(ID).expect("twelve digits"),
        asked: calls[0].asked().into(),
        joint: false,
        pair: None,
    };
    for mode in [Mode::Schema, Mode::Tool, Mode::Json, Mode::Text] {
        let accepted = read_text(text, mode, &expected).is_ok();
        // An id written with JSON escapes is the id too.
        assert!(
            !accepted || text.contains(ID) || text.contains("\\u"),
            "{text}"
        );
    }
}
