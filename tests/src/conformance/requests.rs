//! Requests made from the schemas of an operation.

use super::document::{Document, Operation, items, members};
use crate::calls::Sample;
use serde_json::{Map, Value, json};

/// How many references may lie inside of each other; schemas that hold themselves end there.
const MAX_DEPTH: usize = 12;

/// Requests of one operation, at most.
const MAX_SAMPLES: usize = 64;

/// Which members a request has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Those that are required.
    Minimal,
    /// All, and one of a map.
    Full,
    /// All, and one that is not declared in each object whose schema declares members and invites others.
    Open,
}

/// A request.
pub struct Request {
    /// Which members it has.
    pub extent: Extent,
    /// Parameters by name, and the body; null for none.
    pub sample: Sample,
}

/// One minimal request, then full ones until each enum value and each alternative has been in one, then maybe an open
/// one.
///
/// # Errors
///
/// A schema that no value can be made for.
pub fn requests(document: &Document, operation: &Operation) -> Result<Vec<Request>, String> {
    let make = |extent, index| {
        let mut maker = Maker {
            document,
            extent,
            index,
            variety: 1,
            is_open: false,
            made: 0,
        };
        let sample = maker.request(operation)?;
        Ok::<_, String>((Request { extent, sample }, maker.variety, maker.is_open))
    };
    let (minimal, _, _) = make(Extent::Minimal, 0)?;
    let (full, variety, is_open) = make(Extent::Full, 0)?;
    if variety > MAX_SAMPLES {
        return Err(format!("{variety} requests would be needed"));
    }
    let mut all = vec![minimal, full];
    for index in 1..variety {
        all.push(make(Extent::Full, index)?.0);
    }
    if is_open {
        all.push(make(Extent::Open, 0)?.0);
    }
    Ok(all)
}

/// Makes the values of one request, no two alike where the schema leaves room, so that exchanged ones are noticed.
struct Maker<'a> {
    document: &'a Document,
    extent: Extent,
    /// Which of the requests this is; decides every choice.
    index: usize,
    /// How many requests it takes to make every choice.
    variety: usize,
    /// Whether an object that declares members invites others.
    is_open: bool,
    /// Values made so far.
    made: i64,
}

impl Maker<'_> {
    fn request(&mut self, operation: &Operation) -> Result<Sample, String> {
        let all = self.extent != Extent::Minimal;
        let mut parameters = Map::new();
        for parameter in &operation.parameters {
            if all || parameter.required {
                let value = self.value(&parameter.schema, 1, 0)?;
                parameters.insert(parameter.name.clone(), value.unwrap_or_default());
            }
        }
        let body = operation.body.as_ref().filter(|body| all || body.required);
        let body = match body {
            Some(body) => self.value(&body.schema, 1, 0)?,
            None => None,
        };
        Ok(Sample(json!({ "parameters": parameters, "body": body })))
    }

    /// A value; none where the schema goes on inside of itself. `stride` is the number of ways in which the choices
    /// around it can fall out.
    fn value(
        &mut self,
        schema: &Value,
        stride: usize,
        depth: usize,
    ) -> Result<Option<Value>, String> {
        if depth > MAX_DEPTH {
            return Ok(None);
        }
        let schema = self.document.resolve(schema)?;
        let depth = depth + 1;
        if let Some(values) = schema["enum"].as_array() {
            return Ok(Some(values[self.choose(values.len(), stride)].clone()));
        }
        for kind in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema[kind].as_array() {
                let chosen = self.choose(alternatives.len(), stride);
                return self.value(&alternatives[chosen], stride * alternatives.len(), depth);
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.all_of(parts, stride, depth);
        }
        self.made += 1;
        Ok(match schema["type"].as_str() {
            Some("string") => Some(json!(self.text(schema))),
            Some("integer" | "number") => Some(json!(self.integer(schema))),
            Some("boolean") => Some(json!(self.choose(2, stride) == 0)),
            Some("array") => self.array(schema, stride, depth)?,
            Some("object") => Some(self.object(schema, stride, depth)?),
            Some(other) => return Err(format!("type `{other}` is not known")),
            None if schema.get("properties").is_some() => Some(self.object(schema, stride, depth)?),
            None => Some(self.anything(stride)),
        })
    }

    fn choose(&mut self, count: usize, stride: usize) -> usize {
        self.variety = self.variety.max(stride * count);
        self.index / stride % count.max(1)
    }

    fn all_of(
        &mut self,
        parts: &[Value],
        stride: usize,
        depth: usize,
    ) -> Result<Option<Value>, String> {
        let mut whole = Map::new();
        for part in parts {
            match self.value(part, stride, depth)? {
                Some(Value::Object(members)) => whole.extend(members),
                _ => return Err("`allOf` of what is no object".to_owned()),
            }
        }
        Ok(Some(Value::Object(whole)))
    }

    /// Letters and signs that must be encoded in a path or query.
    fn text(&self, schema: &Value) -> String {
        let text = match schema["format"].as_str() {
            Some("password") => format!("made-up-secret-{}", self.made),
            _ => format!("made up {} ü/?#&=+%;,", self.made),
        };
        let longest = usize_of(&schema["maxLength"]).unwrap_or(usize::MAX);
        let mut text: String = text.chars().take(longest).collect();
        while text.chars().count() < usize_of(&schema["minLength"]).unwrap_or(0) {
            text.push('x');
        }
        text
    }

    fn integer(&self, schema: &Value) -> i64 {
        let least = schema["minimum"].as_i64().unwrap_or(i64::MIN);
        let most = schema["maximum"].as_i64().unwrap_or(i64::MAX);
        self.made.max(least).min(most)
    }

    fn array(
        &mut self,
        schema: &Value,
        stride: usize,
        depth: usize,
    ) -> Result<Option<Value>, String> {
        let least = usize_of(&schema["minItems"]).unwrap_or(0);
        let most = usize_of(&schema["maxItems"]).unwrap_or(usize::MAX);
        let count = match self.extent {
            Extent::Minimal => least,
            Extent::Full | Extent::Open => 2.max(least).min(most),
        };
        let mut values = Vec::new();
        for _ in 0..count {
            values.extend(self.value(&schema["items"], stride, depth)?);
        }
        Ok(Some(Value::Array(values)))
    }

    fn object(&mut self, schema: &Value, stride: usize, depth: usize) -> Result<Value, String> {
        let mut object = Map::new();
        for (name, member) in members(&schema["properties"]) {
            let required = items(&schema["required"]).any(|required| required == name);
            let sent = self.document.resolve(member)?["readOnly"] != true;
            if sent && (required || self.extent != Extent::Minimal) {
                let value = self.value(member, stride, depth)?;
                object.extend(value.map(|value| (name.clone(), value)));
            }
        }
        let invited = match &schema["additionalProperties"] {
            Value::Null | Value::Bool(false) => None,
            invited => Some(invited),
        };
        let is_map = members(&schema["properties"]).next().is_none();
        self.is_open |= invited.is_some() && !is_map;
        let wanted = match self.extent {
            Extent::Minimal => false,
            Extent::Full => is_map,
            Extent::Open => true,
        };
        let value = match invited.filter(|_| wanted) {
            Some(members @ Value::Object(_)) => self.value(members, stride, depth)?,
            Some(_) => Some(self.anything(stride)),
            None => None,
        };
        object.extend(value.map(|value| ("made_up_member".to_owned(), value)));
        Ok(Value::Object(object))
    }

    /// A value of each kind but null, which need not be sent.
    fn anything(&mut self, stride: usize) -> Value {
        self.made += 1;
        match self.choose(5, stride) {
            0 => json!(format!("made up {}", self.made)),
            1 => json!(self.made),
            2 => json!({ "made_up": [self.made, null] }),
            3 => json!([self.made, { "made_up": true }]),
            _ => json!(false),
        }
    }
}

