//! A deserializer of JSON that reads a value as the member that is to hold it.
//!
//! A number in a string is a number where one is asked for, a number is text where text is, and so on;
//! [`super`] has the rules. It is a deserializer of its own, and no wrapper around that of `serde_json`,
//! because a type is compiled once for each deserializer that it is read by: strict first and lenient on
//! failure would nearly double the code of a client crate, and only what sees the text can tell which
//! value a type asks for before the value is consumed.
//!
//! Whoever asks for a value has moved to its first byte.

use std::borrow::Cow;

use serde::de::{Deserializer, Error as _, Unexpected, Visitor};

use super::containers::{Container, Variant};
use super::fault::Fault;
use super::meter::ALLOCATION;
use super::scalar::{Number, bool_of_text, integer_of_text, number_of_text};
use super::scan::{Null, Scanner};

/// Name of a newtype that wants the digits of a number: it gets them as borrowed bytes.
///
/// Any other value it gets as `visit_newtype_struct`, which is what it gets from other deserializers.
pub(crate) const EXACT: &str = "rapid7_core::exact";

/// What a value without a type takes, as an entry of a map with its text.
const UNTYPED: usize = 2 * size_of::<(String, serde_json::Value)>() + ALLOCATION;

/// What the first node of the map takes that an object without a type becomes.
const UNTYPED_OBJECT: usize = 11 * size_of::<(String, serde_json::Value)>();

/// What is in the way of a scalar.
enum Found<'de> {
    Number(&'de str),
    Text(Cow<'de, str>),
    Bool(bool),
}

impl<'de> Scanner<'de> {
    /// The first byte of the value for a type that holds no null.
    #[inline]
    fn first(&mut self) -> Result<u8, Fault> {
        match self.here() {
            b'n' => self.pass_nulls(),
            first => Ok(first),
        }
    }

    /// A scalar of any kind; of an array, an object and null, the error that it is not what was expected.
    fn scalar(
        &mut self,
        first: u8,
        expected: &dyn serde::de::Expected,
    ) -> Result<Found<'de>, Fault> {
        match first {
            b'"' => self.string().map(Found::Text),
            b'-' | b'0'..=b'9' => self.number().map(Found::Number),
            b't' => self.word("true").map(|()| Found::Bool(true)),
            b'f' => self.word("false").map(|()| Found::Bool(false)),
            _ => Err(self.misplaced(first, expected)),
        }
    }

    /// The error that a value of this first byte is not what was expected.
    #[cold]
    fn misplaced(&self, first: u8, expected: &dyn serde::de::Expected) -> Fault {
        let found = match first {
            b'n' => "null",
            b'[' => "an array",
            b'{' => "an object",
            b'"' => "a string",
            b't' | b'f' => "a boolean",
            b'-' | b'0'..=b'9' => "a number",
            _ => return self.fault("expected a value"),
        };
        Fault::kind(found, expected).at(self.at)
    }

    #[inline]
    fn integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        let first = self.first()?;
        let start = self.at;
        let result = match first {
            b'0'..=b'9' => match self.short_integer() {
                Some(value) => visitor.visit_u64(value),
                None => self.odd_integer(first, visitor),
            },
            _ => self.odd_integer(first, visitor),
        };
        result.map_err(|fault| fault.at(start))
    }

    #[inline(never)]
    fn odd_integer<V: Visitor<'de>>(&mut self, first: u8, visitor: V) -> Result<V::Value, Fault> {
        let found = self.scalar(first, &visitor)?;
        let (number, unexpected) = match &found {
            Found::Number(text) => (
                integer_of_text(text),
                "a fraction, or an integer out of range",
            ),
            Found::Text(text) => (integer_of_text(text.trim()), "a string that is no integer"),
            Found::Bool(value) => {
                return Err(Fault::invalid_type(Unexpected::Bool(*value), &visitor));
            }
        };
        match number {
            Some(Number::Unsigned(value)) => visitor.visit_u64(value),
            Some(Number::Signed(value)) => visitor.visit_i64(value),
            Some(Number::Large(value)) => visitor.visit_i128(value),
            Some(Number::Larger(value)) => visitor.visit_u128(value),
            None => Err(Fault::kind(unexpected, &visitor)),
        }
    }

    fn float<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        let first = self.first()?;
        let start = self.at;
        let number = match self.scalar(first, &visitor)? {
            Found::Number(text) => number_of_text(text),
            Found::Text(text) => number_of_text(text.trim()),
            Found::Bool(value) => {
                let fault = Fault::invalid_type(Unexpected::Bool(value), &visitor);
                return Err(fault.at(start));
            }
        };
        let result = match number {
            Some(value) => visitor.visit_f64(value),
            None if first == b'"' => Err(Fault::kind("a string that is no number", &visitor)),
            None => Err(Fault::kind("a number out of range", &visitor)),
        };
        result.map_err(|fault| fault.at(start))
    }

    #[inline]
    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        let first = self.first()?;
        let start = self.at;
        let result = if first == b'"' {
            match self.string()? {
                Cow::Borrowed(text) => visitor.visit_borrowed_str(text),
                Cow::Owned(text) => visitor.visit_string(text),
            }
        } else {
            self.odd_text(first, visitor)
        };
        result.map_err(|fault| fault.at(start))
    }

    #[inline(never)]
    fn odd_text<V: Visitor<'de>>(&mut self, first: u8, visitor: V) -> Result<V::Value, Fault> {
        match self.scalar(first, &visitor)? {
            Found::Number(text) => visitor.visit_borrowed_str(text),
            Found::Bool(true) => visitor.visit_borrowed_str("true"),
            Found::Bool(false) => visitor.visit_borrowed_str("false"),
            Found::Text(text) => visitor.visit_str(&text),
        }
    }

    /// An array, or a null in its place.
    fn elements<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        self.charge(ALLOCATION)?;
        let mut array = Container::before(self);
        array.enter()?;
        match visitor.visit_seq(&mut array) {
            Ok(value) => array.leave_array().map(|()| value),
            Err(fault) => Err(array.blame(fault)),
        }
    }

    /// An object, or a null in its place.
    fn entries<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        let mut object = Container::before(self);
        object.enter()?;
        match visitor.visit_map(&mut object) {
            Ok(value) => object.leave_object().map(|()| value),
            Err(fault) => Err(object.blame(fault)),
        }
    }

    /// Whether the object here has no members, as far as its second byte tells.
    fn is_empty_object(&self) -> bool {
        self.after() == b'}'
    }

    /// Whether an array is there and not an object; the error of anything else.
    ///
    /// What the struct takes is charged: of a boxed one nothing else tells the size.
    fn is_array(&mut self, size: usize, expected: &dyn serde::de::Expected) -> Result<bool, Fault> {
        self.charge(size)?;
        match self.first()? {
            b'{' => Ok(false),
            b'[' => Ok(true),
            first => Err(self.misplaced(first, expected)),
        }
    }

    /// A value as its own kind, with nothing made of it.
    fn own_kind<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, Fault> {
        let first = self.here();
        let start = self.at;
        self.null = Null::Stays;
        self.charge(UNTYPED)?;
        let result = match first {
            b'[' => return self.elements(visitor),
            b'{' => {
                if !self.is_empty_object() {
                    self.charge(UNTYPED_OBJECT)?;
                }
                return self.entries(visitor);
            }
            b'n' => self.word("null").and_then(|()| visitor.visit_unit()),
            b'0'..=b'9' => match self.short_integer() {
                Some(value) => visitor.visit_u64(value),
                None => self.own_scalar(first, visitor),
            },
            _ => self.own_scalar(first, visitor),
        };
        result.map_err(|fault| fault.at(start))
    }

    fn own_scalar<V: Visitor<'de>>(&mut self, first: u8, visitor: V) -> Result<V::Value, Fault> {
        match self.scalar(first, &visitor)? {
            Found::Bool(value) => visitor.visit_bool(value),
            Found::Text(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Found::Text(Cow::Owned(text)) => visitor.visit_string(text),
            Found::Number(text) => Number::visit_own_kind(text, visitor),
        }
    }
}

