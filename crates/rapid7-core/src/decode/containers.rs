//! Arrays, objects and enums, one element at a time.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error as _, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};

use super::fault::Fault;
use super::scan::{Null, Scanner};

/// The elements of an array.
pub(super) struct Elements<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    is_first: bool,
}

impl<'a, 'de> Elements<'a, 'de> {
    /// Behind the opening bracket.
    pub(super) fn new(scanner: &'a mut Scanner<'de>) -> Self {
        Self {
            scanner,
            is_first: true,
        }
    }

    /// Moves past the closing bracket, if that is what follows.
    pub(super) fn is_at_end(&mut self) -> bool {
        if self.scanner.peek() == b']' {
            self.scanner.at += 1;
            return true;
        }
        false
    }

    /// Moves to the next element and tells its first byte.
    #[inline]
    fn next(&mut self) -> Result<Option<u8>, Fault> {
        match self.scanner.peek() {
            b']' => return Ok(None),
            b',' if !self.is_first => self.scanner.at += 1,
            first if self.is_first => {
                self.is_first = false;
                return Ok(Some(first));
            }
            _ => {
                return Err(self
                    .scanner
                    .fault("expected a comma or the end of the list"));
            }
        }
        match self.scanner.peek() {
            b']' => Err(self.scanner.fault("expected a value")),
            first => Ok(Some(first)),
        }
    }

    /// An element, or the next one that is not null if the type holds no null.
    #[cold]
    fn next_past_nulls<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        let start = self.scanner.at;
        self.scanner.null = Null::Element;
        let result = seed.deserialize(&mut *self.scanner);
        match std::mem::replace(&mut self.scanner.null, Null::Stays) {
            Null::Last if result.is_err() => Ok(None),
            _ => result.map(Some).map_err(|fault| fault.at(start)),
        }
    }
}

impl<'de> SeqAccess<'de> for &mut Elements<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Fault> {
        match self.next()? {
            None => Ok(None),
            Some(b'n') => self.next_past_nulls(seed),
            Some(_) => {
                let start = self.scanner.at;
                seed.deserialize(&mut *self.scanner)
                    .map(Some)
                    .map_err(|fault| fault.at(start))
            }
        }
    }
}

/// The entries of an object.
pub(super) struct Entries<'a, 'de> {
    scanner: &'a mut Scanner<'de>,
    is_first: bool,
}

impl<'a, 'de> Entries<'a, 'de> {
    /// Behind the opening brace.
    pub(super) fn new(scanner: &'a mut Scanner<'de>) -> Self {
        Self {
            scanner,
            is_first: true,
        }
    }

    /// Moves to the next key, if there is one.
    #[inline]
    fn next(&mut self) -> Result<bool, Fault> {
        match self.scanner.peek() {
            b'}' => return Ok(false),
            b',' if !self.is_first => {
                self.scanner.at += 1;
                self.scanner.peek();
            }
            _ if self.is_first => self.is_first = false,
            _ => {
                return Err(self
                    .scanner
                    .fault("expected a comma or the end of the object"));
            }
        }
        if self.scanner.peek() != b'"' {
            return Err(self.scanner.fault("expected a key"));
        }
        Ok(true)
    }

    /// A value, or that of the next entry that is not null if the type holds no null.
    #[cold]
    fn value_past_nulls<V: DeserializeSeed<'de>>(
        &mut self,
        key: usize,
        seed: V,
    ) -> Result<Option<(usize, V::Value)>, Fault> {
        let start = self.scanner.at;
        self.scanner.passed_key = None;
        self.scanner.null = Null::Entry { key };
        let result = seed.deserialize(&mut *self.scanner);
        match std::mem::replace(&mut self.scanner.null, Null::Stays) {
            Null::Last if result.is_err() => Ok(None),
            _ => {
                let value = result.map_err(|fault| fault.at(start))?;
                Ok(Some((self.scanner.passed_key.take().unwrap_or(key), value)))
            }
        }
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = Fault;

    #[inline]
    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Fault> {
        if !self.next()? {
            return Ok(None);
        }
        seed.deserialize(&mut *self.scanner).map(Some)
    }

    #[inline]
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        self.scanner.expect(b':', "expected a colon")?;
        self.scanner.peek();
        let start = self.scanner.at;
        seed.deserialize(&mut *self.scanner)
            .map_err(|fault| fault.at(start))
    }

    /// The value is read first: only its type knows whether a null is one, or the entry is passed over.
    fn next_entry_seed<K: DeserializeSeed<'de>, V: DeserializeSeed<'de>>(
        &mut self,
        key_seed: K,
        value_seed: V,
    ) -> Result<Option<(K::Value, V::Value)>, Fault> {
        if !self.next()? {
            return Ok(None);
        }
        let key = self.scanner.at;
        self.scanner.skip_key()?;
        let first = self.scanner.peek();
        let start = self.scanner.at;
        let (key, value) = if first == b'n' {
            match self.value_past_nulls(key, value_seed)? {
                Some(entry) => entry,
                None => return Ok(None),
            }
        } else {
            let value = value_seed
                .deserialize(&mut *self.scanner)
                .map_err(|fault| fault.at(start))?;
            (key, value)
        };
        let end = std::mem::replace(&mut self.scanner.at, key);
        let key = key_seed.deserialize(&mut *self.scanner)?;
        self.scanner.at = end;
        Ok(Some((key, value)))
    }
}

/// What a null for an array or object has in it.
pub(super) struct Nothing;

impl<'de> SeqAccess<'de> for Nothing {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        _: T,
    ) -> Result<Option<T::Value>, Fault> {
        Ok(None)
    }
}

impl<'de> MapAccess<'de> for Nothing {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, _: K) -> Result<Option<K::Value>, Fault> {
        Ok(None)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, _: V) -> Result<V::Value, Fault> {
        Err(Fault::custom("there is no value without a key"))
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