fn usize_of(value: &Value) -> Option<usize> {
    value.as_u64().and_then(|number| number.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bodies made for a schema.
    fn bodies(schema: &Value) -> Vec<Value> {
        let body =
            json!({ "required": true, "content": { "application/json": { "schema": schema } } });
        let operation = json!({ "operationId": "x", "requestBody": body });
        let tree = json!({ "properties": { "child": { "$ref": "#/components/schemas/Tree" } } });
        let document = json!({
            "paths": { "/x": { "post": operation } },
            "components": { "schemas": { "Tree": tree } },
        });
        let document = Document::new(document).unwrap();
        let made = requests(&document, &document.operations[0]).unwrap();
        made.iter()
            .map(|request| request.sample.0["body"].clone())
            .collect()
    }

    #[test]
    fn the_first_has_what_is_required_and_the_others_all() {
        let schema = json!({
            "type": "object",
            "required": ["a", "d"],
            "properties": {
                "a": { "type": "integer", "minimum": 40 },
                "b": { "type": "string", "format": "password" },
                "c": { "type": "string", "readOnly": true },
                "d": { "type": "array", "items": { "type": "string", "maxLength": 3 } },
            },
        });
        let full = json!({ "a": 40, "b": "made-up-secret-3", "d": ["mad", "mad"] });
        assert_eq!(bodies(&schema), [json!({ "a": 40, "d": [] }), full]);
    }

    #[test]
    fn every_value_and_every_alternative_is_in_one() {
        let inner = json!({ "type": "object", "properties": { "b": { "enum": ["x", "y"] } } });
        let schema = json!({
            "type": "object",
            "properties": { "a": { "oneOf": [inner, { "enum": [1, 2] }] } },
        });
        let made = bodies(&schema);
        assert_eq!(made[0], json!({}));
        let values = ["x", "y"].map(|value| json!({ "a": { "b": value } }));
        let values = values
            .into_iter()
            .chain([json!({ "a": 1 }), json!({ "a": 2 })]);
        for value in values {
            assert!(made.contains(&value), "{value}: {made:?}");
        }
        assert_eq!(made.len(), 5);
    }

    #[test]
    fn undeclared_members_are_sent_where_they_are_invited() {
        let schema = json!({
            "type": "object",
            "properties": { "a": { "type": "integer" } },
            "additionalProperties": { "type": "integer" },
        });
        let full = json!({ "a": 2 });
        let open = json!({ "a": 2, "made_up_member": 3 });
        assert_eq!(bodies(&schema), [json!({}), full, open]);
        let map = json!({ "type": "object", "additionalProperties": { "type": "integer" } });
        let full = json!({ "made_up_member": 2 });
        assert_eq!(bodies(&map), [json!({}), full]);
    }

    #[test]
    fn a_schema_that_holds_itself_ends() {
        let made = bodies(&json!({ "$ref": "#/components/schemas/Tree" }));
        assert_eq!(made[1].to_string().matches("child").count(), MAX_DEPTH);
    }
}
