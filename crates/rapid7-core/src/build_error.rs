//! Why a connection cannot be built.

use std::fmt::Write as _;

use crate::error::innermost;
use crate::line::cut;

/// Why a connection cannot be built. Neither the base URL nor credentials are quoted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is not a URL.
    #[error("the base URL is not valid: {0}")]
    BaseUrl(String),
    /// The base URL has no scheme.
    #[error("the base URL has no scheme; put https:// in front of it")]
    BaseUrlWithoutScheme,
    /// The base URL has a scheme other than `https` and `http`.
    #[error("the base URL must begin with https:// (or http:// for this machine)")]
    BaseUrlScheme,
    /// The base URL holds a user name or password.
    #[error("the base URL holds a user name or password; pass them as credentials")]
    BaseUrlUserinfo,
    /// The base URL has a query or a fragment.
    #[error("the base URL must end before `?` and `#`")]
    BaseUrlQuery,
    /// The base URL is `http://` to another machine.
    #[error(
        "the base URL would send credentials unencrypted; use https://, or allow_insecure_http(true)"
    )]
    InsecureHttp,
    /// The credentials cannot be sent.
    #[error("the {what} {problem}")]
    Credentials {
        /// Which of them.
        what: &'static str,
        /// What is wrong with it.
        problem: CredentialProblem,
    },
    /// The API does not take credentials of this kind.
    #[error("the API does not take credentials of this kind: {given}")]
    CredentialsKind {
        /// The kind given.
        given: &'static str,
    },
    /// The API takes several keys, and others were given.
    #[error("the API takes one key for each of: {names}; give them with Credentials::keys")]
    Keys {
        /// Names of the headers, query parameters and cookies, with commas between them.
        names: String,
    },
    /// The API's description names a header that cannot exist.
    #[error("`{}` is not a header name; the API's description is wrong", short(.0))]
    HeaderName(&'static str),
    /// The API's description names a cookie that cannot exist.
    #[error("`{}` is not a cookie name; the API's description is wrong", short(.0))]
    CookieName(&'static str),
    /// The user agent contains what a header cannot hold.
    #[error("the user agent must be printable ASCII")]
    UserAgent,
    /// A root certificate is not one, or not PEM.
    #[error("a root certificate is not in PEM form (-----BEGIN CERTIFICATE-----)")]
    RootCertificate,
    /// The client certificate cannot be used. Nothing of it is quoted.
    #[error("the identity {0}")]
    Identity(IdentityProblem),
    /// The proxy is not a URL. It is not quoted, since it may hold a password.
    #[error(
        "the proxy is not a URL such as http://proxy.example:3128; special characters of a password \
         must be percent-encoded"
    )]
    ProxyUrl,
    /// The proxy's URL has a scheme that is not known.
    #[error(
        "the proxy must begin with http://, https://, socks4://, socks4a://, socks5:// or socks5h://"
    )]
    ProxyScheme,
    /// A setting that has no effect on an HTTP client that was handed in.
    #[error("{setting} has no effect on a given HTTP client; set it there or drop http_client")]
    HttpClientGiven {
        /// Name of the setter.
        setting: &'static str,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up: {}", words(.0))]
    HttpClient(#[source] reqwest::Error),
}

fn short(name: &str) -> String {
    cut(100, |line| line.write_str(name))
}

/// The cause in a line; it may quote what the program set.
fn words(error: &reqwest::Error) -> String {
    cut(300, |line| write!(line, "{}", innermost(error)))
}

/// What is wrong with a client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum IdentityProblem {
    /// There is no certificate in it.
    #[error("holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// There is no private key in it.
    #[error(
        "holds no private key in PEM form (-----BEGIN PRIVATE KEY-----); join both files into one"
    )]
    NoKey,
    /// The private key needs a password.
    #[error("holds an encrypted private key; decrypt it first, for example with `openssl pkey`")]
    EncryptedKey,
    /// The text between the PEM markers cannot be read.
    #[error("is not in PEM form throughout")]
    NotPem,
    /// The private key is not of the certificate, or either is of a kind that is not known.
    #[error("cannot be used: the private key is of another certificate, or of an unknown kind")]
    Unusable,
}

/// What is wrong with a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialProblem {
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// A line end or other control character within.
    #[error("contains a line end or another control character; is it one line of the right file?")]
    ControlCharacter,
    /// Letters that a header cannot hold.
    #[error("contains characters outside ASCII; was it copied with typographic quotes or dashes?")]
    NotAscii,
    /// A colon, which would begin the password.
    #[error("contains a colon")]
    ColonInUser,
    /// The API takes `user:password`.
    #[error("must have the form user:password")]
    NotUserAndPassword,
}
