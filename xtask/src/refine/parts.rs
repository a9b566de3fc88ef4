//! Forms in parts: a setter for each part, straight on the builder of the operation.

use super::operations::{Member, Setter, rust_type, style_path};
use crate::generate::Generated;
use crate::model::{Content, Multipart, Part, PartKind, RequestBody};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// The members of a builder that are parts of its body.
pub(super) fn members(body: &RequestBody, form: &Multipart, generated: &Generated) -> Vec<Member> {
    let parts = form.parts.iter();
    let mut members: Vec<Member> = parts.map(|part| member(body, part, generated)).collect();
    members.extend(form.open.as_ref().map(|name| {
        let name = format_ident!("{name}");
        Member {
            ty: quote!(rapid7_core::Form),
            required: false,
            starts_empty: false,
            setter: Setter::Add,
            docs: "Adds a part of this name to the request body.".to_owned(),
            send: quote!(parts(&self.#name)),
            in_body: true,
            name,
        }
    }));
    members
}

/// The call that makes a body of the parts.
pub(super) fn whole(body: &RequestBody) -> Option<TokenStream> {
    let Content::Multipart(form) = &body.content else {
        return None;
    };
    let media_type = media_type(body);
    if body.required {
        return Some(quote!(.multipart(#media_type)));
    }
    let required = form.parts.iter().filter(|part| part.required);
    let required = required.map(|part| &part.wire_name);
    Some(quote!(.multipart_if_any(#media_type, &[#(#required),*])))
}

fn member(body: &RequestBody, part: &Part, generated: &Generated) -> Member {
    let name = format_ident!("{}", part.name);
    let wire = &part.wire_name;
    // The one type is sent; of several, the caller knows which it is.
    let content_type = match part.content_types.as_slice() {
        [only] if !only.contains('*') => Some(only),
        _ => None,
    };
    let stated = content_type.map_or_else(|| quote!(None), |name| quote!(Some(#name)));
    let (many, send) = match part.kind {
        PartKind::File { many } => (Some(many), quote!(file(#wire, &self.#name, #stated))),
        PartKind::Any { many } => (Some(many), quote!(any_part(#wire, &self.#name, #stated))),
        PartKind::Value(style) => {
            let send = match (style, content_type) {
                (Some(style), _) => {
                    let style = style_path(style);
                    quote!(part_styled(#wire, &self.#name, #style))
                }
                (None, Some(content_type)) => quote!(part_as(#wire, &self.#name, #content_type)),
                (None, None) => quote!(part(#wire, &self.#name)),
            };
            (None, send)
        }
    };
    let (ty, setter) = match many {
        None => (rust_type(&part.schema, generated), Setter::Convert),
        Some(false) => (quote!(rapid7_core::Part), Setter::Take),
        Some(true) => (quote!(Vec<rapid7_core::Part>), Setter::TakeEach),
    };
    Member {
        ty,
        required: part.required && body.required,
        starts_empty: false,
        setter,
        docs: docs(body, part),
        send,
        in_body: true,
        name,
    }
}

fn docs(body: &RequestBody, part: &Part) -> String {
    let mut docs = part
        .description
        .clone()
        .unwrap_or_else(|| format!("Sets the part `{}`.", part.wire_name));
    let types: Vec<String> = part
        .content_types
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    match types.as_slice() {
        [] => {}
        [only] => docs.extend(["\n\nContent type: ", only, "."]),
        several => docs.extend(["\n\nContent type: one of ", &several.join(", "), "."]),
    }
    docs.push_str(match (part.required, body.required) {
        (true, true) => "\n\nRequired.",
        (true, false) => "\n\nRequired where any part is sent.",
        (false, _) => "",
    });
    docs
}

/// The media type without parameters: the boundary is ours to choose.
fn media_type(body: &RequestBody) -> String {
    match crate::normalize::media_types::essence(&body.media_type) {
        any if any.ends_with('*') => "multipart/form-data".to_owned(),
        essence => essence,
    }
}
