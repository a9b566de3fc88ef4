//! Parameters in the body become the request body.

use super::super::report::Report;
use super::{Defaults, JSON, RULE, edit_operations, media_types, parameters, referred};
use crate::schema::{escape, flag};
use serde_json::{Map, Value, json};

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";

/// A parameter, and the pointer where it stood.
type Placed = (Value, String);

pub(super) fn apply(root: &mut Value, defaults: &Defaults, report: &mut Report) {
    write_out(root, report);
    let mut moves = Vec::new();
    edit_operations(root, &mut |pointer, operation| {
        let consumes = operation.shift_remove("consumes");
        let Some(Value::Array(parameters)) = operation.get_mut("parameters") else {
            return;
        };
        let mut bodies: Vec<Placed> = Vec::new();
        let mut fields: Vec<Placed> = Vec::new();
        for (index, parameter) in std::mem::take(parameters).into_iter().enumerate() {
            let from = format!("{pointer}/parameters/{index}");
            match place(&parameter) {
                Some("body") => bodies.push((parameter, from)),
                Some("formData" | "form") => fields.push((parameter, from)),
                _ => {
                    moves.push((from, format!("{pointer}/parameters/{}", parameters.len())));
                    parameters.push(parameter);
                }
            }
        }
        let consumes = consumes.and_then(|own| media_types(&json!({ "own": own }), "own"));
        let consumes = consumes.unwrap_or_else(|| defaults.consumes.clone());
        let mut request = Request {
            pointer,
            moves: &mut moves,
            report: &mut *report,
        };
        if operation.contains_key("requestBody") && !(bodies.is_empty() && fields.is_empty()) {
            let what = "parameters in the body taken out beside a requestBody";
            request.report.loss(RULE, pointer, what, "the parameters");
        } else if !bodies.is_empty() {
            let body = request.of_body(bodies, fields.len(), &consumes);
            operation.insert("requestBody".to_owned(), body);
        } else if !fields.is_empty() {
            let body = request.of_form(fields, &consumes);
            operation.insert("requestBody".to_owned(), body);
        }
    });
    report.moved(moves);
}

fn place(parameter: &Value) -> Option<&str> {
    parameter.get("in")?.as_str()
}

fn in_body(parameter: &Value) -> bool {
    place(parameter).is_some_and(|place| ["body", "formData", "form"].contains(&place))
}

/// The parameter in the body that a reference names, and its pointer.
fn referred_body<'a>(root: &'a Value, parameter: &Value) -> Option<(&'a Value, String)> {
    referred(root, parameter).filter(|(target, _)| in_body(target))
}

/// Shared parameters in the body, and those of a path, become parameters of each operation.
fn write_out(root: &mut Value, report: &mut Report) {
    if !has_body_parameters(root) {
        return;
    }
    let whole = root.clone();
    let mut copies = Vec::new();
    let mut expand = |holder: Option<&mut Value>, pointer: &str| {
        let parameters = holder.and_then(Value::as_array_mut);
        for (index, parameter) in parameters.into_iter().flatten().enumerate() {
            if let Some((target, from)) = referred_body(&whole, parameter) {
                *parameter = target.clone();
                copies.push((from, format!("{pointer}/parameters/{index}")));
            }
        }
    };
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        expand(
            item.get_mut("parameters"),
            &format!("/paths/{}", escape(path)),
        );
    }
    edit_operations(root, &mut |pointer, operation| {
        expand(operation.get_mut("parameters"), pointer);
    });
    report.moved(copies);
    let mut moves = Vec::new();
    let paths = root.get_mut("paths").and_then(Value::as_object_mut);
    for (path, item) in paths.into_iter().flatten() {
        move_from_path(item, &format!("/paths/{}", escape(path)), &mut moves);
    }
    report.moved(moves);
    for holder in ["/parameters", "/components/parameters"] {
        if let Some(shared) = root.pointer_mut(holder).and_then(Value::as_object_mut) {
            let before = shared.len();
            shared.retain(|_, parameter| {
                !in_body(parameter) && referred_body(&whole, parameter).is_none()
            });
            let gone = before - shared.len();
            if gone > 0 {
                let what =
                    format!("parameters in the body written out where they are used: {gone}");
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
        Value::Object(named) => named.values().any(in_body),
        Value::Array(listed) => listed
            .iter()
            .any(|parameter| in_body(parameter) || referred_body(root, parameter).is_some()),
        _ => false,
    })
}

