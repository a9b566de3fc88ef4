//! Programs that make the same calls by hand and through each crate, to compare what they weigh.

use super::calls::{Argument, Call, Scalar};
use super::smallest::{self, SMALLEST};
use super::{REFINED, UNREFINED};
use crate::package::Core;
use crate::write::FileSet;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// Which program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// With reqwest alone.
    ByHand,
    /// Through progenitor's crate.
    Unrefined,
    /// Through ours.
    Refined,
    /// A call of each kind, through the smallest crate of ours.
    Core,
}

impl Program {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::ByHand, Self::Unrefined, Self::Refined, Self::Core];

    /// Its member of the workspace, and the file that is built.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ByHand => "program-by-hand",
            Self::Unrefined => "program-unrefined",
            Self::Refined => "program-refined",
            Self::Core => "program-core",
        }
    }
}

/// Manifest and `main.rs` of a program. All have the same dependencies and features but for the client.
#[must_use]
pub fn program(program: Program, calls: &[Call], core: &Core) -> FileSet {
    let main = match program {
        Program::ByHand => by_hand(calls),
        Program::Unrefined => unrefined(calls),
        Program::Refined => {
            let calls: Vec<TokenStream> = calls.iter().map(refined_call).collect();
            refined(REFINED, &calls)
        }
        Program::Core => refined(SMALLEST, &smallest::calls()),
    };
    let core = match core {
        Core::Path(path) => format!("{{ path = {} }}", toml_edit::Value::from(path.as_str())),
        Core::Version(version) => toml_edit::Value::from(version.as_str()).to_string(),
    };
    let client = match program {
        Program::ByHand => String::new(),
        Program::Unrefined => format!("{UNREFINED} = {{ path = \"../{UNREFINED}\" }}\n"),
        Program::Refined => {
            format!("{REFINED} = {{ path = \"../{REFINED}\" }}\nrapid7-core = {core}\n")
        }
        Program::Core => {
            format!("{SMALLEST} = {{ path = \"../{SMALLEST}\" }}\nrapid7-core = {core}\n")
        }
    };
    let manifest = format!(
        r#"[package]
name = "{name}"
version = "0.1.0"
edition = "2024"

[dependencies]
reqwest = {{ version = "0.13.5", default-features = false, features = ["gzip", "http2", "json", "query", "rustls", "socks", "stream", "system-proxy"] }}
serde = {{ version = "1.0.226", features = ["derive"] }}
serde_json = "1.0.150"
tokio = {{ version = "1.50", default-features = false, features = ["net", "rt", "sync", "time"] }}
{client}"#,
        name = program.name(),
    );
    let mut files = FileSet::default();
    files.insert("Cargo.toml", manifest);
    files.insert("src/main.rs", text(main));
    files
}

fn text(tokens: TokenStream) -> String {
    // Should it not be Rust, the compiler says so in the place where it stands.
    let code = tokens.to_string();
    syn::parse2(tokens).map_or(code, |file| prettyplease::unparse(&file))
}

/// A program that makes the calls in turn, with address and key from its arguments.
fn main(client: &TokenStream, calls: &[TokenStream]) -> TokenStream {
    quote! {
        fn main() -> Result<(), Box<dyn std::error::Error>> {
            let mut arguments = std::env::args().skip(1);
            let base = arguments.next().unwrap_or_default();
            let key = arguments.next().unwrap_or_default();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                #client
                #(
                    match #calls.await {
                        Ok(answer) => { std::hint::black_box(answer); }
                        Err(error) => eprintln!("{error}"),
                    }
                )*
                Ok(())
            })
        }
    }
}

