use std::path::Path;

use serde_json::json;

use super::*;
use crate::load::load_text;

/// Kind, pointer and message of all problems of a text.
fn faults(text: &str) -> Vec<String> {
    let document = load_text(Path::new("openapi.yaml"), text.to_owned()).unwrap();
    diagnose(&document).iter().map(fault).collect()
}

fn fault(problem: &Problem) -> String {
    let help = problem
        .help
        .as_ref()
        .map(|help| format!(" [{help}]"))
        .unwrap_or_default();
    let pointer = problem.pointer.as_deref().unwrap_or_default();
    format!(
        "{} {} {pointer}: {}{help}",
        problem.severity, problem.kind, problem.message
    )
}

/// The problems of a document that is right but for one operation, `get /a/{id}`, and what follows it.
fn faults_of_operation(operation: &str) -> Vec<String> {
    faults(&format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n  /a/{{id}}:\n    parameters: [{{name: id, in: path, required: true}}]\n    get: {operation}\n"
    ))
}

fn faults_of_schema(schema: &str) -> Vec<String> {
    let mut found = faults(&format!(
        "openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths: {{/a: {{get: {{responses: {{default: {{}}}}}}}}}}\ncomponents:\n  schemas:\n    A: {schema}\n"
    ));
    for text in &mut found {
        *text = text.replace("/components/schemas/A", "");
    }
    found
}

#[test]
fn what_is_no_openapi_document_is_said_to_be_something_else() {
    for (text, expected) in [
        (
            "[1]",
            "error not-openapi : this is an array, not an OpenAPI document",
        ),
        (
            "just text",
            "error not-openapi : this is a string, not an OpenAPI document",
        ),
        (
            "a: 1",
            "error not-openapi : this is not an OpenAPI document [an OpenAPI document has a member `openapi` or `swagger` at its top]",
        ),
        (
            "{swaggerVersion: '1.2'}",
            "error not-openapi : this is not an OpenAPI document [it looks like Swagger 1.x: convert it to OpenAPI 3.0]",
        ),
        (
            "{error: denied}",
            "error not-openapi : this is not an OpenAPI document [it looks like the error answer of a server: download the document again]",
        ),
        (
            "{overlay: 1.0.0, actions: []}",
            "error not-openapi : this is not an OpenAPI document [it is an overlay: name it `overlay.yaml`, beside the document]",
        ),
        (
            "openapi: 3.2.0\npaths: {}",
            "error unsupported-version /openapi: version `3.2.0` is not supported [the pipeline reads Swagger 2.0 and OpenAPI 3.0 and 3.1; the document says `openapi: \"3.2.0\"`]",
        ),
        (
            "swagger: '3.0'\npaths: {}",
            "error unsupported-version /swagger: version `3.0` is not supported [the pipeline reads Swagger 2.0 and OpenAPI 3.0 and 3.1; the document says `swagger: \"3.0\"`]",
        ),
        (
            "openapi: []\npaths: {}",
            "error wrong-type /openapi: `openapi` is an array, not a version [the pipeline reads Swagger 2.0 and OpenAPI 3.0 and 3.1; the document says `openapi: []`]",
        ),
        (
            "openapi: 3.0.0\ninfo: {}",
            "error missing-field : the document has no `paths` [without paths there are no operations to make a client of]",
        ),
        (
            "openapi: 3.0.0\ninfo: {}\npaths: []",
            "error wrong-type /paths: `paths` is an array, not an object",
        ),
        (
            "openapi: 3.0.0\ninfo: {}\npaths: {}\ncomponents: 1",
            "error wrong-type /components: `components` is a number, not an object",
        ),
    ] {
        let found = faults(text);
        assert_eq!(
            found
                .iter()
                .filter(|text| text.starts_with("error"))
                .collect::<Vec<_>>(),
            [expected],
            "{text}"
        );
    }
}

#[test]
fn the_top_is_checked() {
    assert_eq!(
        faults("openapi: 3.1\npaths: {x-a: 1}\ncomponents:\n"),
        [
            "warning wrong-type /openapi: `openapi` is a number, not a string",
            "warning missing-field : the document has no `info`",
            "warning missing-field /paths: the document has no operations [the client will have no methods]",
        ]
    );
    assert_eq!(
        faults(
            "swagger: 2.0\ninfo: {version: 1.10}\npaths: {/a: {get: {responses: {200: {}}}}}\nschemes: https"
        ),
        [
            "warning wrong-type /swagger: `swagger` is a number, not a string",
            "warning wrong-type /schemes: `schemes` is a string, not an array of strings",
            "warning wrong-type /info/version: `version` is a number, not a string",
            "warning missing-field /info: `info` has no `title`",
        ]
    );
}

