//! The table: one change each, and what it means forth and back.

#[path = "members.rs"]
mod members;

use super::cut::Cut;
use Expected::{Calls, Compilation, Minor, Nothing, Patch};
use serde_json::{Value, json};
use xtask::folder::AuthFamily;

/// The verdict of the page on a whole comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// No difference for callers.
    Nothing,
    /// Words, and behaviour that asks nothing of callers.
    Patch,
    /// Additions.
    Minor,
    /// Compiles, and a call that worked is refused.
    Calls,
    /// A caller no longer compiles.
    Compilation,
}

/// One change of the document.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) change: fn(&mut Cut),
    /// To the changed document, and back.
    pub(crate) expected: [Expected; 2],
}

fn case(name: &'static str, expected: [Expected; 2], change: fn(&mut Cut)) -> Case {
    Case {
        name,
        change,
        expected,
    }
}

fn to(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn body(schema: &Value) -> Value {
    json!({ "description": "", "content": { "application/json": { "schema": schema } } })
}

pub(crate) fn all() -> Vec<Case> {
    let groups = [
        operations(),
        facts(),
        query_parameters(),
        path_parameters(),
        bodies(),
        answers(),
        members::all(),
        whole(),
    ];
    groups.into_iter().flatten().collect()
}

fn operations() -> Vec<Case> {
    vec![
        case("operation removed", [Compilation, Minor], |cut| {
            cut.remove_operation("count_badges");
        }),
        case(
            "operation has another path",
            [Compilation, Compilation],
            |cut| {
                // The name stays with the entry of the old path.
                cut.move_operation("count_badges", "post", "/v2/public/badges/total");
            },
        ),
        case(
            "operation has another path, its entry moved",
            [Minor, Minor],
            |cut| {
                cut.move_operation("count_badges", "post", "/v2/public/badges/total");
                cut.fact(
                    "count_badges",
                    "/v2/public/badges/count",
                    "/v2/public/badges/total",
                );
            },
        ),
        case(
            "operation has another method, its entry moved",
            [Minor, Minor],
            |cut| {
                cut.move_operation("scan_iac", "put", "/v3/iac/scan");
                cut.fact("scan_iac", "POST /v3", "PUT /v3");
            },
        ),
        case(
            "operation has another id, its name known",
            [Patch, Patch],
            |cut| {
                cut.operation("count_badges")["operationId"] = json!("badgesCountPost");
            },
        ),
        case("operation renamed", [Compilation, Compilation], |cut| {
            cut.fact("count_badges", "\"count_badges\"", "\"total_badges\"");
        }),
        case("operation deprecated", [Minor, Patch], |cut| {
            cut.operation("count_badges")["deprecated"] = json!(true);
        }),
        // Callers that turn on `badges` and not `bots` no longer have it.
        case(
            "operation in another tag",
            [Compilation, Compilation],
            |cut| {
                cut.operation("count_badges")["tags"] = json!(["Bots"]);
            },
        ),
        case(
            "operation in a new tag",
            [Compilation, Compilation],
            |cut| {
                cut.operation("count_badges")["tags"] = json!(["Counts"]);
            },
        ),
        case("tag renamed", [Compilation, Compilation], |cut| {
            cut.operation("get_insight")["tags"] = json!(["Checks"]);
        }),
        case("tag renamed, its feature the same", [Patch, Patch], |cut| {
            cut.operation("get_insight")["tags"] = json!(["INSIGHTS"]);
        }),
        case(
            "operation of a new tag removed",
            [Compilation, Minor],
            |cut| {
                cut.remove_operation("get_insight");
            },
        ),
        case("operation has another summary", [Patch, Patch], |cut| {
            cut.operation("count_badges")["summary"] = json!("Count all badges");
        }),
        case("operation has another description", [Patch, Patch], |cut| {
            cut.operation("count_badges")["description"] = json!("Counts all badges.");
        }),
    ]
}

fn facts() -> Vec<Case> {
    vec![
        case("effect: read becomes write", [Calls, Minor], |cut| {
            cut.fact("count_badges", "\"read\"", "\"write\"");
        }),
        case("effect: read becomes idempotent", [Calls, Minor], |cut| {
            cut.fact("get_bot", "\"read\"", "\"idempotent\"");
        }),
        case("effect: write becomes idempotent", [Minor, Patch], |cut| {
            cut.fact("create_bot", "\"write\"", "\"idempotent\"");
        }),
        case(
            "stability: public becomes prototype",
            [Calls, Minor],
            |cut| {
                cut.fact("get_bot", "\"public\"", "\"prototype\"");
            },
        ),
        case("stability: public becomes other", [Patch, Patch], |cut| {
            cut.fact("get_bot", "\"public\"", "\"other\"");
        }),
        case("confidence", [Patch, Patch], |cut| {
            cut.fact("get_bot", "\"high\"", "\"low\"");
        }),
        case("paging no longer known", [Compilation, Minor], |cut| {
            let from = cut.operations.find("paging = ").unwrap();
            let to = from + cut.operations[from..].find('\n').unwrap();
            cut.operations.replace_range(from..to, "");
        }),
        case("paging by other members", [Patch, Patch], |cut| {
            cut.fact("list_iac_scans", ", total_pages = \"total_pages\"", "");
        }),
        case("a session is needed", [Calls, Patch], |cut| {
            cut.fact("get_bot", "effect =", "session_only = true\neffect =");
        }),
        case(
            "a status is no longer success",
            [Compilation, Compilation],
            |cut| {
                cut.fact("scan_iac", "success = [406]", "");
            },
        ),
        case("credentials are wanted", [Patch, Patch], |cut| {
            let operation = cut.operation("login").as_object_mut().unwrap();
            operation.shift_remove("security");
            cut.fact("login", "anonymous = true\n", "");
        }),
        case("a member is a secret", [Compilation, Compilation], |cut| {
            cut.fact(
                "get_bot",
                "effect =",
                "secrets = [\"owner_name\"]\neffect =",
            );
        }),
    ]
}

fn query_parameters() -> Vec<Case> {
    vec![
        case(
            "optional query parameter added",
            [Minor, Compilation],
            |cut| {
                let added =
                    json!({ "name": "limit", "in": "query", "schema": { "type": "integer" } });
                cut.operation("count_badges")["parameters"] = json!([added]);
            },
        ),
        case(
            "required query parameter added",
            [Calls, Compilation],
            |cut| {
                let added = json!({
                    "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" }
                });
                cut.operation("count_badges")["parameters"] = json!([added]);
            },
        ),
        case("header parameter added", [Minor, Compilation], |cut| {
            let added =
                json!({ "name": "X-Trace", "in": "header", "schema": { "type": "string" } });
            cut.operation("count_badges")["parameters"] = json!([added]);
        }),
        case("query parameter required", [Calls, Minor], |cut| {
            cut.parameter("Readable")["required"] = json!(true);
        }),
        case(
            "query parameter: boolean becomes text",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("Readable")["schema"] = json!({ "type": "string" });
            },
        ),
        case(
            "query parameter: boolean becomes a list",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("Readable")["schema"] =
                    json!({ "type": "array", "items": { "type": "boolean" } });
            },
        ),
        case(
            "query parameter has another case on the wire",
            [Patch, Patch],
            |cut| {
                cut.parameter("Readable")["name"] = json!("Readable");
            },
        ),
        case(
            "query parameter has another name",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("Readable")["name"] = json!("legible");
            },
        ),
        case("query parameter becomes a header", [Patch, Patch], |cut| {
            cut.parameter("Readable")["in"] = json!("header");
        }),
        case(
            "query parameter has another description",
            [Patch, Patch],
            |cut| {
                cut.parameter("Readable")["description"] = json!("For people.");
            },
        ),
    ]
}

