//! The types that schemas become.

use super::support::{Code, body, document, empty, get, post, to};
use serde_json::{Value, json};

fn both_ways() -> Value {
    json!({ "operationId": "put_bot", "requestBody": body(&to("Bot")), "responses": { "200": body(&to("Bot")) } })
}

/// A strict type that requests and answers share.
pub(crate) fn shared() -> Value {
    document(
        &json!({ "/a": { "put": both_ways() }, "/b": get("list_bots", &json!({
            "200": body(&json!({ "type": "array", "items": to("Bot") })),
        })) }),
        &json!({ "Bot": { "type": "object", "required": ["name", "tags"], "properties": {
            "name": { "type": "string" },
            "tags": { "type": "array", "items": { "type": "string" } },
            "owner": to("Owner"),
        } }, "Owner": { "type": "object", "properties": { "id": { "type": "integer" } } } }),
    )
}

/// Objects whose one varying member is named by another, one of them with names that collide.
pub(crate) fn keyed() -> Value {
    let object = json!({ "type": "object", "properties": { "id": { "type": "string" } } });
    document(
        &json!({
            "/a": get("list", &json!({ "200": body(&json!({ "type": "array", "items": to("Item") })) })),
            "/b": post("send_item", &body(&to("Item"))),
            "/c": get("odd", &json!({ "200": body(&to("Odd")) })),
            "/d": get("item_value", &json!({ "200": body(&to("ItemValue")) })),
        }),
        &json!({
            "Item": { "type": "object", "x-keyed-by": "resource_type", "properties": {
                "resource_type": { "type": "string" },
                "instance": to("Instance"),
                "storagecontainer": to("StorageContainerResource"),
                "other": object,
                "note": { "type": "string" },
            } },
            "Instance": object,
            "StorageContainerResource": object,
            "ItemValue": object,
            "Odd": { "type": "object", "x-keyed-by": "value", "properties": {
                "value": { "type": "string" }, "others": to("Instance"),
            } },
        }),
    )
}

/// Names that are no Rust names, that the prelude has, or that become one.
pub(crate) fn names() -> Value {
    let types = [
        "Self", "String", "Option", "Vec", "Clone", "ToString", "Iterator", "Send", "Debug",
        "Hash", "Access", "Method", "Value", "Map", "2fa", "«»", "log key", "Error", "type", "bot",
        "Bot",
    ];
    let members = [
        "type", "self", "gen", "fn", "2fa", "log key", "fooBar", "foo_bar", "", "«»", "@type",
        "extra", "Self",
    ];
    let members = Value::Object(
        members
            .iter()
            .map(|name| ((*name).to_owned(), json!({ "type": "string" })))
            .collect(),
    );
    let values = [
        "=", "==", "<", "<=", "self", "Self", "unknown", "on", "ON", "", "-1", "日本", "a`b",
    ];
    let mut schemas = serde_json::Map::new();
    for name in types {
        schemas.insert(
            name.to_owned(),
            json!({ "type": "object", "properties": { "a": { "type": "string" } } }),
        );
    }
    let all: serde_json::Map<_, _> = types
        .iter()
        .map(|name| ((*name).to_owned(), to(name)))
        .collect();
    schemas.insert(
        "All".to_owned(),
        json!({ "type": "object", "properties": all }),
    );
    schemas.insert(
        "Members".to_owned(),
        json!({
            "type": "object",
            "required": ["fooBar"],
            "properties": members,
            "additionalProperties": { "type": "integer" },
        }),
    );
    schemas.insert(
        "Values".to_owned(),
        json!({ "type": "string", "enum": values }),
    );
    let operations = [
        "access",
        "method",
        "effect",
        "clone",
        "send_as",
        "operations",
        "types",
        "type",
        "2fa",
        "String",
        "Gen",
    ];
    let mut paths = serde_json::Map::new();
    for (index, id) in operations.iter().enumerate() {
        paths.insert(
            format!("/{index}"),
            get(id, &json!({ "200": body(&to("Values")) })),
        );
    }
    paths.insert("/all".to_owned(), post("all", &body(&to("All"))));
    paths.insert(
        "/members".to_owned(),
        post("members", &body(&to("Members"))),
    );
    for (index, tag) in [
        "types",
        "mod",
        "error",
        "std",
        "serde",
        "rapid7 core",
        "client",
        "a",
        "a_2",
        "self",
    ]
    .iter()
    .enumerate()
    {
        let mut item = get(
            &format!("tagged {index}"),
            &json!({ "200": body(&to("Values")) }),
        );
        item["get"]["tags"] = json!([tag]);
        paths.insert(format!("/tag/{index}"), item);
    }
    document(&paths.into(), &schemas.into())
}

/// Named and inline types that may be null, one called like the wrapper that they would otherwise need.
pub(crate) fn nullable() -> Value {
    let bot = json!({ "type": "object", "nullable": true, "properties": {
        "owner": { "type": "object", "nullable": true, "properties": { "id": { "type": "integer" } } },
        "state": to("State"),
        "states": { "type": "array", "items": to("State") },
    } });
    document(
        &json!({
            "/a": get("get_bot", &json!({ "200": body(&to("Bot")) })),
            "/b": post("put_bot", &body(&to("Bot"))),
            "/c": post("put_inner", &body(&to("BotInner"))),
        }),
        &json!({
            "Bot": bot,
            "BotInner": { "type": "object", "properties": { "id": { "type": "integer" } } },
            "State": { "type": "string", "nullable": true, "enum": ["on"] },
        }),
    )
}

