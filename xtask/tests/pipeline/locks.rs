//! `operations.toml` and `types.toml` outlive the document that they were written for.

use super::support::{Code, body, document, get, input, messages, operations, to};
use serde_json::{Value, json};
use std::sync::Arc;
use xtask::folder::TypesToml;
use xtask::pipeline::{Input, run};
use xtask::problem::ProblemKind;
use xtask::source::{Format, Source};

/// One API as two documents have it: under other ids, other parameter names and other names of types.
fn edition(id: &str, parameter: &str, bot: &str, owner: &str) -> Value {
    let mut item = get(id, &json!({ "200": body(&to(bot)) }));
    item["get"]["parameters"] = json!([{ "name": parameter, "in": "path", "required": true, "schema": { "type": "string" } }]);
    let schemas = json!({
        bot: { "type": "object", "properties": {
            "owner": to(owner),
            "state": { "type": "string", "enum": ["on", "off"] },
        } },
        owner: { "type": "object", "properties": { "name": { "type": "string" } } },
    });
    document(&json!({ format!("/bots/{{{parameter}}}"): item }), &schemas)
}

fn old() -> Value {
    edition("getBot", "bot_id", "Bot", "Owner")
}

fn new() -> Value {
    edition("BotsController_find_1", "id", "BotDTO.v2", "UserRef")
}

fn knowing(document: &Value, toml: &str, types: TypesToml) -> Input {
    let mut input = input(document);
    input.operations = operations(toml);
    input.types = types;
    input
}

#[test]
fn names_survive_a_document_that_calls_everything_else() {
    let first = Code::of(&old());
    assert_eq!(first.methods(), ["get_bot"]);
    assert_eq!(first.types(), ["Bot", "BotState", "Owner"]);
    let toml = first.output.operations.to_string();
    let second = Code::from(knowing(&new(), &toml, first.output.types.clone()));
    assert_eq!(second.methods(), first.methods());
    assert_eq!(second.types(), first.types());
    assert_eq!(second.output.types, first.output.types);
    assert_eq!(second.output.operations.to_string(), toml);
    assert!(!second.output.operations.is_changed());
    let unlocked = Code::of(&new());
    assert_eq!(unlocked.methods(), ["bots_controller_find_1"]);
    assert_eq!(unlocked.types(), ["BotDtoV2", "BotDtoV2State", "UserRef"]);
}

#[test]
fn the_lock_names_places_not_document_names() {
    let code = Code::of(&old());
    let places: Vec<String> = code
        .output
        .types
        .by_location
        .iter()
        .map(|(place, name)| format!("{place} = {name}"))
        .collect();
    assert_eq!(
        places,
        [
            "GET /bots/{} 200 = Bot",
            "GET /bots/{} 200 .owner = Owner",
            "GET /bots/{} 200 .state = BotState",
        ]
    );
    assert_eq!(
        code.output.operations.to_string(),
        "[\"GET /bots/{}\"]\nname = \"get_bot\"\neffect = \"read\"\nstability = \"other\"\n"
    );
}

#[test]
fn a_new_operation_and_a_new_type_take_free_names() {
    let first = Code::of(&old());
    let mut document = old();
    document["paths"]["/a"] = get(
        "get_bot",
        &json!({ "200": body(&json!({
        "title": "Bot", "type": "object", "properties": { "a": { "type": "string" } },
    })) }),
    );
    let toml = first.output.operations.to_string();
    let code = Code::from(knowing(&document, &toml, first.output.types));
    let mut methods = code.methods();
    methods.sort();
    assert_eq!(methods, ["get_bot", "get_bot2"]);
    assert_eq!(code.sends("GetBot"), "Answer<Bot>, Error<Body>");
    assert_eq!(code.sends("GetBot2"), "Answer<Bot2>, Error<Body>");
    let text = code.output.operations.to_string();
    assert!(
        text.starts_with(&toml),
        "what was there stays as it is:\n{text}"
    );
    assert!(
        text.ends_with(
            "[\"GET /a\"]\nname = \"get_bot2\"\neffect = \"read\"\nstability = \"other\"\n"
        ),
        "{text}"
    );
}