/// Moves parameters in the body from a path to those of its operations that have none of their own.
fn move_from_path(item: &mut Value, pointer: &str, moves: &mut Vec<(String, String)>) {
    let Some(item) = item.as_object_mut() else {
        return;
    };
    let Some(Value::Array(shared)) = item.get_mut("parameters") else {
        return;
    };
    let mut bodies: Vec<Placed> = Vec::new();
    for (index, parameter) in std::mem::take(shared).into_iter().enumerate() {
        let from = format!("{pointer}/parameters/{index}");
        if in_body(&parameter) {
            bodies.push((parameter, from));
        } else {
            moves.push((from, format!("{pointer}/parameters/{}", shared.len())));
            shared.push(parameter);
        }
    }
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
        for (body, from) in &bodies {
            let same = |there: &Value| {
                let is_body = place(body) == Some("body");
                place(there) == place(body) && (is_body || there.get("name") == body.get("name"))
            };
            if !own.iter().any(same) {
                let now = format!("{pointer}/{method}/parameters/{}", own.len());
                moves.push((from.clone(), now));
                own.push(body.clone());
            }
        }
    }
}

/// The request body of one operation in the making.
struct Request<'a> {
    pointer: &'a str,
    moves: &'a mut Vec<(String, String)>,
    report: &'a mut Report,
}

impl Request<'_> {
    /// The body that the first body parameter describes.
    fn of_body(&mut self, bodies: Vec<Placed>, fields: usize, consumes: &[String]) -> Value {
        let dropped = bodies.len().saturating_sub(1).saturating_add(fields);
        let (parameter, from) = bodies.into_iter().next().unwrap_or_default();
        let mut parameter = match parameter {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        let name = parameter
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or("body")
            .to_owned();
        let what = format!("the parameter `{name}` is the request body");
        self.report.note(RULE, self.pointer, what);
        if dropped > 0 {
            let what = format!("parameters in the body taken out beside `{name}`: {dropped}");
            self.report.loss(RULE, self.pointer, what, "the parameters");
        }
        let from = if parameter.contains_key("schema") {
            from + "/schema"
        } else {
            from
        };
        let schema = parameter.shift_remove("schema").or_else(|| {
            // A body that is described as a parameter in a query would be.
            parameters::take_schema(&mut parameter).map(Value::Object)
        });
        let mut body = Map::new();
        for (key, value) in parameter {
            if key == "description" || key == "required" || key.starts_with("x-") {
                body.insert(key, value);
            }
        }
        let mut names: Vec<&str> = consumes.iter().map(String::as_str).collect();
        // Nothing is sent as `*/*`.
        names.retain(|name| !name.contains('*'));
        if names.is_empty() {
            names.push(JSON);
        }
        let media_type = json!({ "schema": schema.unwrap_or_else(|| json!({})) });
        for name in &names {
            self.moves.push((from.clone(), self.schema_pointer(name)));
        }
        body.insert("content".to_owned(), content(&names, &media_type));
        Value::Object(body)
    }

    /// The form that the parameters are fields of.
    fn of_form(&mut self, fields: Vec<Placed>, consumes: &[String]) -> Value {
        let names = form_media_types(&fields, consumes);
        let what = format!(
            "form parameters are the request body, as {}",
            names.join(" or ")
        );
        self.report.note(RULE, self.pointer, what);
        let mut properties = Map::new();
        let mut required: Vec<Value> = Vec::new();
        let mut encoding = Map::new();
        for (field, from) in fields {
            let Some(name) = field.get("name").and_then(Value::as_str).map(str::to_owned) else {
                continue;
            };
            if flag(&field, "required") {
                required.push(name.clone().into());
            }
            for media_type in &names {
                let member = format!("/properties/{}", escape(&name));
                self.moves
                    .push((from.clone(), self.schema_pointer(media_type) + &member));
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
        let mut body = json!({ "content": content(&names, &media_type) });
        if is_required {
            body["required"] = true.into();
        }
        body
    }

    fn schema_pointer(&self, media_type: &str) -> String {
        format!(
            "{}/requestBody/content/{}/schema",
            self.pointer,
            escape(media_type)
        )
    }
}

/// The same under each media type.
fn content(names: &[&str], media_type: &Value) -> Value {
    let content = names
        .iter()
        .map(|name| ((*name).to_owned(), media_type.clone()));
    Value::Object(content.collect())
}

/// How a form is sent: files need several parts.
fn form_media_types(fields: &[Placed], consumes: &[String]) -> Vec<&'static str> {
    let is_file = |(field, _): &Placed| field.get("type").is_some_and(|kind| kind == "file");
    let has_file = fields.iter().any(is_file);
    let accepts = |wanted: &str| {
        consumes
            .iter()
            .any(|name| name.to_ascii_lowercase().starts_with(wanted))
    };
    match (has_file || accepts(MULTIPART), accepts(URLENCODED)) {
        (true, true) if !has_file => vec![URLENCODED, MULTIPART],
        (true, _) => vec![MULTIPART],
        (false, _) => vec![URLENCODED],
    }
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
