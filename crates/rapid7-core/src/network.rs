//! Settings that only a new HTTP client can take.

use std::time::Duration;

use reqwest::{Certificate, Client, ClientBuilder, Identity, NoProxy, Proxy, Url, redirect, retry};
use secrecy::{ExposeSecret, SecretSlice, SecretString};

use crate::build_error::{BuildError, IdentityProblem};
use crate::mask::Mask;
use crate::options::NO_LIMIT;

/// A host that takes longer to accept a connection is down or behind a firewall that drops packets.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Long queries think before the first byte; gateways commonly give up after 60 seconds themselves.
const READ_TIMEOUT: Duration = Duration::from_secs(60);

/// The HTTP client goes to the server directly, without a word, when it does not know a scheme.
const PROXY_SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Where the HTTP client looks for proxies.
const PROXY_VARIABLES: [&str; 6] = [
    "HTTP_PROXY",
    "http_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// How a new HTTP client reaches the server and whom it trusts.
#[derive(Default)]
pub(crate) struct Network {
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) read_timeout: Option<Duration>,
    pub(crate) root_certificates: Vec<Vec<u8>>,
    pub(crate) identity: Option<SecretSlice<u8>>,
    pub(crate) accept_invalid_certs: bool,
    pub(crate) proxies: Proxies,
    pub(crate) configure_http: Option<Box<dyn FnOnce(ClientBuilder) -> ClientBuilder + Send>>,
}

/// Where requests go through.
#[derive(Default)]
pub(crate) enum Proxies {
    /// What environment and system say.
    #[default]
    System,
    /// None, whatever they say.
    Off,
    /// This URL, which may hold a password.
    Given(SecretString),
}

/// Limits are added to the present, and their sum has to be a time that can be told.
fn limit(given: Option<Duration>, default: Duration) -> Duration {
    given.unwrap_or(default).min(NO_LIMIT)
}

impl Network {
    /// The first setting that an HTTP client which exists already cannot take.
    pub(crate) fn first_set(&self) -> Option<&'static str> {
        [
            ("connect_timeout", self.connect_timeout.is_some()),
            ("read_timeout", self.read_timeout.is_some()),
            ("add_root_certificate", !self.root_certificates.is_empty()),
            ("identity", self.identity.is_some()),
            ("danger_accept_invalid_certs", self.accept_invalid_certs),
            ("proxy", matches!(self.proxies, Proxies::Given(_))),
            ("no_proxy", matches!(self.proxies, Proxies::Off)),
            ("configure_http", self.configure_http.is_some()),
        ]
        .into_iter()
        .find_map(|(setting, is_set)| is_set.then_some(setting))
    }

    /// Has the passwords of proxies hidden in what a server sends.
    pub(crate) fn teach(&self, mask: &Mask) {
        match &self.proxies {
            Proxies::Off => {}
            Proxies::Given(url) => teach_proxy(mask, url.expose_secret()),
            Proxies::System => PROXY_VARIABLES
                .iter()
                .filter_map(|name| std::env::var(name).ok())
                .for_each(|url| teach_proxy(mask, &url)),
        }
    }

    /// Longest silence while waiting for an answer or the rest of one.
    pub(crate) fn silence(&self) -> Duration {
        limit(self.read_timeout, READ_TIMEOUT)
    }

    /// A client with these settings. `is_local` says that the server is on this machine.
    pub(crate) fn new_client(self, is_local: bool) -> Result<Client, BuildError> {
        let roots = self.roots()?;
        let identity = self.identity()?;
        let mut http =
            Client::builder().connect_timeout(limit(self.connect_timeout, CONNECT_TIMEOUT));
        if !roots.is_empty() {
            http = http.tls_certs_merge(roots.clone());
        }
        if let Some(identity) = identity.clone() {
            http = http.identity(identity);
        }
        if self.accept_invalid_certs {
            #[cfg(feature = "tracing")]
            tracing::warn!(
                "danger_accept_invalid_certs is on: whoever is between this program and the server can \
                 read and change everything, credentials included"
            );
            http = http.tls_danger_accept_invalid_certs(true);
        }
        http = match &self.proxies {
            // A proxy of another machine cannot reach this one, and would see plain `http://`.
            Proxies::System if is_local => http.no_proxy(),
            Proxies::System => http,
            Proxies::Off => http.no_proxy(),
            Proxies::Given(url) => http.proxy(proxy(url.expose_secret())?),
        };
        if let Some(configure) = self.configure_http {
            http = configure(http);
        }
        // Last, so that nothing above can undo it. Attempts are the connection's, which counts them and keeps to the
        // policy; the client would repeat some unseen, and copies every request for that.
        http.redirect(redirect::Policy::none())
            .retry(retry::never().max_retries_per_request(0))
            .referer(false)
            // Undone here, so that the length that was announced can be compared.
            .no_gzip()
            .no_brotli()
            .no_zstd()
            .no_deflate()
            .build()
            .map_err(|error| blame(error, roots, identity))
    }

    fn roots(&self) -> Result<Vec<Certificate>, BuildError> {
        let mut roots = Vec::new();
        for pem in &self.root_certificates {
            let certificates = Certificate::from_pem_bundle(pem).unwrap_or_default();
            if certificates.is_empty() {
                return Err(BuildError::RootCertificate);
            }
            roots.extend(certificates);
        }
        Ok(roots)
    }

    fn identity(&self) -> Result<Option<Identity>, BuildError> {
        let Some(pem) = &self.identity else {
            return Ok(None);
        };
        let pem = pem.expose_secret();
        let has = |text: &str| pem.windows(text.len()).any(|at| at == text.as_bytes());
        // PKCS #8 and the older form of OpenSSL.
        if has("-----BEGIN ENCRYPTED PRIVATE KEY-----") || has("Proc-Type: 4,ENCRYPTED") {
            return Err(BuildError::Identity(IdentityProblem::EncryptedKey));
        }
        Identity::from_pem(pem).map(Some).map_err(|_| {
            // The parser's own error is dropped, since it may quote what it read.
            BuildError::Identity(if !has("-----BEGIN CERTIFICATE-----") {
                IdentityProblem::NoCertificate
            } else if !has("PRIVATE KEY-----") {
                IdentityProblem::NoKey
            } else {
                IdentityProblem::NotPem
            })
        })
    }
}

