//! Streams of paged operations, and names under `paging` that are wrong.

use super::support::{Code, body, document, empty, get, input, messages, operations, to};
use serde_json::{Value, json};
use xtask::pipeline::{Input, run};
use xtask::problem::ProblemKind;

fn object(members: &Value) -> Value {
    json!({ "type": "object", "properties": members })
}

fn rows() -> Value {
    json!({ "type": "array", "items": to("Row") })
}

fn query(names: &[&str]) -> Value {
    let parameter =
        |name: &&str| json!({ "name": name, "in": "query", "schema": { "type": "integer" } });
    names.iter().map(parameter).collect()
}

fn paged(id: &str, parameters: Value, answer: &Value) -> Value {
    let mut item = get(id, &json!({ "200": answer }));
    item["get"]["parameters"] = parameters;
    item
}

fn searched(id: &str, request: &Value, answer: &Value) -> Value {
    json!({ "post": {
        "operationId": id,
        "requestBody": body(request),
        "responses": { "200": body(answer) },
    } })
}

fn tiny() -> Value {
    let number = json!({ "type": "integer" });
    let text = json!({ "type": "string" });
    let mut media_types = searched("list_twice", &to("Offset"), &to("Rows"));
    media_types["post"]["parameters"] = query(&["page"]);
    media_types["post"]["requestBody"]["content"]["application/xml"] = json!({});
    media_types["post"]["responses"]["200"]["content"]["text/csv"] = json!({});
    document(
        &json!({
            "/offset": searched("list_by_offset", &to("Offset"), &to("Rows")),
            "/number": paged("list_by_number", query(&["page", "size", "items", "pages", "request"]), &body(&rows())),
            "/cursor": searched("list_by_cursor", &object(&json!({ "after": text })), &to("Chain")),
            "/token": paged("list_by_token", query(&["token"]), &body(&to("Rows"))),
            "/first": paged("list_first", json!([]), &body(&to("First"))),
            "/unknown": paged("list_unknown", query(&["page"]), &empty()),
            "/twice": media_types,
        }),
        &json!({
            "Row": object(&json!({ "id": number })),
            "Offset": object(&json!({ "skip": number, "take": number })),
            "Rows": object(&json!({ "rows": rows(), "count": number })),
            "Chain": {
                "type": "object",
                "required": ["type"],
                "properties": {
                    "type": { "type": "array", "nullable": true, "items": text },
                    "next-cursor": text,
                },
            },
            "First": object(&json!({ "rows": rows(), "page": number, "pages": number })),
        }),
    )
}

const KNOWN: [(&str, &str, &str); 7] = [
    (
        "POST /offset",
        "list_by_offset",
        r#"style = "offset-body", offset = "skip", limit = "take", items = "rows", total = "count""#,
    ),
    (
        "GET /number",
        "list_by_number",
        r#"style = "page-query", page = "page", page_size = "size""#,
    ),
    (
        "POST /cursor",
        "list_by_cursor",
        r#"style = "cursor-body", cursor = "after", items = "type", next = "next-cursor""#,
    ),
    (
        "GET /token",
        "list_by_token",
        r#"style = "cursor-query", cursor = "token", items = "rows", next_unknown = true"#,
    ),
    (
        "GET /first",
        "list_first",
        r#"style = "page-answer", page = "page", items = "rows", total_pages = "pages""#,
    ),
    (
        "GET /unknown",
        "list_unknown",
        r#"style = "page-query", page = "page", items = "rows""#,
    ),
    (
        "POST /twice",
        "list_twice",
        r#"style = "page-query", page = "page", items = "rows""#,
    ),
];

/// `operations.toml`, with other paging for the operations in `instead`.
fn toml(instead: &[(&str, &str)]) -> String {
    let entry = |(key, name, paging): &(&str, &str, &str)| {
        let other = instead.iter().find(|(other, _)| other == key);
        let paging = other.map_or(*paging, |(_, paging)| paging);
        let body = if *name == "list_unknown" {
            "body = \"unknown\"\n"
        } else {
            ""
        };
        format!(
            "[\"{key}\"]\nname = \"{name}\"\neffect = \"read\"\nstability = \"other\"\n{body}paging = {{ {paging} }}\n"
        )
    };
    KNOWN.iter().map(entry).collect()
}

fn with(document: &Value, toml: &str) -> Input {
    let mut input = input(document);
    input.operations = operations(toml);
    input
}

/// Code of operations that page in every style.
pub(crate) fn every_style() -> Code {
    Code::from(with(&tiny(), &toml(&[])))
}