fn path_parameters() -> Vec<Case> {
    vec![
        case(
            "path parameter renamed",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("ResourceId")["name"] = json!("id");
                cut.move_operation(
                    "list_resource_badges",
                    "post",
                    "/v2/public/badges/{id}/list",
                );
            },
        ),
        case(
            "path parameter: text becomes integer",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("ResourceId")["schema"] = json!({ "type": "integer" });
            },
        ),
        case(
            "path parameter: text becomes an enum",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("BotId")["schema"] = to("BotState");
            },
        ),
        case(
            "path parameter: enum becomes text",
            [Compilation, Compilation],
            |cut| {
                cut.parameter("Source")["schema"] = json!({ "type": "string" });
            },
        ),
    ]
}

fn bodies() -> Vec<Case> {
    vec![
        case(
            "body that can be empty is optional",
            [Patch, Patch],
            |cut| {
                cut.operation("count_badges")["requestBody"]["required"] = json!(false);
            },
        ),
        case("body optional", [Minor, Calls], |cut| {
            cut.operation("create_badges")["requestBody"]["required"] = json!(false);
        }),
        case("body removed", [Compilation, Calls], |cut| {
            let operation = cut.operation("create_badges").as_object_mut().unwrap();
            operation.shift_remove("requestBody");
        }),
        case("body of another type", [Compilation, Compilation], |cut| {
            cut.operation("create_badges")["requestBody"]["content"]["application/json"]["schema"] =
                to("LoginRequest");
        }),
        case("body of any JSON", [Compilation, Compilation], |cut| {
            cut.operation("create_badges")["requestBody"]["content"]["application/json"] =
                json!({});
        }),
        case("body is a list", [Compilation, Compilation], |cut| {
            cut.operation("create_badges")["requestBody"]["content"]["application/json"]["schema"] =
                json!({ "type": "array", "items": to("CreateBadgesRequest") });
        }),
        case("body becomes a form", [Patch, Patch], |cut| {
            cut.operation("login")["requestBody"]["content"] = json!({
                "application/x-www-form-urlencoded": { "schema": to("LoginRequest") }
            });
        }),
        case(
            "body becomes a form in parts",
            [Compilation, Compilation],
            |cut| {
                cut.operation("login")["requestBody"]["content"] = json!({
                    "multipart/form-data": { "schema": to("LoginRequest") }
                });
            },
        ),
        case("body becomes bytes", [Compilation, Compilation], |cut| {
            cut.operation("login")["requestBody"]["content"] = json!({ "text/csv": {} });
        }),
        case(
            "body may be of another media type too",
            [Minor, Compilation],
            |cut| {
                cut.operation("create_badges")["requestBody"]["content"]["text/csv"] = json!({});
            },
        ),
    ]
}

