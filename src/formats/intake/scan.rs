//! An incremental scanner that finds where a JSON value ends, across chunks, without building it.

use memchr::memchr3;

/// Where a scan stands. Nesting is a counter, so depth costs no stack.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scanner {
    depth: u32,
    in_string: bool,
    escaped: bool,
}

/// What a run over some bytes found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// The value ends before this offset.
    End(usize),
    /// All bytes belong to the value, which goes on.
    More,
    /// A raw line break inside a string at this offset: legal JSON has none, so a quote is missing.
    BrokenString(usize),
}

impl Scanner {
    /// Goes on over `bytes`. The first byte of a value must be `{`, `[` or `"`.
    pub fn run(&mut self, bytes: &[u8]) -> Found {
        let mut at = 0;
        while at < bytes.len() {
            if self.in_string {
                match self.string(bytes, at) {
                    Ok(next) => at = next,
                    Err(line_break) => return Found::BrokenString(line_break),
                }
                if !self.in_string && self.depth == 0 {
                    return Found::End(at);
                }
                continue;
            }
            match bytes[at] {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Found::End(at + 1);
                    }
                }
                _ => {}
            }
            at += 1;
        }
        Found::More
    }

    /// Goes on inside a string; the offset behind what was read, or that of a line break.
    fn string(&mut self, bytes: &[u8], from: usize) -> Result<usize, usize> {
        let mut at = from;
        if self.escaped {
            self.escaped = false;
            at += 1;
        }
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(hit) = memchr3(b'"', b'\\', b'\n', rest) else {
            return Ok(bytes.len());
        };
        match rest[hit] {
            b'"' => self.in_string = false,
            b'\\' => self.escaped = true,
            _ => return Err(at + hit),
        }
        Ok(at + hit + 1)
    }
}

/// One member of an object, as byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub key: String,
    /// Where the value starts.
    pub value: usize,
}

/// The members of the object at the start of `bytes`, as far as the bytes go.
pub(super) fn members(bytes: &[u8]) -> Vec<Member> {
    let mut found = Vec::new();
    let mut at = skip_space(bytes, 0) + 1;
    loop {
        at = skip_space(bytes, at);
        if bytes.get(at) != Some(&b'"') {
            return found;
        }
        let Found::End(length) = Scanner::default().run(&bytes[at..]) else {
            return found;
        };
        let key: Option<String> = serde_json::from_slice(&bytes[at..at + length]).ok();
        at = skip_space(bytes, at + length);
        if bytes.get(at) != Some(&b':') {
            return found;
        }
        at = skip_space(bytes, at + 1);
        let (Some(key), Some(first)) = (key, bytes.get(at)) else {
            return found;
        };
        found.push(Member { key, value: at });
        at += match first {
            b'{' | b'[' | b'"' => match Scanner::default().run(&bytes[at..]) {
                Found::End(length) => length,
                _ => return found,
            },
            _ => memchr::memchr2(b',', b'}', &bytes[at..]).unwrap_or(bytes.len() - at),
        };
        at = skip_space(bytes, at);
        if bytes.get(at) != Some(&b',') {
            return found;
        }
        at += 1;
    }
}

/// The offset of the first byte at or after `from` that is no JSON white space.
pub(super) fn skip_space(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let space = rest.iter().take_while(|b| b.is_ascii_whitespace()).count();
    from + space
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_where_its_bracket_closes_whatever_the_chunks() {
        let text = br#"{"a":"}\"]\\","b":[1,{"c":"\\\""}]} ,"#;
        let end = text.len() - 2;
        assert_eq!(Scanner::default().run(text), Found::End(end));
        for cut in 1..end {
            let mut scanner = Scanner::default();
            assert_eq!(scanner.run(&text[..cut]), Found::More, "{cut}");
            assert_eq!(scanner.run(&text[cut..]), Found::End(end - cut), "{cut}");
        }
    }

    #[test]
    fn a_line_break_in_a_string_is_reported() {
        assert_eq!(
            Scanner::default().run(b"{\"a\":\"b\n"),
            Found::BrokenString(7)
        );
    }

    #[test]
    fn members_are_found_as_far_as_the_bytes_go() {
        let keys = |text: &str| -> Vec<String> {
            members(text.as_bytes())
                .into_iter()
                .map(|m| m.key)
                .collect()
        };
        assert_eq!(keys(r#"{"a":1, "b" : {"x":2},"c":[{"d""#), ["a", "b", "c"]);
        assert!(keys("{}").is_empty());
    }
}
