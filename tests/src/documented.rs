//! The JSON answers that the documents promise, and values of their schemas.

use crate::specs::workspace;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// The form of an answer of one operation.
#[derive(Debug, Clone)]
pub struct Documented {
    /// `v2`, `v3` or `v4`.
    pub api: &'static str,
    /// Id of the operation.
    pub operation: String,
    /// Its status.
    pub status: u16,
    /// What the body is like.
    pub schema: Value,
    /// The document's named schemas.
    pub schemas: Schemas,
}

/// The named schemas of a document.
#[derive(Debug, Clone)]
pub struct Schemas(Arc<Map<String, Value>>);

impl Schemas {
    /// The schema, or the one it refers to.
    ///
    /// # Panics
    ///
    /// There is none of that name.
    pub fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let mut schema = schema;
        while let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap_or_default();
            schema = self.0.get(name).expect("the schema is there");
        }
        schema
    }
}

/// All answers in JSON of all operations, failures too, in the order of the documents.
pub fn documented() -> Vec<Documented> {
    let folder = workspace().join("crates/insightcloudsec-mock/src/generated");
    let mut found = Vec::new();
    for api in ["v2", "v3", "v4"] {
        let text = std::fs::read(folder.join(format!("insightcloudsec-{api}.json"))).unwrap();
        let document: Value = serde_json::from_slice(&text).unwrap();
        let schemas = document["components"]["schemas"].as_object().cloned();
        let schemas = Schemas(Arc::new(schemas.unwrap_or_default()));
        let items = document["paths"].as_object().unwrap().values();
        for operation in items.flat_map(|item| item.as_object().unwrap().values()) {
            let Some(id) = operation["operationId"].as_str() else {
                continue;
            };
            for (status, answer) in operation["responses"].as_object().unwrap() {
                let reference = answer["$ref"]
                    .as_str()
                    .map(|text| text.trim_start_matches('#'));
                let answer = reference.map_or(answer, |text| document.pointer(text).unwrap());
                let schema = answer.pointer("/content/application~1json/schema");
                if let (Some(schema), Ok(status)) = (schema, status.parse()) {
                    found.push(Documented {
                        api,
                        operation: id.to_owned(),
                        status,
                        schema: schema.clone(),
                        schemas: schemas.clone(),
                    });
                }
            }
        }
    }
    found
}

/// Pseudo-random numbers that a seed decides (`SplitMix64`).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`, which is not 0.
    pub fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.number() >> 33).unwrap() % bound
    }

    /// Whether something of a probability in percent happens.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    /// One of several.
    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        &choices[self.below(choices.len())]
    }
}

/// Beyond this depth values have no members or elements that they need not have.
const DEPTH: usize = 7;

/// The forms in which dates come.
const DATES: [&str; 7] = [
    "2022-04-05 03:35:06",
    "2019-07-11 02:40:51.443796",
    "2022-02-18T05:35:47Z",
    "2022-10-02T13:17:16",
    "05/15/2019 22:13:19",
    "2023/01/01, 01:01:01 UTC",
    "None",
];

impl Documented {
    /// A value as documented: every member is of its type, and most are there.
    pub fn sample(&self, random: &mut Random) -> Value {
        Sampler {
            schemas: &self.schemas,
            random,
        }
        .value(&self.schema, 0)
    }
}

struct Sampler<'a> {
    schemas: &'a Schemas,
    random: &'a mut Random,
}

impl Sampler<'_> {
    fn value(&mut self, schema: &Value, depth: usize) -> Value {
        let schemas = self.schemas;
        let schema = schemas.resolve(schema);
        if schema["nullable"] == true && self.random.percent(20) {
            return Value::Null;
        }
        for union in ["oneOf", "anyOf"] {
            if let Some(alternatives) = schema[union].as_array() {
                let chosen = self.random.pick(alternatives).clone();
                return self.value(&chosen, depth);
            }
        }
        if let Some(values) = schema["enum"].as_array() {
            return self.random.pick(values).clone();
        }
        match schema["type"].as_str() {
            Some("object") => self.object(schema, depth),
            Some("array") => {
                let count = if depth < DEPTH {
                    self.random.below(4)
                } else {
                    0
                };
                let items = (0..count).map(|_| self.value(&schema["items"], depth + 1));
                items.collect()
            }
            Some("integer") => json!(self.random.below(100_000)),
            Some("number") => json!(f64::from(u8::try_from(self.random.below(200)).unwrap()) / 4.0),
            Some("boolean") => json!(self.random.percent(50)),
            Some("string") => self.text(schema),
            _ => self.anything(),
        }
    }

    fn object(&mut self, schema: &Value, depth: usize) -> Value {
        let mut value = Map::new();
        let key = schema["x-keyed-by"].as_str();
        let members: Vec<_> = schema["properties"]
            .as_object()
            .into_iter()
            .flatten()
            .collect();
        if let Some(key) = key {
            let held: Vec<_> = members.iter().filter(|(name, _)| *name != key).collect();
            let (name, held) = **self.random.pick(&held);
            value.insert(key.to_owned(), json!(name));
            value.insert(name.clone(), self.value(held, depth + 1));
            return Value::Object(value);
        }
        let named = members.is_empty();
        for (name, member) in members {
            let required = schema["x-always-present"]
                .as_array()
                .is_some_and(|names| names.contains(&json!(name)));
            if required || (depth < DEPTH && self.random.percent(75)) {
                value.insert(name.clone(), self.value(member, depth + 1));
            }
        }
        if named && depth < DEPTH {
            for at in 0..self.random.below(4) {
                let member = match &schema["additionalProperties"] {
                    Value::Object(of) => self.value(&Value::Object(of.clone()), depth + 1),
                    _ => self.anything(),
                };
                value.insert(format!("key_{at}"), member);
            }
        }
        Value::Object(value)
    }

    fn text(&mut self, schema: &Value) -> Value {
        match schema["format"].as_str() {
            Some("x-timestamp") => json!(self.random.pick(&DATES)),
            Some("x-percentage") => json!(format!("{}%", self.random.below(101))),
            Some("x-integer-or-text") => json!(self.random.below(100_000).to_string()),
            Some("x-flag") => json!(self.random.percent(50).to_string()),
            _ => json!(
                self.random
                    .pick(&["", "a", "instance:18:us-east-1:i-0abc:", "ü\n\"\\"])
            ),
        }
    }

    /// A value where the document says nothing of its kind.
    fn anything(&mut self) -> Value {
        let choices = [
            json!("text"),
            json!(7),
            json!(true),
            json!(["name", 1.5]),
            json!({ "a": { "b": 1 } }),
        ];
        self.random.pick(&choices).clone()
    }
}
