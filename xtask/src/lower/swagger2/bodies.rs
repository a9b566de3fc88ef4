//! Parameters in the body become the request body.

use super::super::report::Report;
use super::{Defaults, JSON, RULE, edit_operations, media_types, parameters};
use crate::schema::{flag, resolve};
use serde_json::{Map, Value, json};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

pub(super) fn apply(root: &mut Value, defaults: &Defaults, report: &mut Report) {
    write_out(root, report);
    edit_operations(root, &mut |pointer, operation| {
        let consumes = operation.shift_remove("consumes");
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
            return;
        };
        let mut bodies = Vec::new();
        let mut fields = Vec::new();
        for parameter in std::mem::take(parameters) {
            match place(&parameter) {
                Some("body") => bodies.push(parameter),
                Some("formData" | "form") => fields.push(parameter),
                _ => parameters.push(parameter),
            }
        }
        let consumes = consumes.and_then(|own| media_types(&json!({ "own": own }), "own"));
        let consumes = consumes.unwrap_or_else(|| defaults.consumes.clone());
        if operation.contains_key("requestBody") && !(bodies.is_empty() && fields.is_empty()) {
            let what = "parameters in the body taken out beside a requestBody";
            report.loss(RULE, pointer, what, "the parameters");
        } else if !bodies.is_empty() {
            let body = json_body(bodies, &fields, &consumes, pointer, report);
            operation.insert("requestBody".to_owned(), body);
        } else if !fields.is_empty() {
            let (body, media_types) = form(fields, &consumes);
            let what = format!("form parameters are the request body, as {media_types}");
            report.note(RULE, pointer, what);
            operation.insert("requestBody".to_owned(), body);
        }
    });
}

fn place(parameter: &Value) -> Option<&str> {
    parameter.get("in")?.as_str()
}

/// Whether a parameter, or the shared one it refers to, is sent in the body.
fn in_body(root: &Value, parameter: &Value) -> bool {
    let resolved = resolve(root, parameter);
    let place = resolved.and_then(place);
    place.is_some_and(|place| ["body", "formData", "form"].contains(&place))
}

/// Shared parameters in the body, and those of a path, become parameters of each operation.
fn write_out(root: &mut Value, report: &mut Report) {
    if !has_body_parameters(root) {
        return;
    }
    let whole = root.clone();
    let expand = |parameters: &mut Value| {
        for parameter in parameters.as_array_mut().into_iter().flatten() {
            if in_body(&whole, parameter)
                && let Some(target) = resolve(&whole, parameter)
            {
                *parameter = target.clone();
            }
        }
    };
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (_, item) in paths.into_iter().flatten() {
        if let Some(shared) = item.get_mut("parameters") {
            expand(shared);
        }
        move_from_path(item);
    }
    edit_operations(root, &mut |_, operation| {
        if let Some(own) = operation.get_mut("parameters") {
            expand(own);
        }
    });
    for holder in ["/parameters", "/components/parameters"] {
        if let Some(shared) = root.pointer_mut(holder).and_then(Value::as_object_mut) {
            let before = shared.len();
            shared.retain(|_, parameter| !in_body(&whole, parameter));
            let gone = before - shared.len();
            if gone > 0 {
                let what = format!("{gone} parameters in the body written out where they are used");
                report.note(RULE, holder, what);
            }
        }
    }
}

fn has_body_parameters(root: &Value) -> bool {
    let mut holders = vec![
        root.get("parameters"),
        root.pointer("/components/parameters"),
    ];
    let items = root.get("paths").and_then(Value::as_object);
    holders.extend(
        items
            .into_iter()
            .flatten()
            .map(|(_, item)| item.get("parameters")),
    );
    holders.into_iter().flatten().any(|holder| match holder {
        Value::Object(named) => named.values().any(|parameter| in_body(root, parameter)),
        Value::Array(listed) => listed.iter().any(|parameter| in_body(root, parameter)),
        _ => false,
    })
}

/// Moves parameters in the body from a path to those of its operations that have none of their own.
fn move_from_path(item: &mut Value) {
    let Some(item) = item.as_object_mut() else {
        return;
    };
    let Some(Value::Array(shared)) = item.get_mut("parameters") else {
        return;
    };
    let (bodies, others): (Vec<Value>, Vec<Value>) = std::mem::take(shared)
        .into_iter()
        .partition(|parameter| in_body(&Value::Null, parameter));
    *shared = others;
    if bodies.is_empty() {
        return;
    }
    for (method, operation) in item.iter_mut() {
        let takes_body = ["post", "put", "patch", "delete"].contains(&method.as_str());
        let Some(operation) = operation.as_object_mut().filter(|_| takes_body) else {
            continue;
        };
        let own = operation.entry("parameters").or_insert_with(|| json!([]));
        let Some(own) = own.as_array_mut() else {
            continue;
        };
        for body in &bodies {
            let same = |there: &Value| {
                let is_body = place(body) == Some("body");
                place(there) == place(body) && (is_body || there.get("name") == body.get("name"))
            };
            if !own.iter().any(same) {
                own.push(body.clone());
            }
        }
    }
}

