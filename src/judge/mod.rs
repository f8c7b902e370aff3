//! The judge's protocol: prompts, the reading of replies, checks, suggested corrections. Pure.
//!
//! Nothing here reads a clock, a file or a socket, or draws a random number: the same ticket under the
//! same judge gives the same question, and the same reply the same verdict. Texts of tickets are data of
//! unknown intent throughout; no layer below relies on another one having caught them.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`subject`], [`data`], [`shown`] | what is judged, how it is fenced off in a prompt, and read back from a correction |
//! | [`nonce`] | the id a reply must repeat to count |
//! | [`prompt`], [`schema`] | the question and the form of its reply |
//! | [`parse`], [`reask`] | the reply read, its failure classed, the question asked again |
//! | [`evidence`] | where a quote stands in the output |
//! | [`checks`], [`detector`], [`floor`] | what is found without a model |
//! | [`aggregate`] | both orders of a comparison, several candidates |
//! | [`identity`] | which judge this is, and when a stored verdict serves again |
//! | [`retrieve`] | learned examples and guidelines, and what must never be among them |
//! | [`suggest`], [`generate`], [`vague`] | corrections, drafted rubrics, advice on wording |
//! | [`probes`], [`family`] | how far a judge can be trusted |

pub mod aggregate;
pub mod checks;
pub mod data;
pub mod detector;
pub mod evidence;
pub mod family;
pub mod floor;
pub mod generate;
pub mod identity;
pub mod nonce;
pub mod parse;
pub mod probes;
pub mod prompt;
pub mod reask;
pub mod retrieve;
pub mod schema;
pub mod shown;
pub mod subject;
pub mod suggest;
pub mod tokens;
pub mod vague;
