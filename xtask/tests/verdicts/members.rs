//! Changes of members, enums and unions.

use super::Expected::{Calls, Compilation, Minor, Nothing, Patch};
use super::{Case, case, to};
use serde_json::json;

pub(super) fn all() -> Vec<Case> {
    let groups = [
        answers_of_other_types(),
        answers_otherwise(),
        requests(),
        enums_and_unions(),
    ];
    groups.into_iter().flatten().collect()
}

fn answers_of_other_types() -> Vec<Case> {
    vec![
        case("member of an answer added", [Minor, Compilation], |cut| {
            *cut.member("BadgeCount", "kind") = json!({ "type": "string" });
        }),
        case(
            "member of an answer: integer becomes text",
            [Compilation, Compilation],
            |cut| {
                *cut.member("BadgeCount", "count") = json!({ "type": "string" });
            },
        ),
        case(
            "member of an answer: integer becomes number",
            [Compilation, Compilation],
            |cut| {
                *cut.member("BadgeCount", "count") = json!({ "type": "number" });
            },
        ),
        case(
            "member of an answer: integer or text",
            [Compilation, Compilation],
            |cut| {
                *cut.member("BadgeCount", "count") = to("IntegerOrText");
            },
        ),
        case(
            "member of an answer becomes a list",
            [Compilation, Compilation],
            |cut| {
                *cut.member("BadgeCount", "count") =
                    json!({ "type": "array", "items": { "type": "integer" } });
            },
        ),
        case(
            "member of an answer becomes an enum",
            [Compilation, Compilation],
            |cut| {
                *cut.member("BadgeCount", "resource_id") = to("BotState");
            },
        ),
        case(
            "member of an answer becomes a date",
            [Compilation, Compilation],
            |cut| {
                cut.member("BadgeCount", "resource_id")["format"] = json!("date-time");
            },
        ),
        case(
            "member of an answer becomes a secret",
            [Compilation, Compilation],
            |cut| {
                cut.member("BadgeCount", "resource_id")["format"] = json!("password");
            },
        ),
        case(
            "member of an answer becomes an object",
            [Compilation, Compilation],
            |cut| {
                *cut.member("BadgeCount", "resource_id") =
                    json!({ "type": "object", "properties": { "id": { "type": "string" } } });
            },
        ),
    ]
}

fn answers_otherwise() -> Vec<Case> {
    vec![
        case(
            "member of an answer always present",
            [Compilation, Compilation],
            |cut| {
                cut.schema("BadgeCount")["required"] = json!(["resource_id"]);
                cut.schema("BadgeCount")["x-always-present"] = json!(["resource_id"]);
            },
        ),
        case("member of an answer nullable", [Nothing, Nothing], |cut| {
            cut.member("BadgeCount", "count")["nullable"] = json!(true);
        }),
        case("member of an answer required", [Nothing, Nothing], |cut| {
            cut.schema("BadgeCount")["required"] = json!(["count"]);
        }),
        case(
            "member of an answer renamed",
            [Compilation, Compilation],
            |cut| {
                cut.remove_member("BadgeCount", "count");
                *cut.member("BadgeCount", "total") = json!({ "type": "integer" });
            },
        ),
        case(
            "member of an answer has another case on the wire",
            [Patch, Patch],
            |cut| {
                cut.remove_member("BadgeCount", "resource_id");
                *cut.member("BadgeCount", "resourceId") = json!({ "type": "string" });
            },
        ),
        case(
            "member of an answer has another description",
            [Patch, Patch],
            |cut| {
                cut.member("BadgeCount", "count")["description"] = json!("How many.");
            },
        ),
        case("unknown members are kept", [Minor, Compilation], |cut| {
            cut.schema("BadgeCount")["x-keep-unknown"] = json!(true);
        }),
    ]
}

