//! Walking and reading JSON schemas inside a document.

use serde_json::{Map, Value};

pub use crate::source::{
    METHODS, escape_segment as escape, push_escaped_segment as push_escaped,
    unescape_segment as unescape,
};

/// Where the named schemas of a 3.0 document live.
pub const SCHEMAS: &str = "/components/schemas";

/// The component a schema refers to, if it is a reference into [`SCHEMAS`].
pub fn component_name(schema: &Value) -> Option<String> {
    schema
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/schemas/")
        .map(unescape_reference)
}

/// A reference to the component `name`.
#[must_use]
pub fn reference_to(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/components/schemas/{}", escape(name)) })
}

/// A pointer segment as it stands in a `$ref`: a URI fragment, so it may be percent-encoded too.
fn unescape_reference(segment: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(segment).decode_utf8_lossy();
    unescape(&decoded)
}

/// The JSON pointer that a local `$ref` names.
#[must_use]
pub fn reference_pointer(reference: &str) -> Option<String> {
    let fragment = reference.strip_prefix('#')?;
    Some(
        percent_encoding::percent_decode_str(fragment)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// A pointer as `$ref`: a percent sign of a name is encoded, since a reader decodes it.
pub(crate) fn reference_text(pointer: &str) -> String {
    format!("#{}", pointer.replace('%', "%25"))
}

/// The object under a pointer of one or two names, made when it is not there.
pub(crate) fn named_mut<'a>(root: &'a mut Value, home: &str) -> Option<&'a mut Map<String, Value>> {
    let mut value = root;
    for name in home.split('/').skip(1) {
        let members = value.as_object_mut()?;
        value = members
            .entry(name)
            .or_insert_with(|| Value::Object(Map::new()));
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
    }
    value.as_object_mut()
}

/// The value that a local `$ref` leads to, following chains of references.
pub fn resolve<'a>(root: &'a Value, value: &'a Value) -> Option<&'a Value> {
    let mut value = value;
    for _ in 0..32 {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
            return Some(value);
        };
        value = root.pointer(&reference_pointer(reference)?)?;
    }
    None
}

/// Keywords whose value is one schema.
const SINGLE: [&str; 3] = ["items", "additionalProperties", "not"];
/// Keywords whose value is a list of schemas.
const LISTS: [&str; 3] = ["allOf", "oneOf", "anyOf"];

/// The direct subschemas of a schema, with their pointer below it.
pub fn children(schema: &Value) -> Vec<(String, &Value)> {
    let mut found = Vec::new();
    let Some(object) = schema.as_object() else {
        return found;
    };
    if let Some(members) = object.get("properties").and_then(Value::as_object) {
        for (name, member) in members {
            found.push((format!("/properties/{}", escape(name)), member));
        }
    }
    for key in SINGLE {
        if let Some(value @ Value::Object(_)) = object.get(key) {
            found.push((format!("/{key}"), value));
        }
    }
    for key in LISTS {
        for (index, value) in list(object, key).iter().enumerate() {
            found.push((format!("/{key}/{index}"), value));
        }
    }
    found
}

/// The direct subschemas of a schema, mutable.
pub fn children_mut(schema: &mut Value) -> Vec<(String, &mut Value)> {
    let mut found = Vec::new();
    let Some(object) = schema.as_object_mut() else {
        return found;
    };
    for (key, value) in object {
        match (key.as_str(), value) {
            ("properties", Value::Object(members)) => {
                for (name, member) in members {
                    found.push((format!("/properties/{}", escape(name)), member));
                }
            }
            (single, value @ Value::Object(_)) if SINGLE.contains(&single) => {
                found.push((format!("/{single}"), value));
            }
            (several, Value::Array(values)) if LISTS.contains(&several) => {
                for (index, value) in values.iter_mut().enumerate() {
                    found.push((format!("/{several}/{index}"), value));
                }
            }
            _ => {}
        }
    }
    found
}

/// Calls `visit` on a schema and all schemas inside it, outermost first.
pub fn walk<'a>(schema: &'a Value, pointer: &str, visit: &mut dyn FnMut(&str, &'a Value)) {
    Walker(pointer.to_owned()).walk(schema, visit);
}

