use super::case::{Case, answers, document, to};
use serde_json::{Value, json};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        part(),
        mutual(),
        nested(),
        only_itself(),
        between_lies_a_value(),
    ]
}

fn thing() -> Value {
    json!({ "type": "object", "properties": { "id": { "type": "integer" } } })
}

fn part() -> Case {
    Case::new(
        "a schema that is a part, or an alternative, of itself",
        document(
            &json!({}),
            &json!({
                "Whole": { "allOf": [to("Whole"), thing()] },
                "Choice": { "oneOf": [{ "type": "string" }, to("Choice")] },
                "Any": { "anyOf": [to("Any")], "description": "Anything." },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "Whole": { "allOf": [thing()] },
                "Choice": { "oneOf": [{ "type": "string" }] },
                "Any": { "description": "Anything." },
            }),
        ),
        [
            "cycles: /components/schemas/Whole: 1 references that lead back to it taken out",
            "cycles: /components/schemas/Choice: 1 references that lead back to it taken out",
            "cycles: /components/schemas/Any: 1 references that lead back to it taken out",
        ],
    )
}

fn mutual() -> Case {
    Case::new(
        "two schemas that are parts of each other: the first lets go",
        document(
            &json!({}),
            &json!({
                "One": { "allOf": [to("Alias"), thing()] },
                "Alias": to("Two"),
                "Two": { "allOf": [to("One"), thing()] },
            }),
        ),
        document(
            &json!({}),
            &json!({
                "One": { "allOf": [thing()] },
                "Alias": to("Two"),
                "Two": { "allOf": [to("One"), thing()] },
            }),
        ),
        ["cycles: /components/schemas/One: 1 references that lead back to it taken out"],
    )
}

fn nested() -> Case {
    Case::new(
        "through a part written where it is used",
        document(
            &json!({}),
            &json!({ "A": { "oneOf": [{ "allOf": [to("A"), thing()] }, thing()] } }),
        ),
        document(
            &json!({}),
            &json!({ "A": { "oneOf": [{ "allOf": [thing()] }, thing()] } }),
        ),
        ["cycles: /components/schemas/A: 1 references that lead back to it taken out"],
    )
}

fn only_itself() -> Case {
    Case::new(
        "names that only name each other say nothing",
        document(
            &json!({}),
            &json!({ "Hen": to("Egg"), "Egg": to("Hen"), "Self": to("Self") }),
        ),
        document(
            &json!({}),
            &json!({ "Hen": {}, "Egg": to("Hen"), "Self": {} }),
        ),
        [
            "cycles: /components/schemas/Hen: 1 references that lead back to it taken out",
            "cycles: /components/schemas/Self: 1 references that lead back to it taken out",
        ],
    )
}

fn between_lies_a_value() -> Case {
    Case::unchanged(
        "a type that holds itself, or a list or map of itself",
        document(
            &json!({ "/a": { "get": answers(&to("Tree")) } }),
            &json!({
                "Tree": { "type": "object", "properties": { "left": to("Tree") } },
                "List": { "type": "array", "items": to("List") },
                "Map": { "type": "object", "additionalProperties": to("Map") },
                "Choice": { "oneOf": [{ "type": "string" }, { "type": "array", "items": to("Choice") }] },
            }),
        ),
    )
}
