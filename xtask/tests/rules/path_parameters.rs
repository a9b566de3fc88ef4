use super::case::Case;
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        templates(),
        merged(),
        method_twice(),
        undeclared(),
        repeated(),
        stranger(),
        misnamed(),
        agreeing(),
    ]
}

fn added(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } })
}

fn declared(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "integer" } })
}

fn templates() -> Case {
    Case::new(
        "templates as routers write them",
        json!({ "paths": {
            "/a/{{int: id}}": { "get": { "parameters": [declared("id")] } },
            "/b/{id:int}/{path:rest}": { "get": { "parameters": [declared("id"), declared("rest")] } },
            "/c/{ id }": { "get": { "parameters": [declared("id")] } },
            "/d/{open": { "get": {} },
        } }),
        json!({ "paths": {
            "/a/{id}": { "get": { "parameters": [declared("id")] } },
            "/b/{id}/{rest}": { "get": { "parameters": [declared("id"), declared("rest")] } },
            "/c/{id}": { "get": { "parameters": [declared("id")] } },
            "/d/{open": { "get": {} },
        } }),
        [
            "path_parameters: /paths/~1a~1{{int: id}}: path template written /a/{id}",
            "path_parameters: /paths/~1b~1{id:int}~1{path:rest}: path template written /b/{id}/{rest}",
            "path_parameters: /paths/~1c~1{ id }: path template written /c/{id}",
        ],
    )
}

fn merged() -> Case {
    Case::new(
        "two templates that are one after the repair",
        json!({ "paths": {
            "/a/{id}": { "get": { "parameters": [declared("id")] } },
            "/a/{int:id}": { "delete": { "parameters": [declared("id")] } },
        } }),
        json!({ "paths": { "/a/{id}": {
            "get": { "parameters": [declared("id")] },
            "delete": { "parameters": [declared("id")] },
        } } }),
        ["path_parameters: /paths/~1a~1{int:id}: path template written /a/{id}"],
    )
}

fn method_twice() -> Case {
    Case::new(
        "an operation that both of them have is kept once, and that is said",
        json!({ "paths": {
            "/a/{id}": { "get": { "operationId": "one", "parameters": [declared("id")] } },
            "/a/{int:id}": { "get": { "operationId": "two", "parameters": [declared("id")] } },
        } }),
        json!({ "paths": {
            "/a/{id}": { "get": { "operationId": "one", "parameters": [declared("id")] } },
        } }),
        [
            "path_parameters: /paths/~1a~1{int:id}: path template written /a/{id}",
            "path_parameters: GET /a/{int:id}: stands in the document as GET /a/{id} too \
             (lost: what the second says of it)",
        ],
    )
}

fn undeclared() -> Case {
    Case::new(
        "a name of the template without a parameter",
        json!({ "paths": { "/a/{id}/b/{key}": { "get": { "parameters": [declared("key")] } } } }),
        json!({ "paths": { "/a/{id}/b/{key}": { "get": {
            "parameters": [declared("key"), added("id")],
        } } } }),
        ["path_parameters: GET /a/{id}/b/{key}: path parameter id added as text"],
    )
}

fn repeated() -> Case {
    Case::new(
        "a name that stands twice in a template is one parameter",
        json!({ "paths": { "/a/{id}/b/{key}/c/{id}": { "get": {} } } }),
        json!({ "paths": { "/a/{id}/b/{key}/c/{id}": { "get": {
            "parameters": [added("id"), added("key")],
        } } } }),
        [
            "path_parameters: GET /a/{id}/b/{key}/c/{id}: path parameter id added as text",
            "path_parameters: GET /a/{id}/b/{key}/c/{id}: path parameter key added as text",
        ],
    )
}

fn stranger() -> Case {
    let schema = json!({ "type": "string" });
    let moved = json!({ "name": "weight", "in": "query", "schema": schema });
    let parameters =
        |parameters: &Value| json!({ "paths": { "/a": { "put": { "parameters": parameters } } } });
    Case::new(
        "a path parameter that the template lacks goes into the query, unless it is there",
        parameters(&json!([
            declared("id"),
            { "name": "id", "in": "query" },
            { "name": "weight", "in": "path", "required": true, "style": "simple", "schema": schema },
        ])),
        parameters(&json!([{ "name": "id", "in": "query" }, moved])),
        [
            "path_parameters: PUT /a: parameters that the path does not name go into the query: id, weight",
        ],
    )
}

fn misnamed() -> Case {
    let of = |first: &str, second: &str, only: &str| {
        json!({ "paths": {
            "/a/{itemId}/{kind}": { "get": { "parameters": [declared(first), declared(second)] } },
            "/b/{id}": { "get": { "parameters": [declared(only)] } },
        } })
    };
    Case::new(
        "a parameter that the template calls otherwise",
        of("item_id", "kind", "name"),
        of("itemId", "kind", "id"),
        [
            "path_parameters: GET /a/{itemId}/{kind}: path parameter item_id is the itemId of the path",
            "path_parameters: GET /b/{id}: path parameter name is the id of the path",
        ],
    )
}

fn agreeing() -> Case {
    Case::unchanged(
        "a template and its parameters that agree",
        json!({ "paths": {
            "/a/{id}.json": { "get": { "parameters": [declared("id")] } },
            "/b": { "get": {} },
        } }),
    )
}
