//! Values of generated types, as JSON, made from the surface alone.

use crate::surface::{Definition, Shape, Surface, Type};
use serde_json::{Value, json};

/// A value of the type with every member present and `secret` wherever a `Secret` goes.
pub fn sample(surface: &Surface, type_name: &str, secret: &str) -> Value {
    let type_ = Type {
        name: type_name.to_owned(),
        arguments: Vec::new(),
    };
    sample_of(surface, &type_, secret)
}

/// The same of a type with arguments, such as a list.
pub fn sample_of(surface: &Surface, type_: &Type, secret: &str) -> Value {
    Sampler {
        surface,
        secret,
        open: Vec::new(),
    }
    .value(type_)
}

struct Sampler<'a> {
    surface: &'a Surface,
    secret: &'a str,
    /// Types that the value is inside of, where one that holds itself has to end.
    open: Vec<String>,
}

impl Sampler<'_> {
    fn value(&mut self, type_: &Type) -> Value {
        let argument = |at: usize| &type_.arguments[at];
        match type_.name.as_str() {
            "Secret" => json!(self.secret),
            "Option" | "Box" => self.value(argument(0)),
            "Vec" => json!([self.value(argument(0))]),
            "BTreeMap" | "HashMap" | "Map" => json!({ "key": self.value(argument(1)) }),
            "i64" => json!(1),
            "f64" => json!(1.5),
            "bool" | "Flag" => json!(true),
            "Timestamp" => json!("2030-01-31 10:00:00"),
            "Percentage" => json!("62.5%"),
            name => match self.surface.types.get(name) {
                Some(definition) if !self.open.iter().any(|open| open == name) => {
                    self.open.push(name.to_owned());
                    let value = self.defined(definition);
                    self.open.pop();
                    value
                }
                Some(_) => Value::Null,
                None => json!("text"),
            },
        }
    }

    fn defined(&mut self, definition: &Definition) -> Value {
        match &definition.shape {
            Shape::Struct(members) => {
                let members = members
                    .iter()
                    .map(|member| (member.wire.clone(), self.value(&member.type_)));
                Value::Object(members.collect())
            }
            Shape::Tuple(types) => self.value(&types[0]),
            Shape::Enum { variants, .. } => {
                // Where a variant holds a secret, that one is worth a sample.
                let secrets = self.surface.types_with_secrets();
                let holds = |type_: &Type| {
                    type_
                        .names()
                        .iter()
                        .any(|name| secrets.contains(name) || *name == "Secret")
                };
                let chosen = variants
                    .iter()
                    .find(|variant| variant.content.iter().any(holds))
                    .unwrap_or(&variants[0]);
                match (chosen.content.first(), &chosen.wire) {
                    (Some(content), _) => self.value(content),
                    (None, Some(wire)) => serde_json::from_str(wire).unwrap(),
                    (None, None) => json!(chosen.name),
                }
            }
        }
    }
}