/// Calls `visit` on a schema and all schemas inside it, outermost first.
pub fn walk_mut(schema: &mut Value, pointer: &str, visit: &mut dyn FnMut(&str, &mut Value)) {
    Walker(pointer.to_owned()).walk_mut(schema, visit);
}

/// A way through a schema: one text is the pointer of each place in turn, since there are many and few are reported.
struct Walker(String);

impl Walker {
    /// What is done one or two segments further down.
    fn below(&mut self, key: &str, name: Option<&str>, then: impl FnOnce(&mut Self)) {
        let length = self.0.len();
        self.0.extend(["/", key]);
        if let Some(name) = name {
            self.0.push('/');
            push_escaped(&mut self.0, name);
        }
        then(self);
        self.0.truncate(length);
    }

    fn walk<'a>(&mut self, schema: &'a Value, visit: &mut dyn FnMut(&str, &'a Value)) {
        visit(&self.0, schema);
        let Some(object) = schema.as_object() else {
            return;
        };
        if let Some(members) = object.get("properties").and_then(Value::as_object) {
            for (name, member) in members {
                self.below("properties", Some(name), |way| way.walk(member, visit));
            }
        }
        for key in SINGLE {
            if let Some(value @ Value::Object(_)) = object.get(key) {
                self.below(key, None, |way| way.walk(value, visit));
            }
        }
        for key in LISTS {
            for (index, value) in list(object, key).iter().enumerate() {
                let index = index.to_string();
                self.below(key, Some(&index), |way| way.walk(value, visit));
            }
        }
    }

    fn walk_mut(&mut self, schema: &mut Value, visit: &mut dyn FnMut(&str, &mut Value)) {
        visit(&self.0, schema);
        for (key, value) in schema.as_object_mut().into_iter().flatten() {
            match (key.as_str(), value) {
                ("properties", Value::Object(members)) => {
                    for (name, member) in members {
                        self.below(key, Some(name), |way| way.walk_mut(member, visit));
                    }
                }
                (single, value @ Value::Object(_)) if SINGLE.contains(&single) => {
                    self.below(key, None, |way| way.walk_mut(value, visit));
                }
                (several, Value::Array(values)) if LISTS.contains(&several) => {
                    for (index, value) in values.iter_mut().enumerate() {
                        let index = index.to_string();
                        self.below(key, Some(&index), |way| way.walk_mut(value, visit));
                    }
                }
                _ => {}
            }
        }
    }
}

/// The array under `key`, empty when it is missing or no array.
pub fn list<'a>(object: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    object
        .get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The text under `key` of an object, trimmed; `None` when it is missing or blank.
#[must_use]
pub fn text(value: &Value, key: &str) -> Option<String> {
    let text = value.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether `key` is `true`.
pub fn flag(value: &Value, key: &str) -> bool {
    value.get(key).and_then(Value::as_bool).unwrap_or(false)
}

/// What a schema describes, as far as naming and shaping need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A reference to a component.
    Reference,
    /// An object with named members: a Rust struct.
    Struct,
    /// An object whose member names are not known.
    Map,
    /// An array.
    Array,
    /// A list of allowed values.
    Enum,
    /// `oneOf` or `anyOf` over more than one real alternative.
    Union,
    /// `allOf`.
    Composed,
    /// A string, number or boolean.
    Scalar,
    /// Says nothing about its type.
    Any,
}

/// Reads the [`Shape`] of a schema.
pub fn shape(schema: &Value) -> Shape {
    let has = |key: &str| schema.get(key).is_some();
    let kind = schema.get("type").and_then(Value::as_str);
    if has("$ref") {
        Shape::Reference
    } else if has("enum") && kind != Some("boolean") {
        Shape::Enum
    } else if has("oneOf") || has("anyOf") {
        Shape::Union
    } else if has("allOf") {
        Shape::Composed
    } else if has_members(schema) {
        Shape::Struct
    } else {
        match kind {
            Some("object") => Shape::Map,
            Some("array") => Shape::Array,
            Some("string" | "integer" | "number" | "boolean") => Shape::Scalar,
            _ => Shape::Any,
        }
    }
}

/// Whether the schema has at least one named member, or says that it has none.
fn has_members(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    members.is_some_and(|members| !members.is_empty()) || is_empty_object(schema)
}

