//! The surface as text: a line for each operation, type, member and variant, so that a change shows as itself.

use super::{Definition, Member, Operation, Parameter, Shape, Surface, Variant};
use std::fmt;

impl fmt::Display for Surface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, operation) in &self.operations {
            writeln!(f, "{name}  {operation}")?;
            if let Some(stream) = &operation.stream {
                writeln!(f, "{name}.items -> {}", stream.item)?;
            }
        }
        writeln!(f)?;
        for (name, definition) in &self.types {
            definition.write_lines(name, f)?;
        }
        Ok(())
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            method,
            path,
            facts,
            parameters,
            answer,
            error,
            stream: _,
        } = self;
        write!(f, "{method} {path}  {}  ", facts.join(" "))?;
        if !parameters.is_empty() {
            let parameters: Vec<String> = parameters.iter().map(ToString::to_string).collect();
            write!(f, "({}) ", parameters.join(", "))?;
        }
        write!(f, "-> {answer} / {error}")
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            wire,
            place,
            type_,
            required,
        } = self;
        let optional = if *required { "" } else { "?" };
        write!(f, "{name}{optional}: {type_}")?;
        // Where a name in the path or the query, or JSON in the body, is nothing to mention.
        if !["path", "query", "json"].contains(&place.as_str()) {
            write!(f, " in {place}")?;
        }
        match wire {
            Some(wire) if wire != name => write!(f, " = {wire:?}"),
            _ => Ok(()),
        }
    }
}

impl Definition {
    fn write_lines(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let builder = if self.builder { " with builder" } else { "" };
        match &self.shape {
            Shape::Struct(members) => {
                writeln!(f, "{name}: struct{builder}")?;
                members
                    .iter()
                    .try_for_each(|member| writeln!(f, "{name}.{member}"))
            }
            Shape::Tuple(types) => {
                let types: Vec<String> = types.iter().map(ToString::to_string).collect();
                writeln!(f, "{name}: ({}){builder}", types.join(", "))
            }
            Shape::Enum { untagged, variants } => {
                let untagged = if *untagged { ", untagged" } else { "" };
                writeln!(f, "{name}: enum{untagged}{builder}")?;
                variants
                    .iter()
                    .try_for_each(|variant| writeln!(f, "{name}::{variant}"))
            }
        }
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            name,
            wire,
            type_,
            may_be_missing,
        } = self;
        let missing = if *may_be_missing { "?" } else { "" };
        write!(f, "{name}{missing}: {type_}")?;
        if wire == name {
            Ok(())
        } else {
            write!(f, " = {wire:?}")
        }
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let content: Vec<String> = self.content.iter().map(ToString::to_string).collect();
        f.write_str(&self.name)?;
        if !content.is_empty() {
            write!(f, "({})", content.join(", "))?;
        }
        match &self.wire {
            Some(wire) => write!(f, " = {wire}"),
            None => Ok(()),
        }
    }
}
