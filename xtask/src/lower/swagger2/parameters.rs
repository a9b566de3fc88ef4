//! Parameters and headers whose type stands beside their name.

use super::super::Version;
use super::super::nodes::{Kind, edit};
use super::super::report::Report;
use super::{RULE, schemas};
use serde_json::{Map, Value};

/// What belongs to the schema.
const OF_SCHEMA: [&str; 19] = [
    "type",
    "format",
    "items",
    "default",
    "enum",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "multipleOf",
    "nullable",
    "x-nullable",
    "additionalProperties",
];

pub(super) fn apply(root: &mut Value, version: Version, report: &mut Report) {
    for kind in [Kind::Parameter, Kind::Header] {
        let start = report.len();
        let mut moves = Vec::new();
        edit(root, kind, &mut |pointer, value| {
            let place = value
                .get("in")
                .and_then(Value::as_str)
                .unwrap_or("header")
                .to_owned();
            let Some(members) = value.as_object_mut() else {
                return;
            };
            if members.contains_key("$ref") || place == "body" || place == "formData" {
                return;
            }
            let is_array = members.get("type").and_then(Value::as_str) == Some("array");
            if !move_schema(members) {
                return;
            }
            let name = members.get("name").and_then(Value::as_str);
            let what = name.map_or_else(
                || "the type of the header is its schema".to_owned(),
                |name| format!("the type of `{name}` is its schema"),
            );
            report.note(RULE, pointer, what);
            moves.push((pointer.to_owned(), format!("{pointer}/schema")));
            let format = members.shift_remove("collectionFormat");
            let format = format.as_ref().and_then(Value::as_str);
            // An array without a word about it is joined by commas in 2.0.
            let format = format.or((version == Version::Swagger2).then_some("csv"));
            if let (true, Some(format)) = (is_array, format)
                && let Some(loss) = set_style(members, &place, format)
            {
                let what = format!("collectionFormat {format} is written otherwise");
                report.loss(RULE, pointer, what, loss);
            }
        });
        report.reverse_since(start);
        report.moved(moves);
    }
}

/// Moves the type into `schema`; false when there is none, or a schema already.
pub(super) fn move_schema(members: &mut Map<String, Value>) -> bool {
    if members.contains_key("schema") || members.contains_key("content") {
        return false;
    }
    let Some(schema) = take_schema(members) else {
        return false;
    };
    members.insert("schema".to_owned(), Value::Object(schema));
    true
}

/// Takes the type out; `None` when there is none.
pub(super) fn take_schema(members: &mut Map<String, Value>) -> Option<Map<String, Value>> {
    if !["type", "items", "enum", "format"]
        .iter()
        .any(|key| members.contains_key(*key))
    {
        return None;
    }
    let mut schema = Map::new();
    for key in OF_SCHEMA {
        if let Some(value) = members.shift_remove(key) {
            schema.insert(key.to_owned(), value);
        }
    }
    if let Some(example) = members.shift_remove("x-example") {
        members.entry("example").or_insert(example);
    }
    schemas::file(&mut schema);
    schemas::nullable(&mut schema);
    Some(schema)
}

/// Says by `style` and `explode` how the elements of an array are joined; gives what cannot be said.
pub(super) fn set_style(
    members: &mut Map<String, Value>,
    place: &str,
    format: &str,
) -> Option<&'static str> {
    let is_query = place == "query" || place == "formData";
    let (style, explode, loss) = match format {
        "csv" if is_query => ("form", false, None),
        "ssv" if is_query => ("spaceDelimited", false, None),
        "pipes" if is_query => ("pipeDelimited", false, None),
        "multi" if is_query => ("form", true, None),
        // No style of 3.0: the model reads it all the same.
        "tsv" if is_query => ("tabDelimited", false, None),
        "csv" => return None,
        _ => ("simple", false, Some("how the elements are joined")),
    };
    members.insert("style".to_owned(), style.into());
    members.insert("explode".to_owned(), explode.into());
    loss
}
