//! From a path template and encoded values to the URL that is called.

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use reqwest::Url;

use crate::base_url::BaseUrl;
use crate::parameter::is_unreserved;

/// What no path holds raw; a `%` in a template is taken for encoding that is there already.
const ENCODED_IN_TEMPLATE: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// As above, and what URL parsers encode in a query.
const ENCODED_IN_TEMPLATE_QUERY: &AsciiSet = &ENCODED_IN_TEMPLATE.add(b'\'').add(b'#');

/// No server takes more of an address; the URL library counts in 32 bits.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Fills a path template with encoded values; gives the path, and the query that the template has in itself.
///
/// The path has as many segments as the template: values contain no raw slash, and a segment that
/// URL parsers would resolve away (`.`, `..`) or that values left empty is refused. A fragment, by which some
/// documents tell operations of one path apart, is not sent.
pub(crate) fn fill(
    template: &str,
    values: &[(&'static str, String)],
) -> Result<(String, String), String> {
    let (template, fixed) = parts(template);
    let mut path = String::with_capacity(template.len() + 32);
    let mut rest = template.find('/').map_or("", |start| &template[start..]);
    while let Some(special) = rest.bytes().position(|byte| !is_plain(byte)) {
        // Whole segments before the one with a parameter, or with what has to be encoded.
        let segment = rest[..special].rfind('/').map_or(0, |slash| slash + 1);
        path.push_str(&rest[..segment]);
        rest = &rest[segment..];
        let end = rest.find('/').unwrap_or(rest.len());
        let (segment, after) = rest.split_at(end);
        rest = after;
        let start = path.len();
        fill_part(&mut path, segment, values, ENCODED_IN_TEMPLATE)?;
        if segment.contains('{') && matches!(&path[start..], "" | "." | "..") {
            return Err(format!(
                "path segment `{segment}` would be `{}`, which calls another path",
                &path[start..]
            ));
        }
    }
    path.push_str(rest);
    let mut query = String::new();
    if fixed.is_empty() {
        return Ok((path, query));
    }
    fill_part(&mut query, fixed, values, ENCODED_IN_TEMPLATE_QUERY)?;
    Ok((path, query))
}

/// Path and query of a template; few have a query or a fragment.
fn parts(template: &str) -> (&str, &str) {
    if !template.bytes().any(|byte| matches!(byte, b'#' | b'?')) {
        return (template, "");
    }
    let template = template.split('#').next().unwrap_or_default();
    template.split_once('?').unwrap_or((template, ""))
}

/// What most of a path is made of.
fn is_plain(byte: u8) -> bool {
    byte == b'/' || is_unreserved(byte)
}

/// Appends a segment, or the query, with its values in place.
fn fill_part(
    out: &mut String,
    template: &str,
    values: &[(&'static str, String)],
    encoded: &'static AsciiSet,
) -> Result<(), String> {
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let Some((_, value)) = values.iter().find(|(given, _)| *given == name) else {
            return Err(format!("path parameter `{name}` has no value"));
        };
        out.extend(utf8_percent_encode(before, encoded));
        out.push_str(value);
        rest = after;
    }
    out.extend(utf8_percent_encode(rest, encoded));
    Ok(())
}

/// The URL to call. Refuses to return one whose origin, path or query differ from what was asked.
pub(crate) fn url(base: &BaseUrl, path: &str, query: &str) -> Result<Url, String> {
    if path.len().saturating_add(query.len()) > MAX_BYTES {
        return Err("the address is too long".to_owned());
    }
    let url = base.below(path, query);
    let below = url.path().strip_prefix(base.prefix());
    let is_as_asked = base.has_origin_of(&url)
        && (below == Some(path) || (path.is_empty() && url.path() == "/"))
        && url.query().unwrap_or_default() == query;
    if is_as_asked {
        Ok(url)
    } else {
        Err("the address would change when sent".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(template: &str, value: &str) -> Result<String, String> {
        fill(template, &[("id", value.to_owned())]).map(|(path, _)| path)
    }

    #[test]
    fn values_stand_alone_or_with_text_around_them() {
        assert_eq!(filled("/v2/x/{id}/y", "7").unwrap(), "/v2/x/7/y");
        assert_eq!(filled("/a/{id}.json", ".").unwrap(), "/a/..json");
        assert_eq!(filled("/a/{id}:{id}/", "b").unwrap(), "/a/b:b/");
        assert_eq!(filled("/plain", "b").unwrap(), "/plain");
    }

    #[test]
    fn templates_hold_what_no_path_can() {
        assert_eq!(filled("/a b/ä%20/{id}", "7").unwrap(), "/a%20b/%C3%A4%20/7");
        assert_eq!(filled("/a#{id}", "7").unwrap(), "/a");
        let filled = fill("/a?b={id}&c=d e'#f", &[("id", "7".to_owned())]);
        assert_eq!(filled, Ok(("/a".to_owned(), "b=7&c=d%20e%27".to_owned())));
    }

    #[test]
    fn other_paths_are_refused() {
        for value in ["", ".", ".."] {
            assert!(
                filled("/a/{id}/b", value)
                    .unwrap_err()
                    .contains("another path"),
                "{value:?}"
            );
        }
        assert!(filled("/a/.{id}", ".").is_err());
        assert!(fill("/a/{other}", &[]).unwrap_err().contains("`other`"));
    }

    #[test]
    fn url_keeps_prefix_and_query() {
        let base = BaseUrl::parse("https://acme.example/ics/").unwrap();
        let url = url(&base, "/v2/a", "b=%20").unwrap();
        assert_eq!(url.as_str(), "https://acme.example/ics/v2/a?b=%20");
        let base = BaseUrl::parse("https://acme.example").unwrap();
        for path in [
            "/a/../b",
            "/a/%2e%2e/b",
            "/a\\b",
            "/a?b",
            "@evil.example/",
            ":1/",
        ] {
            assert!(super::url(&base, path, "").is_err(), "{path}");
        }
    }
}
