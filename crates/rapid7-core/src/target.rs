//! From a path template and encoded values to the URL that is called.

use reqwest::Url;

use crate::base_url::BaseUrl;

/// Fills a path template with encoded values.
///
/// The result has as many segments as the template: values contain no raw slash, and a segment that
/// URL parsers would resolve away (`.`, `..`) or that values left empty is refused.
pub(crate) fn fill(template: &str, values: &[(&'static str, String)]) -> Result<String, String> {
    let mut path = String::with_capacity(template.len() + 32);
    for segment in template.split('/').skip(1) {
        path.push('/');
        let start = path.len();
        fill_segment(&mut path, segment, values)?;
        if segment.contains('{') && matches!(&path[start..], "" | "." | "..") {
            return Err(format!(
                "path segment `{segment}` would be `{}`, which calls another path",
                &path[start..]
            ));
        }
    }
    Ok(path)
}

fn fill_segment(
    path: &mut String,
    segment: &str,
    values: &[(&'static str, String)],
) -> Result<(), String> {
    let mut rest = segment;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let Some((_, value)) = values.iter().find(|(given, _)| *given == name) else {
            return Err(format!("path parameter `{name}` has no value"));
        };
        path.push_str(before);
        path.push_str(value);
        rest = after;
    }
    path.push_str(rest);
    Ok(())
}

/// The URL to call. Refuses to return one whose origin, path or query differ from what was asked.
pub(crate) fn url(base: &BaseUrl, path: &str, query: &str) -> Result<Url, String> {
    let path = format!("{}{path}", base.prefix());
    let mut text = format!("{}{path}", base.origin());
    if !query.is_empty() {
        text.push('?');
        text.push_str(query);
    }
    let url = Url::parse(&text).map_err(|error| format!("the address is not valid: {error}"))?;
    let is_as_asked = base.has_origin_of(&url)
        && (url.path() == path || (path.is_empty() && url.path() == "/"))
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
        fill(template, &[("id", value.to_owned())])
    }

    #[test]
    fn values_stand_alone_or_with_text_around_them() {
        assert_eq!(filled("/v2/x/{id}/y", "7").unwrap(), "/v2/x/7/y");
        assert_eq!(filled("/a/{id}.json", ".").unwrap(), "/a/..json");
        assert_eq!(filled("/a/{id}:{id}/", "b").unwrap(), "/a/b:b/");
        assert_eq!(filled("/plain", "b").unwrap(), "/plain");
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
