//! Arrays, objects and enums, one element at a time.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::fault::Fault;
use super::meter::ALLOCATION;
use super::scan::{Null, Scanner};

/// An array or object that is read; or a null in its place, which has nothing in it.
pub(super) struct Container<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    /// Where it begins.
    start: usize,
    /// Where the value in it begins that is read now; before and after all of them, where the container begins.
    value: usize,
    next: Next,
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    /// The first value, or the end.
    First,
    /// A comma, or the end.
    Comma,
    /// Nothing: it is a null.
    Nothing,
}

impl<'a, 'de> Container<'a, 'de> {
    #[inline]
    pub(super) fn before(scanner: &'a mut Scanner<'de>) -> Self {
        Self {
            start: scanner.at,
            value: scanner.at,
            next: Next::First,
            scanner,
        }
    }

    pub(super) fn enter(&mut self) -> Result<(), Fault> {
        if self.scanner.here() == b'n' {
            self.next = Next::Nothing;
            return self.scanner.word("null");
        }
        self.scanner.enter()
    }

    /// Moves past the end of the array, of which elements may be left.
    pub(super) fn leave_array(&mut self) -> Result<(), Fault> {
        if self.next == Next::Nothing {
            return Ok(());
        }
        if self.scanner.peek() != b']' {
            let length: &dyn serde::de::Expected = &"fewer elements";
            return Err(Fault::invalid_length(0, length).at(self.start));
        }
        self.scanner.leave();
        Ok(())
    }

    /// Moves past the end of the object.
    pub(super) fn leave_object(&mut self) -> Result<(), Fault> {
        if self.next == Next::Nothing {
            return Ok(());
        }
        if self.scanner.peek() != b'}' {
            return Err(self.no_comma(b'}'));
        }
        self.scanner.leave();
        Ok(())
    }

    /// States of an error where the value is that it is about.
    #[cold]
    pub(super) fn blame(&self, fault: Fault) -> Fault {
        fault.at(self.value)
    }

    /// Moves past a comma if one is due, and tells the byte that follows it; `None` in front of the closing bracket.
    #[inline]
    fn step(&mut self, close: u8) -> Result<Option<u8>, Fault> {
        let first = self.scanner.peek();
        match self.next {
            Next::Nothing => return Ok(None),
            _ if first == close => {
                self.value = self.start;
                return Ok(None);
            }
            Next::First => self.next = Next::Comma,
            Next::Comma if first == b',' => {
                self.scanner.at += 1;
                return Ok(Some(self.scanner.peek()));
            }
            Next::Comma => return Err(self.no_comma(close)),
        }
        Ok(Some(first))
    }

    #[cold]
    fn no_comma(&self, close: u8) -> Fault {
        self.scanner.fault(if close == b'}' {
            "expected a comma or the end of the object"
        } else {
            "expected a comma or the end of the list"
        })
    }

    /// Moves to the next element, if there is one, and tells its first byte.
    fn step_to_element(&mut self) -> Result<Option<u8>, Fault> {
        let first = self.step(b']')?;
        if first == Some(b']') {
            return Err(self.scanner.fault("expected a value"));
        }
        if first.is_some() {
            self.value = self.scanner.at;
        }
        Ok(first)
    }

    /// Moves to the next key, if there is one.
    #[inline]
    fn step_to_key(&mut self) -> Result<bool, Fault> {
        match self.step(b'}')? {
            None => Ok(false),
            Some(b'"') => Ok(true),
            Some(_) => Err(self.scanner.fault("expected a key")),
        }
    }

    /// Moves from the end of a key to the value and tells its first byte.
    #[inline]
    fn colon(&mut self) -> Result<u8, Fault> {
        self.scanner.expect(b':', "expected a colon")?;
        let first = self.scanner.peek();
        self.value = self.scanner.at;
        Ok(first)
    }

    /// Whether nothing has come in the place of a null that was to be passed over.
    fn is_over<T>(&mut self, result: &Result<T, Fault>) -> bool {
        let null = std::mem::replace(&mut self.scanner.null, Null::Stays);
        let is_over = null == Null::Last && result.is_err();
        if is_over {
            self.value = self.start;
        }
        is_over
    }
}

