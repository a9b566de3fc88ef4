//! The responses: a whole one, of which some parts are broken as the number of the case decides.

use std::io::Write;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use fastrand::Rng;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::SECRET;

/// How a response ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum End {
    Ordered,
    Reset,
    /// Nothing is sent.
    AtOnce,
    /// The connection stays open.
    Silent,
}

pub(crate) struct Response {
    pub(crate) pieces: Vec<Vec<u8>>,
    pub(crate) end: End,
}

/// Numbers and dates where one is due.
const NUMBERS: [&str; 14] = [
    "0",
    "1",
    "-1",
    "99999999999999999999",
    "18446744073709551615",
    "9223372036854775808",
    "1e400",
    "0.5",
    "+1",
    "0x10",
    "Fri, 31 Dec 9999 23:59:59 GMT",
    "Thu, 01 Jan 1970 00:00:00 GMT",
    "1700000000000",
    "",
];

/// Tokens of JSON, whole and broken.
const TOKENS: [&str; 26] = [
    "null",
    "true",
    "-0",
    "1e999",
    "1E-999",
    "99999999999999999999999999999999999999999",
    "0.1e",
    "01",
    "NaN",
    "\"\"",
    "\"\\ud800\"",
    "\"\\udc00\\ud800\"",
    "\"\\ud83d\\ude00\"",
    "\"\\u0000\\u202e\"",
    "\"\\x\"",
    "\"\u{202e}\u{feff}\"",
    "[]",
    "{}",
    "[[[[[[[[[[]]]]]]]]]]",
    "{\"\":{\"\":{\"\":[]}}}",
    "{\"id\":null,\"id\":7}",
    ",",
    ":",
    "\"",
    "}",
    "/**/",
];

const WHOLE: &str = r#"{"clouds":[{"id":1,"name":"a","cloud_type_id":"AWS","creation_time":"2022-04-05 03:35:06",
 "resource_count":5,"badge_count":"7","failed_resource_types":[],"status":"DEFAULT","strategy_id":1},
 {"id":2.0,"name":null,"tags":{"a":[1]}}],"total_count":2}"#;

/// A text as servers repeat it.
pub(crate) fn encodings(text: &str) -> Vec<String> {
    let each = |write: fn(u8) -> String| text.bytes().map(write).collect::<String>();
    let mut all = vec![
        text.to_owned(),
        each(|byte| format!("%{byte:02x}")),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("{byte:02x}")),
    ];
    for before in 0..3_usize {
        let padded = format!("{}{text}", "x".repeat(before));
        // Letters at the edges depend on what is beside the text.
        let whole = (before * 8).div_ceil(6)..padded.len() * 8 / 6;
        all.push(BASE64_STANDARD.encode(&padded)[whole.clone()].to_owned());
        all.push(BASE64_URL_SAFE_NO_PAD.encode(&padded)[whole].to_owned());
    }
    all
}

impl Response {
    /// The response of a case; to a log-in, mostly one that begins a session.
    pub(crate) fn of(case: u64, is_login: bool) -> Self {
        let mut maker = Maker(Rng::with_seed(case ^ u64::from(is_login) << 63));
        if is_login && maker.percent(70) {
            return maker.session();
        }
        maker.response()
    }
}

struct Maker(Rng);

impl Maker {
    fn percent(&mut self, chance: u8) -> bool {
        self.0.u8(..100) < chance
    }

    fn pick(&mut self, from: &[&str]) -> String {
        from[self.0.usize(..from.len())].to_owned()
    }

    /// The secret in some encoding.
    fn echo(&mut self) -> String {
        let mut all = encodings(SECRET);
        let at = self.0.usize(..all.len());
        all.swap_remove(at)
    }

    fn session(&mut self) -> Response {
        let (seconds, date) = (self.pick(&NUMBERS), self.pick(&NUMBERS));
        let token = self.0.u32(..);
        let body = format!(
            r#"{{"session_id":"{SECRET}-{token}","session_expiration":"{date}","session_timeout_seconds":"{seconds}"}}"#
        );
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
        Response {
            pieces: vec![(head + &body).into_bytes()],
            end: End::Ordered,
        }
    }