/// Forwards the methods for kinds of integers.
macro_rules! integers {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.integer(visitor)
        }
    )*};
}

/// Forwards the methods for kinds of text.
macro_rules! texts {
    ($($method:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
            self.text(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Scanner<'de> {
    type Error = Fault;

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    texts! { deserialize_char deserialize_str deserialize_string deserialize_identifier }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.own_kind(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        let first = self.first()?;
        let start = self.at;
        let (value, found) = match self.scalar(first, &visitor)? {
            Found::Bool(value) => (Some(value), ""),
            Found::Number(text) => (bool_of_text(text), "a number other than 0 and 1"),
            Found::Text(text) => (bool_of_text(text.trim()), "a string that is no boolean"),
        };
        let result = match value {
            Some(value) => visitor.visit_bool(value),
            None => Err(Fault::kind(found, &visitor)),
        };
        result.map_err(|fault| fault.at(start))
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.float(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.float(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first()? {
            b'"' => {
                let text = self.string()?;
                visitor.visit_bytes(text.as_bytes())
            }
            b'[' => self.elements(visitor),
            first => Err(self.misplaced(first, &visitor)),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.deserialize_bytes(visitor)
    }

    #[inline]
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        if self.here() == b'n' {
            self.null = Null::Stays;
            self.word("null")?;
            return visitor.visit_none();
        }
        visitor.visit_some(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.null = Null::Stays;
        match self.here() {
            b'n' => {
                self.word("null")?;
                visitor.visit_unit()
            }
            first => Err(self.misplaced(first, &visitor)),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if name == EXACT {
            let first = self.first()?;
            if matches!(first, b'-' | b'0'..=b'9') {
                let start = self.at;
                let digits = self.number()?;
                return visitor
                    .visit_borrowed_bytes(digits.as_bytes())
                    .map_err(|fault: Fault| fault.at(start));
            }
        }
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.first()? {
            b'[' | b'n' => self.elements(visitor),
            first => Err(self.misplaced(first, &visitor)),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Fault> {
        match self.first()? {
            b'[' => self.elements(visitor),
            first => Err(self.misplaced(first, &visitor)),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.charge(size_of::<V::Value>())?;
        match self.first()? {
            b'{' | b'n' => self.entries(visitor),
            first => Err(self.misplaced(first, &visitor)),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        if self.is_array(size_of::<V::Value>(), &visitor)? {
            self.elements(visitor)
        } else {
            self.entries(visitor)
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        let first = self.first()?;
        let start = self.at;
        let result = match first {
            b'{' => {
                self.enter()?;
                if self.peek() != b'"' {
                    return Err(self.fault("expected a key"));
                }
                let value = visitor
                    .visit_enum(Variant::with_content(self))
                    .map_err(|fault| fault.at(start))?;
                if self.peek() != b'}' {
                    return Err(self.fault("expected the end of the object"));
                }
                self.leave();
                return Ok(value);
            }
            b'[' | b'n' => return Err(self.misplaced(first, &visitor)),
            _ => visitor.visit_enum(Variant::bare(self)),
        };
        result.map_err(|fault| fault.at(start))
    }

    #[inline]
    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.null = Null::Stays;
        self.skip()?;
        visitor.visit_unit()
    }
}
