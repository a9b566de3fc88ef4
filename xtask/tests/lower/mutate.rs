//! Documents that nobody would write, made from ones that somebody might.

use serde_json::{Map, Value, json};
use xtask::source::escape_segment;

/// As many documents, the same ones each time.
pub(crate) fn documents(count: usize) -> impl Iterator<Item = Value> {
    let seeds = seeds();
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    (0..count).map(move |round| {
        let mut document = seeds[round % seeds.len()].clone();
        for _ in 0..=random.below(5) {
            mutate(&mut document, &seeds, &mut random);
        }
        document
    })
}

/// Xorshift: no test needs better.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap()
    }
}

fn mutate(document: &mut Value, seeds: &[Value], random: &mut Random) {
    let mut places = Vec::new();
    pointers(document, "", &mut places);
    let place = places[random.below(places.len())].clone();
    let value = match random.below(4) {
        0 => odd(random),
        1 => {
            let target = &places[random.below(places.len())];
            json!({ "$ref": format!("#{target}") })
        }
        2 => {
            let seed = &seeds[random.below(seeds.len())];
            let mut others = Vec::new();
            pointers(seed, "", &mut others);
            seed.pointer(&others[random.below(others.len())])
                .cloned()
                .unwrap_or_default()
        }
        _ => {
            rename(document, &place, &places, random);
            return;
        }
    };
    // The version stays, else nothing is tried.
    if let Some(there) = document.pointer_mut(&place)
        && !["", "/openapi", "/swagger"].contains(&place.as_str())
    {
        *there = value;
    }
}

/// Puts a value under a name from elsewhere in the document.
fn rename(document: &mut Value, place: &str, places: &[String], random: &mut Random) {
    let name = places[random.below(places.len())]
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_owned();
    let value = document.pointer(place).cloned().unwrap_or_default();
    let holder = places[random.below(places.len())].clone();
    if let Some(Value::Object(members)) = document.pointer_mut(&holder)
        && !["openapi", "swagger"].contains(&name.as_str())
    {
        members.insert(name, value);
    }
}

fn odd(random: &mut Random) -> Value {
    let odd = [
        json!(null),
        json!(true),
        json!(false),
        json!(-1),
        json!(1e308),
        json!("é%zz/~"),
        json!("null"),
        json!("body"),
        json!([]),
        json!([null]),
        json!(["null", "string", "integer"]),
        json!({}),
        json!({ "$ref": "#" }),
        json!({ "$ref": "" }),
        json!({ "$ref": "other.yaml#/A" }),
        json!({ "$ref": 7 }),
        json!({ "$ref": "#/components/schemas" }),
        json!({ "$ref": "#/paths" }),
        json!({ "type": "null" }),
        json!({ "const": null }),
        json!({ "enum": [] }),
        json!([{ "url": "é//x/{a}?b" }]),
    ];
    odd[random.below(odd.len())].clone()
}

fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, &format!("{at}/{}", escape_segment(name)), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        _ => {}
    }
}

fn seeds() -> Vec<Value> {
    let mut seeds: Vec<Value> = [
        super::swagger2::cases(),
        super::openapi31::cases(),
        super::references::cases(),
        super::servers::cases(),
    ]
    .into_iter()
    .flatten()
    .map(|case| case.before)
    .collect();
    // One with a bit of everything of 3.1, since the tables have one thing each.
    let mut all = Map::new();
    for (index, seed) in seeds.iter().enumerate() {
        if let Some(schema) = seed.pointer("/components/schemas/A") {
            all.insert(format!("A{index}"), schema.clone());
        }
    }
    seeds.push(json!({ "openapi": "3.1.0", "paths": {}, "components": { "schemas": all } }));
    seeds
}
