//! A form as bytes (RFC 7578), names as browsers write them.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::header::HeaderValue;

use super::{Form, Part};

/// What would end a quoted name, or the line that it stands in.
const IN_QUOTES: &AsciiSet = &CONTROLS.add(b'"').add(b'\\');

/// Room for the lines around a part.
const HEAD: usize = 256;

/// The boundary and the body, or what is wrong with a part.
///
/// Encoded once: what a call sends is then known in length, and the same when it is sent again.
pub(crate) fn encode(form: &Form) -> Result<(String, Bytes), String> {
    encode_with(form, boundaries())
}

fn encode_with(
    form: &Form,
    mut boundaries: impl Iterator<Item = String>,
) -> Result<(String, Bytes), String> {
    let free = |boundary: &String| !form.parts.iter().any(|(_, part)| holds(part, boundary));
    let boundary = boundaries
        .find(free)
        .ok_or("the form has a part that no boundary can delimit")?;
    let length: usize = form.parts.iter().map(|(_, part)| part.len() + HEAD).sum();
    let mut body = Vec::with_capacity(length + HEAD);
    for (name, part) in &form.parts {
        body.extend_from_slice(format!("--{boundary}\r\n{}\r\n", head(name, part)?).as_bytes());
        body.extend_from_slice(&part.bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((boundary, body.into()))
}

/// The header lines of a part.
fn head(name: &str, part: &Part) -> Result<String, String> {
    let mut head = format!("Content-Disposition: form-data; name=\"{}\"", quoted(name));
    if part.is_file {
        let file_name = part.file_name.as_deref().unwrap_or(name);
        head.extend(["; filename=\"", &quoted(file_name), "\""]);
    }
    head.push_str("\r\n");
    let default = part.is_file.then_some("application/octet-stream");
    if let Some(content_type) = part.content_type.as_deref().or(default) {
        if HeaderValue::from_str(content_type).is_err() {
            return Err(format!(
                "part `{name}` has characters in its content type that no header can hold"
            ));
        }
        head.extend(["Content-Type: ", content_type, "\r\n"]);
    }
    Ok(head)
}

/// A name between quotes; letters beyond ASCII stay, as browsers send them.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            out.extend(utf8_percent_encode(c.encode_utf8(&mut [0; 4]), IN_QUOTES));
        } else {
            out.push(c);
        }
    }
    out
}

fn holds(part: &Part, boundary: &str) -> bool {
    let boundary = boundary.as_bytes();
    part.bytes
        .windows(boundary.len())
        .any(|window| window == boundary)
}

/// Boundaries that a part holds by no design and hardly by chance: the keys of the hashes come from the system.
fn boundaries() -> impl Iterator<Item = String> {
    (0_u8..16).map(|attempt| {
        let half = || RandomState::new().hash_one(attempt);
        format!("{:016x}{:016x}", half(), half())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(form: &Form, boundaries: &[&str]) -> Result<(String, String), String> {
        let boundaries = boundaries.iter().map(|&boundary| boundary.to_owned());
        encode_with(form, boundaries)
            .map(|(boundary, body)| (boundary, String::from_utf8_lossy(&body).into_owned()))
    }

    #[test]
    fn a_boundary_stands_in_no_part() {
        let form = Form::new().part("a", "one").part("b", "xx two");
        let (boundary, body) = text(&form, &["one", "xx", "zz"]).unwrap_or_default();
        assert_eq!(boundary, "zz");
        assert_eq!(
            body,
            "--zz\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n\
             --zz\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\nxx two\r\n--zz--\r\n"
        );
        assert!(text(&form, &["one", "xx"]).is_err_and(|problem| problem.contains("no boundary")));
    }

    #[test]
    fn boundaries_differ_and_are_legal() {
        let all: Vec<String> = boundaries().chain(boundaries()).collect();
        let mut unique = all.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), all.len());
        assert!(all.iter().all(|boundary| boundary.len() == 32));
    }

    #[test]
    fn names_stay_in_their_quotes() {
        let part = Part::bytes(vec![1]).file_name("a\\\"; name=\"x\r\n\u{e9}");
        let form = Form::new().part("b\"c", part);
        let (_, body) = text(&form, &["zz"]).unwrap_or_default();
        assert!(
            body.contains("; name=\"b%22c\"; filename=\"a%5C%22; name=%22x%0D%0A\u{e9}\"\r\n"),
            "{body}"
        );
    }

    #[test]
    fn a_content_type_stays_in_its_line() {
        let form = Form::new().part(
            "a",
            Part::text("x").content_type("text/plain\r\nX-Other: 1"),
        );
        let problem = text(&form, &["zz"]).unwrap_err();
        assert_eq!(
            problem,
            "part `a` has characters in its content type that no header can hold"
        );
    }
}
