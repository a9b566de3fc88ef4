//! The client and how it authenticates.

use super::files::Files;
use super::prose::doc;
use crate::model::{Api, KeyPlacement};
use proc_macro2::TokenStream;
use quote::quote;

/// Writes `client.rs`.
pub(super) fn write(api: &Api, files: &mut Files) {
    let key = placement(&api.auth.key);
    let session = if let Some((path, header)) = &api.auth.session {
        quote! {
            Some(SessionScheme { login_path: #path, header: #header })
        }
    } else {
        quote!(None)
    };
    let uuid_keys_of = api
        .auth
        .uuid_keys_of
        .map_or_else(|| quote!(None), |owner| quote!(Some(#owner)));
    let title = doc(&format!(
        "Client of the {}.",
        api.title.trim_end_matches('.')
    ));
    files.add(
        "client",
        quote! {
            /// How this API authenticates; a [`Connection`] is built with it.
            pub const AUTH: AuthScheme = AuthScheme {
                api_key: #key,
                session: #session,
                uuid_keys_of: #uuid_keys_of,
            };

            #title
            ///
            /// Cheap to clone. All clients made from clones of one [`Connection`] share its pool, session and limits.
            #[derive(Clone, Debug)]
            pub struct Client {
                pub(crate) connection: Connection,
            }

            impl Client {
                /// A client that sends its calls over `connection`.
                pub fn new(connection: Connection) -> Self {
                    Self { connection }
                }

                /// A client whose calls have settings of their own; session, pool and limits stay shared.
                pub fn with_options(&self, options: CallOptions) -> Self {
                    Self::new(self.connection.with_options(options))
                }

                /// The connection that carries the calls.
                pub fn connection(&self) -> &Connection {
                    &self.connection
                }
            }
        },
    );
}

fn placement(key: &KeyPlacement) -> TokenStream {
    match key {
        KeyPlacement::Header(name) => quote!(KeyPlacement::Header(#name)),
        KeyPlacement::Query(name) => quote!(KeyPlacement::Query(#name)),
        KeyPlacement::Cookie(name) => quote!(KeyPlacement::Cookie(#name)),
        KeyPlacement::Bearer => quote!(KeyPlacement::Bearer),
        KeyPlacement::Basic => quote!(KeyPlacement::Basic),
        KeyPlacement::All(keys) => {
            let keys = keys.iter().map(placement);
            quote!(KeyPlacement::All(&[#(#keys),*]))
        }
        KeyPlacement::None => quote!(KeyPlacement::None),
    }
}
