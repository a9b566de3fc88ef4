//! Fetches over HTTP, within one origin and within limits.

use super::mask::Secrets;
use crate::text::visible;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::StatusCode;
use reqwest::blocking::{Client, Response};
use reqwest::header::{CONTENT_TYPE, HeaderValue, LOCATION};
use reqwest::redirect::Policy;
use std::error::Error as _;
use std::fmt;
use std::io::Read;
use std::time::Duration;
use url::{Host, Url};

use crate::load::MAX_BYTES;

/// Time to connect.
const CONNECT: Duration = Duration::from_secs(10);

/// Time for one answer, whole.
const TIMEOUT: Duration = Duration::from_secs(300);

/// Redirects that are followed within the origin.
const MAX_REDIRECTS: usize = 5;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;

/// The key of an instance: shown nowhere, and sent to one origin only.
#[derive(Clone)]
pub struct Key(HeaderValue);

impl Key {
    /// # Errors
    ///
    /// A text that is empty, or that a header cannot hold.
    pub fn new(text: &str) -> Result<Self, FetchError> {
        let text = text.trim();
        let value = HeaderValue::from_str(text)
            .ok()
            .filter(|value| !value.is_empty());
        let mut value = value.ok_or(FetchError::Key)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

/// Why nothing was fetched. Addresses are shown without their query.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The key is empty, or holds what a header cannot.
    #[error("the key is empty, or has characters that no key has")]
    Key,
    /// The address is not one of HTTP, or it is not encrypted and leads to another machine.
    #[error("{0} is not fetched: only https is, and http from this machine itself")]
    Scheme(String),
    /// The address holds a user name or password.
    #[error("{0} is not fetched: the address holds a user name or a password")]
    UserInfo(String),
    /// The address is not of the origin that everything is fetched from.
    #[error("{address} is not fetched: it is on another server than {origin}")]
    OtherOrigin {
        /// What would have been fetched.
        address: String,
        /// The origin.
        origin: String,
    },
    /// The server sends the request on to another origin.
    #[error(
        "{from} redirects to another origin, {to}: not followed, and the key was not sent there"
    )]
    Redirected {
        /// What was asked for.
        from: String,
        /// Where it leads.
        to: String,
    },
    /// One redirect after the other.
    #[error("{0} redirects more than 5 times")]
    TooManyRedirects(String),
    /// 401 or 403.
    #[error("{address} answers {status}: {}", if *.with_key { "the key is refused" } else { "it wants a key, and none was given" })]
    Unauthorized {
        /// What was asked for.
        address: String,
        /// The status.
        status: u16,
        /// Whether a key was sent.
        with_key: bool,
    },
    /// Any other status than 200.
    #[error("{address} answers {status}")]
    Status {
        /// What was asked for.
        address: String,
        /// The status.
        status: u16,
    },
    /// The answer is larger than [`MAX_BYTES`].
    #[error("{0} is larger than 100 MiB")]
    TooLarge(String),
    /// The answer ended before its end.
    #[error("{address} was cut off after {received} bytes: {reason}")]
    CutOff {
        /// What was asked for.
        address: String,
        /// The bytes that came.
        received: usize,
        /// What the connection said.
        reason: String,
    },
    /// No answer.
    #[error("cannot fetch {address}: {reason}")]
    Transport {
        /// What was asked for.
        address: String,
        /// What the connection said.
        reason: String,
    },
}

/// What an address answered.
#[derive(Debug)]
pub(super) struct Fetched {
    /// The address in the end, after redirects.
    pub(super) url: Url,
    /// Whether the server calls it a script.
    pub(super) is_script: bool,
    /// The body, unpacked.
    pub(super) bytes: Vec<u8>,
}

/// Fetches from one origin, with a key or without.
#[derive(Debug)]
pub(super) struct Fetcher {
    client: Client,
    origin: url::Origin,
    key: Option<Key>,
    secrets: Secrets,
}

impl Fetcher {
    /// A fetcher for the origin of `address`.
    pub(super) fn new(
        address: &Url,
        key: Option<Key>,
        secrets: &Secrets,
    ) -> Result<Self, FetchError> {
        check_address(address)?;
        let client = Client::builder()
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .user_agent(concat!("cargo-xtask-pull/", env!("CARGO_PKG_VERSION")));
        // A proxy is another machine, and what goes there would not be encrypted.
        let client = if is_loopback(address) {
            client.no_proxy()
        } else {
            client
        };
        let client = client.build().map_err(|error| transport(address, error))?;
        Ok(Self {
            client,
            origin: address.origin(),
            key,
            secrets: secrets.clone(),
        })
    }

    /// What is masked in whatever the server sends.
    pub(super) const fn secrets(&self) -> &Secrets {
        &self.secrets
    }

    /// Fetches an address of the origin, and follows redirects within it.
    pub(super) fn fetch(&self, address: &Url) -> Result<Fetched, FetchError> {
        check_address(address)?;
        if address.origin() != self.origin {
            return Err(FetchError::OtherOrigin {
                address: shown(address),
                origin: self.origin.ascii_serialization(),
            });
        }
        let mut url = address.clone();
        for _ in 0..=MAX_REDIRECTS {
            let response = self.send(&url)?;
            match self.next(&url, &response)? {
                Some(next) => url = next,
                None => return self.body(url, response),
            }
        }
        Err(FetchError::TooManyRedirects(shown(address)))
    }

    fn send(&self, url: &Url) -> Result<Response, FetchError> {
        let mut request = self.client.get(url.clone());
        if let Some(Key(key)) = &self.key {
            request = request.header("Api-Key", key.clone());
        }
        request.send().map_err(|error| transport(url, error))
    }

