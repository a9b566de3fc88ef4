//! Values and names that documents have by mistake.

use fastrand::Rng;
use serde_json::{Value, json};

/// Names that mean something somewhere, or nothing anywhere.
const NAMES: &[&str] = &[
    "",
    " ",
    "\u{0}",
    "\n",
    "$ref",
    "type",
    "properties",
    "items",
    "allOf",
    "oneOf",
    "anyOf",
    "not",
    "enum",
    "required",
    "additionalProperties",
    "format",
    "nullable",
    "default",
    "const",
    "discriminator",
    "in",
    "name",
    "schema",
    "content",
    "parameters",
    "responses",
    "requestBody",
    "get",
    "post",
    "trace",
    "patternProperties",
    "prefixItems",
    "x-keyed-by",
    "x-rust-type",
    "self",
    "Self",
    "super",
    "crate",
    "fn",
    "async",
    "r#type",
    "_",
    "__",
    "1",
    "2fa",
    "-1",
    "=",
    "<=",
    "a.b",
    "a/b",
    "a~b",
    "~1",
    "%2F",
    "{id}",
    "{",
    "}",
    "{}",
    "/{a}/{a}",
    "..",
    "ß",
    "é",
    "名前",
    "🦀",
    "\u{202e}abc",
    "\u{feff}",
    "İ",
    "ǆ",
    "Ⅷ",
    "a\u{301}",
    "\"",
    "\\",
    "*/",
    "//",
    "#",
    "[x]",
    "<id>",
    "```",
    "String",
    "Option",
    "Vec",
    "Error",
    "Client",
    "Body",
    "Value",
    "Secret",
    "Result",
    "Send",
    "builder",
    "types",
    "send",
    "new",
    "body",
    "default",
    "200",
    "2XX",
    "4xx",
    "default",
    "600",
    "application/json",
    "text/plain; charset=\u{1}",
    "multipart/form-data",
    "GET",
    "/",
    "//",
    "paths",
    "/é/%zz",
    "password",
    "apiKey",
];

/// What keywords of schemas, parameters and operations may and may not be set to.
const KEYWORDS: &[(&str, &[&str])] = &[
    (
        "type",
        &[
            "string", "integer", "number", "boolean", "array", "object", "null", "file", "any",
            "String", "", "map",
        ],
    ),
    (
        "format",
        &[
            "int32",
            "int64",
            "uint64",
            "float",
            "double",
            "binary",
            "byte",
            "password",
            "date",
            "date-time",
            "uuid",
            "ip",
            "email",
            "x-timestamp",
            "int-32",
            "",
        ],
    ),
    (
        "in",
        &[
            "path",
            "query",
            "header",
            "cookie",
            "body",
            "formData",
            "querystring",
            "",
        ],
    ),
    (
        "style",
        &[
            "form",
            "simple",
            "label",
            "matrix",
            "spaceDelimited",
            "pipeDelimited",
            "deepObject",
            "odd",
        ],
    ),
    (
        "collectionFormat",
        &["csv", "ssv", "tsv", "pipes", "multi", "odd"],
    ),
    ("required", &[]),
    ("enum", &[]),
    ("nullable", &[]),
    ("additionalProperties", &[]),
    ("items", &[]),
    ("allOf", &[]),
    ("oneOf", &[]),
    ("anyOf", &[]),
    ("not", &[]),
    ("properties", &[]),
    ("discriminator", &["type", "kind", ""]),
    ("const", &["a", ""]),
    ("default", &["a", "null", ""]),
    (
        "operationId",
        &[
            "a",
            "type",
            "",
            "get pet",
            "1",
            "ß",
            "🦀",
            "new",
            "connection",
            "client",
        ],
    ),
    ("tags", &[]),
    ("pattern", &["[", "(?<=a)b", "^$", ""]),
    ("minimum", &[]),
    ("maxLength", &[]),
    ("x-keyed-by", &["type", "kind", ""]),
    ("deprecated", &[]),
    ("readOnly", &[]),
    ("writeOnly", &[]),
    ("security", &[]),
    ("servers", &[]),
    ("explode", &[]),
    ("examples", &[]),
    ("$defs", &[]),
    ("prefixItems", &[]),
    ("patternProperties", &[]),
    ("mapping", &[]),
];

/// The version lines of documents, right and wrong.
const VERSIONS: &[(&str, &str)] = &[
    ("swagger", "2.0"),
    ("openapi", "3.0.0"),
    ("openapi", "3.0.3"),
    ("openapi", "3.1.0"),
    ("openapi", "3.1.1"),
    ("openapi", "3.2.0"),
    ("openapi", ""),
    ("swagger", "1.2"),
];

/// A name.
pub(super) fn name(random: &mut Rng) -> String {
    pick(NAMES, random).unwrap_or_default().to_owned()
}

/// A keyword with a value that is likely to be wrong there.
pub(super) fn keyword(random: &mut Rng) -> (String, Value) {
    let (key, texts) = pick(KEYWORDS, random).unwrap_or(("type", &[]));
    let value = match pick(texts, random) {
        Some(text) if random.u8(..4) > 0 => Value::from(text),
        _ => odd(random),
    };
    (key.to_owned(), value)
}

/// The key and value of a version line.
pub(super) fn version(random: &mut Rng) -> (&'static str, &'static str) {
    pick(VERSIONS, random).unwrap_or(("openapi", "3.0.3"))
}

/// Any value.
pub(super) fn odd(random: &mut Rng) -> Value {
    match random.u8(..32) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(false),
        3 => json!(0),
        4 => json!(-1),
        5 => json!(u64::MAX),
        6 => json!(i64::MIN),
        7 => json!(1e308),
        8 => json!(0.1),
        9 => json!([]),
        10 => json!({}),
        11 => json!([null]),
        12 => json!([[], {}]),
        13 => json!([1, "1", true, null, 1.0]),
        14 => json!(["a", "A", "a ", "á", ""]),
        15 => json!(["string", "null"]),
        16 => json!(["object", "array", "integer"]),
        17 => json!({ "type": "null" }),
        18 => json!({ "type": "object", "additionalProperties": false }),
        19 => json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
        20 => json!({ "type": "array" }),
        21 => json!({ "type": "string", "enum": ["", " ", "a", "A", "a-b", "a_b", "=", "<="] }),
        22 => json!({ "enum": [1, "1", null, {}] }),
        23 => json!({ "oneOf": [] }),
        24 => json!({ "allOf": [{ "type": "string" }, { "type": "integer" }] }),
        25 => json!({ "anyOf": [{ "type": "string" }, { "type": "string" }, { "type": "null" }] }),
        26 => {
            json!({ "type": "object", "properties": { "a-b": {}, "a_b": {}, "a b": {}, "": {} } })
        }
        27 => json!({ "not": {} }),
        28 => {
            json!({ "propertyName": name(random), "mapping": { "a": "#/components/schemas/A", "b": 1 } })
        }
        29 => json!({ "$ref": name(random) }),
        30 => Value::from("x".repeat(random.usize(..3000))),
        _ => Value::from(name(random)),
    }
}

fn pick<T: Copy>(from: &[T], random: &mut Rng) -> Option<T> {
    random.choice(from).copied()
}
