//! Bodies in parts.

use bytes::Bytes;
use serde::Serialize;

use super::{Request, Tree, named, node};
use crate::given::Given;
use crate::parameter::{self, Field, Style};
use crate::part::{Form, Part, Parts, encode};

/// The form of a request, and what it is sent as.
#[derive(Clone)]
pub(super) struct Multipart {
    form: Form,
    media_type: &'static str,
    /// A form without parts is sent too.
    demanded: bool,
}

impl Default for Multipart {
    fn default() -> Self {
        Self {
            form: Form::new(),
            media_type: "multipart/form-data",
            demanded: false,
        }
    }
}

impl Multipart {
    /// Whether there is a form to send.
    #[inline]
    pub(super) fn is_sent(&self) -> bool {
        self.demanded || !self.form.is_empty()
    }

    /// The content type with its boundary, and the body.
    pub(super) fn encode(&self) -> Result<(String, Bytes), String> {
        let (boundary, body) = encode(&self.form)?;
        let content_type = format!("{}; boundary={boundary}", self.media_type);
        Ok((content_type, body))
    }
}

impl Request {
    /// Adds the part `name`: a scalar as text, an object as JSON, an array as a part for each element.
    ///
    /// `None` and null add nothing. The parts make a body of the type `multipart/form-data`.
    #[must_use]
    pub fn part<T: Serialize>(self, name: &'static str, value: &Given<T>) -> Self {
        self.fields(name, value, None, None)
    }

    /// Adds the part `name` as [`part`](Self::part) does, and states this content type.
    #[must_use]
    pub fn part_as<T: Serialize>(
        self,
        name: &'static str,
        value: &Given<T>,
        content_type: &'static str,
    ) -> Self {
        self.fields(name, value, None, Some(content_type))
    }

    /// Adds the part `name`, an array or object in the style of a parameter.
    #[must_use]
    pub fn part_styled<T: Serialize>(
        self,
        name: &'static str,
        value: &Given<T>,
        style: Style,
    ) -> Self {
        self.fields(name, value, Some(style), None)
    }

    /// Adds files as parts `name`, each of the content type that the [`Part`] names or else this one.
    ///
    /// Takes a `Part`, an `Option`, a list or an optional list of them.
    #[must_use]
    pub fn file<P: Parts>(
        self,
        name: &'static str,
        value: &Given<P>,
        content_type: Option<&'static str>,
    ) -> Self {
        self.each(name, value, |part| {
            part.clone().into_file().or_content_type(content_type)
        })
    }

    /// Adds parts `name` that are files or texts, as the caller made them, with this content type where they have none.
    #[must_use]
    pub fn any_part<P: Parts>(
        self,
        name: &'static str,
        value: &Given<P>,
        content_type: Option<&'static str>,
    ) -> Self {
        self.each(name, value, |part| {
            part.clone().or_content_type(content_type)
        })
    }

    /// Adds the parts of a form.
    #[must_use]
    pub fn parts(mut self, form: &Form) -> Self {
        self.draft.parts.form.extend(form);
        self
    }

    /// Sends the parts as this media type, and a form without parts where there are none.
    #[must_use]
    pub fn multipart(mut self, media_type: &'static str) -> Self {
        self.draft.parts.media_type = media_type;
        self.draft.parts.demanded = true;
        self
    }

    /// Sends the parts as this media type, and no body where there are none; where there are any, these have to be
    /// among them.
    #[must_use]
    pub fn multipart_if_any(mut self, media_type: &'static str, required: &[&'static str]) -> Self {
        self.draft.parts.media_type = media_type;
        let form = &self.draft.parts.form;
        let missing = required.iter().find(|name| !form.has(name));
        if let Some(name) = missing
            && !form.is_empty()
        {
            self.remember(format!("part `{name}`: required and not given"));
        }
        self
    }

    fn each<P: Parts>(
        mut self,
        name: &'static str,
        value: &Given<P>,
        finish: impl Fn(&Part) -> Part,
    ) -> Self {
        match value {
            Ok(value) => {
                for part in value.parts() {
                    self.draft.parts.form.push(name.to_owned(), finish(part));
                }
            }
            Err(message) => self.remember(format!("part `{name}`: {message}")),
        }
        self
    }

    fn fields<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Given<T>,
        style: Option<Style>,
        content_type: Option<&'static str>,
    ) -> Self {
        // JSON of a list or an object is made of the tree, by what the parts are.
        self.push_fields(name, node(value, Style::Form), style, content_type);
        self
    }

    fn push_fields(
        &mut self,
        name: &'static str,
        node: Tree,
        style: Option<Style>,
        content_type: Option<&'static str>,
    ) {
        let form = &mut self.draft.parts.form;
        let done = named("part", name, node, |node| {
            parameter::fields(name, node, style, &mut |name, field| {
                let default = matches!(field, Field::Json(_)).then_some("application/json");
                let part = Part::text(field.into_text());
                form.push(name, part.or_content_type(content_type.or(default)));
            })
        });
        self.keep(done);
    }
}
