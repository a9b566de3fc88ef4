//! A caller that uses everything of a crate at its stated type. Where it no longer compiles, others may not either.
//!
//! A setter gets its own type, and what callers pass most besides: a borrowed `String`, a literal that is an `i32`.

use std::fmt::Write as _;
use xtask::diff::surface::{Form, Owner, Part, Surface};

const HEAD: &str = "\
#![allow(unused, deprecated)]
use client::types::*;
use rapid7_core::{Answer, Body, Error, paging};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt::{Debug, Display}, hash::Hash, str::FromStr};
";

/// The source of the caller's `lib.rs`.
pub(crate) fn caller(surface: &Surface) -> String {
    let mut source = Source {
        text: HEAD.to_owned(),
        functions: 0,
    };
    for (name, owner) in &surface.operations {
        source.operation(name, owner);
    }
    for (name, owner) in &surface.types {
        source.type_(name, owner);
    }
    source.text
}

struct Source {
    text: String,
    functions: usize,
}

impl Source {
    fn function(&mut self, modifier: &str, arguments: &str, body: &str) {
        self.functions += 1;
        let number = self.functions;
        let _ = writeln!(
            self.text,
            "{modifier} fn f{number}({arguments}) {{ {body} }}"
        );
    }

    fn operation(&mut self, name: &str, owner: &Owner) {
        let form = |part: &Part| {
            owner
                .parts
                .get(part)
                .map_or("", |form| form.signature.as_str())
        };
        let builder = format!("client::{}<'_>", form(&Part::Item));
        let body = format!("let _: {builder} = c.{}();", ident(name));
        self.function("", "c: &client::Client", &body);
        let (answer, failure) = (form(&Part::Answer), form(&Part::Failure));
        let body = format!("let _: Result<Answer<{answer}>, Error<{failure}>> = b.send().await;");
        let builder = format!("b: {builder}");
        self.function("async", &builder, &body);
        for (part, form) in &owner.parts {
            match part {
                Part::Setter(name) => self.setter(&builder, name, form),
                Part::Trait(name) => self.bound(&builder["b: ".len()..], name),
                Part::Function(name) => {
                    let (arguments, given) = form.signature.split_once(" -> ").unwrap();
                    let (modifier, call) = match arguments {
                        "()" => ("", format!("b.{name}()")),
                        "(media_type: &str)" => ("async", format!("b.{name}(\"\").await")),
                        other => panic!("a function that no caller here knows: {name}{other}"),
                    };
                    self.function(modifier, &builder, &format!("let _: {given} = {call};"));
                }
                _ => {}
            }
        }
    }

    fn type_(&mut self, name: &str, owner: &Owner) {
        for (part, form) in &owner.parts {
            let ty = &form.signature;
            match part {
                Part::Item => self.function("", &format!("_: &{name}"), ""),
                Part::Member(member) => {
                    let body = format!("let _: &{ty} = &x.{};", ident(member));
                    self.function("", &format!("x: &{name}"), &body);
                }
                Part::Variant(variant) if ty.is_empty() => {
                    let body = format!("if let {name}::{variant} = x {{}}");
                    self.function("", &format!("x: {name}"), &body);
                }
                Part::Variant(variant) => {
                    let body =
                        format!("if let {name}::{variant}(held) = x {{ let _: {ty} = held; }}");
                    self.function("", &format!("x: {name}"), &body);
                }
                Part::Setter(setter) => {
                    let builder = format!("b: client::types::builder::{name}");
                    self.setter(&builder, setter, form);
                }
                Part::Trait(bound) => self.bound(name, bound),
                _ => {}
            }
        }
    }

    fn setter(&mut self, builder: &str, name: &str, form: &Form) {
        let name = ident(name);
        let several = form.signature.strip_prefix('[');
        let taken = several.map_or(form.signature.as_str(), |taken| taken.trim_end_matches(']'));
        let mut call = |ty: &str, value: &str| {
            let value = if several.is_some() {
                format!("[{value}]")
            } else {
                value.to_owned()
            };
            let body = format!("let _ = b.{name}({value});");
            self.function("", &format!("{builder}, v: {ty}"), &body);
        };
        match taken {
            "String, Body" => return self.two(builder, &name, "String", "Body"),
            "String, rapid7_core::Part" => {
                return self.two(builder, &name, "String", "rapid7_core::Part");
            }
            "String" => call("String", "&v"),
            "i64" => call("i32", "v"),
            _ => {}
        }
        call(taken, "v");
    }

    fn two(&mut self, builder: &str, name: &str, first: &str, second: &str) {
        let arguments = format!("{builder}, v: {first}, w: {second}");
        self.function("", &arguments, &format!("let _ = b.{name}(v, w);"));
    }

    fn bound(&mut self, ty: &str, bound: &str) {
        // Between a type and its builder, which is used where it is there at all.
        if !bound.starts_with("TryFrom<") {
            let ty = ty.replace("<'_>", "<'static>");
            let bound = bound.replace('&', "&'static ");
            let body = format!("fn is<'de, T: {bound}>() {{}} is::<{ty}>();");
            self.function("", "", &body);
        }
    }
}

fn ident(name: &str) -> String {
    match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}
