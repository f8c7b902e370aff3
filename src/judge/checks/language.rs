//! In which language a text is written, as far as a text of its length tells.

use whatlang::{Lang, detect};

use super::Found;
use crate::domain::rubric::Language;
use crate::judge::subject::Subject;

/// Two-letter codes of ISO 639-1 for the languages that can be told.
const SHORT: [(&str, &str); 69] = [
    ("epo", "eo"),
    ("eng", "en"),
    ("rus", "ru"),
    ("cmn", "zh"),
    ("spa", "es"),
    ("por", "pt"),
    ("ita", "it"),
    ("ben", "bn"),
    ("fra", "fr"),
    ("deu", "de"),
    ("ukr", "uk"),
    ("kat", "ka"),
    ("ara", "ar"),
    ("hin", "hi"),
    ("jpn", "ja"),
    ("heb", "he"),
    ("yid", "yi"),
    ("pol", "pl"),
    ("amh", "am"),
    ("jav", "jv"),
    ("kor", "ko"),
    ("nob", "nb"),
    ("dan", "da"),
    ("swe", "sv"),
    ("fin", "fi"),
    ("tur", "tr"),
    ("nld", "nl"),
    ("hun", "hu"),
    ("ces", "cs"),
    ("ell", "el"),
    ("bul", "bg"),
    ("bel", "be"),
    ("mar", "mr"),
    ("kan", "kn"),
    ("ron", "ro"),
    ("slv", "sl"),
    ("hrv", "hr"),
    ("srp", "sr"),
    ("mkd", "mk"),
    ("lit", "lt"),
    ("lav", "lv"),
    ("est", "et"),
    ("tam", "ta"),
    ("vie", "vi"),
    ("urd", "ur"),
    ("tha", "th"),
    ("guj", "gu"),
    ("uzb", "uz"),
    ("pan", "pa"),
    ("aze", "az"),
    ("ind", "id"),
    ("tel", "te"),
    ("pes", "fa"),
    ("mal", "ml"),
    ("ori", "or"),
    ("mya", "my"),
    ("nep", "ne"),
    ("sin", "si"),
    ("khm", "km"),
    ("tuk", "tk"),
    ("aka", "ak"),
    ("zul", "zu"),
    ("sna", "sn"),
    ("afr", "af"),
    ("lat", "la"),
    ("slk", "sk"),
    ("cat", "ca"),
    ("tgl", "tl"),
    ("hye", "hy"),
];

/// Letters below which a text tells no language.
const FEWEST_LETTERS: usize = 20;

/// The language of a text, if it tells one reliably.
fn told(text: &str) -> Option<Lang> {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let info = detect(text)?;
    // A script of one language tells at once; Latin or Cyrillic letters need a sentence.
    let own_script = info.confidence() >= 1.0 && !text.is_ascii();
    let enough = letters >= FEWEST_LETTERS || (own_script && letters >= 4);
    (enough && (info.is_reliable() || own_script)).then(|| info.lang())
}

/// The ISO 639-3 code a rubric's two- or three-letter code stands for. Bokmål and Nynorsk count as one.
fn long(code: &str) -> &str {
    match code {
        "no" | "nor" | "nn" | "nno" => "nob",
        "zho" => "cmn",
        "fas" => "pes",
        "fil" => "tgl",
        other => SHORT
            .iter()
            .find(|(_, short)| *short == other)
            .map_or(other, |(long, _)| long),
    }
}

/// Passes where a text is too short to tell: a check fails on what it saw, not on what it could not see.
pub(super) fn check(text: &str, wanted: &Language, subject: &Subject) -> Found {
    let Some(found) = told(text) else {
        return Found::new(true, "too short to tell its language");
    };
    let name = found.eng_name();
    match wanted {
        Language::Input => match told(subject.last_user_text()) {
            None => Found::new(
                true,
                format!("written in {name}; the request is too short to tell"),
            ),
            Some(request) => Found::new(
                request == found,
                format!("written in {name}, the request in {}", request.eng_name()),
            ),
        },
        Language::OneOf(codes) => {
            let fits = codes.iter().any(|code| long(code) == found.code());
            Found::new(
                fits,
                format!("written in {name}, accepted: {}", codes.join(", ")),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_short_code_names_a_language_that_can_be_told() {
        for (code, short) in SHORT {
            assert!(Lang::from_code(code).is_some(), "{code}");
            assert_eq!(long(short), code);
        }
    }
}
