//! A serialiser into a tree of texts.
//!
//! `serde_json::Value` would do but for three things that change what is asked of the server: it
//! reorders members, turns NaN into null, and widens `0.1_f32` to `0.10000000149011612`.

use std::fmt::{self, Display};

use serde::ser::{self, Serialize};

use super::{Problem, Style};

/// A value as parameters see it: scalars are text already.
#[derive(Debug, PartialEq)]
pub(crate) enum Node {
    Absent,
    /// A number or a boolean.
    Scalar(String),
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

impl Node {
    /// A value as a parameter of this style sees it: with [`Style::Json`] it is the text of the value in JSON.
    pub(crate) fn styled<T: Serialize>(value: &T, style: Style) -> Result<Self, Problem> {
        if style != Style::Json {
            return Self::of(value);
        }
        match serde_json::to_string(value) {
            Ok(text) if text == "null" => Ok(Self::Absent),
            Ok(text) => Ok(Self::Text(text)),
            // The error's text is dropped, since it may quote the value.
            Err(_) => Err("cannot be written as JSON"),
        }
    }

    pub(super) fn of<T: Serialize>(value: &T) -> Result<Self, Problem> {
        value
            .serialize(NodeSerializer)
            .map_err(|NodeError(problem)| problem)
    }

    /// The value as JSON.
    pub(super) fn json(&self) -> String {
        let mut json = String::new();
        self.write_json(&mut json);
        json
    }

    fn write_json(&self, json: &mut String) {
        match self {
            Self::Absent => json.push_str("null"),
            Self::Scalar(text) => json.push_str(text),
            Self::Text(text) => json.push_str(&quoted(text)),
            Self::List(items) => {
                json.push('[');
                for (index, item) in items.iter().enumerate() {
                    json.push_str(if index == 0 { "" } else { "," });
                    item.write_json(json);
                }
                json.push(']');
            }
            Self::Object(members) => {
                json.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    json.extend([if index == 0 { "" } else { "," }, &quoted(key), ":"]);
                    value.write_json(json);
                }
                json.push('}');
            }
        }
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[derive(Debug)]
pub(super) struct NodeError(Problem);

impl Display for NodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for NodeError {}

impl ser::Error for NodeError {
    // The message is dropped, since it may quote the value.
    fn custom<T: Display>(_: T) -> Self {
        Self("cannot be serialised")
    }
}

struct NodeSerializer;

macro_rules! scalars {
    ($($method:ident: $type:ty,)*) => {$(
        fn $method(self, value: $type) -> Result<Node, NodeError> {
            Ok(Node::Scalar(value.to_string()))
        }
    )*};
}

impl ser::Serializer for NodeSerializer {
    type Ok = Node;
    type Error = NodeError;
    type SerializeSeq = ListBuilder;
    type SerializeTuple = ListBuilder;
    type SerializeTupleStruct = ListBuilder;
    type SerializeTupleVariant = ser::Impossible<Node, NodeError>;
    type SerializeMap = ObjectBuilder;
    type SerializeStruct = ObjectBuilder;
    type SerializeStructVariant = ser::Impossible<Node, NodeError>;

    scalars! {
        serialize_bool: bool,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_i128: i128,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_u128: u128,
    }

    fn serialize_char(self, value: char) -> Result<Node, NodeError> {
        Ok(Node::Text(value.to_string()))
    }

    fn serialize_str(self, value: &str) -> Result<Node, NodeError> {
        Ok(Node::Text(value.to_owned()))
    }

    fn serialize_f32(self, value: f32) -> Result<Node, NodeError> {
        finite(value.is_finite(), &value)
    }

    fn serialize_f64(self, value: f64) -> Result<Node, NodeError> {
        finite(value.is_finite(), &value)
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Node, NodeError> {
        Err(NodeError("cannot be written as text"))
    }

    fn serialize_none(self) -> Result<Node, NodeError> {
        Ok(Node::Absent)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Node, NodeError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Node, NodeError> {
        Ok(Node::Absent)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Node, NodeError> {
        Ok(Node::Absent)
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Node, NodeError> {
        Ok(Node::Text(variant.to_owned()))
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Node, NodeError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Node, NodeError> {
        Ok(Node::Object(vec![(
            variant.to_owned(),
            value.serialize(self)?,
        )]))
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<ListBuilder, NodeError> {
        Ok(ListBuilder(Vec::with_capacity(
            len.unwrap_or_default().min(1024),
        )))
    }

    fn serialize_tuple(self, len: usize) -> Result<ListBuilder, NodeError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_struct(self, _: &'static str, len: usize) -> Result<ListBuilder, NodeError> {
        self.serialize_seq(Some(len))
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, NodeError> {
        Err(NodeError(super::TOO_DEEP))
    }

    fn serialize_map(self, _: Option<usize>) -> Result<ObjectBuilder, NodeError> {
        Ok(ObjectBuilder {
            members: Vec::new(),
            key: String::new(),
        })
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<ObjectBuilder, NodeError> {
        self.serialize_map(None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, NodeError> {
        Err(NodeError(super::TOO_DEEP))
    }
}

fn finite(is_finite: bool, value: &dyn Display) -> Result<Node, NodeError> {
    if is_finite {
        Ok(Node::Scalar(value.to_string()))
    } else {
        Err(NodeError("must be a finite number"))
    }
}

struct ListBuilder(Vec<Node>);

macro_rules! list {
    ($($trait:ident::$method:ident,)*) => {$(
        impl ser::$trait for ListBuilder {
            type Ok = Node;
            type Error = NodeError;

            fn $method<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NodeError> {
                self.0.push(value.serialize(NodeSerializer)?);
                Ok(())
            }

            fn end(self) -> Result<Node, NodeError> {
                Ok(Node::List(self.0))
            }
        }
    )*};
}

list! {
    SerializeSeq::serialize_element,
    SerializeTuple::serialize_element,
    SerializeTupleStruct::serialize_field,
}

struct ObjectBuilder {
    members: Vec<(String, Node)>,
    key: String,
}

impl ser::SerializeMap for ObjectBuilder {
    type Ok = Node;
    type Error = NodeError;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), NodeError> {
        match key.serialize(NodeSerializer)? {
            Node::Scalar(text) | Node::Text(text) => self.key = text,
            _ => return Err(NodeError("has a key that is not text")),
        }
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), NodeError> {
        let key = std::mem::take(&mut self.key);
        self.members.push((key, value.serialize(NodeSerializer)?));
        Ok(())
    }

    fn end(self) -> Result<Node, NodeError> {
        Ok(Node::Object(self.members))
    }
}

impl ser::SerializeStruct for ObjectBuilder {
    type Ok = Node;
    type Error = NodeError;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        key: &'static str,
        value: &T,
    ) -> Result<(), NodeError> {
        self.members
            .push((key.to_owned(), value.serialize(NodeSerializer)?));
        Ok(())
    }

    fn end(self) -> Result<Node, NodeError> {
        Ok(Node::Object(self.members))
    }
}
