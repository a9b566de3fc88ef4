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

/// The URL of an operation: base URL, path template with encoded values in it, and encoded query.
///
/// The path has as many segments as the template: values contain no raw slash, and a segment that
/// URL parsers would resolve away (`.`, `..`) or that values left empty is refused. A fragment, by which some
/// documents tell operations of one path apart, is not sent.
pub(crate) fn url(
    base: &BaseUrl,
    template: &str,
    values: &[Value],
    query: &str,
) -> Result<Url, String> {
    let (path, fixed) = parts(template);
    let mut address = String::with_capacity(base.as_str().len() + template.len() + 64);
    address.push_str(base.as_str());
    fill(&mut address, path, values, ENCODED_IN_TEMPLATE)?;
    if path.is_empty() && base.prefix().is_empty() {
        address.push('/');
    }
    if !fixed.is_empty() {
        address.push('?');
        fill(&mut address, fixed, values, ENCODED_IN_TEMPLATE_QUERY)?;
    }
    if !query.is_empty() {
        address.push(if fixed.is_empty() { '?' } else { '&' });
        address.push_str(query);
    }
    match unchanged(base, &address) {
        Some(url) => Ok(url),
        None => Err(problem(&address, path, values)),
    }
}

/// A path parameter's name and encoded text.
pub(crate) type Value = (&'static str, String);

/// Path and query of a template; few have a query or a fragment.
fn parts(template: &str) -> (&str, &str) {
    let special = |byte| matches!(byte, b'#' | b'?');
    let (template, fixed) = if template.bytes().any(special) {
        let template = template.split('#').next().unwrap_or_default();
        template.split_once('?').unwrap_or((template, ""))
    } else {
        (template, "")
    };
    let start = template.bytes().position(|byte| byte == b'/');
    (start.map_or("", |start| &template[start..]), fixed)
}

/// Appends a template with its values in place.
fn fill(
    out: &mut String,
    template: &str,
    values: &[Value],
    encoded: &'static AsciiSet,
) -> Result<(), String> {
    let mut rest = template;
    loop {
        let plain = rest.bytes().position(|byte| !is_plain(byte));
        let (before, special) = rest.split_at(plain.unwrap_or(rest.len()));
        out.push_str(before);
        if special.is_empty() {
            return Ok(());
        }
        rest = match parameter(special) {
            Some((name, after)) => {
                push_value(out, name, values)?;
                let is_whole = after.is_empty() || after.starts_with('/');
                if is_whole && out.ends_with('/') {
                    return Err(other_path(name, ""));
                }
                after
            }
            None => push_encoded(out, special, encoded),
        };
    }
}

/// What most of a path is made of.
fn is_plain(byte: u8) -> bool {
    byte == b'/' || is_unreserved(byte)
}

/// The name of the parameter that a text begins with, and what follows it.
fn parameter(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let end = inner.bytes().position(|byte| byte == b'}')?;
    Some((&inner[..end], &inner[end + 1..]))
}

fn push_value(out: &mut String, name: &str, values: &[Value]) -> Result<(), String> {
    for (given, text) in values {
        if *given == name {
            out.push_str(text);
            return Ok(());
        }
    }
    Err(format!("path parameter `{name}` has no value"))
}

/// Appends the first character, encoded if it has to be; gives the rest.
#[cold]
fn push_encoded<'a>(out: &mut String, text: &'a str, encoded: &'static AsciiSet) -> &'a str {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = text.split_at(first);
    out.extend(utf8_percent_encode(first, encoded));
    rest
}

/// The URL of an address below the base, if URL parsers find nothing to resolve, drop or encode in it.
fn unchanged(base: &BaseUrl, address: &str) -> Option<Url> {
    if address.len() > MAX_BYTES {
        return None;
    }
    let same = |url: &Url| url.as_str() == address && base.is_above(url);
    let resolved = base.resolve(address).filter(same);
    // A path that begins with two slashes would be resolved to another host.
    resolved.or_else(|| Url::parse(address).ok().filter(same))
}

/// Why an address cannot be sent.
#[cold]
fn problem(address: &str, path: &str, values: &[Value]) -> String {
    if address.len() > MAX_BYTES {
        return "the address is too long".to_owned();
    }
    for segment in path.split('/').filter(|segment| segment.contains('{')) {
        let mut filled = String::new();
        let is_filled = fill(&mut filled, segment, values, ENCODED_IN_TEMPLATE).is_ok();
        if is_filled && matches!(&*filled, "." | "..") {
            return other_path(segment, &filled);
        }
    }
    "the address would change when sent".to_owned()
}

#[cold]
fn other_path(segment: &str, filled: &str) -> String {
    format!("path segment `{segment}` would be `{filled}`, which calls another path")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use proptest::sample;

    use super::*;

    const BASE: &str = "https://acme.example";

    /// What follows the base URL.
    fn filled(template: &str, value: &str) -> Result<String, String> {
        let base = BaseUrl::parse(BASE).unwrap();
        let url = url(&base, template, &[("id", value.to_owned())], "")?;
        Ok(url.as_str()[BASE.len()..].to_owned())
    }

    #[test]
    fn values_stand_alone_or_with_text_around_them() {
        assert_eq!(filled("/v2/x/{id}/y", "7").unwrap(), "/v2/x/7/y");
        assert_eq!(filled("/a/{id}.json", ".").unwrap(), "/a/..json");
        assert_eq!(filled("/a/{id}:{id}/", "b").unwrap(), "/a/b:b/");
        assert_eq!(filled("/a/x{id}", "").unwrap(), "/a/x");
        assert_eq!(filled("/plain", "b").unwrap(), "/plain");
        assert_eq!(filled("plain", "b").unwrap(), "/");
    }

    #[test]
    fn templates_hold_what_no_path_can() {
        assert_eq!(filled("/a b/ä%20/{id}", "7").unwrap(), "/a%20b/%C3%A4%20/7");
        assert_eq!(filled("/a/{b", "7").unwrap(), "/a/%7Bb");
        assert_eq!(filled("/a\\b", "7").unwrap(), "/a%5Cb");
        assert_eq!(filled("/a#{id}", "7").unwrap(), "/a");
        let filled = filled("/a?b={id}&c=d e'#f", "7");
        assert_eq!(filled.unwrap(), "/a?b=7&c=d%20e%27");
    }

    #[test]
    fn other_paths_are_refused() {
        for value in ["", ".", ".."] {
            for template in ["/a/{id}/b", "/a/{id}", "/a/{id}/"] {
                let problem = filled(template, value).unwrap_err();
                assert!(problem.contains("another path"), "{template} {value:?}");
            }
        }
        assert!(filled("/a/.{id}", ".").is_err());
        assert!(filled("/a/{id}{id}", "").is_err());
        assert!(filled("/a/{id}.", ".").is_err());
        assert!(filled("/a/../{id}", "b").is_err());
        let problem = filled("/a/{other}", "b").unwrap_err();
        assert!(problem.contains("`other`"), "{problem}");
    }

    #[test]
    fn prefix_and_query_are_kept() {
        for (base, template, query, address) in [
            (
                "https://acme.example/ics/",
                "/v2/a",
                "b=%20",
                "https://acme.example/ics/v2/a?b=%20",
            ),
            (
                "https://acme.example/ics",
                "",
                "b=c",
                "https://acme.example/ics?b=c",
            ),
            (
                "https://acme.example",
                "",
                "b=c",
                "https://acme.example/?b=c",
            ),
            (
                "https://acme.example:8443",
                "/a?b=c",
                "d=e",
                "https://acme.example:8443/a?b=c&d=e",
            ),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            let url = url(&base, template, &[], query).unwrap();
            assert_eq!(url.as_str(), address);
        }
    }

    #[test]
    fn addresses_that_parsers_change_or_take_elsewhere_are_none() {
        let base = BaseUrl::parse(BASE).unwrap();
        assert!(unchanged(&base, "https://acme.example/a?b").is_some());
        for rest in [
            "/a/../b",
            "/a/%2e%2e/b",
            "/a\\b",
            "/a b",
            "/a\n",
            "@evil.example/",
            ":1/",
            ".evil.example/",
            "",
        ] {
            assert!(
                unchanged(&base, &format!("{BASE}{rest}")).is_none(),
                "{rest}"
            );
        }
        let long = format!("{BASE}/{}", "a".repeat(MAX_BYTES));
        assert!(unchanged(&base, &long).is_none());
    }

    proptest! {
        #[test]
        fn a_url_is_the_one_that_is_parsed(
            base in sample::select(vec![
                BASE,
                "https://acme.example:8443/ics/b",
                "http://[::1]:1",
                "https://xn--bcher-kva.example//a",
            ]),
            rest in "[/?]?([/?#.:@%~a-z0-9é\\\\ ]|%2e|/\\.\\./|//){0,12}",
        ) {
            let base = BaseUrl::parse(base).unwrap();
            let address = format!("{}{rest}", base.as_str());
            let parsed = Url::parse(&address).ok();
            let parsed = parsed.filter(|url| url.as_str() == address && base.is_above(url));
            let parts = |url: Url| {
                let (host, port) = (url.host_str().map(str::to_owned), url.port());
                (host, port, url.path().to_owned(), url.query().map(str::to_owned), url)
            };
            prop_assert_eq!(unchanged(&base, &address).map(parts), parsed.map(parts));
        }
    }
}
