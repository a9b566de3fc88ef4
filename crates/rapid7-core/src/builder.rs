//! Settings of a connection.

use std::fmt;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Certificate, Client, ClientBuilder, redirect};

use crate::authorize::Authorizer;
use crate::base_url::BaseUrl;
use crate::connection::{Connection, Inner};
use crate::credentials::Credentials;
use crate::operation::AuthScheme;
use crate::send::Transport;
use crate::session::Session;

/// A host that takes longer to accept a connection is down or behind a firewall that drops packets.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Long queries think before the first byte; gateways commonly give up after 60 seconds themselves.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// Full lists are many megabytes; a server that trickles must still not hold a nightly job for ever.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Well above the largest lists, well below what would exhaust a small machine.
const MAX_ANSWER_BYTES: u64 = 256 * 1024 * 1024;

const USER_AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// Settings of a [`Connection`]; made by [`Connection::builder`].
///
/// Proxies are taken from the environment (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`) and the system's
/// settings. Redirects are not followed, since HTTP clients carry API keys along to other hosts.
/// `Debug` shows the kind of credentials and no address.
#[must_use]
pub struct ConnectionBuilder {
    auth: AuthScheme,
    base_url: String,
    credentials: Credentials,
    user_agent: Option<String>,
    connect_timeout: Option<Duration>,
    read_timeout: Option<Duration>,
    timeout: Option<Duration>,
    max_answer_bytes: u64,
    allow_insecure_http: bool,
    root_certificates: Vec<Vec<u8>>,
    configure_http: Option<Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>>,
    http_client: Option<Client>,
}

impl ConnectionBuilder {
    pub(crate) fn new(auth: AuthScheme, base_url: &str, credentials: Credentials) -> Self {
        Self {
            auth,
            base_url: base_url.to_owned(),
            credentials,
            user_agent: None,
            connect_timeout: None,
            read_timeout: None,
            timeout: None,
            max_answer_bytes: MAX_ANSWER_BYTES,
            allow_insecure_http: false,
            root_certificates: Vec::new(),
            configure_http: None,
            http_client: None,
        }
    }

    /// Names the program, such as `inventory/1.2`, in front of this crate's own `User-Agent`.
    pub fn user_agent(mut self, product: impl Into<String>) -> Self {
        self.user_agent = Some(product.into());
        self
    }

    /// Longest time to set up a connection, TLS included. Default 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Longest silence while waiting for an answer or the rest of one. Default 60 seconds.
    pub fn read_timeout(mut self, timeout: Duration) -> Self {
        self.read_timeout = Some(timeout);
        self
    }

    /// Longest time for one request, from connecting to the last byte. Default 300 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Longest answer accepted, in bytes after decompression. Default 256 MiB.
    pub fn max_answer_bytes(mut self, max: u64) -> Self {
        self.max_answer_bytes = max;
        self
    }

    /// Allows `http://` to hosts other than this machine: credentials travel in the clear. Default no.
    pub fn allow_insecure_http(mut self, allow: bool) -> Self {
        self.allow_insecure_http = allow;
        self
    }

    /// Trusts one or more PEM certificates besides those of the system, for servers behind a private CA.
    pub fn add_root_certificate(mut self, pem: impl AsRef<[u8]>) -> Self {
        self.root_certificates.push(pem.as_ref().to_vec());
        self
    }

    /// Adjusts the HTTP client that is built: a proxy, a client certificate, pool sizes.
    ///
    /// Runs after the settings above are applied. Redirects stay off whatever it sets.
    pub fn configure_http(
        mut self,
        configure: impl FnOnce(ClientBuilder) -> ClientBuilder + Send + 'static,
    ) -> Self {
        self.configure_http = Some(Box::new(configure));
        self
    }