/// Types that hold themselves, and schemas that are parts of themselves.
pub(crate) fn recursive() -> Value {
    let schemas = json!({
        "Tree": { "type": "object", "required": ["left"], "properties": { "left": to("Tree"), "right": to("Tree") } },
        "Nested": { "type": "array", "items": to("Nested") },
        "Mapped": { "type": "object", "additionalProperties": to("Mapped") },
        "Whole": { "allOf": [to("Whole"), { "type": "object", "properties": { "a": { "type": "string" } } }] },
        "Choice": { "oneOf": [to("Choice"), { "type": "string" }, { "type": "array", "items": to("Choice") }] },
        "Hen": to("Egg"),
        "Egg": to("Hen"),
    });
    let names = schemas.as_object().unwrap().keys();
    let paths = names.map(|name| {
        let operation = post(name, &body(&to(name)));
        (format!("/{name}"), operation)
    });
    document(&Value::Object(paths.collect()), &schemas)
}

#[test]
fn a_type_used_both_ways_is_lenient_in_answers_and_strict_in_requests() {
    let code = Code::of(&shared());
    assert_eq!(code.types(), ["Bot", "BotInput", "Owner"]);
    assert_eq!(
        code.members("Bot"),
        [
            "name: Option<String>",
            "owner: Option<Owner>",
            "tags: Vec<String>"
        ]
    );
    assert_eq!(
        code.members("BotInput"),
        ["name: String", "owner: Option<Owner>", "tags: Vec<String>"]
    );
    assert_eq!(code.sends("PutBot"), "Answer<Bot>, Error<Body>");
    assert_eq!(
        code.fields("PutBot"),
        ["body: Given<Option<types::BotInput>>"]
    );
    assert_eq!(
        code.builders(),
        ["BotInput", "Owner"],
        "what only answers hold is not built"
    );
}

#[test]
fn a_null_list_in_an_answer_is_an_empty_one() {
    let code = Code::of(&shared());
    let types = code.file("types/default.rs");
    let bot = &types[types.find("pub struct Bot ").unwrap()..];
    let bot = &bot[..bot.find("\n}").unwrap()];
    assert!(bot.contains("#[wire(default)]"), "{bot}");
}

#[test]
fn keyed_objects_are_an_enum_beside_the_key() {
    let code = Code::of(&keyed());
    assert_eq!(
        code.members("Item"),
        [
            "resource_type: Option<String>",
            "value: Option<ItemValue2>",
            "others: serde_json::Map<String,serde_json::Value>",
        ]
    );
    assert_eq!(
        code.members("ItemValue2"),
        [
            "Instance(Box<Instance>)",
            "StorageContainer(Box<StorageContainerResource>)",
            "Other2(Box<ItemOther>)",
            "Other(String,serde_json::Value)",
        ]
    );
    assert_eq!(code.members("ItemValue"), ["id: Option<String>"]);
    assert_eq!(
        code.members("Odd"),
        [
            "value2: Option<String>",
            "value: Option<OddValue>",
            "others: serde_json::Map<String,serde_json::Value>",
        ]
    );
}

#[test]
fn names_are_legal_unique_and_keep_their_wire_names() {
    let code = Code::of(&names());
    let types = code.file("types/default.rs");
    let members = &types[types.find("pub struct Members").unwrap()..];
    let members = &members[..members.find("\n}").unwrap()];
    let summary = format!(
        "types\n  {}\nvariants\n  {}\nmethods\n  {}\n\n{members}",
        code.types().join("\n  "),
        code.members("Values").join("\n  "),
        code.methods().join("\n  "),
    );
    insta::assert_snapshot!(summary);
}

#[test]
fn what_may_be_null_is_optional_where_it_stands() {
    let code = Code::of(&nullable());
    assert_eq!(code.types(), ["Bot", "BotInner", "BotOwner", "State"]);
    assert_eq!(
        code.members("Bot"),
        [
            "owner: Option<BotOwner>",
            "state: Option<State>",
            "states: Vec<Option<State>>"
        ]
    );
    assert_eq!(code.sends("GetBot"), "Answer<Option<Bot>>, Error<Body>");
    assert_eq!(code.fields("PutBot"), ["body: Given<Option<types::Bot>>"]);
}

#[test]
fn types_that_hold_themselves_are_boxed() {
    let code = Code::of(&recursive());
    assert_eq!(
        code.members("Tree"),
        ["left: Box<Tree>", "right: Option<Box<Tree>>"]
    );
    assert_eq!(code.members("Whole"), ["a: Option<String>"]);
}

#[test]
fn a_document_without_operations_is_a_client_without_methods() {
    let code = Code::of(&document(
        &json!({}),
        &json!({ "Bot": { "type": "object" } }),
    ));
    assert_eq!(code.methods(), [""; 0]);
    assert_eq!(code.types(), [""; 0]);
    let code = Code::of(&document(
        &json!({ "/a": get("a", &json!({ "204": empty() })) }),
        &json!({}),
    ));
    assert_eq!(code.methods(), ["a"]);
}