#[test]
fn builders_of_paged_operations_have_streams() {
    let code = every_style();
    assert_eq!(messages(&code.output.problems), [""; 0]);
    let shown = |(_, name, _): &(&str, &str, &str)| {
        let builder = xtask::names::type_name(name);
        format!("{builder}\n{}\n", code.streams(&builder))
    };
    let text: String = KNOWN.iter().map(shown).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("streams", text);
    });
}

#[test]
fn setters_of_paged_operations_leave_their_names_to_the_streams() {
    let code = every_style();
    assert_eq!(
        code.setters("ListByNumber"),
        [
            "page", "size", "items2", "pages2", "request2", "items", "pages", "request"
        ]
    );
    let unpaged = Code::of(&tiny());
    assert_eq!(
        unpaged.setters("ListByNumber"),
        ["page", "size", "items", "pages", "request"]
    );
    assert!(!unpaged.file("docs.md").contains("paged"));
}

#[test]
fn the_documentation_says_how_a_list_is_read() {
    let code = every_style();
    let file = code.file("docs.md");
    assert_eq!(file.matches(", *paged* |").count(), KNOWN.len());
    let text = code.file("default.rs");
    for line in [
        "reads the whole list, page after page by",
        "reads the first page, and fails where",
        "reads the list, and fails where it has",
        "The list ends where `next-cursor` of the answer is null",
        "Nobody has recorded which member of the answer holds",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
}

/// What is said of the entry of one operation with other paging.
fn refused(key: &str, paging: &str) -> Vec<String> {
    let problems = run(with(&tiny(), &toml(&[(key, paging)]))).unwrap_err();
    for problem in &problems {
        assert_eq!(problem.operation.as_deref(), Some(key));
        assert!(problem.line_column().is_some(), "{problem}");
    }
    let own = |problem: &xtask::problem::Problem| {
        let help = problem.help.as_deref().unwrap_or_default();
        format!("{}: {}; {help}", problem.kind, problem.message)
    };
    problems.iter().map(own).collect()
}

#[test]
fn names_that_the_document_lacks_are_refused() {
    let cases = [
        (
            "POST /offset",
            r#"style = "offset-body", offset = "skpi", items = "row""#,
        ),
        (
            "POST /offset",
            r#"style = "offset-body", limit = "take", page = "page""#,
        ),
        (
            "POST /offset",
            r#"style = "offset-body", offset = "skip", items = "rows", next_unknown = true"#,
        ),
        (
            "GET /number",
            r#"style = "page-query", page_size = "size", items = "rows""#,
        ),
        ("POST /cursor", r#"style = "cursor-body", items = "type""#),
        (
            "GET /token",
            r#"style = "cursor-query", cursor = "cursor", items = "rows", next = "token""#,
        ),
        ("GET /first", r#"style = "page-answer", items = "rows""#),
        (
            "GET /first",
            r#"style = "offset-body", offset = "skip", items = "rows""#,
        ),
    ];
    let shown = |(key, paging): &(&str, &str)| {
        let problems = refused(key, paging).join("\n  ");
        format!("{key}: {paging}\n  {problems}\n")
    };
    let text: String = cases.iter().map(shown).collect();
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("paging-problems", text);
    });
}

#[test]
fn answers_without_rows_get_no_stream_and_a_warning() {
    let text = json!({ "type": "string" });
    let mut plain = body(&text);
    plain["content"] = json!({ "text/plain": { "schema": text } });
    let map = json!({ "type": "object", "additionalProperties": to("Row") });
    let cases = [
        (
            json!({ "200": body(&to("Rows")), "204": empty() }),
            "its answer may have no body",
        ),
        (
            json!({ "200": body(&to("Rows")), "202": body(&to("First")) }),
            "its answers differ by status",
        ),
        (json!({ "204": empty() }), "its answer has no body"),
        (json!({ "200": plain }), "its answer is not JSON"),
        (
            json!({ "200": body(&map) }),
            "its answer is no object with members",
        ),
        (
            json!({ "200": body(&object(&json!({ "rows": map }))) }),
            "`rows` of its answer is no list",
        ),
    ];
    for (responses, reason) in cases {
        let mut document = tiny();
        document["paths"]["/token"]["get"]["responses"] = responses;
        let code = Code::from(with(&document, &toml(&[])));
        let [problem] = code.output.problems.as_slice() else {
            panic!("{reason}: {:?}", messages(&code.output.problems));
        };
        assert_eq!(problem.kind, ProblemKind::Unsupported);
        assert!(!problem.is_error());
        assert_eq!(
            *problem.message,
            format!("`list_by_token` gets no stream of its pages: {reason}")
        );
        assert!(problem.line_column().is_some());
        assert_eq!(code.setters("ListByToken"), ["token"]);
        assert!(code.has("ListFirst", "items"));
    }
}