    fn response(&mut self) -> Response {
        let body = self.body();
        let (mut headers, body) = self.encoded(body);
        self.add_headers(&mut headers);
        let body = self.framed(&mut headers, body);
        let mut bytes = self.head(&headers).into_bytes();
        bytes.extend(body);
        self.break_bytes(&mut bytes);
        let end = match self.0.u8(..200) {
            0..4 => End::Reset,
            4..6 => End::AtOnce,
            6 => End::Silent,
            _ => End::Ordered,
        };
        let pieces = if self.percent(10) && !bytes.is_empty() {
            let at = self.0.usize(..bytes.len());
            vec![bytes[..at].to_vec(), bytes[at..].to_vec()]
        } else {
            vec![bytes]
        };
        Response { pieces, end }
    }

    fn body(&mut self) -> Vec<u8> {
        let mut text = match self.0.u8(..20) {
            0..10 => WHOLE.to_owned(),
            10 => format!("<html><title>{}</title></html>", self.echo()),
            11 => self.echo(),
            12 => String::new(),
            13 => format!("{}{}", "[".repeat(5000), self.echo()),
            14 => format!("{{\"clouds\":{}", "{\"a\":[".repeat(3000)),
            15 => format!("[{{\"id\":1,\"tags\":{{{}:[]}}}}]", self.quoted_echo()),
            16 => format!("{{\"id\":1,\"tags\":{{{}:[999]}}}}", self.quoted_echo()),
            17 => format!("\u{feff}{WHOLE}"),
            _ => format!("{{\"error_message\":{},\"x\":1}}", self.quoted_echo()),
        };
        for _ in 0..self.0.u8(..4) {
            self.mutate(&mut text);
        }
        text.into_bytes()
    }

    fn quoted_echo(&mut self) -> String {
        let echo = self.echo();
        // Escapes of JSON stay what they are half of the time.
        if self.percent(50) {
            format!("\"{echo}\"")
        } else {
            serde_json::to_string(&echo).unwrap()
        }
    }

    /// Changes one token.
    fn mutate(&mut self, text: &mut String) {
        let starts: Vec<usize> = text
            .match_indices(['{', '[', ',', ':', '"'])
            .map(|(at, _)| at + 1)
            .collect();
        let at = match starts.len() {
            0 => 0,
            count => starts[self.0.usize(..count)],
        };
        match self.0.u8(..8) {
            0 => text.truncate(at),
            1 => {
                let echo = self.quoted_echo();
                text.insert_str(at, &format!("{echo}:"));
            }
            2 => {
                let echo = self.quoted_echo();
                text.insert_str(at, &format!("{{{echo}:{{{echo}:["));
            }
            3 => {
                let long = "k".repeat(self.0.usize(..3000));
                text.insert_str(at, &format!("\"{long}\":"));
            }
            4 => {
                // The value up to the next comma.
                let end = text[at..].find(',').map_or(text.len(), |len| at + len);
                let token = self.pick(&TOKENS);
                text.replace_range(at..end, &token);
            }
            _ => {
                let token = self.pick(&TOKENS);
                text.insert_str(at, &token);
            }
        }
    }