/// Which setting a client could not be built with: some faults show only once TLS is set up.
fn blame(error: reqwest::Error, roots: Vec<Certificate>, identity: Option<Identity>) -> BuildError {
    let trusting_none = || Client::builder().tls_certs_only([]);
    if identity.is_some_and(|identity| trusting_none().identity(identity).build().is_err()) {
        return BuildError::Identity(IdentityProblem::Unusable);
    }
    if Client::builder().tls_certs_only(roots).build().is_err() {
        return BuildError::RootCertificate;
    }
    BuildError::HttpClient(error)
}

fn teach_proxy(mask: &Mask, url: &str) {
    let url = Url::parse(url.trim()).or_else(|_| Url::parse(&format!("http://{}", url.trim())));
    if let Some(password) = url.as_ref().ok().and_then(Url::password) {
        let raw = percent_encoding::percent_decode_str(password).decode_utf8_lossy();
        mask.learn(&raw.into_owned().into());
    }
}

fn proxy(text: &str) -> Result<Proxy, BuildError> {
    let text = text.trim();
    let url = match text.split_once("://") {
        Some(_) => Url::parse(text),
        // As in `HTTPS_PROXY`, where many leave the scheme out.
        None => Url::parse(&format!("http://{text}")),
    }
    .map_err(|_| BuildError::ProxyUrl)?;
    if !PROXY_SCHEMES.contains(&url.scheme()) {
        return Err(BuildError::ProxyScheme);
    }
    // Other hosts are passed over by the HTTP client, just as schemes are.
    let is_host = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
    };
    if !url.host_str().is_some_and(is_host) {
        return Err(BuildError::ProxyUrl);
    }
    let proxy = Proxy::all(url).map_err(|_| BuildError::ProxyUrl)?;
    Ok(proxy.no_proxy(NoProxy::from_env()))
}

#[cfg(test)]
mod tests {
    use super::{BuildError, proxy};

    #[test]
    fn proxies_accepted() {
        for url in [
            "http://proxy.example:3128",
            " https://proxy.example\n",
            "proxy.example:3128",
            "ada:p%40ss@proxy.example:3128",
            "socks5://10.0.0.1",
            "socks5h://ada:secret@[::1]:1080/",
            "http://bücher.example",
        ] {
            assert!(proxy(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn proxies_refused() {
        for url in [
            "",
            "http://",
            "http://a b",
            "socks5://",
            "socks5://a%20b",
            "socks5://bücher.example",
            "http://ada:pa/ss@proxy.example",
            ":3128",
        ] {
            assert!(matches!(proxy(url), Err(BuildError::ProxyUrl)), "{url}");
        }
        for url in ["ftp://proxy.example", "file:///etc/proxy", "wss://a"] {
            assert!(matches!(proxy(url), Err(BuildError::ProxyScheme)), "{url}");
        }
    }
}
