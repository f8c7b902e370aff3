//! The judge's protocol: prompts, the reading of replies, checks, suggested corrections. Pure.
