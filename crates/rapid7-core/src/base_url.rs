//! The address below which all paths of a connection lie.

use std::net::IpAddr;

use reqwest::Url;

use crate::build_error::BuildError;

/// Scheme, host, port and path prefix; no credentials, query or fragment.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    url: Url,
    /// What every address begins with; no slash at the end.
    text: String,
    /// Where the prefix begins in it.
    path_at: usize,
}

impl BaseUrl {
    pub(crate) fn parse(text: &str) -> Result<Self, BuildError> {
        let text = text.trim();
        // `localhost:8080` would parse, with `localhost` as its scheme.
        if !text.contains("://") {
            return Err(BuildError::BaseUrlWithoutScheme);
        }
        let mut url = Url::parse(text).map_err(|error| BuildError::BaseUrl(error.to_string()))?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(BuildError::BaseUrlScheme);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BuildError::BaseUrlUserinfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(BuildError::BaseUrlQuery);
        }
        let prefix = url.path().trim_end_matches('/').to_owned();
        url.set_path(&prefix);
        let text = url.as_str().trim_end_matches('/').to_owned();
        let path_at = text.len() - url.path().trim_end_matches('/').len();
        Ok(Self { url, text, path_at })
    }

    /// Whether requests travel encrypted or do not leave the machine.
    pub(crate) fn is_private(&self) -> bool {
        self.url.scheme() == "https" || self.is_loopback()
    }

    /// Whether the server is on this machine.
    pub(crate) fn is_loopback(&self) -> bool {
        self.url.host_str().is_some_and(is_loopback)
    }

    /// Path prefix without a trailing slash; empty for none.
    pub(crate) fn prefix(&self) -> &str {
        self.url.path().trim_end_matches('/')
    }

    /// Scheme, host and port: where credentials may go.
    pub(crate) fn origin(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    pub(crate) fn has_origin_of(&self, url: &Url) -> bool {
        // As `Url::origin` has it for these schemes, which makes copies.
        let port = Url::port_or_known_default;
        self.url.scheme() == url.scheme()
            && self.url.host() == url.host()
            && port(&self.url) == port(url)
    }

    /// Scheme, host, port and prefix, as every address begins that lies below.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a URL has the origin and lies below the prefix.
    #[inline]
    pub(crate) fn is_above(&self, url: &Url) -> bool {
        let below = url.as_str().strip_prefix(&*self.text);
        below.is_some_and(|below| matches!(below.bytes().next(), Some(b'/' | b'?')))
    }

    /// The URL of an address that begins as all do. Scheme, host and port are taken over, since parsing them would take
    /// longer than all the rest.
    pub(crate) fn resolve(&self, address: &str) -> Option<Url> {
        self.url.join(address.get(self.path_at..)?).ok()
    }

    /// Resolves the target of a redirect, which may be relative.
    pub(crate) fn join(&self, reference: &str) -> Option<Url> {
        self.url.join(reference).ok()
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::{BaseUrl, BuildError};

    #[test]
    fn accepted() {
        for (text, origin, prefix) in [
            ("https://acme.example", "https://acme.example", ""),
            ("https://acme.example/", "https://acme.example", ""),
            (
                " https://ACME.example:443/a/b//\n",
                "https://acme.example",
                "/a/b",
            ),
            ("http://127.0.0.1:8001/p/", "http://127.0.0.1:8001", "/p"),
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!(
                (base.origin().as_str(), base.prefix()),
                (origin, prefix),
                "{text}"
            );
        }
    }

    #[test]
    fn refused() {
        let kind = |text| BaseUrl::parse(text).unwrap_err();
        assert!(matches!(
            kind("acme.example"),
            BuildError::BaseUrlWithoutScheme
        ));
        assert!(matches!(
            kind("localhost:8080"),
            BuildError::BaseUrlWithoutScheme
        ));
        assert!(matches!(kind(""), BuildError::BaseUrlWithoutScheme));
        assert!(matches!(
            kind("ftp://acme.example"),
            BuildError::BaseUrlScheme
        ));
        assert!(matches!(
            kind("https://acme.example/?a=b"),
            BuildError::BaseUrlQuery
        ));
        assert!(matches!(
            kind("https://acme.example/#a"),
            BuildError::BaseUrlQuery
        ));
        assert!(matches!(
            kind("https://u:p@acme.example"),
            BuildError::BaseUrlUserinfo
        ));
        assert!(matches!(
            kind("https://u@acme.example"),
            BuildError::BaseUrlUserinfo
        ));
        assert!(matches!(kind("https://"), BuildError::BaseUrl(_)));
        assert!(matches!(
            kind("https://a b.example"),
            BuildError::BaseUrl(_)
        ));
    }

    #[test]
    fn private_means_encrypted_or_local() {
        for (text, private) in [
            ("https://acme.example", true),
            ("http://acme.example", false),
            ("http://localhost:1", true),
            ("http://127.9.9.9", true),
            ("http://[::1]:1", true),
            ("http://localhost.acme.example", false),
            ("http://127.0.0.1.acme.example", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(
                BaseUrl::parse(text).unwrap().is_private(),
                private,
                "{text}"
            );
        }
    }
}