#[test]
fn paths_and_their_items_are_checked() {
    assert_eq!(
        faults(
            "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  a: {}\n  /b/{x: {}\n  /c: 1\n  /d: {list: {}, get: 2, $ref: '#/paths/a', x-y: 1}\n"
        ),
        [
            "warning wrong-type /paths/~1c: the path item is a number, not an object",
            "warning wrong-type /paths/~1d/get: `get` is a number, not an object",
            "warning invalid-path /paths/a: the path `a` does not start with `/`",
            "warning invalid-path /paths/~1b~1{x: the path `/b/{x` has a brace without its counterpart",
            "warning unknown-field /paths/~1d/list: `list` is not a method [expected one of get, put, post, delete, options, head, patch, trace]",
        ]
    );
}

#[test]
fn operations_are_checked() {
    for (operation, expected) in [
        (
            "{responses: {200: {description: d}, 2XX: {}, default: {}, x-a: 1}}",
            &[][..],
        ),
        (
            "{}",
            &["warning missing-field /paths/~1a~1{id}/get: the operation has no `responses`"],
        ),
        (
            "{responses: {}}",
            &["warning missing-field /paths/~1a~1{id}/get/responses: `responses` is empty"],
        ),
        (
            "{responses: {20: {}, 600: {}, ok: {}}}",
            &[
                "warning invalid-value /paths/~1a~1{id}/get/responses/20: `20` is not a status [expected three digits, as `200`, a class, as `2XX`, or `default`]",
                "warning invalid-value /paths/~1a~1{id}/get/responses/600: `600` is not a status [expected three digits, as `200`, a class, as `2XX`, or `default`]",
                "warning invalid-value /paths/~1a~1{id}/get/responses/ok: `ok` is not a status [expected three digits, as `200`, a class, as `2XX`, or `default`]",
            ],
        ),
        (
            "{responses: {200: {}}, tags: t, parameters: {}, operationId: 1}",
            &[
                "warning wrong-type /paths/~1a~1{id}/get/tags: `tags` is a string, not an array of strings",
                "warning wrong-type /paths/~1a~1{id}/get/parameters: `parameters` is an object, not an array",
                "warning wrong-type /paths/~1a~1{id}/get/operationId: `operationId` is a number, not a string",
            ],
        ),
        (
            "{responses: {200: {}}, security: [{key: []}, {}]}",
            &[
                "warning unknown-security-scheme /paths/~1a~1{id}/get/security/0/key: the security scheme `key` is not declared",
            ],
        ),
        (
            "{responses: {200: {content: {a/b: {schema: 3}}}}}",
            &[
                "warning wrong-type /paths/~1a~1{id}/get/responses/200/content/a~1b/schema: `schema` is a number, not a schema",
            ],
        ),
    ] {
        assert_eq!(faults_of_operation(operation), expected, "{operation}");
    }
}

#[test]
fn parameters_are_checked() {
    let at = "/paths/~1a~1{id}/get/parameters";
    for (parameters, expected) in [
        ("[]", vec![]),
        ("[{in: query}]", vec![format!("warning missing-field {at}/0: the parameter has no `name`")]),
        (
            "[{name: a}]",
            vec![format!("warning missing-field {at}/0: the parameter `a` has no `in` [expected one of query, header, path, cookie, body, formData]")],
        ),
        (
            "[{name: a, in: url}]",
            vec![format!("warning invalid-parameter {at}/0/in: the parameter `a` is in `url`, which does not exist [expected one of query, header, path, cookie, body, formData]")],
        ),
        (
            "[{name: id, in: path}]",
            vec![format!("warning invalid-parameter {at}/0: the path parameter `id` is not marked as required")],
        ),
        (
            "[{name: a, in: query}, {name: a, in: header}, {name: a, in: query}]",
            vec![format!("warning invalid-parameter {at}/2: the query parameter `a` is declared twice")],
        ),
        (
            "[{name: other, in: path, required: true}]",
            vec!["warning invalid-path /paths/~1a~1{id}/get: the path parameter `other` does not stand in the path `/a/{id}`".to_owned()],
        ),
        ("[3]", vec![format!("warning wrong-type {at}/0: the parameter is a number, not an object")]),
    ] {
        let operation = format!("{{responses: {{200: {{}}}}, parameters: {parameters}}}");
        assert_eq!(faults_of_operation(&operation), expected, "{parameters}");
    }
    assert_eq!(
        faults(
            "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  '/a/{{int: id}}/{p}':\n    get: {parameters: [{$ref: '#/components/parameters/p'}, {name: id, in: path, required: true}], responses: {200: {}}}\ncomponents: {parameters: {p: {name: p, in: path, required: true}}}"
        ),
        [
            "warning invalid-path /paths/~1a~1{{int: id}}~1{p}/get: the path parameter `int: id` is not declared",
            "warning invalid-path /paths/~1a~1{{int: id}}~1{p}/get: the path parameter `id` does not stand in the path `/a/{{int: id}}/{p}`",
        ]
    );
}

