//! Words of 2.0 inside schemas.

use super::super::nodes::{Kind, edit};
use super::super::report::Report;
use super::RULE;
use indexmap::IndexSet;
use serde_json::{Map, Value, json};

pub(super) fn apply(root: &mut Value, report: &mut Report) {
    let start = report.len();
    edit(root, Kind::Schema, &mut |pointer, schema| {
        let Some(schema) = schema.as_object_mut() else {
            return;
        };
        let words = [
            file(schema),
            nullable(schema),
            discriminator(schema),
            collection(schema),
        ];
        for what in words.into_iter().flatten() {
            report.note(RULE, pointer, what);
        }
        let members = required_members(schema);
        if members > 0 {
            let what = format!("`required` of {members} members listed where 3.0 lists it");
            report.note(RULE, pointer, what);
        }
    });
    report.reverse_since(start);
}

/// `type: file` is a string of bytes.
pub(super) fn file(schema: &mut Map<String, Value>) -> Option<&'static str> {
    match schema.get_mut("type")? {
        Value::String(name) if name == "file" => {
            schema.insert("type".to_owned(), "string".into());
            schema.insert("format".to_owned(), "binary".into());
        }
        Value::Array(names) if names.iter().any(|name| name == "file") => {
            names.retain(|name| name != "file" && name != "string");
            names.push("string".into());
        }
        _ => return None,
    }
    Some("a file is a string of bytes")
}

pub(super) fn nullable(schema: &mut Map<String, Value>) -> Option<&'static str> {
    let nullable = schema.shift_remove("x-nullable")?;
    if nullable.as_bool() == Some(true) {
        schema.insert("nullable".to_owned(), true.into());
    }
    Some("x-nullable is `nullable`")
}

fn discriminator(schema: &mut Map<String, Value>) -> Option<&'static str> {
    let discriminator = schema.get_mut("discriminator")?;
    let name = discriminator.as_str()?.to_owned();
    *discriminator = json!({ "propertyName": name });
    Some("discriminator is an object")
}

/// A schema is JSON, whose arrays need no separator.
fn collection(schema: &mut Map<String, Value>) -> Option<&'static str> {
    schema.get("collectionFormat")?.as_str()?;
    schema.shift_remove("collectionFormat");
    Some("collectionFormat inside a schema taken out")
}

/// `required: true` at a member, as the drafts before 2.0 had it. Gives the number of members.
fn required_members(schema: &mut Map<String, Value>) -> usize {
    let mut names = Vec::new();
    let members = schema.get_mut("properties").and_then(Value::as_object_mut);
    let mut found = 0;
    for (name, member) in members.into_iter().flatten() {
        let Some(member) = member.as_object_mut() else {
            continue;
        };
        let required = match member.get("required") {
            Some(Value::Bool(required)) => *required,
            Some(Value::String(text)) if text == "true" || text == "false" => text == "true",
            _ => continue,
        };
        found += 1;
        member.shift_remove("required");
        if required {
            names.push(Value::from(name.as_str()));
        }
    }
    if !names.is_empty() {
        let required = schema.entry("required").or_insert_with(|| json!([]));
        if let Some(required) = required.as_array_mut() {
            let all: IndexSet<Value> = required.drain(..).chain(names).collect();
            required.extend(all);
        }
    }
    found
}