/// Whether the schema allows an object without members, and nothing else.
pub fn is_empty_object(schema: &Value) -> bool {
    let members = schema.get("properties").and_then(Value::as_object);
    members.is_none_or(Map::is_empty)
        && schema.get("additionalProperties") == Some(&Value::Bool(false))
}

/// An operation inside a document: its path, method and object.
#[derive(Debug, Clone, Copy)]
pub struct OperationRef<'a> {
    /// Path template as it stands in the document.
    pub path: &'a str,
    /// Lower-case method.
    pub method: &'a str,
    /// The operation object.
    pub value: &'a Value,
}

/// The pointer of an operation.
#[must_use]
pub fn operation_pointer(path: &str, method: &str) -> String {
    format!("/paths/{}/{method}", escape(path))
}

/// The version that a document declares, as `2.0` or `3.1`: two parts at most. `None` where there is none.
#[must_use]
pub fn declared_version(root: &Value) -> Option<String> {
    let declared = root.get("openapi").or_else(|| root.get("swagger"))?;
    let text = match declared {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let parts: Vec<&str> = text.splitn(3, '.').take(2).collect();
    Some(parts.join("."))
}

/// All operations of a document, in document order.
pub fn operations(root: &Value) -> Vec<OperationRef<'_>> {
    let mut found = Vec::new();
    let Some(paths) = root.get("paths").and_then(Value::as_object) else {
        return found;
    };
    for (path, item) in paths {
        for (method, value) in item.as_object().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) && value.is_object() {
                found.push(OperationRef {
                    path,
                    method,
                    value,
                });
            }
        }
    }
    found
}

/// Calls `edit` with path, method and object of each operation.
pub fn edit_operations(root: &mut Value, edit: &mut dyn FnMut(&str, &str, &mut Value)) {
    let Some(paths) = root.get_mut("paths").and_then(Value::as_object_mut) else {
        return;
    };
    for (path, item) in paths {
        for (method, value) in item.as_object_mut().into_iter().flatten() {
            if METHODS.contains(&method.as_str()) && value.is_object() {
                edit(path, method, value);
            }
        }
    }
}

/// A place where an operation holds a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A parameter of this name.
    Parameter(String),
    /// The request body.
    Request,
    /// The answer body with this status.
    Answer(String),
}

impl Place {
    /// Whether the client sends what the schema describes.
    #[must_use]
    pub fn is_request(&self) -> bool {
        !matches!(self, Self::Answer(_))
    }
}

/// The schemas that an operation holds directly, with their place and their pointer below the operation.
pub fn schemas_of(operation: &Value) -> Vec<(Place, String, &Value)> {
    let mut found = Vec::new();
    let parameters = operation.get("parameters").and_then(Value::as_array);
    for (index, parameter) in parameters.into_iter().flatten().enumerate() {
        let place = Place::Parameter(text(parameter, "name").unwrap_or_default());
        if let Some(schema) = parameter.get("schema") {
            found.push((place.clone(), format!("/parameters/{index}/schema"), schema));
        }
        content_schemas(
            parameter,
            &place,
            &format!("/parameters/{index}"),
            &mut found,
        );
    }
    if let Some(body) = operation.get("requestBody") {
        content_schemas(body, &Place::Request, "/requestBody", &mut found);
    }
    let answers = operation.get("responses").and_then(Value::as_object);
    for (status, answer) in answers.into_iter().flatten() {
        let pointer = format!("/responses/{}", escape(status));
        content_schemas(answer, &Place::Answer(status.clone()), &pointer, &mut found);
    }
    found
}

fn content_schemas<'a>(
    holder: &'a Value,
    place: &Place,
    pointer: &str,
    found: &mut Vec<(Place, String, &'a Value)>,
) {
    let content = holder.get("content").and_then(Value::as_object);
    for (media_type, value) in content.into_iter().flatten() {
        if let Some(schema) = value.get("schema") {
            let pointer = format!("{pointer}/content/{}/schema", escape(media_type));
            found.push((place.clone(), pointer, schema));
        }
    }
}