    /// Packs the body at times, and breaks what was packed.
    fn encoded(&mut self, body: Vec<u8>) -> (Vec<String>, Vec<u8>) {
        if !self.percent(25) {
            return (Vec::new(), body);
        }
        let name = self.pick(&["gzip", "x-gzip", "GZIP", "gzip, gzip", "br", "identity"]);
        let headers = vec![format!("content-encoding: {name}")];
        if self.percent(10) {
            return (headers, body);
        }
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&body).unwrap();
        let mut packed = encoder.finish().unwrap();
        match self.0.u8(..8) {
            0 => packed.truncate(packed.len() / 2),
            1 => {
                let at = self.0.usize(..packed.len());
                packed[at] ^= 1 << self.0.u8(..8);
            }
            2 => packed.extend_from_within(..),
            _ => {}
        }
        (headers, packed)
    }

    fn add_headers(&mut self, headers: &mut Vec<String>) {
        for _ in 0..self.0.u8(..3) {
            let (number, echo) = (self.pick(&NUMBERS), self.echo());
            let header = match self.0.u8(..20) {
                0 => format!("retry-after: {number}"),
                1 => format!("ratelimit-remaining: 0\r\nx-ratelimit-reset: {number}"),
                2 => format!("ratelimit: limit=1, remaining=0, reset={number}"),
                3 => format!("date: {number}"),
                4 => format!("x-request-id: {echo}"),
                5 => format!("x-request-id: {}", "r".repeat(self.0.usize(..300))),
                6 => format!("location: https://{echo}/{echo}"),
                7 => format!("location: {echo}"),
                8 => format!("content-type: text/{echo}"),
                9 => format!("content-type: {echo}"),
                10 => format!("set-cookie: {echo}={echo}"),
                11 => format!("{echo}: {echo}"),
                12 => format!("x-long: {}", "v".repeat(self.0.usize(..100_000))),
                13 => "x: y\r\n".repeat(self.0.usize(1..200)) + "x: y",
                14 => format!("x-odd: {echo}\u{1}\u{e9}"),
                15 => " folded".to_owned(),
                16 => format!("location: http://{number}:{number}/"),
                17 => "content-type: text/html".to_owned(),
                18 => "connection: keep-alive".to_owned(),
                _ => format!("age: {number}"),
            };
            headers.push(header);
        }
    }

    /// Says where the body ends, at times wrongly.
    fn framed(&mut self, headers: &mut Vec<String>, body: Vec<u8>) -> Vec<u8> {
        let len = body.len();
        match self.0.u8(..20) {
            0..9 => headers.push(format!("content-length: {len}")),
            9 => headers.push(format!("content-length: {}", len + self.0.usize(1..100))),
            10 => headers.push(format!("content-length: {}", self.0.usize(..=len))),
            11 => {
                let number = self.pick(&NUMBERS);
                headers.push(format!("content-length: {number}"));
            }
            12 => headers.extend([len, len + 1].map(|len| format!("content-length: {len}"))),
            13..17 => {
                headers.push("transfer-encoding: chunked".to_owned());
                return self.chunked(&body);
            }
            17 => headers.push("transfer-encoding: gzip, identity".to_owned()),
            _ => headers.push("connection: close".to_owned()),
        }
        body
    }

    fn chunked(&mut self, body: &[u8]) -> Vec<u8> {
        let mut chunked = Vec::new();
        for chunk in body.chunks(self.0.usize(1..2000)) {
            let size = match self.0.u8(..60) {
                0 => "ffffffffffffffffff".to_owned(),
                1 => "-1".to_owned(),
                2 => format!("{:x}", chunk.len() + 1),
                3 => format!("{:x};{}", chunk.len(), self.echo()),
                _ => format!("{:x}", chunk.len()),
            };
            chunked.extend(size.into_bytes());
            chunked.extend(b"\r\n");
            chunked.extend(chunk);
            chunked.extend(b"\r\n");
        }
        match self.0.u8(..8) {
            0 => {}
            1 => chunked.extend(format!("0\r\nx-request-id: {}\r\n\r\n", self.echo()).into_bytes()),
            _ => chunked.extend(b"0\r\n\r\n"),
        }
        chunked
    }

    fn head(&mut self, headers: &[String]) -> String {
        let status = match self.0.u8(..20) {
            0..8 => 200,
            8 => 429,
            9 => 503,
            10 => 302,
            11 => 400,
            12 => 401,
            13 => 304,
            14 => 204,
            _ => self.0.u16(100..1000),
        };
        let (version, reason) = match self.0.u8(..60) {
            0 => ("HTTP/1.0", "OK".to_owned()),
            1 => ("HTTP/2.0", "OK".to_owned()),
            2 => ("ICY", self.echo()),
            3..9 => ("HTTP/1.1", self.echo()),
            _ => ("HTTP/1.1", "OK".to_owned()),
        };
        let early = if self.percent(3) {
            "HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n".repeat(self.0.usize(1..20))
        } else {
            String::new()
        };
        format!(
            "{early}{version} {status} {reason}\r\n{}\r\n\r\n",
            headers.join("\r\n")
        )
    }

    /// Cuts or changes the bytes of a few responses. A secret that is changed would be another one: all but the end is where
    /// none is.
    fn break_bytes(&mut self, bytes: &mut Vec<u8>) {
        let is_free = |at: &usize| b"\n{[,: ".contains(&bytes[*at]);
        let free: Vec<usize> = (0..bytes.len()).filter(is_free).collect();
        if free.is_empty() || !self.percent(12) {
            return;
        }
        let at = free[self.0.usize(..free.len())];
        match self.0.u8(..4) {
            0 => bytes.truncate(self.0.usize(..bytes.len())),
            1 => bytes.insert(at, self.0.u8(..)),
            2 => bytes.extend_from_within(at..),
            _ => bytes[at] = self.0.u8(..),
        }
    }
}
