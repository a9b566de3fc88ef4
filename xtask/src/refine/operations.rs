//! The methods of the client and the builder of each operation.

use super::answers::{Answers, OperationAnswers};
use super::files::Files;
use super::paging::{self, Stream, Streams};
use super::parts;
use super::paths::shorten_type;
use super::prose::{doc, markdown};
use super::table::constant;
use crate::folder::{Confidence, Stability};
use crate::generate::Generated;
use crate::markdown::{code_span, escape, inline, labelled};
use crate::model::{
    Access, Api, Content, Operation, Parameter, ParameterPlace, RequestBody, Style,
};
use indexmap::IndexSet;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use syn::{Ident, Type};

/// Writes one file a tag.
pub(super) fn write(
    api: &Api,
    generated: &Generated,
    defaults: &BTreeSet<String>,
    answers: &Answers,
    streams: &Streams,
    files: &mut Files,
) {
    for (tag, places) in api.tags.iter().zip(api.by_tag()) {
        let mut methods = Vec::new();
        let mut builders = Vec::new();
        for at in places {
            let (operation, answer) = (&api.operations[at], &answers.operations()[at]);
            let stream = streams.get(operation);
            methods.push(method(operation, stream.is_some()));
            builders.push(builder(operation, generated, defaults, answer, stream));
        }
        if methods.is_empty() {
            continue;
        }
        let name = inline(&tag.name);
        let about = match &tag.description {
            Some(text) => labelled(&name, text),
            None => format!("{name}."),
        };
        let about = markdown(&about);
        files.add(&tag.module, quote! { #about impl Client { #(#methods)* } });
        for builder in builders {
            files.add(&tag.module, builder);
        }
    }
}

/// The method of the client: it only starts a builder.
fn method(operation: &Operation, has_stream: bool) -> TokenStream {
    let name = format_ident!("{}", operation.name);
    let builder = format_ident!("{}", operation.builder);
    let docs = markdown(&method_docs(operation, has_stream));
    let deprecated = operation
        .deprecated
        .then(|| quote! { #[deprecated = "the document advises against it"] });
    quote! {
        #docs
        #deprecated
        pub fn #name(&self) -> #builder<'_> {
            #builder::new(self)
        }
    }
}

/// Summary, request line with what is known of it, description.
fn method_docs(operation: &Operation, has_stream: bool) -> String {
    let mut docs = format!(
        "{}.\n\n{}",
        inline(&operation.summary),
        code_span(&format!("{} {}", operation.method, operation.path))
    );
    let facts = &operation.facts;
    let stability = match facts.stability {
        Stability::Public => Some("public"),
        Stability::Prototype => Some("prototype: may change without notice"),
        Stability::Other => None,
    };
    let confidence = match facts.confidence {
        Some(Confidence::High) => Some("confidence high"),
        Some(Confidence::Medium) => Some("confidence medium"),
        Some(Confidence::Low) => Some("confidence low: not verified"),
        None => None,
    };
    let access = match operation.access {
        Access::Credentials => None,
        Access::Anonymous => Some("no credentials"),
        Access::Optional => Some("credentials optional"),
        Access::Session | Access::SessionQuery(_) => Some("needs a login session"),
    };
    for note in [stability, confidence, access].into_iter().flatten() {
        docs.push_str(" · ");
        docs.push_str(note);
    }
    if let Some(description) = &operation.description {
        docs.push_str("\n\n");
        docs.push_str(&escape(description));
    }
    if let Some(entry) = facts.paging.as_ref().filter(|_| has_stream) {
        let _ = write!(
            docs,
            "\n\n[`items`](crate::builder::{}::items) {}.",
            operation.builder,
            paging::summary(entry)
        );
    }
    docs
}

/// A member of a builder: a parameter, the body, or a part of it.
pub(super) struct Member {
    pub(super) name: Ident,
    /// Type without `Option`.
    pub(super) ty: TokenStream,
    pub(super) required: bool,
    /// A required body that can be empty starts so.
    pub(super) starts_empty: bool,
    pub(super) setter: Setter,
    pub(super) docs: String,
    /// The call on `Request` that sends it.
    pub(super) send: TokenStream,
    /// It is the body, or a part of it.
    pub(super) in_body: bool,
}

/// What the setter takes.
pub(super) enum Setter {
    /// `impl TryInto<T>`
    Convert,
    /// `impl Into<T>`, which cannot fail.
    Take,
    /// `impl IntoIterator` of what is `Into` an element.
    TakeEach,
    /// A name, and what is `Into` a part; each call adds one.
    Add,
}

fn members(
    operation: &Operation,
    generated: &Generated,
    defaults: &BTreeSet<String>,
) -> Vec<Member> {
    let parameters = operation
        .parameters
        .iter()
        .map(|parameter| parameter_member(parameter, generated));
    let mut members: Vec<Member> = parameters.collect();
    if let Some(body) = &operation.body {
        match &body.content {
            Content::Multipart(form) => members.extend(parts::members(body, form, generated)),
            _ => members.extend(body_member(body, generated, defaults)),
        }
    }
    members
}

fn parameter_member(parameter: &Parameter, generated: &Generated) -> Member {
    let name = format_ident!("{}", parameter.name);
    let wire = &parameter.wire_name;
    let send = parameter_call(parameter, &name);
    let about = parameter
        .description
        .clone()
        .unwrap_or_else(|| format!("Sets `{wire}`."));
    let docs = if parameter.required {
        format!("{about}\n\nRequired.")
    } else {
        about
    };
    Member {
        ty: rust_type(&parameter.schema, generated),
        required: parameter.required,
        starts_empty: false,
        setter: Setter::Convert,
        docs,
        send,
        in_body: false,
        name,
    }
}

/// The call that puts a parameter on the request.
fn parameter_call(parameter: &Parameter, name: &Ident) -> TokenStream {
    let wire = &parameter.wire_name;
    let call = |plain: &str, style: Style| {
        if style == Style::Comma {
            let method = format_ident!("{plain}");
            return quote!(#method(#wire, &self.#name));
        }
        let method = format_ident!("{plain}_as");
        let style = style_path(style);
        quote!(#method(#wire, &self.#name, #style))
    };
    match parameter.place {
        ParameterPlace::Path(style) => call("path", style),
        ParameterPlace::Header(style) => call("header", style),
        ParameterPlace::Cookie(style) => call("cookie", style),
        ParameterPlace::Query(style) => {
            let method = if parameter.reserved {
                format_ident!("query_reserved")
            } else {
                format_ident!("query")
            };
            let style = style_path(style);
            quote!(#method(#wire, &self.#name, #style))
        }
    }
}

/// A style of the runtime, which has the same names.
pub(super) fn style_path(style: Style) -> TokenStream {
    let name = format_ident!("{style:?}");
    quote!(Style::#name)
}

fn body_member(
    body: &RequestBody,
    generated: &Generated,
    defaults: &BTreeSet<String>,
) -> Option<Member> {
    let media_type = &body.media_type;
    let (ty, setter, send) = match &body.content {
        Content::Json(schema) => {
            let ty = rust_type(schema, generated);
            let send = if media_type == "application/json" {
                quote!(json(&self.body))
            } else {
                quote!(json_as(#media_type, &self.body))
            };
            (ty, Setter::Convert, send)
        }
        Content::Form(schema, styles) => (
            rust_type(schema, generated),
            Setter::Convert,
            form_call(styles),
        ),
        Content::Raw => (
            quote!(Body),
            Setter::Take,
            quote!(raw(#media_type, &self.body)),
        ),
        Content::Multipart(_) | Content::Empty | Content::Unknown => return None,
    };
    let can_be_empty = match &body.content {
        Content::Json(schema) | Content::Form(schema, _) => {
            crate::schema::component_name(schema).is_some_and(|name| defaults.contains(&name))
        }
        _ => false,
    };
    let about = body
        .description
        .clone()
        .unwrap_or_else(|| "The request body.".to_owned());
    let note = match (body.required, can_be_empty) {
        (true, true) => "\n\nWithout it, an object without members is sent.",
        (true, false) => "\n\nRequired.",
        (false, _) => "",
    };
    Some(Member {
        name: format_ident!("body"),
        ty,
        required: body.required,
        starts_empty: can_be_empty,
        setter,
        docs: format!("{about}{note}"),
        send,
        in_body: true,
    })
}

fn form_call(styles: &[(String, Style)]) -> TokenStream {
    if styles.is_empty() {
        return quote!(form(&self.body));
    }
    let styles = styles.iter().map(|(name, style)| {
        let style = style_path(*style);
        quote!((#name, #style))
    });
    quote!(form_as(&self.body, &[#(#styles),*]))
}

/// The Rust type of a schema, `Option` taken off: absence is the builder's own business.
pub(super) fn rust_type(schema: &serde_json::Value, generated: &Generated) -> TokenStream {
    let Some(ty) = generated.type_of(schema) else {
        return quote!(serde_json::Value);
    };
    let mut ty = ty.clone();
    shorten_type(&mut ty);
    let inner = optional_inner(&ty).unwrap_or(ty);
    quote!(#inner)
}

fn optional_inner(ty: &Type) -> Option<Type> {
    let Type::Path(path) = ty else { return None };
    let last = path
        .path
        .segments
        .last()
        .filter(|segment| segment.ident == "Option")?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => {
            arguments.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::Type(inner) => Some(inner.clone()),
                _ => None,
            })
        }
        _ => None,
    }
}

/// The builder of one operation, with `send`.
fn builder(
    operation: &Operation,
    generated: &Generated,
    defaults: &BTreeSet<String>,
    answer: &OperationAnswers,
    stream: Option<&Stream>,
) -> TokenStream {
    let name = format_ident!("{}", operation.builder);
    let members = members(operation, generated, defaults);
    let also = operation
        .body
        .as_ref()
        .map(|body| body.also.as_slice())
        .unwrap_or_default();
    let fields = members.iter().map(field);
    let initial = members.iter().map(initial);
    let setters = members.iter().map(setter);
    let other = (!also.is_empty()).then(|| body_as(also));
    let (other_field, other_initial) = if also.is_empty() {
        (None, None)
    } else {
        (
            Some(quote! { other_body: Option<Body>, }),
            Some(quote! { other_body: None, }),
        )
    };
    let send = send(operation, &members, !also.is_empty(), answer, stream);
    let docs = markdown(&format!(
        "Request of [`Client::{}`], sent by [`send`](Self::send).",
        operation.name
    ));
    quote! {
        #docs
        #[derive(Clone, Debug)]
        #[must_use = "a request does nothing until it is sent"]
        pub struct #name<'a> {
            client: &'a Client,
            #(#fields)*
            #other_field
        }

        impl<'a> #name<'a> {
            pub(crate) fn new(client: &'a Client) -> Self {
                Self { client, #(#initial)* #other_initial }
            }

            #(#setters)*
            #other
            #send
        }
    }
}

fn field(member: &Member) -> TokenStream {
    let Member { name, ty, .. } = member;
    if matches!(member.setter, Setter::Add) {
        quote! { #name: #ty, }
    } else if member.required {
        quote! { #name: Given<#ty>, }
    } else {
        quote! { #name: Given<Option<#ty>>, }
    }
}

fn initial(member: &Member) -> TokenStream {
    let name = &member.name;
    if matches!(member.setter, Setter::Add) {
        quote! { #name: Default::default(), }
    } else if !member.required {
        quote! { #name: Ok(None), }
    } else if member.starts_empty {
        quote! { #name: Ok(Default::default()), }
    } else {
        quote! { #name: given::required(), }
    }
}

fn setter(member: &Member) -> TokenStream {
    let Member { name, ty, .. } = member;
    let docs = doc(&member.docs);
    match member.setter {
        Setter::Convert => {
            let keep = if member.required {
                quote!(value)
            } else {
                quote!(option)
            };
            quote! {
                #docs
                pub fn #name(mut self, value: impl TryInto<#ty, Error: ToString>) -> Self {
                    self.#name = given::#keep(value);
                    self
                }
            }
        }
        Setter::Take => {
            let value = given(member, quote!(value.into()));
            quote! {
                #docs
                pub fn #name(mut self, value: impl Into<#ty>) -> Self {
                    self.#name = Ok(#value);
                    self
                }
            }
        }
        Setter::TakeEach => {
            let value = given(member, quote!(values.into_iter().map(Into::into).collect()));
            quote! {
                #docs
                pub fn #name(
                    mut self,
                    values: impl IntoIterator<Item: Into<rapid7_core::Part>>,
                ) -> Self {
                    self.#name = Ok(#value);
                    self
                }
            }
        }
        Setter::Add => quote! {
            #docs
            pub fn #name(
                mut self,
                name: impl Into<String>,
                value: impl Into<rapid7_core::Part>,
            ) -> Self {
                self.#name = self.#name.part(name, value);
                self
            }
        },
    }
}

/// A value as the field of a member holds it.
fn given(member: &Member, value: TokenStream) -> TokenStream {
    if member.required {
        value
    } else {
        quote!(Some(#value))
    }
}

/// The setter for the media types that have no Rust type.
fn body_as(also: &[String]) -> TokenStream {
    let names: Vec<String> = also.iter().map(|name| code_span(name)).collect();
    let docs = markdown(&format!(
        "Sends a ready-made body instead of a typed one, as one of {}.",
        names.join(", ")
    ));
    quote! {
        #docs
        pub fn body_as(mut self, media_type: impl Into<String>, body: impl Into<Body>) -> Self {
            self.other_body = Some(body.into().with_content_type(media_type));
            self
        }
    }
}

/// The methods that send, and those that build the request for them.
fn send(
    operation: &Operation,
    members: &[Member],
    has_other: bool,
    answer: &OperationAnswers,
    stream: Option<&Stream>,
) -> TokenStream {
    let (result_type, result_decode) = (&answer.result.ty, &answer.result.decode);
    let (error_type, error_decode) = (&answer.error.ty, &answer.error.decode);
    let Built { before, request } = request(operation, members, has_other, stream.is_some());
    let (request, streaming) = match stream {
        None => (quote! { #before let request = #request; }, None),
        Some(stream) => {
            let errors = (error_type, error_decode);
            let methods = paging::methods(operation, stream, result_decode, errors);
            let streaming = quote! {
                #methods
                #[inline]
                fn request(&self) -> Request { #before #request }
            };
            (quote! { let request = self.request(); }, Some(streaming))
        }
    };
    let send_as = send_as(operation, &request, answer);
    // Inline, all of these are compiled with the program that calls them: of a thousand operations it calls a few.
    quote! {
        /// Sends the request; [`Error`] has all that can go wrong.
        #[inline]
        pub async fn send(self) -> Result<Answer<#result_type>, Error<#error_type>> {
            #request
            self.client.connection.call(request, #result_decode, #error_decode).await
        }

        #send_as
        #streaming
    }
}

/// The code that makes the request of the members of a builder, which `by_reference` keeps.
fn request(
    operation: &Operation,
    members: &[Member],
    has_other: bool,
    by_reference: bool,
) -> Built {
    let constant = constant(operation);
    let sends = |in_body: bool| {
        let wanted = members
            .iter()
            .filter(move |member| member.in_body == in_body);
        wanted.map(|member| &member.send)
    };
    let parameters = sends(false);
    let body: Vec<&TokenStream> = sends(true).collect();
    let whole = operation.body.as_ref().and_then(parts::whole);
    let request = quote! { Request::new(&operations::#constant) #(.#parameters)* };
    if !has_other {
        return Built {
            before: None,
            request: quote! { #request #(.#body)* #whole },
        };
    }
    let other = if by_reference {
        quote!(self.other_body.clone())
    } else {
        quote!(self.other_body)
    };
    Built {
        before: Some(quote! { let request = #request; }),
        request: quote! {
            match #other {
                Some(body) => request.raw("application/octet-stream", &Ok(body)),
                None => request #(.#body)* #whole,
            }
        },
    }
}

/// Code that makes a request.
struct Built {
    /// Statements that come first.
    before: Option<TokenStream>,
    /// The expression.
    request: TokenStream,
}

/// The way to a result in a media type that has no Rust type.
fn send_as(
    operation: &Operation,
    request: &TokenStream,
    answer: &OperationAnswers,
) -> Option<TokenStream> {
    let also = operation.results.iter().flat_map(|response| &response.also);
    let also: IndexSet<&String> = also.collect();
    if also.is_empty() {
        return None;
    }
    let names: Vec<String> = also.iter().map(|name| code_span(name)).collect();
    let docs = markdown(&format!(
        "Sends the request and asks for the result in another media type, one of {}; gives it as it came.",
        names.join(", ")
    ));
    let (error_type, error_decode) = (&answer.error.ty, &answer.error.decode);
    Some(quote! {
        #docs
        #[inline]
        pub async fn send_as(self, media_type: &str) -> Result<Answer<Body>, Error<#error_type>> {
            #request
            let request = request.header("accept", &Ok(media_type));
            self.client.connection.call(request, decode::body, #error_decode).await
        }
    })
}
