//! Server-sent events out of bytes as they come.
//!
//! Lines end with LF, CR or CR LF, wherever the network cuts them; text is decoded an event at a time, so that a
//! character may be cut too. Every byte is looked at once, however long a line is. What is not UTF-8 is replaced, as in
//! a plain reply.

use std::borrow::Cow;

/// The mark some programs put in front of UTF-8.
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Event<'a> {
    /// Its kind; empty where the server names none.
    pub(super) kind: Cow<'a, str>,
    /// Its lines of data, joined by LF.
    pub(super) data: Cow<'a, str>,
}

/// The events of a body under way.
#[derive(Debug, Default)]
pub(super) struct Events {
    /// The line under way.
    line: Vec<u8>,
    kind: Vec<u8>,
    data: Option<Vec<u8>>,
    /// Whether the last byte was a CR: an LF that follows belongs to it.
    after_cr: bool,
    /// Whether a line was read before.
    begun: bool,
}

impl Events {
    /// Takes the next bytes and tells every event they complete.
    pub(super) fn feed(&mut self, bytes: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        let mut rest = bytes;
        if self.after_cr && rest.first() == Some(&b'\n') {
            rest = &rest[1..];
        }
        if !bytes.is_empty() {
            self.after_cr = false;
        }
        while let Some(end) = memchr::memchr2(b'\n', b'\r', rest) {
            self.line.extend_from_slice(&rest[..end]);
            let line = std::mem::take(&mut self.line);
            self.take(&line, tell);
            // The room of the line is used again.
            self.line = line;
            self.line.clear();
            let cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if cr {
                match rest.first() {
                    Some(b'\n') => rest = &rest[1..],
                    Some(_) => {}
                    None => self.after_cr = true,
                }
            }
        }
        self.line.extend_from_slice(rest);
    }

    /// The body is over: an event that lacks the blank line at its end is told all the same.
    pub(super) fn finish(&mut self, tell: &mut impl FnMut(Event<'_>)) {
        let line = std::mem::take(&mut self.line);
        if !line.is_empty() {
            self.take(&line, tell);
        }
        self.take(b"", tell);
    }

    fn take(&mut self, line: &[u8], tell: &mut impl FnMut(Event<'_>)) {
        let line = if self.begun {
            line
        } else {
            self.begun = true;
            line.strip_prefix(BOM).unwrap_or(line)
        };
        if line.is_empty() {
            let kind = std::mem::take(&mut self.kind);
            if let Some(data) = self.data.take() {
                tell(Event {
                    kind: String::from_utf8_lossy(&kind),
                    data: String::from_utf8_lossy(&data),
                });
            }
            return;
        }
        let (name, value) = match memchr::memchr(b':', line) {
            Some(at) => (&line[..at], &line[at + 1..]),
            None => (line, &b""[..]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"event" => value.clone_into(&mut self.kind),
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            // Comments keep the connection open; numbers and waits are for who would connect again.
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The events of a body that comes in these pieces.
    fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        let mut tell = |event: Event<'_>| {
            found.push((event.kind.into_owned(), event.data.into_owned()));
        };
        let mut events = Events::default();
        for piece in pieces {
            events.feed(piece, &mut tell);
        }
        events.finish(&mut tell);
        found
    }

    fn data(body: &str) -> Vec<String> {
        let read = read(&[body.as_bytes()]);
        read.into_iter().map(|(_, data)| data).collect()
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        for (body, expected) in [
            ("data: a\n\ndata:b\n\n", &["a", "b"][..]),
            ("data:  two blanks\n\n", &[" two blanks"]),
            ("data: a\ndata: b\n\n", &["a\nb"]),
            ("data\n\ndata: \n\n", &["", ""]),
            (": a comment\n\n:\n\ndata: a\n\n", &["a"]),
            ("id: 7\nretry: 10\nnothing\n\ndata: a\n\n", &["a"]),
            ("\u{feff}data: a\n\n", &["a"]),
            ("data: \u{feff}a\n\n", &["\u{feff}a"]),
            ("\n\n\ndata: {\"a\": \"b:c\"}\n\n\n", &["{\"a\": \"b:c\"}"]),
            ("{\"choices\": []}", &[]),
            ("", &[]),
        ] {
            assert_eq!(data(body), expected, "{body:?}");
        }
        assert_eq!(
            read(&[b"event: error\ndata: x\n\ndata: y\n\n"]),
            [
                ("error".to_owned(), "x".to_owned()),
                (String::new(), "y".to_owned())
            ]
        );
    }

    #[test]
    fn every_way_to_end_a_line_is_one() {
        for body in [
            "data: a\n\ndata: b\n\n",
            "data: a\r\n\r\ndata: b\r\n\r\n",
            "data: a\r\rdata: b\r\r",
        ] {
            assert_eq!(data(body), ["a", "b"], "{body:?}");
        }
    }

    #[test]
    fn the_last_event_needs_no_blank_line_and_a_torn_one_is_told_as_far_as_it_came() {
        assert_eq!(data("data: a\n\ndata: [DONE]"), ["a", "[DONE]"]);
        assert_eq!(data("data: a\n\ndata: {\"del"), ["a", "{\"del"]);
    }

    #[test]
    fn what_is_not_utf_8_is_replaced_and_what_follows_is_read() {
        assert_eq!(
            read(&[b"data: a\xffb\n\ndata: c\n\n"]),
            [
                (String::new(), "a\u{fffd}b".to_owned()),
                (String::new(), "c".to_owned())
            ]
        );
    }

    #[test]
    fn a_line_of_megabytes_in_small_pieces_is_read_in_passing() {
        let start = std::time::Instant::now();
        let (mut events, mut long) = (Events::default(), 0);
        let mut tell = |event: Event<'_>| long = event.data.len();
        events.feed(b"data: ", &mut tell);
        for _ in 0..16_384 {
            events.feed(&[b'x'; 512], &mut tell);
        }
        events.finish(&mut tell);
        assert_eq!(long, 8 << 20);
        assert!(start.elapsed().as_secs() < 20);
    }

    proptest! {
        #[test]
        fn where_the_network_cuts_changes_nothing(
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..12),
            ends in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        ) {
            let body = ["event: x", "data: häß 🙂", "data: {\"a\":1}", "", ": ping", "", "data: 終", "", "data: [DONE]", ""]
                .map(|line| format!("{line}{ends}"))
                .concat();
            let bytes = body.as_bytes();
            let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
            places.extend([0, bytes.len()]);
            places.sort_unstable();
            let pieces: Vec<&[u8]> = places.windows(2).map(|two| &bytes[two[0]..two[1]]).collect();
            prop_assert_eq!(read(&pieces), read(&[bytes]));
        }
    }
}
