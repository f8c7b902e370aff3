//! The language a text is written in, for filters and checks.
//!
//! Told from the start of the text, and only where it can be relied on: a wrong language is worse than none. A
//! few words are often too little to tell one.

use whatlang::{Lang, detect};

use super::width::floor_boundary;

/// Bytes looked at. More does not change the answer of prose, and costs in proportion.
const LOOKED_AT: usize = 600;

/// The codes people write, for those of the library.
const CODES: [(Lang, &str); 70] = [
    (Lang::Afr, "af"),
    (Lang::Aka, "ak"),
    (Lang::Amh, "am"),
    (Lang::Ara, "ar"),
    (Lang::Aze, "az"),
    (Lang::Bel, "be"),
    (Lang::Ben, "bn"),
    (Lang::Bul, "bg"),
    (Lang::Cat, "ca"),
    (Lang::Ces, "cs"),
    (Lang::Cmn, "zh"),
    (Lang::Cym, "cy"),
    (Lang::Dan, "da"),
    (Lang::Deu, "de"),
    (Lang::Ell, "el"),
    (Lang::Eng, "en"),
    (Lang::Epo, "eo"),
    (Lang::Est, "et"),
    (Lang::Fin, "fi"),
    (Lang::Fra, "fr"),
    (Lang::Guj, "gu"),
    (Lang::Heb, "he"),
    (Lang::Hin, "hi"),
    (Lang::Hrv, "hr"),
    (Lang::Hun, "hu"),
    (Lang::Hye, "hy"),
    (Lang::Ind, "id"),
    (Lang::Ita, "it"),
    (Lang::Jav, "jv"),
    (Lang::Jpn, "ja"),
    (Lang::Kan, "kn"),
    (Lang::Kat, "ka"),
    (Lang::Khm, "km"),
    (Lang::Kor, "ko"),
    (Lang::Lat, "la"),
    (Lang::Lav, "lv"),
    (Lang::Lit, "lt"),
    (Lang::Mal, "ml"),
    (Lang::Mar, "mr"),
    (Lang::Mkd, "mk"),
    (Lang::Mya, "my"),
    (Lang::Nep, "ne"),
    (Lang::Nld, "nl"),
    (Lang::Nob, "no"),
    (Lang::Ori, "or"),
    (Lang::Pan, "pa"),
    (Lang::Pes, "fa"),
    (Lang::Pol, "pl"),
    (Lang::Por, "pt"),
    (Lang::Ron, "ro"),
    (Lang::Rus, "ru"),
    (Lang::Sin, "si"),
    (Lang::Slk, "sk"),
    (Lang::Slv, "sl"),
    (Lang::Sna, "sn"),
    (Lang::Spa, "es"),
    (Lang::Srp, "sr"),
    (Lang::Swe, "sv"),
    (Lang::Tam, "ta"),
    (Lang::Tel, "te"),
    (Lang::Tgl, "tl"),
    (Lang::Tha, "th"),
    (Lang::Tuk, "tk"),
    (Lang::Tur, "tr"),
    (Lang::Ukr, "uk"),
    (Lang::Urd, "ur"),
    (Lang::Uzb, "uz"),
    (Lang::Vie, "vi"),
    (Lang::Yid, "yi"),
    (Lang::Zul, "zu"),
];

/// The two-letter code (ISO 639-1) of the language of `text`; `None` where it cannot be told reliably.
pub fn language(text: &str) -> Option<&'static str> {
    let start = &text[..floor_boundary(text, LOOKED_AT)];
    let found = detect(start).filter(whatlang::Info::is_reliable)?;
    let known = CODES.iter().find(|(lang, _)| *lang == found.lang());
    known.map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_enough_and_scripts_of_their_own_need_less() {
        for (text, expected) in [
            (
                "Der Sensor meldet seit gestern Abend kein Wasser mehr, obwohl die Pumpe läuft und ich alles geprüft habe.",
                "de",
            ),
            (
                "The sensor has not reported any water since yesterday evening, although the pump is running.",
                "en",
            ),
            (
                "Le capteur ne signale plus d'eau depuis hier soir, bien que la pompe fonctionne encore.",
                "fr",
            ),
            ("センサーが水を検知しません。", "ja"),
            ("센서가 물을 감지하지 못합니다.", "ko"),
        ] {
            assert_eq!(language(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_prose_has_no_language() {
        for text in ["", "   ", "12345 67", "{}"] {
            assert_eq!(language(text), None, "{text}");
        }
        // A character must not be cut in two where the look ends.
        let long = "ä".repeat(LOOKED_AT);
        let _ = language(&format!("x{long}"));
    }
}