/// Calls `edit` with each schema that an operation holds directly, its place, and its pointer below the operation.
pub fn edit_schemas(operation: &mut Value, edit: &mut dyn FnMut(&Place, &str, &mut Value)) {
    if let Some(parameters) = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut)
    {
        for (index, parameter) in parameters.iter_mut().enumerate() {
            let place = Place::Parameter(text(parameter, "name").unwrap_or_default());
            if let Some(schema) = parameter.get_mut("schema") {
                edit(&place, &format!("/parameters/{index}/schema"), schema);
            }
            edit_content(parameter, &place, &format!("/parameters/{index}"), edit);
        }
    }
    if let Some(body) = operation.get_mut("requestBody") {
        edit_content(body, &Place::Request, "/requestBody", edit);
    }
    let answers = operation
        .get_mut("responses")
        .and_then(Value::as_object_mut);
    for (status, answer) in answers.into_iter().flatten() {
        let pointer = format!("/responses/{}", escape(status));
        edit_content(answer, &Place::Answer(status.clone()), &pointer, edit);
    }
}

fn edit_content(
    holder: &mut Value,
    place: &Place,
    pointer: &str,
    edit: &mut dyn FnMut(&Place, &str, &mut Value),
) {
    let content = holder.get_mut("content").and_then(Value::as_object_mut);
    for (media_type, value) in content.into_iter().flatten() {
        if let Some(schema) = value.get_mut("schema") {
            let pointer = format!("{pointer}/content/{}/schema", escape(media_type));
            edit(place, &pointer, schema);
        }
    }
}

/// The named schemas of a document.
#[must_use]
pub fn components(root: &Value) -> Option<&Map<String, Value>> {
    root.pointer(SCHEMAS)?.as_object()
}

/// The named schemas of a document, made when there are none.
pub fn components_mut(root: &mut Value) -> Option<&mut Map<String, Value>> {
    let mut holder = root.as_object_mut()?;
    for key in ["components", "schemas"] {
        let value = holder.entry(key).or_insert_with(|| Value::Null);
        if !value.is_object() {
            *value = Value::Object(Map::new());
        }
        holder = value.as_object_mut()?;
    }
    Some(holder)
}

/// Calls `edit` on every schema of the document, outermost first: those of operations, then the named ones.
/// The pointer given is that of the schema; the operation key is `METHOD path` where there is one.
pub fn edit_all(root: &mut Value, edit: &mut dyn FnMut(&str, Option<&str>, &mut Value)) {
    edit_operations(root, &mut |path, method, operation| {
        let base = operation_pointer(path, method);
        let key = format!("{} {path}", method.to_uppercase());
        edit_schemas(operation, &mut |_, pointer, schema| {
            walk_mut(
                schema,
                &format!("{base}{pointer}"),
                &mut |pointer, schema| {
                    edit(pointer, Some(&key), schema);
                },
            );
        });
    });
    for (name, schema) in components_mut(root).into_iter().flatten() {
        let pointer = format!("{SCHEMAS}/{}", escape(name));
        walk_mut(schema, &pointer, &mut |pointer, schema| {
            edit(pointer, None, schema);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_walk_gives_each_schema_with_its_pointer() {
        let mut schema = json!({
            "properties": {
                "a/b~c": { "items": { "type": "string" } },
                "": { "oneOf": [{ "allOf": [{}] }, { "not": {} }] },
            },
            "items": [{ "ignored": true }],
            "additionalProperties": { "anyOf": [{}] },
        });
        let mut pointers = Vec::new();
        walk(&schema, "", &mut |pointer, inner| {
            assert_eq!(schema.pointer(pointer), Some(inner), "{pointer}");
            pointers.push(pointer.to_owned());
        });
        let expected = [
            "",
            "/properties/a~1b~0c",
            "/properties/a~1b~0c/items",
            "/properties/",
            "/properties//oneOf/0",
            "/properties//oneOf/0/allOf/0",
            "/properties//oneOf/1",
            "/properties//oneOf/1/not",
            "/additionalProperties",
            "/additionalProperties/anyOf/0",
        ];
        assert_eq!(pointers, expected);
        let whole = schema.clone();
        let mut again = Vec::new();
        walk_mut(&mut schema, "/x", &mut |pointer, inner| {
            let pointer = pointer.strip_prefix("/x").unwrap_or_default();
            assert_eq!(whole.pointer(pointer), Some(&*inner), "{pointer}");
            again.push(pointer.to_owned());
        });
        assert_eq!(again, expected);
    }
}
