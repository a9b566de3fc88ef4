//! Words of a document, which may hold anything.

use super::support::Code;
use serde_json::{Value, json};

/// Every trap for rustdoc and for the Rust comment, in every place that holds words.
pub(crate) fn traps() -> Value {
    let words = "A [x], an <id>, http://a.example/b, */ and /* and \u{0}.\r\n\r\n    let indented = 1;\n\n\
                 <p>One</p><ul><li>two</li></ul>\n\n```\nfence\n```\n\n`one tick\rafter a bare return";
    let answer = |schema: Value| json!({ "description": words, "content": { "application/json": { "schema": schema } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Tiny\nAPI [x]", "version": "1", "description": words },
        "tags": [{ "name": "odd\ntag", "description": words }],
        "paths": { "/a/{id}": { "get": {
            "tags": ["odd\ntag"],
            "operationId": "a",
            "summary": "One\nline | <two>.",
            "description": words,
            "parameters": [{ "name": "id", "in": "path", "required": true, "description": words, "schema": { "type": "string" } }],
            "responses": {
                "200": answer(json!({ "type": "object", "description": words, "properties": {
                    "member": { "type": "string", "description": words },
                    "values": { "type": "string", "description": words, "enum": ["*/", "`", "a\rb", "\n", "<x>"] },
                } })),
                "202": answer(json!({ "type": "string" })),
                "400": answer(json!({ "type": "string" })),
                "401": answer(json!({ "type": "integer" })),
            },
        } } },
        "components": { "schemas": {} },
    })
}

#[test]
fn words_are_comments_and_nothing_else() {
    let code = Code::of(&traps());
    let method = code.file("odd_tag.rs");
    let start = method.find("/// odd tag").unwrap();
    insta::assert_snapshot!(&method[start..method.find("/// Request of").unwrap()]);
}

#[test]
fn the_front_page_keeps_its_table() {
    let code = Code::of(&traps());
    let page = code.file("docs.md");
    assert!(page.contains("One line \\| \\<two\\>"), "{page}");
    assert!(page.contains("## odd tag\n"), "{page}");
    assert_eq!(code.output.api.title, "Tiny API [x]");
}