fn answers() -> Vec<Case> {
    vec![
        case(
            "answer: a list becomes its element",
            [Compilation, Compilation],
            |cut| {
                *cut.answer("list_resource_badges", "200") = to("Badge");
            },
        ),
        case("answer without body", [Compilation, Compilation], |cut| {
            cut.operation("get_bot")["responses"]["200"] = json!({ "description": "" });
        }),
        case(
            "answer with another body for another status",
            [Compilation, Compilation],
            |cut| {
                cut.operation("get_bot")["responses"]["202"] = body(&to("BadgeCount"));
            },
        ),
        case(
            "answer may have no body",
            [Compilation, Compilation],
            |cut| {
                cut.operation("get_bot")["responses"]["204"] = json!({ "description": "" });
            },
        ),
        case(
            "one more status in an enum of answers",
            [Minor, Compilation],
            |cut| {
                let answer = cut.operation("scan_iac")["responses"]["200"].clone();
                cut.operation("scan_iac")["responses"]["203"] = answer;
            },
        ),
        case(
            "answer in another media type too",
            [Minor, Compilation],
            |cut| {
                cut.operation("get_bot")["responses"]["200"]["content"]["text/csv"] = json!({});
            },
        ),
        case(
            "failures without documented body",
            [Compilation, Compilation],
            |cut| {
                let responses = &mut cut.operation("get_bot")["responses"];
                responses.as_object_mut().unwrap().shift_remove("400");
            },
        ),
        case(
            "failures with bodies of two types",
            [Compilation, Compilation],
            |cut| {
                cut.operation("get_bot")["responses"]["404"] = body(&to("BadgeCount"));
            },
        ),
        case(
            "failure of another status, same body",
            [Nothing, Nothing],
            |cut| {
                cut.operation("get_bot")["responses"]["404"] =
                    json!({ "$ref": "#/components/responses/BadRequest" });
            },
        ),
    ]
}

fn whole() -> Vec<Case> {
    vec![
        case("title of the document", [Nothing, Nothing], |cut| {
            cut.document["info"]["title"] = json!("Another title");
        }),
        case(
            "named schema renamed, its use locked",
            [Nothing, Nothing],
            |cut| {
                let schema = cut.schema("BadgeCount").clone();
                cut.document["components"]["schemas"]["CountOfBadges"] = schema;
                cut.member("BadgeCountList", "resource_count")["items"] = to("CountOfBadges");
            },
        ),
        case("credentials in another header", [Calls, Calls], |cut| {
            cut.auth = AuthFamily::Rapid7Platform;
        }),
    ]
}