    /// Where an answer sends the request on to; an error unless that, or the answer itself, is of use.
    fn next(&self, url: &Url, response: &Response) -> Result<Option<Url>, FetchError> {
        let status = response.status();
        let address = shown(url);
        if status.is_redirection() {
            let location = response.headers().get(LOCATION);
            let next = location
                .and_then(|location| location.to_str().ok())
                .and_then(|location| url.join(location).ok());
            let status = status.as_u16();
            let next = next.ok_or(FetchError::Status { address, status })?;
            if next.origin() != self.origin {
                return Err(FetchError::Redirected {
                    from: shown(url),
                    to: shown(&next),
                });
            }
            check_address(&next)?;
            return Ok(Some(next));
        }
        match status {
            StatusCode::OK => Ok(None),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(FetchError::Unauthorized {
                address,
                status: status.as_u16(),
                with_key: self.key.is_some(),
            }),
            _ => Err(FetchError::Status {
                address,
                status: status.as_u16(),
            }),
        }
    }

    fn body(&self, url: Url, response: Response) -> Result<Fetched, FetchError> {
        let media_type = response.headers().get(CONTENT_TYPE);
        let media_type = media_type.and_then(|value| value.to_str().ok());
        let is_script = media_type.is_some_and(|value| value.contains("javascript"));
        let bar = progress(&self.shown(&url), response.content_length());
        let mut reader = bar.wrap_read(response);
        let mut bytes = Vec::new();
        let mut chunk = vec![0; CHUNK];
        let ended = loop {
            match reader.read(&mut chunk) {
                Ok(0) => break Ok(()),
                Ok(count) => bytes.extend_from_slice(chunk.get(..count).unwrap_or_default()),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => break Err(cut_off(&url, bytes.len(), error)),
            }
            if bytes.len() > MAX_BYTES {
                break Err(FetchError::TooLarge(shown(&url)));
            }
        };
        bar.finish_and_clear();
        ended.map(|()| Fetched {
            url,
            is_script,
            bytes,
        })
    }

    /// An address as a terminal may show it.
    fn shown(&self, url: &Url) -> String {
        visible(&self.secrets.mask(&shown(url)))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Refuses what would go over the network in the clear, and addresses with a password in them.
fn check_address(url: &Url) -> Result<(), FetchError> {
    if url.scheme() != "https" && !(url.scheme() == "http" && is_loopback(url)) {
        return Err(FetchError::Scheme(shown(url)));
    }
    if url.username().is_empty() && url.password().is_none() {
        Ok(())
    } else {
        Err(FetchError::UserInfo(shown(url)))
    }
}

/// An address without what may be secret in it.
pub(super) fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // Addresses that cannot hold these have none.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}

fn transport(url: &Url, error: reqwest::Error) -> FetchError {
    FetchError::Transport {
        address: shown(url),
        reason: reason(error),
    }
}

/// What went wrong, down to its cause, without the address.
fn reason(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn cut_off(url: &Url, received: usize, error: std::io::Error) -> FetchError {
    let text = error.to_string();
    let reason = match error.into_inner() {
        Some(inner) => match inner.downcast::<reqwest::Error>() {
            Ok(error) => reason(*error),
            Err(_) => text,
        },
        None => text,
    };
    FetchError::CutOff {
        address: shown(url),
        received,
        reason,
    }
}

/// Bytes so far, on a terminal: `pull` is silent about it elsewhere.
fn progress(address: &str, length: Option<u64>) -> ProgressBar {
    let (bar, template) = match length {
        Some(length) => (
            ProgressBar::new(length),
            "{msg} {bar:30} {bytes}/{total_bytes}",
        ),
        None => (ProgressBar::no_length(), "{msg} {bytes}"),
    };
    let bar = bar.with_message(address.to_owned());
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_encrypted_or_local_is_fetched() {
        for (address, expected) in [
            ("https://acme.example/docs", None),
            ("http://127.0.0.1:8001/docs", None),
            ("http://localhost/docs", None),
            ("http://[::1]/docs", None),
            (
                "http://acme.example/docs?token=c4nary",
                Some("http://acme.example/docs is not fetched: only https"),
            ),
            (
                "http://127.0.0.1.example/",
                Some("http://127.0.0.1.example/ is not fetched"),
            ),
            ("ftp://localhost/", Some("ftp://localhost/ is not fetched")),
            (
                "https://user:c4nary@acme.example/",
                Some("https://acme.example/ is not fetched: the address holds"),
            ),
        ] {
            let error = check_address(&Url::parse(address).unwrap()).err();
            let text = error.map(|error| error.to_string());
            assert_eq!(text.is_some(), expected.is_some(), "{address}");
            let text = text.unwrap_or_default();
            assert!(text.starts_with(expected.unwrap_or_default()), "{text}");
            assert!(!text.contains("c4nary"), "{text}");
        }
    }

    #[test]
    fn a_key_is_shown_nowhere() {
        let key = Key::new("c4nary").unwrap();
        let address = Url::parse("https://acme.example").unwrap();
        let fetcher = Fetcher::new(&address, Some(key.clone()), &Secrets::new(["c4nary"])).unwrap();
        let shown = format!("{key:?} {fetcher:?} {:?}", key.0);
        assert!(!shown.contains("c4nary"), "{shown}");
        for text in ["", " ", "c4nary\u{7f}", "c4n\nary"] {
            let error = Key::new(text).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("c4n"), "{error:?}");
        }
    }
}
