//! The path of the server.

use super::case::Case;
use serde_json::{Value, json};

fn document(servers: &Value, paths: &Value) -> Value {
    json!({ "openapi": "3.0.3", "info": {}, "servers": servers, "paths": paths })
}

fn get() -> Value {
    json!({ "get": { "responses": { "204": { "description": "" } } } })
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = plain();
    cases.extend(own());
    cases
}

fn plain() -> Vec<Case> {
    vec![
        Case::new(
            "a path is put in front",
            document(
                &json!([{ "url": "https://x.test:8080/api/v3/" }]),
                &json!({ "/a": get(), "/": get(), "x-y": 1 }),
            ),
            document(
                &json!([{ "url": "https://x.test:8080" }]),
                &json!({ "/api/v3/a": get(), "/api/v3/": get(), "x-y": 1 }),
            ),
            ["servers: /servers/0/url: /api/v3 put in front of the paths"],
        ),
        Case::new(
            "a relative address",
            document(&json!([{ "url": "./api" }]), &json!({ "/a": get() })),
            document(&json!([{ "url": "/" }]), &json!({ "/api/a": get() })),
            ["servers: /servers/0/url: /api put in front of the paths"],
        ),
        Case::new(
            "no path",
            document(
                &json!([{ "url": "https://{host}/", "variables": { "host": { "default": "x" } } }]),
                &json!({ "/a": get() }),
            ),
            document(
                &json!([{ "url": "https://{host}/", "variables": { "host": { "default": "x" } } }]),
                &json!({ "/a": get() }),
            ),
            [],
        ),
        Case::new(
            "variables have their defaults",
            document(
                &json!([{
                    "url": "https://x.test/{base}/{version}?q=1",
                    "variables": {
                        "base": { "default": "api/public" },
                        "version": { "enum": ["v2", "v1"] },
                    },
                }]),
                &json!({ "/a": get() }),
            ),
            document(
                &json!([{ "url": "https://x.test" }]),
                &json!({ "/api/public/v2/a": get() }),
            ),
            ["servers: /servers/0/url: /api/public/v2 put in front of the paths"],
        ),
        Case::new(
            "the first server counts",
            document(
                &json!([{ "url": "/v1" }, { "url": "http://y.test/v1" }, { "url": "/v2" }]),
                &json!({ "/a": get() }),
            ),
            document(
                &json!([{ "url": "/" }, { "url": "http://y.test" }]),
                &json!({ "/v1/a": get() }),
            ),
            [
                "servers: /servers: other paths than that of the first server: /v2 (lost: the servers)",
                "servers: /servers/0/url: /v1 put in front of the paths",
            ],
        ),
        Case::new(
            "paths that start with it already",
            document(
                &json!([{ "url": "/v1" }]),
                &json!({ "/v1/a": get(), "/v1": get() }),
            ),
            document(
                &json!([{ "url": "/" }]),
                &json!({ "/v1/a": get(), "/v1": get() }),
            ),
            ["servers: /servers/0/url: the paths start with /v1 already"],
        ),
    ]
}

/// Servers of paths and operations.
fn own() -> Vec<Case> {
    let with = |url: &str| {
        json!({ "get": {
            "servers": [{ "url": url }],
            "responses": { "204": { "description": "" } },
        } })
    };
    let mut both = with("https://x.test/beta");
    both["post"] = json!({ "responses": {} });
    both["parameters"] = json!([]);
    let mut shared = get();
    shared["servers"] = json!([{ "url": "/other" }]);
    vec![
        Case::new(
            "of an operation",
            document(
                &json!([{ "url": "https://x.test/v1" }]),
                &json!({ "/a": both }),
            ),
            document(
                &json!([{ "url": "https://x.test" }]),
                &json!({
                    "/v1/a": { "post": { "responses": {} }, "parameters": [] },
                    "/beta/a": {
                        "parameters": [],
                        "get": { "responses": { "204": { "description": "" } } },
                    },
                }),
            ),
            [
                "servers: GET /a: `https://x.test/beta` is the server of these paths",
                "servers: /servers/0/url: /v1 put in front of the paths",
            ],
        ),
        Case::new(
            "of a path",
            document(
                &json!([{ "url": "/v1" }]),
                &json!({ "/a": shared, "/b": get() }),
            ),
            document(
                &json!([{ "url": "/" }]),
                &json!({ "/other/a": get(), "/v1/b": get() }),
            ),
            [
                "servers: /paths/~1a/servers: `/other` is the server of these paths",
                "servers: /servers/0/url: /v1 put in front of the paths",
            ],
        ),
        Case::new(
            "another host, and a path that is there already",
            document(
                &json!([{ "url": "https://x.test" }]),
                &json!({ "/v1/a": get(), "/a": with("https://y.test/v1") }),
            ),
            document(
                &json!([{ "url": "https://x.test" }]),
                &json!({ "/v1/a": get() }),
            ),
            [
                "servers: GET /a: `https://y.test/v1` is the server of these paths \
                 (lost: the host: all paths are called at that of the client)",
                "servers: GET /a: GET /v1/a is there already (lost: the second of them)",
            ],
        ),
    ]
}