fn requests() -> Vec<Case> {
    vec![
        case(
            "optional member of a request added",
            [Minor, Compilation],
            |cut| {
                *cut.member("ScanIacRequest", "notes") = json!({ "type": "string" });
            },
        ),
        case(
            "required member of a request added",
            [Calls, Compilation],
            |cut| {
                *cut.member("ScanIacRequest", "notes") = json!({ "type": "string" });
                let required = cut.schema("ScanIacRequest")["required"].as_array_mut();
                required.unwrap().push(json!("notes"));
            },
        ),
        case(
            "first required member of a request added",
            [Compilation, Compilation],
            |cut| {
                *cut.member("CountBadgesRequest", "kind") = json!({ "type": "string" });
                cut.schema("CountBadgesRequest")["required"] = json!(["kind"]);
            },
        ),
        case(
            "member of a request required",
            [Compilation, Compilation],
            |cut| {
                let required = cut.schema("CreateBotRequest")["required"].as_array_mut();
                required.unwrap().push(json!("description"));
            },
        ),
        // A list that may be left out is an `Option`, so that an empty one can be sent.
        case(
            "list of a request optional",
            [Compilation, Compilation],
            |cut| {
                cut.schema("CreateBadgesRequest")["required"] = json!(["badges"]);
            },
        ),
        case(
            "no member of a request required",
            [Compilation, Compilation],
            |cut| {
                cut.schema("CreateBadgesRequest")["required"] = json!([]);
            },
        ),
        case("member of a request removed", [Compilation, Calls], |cut| {
            cut.remove_member("ScanIacRequest", "author_name");
        }),
        case(
            "member of a request: text becomes integer",
            [Compilation, Compilation],
            |cut| {
                *cut.member("ScanIacRequest", "author_name") = json!({ "type": "integer" });
            },
        ),
        case(
            "member of a request: elements of another type",
            [Compilation, Compilation],
            |cut| {
                cut.member("CountBadgesRequest", "resource_ids")["items"] =
                    json!({ "type": "integer" });
            },
        ),
        case("member of a request has bounds", [Patch, Patch], |cut| {
            cut.member("ScanIacRequest", "author_name")["maxLength"] = json!(20);
        }),
        case("member of a request has a default", [Patch, Patch], |cut| {
            cut.member("CreateBotRequest", "ondemand_enabled")["default"] = json!(true);
        }),
        case(
            "what both directions use has a required member",
            [Compilation, Compilation],
            |cut| {
                cut.schema("Badge")["required"] = json!(["key"]);
            },
        ),
        case(
            "type of requests used by answers too",
            [Minor, Compilation],
            |cut| {
                *cut.member("CreateBadgesRequest", "count") = to("BadgeCount");
            },
        ),
    ]
}

fn enums_and_unions() -> Vec<Case> {
    vec![
        case("value of an enum added", [Minor, Compilation], |cut| {
            let values = cut.schema("BotState")["enum"].as_array_mut();
            values.unwrap().push(json!("DELETED"));
        }),
        case("enum becomes text", [Compilation, Compilation], |cut| {
            let schema = cut.schema("BotState").as_object_mut().unwrap();
            schema.shift_remove("enum");
        }),
        case(
            "value of an enum written otherwise",
            [Patch, Patch],
            |cut| {
                let values = cut.schema("BotState")["enum"].as_array_mut();
                values.unwrap()[0] = json!("Running");
            },
        ),
        case(
            "value of an enum replaced",
            [Compilation, Compilation],
            |cut| {
                let values = cut.schema("BotState")["enum"].as_array_mut();
                values.unwrap()[0] = json!("STARTED");
            },
        ),
        case("text becomes an enum", [Compilation, Compilation], |cut| {
            cut.member("IacScanSummary", "status")["enum"] = json!(["success", "failure"]);
        }),
        case("enum has another description", [Patch, Patch], |cut| {
            cut.schema("BotState")["description"] = json!("What a bot does.");
        }),
        case("form of a union added", [Minor, Compilation], |cut| {
            let forms = cut.schema("CountOrCounts")["oneOf"].as_array_mut();
            forms.unwrap().push(json!({ "type": "boolean" }));
        }),
        case(
            "form of a union replaced",
            [Compilation, Compilation],
            |cut| {
                cut.schema("BotScheduleOrText")["oneOf"][0] = to("TimeOfDay");
            },
        ),
        case(
            "union becomes one of its forms",
            [Compilation, Compilation],
            |cut| {
                *cut.schema("CountOrCounts") = json!({ "type": "integer" });
            },
        ),
        case(
            "form of a union has one more member",
            [Minor, Compilation],
            |cut| {
                *cut.member("BotSchedule", "time_zone") = json!({ "type": "string" });
            },
        ),
    ]
}