fn refined(crate_name: &str, calls: &[TokenStream]) -> TokenStream {
    let crate_name = format_ident!("{crate_name}");
    let client = quote! {
        let credentials = rapid7_core::Credentials::api_key(key);
        let connection = rapid7_core::Connection::builder(#crate_name::AUTH, &base, credentials).build()?;
        let client = #crate_name::Client::new(connection);
    };
    let calls: Vec<TokenStream> = calls.iter().map(|call| quote! { #call.send() }).collect();
    main(&client, &calls)
}

fn refined_call(call: &Call) -> TokenStream {
    let method = format_ident!("{}", call.name);
    let setters = setters(&call.arguments);
    let body = call.body.as_ref().map(|(ty, members)| {
        let ty = format_ident!("{ty}");
        let members = self::setters(members);
        quote! { .body(refined::types::#ty::builder() #members) }
    });
    quote! { client.#method() #setters #body }
}

fn setters(arguments: &[Argument]) -> TokenStream {
    let setters = arguments.iter().map(|argument| {
        let name = format_ident!("{}", argument.name);
        let value = argument.scalar.literal();
        quote! { .#name(#value) }
    });
    quote! { #(#setters)* }
}

fn unrefined(calls: &[Call]) -> TokenStream {
    let client = quote! {
        let mut headers = reqwest::header::HeaderMap::new();
        headers.insert("api-key", key.parse()?);
        let http = reqwest::Client::builder().default_headers(headers).build()?;
        let client = unrefined::Client::new_with_client(&base, http);
    };
    let calls: Vec<TokenStream> = calls
        .iter()
        .map(|call| {
            let method = format_ident!("{}", call.name);
            let setters = setters(&call.arguments);
            let body = call.body.as_ref().map(|(ty, members)| {
                let ty = format_ident!("{ty}");
                let members = members.iter().map(unrefined_member);
                quote! { .body(unrefined::types::#ty::builder() #(#members)*) }
            });
            quote! { client.#method() #setters #body .send() }
        })
        .collect();
    main(&client, &calls)
}

/// Typify's setters of optional members take options alone.
fn unrefined_member(member: &Argument) -> TokenStream {
    let name = format_ident!("{}", member.name);
    let value = member.scalar.owned();
    if member.required {
        quote! { .#name(#value) }
    } else {
        quote! { .#name(Some(#value)) }
    }
}

fn by_hand(calls: &[Call]) -> TokenStream {
    let types = calls.iter().enumerate().map(|(index, call)| {
        let answer = format_ident!("Answer{index}");
        let members = call.answer.iter().enumerate().map(|(index, member)| {
            let name = format_ident!("member_{index}");
            let wire_name = &member.wire_name;
            let ty = member
                .scalar
                .map_or_else(|| quote!(serde_json::Value), Scalar::rust_type);
            quote! { #[serde(rename = #wire_name)] #name: Option<#ty> }
        });
        let body = call.body.as_ref().map(|(_, members)| {
            let body = format_ident!("Body{index}");
            let members = members.iter().enumerate().map(|(index, member)| {
                let name = format_ident!("member_{index}");
                let wire_name = &member.wire_name;
                let ty = member.scalar.rust_type();
                quote! { #[serde(rename = #wire_name)] #name: #ty }
            });
            quote! { #[derive(serde::Serialize)] struct #body { #(#members,)* } }
        });
        quote! {
            #[allow(dead_code, reason = "what is read of an answer goes nowhere here")]
            #[derive(serde::Deserialize)]
            struct #answer { #(#members,)* }
            #body
        }
    });
    let functions = calls.iter().enumerate().map(by_hand_call);
    let client = quote! { let client = Client { http: reqwest::Client::new(), base, key }; };
    let names: Vec<TokenStream> = calls
        .iter()
        .map(|call| {
            let name = format_ident!("{}", call.name);
            quote! { client.#name() }
        })
        .collect();
    let main = main(&client, &names);
    quote! {
        struct Client { http: reqwest::Client, base: String, key: String }
        #(#types)*
        impl Client { #(#functions)* }
        #main
    }
}

fn by_hand_call((index, call): (usize, &Call)) -> TokenStream {
    let name = format_ident!("{}", call.name);
    let answer = format_ident!("Answer{index}");
    let method = format_ident!("{}", call.method);
    let mut path = call.path.clone();
    for argument in call.arguments.iter().filter(|argument| argument.in_path) {
        path = path.replace(
            &format!("{{{}}}", argument.wire_name),
            argument.scalar.text(),
        );
    }
    let in_query: Vec<&Argument> = call
        .arguments
        .iter()
        .filter(|argument| !argument.in_path)
        .collect();
    let query = (!in_query.is_empty()).then(|| {
        let pairs = in_query.iter().map(|argument| {
            let (name, value) = (&argument.wire_name, argument.scalar.text());
            quote! { (#name, #value) }
        });
        quote! { .query(&[#(#pairs),*]) }
    });
    let body = call.body.as_ref().map(|(_, members)| {
        let body = format_ident!("Body{index}");
        let members = members.iter().enumerate().map(|(index, member)| {
            let name = format_ident!("member_{index}");
            let value = member.scalar.owned();
            quote! { #name: #value }
        });
        quote! { .json(&#body { #(#members),* }) }
    });
    quote! {
        async fn #name(&self) -> Result<#answer, reqwest::Error> {
            self.http
                .request(reqwest::Method::#method, format!("{}{}", self.base, #path))
                .header("api-key", &self.key)
                #query
                #body
                .send()
                .await?
                .error_for_status()?
                .json()
                .await
        }
    }
}

impl Scalar {
    fn rust_type(self) -> TokenStream {
        match self {
            Self::Text => quote!(String),
            Self::Integer => quote!(i64),
            Self::Flag => quote!(bool),
        }
    }

    /// A value, as a setter of a parameter takes it.
    fn literal(self) -> TokenStream {
        match self {
            Self::Text => quote!("text"),
            Self::Integer => quote!(7i64),
            Self::Flag => quote!(true),
        }
    }

    /// The same value as its Rust type.
    fn owned(self) -> TokenStream {
        let literal = self.literal();
        match self {
            Self::Text => quote! { #literal.to_owned() },
            Self::Integer | Self::Flag => literal,
        }
    }

    /// The same value as it stands in an address.
    const fn text(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "7",
            Self::Flag => "true",
        }
    }
}