#[test]
fn a_renamed_type_is_renamed_everywhere() {
    let mut types = Code::of(&old()).output.types;
    for name in types.by_location.values_mut() {
        if name == "Owner" {
            "Human".clone_into(name);
        }
    }
    let mut input = input(&old());
    input.types = types;
    let code = Code::from(input);
    assert_eq!(
        code.members("Bot"),
        ["owner: Option<Human>", "state: Option<BotState>"]
    );
    assert_eq!(code.types(), ["Bot", "BotState", "Human"]);
}

#[test]
fn a_name_that_no_type_can_have_is_refused_with_its_line() {
    let text = "[types]\n\"GET /a 200\" = \"Bot\"\n\"GET /b 200\" = \"my bot\"\n\"GET /c 200\" = \"String\"\n";
    let source = Source::new("types.toml", text, Format::Text);
    let problems = TypesToml::parse(&Arc::new(source)).unwrap_err();
    assert_eq!(
        messages(&problems),
        [
            "types.toml:3: `my bot` is not the name of a type\n  help: write `MyBot`",
            "types.toml:4: `String` is not the name of a type\n  help: write `StringValue`",
        ]
    );
}

#[test]
fn an_entry_without_its_operation_stops_the_run() {
    let toml = "[\"GET /gone\"]\nname = \"gone\"\neffect = \"read\"\nstability = \"public\"\n";
    let problems = run(knowing(&old(), toml, TypesToml::default())).unwrap_err();
    assert_eq!(problems[0].kind, ProblemKind::UnknownOperation);
    assert_eq!(
        problems[0].message,
        "the document has no operation GET /gone (`gone`)"
    );
}

#[test]
fn two_runs_give_the_same_bytes() {
    for document in super::compile::documents() {
        let (one, two) = (Code::of(&document.1), Code::of(&document.1));
        assert_eq!(one.output.files, two.output.files, "{}", document.0);
        assert_eq!(one.output.types, two.output.types, "{}", document.0);
        assert_eq!(one.output.changes, two.output.changes, "{}", document.0);
    }
}

#[test]
fn the_order_of_components_decides_nothing() {
    for (name, mut document) in super::compile::documents() {
        let straight = input(&document);
        // The crate names the hash of its document, which is another one.
        let sha256 = straight.document.sha256.clone();
        let straight = Code::from(straight);
        let schemas = document["components"]["schemas"].as_object_mut().unwrap();
        let reversed: Vec<_> = std::mem::take(schemas).into_iter().rev().collect();
        schemas.extend(reversed);
        let mut reversed = input(&document);
        reversed.document.sha256 = sha256;
        let reversed = Code::from(reversed);
        assert_eq!(reversed.output.files, straight.output.files, "{name}");
    }
}

#[test]
fn names_that_differ_in_underscores_have_constants_of_their_own() {
    let item = |id: &str| get(id, &json!({ "200": body(&json!({})) }));
    let paths = json!({ "/a": item("x"), "/b": item("y"), "/c": item("z"), "/d": item("o") });
    let entry = |name: &str, path: &str| {
        format!("[\"GET /{path}\"]\nname = \"{name}\"\neffect = \"read\"\nstability = \"other\"\n")
    };
    let toml = [
        entry("a_", "a"),
        entry("a", "b"),
        entry("move_", "c"),
        entry("operations", "d"),
    ]
    .concat();
    let code = Code::from(knowing(
        &document(&paths, &json!({})),
        &toml,
        TypesToml::default(),
    ));
    let constants = code.output.api.operations.iter();
    let constants: Vec<&str> = constants
        .map(|operation| operation.constant.as_str())
        .collect();
    assert_eq!(constants, ["A_", "A", "MOVE", "OPERATIONS2"]);
}
