//! The functions that call any operation by its id.

use super::support::{Code, compact, document, empty, get, post};
use serde_json::{Value, json};
use syn::visit::{Visit, visit_item_fn};

fn paths() -> Value {
    let object = json!({ "type": "object", "properties": { "n": { "type": "integer" } } });
    let form = json!({ "type": "object", "required": ["a"], "properties": {
        "a": { "type": "string" },
        "b": { "type": "string", "format": "binary" },
    } });
    let content = |media_type: &str, schema: &Value, required: bool| json!({ "required": required, "content": { media_type: { "schema": schema } } });
    let mut find = get("find", &json!({ "204": empty() }));
    find["get"]["parameters"] = json!([
        { "name": "id", "in": "path", "required": true, "schema": { "type": "integer" } },
        { "name": "page", "in": "query", "schema": { "type": "integer" } },
        { "name": "q", "in": "query", "required": true, "schema": { "type": "string" } },
    ]);
    let json = "application/json";
    let multipart = "multipart/form-data";
    json!({
        "/a/{id}": find,
        "/b": get("ping", &json!({ "204": empty() })),
        "/c": post("create", &content(json, &object, true)),
        "/d": post("refresh", &content(json, &object, false)),
        "/e": post("upload", &content(multipart, &form, true)),
        "/f": post("attach", &content(multipart, &form, false)),
    })
}

/// What the arms of a function do with the client.
fn calls(code: &Code, function: &str) -> Vec<String> {
    struct Arms<'a>(&'a str, Vec<String>);
    impl Visit<'_> for Arms<'_> {
        fn visit_item_fn(&mut self, item: &syn::ItemFn) {
            if item.sig.ident == self.0 {
                visit_item_fn(self, item);
            }
        }
        fn visit_arm(&mut self, arm: &syn::Arm) {
            let text = compact(&arm.body);
            let call = text
                .split_once("client.")
                .and_then(|(_, call)| call.split_once(".send()"));
            self.1
                .push(call.map_or(text.clone(), |(call, _)| call.to_owned()));
        }
    }
    let mut arms = Arms(function, Vec::new());
    arms.visit_file(&syn::parse_file(&code.output.calls).unwrap());
    arms.1
}

#[test]
fn a_call_sets_everything() {
    let code = Code::of(&document(&paths(), &json!({})));
    assert_eq!(
        calls(&code, "call")[..6],
        [
            r#"find().id(sample.parameter::<i64>("id")?).page(sample.parameter::<i64>("page")?).q(sample.parameter::<String>("q")?)"#,
            "ping()",
            "create().body(sample.body::<types::CreateRequest>()?)",
            "refresh().body(sample.body::<types::RefreshRequest>()?)",
            r#"upload().a(sample.parameter::<String>("a")?).b(sample.parameter::<String>("b")?)"#,
            r#"attach().a(sample.parameter::<String>("a")?).b(sample.parameter::<String>("b")?)"#,
        ]
    );
}

#[test]
fn a_minimal_call_sets_what_is_required() {
    let code = Code::of(&document(&paths(), &json!({})));
    assert_eq!(
        calls(&code, "call_minimal"),
        [
            r#"find().id(sample.parameter::<i64>("id")?).q(sample.parameter::<String>("q")?)"#,
            "refresh()",
            r#"upload().a(sample.parameter::<String>("a")?)"#,
            // Its required part is required only where any part is sent.
            "attach()",
            // Operations without anything optional.
            "call(other,client,sample).await",
        ]
    );
}