#[test]
fn operations_are_told_apart() {
    assert_eq!(
        faults(
            "openapi: 3.0.0\ninfo: {title: t, version: '1'}\npaths:\n  /a/{x}:\n    get: &get {operationId: i, parameters: [{name: x, in: path, required: true}], responses: {200: {}}}\n    put: {operationId: i, parameters: [{name: x, in: path, required: true}], responses: {200: {}}}\n  /a/{y}:\n    get: {parameters: [{name: y, in: path, required: true}], responses: {200: {}}}\n"
        ),
        [
            "warning duplicate-operation /paths/~1a~1{x}/put/operationId: the operation id `i` is already that of GET /a/{x}",
            "warning duplicate-operation /paths/~1a~1{y}/get: GET /a/{y} is the same as that of `/a/{x}`",
        ]
    );
}

#[test]
fn references_are_checked_once_a_target() {
    assert_eq!(
        faults_of_schema(
            "{properties: {a: {$ref: '#/components/schemas/Clod'}, b: {$ref: '#/components/schemas/Clod'}, c: {$ref: '#/definitions/X'}, d: {$ref: 'b.yaml#/X'}, e: {$ref: '#/components/schemas/E'}, f: {$ref: 1}}}\n    E: {$ref: '#/components/schemas/E'}\n    Cloud: {example: {$ref: '#/not/looked/at'}, properties: {$ref: {type: string}}}"
        ),
        [
            "warning wrong-type /properties/f/$ref: `$ref` is a number, not a string",
            "warning dangling-reference /properties/a/$ref: `#/components/schemas/Clod` is not there (2 references) [did you mean `Cloud`?]",
            "warning dangling-reference /properties/c/$ref: `#/definitions/X` is not there",
            "warning dangling-reference /properties/e/$ref: `#/components/schemas/E` leads back to itself and never to a value (2 references)",
        ]
    );
}

#[test]
fn a_document_that_was_cut_is_not_searched_for_similar_names() {
    let members: Vec<String> = (10..99)
        .map(|n| format!("m{n}: {{$ref: '#/components/schemas/Missing{n}'}}"))
        .collect();
    let members = members.join(", ");
    let found = faults_of_schema(&format!("{{properties: {{{members}}}}}\n    Missing: {{}}"));
    assert_eq!(found.len(), 89);
    let helped = found.iter().filter(|fault| fault.contains("did you mean"));
    assert_eq!(helped.count(), 20);
}

#[test]
fn schemas_are_checked() {
    for (schema, expected) in [
        (
            "{type: string, nullable: true, enum: [a], additionalProperties: false}",
            &[][..],
        ),
        ("{type: [string, 'null'], exclusiveMinimum: 3}", &[]),
        (
            "{properties: {required: {type: boolean}, type: {type: string}}}",
            &[],
        ),
        (
            "{type: int}",
            &[
                "warning invalid-value /type: `int` is not a type of JSON Schema [write `type: integer`]",
            ],
        ),
        (
            "{type: [String]}",
            &[
                "warning invalid-value /type: `String` is not a type of JSON Schema [write it in lower case]",
            ],
        ),
        (
            "{type: thing}",
            &[
                "warning invalid-value /type: `thing` is not a type of JSON Schema [expected one of array, boolean, integer, null, number, object, string]",
            ],
        ),
        (
            "{type: file}",
            &[
                "warning invalid-value /type: `file` is not a type of JSON Schema [write `type: string` with `format: binary`]",
            ],
        ),
        (
            "{type: array}",
            &["warning missing-field : the array does not say what its `items` are"],
        ),
        (
            "{type: {}}",
            &["warning wrong-type /type: `type` is an object, not a string or an array of strings"],
        ),
        (
            "{properties: {a: {required: true}}}",
            &[
                "warning wrong-type /properties/a/required: `required` is a boolean, not an array of strings [list the required members in `required` of the object that holds them]",
            ],
        ),
        (
            "{properties: []}",
            &["warning wrong-type /properties: `properties` is an array, not an object"],
        ),
        (
            "{properties: {a: string}}",
            &["warning wrong-type /properties/a: the schema is a string, not an object"],
        ),
        (
            "{enum: a}",
            &["warning wrong-type /enum: `enum` is a string, not an array"],
        ),
        (
            "{allOf: {}}",
            &["warning wrong-type /allOf: `allOf` is an object, not an array"],
        ),
        (
            "{oneOf: [{items: 3}]}",
            &["warning wrong-type /oneOf/0/items: `items` is a number, not a schema"],
        ),
        (
            "{items: [{type: array, items: {type: long}}]}",
            &[
                "warning invalid-value /items/0/items/type: `long` is not a type of JSON Schema [write `type: integer`]",
            ],
        ),
        (
            "{minLength: -1, maximum: '3', maxItems: 2.0}",
            &[
                "warning wrong-type /minLength: `minLength` is a number, not a whole number of 0 or more",
                "warning wrong-type /maximum: `maximum` is a string, not a number",
            ],
        ),
    ] {
        assert_eq!(faults_of_schema(schema), expected, "{schema}");
    }
}

