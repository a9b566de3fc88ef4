//! `SPECIFICATION`: which document the crate was made from.

use super::files::Files;
use crate::folder::{Provenance, ProvenanceKind};
use crate::markdown::{code_span, inline};
use quote::quote;

/// Where the document of a crate is from, and what it is.
#[derive(Debug, Clone)]
pub struct Origin {
    /// What `api.toml` says of it.
    pub provenance: Provenance,
    /// SHA-256 of the document, in hexadecimal digits.
    pub sha256: String,
    /// SHA-256 of the overlay.
    pub overlay_sha256: Option<String>,
}

/// Version of the generator, as the constant has it.
const GENERATOR_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes `specification.rs`.
pub(super) fn write(origin: &Origin, files: &mut Files) {
    let kind = match origin.provenance.kind {
        ProvenanceKind::Compiled => quote!(Compiled),
        ProvenanceKind::Instance => quote!(Instance),
        ProvenanceKind::Published => quote!(Published),
        ProvenanceKind::File => quote!(File),
    };
    let optional = |text: &Option<String>| {
        text.as_ref()
            .map_or_else(|| quote!(None), |text| quote!(Some(#text)))
    };
    let url = optional(&origin.provenance.url);
    let retrieved = optional(&origin.provenance.retrieved);
    let overlay = optional(&origin.overlay_sha256);
    let sha256 = &origin.sha256;
    files.add(
        "specification",
        quote! {
            /// The document that this crate was made from.
            pub const SPECIFICATION: Specification = Specification {
                kind: SpecificationKind::#kind,
                url: #url,
                retrieved: #retrieved,
                sha256: #sha256,
                overlay_sha256: #overlay,
                generator_version: #GENERATOR_VERSION,
            };
        },
    );
}

impl Origin {
    /// The same for the crate's documentation.
    pub(super) fn sentence(&self) -> String {
        let Provenance {
            kind,
            url,
            retrieved,
            ..
        } = &self.provenance;
        let place = url
            .as_ref()
            .map(|url| format!(" at {}", code_span(&url.replace('`', ""))))
            .unwrap_or_default();
        let (origin, since) = match kind {
            ProvenanceKind::Compiled => ("compiled from public facts", "as of"),
            ProvenanceKind::Instance => ("served by an instance", "retrieved"),
            ProvenanceKind::Published => ("published by the vendor", "retrieved"),
            ProvenanceKind::File => ("taken from a file", "retrieved"),
        };
        let day = retrieved
            .as_ref()
            .map(|day| format!(", {since} {}", inline(day)))
            .unwrap_or_default();
        let corrected = match &self.overlay_sha256 {
            Some(_) => ", and corrected by an overlay",
            None => "",
        };
        format!(
            "The document that this crate is made from was {origin}{place}{day}{corrected}; its SHA-256 is `{}`. \
             [`SPECIFICATION`] has the same as data.",
            self.sha256
        )
    }
}