/// The body that the first body parameter describes.
fn json_body(
    bodies: Vec<Value>,
    fields: &[Value],
    consumes: &[String],
    pointer: &str,
    report: &mut Report,
) -> Value {
    let dropped = bodies.len() - 1 + fields.len();
    let parameter = bodies.into_iter().next().unwrap_or_default();
    let name = parameter
        .get("name")
        .and_then(Value::as_str)
        .unwrap_or("body")
        .to_owned();
    report.note(
        RULE,
        pointer,
        format!("the parameter `{name}` is the request body"),
    );
    if dropped > 0 {
        let what = format!("{dropped} parameters in the body beside `{name}` taken out");
        report.loss(RULE, pointer, what, "the parameters");
    }
    let mut body = Map::new();
    let mut parameter = match parameter {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    let schema = parameter.shift_remove("schema").or_else(|| {
        // A body that is described as a parameter in a query would be.
        parameters::take_schema(&mut parameter).map(Value::Object)
    });
    for (key, value) in parameter {
        if key == "description" || key == "required" || key.starts_with("x-") {
            body.insert(key, value);
        }
    }
    let mut media_type = Map::new();
    media_type.insert("schema".to_owned(), schema.unwrap_or_else(|| json!({})));
    let mut names: Vec<&str> = consumes.iter().map(String::as_str).collect();
    // Nothing is sent as `*/*`.
    names.retain(|name| !name.contains('*'));
    if names.is_empty() {
        names.push(JSON);
    }
    let content: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), Value::Object(media_type.clone())))
        .collect();
    body.insert("content".to_owned(), Value::Object(content));
    Value::Object(body)
}

/// The form that the parameters are fields of, and its media types.
fn form(fields: Vec<Value>, consumes: &[String]) -> (Value, String) {
    let has_file = fields
        .iter()
        .any(|field| field.get("type").is_some_and(|kind| kind == "file"));
    let accepts = |wanted: &str| {
        consumes
            .iter()
            .any(|name| name.to_ascii_lowercase().starts_with(wanted))
    };
    let names = match (has_file || accepts(MULTIPART), accepts(URLENCODED)) {
        (true, true) if !has_file => vec![URLENCODED, MULTIPART],
        (true, _) => vec![MULTIPART],
        (false, _) => vec![URLENCODED],
    };
    let mut properties = Map::new();
    let mut required: Vec<Value> = Vec::new();
    let mut encoding = Map::new();
    for field in fields {
        let Some(name) = field.get("name").and_then(Value::as_str).map(str::to_owned) else {
            continue;
        };
        if flag(&field, "required") {
            required.push(name.clone().into());
        }
        let (schema, style) = field_schema(field);
        if !style.is_empty() {
            encoding.insert(name.clone(), Value::Object(style));
        }
        properties.insert(name, schema);
    }
    let is_required = !required.is_empty();
    let mut schema = json!({ "type": "object", "properties": properties });
    if is_required {
        schema["required"] = required.into();
    }
    let mut media_type = json!({ "schema": schema });
    if !encoding.is_empty() {
        media_type["encoding"] = Value::Object(encoding);
    }
    let content: Map<String, Value> = names
        .iter()
        .map(|name| ((*name).to_owned(), media_type.clone()))
        .collect();
    let mut body = json!({ "content": content });
    if is_required {
        body["required"] = true.into();
    }
    (body, names.join(" or "))
}

/// The schema of a field, and how an array is written.
fn field_schema(field: Value) -> (Value, Map<String, Value>) {
    let Value::Object(mut members) = field else {
        return (json!({}), Map::new());
    };
    let mut schema = match members.shift_remove("schema") {
        Some(Value::Object(schema)) => schema,
        _ => parameters::take_schema(&mut members).unwrap_or_default(),
    };
    for key in ["description", "example"] {
        if let Some(value) = members.shift_remove(key) {
            schema.entry(key).or_insert(value);
        }
    }
    let mut style = Map::new();
    if schema.get("type").is_some_and(|kind| kind == "array") {
        let format = members
            .get("collectionFormat")
            .and_then(Value::as_str)
            .unwrap_or("csv");
        parameters::set_style(&mut style, "formData", format);
    }
    (Value::Object(schema), style)
}
