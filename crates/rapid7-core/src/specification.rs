//! Which document a client was made from.

use std::fmt;

/// The document that a generated client was made from, as the constant `SPECIFICATION` of its crate.
///
/// It tells apart two builds of one version, and whether the document is the one of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Specification {
    /// What sort of origin it has.
    pub kind: SpecificationKind,
    /// Where it was obtained; `None` where it was not fetched.
    pub url: Option<&'static str>,
    /// The day on which it was obtained or compiled, as `2026-11-21`; `None` where that is not recorded.
    pub retrieved: Option<&'static str>,
    /// SHA-256 of the document, in 64 hexadecimal digits: of the file that it begins with, where it has several.
    pub sha256: &'static str,
    /// SHA-256 of the corrections that were applied to it; `None` where there are none.
    pub overlay_sha256: Option<&'static str>,
    /// Version of the generator.
    pub generator_version: &'static str,
}

/// What sort of origin a document has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SpecificationKind {
    /// Written from public facts, and not the vendor's.
    Compiled,
    /// Served by an instance of the product, and so of its release.
    Instance,
    /// Published by the vendor.
    Published,
    /// A file from elsewhere.
    File,
}

impl fmt::Display for Specification {
    /// One line, as `document served by an instance, retrieved 2026-11-21 from https://acme.example/docs/v2.yaml (SHA-256
    /// 0a1b2c3d)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "document {}", self.kind)?;
        if let Some(day) = self.retrieved {
            let verb = match self.kind {
                SpecificationKind::Compiled => "as of",
                _ => "retrieved",
            };
            write!(f, ", {verb} {day}")?;
        }
        if let Some(url) = self.url {
            write!(f, " from {url}")?;
        }
        let short = self.sha256.get(..8).unwrap_or(self.sha256);
        write!(f, " (SHA-256 {short})")
    }
}

impl fmt::Display for SpecificationKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compiled => "compiled from public facts",
            Self::Instance => "served by an instance",
            Self::Published => "published by the vendor",
            Self::File => "taken from a file",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_says_what_is_known() {
        let all = Specification {
            kind: SpecificationKind::Instance,
            url: Some("https://acme.example/docs/v2.yaml"),
            retrieved: Some("2026-11-21"),
            sha256: "0a1b2c3d4e5f",
            overlay_sha256: None,
            generator_version: "0.1.0",
        };
        assert_eq!(
            all.to_string(),
            "document served by an instance, retrieved 2026-11-21 from https://acme.example/docs/v2.yaml (SHA-256 0a1b2c3d)"
        );
        let compiled = Specification {
            kind: SpecificationKind::Compiled,
            url: None,
            ..all
        };
        assert_eq!(
            compiled.to_string(),
            "document compiled from public facts, as of 2026-11-21 (SHA-256 0a1b2c3d)"
        );
        let bare = Specification {
            kind: SpecificationKind::File,
            url: None,
            retrieved: None,
            sha256: "",
            ..all
        };
        assert_eq!(bare.to_string(), "document taken from a file (SHA-256 )");
    }
}
