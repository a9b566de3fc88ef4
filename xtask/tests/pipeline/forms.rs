//! Forms, in parts and URL-encoded.

use super::support::{Code, document, empty, input, post, to};
use serde_json::{Value, json};

fn text() -> Value {
    json!({ "type": "string" })
}

fn file() -> Value {
    json!({ "type": "string", "format": "binary" })
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// A required body of one media type.
fn only(media_type: &str, value: &Value) -> Value {
    json!({ "required": true, "content": { media_type: value } })
}

/// Every kind of part and form once, under names that builders and the runtime have too.
pub(crate) fn everything() -> Value {
    let meta = json!({ "type": "object", "required": ["size"], "properties": { "size": { "type": "integer" } } });
    let upload = json!({
        "schema": {
            "type": "object",
            "required": ["file", "title", "meta"],
            "properties": {
                "file": file(), "thumbs": list(&file()), "raw": {}, "raws": list(&json!({})),
                "title": text(), "state": { "type": "string", "enum": ["on", "off"] },
                "tags": list(&text()), "ids": list(&json!({ "type": "integer" })),
                "meta": to("Meta"), "rows": list(&to("Meta")), "password": text(),
                "body": text(), "part": text(), "send": text(), "id": text(), "csv": text(),
            },
            "additionalProperties": { "type": "string" },
        },
        "encoding": {
            "file": { "contentType": "image/png" },
            "thumbs": { "contentType": "image/png, image/jpeg" },
            "ids": { "style": "form", "explode": false },
            "csv": { "contentType": "text/csv" },
        },
    });
    let small = json!({ "schema": {
        "type": "object", "required": ["a"], "properties": { "a": text(), "b": file() },
    } });
    let search = json!({
        "schema": { "type": "object", "properties": {
            "ids": list(&text()), "filter": to("Meta"), "rows": list(&to("Meta")), "plain": list(&text()),
        } },
        "encoding": {
            "ids": { "explode": false },
            "filter": { "style": "deepObject", "explode": true },
            "rows": { "contentType": "application/json" },
        },
    });
    let upload = json!({ "post": {
        "operationId": "upload",
        "parameters": [{ "name": "id", "in": "path", "required": true, "schema": text() }],
        "requestBody": only("multipart/form-data; boundary=x", &upload),
        "responses": { "204": empty() },
    } });
    document(
        &json!({
            "/a/{id}": upload,
            "/b": post("optional", &json!({ "content": { "multipart/mixed": small } })),
            "/c": post("part", &only("multipart/form-data", &json!({}))),
            "/d": post("form", &json!({ "content": { "multipart/form-data": small, "application/json": small } })),
            "/e": post("search", &only("application/x-www-form-urlencoded", &search)),
        }),
        &json!({ "Meta": meta }),
    )
}

#[test]
fn a_builder_has_a_setter_for_each_part() {
    let code = Code::of(&everything());
    assert_eq!(
        code.fields("Upload"),
        [
            "id: Given<String>",
            "file: Given<rapid7_core::Part>",
            "thumbs: Given<Option<Vec<rapid7_core::Part>>>",
            "raw: Given<Option<rapid7_core::Part>>",
            "raws: Given<Option<Vec<rapid7_core::Part>>>",
            "title: Given<String>",
            "state: Given<Option<types::UploadRequestState>>",
            "tags: Given<Option<Vec<String>>>",
            "ids: Given<Option<Vec<i64>>>",
            "meta: Given<types::Meta>",
            "rows: Given<Option<Vec<types::Meta>>>",
            "password: Given<Option<rapid7_core::Secret>>",
            "body2: Given<Option<String>>",
            "part: Given<Option<String>>",
            "send_: Given<Option<String>>",
            "id2: Given<Option<String>>",
            "csv: Given<Option<String>>",
            "part2: rapid7_core::Form",
        ]
    );
    assert_eq!(
        code.request("Upload"),
        [
            "path(\"id\",&self.id)",
            "file(\"file\",&self.file,Some(\"image/png\"))",
            "file(\"thumbs\",&self.thumbs,None)",
            "any_part(\"raw\",&self.raw,None)",
            "any_part(\"raws\",&self.raws,None)",
            "part(\"title\",&self.title)",
            "part(\"state\",&self.state)",
            "part(\"tags\",&self.tags)",
            "part_styled(\"ids\",&self.ids,Style::Comma)",
            "part(\"meta\",&self.meta)",
            "part(\"rows\",&self.rows)",
            "part(\"password\",&self.password)",
            "part(\"body\",&self.body2)",
            "part(\"part\",&self.part)",
            "part(\"send\",&self.send_)",
            "part(\"id\",&self.id2)",
            "part_as(\"csv\",&self.csv,\"text/csv\")",
            "parts(&self.part2)",
            "multipart(\"multipart/form-data\")",
        ]
    );
    let new = code.new_of("Upload");
    assert!(new.contains("file:given::required()"), "{new}");
    assert!(new.contains("thumbs:Ok(None)"), "{new}");
}

#[test]
fn a_form_that_need_not_be_there_is_whole_if_it_is() {
    let code = Code::of(&everything());
    assert_eq!(
        code.fields("Optional"),
        [
            "a: Given<Option<String>>",
            "b: Given<Option<rapid7_core::Part>>"
        ]
    );
    assert_eq!(
        code.last_call("Optional"),
        "multipart_if_any(\"multipart/mixed\",&[\"a\"])"
    );
}

#[test]
fn a_form_without_members_takes_parts_by_name() {
    let code = Code::of(&everything());
    assert_eq!(code.fields("Part"), ["part: rapid7_core::Form"]);
    assert_eq!(code.setters("Part"), ["part"]);
    assert_eq!(
        code.request("Part"),
        ["parts(&self.part)", "multipart(\"multipart/form-data\")"]
    );
}

#[test]
fn a_file_beside_json_is_sent_in_parts() {
    let code = Code::of(&everything());
    assert_eq!(code.setters("Form"), ["a", "b", "body_as"]);
}

#[test]
fn members_of_a_form_keep_their_styles() {
    let code = Code::of(&everything());
    assert_eq!(
        code.last_call("Search"),
        "form_as(&self.body,&[(\"ids\",Style::Comma),(\"filter\",Style::DeepObject),(\"rows\",Style::Json),],)"
    );
}

#[test]
fn only_types_of_parts_are_types() {
    let code = Code::of(&everything());
    assert_eq!(
        code.types(),
        ["Meta", "SearchRequest", "UploadRequestState"]
    );
}

#[test]
fn nothing_is_lost_but_what_is_said() {
    let code = Code::of(&everything());
    let lost: Vec<String> = code
        .output
        .changes
        .iter()
        .filter_map(|change| change.loss.clone())
        .collect();
    assert_eq!(lost, [""; 0]);
}

#[test]
fn form_parameters_of_swagger_are_parts() {
    let field = |name: &str, kind: &str| json!({ "name": name, "in": "formData", "type": kind });
    let mut list = field("l", "array");
    list["items"] = text();
    let mut many = list.clone();
    many["name"] = "m".into();
    many["collectionFormat"] = "multi".into();
    let document = json!({
        "swagger": "2.0",
        "info": { "title": "Tiny API", "version": "1" },
        "paths": {
            "/a": { "post": {
                "operationId": "a",
                "parameters": [field("f", "file"), field("n", "integer"), list, many],
                "responses": { "204": empty() },
            } },
            "/b": { "post": {
                "operationId": "b",
                "consumes": ["application/x-www-form-urlencoded"],
                "parameters": [list, many],
                "responses": { "204": empty() },
            } },
        },
    });
    let code = Code::from(input(&document));
    assert_eq!(
        code.request("A"),
        [
            "file(\"f\",&self.f,None)",
            "part(\"n\",&self.n)",
            "part_styled(\"l\",&self.l,Style::Comma)",
            "part_styled(\"m\",&self.m,Style::Form)",
            "multipart_if_any(\"multipart/form-data\",&[])",
        ]
    );
    assert_eq!(
        code.request("B"),
        ["form_as(&self.body,&[(\"l\",Style::Comma),(\"m\",Style::Form)])"]
    );
}
