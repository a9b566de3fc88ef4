//! Plausible values of a schema, the same ones on every run.

pub(crate) mod words;

use serde_json::{Map, Value, json};

use crate::catalog::{Catalog, Version, object};
use crate::random::Random;

/// Deeper than any list of records in the documents; what nests further ends in empty values.
const MAX_DEPTH: usize = 7;

/// Makes values of the schemas of one document.
#[derive(Debug)]
pub(crate) struct Sampler<'a> {
    catalog: &'a Catalog,
    version: Version,
    random: Random,
}

impl<'a> Sampler<'a> {
    /// The values depend on seed and label alone.
    pub(crate) fn new(catalog: &'a Catalog, version: Version, seed: u64, label: &str) -> Self {
        Self {
            catalog,
            version,
            random: Random::labelled(seed, label),
        }
    }

    /// A value of the named schema.
    pub(crate) fn named(&mut self, name: &str) -> Value {
        let schema = self.catalog.schema(self.version, name);
        self.value(schema, "")
    }

    /// A value of a schema; the member's name tells what it is about.
    pub(crate) fn value(&mut self, schema: &Value, name: &str) -> Value {
        self.at_depth(schema, name, 0)
    }

    fn at_depth(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        let catalog = self.catalog;
        let schema = catalog.resolve(self.version, schema);
        if schema["nullable"] == true && self.random.one_in(4) {
            return Value::Null;
        }
        if let Some(choices) = schema["enum"].as_array() {
            return self.one_of(choices).cloned().unwrap_or_default();
        }
        for combined in ["oneOf", "anyOf"] {
            if let Some(choices) = schema[combined].as_array() {
                let chosen = self.one_of(choices);
                return chosen
                    .map(|one| self.at_depth(one, name, depth))
                    .unwrap_or_default();
            }
        }
        if let Some(parts) = schema["allOf"].as_array() {
            return self.merged(parts, name, depth);
        }
        match schema["type"].as_str() {
            Some("object") => Value::Object(self.object(schema, depth)),
            Some("array") => self.array(schema, name, depth),
            Some("string") => Value::String(words::text(&mut self.random, schema, name)),
            Some("integer") => json!(words::integer(&mut self.random, schema, name)),
            Some("number") => json!(words::number(&mut self.random, name)),
            Some("boolean") => json!(self.random.one_in(2)),
            _ => json!(words::text(&mut self.random, schema, name)),
        }
    }

    fn one_of<'v>(&mut self, choices: &'v [Value]) -> Option<&'v Value> {
        let at = self.random.next() % (choices.len().max(1) as u64);
        choices.get(usize::try_from(at).unwrap_or_default())
    }

    fn merged(&mut self, parts: &[Value], name: &str, depth: usize) -> Value {
        let mut whole = Map::new();
        for part in parts {
            match self.at_depth(part, name, depth) {
                Value::Object(members) => whole.extend(members),
                other => return other,
            }
        }
        Value::Object(whole)
    }

    fn array(&mut self, schema: &Value, name: &str, depth: usize) -> Value {
        if depth >= MAX_DEPTH {
            return json!([]);
        }
        let singular = name.strip_suffix('s').unwrap_or(name);
        let count = self.random.between(1, 3);
        (0..count)
            .map(|_| self.at_depth(&schema["items"], singular, depth + 1))
            .collect()
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Map<String, Value> {
        let mut members = Map::new();
        let required = schema["required"].as_array();
        let properties = object(&schema["properties"]);
        // A union spelled as members: one of them names the other.
        if let (Some(key), Some(properties)) = (schema["x-keyed-by"].as_str(), properties) {
            return self.keyed(key, properties, depth);
        }
        for (name, member) in properties.into_iter().flatten() {
            let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
            if is_required || depth < MAX_DEPTH {
                members.insert(name.clone(), self.at_depth(member, name, depth + 1));
            }
        }
        if members.is_empty() && depth < MAX_DEPTH {
            self.fill_map(&schema["additionalProperties"], &mut members, depth);
        }
        members
    }

    fn keyed(&mut self, key: &str, all: &Map<String, Value>, depth: usize) -> Map<String, Value> {
        let kinds: Vec<&str> = all
            .keys()
            .map(String::as_str)
            .filter(|name| *name != key)
            .collect();
        let kind = self.random.pick(&kinds);
        let record = all
            .get(kind)
            .map(|schema| self.at_depth(schema, kind, depth + 1));
        Map::from_iter([
            (key.to_owned(), json!(kind)),
            (kind.to_owned(), record.unwrap_or_default()),
        ])
    }

    fn fill_map(&mut self, values: &Value, members: &mut Map<String, Value>, depth: usize) {
        for _ in 0..2 {
            let key = words::map_key(&mut self.random);
            match values {
                Value::Object(schema) if !schema.is_empty() => {
                    let value = self.at_depth(values, key, depth + 1);
                    members.insert(key.to_owned(), value);
                }
                Value::Bool(true) | Value::Object(_) => {
                    members.insert(key.to_owned(), json!(words::word(&mut self.random)));
                }
                _ => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(schema: &Value, seed: u64) -> Value {
        let catalog = Catalog::embedded().unwrap();
        Sampler::new(catalog, Version::V2, seed, "test").value(schema, "sample")
    }

    #[test]
    fn one_seed_one_value() {
        let cloud = json!({"$ref": "#/components/schemas/Cloud"});
        assert_eq!(sample(&cloud, 3), sample(&cloud, 3));
        assert_ne!(sample(&cloud, 3), sample(&cloud, 4));
    }

    #[test]
    fn schemas_that_hold_themselves_end() {
        let catalog = Catalog::embedded().unwrap();
        for seed in 0..20 {
            let mut sampler = Sampler::new(catalog, Version::V2, seed, "deep");
            assert!(sampler.named("ResourceDetail").is_object());
        }
    }

    #[test]
    fn nullable_members_are_null_now_and_then() {
        let schema = json!({"type": "string", "nullable": true});
        let nulls = (0..100)
            .filter(|seed| sample(&schema, *seed).is_null())
            .count();
        assert!((5..60).contains(&nulls), "{nulls} of 100");
    }

    #[test]
    fn a_union_by_key_has_its_key_and_one_record() {
        let catalog = Catalog::embedded().unwrap();
        let item = Sampler::new(catalog, Version::V2, 1, "item").named("ResourceItem");
        let kind = item["resource_type"].as_str().unwrap();
        assert!(item[kind].is_object());
        assert_eq!(item.as_object().unwrap().len(), 2);
    }

    #[test]
    fn odd_schemas_are_no_trouble() {
        for schema in [
            json!({}),
            json!(null),
            json!({"enum": []}),
            json!({"oneOf": []}),
            json!(7),
        ] {
            sample(&schema, 1);
        }
        assert_eq!(
            sample(&json!({"type": "object", "additionalProperties": false}), 1),
            json!({})
        );
    }
}