/// What an element takes of memory at most: a list has room for four from the first on, doubles when it grows, and holds the
/// old elements beside the new ones meanwhile.
const fn element_cost<T>() -> usize {
    4 * size_of::<T>()
}

/// What an entry takes of memory: the nodes of a B-tree have room for eleven, and are half full. Key and value may be texts.
#[inline]
const fn entry_cost<T>(is_first: bool) -> usize {
    let room = if is_first { 12 } else { 2 };
    room * size_of::<T>() + 2 * ALLOCATION
}

impl<'de> SeqAccess<'de> for &mut Container<'_, 'de> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let Some(first) = self.step_to_element()? else {
            return Ok(None);
        };
        self.scanner.charge(element_cost::<T::Value>())?;
        let is_null = first == b'n';
        if is_null {
            // The next one that is not null takes its place if the type holds no null.
            self.scanner.null = Null::Element;
        }
        let result = seed.deserialize(&mut *self.scanner);
        if is_null && self.is_over(&result) {
            return Ok(None);
        }
        result.map(Some)
    }
}

impl<'de> MapAccess<'de> for &mut Container<'_, 'de> {
    type Error = Fault;

    /// Moves to the value, so that the code for that is there once and not for each type of value.
    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        if !self.step_to_key()? {
            return Ok(None);
        }
        let key = seed.deserialize(&mut *self.scanner)?;
        self.colon()?;
        Ok(Some(key))
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        seed.deserialize(&mut *self.scanner)
    }

    /// The value is read first: only its type knows whether a null is one, or the entry is passed over.
    fn next_entry_seed<K: DeserializeSeed<'de>, V: DeserializeSeed<'de>>(
        &mut self,
        key_seed: K,
        value_seed: V,
    ) -> Result<Option<(K::Value, V::Value)>, Fault> {
        let is_first = self.next == Next::First;
        if !self.step_to_key()? {
            return Ok(None);
        }
        self.scanner
            .charge(entry_cost::<(K::Value, V::Value)>(is_first))?;
        let mut key = self.scanner.at;
        self.scanner.skip_string()?;
        let is_null = self.colon()? == b'n';
        if is_null {
            // The next entry that is not null takes its place if the type holds no null.
            self.scanner.passed_key = None;
            self.scanner.null = Null::Entry { key };
        }
        let value = value_seed.deserialize(&mut *self.scanner);
        if is_null {
            if self.is_over(&value) {
                return Ok(None);
            }
            key = self.scanner.passed_key.take().unwrap_or(key);
        }
        let value = value?;
        let end = std::mem::replace(&mut self.scanner.at, key);
        let key = key_seed.deserialize(&mut *self.scanner)?;
        self.scanner.at = end;
        Ok(Some((key, value)))
    }
}

/// A variant of an enum, by its name alone or as an object with one member.
pub(super) struct Variant<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    has_content: bool,
}

impl<'a, 'de> Variant<'a, 'de> {
    /// At the name.
    pub(super) fn bare(scanner: &'a mut Scanner<'de>) -> Self {
        Self {
            scanner,
            has_content: false,
        }
    }

    /// At the key of the object.
    pub(super) fn with_content(scanner: &'a mut Scanner<'de>) -> Self {
        Self {
            scanner,
            has_content: true,
        }
    }

    fn content(self, expected: &'static str) -> Result<&'a mut Scanner<'de>, Fault> {
        if self.has_content {
            Ok(self.scanner)
        } else {
            Err(Fault::invalid_type(Unexpected::UnitVariant, &expected))
        }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Fault> {
        let name = seed.deserialize(&mut *self.scanner)?;
        if self.has_content {
            self.scanner.expect(b':', "expected a colon")?;
            self.scanner.peek();
        }
        Ok((name, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = Fault;

    fn unit_variant(self) -> Result<(), Fault> {
        if self.has_content {
            return serde::Deserialize::deserialize(self.scanner);
        }
        Ok(())
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Fault> {
        seed.deserialize(self.content("a variant with content")?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Fault> {
        self.content("a variant with content")?
            .deserialize_tuple(len, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.content("a variant with content")?
            .deserialize_struct("", fields, visitor)
    }
}
