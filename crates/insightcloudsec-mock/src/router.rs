//! From method and path to an operation.

use hyper::Method;
use percent_encoding::percent_decode_str;

use crate::catalog::{Catalog, Operation};

/// One part of a path template between slashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Literal(String),
    Parameter(String),
}

impl Segment {
    pub(crate) fn of_template(path: &str) -> Vec<Self> {
        let read = |part: &str| match part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'))
        {
            Some(name) => Self::Parameter(name.to_owned()),
            None => Self::Literal(part.to_owned()),
        };
        path.split('/').skip(1).map(read).collect()
    }
}

/// What a path leads to.
#[derive(Debug)]
pub(crate) enum Route<'a> {
    /// An operation and its decoded path parameters, by name.
    Found {
        operation: &'a Operation,
        parameters: Vec<(String, String)>,
    },
    /// The path is known, the method is not.
    WrongMethod { allowed: Vec<Method> },
    /// The path is not known.
    Unknown,
}

impl<'a> Route<'a> {
    pub(crate) fn operation(&self) -> Option<&'a Operation> {
        match self {
            Self::Found { operation, .. } => Some(operation),
            Self::WrongMethod { .. } | Self::Unknown => None,
        }
    }
}

/// Finds the operation of a request. Where templates overlap, literal segments win, the first ones first.
pub(crate) fn route<'a>(catalog: &'a Catalog, method: &Method, path: &str) -> Route<'a> {
    let parts: Vec<String> = path.split('/').skip(1).map(decode).collect();
    let mut fitting: Vec<_> = catalog
        .operations
        .iter()
        .filter(|one| fits(&one.segments, &parts))
        .collect();
    fitting.sort_by_key(|operation| {
        operation
            .segments
            .iter()
            .map(|segment| matches!(segment, Segment::Parameter(_)))
            .collect::<Vec<_>>()
    });
    if let Some(operation) = fitting.iter().find(|one| one.method == *method) {
        let parameters = operation
            .segments
            .iter()
            .zip(&parts)
            .filter_map(|(segment, part)| match segment {
                Segment::Parameter(name) => Some((name.clone(), part.clone())),
                Segment::Literal(_) => None,
            });
        return Route::Found {
            operation,
            parameters: parameters.collect(),
        };
    }
    if fitting.is_empty() {
        return Route::Unknown;
    }
    Route::WrongMethod {
        allowed: fitting.iter().map(|one| one.method.clone()).collect(),
    }
}

fn fits(segments: &[Segment], parts: &[String]) -> bool {
    segments.len() == parts.len()
        && segments
            .iter()
            .zip(parts)
            .all(|(segment, part)| match segment {
                Segment::Literal(literal) => literal == part,
                Segment::Parameter(_) => !part.is_empty(),
            })
}

fn decode(part: &str) -> String {
    percent_decode_str(part).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn routed(method: &Method, path: &str) -> String {
        match route(Catalog::embedded().unwrap(), method, path) {
            Route::Found {
                operation,
                parameters,
            } => {
                let values: Vec<_> = parameters.iter().map(|(_, value)| value.as_str()).collect();
                format!("{} {}", operation.key(), values.join(" "))
                    .trim_end()
                    .to_owned()
            }
            Route::WrongMethod { allowed } => format!("not {allowed:?}"),
            Route::Unknown => "unknown".to_owned(),
        }
    }

    #[test]
    fn literal_segments_win() {
        let get = Method::GET;
        assert_eq!(
            routed(&get, "/v2/public/insights/packs/list"),
            "v2.list_packs"
        );
        assert_eq!(
            routed(&get, "/v2/public/insights/7/custom"),
            "v2.get_insight 7 custom"
        );
        assert_eq!(
            routed(&get, "/v2/public/insights/instance%3A1%3A/violations/get"),
            "v2.list_resource_violations instance:1:"
        );
    }

    #[test]
    fn encoded_slashes_stay_in_their_segment() {
        let path = "/v2/public/resource/pod%3A1%3Adefault%2Fweb%3A/detail";
        assert_eq!(
            routed(&Method::GET, path),
            "v2.get_resource_detail pod:1:default/web:"
        );
    }

    #[test]
    fn what_is_not_there() {
        assert_eq!(routed(&Method::GET, "/v2/public/nothing"), "unknown");
        assert_eq!(
            routed(&Method::GET, "/v2/public/resource//detail"),
            "unknown"
        );
        assert_eq!(
            routed(&Method::GET, "/v2/subscriptions"),
            "unknown",
            "the slash is part of it"
        );
        assert_eq!(routed(&Method::PUT, "/v2/subscriptions/"), "not [POST]");
        assert_eq!(
            routed(&Method::DELETE, "/v2/public/clouds/list"),
            "not [GET, POST]"
        );
    }
}