#[test]
fn a_problem_names_its_operation_and_its_place() {
    let text = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths:\n  /a:\n    get:\n      responses:\n        200: {$ref: '#/x'}\n";
    let document = load_text(Path::new("openapi.yaml"), text.to_owned()).unwrap();
    let problems = diagnose(&document);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].operation.as_deref(), Some("GET /a"));
    assert_eq!(
        problems[0].to_string(),
        "openapi.yaml:7: `#/x` is not there (GET /a)"
    );
}

#[test]
fn keys_that_stand_twice_are_found() {
    for text in [
        "{\"a\": 1,\n\"paths\": {\"/x\": {\"get\": {\"t\": 1, \"t\": 2}}},\n\"a\": 2}",
        "a: 1\npaths: {/x: {get: {t: 1, t: 2}}}\na: 2\n",
    ] {
        let document = load_text(Path::new("a"), text.to_owned()).unwrap();
        let found: Vec<String> = duplicate_keys(&document)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            found,
            [
                "a:1: `a` stands here more than once\n  help: the last one counts, this one is ignored",
                "a:2: `t` stands here more than once (GET /x)\n  help: the last one counts, this one is ignored",
            ]
        );
    }
    let document = load_text(
        Path::new("a"),
        "a: &a {b: 1}\nc: *a\nd: {<<: *a, b: 2}\n".to_owned(),
    )
    .unwrap();
    assert!(duplicate_keys(&document).is_empty());
}

/// Every member of a document in turn replaced by a value of each JSON type: no panic, and the walk comes to its end.
#[test]
fn no_document_is_too_odd() {
    let document = json!({
        "openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "security": [{"k": []}],
        "paths": {"/a/{id}": {"parameters": [{"name": "id", "in": "path", "required": true, "schema": {"type": "array", "items": {}}}],
            "post": {"operationId": "x", "tags": ["a"], "requestBody": {"content": {"a/b": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "responses": {"200": {"headers": {"h": {}}, "content": {"a/b": {"schema": {"oneOf": [{"not": {}}]}}}}}}}},
        "components": {"securitySchemes": {"k": {"type": "apiKey"}}, "schemas": {"A": {"properties": {"a": {"enum": [1]}}}}}
    });
    let mut pointers = vec![String::new()];
    let mut at = 0;
    while let Some(pointer) = pointers.get(at).cloned() {
        match document.pointer(&pointer) {
            Some(serde_json::Value::Object(members)) => {
                pointers.extend(
                    members
                        .keys()
                        .map(|name| format!("{pointer}/{}", crate::source::escape_segment(name))),
                );
            }
            Some(serde_json::Value::Array(items)) => {
                pointers.extend((0..items.len()).map(|index| format!("{pointer}/{index}")));
            }
            _ => {}
        }
        at += 1;
    }
    assert!(pointers.len() > 40, "{}", pointers.len());
    let source = Arc::new(Source::new(
        "a.json",
        document.to_string(),
        crate::source::Format::Json,
    ));
    for pointer in pointers {
        for value in [
            json!(null),
            json!(true),
            json!(-1.5),
            json!("é{"),
            json!([[], {}]),
            json!({"$ref": "#/", "x": {}}),
        ] {
            let mut root = document.clone();
            *root.pointer_mut(&pointer).unwrap() = value;
            let problems = diagnose(&Document::new(root, Arc::clone(&source)));
            assert!(crate::problem::render(&problems, false).len() < 10_000);
        }
    }
}