    /// Uses an HTTP client that exists already, to share its pool.
    ///
    /// It **must not follow redirects** (`reqwest::redirect::Policy::none()`), or it carries keys to
    /// other hosts; answers reached by a redirect are refused, but only after the fact. Prefer
    /// [`configure_http`](Self::configure_http). The client keeps its own timeouts unless
    /// [`timeout`](Self::timeout) is set; the settings that only a new client can take are refused.
    pub fn http_client(mut self, client: Client) -> Self {
        self.http_client = Some(client);
        self
    }

    /// The connection. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`BuildError`] for a base URL, credentials or a setting that cannot work.
    pub fn build(mut self) -> Result<Connection, BuildError> {
        let base = BaseUrl::parse(&self.base_url)?;
        if !base.is_private() && !self.allow_insecure_http {
            return Err(BuildError::InsecureHttp);
        }
        let user_agent = self.user_agent_header()?;
        let client = match self.http_client.take() {
            Some(client) => self.given_client(client)?,
            None => self.new_client()?,
        };
        let transport = Transport {
            client,
            user_agent,
            timeout: self.timeout,
            max_answer_bytes: self.max_answer_bytes,
        };
        let credentials = self.credentials.name();
        let authorizer = Authorizer::new(self.auth, &self.credentials)?;
        let session = Session::default();
        Ok(Connection::new(Inner {
            base,
            credentials,
            authorizer,
            session,
            transport,
        }))
    }

    fn user_agent_header(&self) -> Result<HeaderValue, BuildError> {
        let text = match &self.user_agent {
            Some(product) => format!("{} {USER_AGENT}", product.trim()),
            None => USER_AGENT.to_owned(),
        };
        HeaderValue::from_str(text.trim()).map_err(|_| BuildError::UserAgent)
    }

    fn given_client(&self, client: Client) -> Result<Client, BuildError> {
        let without_effect = [
            ("connect_timeout", self.connect_timeout.is_some()),
            ("read_timeout", self.read_timeout.is_some()),
            ("add_root_certificate", !self.root_certificates.is_empty()),
            ("configure_http", self.configure_http.is_some()),
        ];
        match without_effect.iter().find(|(_, is_set)| *is_set) {
            Some((setting, _)) => Err(BuildError::HttpClientGiven { setting }),
            None => Ok(client),
        }
    }

    fn new_client(&mut self) -> Result<Client, BuildError> {
        let mut roots = Vec::new();
        for pem in &self.root_certificates {
            let certificates = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if certificates.is_empty() {
                return Err(BuildError::RootCertificate);
            }
            roots.extend(certificates);
        }
        let mut http = Client::builder()
            .connect_timeout(self.connect_timeout.unwrap_or(CONNECT_TIMEOUT))
            .read_timeout(self.read_timeout.unwrap_or(READ_TIMEOUT))
            .timeout(self.timeout.unwrap_or(TIMEOUT));
        if !roots.is_empty() {
            http = http.tls_certs_merge(roots);
        }
        if let Some(configure) = self.configure_http.take() {
            http = configure(http);
        }
        // Last, so that nothing above can undo it.
        http.redirect(redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(BuildError::HttpClient)
    }
}

impl fmt::Debug for ConnectionBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionBuilder")
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}

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
    #[error("`{0}` is not a header name; the API's description is wrong")]
    HeaderName(&'static str),
    /// The user agent contains what a header cannot hold.
    #[error("the user agent must be printable ASCII")]
    UserAgent,
    /// A root certificate is not PEM.
    #[error("a root certificate is not in PEM form (-----BEGIN CERTIFICATE-----)")]
    RootCertificate,
    /// A setting that has no effect on an HTTP client that was handed in.
    #[error("{setting} has no effect on a given HTTP client; set it there or drop http_client")]
    HttpClientGiven {
        /// Name of the setter.
        setting: &'static str,
    },
    /// The HTTP client cannot be set up.
    #[error("the HTTP client cannot be set up")]
    HttpClient(#[source] reqwest::Error),
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
