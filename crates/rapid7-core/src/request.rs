//! A request under construction.

mod pages;
mod parts;

use std::fmt;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderMap, HeaderName, HeaderValue,
    InvalidHeaderValue,
};
use reqwest::{Method, Url};
use serde::Serialize;

use crate::base_url::BaseUrl;
use crate::body::RequestBody;
use crate::operation::Operation;
use crate::parameter::{self, Style, Written};
use crate::target;
pub(crate) use pages::Members;
use parts::Multipart;

/// A request under construction, made by generated code.
///
/// Setters take the field of a generated builder as it is: a value, or the message of the conversion
/// that failed. They remember the first problem, and [`Connection::call`](crate::Connection::call)
/// returns it as [`Error::InvalidInput`](crate::Error::InvalidInput) before anything is sent.
///
/// `Debug` shows the operation only.
#[derive(Clone)]
pub struct Request {
    operation: &'static Operation,
    path: Vec<(&'static str, String)>,
    query: String,
    /// One for each name; few enough to be looked through.
    headers: Vec<(HeaderName, HeaderValue)>,
    cookies: String,
    body: Option<Bytes>,
    parts: Multipart,
    problem: Option<String>,
}

impl Request {
    /// A request for an operation, without parameters and body.
    #[must_use]
    pub fn new(operation: &'static Operation) -> Self {
        Self {
            operation,
            path: Vec::new(),
            query: String::new(),
            headers: Vec::new(),
            cookies: String::new(),
            body: None,
            parts: Multipart::default(),
            problem: None,
        }
    }

    /// The operation this request is for.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.operation
    }

    /// Sets the path parameter `name`; a list or an object as with [`Style::Comma`].
    ///
    /// Everything but letters, digits and `-._~:@` is percent-encoded, so that a value stays one
    /// segment. Values that would call another path (empty, `.`, `..`) are refused.
    #[must_use]
    pub fn path<T: Serialize>(self, name: &'static str, value: &Result<T, String>) -> Self {
        self.path_as(name, value, Style::Comma)
    }

    /// Sets the path parameter `name` in another style.
    #[must_use]
    pub fn path_as<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Result<T, String>,
        style: Style,
    ) -> Self {
        let text = parameter(name, value, |value| {
            parameter::path_text(name, value, style)
        });
        if let Some(text) = self.keep(text) {
            self.path.push((name, text));
        }
        self
    }

    /// Appends the query parameter `name`; `None` and null add nothing.
    #[must_use]
    pub fn query<T: Serialize>(
        self,
        name: &'static str,
        value: &Result<T, String>,
        style: Style,
    ) -> Self {
        self.push_query(name, value, Written::new(style))
    }

    /// As [`query`](Self::query), with the characters `:/?@!$()*,;` sent as they are.
    #[must_use]
    pub fn query_reserved<T: Serialize>(
        self,
        name: &'static str,
        value: &Result<T, String>,
        style: Style,
    ) -> Self {
        self.push_query(name, value, Written::reserved(style))
    }

    fn push_query<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Result<T, String>,
        written: Written,
    ) -> Self {
        let query = &mut self.query;
        let done = parameter(name, value, |value| {
            parameter::push_query(query, name, value, written)
        });
        self.keep(done);
        self
    }

    /// Sets the header `name`; `None` and null add nothing; a list or an object as with [`Style::Comma`].
    #[must_use]
    pub fn header<T: Serialize>(self, name: &'static str, value: &Result<T, String>) -> Self {
        self.header_as(name, value, Style::Comma)
    }

    /// Sets the header `name` in another style.
    #[must_use]
    pub fn header_as<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Result<T, String>,
        style: Style,
    ) -> Self {
        let text = parameter(name, value, |value| parameter::header_text(value, style));
        if let Some(Some(text)) = self.keep(text) {
            self.set_header(name, &text);
        }
        self
    }

    /// Sends the cookie `name`; `None` and null add nothing.
    #[must_use]
    pub fn cookie<T: Serialize>(self, name: &'static str, value: &Result<T, String>) -> Self {
        self.cookie_as(name, value, Style::Comma)
    }

    /// Sends the cookie `name` in another style.
    #[must_use]
    pub fn cookie_as<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Result<T, String>,
        style: Style,
    ) -> Self {
        let text = parameter(name, value, |value| parameter::cookie_text(value, style));
        if let Some(Some(text)) = self.keep(text) {
            push_cookie(&mut self.cookies, name, &text);
        }
        self
    }

    /// Sends a JSON body; `None` and null send no body at all.
    #[must_use]
    pub fn json<T: Serialize>(self, value: &Result<T, String>) -> Self {
        self.json_as("application/json", value)
    }

    /// Sends a JSON body under another content type, such as `application/vnd.x+json`.
    #[must_use]
    pub fn json_as<T: Serialize>(
        self,
        content_type: &'static str,
        value: &Result<T, String>,
    ) -> Self {
        self.encoded(content_type, value, |value| {
            match serde_json::to_vec(value) {
                Ok(text) if text == b"null" => Ok(None),
                Ok(text) => Ok(Some(text)),
                // The error's text is dropped, since it may quote the value.
                Err(_) => Err("cannot be written as JSON"),
            }
        })
    }

    /// Sends an object as `application/x-www-form-urlencoded`; `None` and null send no body at all.
    ///
    /// An array becomes a pair for each element, and an object JSON.
    #[must_use]
    pub fn form<T: Serialize>(self, value: &Result<T, String>) -> Self {
        self.form_as(value, &[])
    }

    /// As [`form`](Self::form), with a style for some of the members.
    #[must_use]
    pub fn form_as<T: Serialize>(
        self,
        value: &Result<T, String>,
        styles: &[(&'static str, Style)],
    ) -> Self {
        self.encoded("application/x-www-form-urlencoded", value, |value| {
            Ok(parameter::form_text(value, styles)?.map(String::into_bytes))
        })
    }

    /// Sends bytes as they are, under the content type that the [`Body`](crate::Body) names or else this one.
    ///
    /// Takes `Result<Body, String>` or `Result<Option<Body>, String>`.
    #[must_use]
    pub fn raw<B: RequestBody>(
        mut self,
        content_type: &'static str,
        value: &Result<B, String>,
    ) -> Self {
        match value {
            Ok(value) => {
                if let Some(body) = value.body() {
                    let content_type = body.content_type().unwrap_or(content_type);
                    self.set_body(content_type, body.bytes().clone());
                }
            }
            Err(message) => self.remember(format!("body: {message}")),
        }
        self
    }

    fn encoded<T: Serialize>(
        mut self,
        content_type: &'static str,
        value: &Result<T, String>,
        encode: impl FnOnce(&T) -> Result<Option<Vec<u8>>, &'static str>,
    ) -> Self {
        match value {
            Ok(value) => match encode(value) {
                Ok(None) => {}
                Ok(Some(bytes)) => self.set_body(content_type, bytes.into()),
                Err(problem) => self.remember(format!("the body {problem}")),
            },
            Err(message) => self.remember(format!("body: {message}")),
        }
        self
    }

    fn set_body(&mut self, content_type: &str, bytes: Bytes) {
        self.insert_header(CONTENT_TYPE, HeaderValue::from_str(content_type));
        self.body = Some(bytes);
    }

    fn set_header(&mut self, name: &str, text: &str) {
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(name) => self.insert_header(name, HeaderValue::from_str(text)),
            Err(_) => self.remember(format!("`{name}` is not a header name")),
        }
    }

    fn insert_header(&mut self, name: HeaderName, value: Result<HeaderValue, InvalidHeaderValue>) {
        match value {
            Ok(value) => self.put_header(name, value),
            Err(_) => self.remember(format!("`{name}` has characters that no header can hold")),
        }
    }

    fn keep<T>(&mut self, outcome: Result<T, String>) -> Option<T> {
        outcome.map_err(|message| self.remember(message)).ok()
    }

    fn remember(&mut self, message: String) {
        self.problem.get_or_insert(message);
    }

    fn put_header(&mut self, name: HeaderName, value: HeaderValue) {
        match self.headers.iter_mut().find(|(given, _)| *given == name) {
            Some((_, given)) => *given = value,
            None => self.headers.push((name, value)),
        }
    }

    fn header_value(&self, name: &HeaderName) -> Option<&HeaderValue> {
        let mut named = self.headers.iter().filter(|(given, _)| given == name);
        named.next().map(|(_, value)| value)
    }

    /// The request complete but for credentials; or the first problem.
    pub(crate) fn prepare(mut self, base: &BaseUrl) -> Result<Prepared, String> {
        if !self.operation.accept.is_empty() && self.header_value(&ACCEPT).is_none() {
            let accept = Bytes::from_static(self.operation.accept.as_bytes());
            self.insert_header(ACCEPT, HeaderValue::from_maybe_shared(accept));
        }
        if !self.cookies.is_empty() {
            let cookies = std::mem::take(&mut self.cookies);
            self.insert_header(COOKIE, HeaderValue::from_str(&cookies));
        }
        if let Some(problem) = self.problem.take() {
            return Err(problem);
        }
        if let Some((content_type, body)) = self.parts.encode()? {
            self.set_body(&content_type, body);
        }
        let method = &self.operation.method;
        // Some servers answer 411 to a POST that does not state that its body is empty, and the HTTP
        // client leaves it unsaid (RFC 9110, section 8.6).
        if self.body.is_none() && matches!(*method, Method::POST | Method::PUT | Method::PATCH) {
            let nothing = HeaderValue::from_static("0");
            self.put_header(CONTENT_LENGTH, nothing);
        }
        let (path, mut query) = target::fill(self.operation.path, &self.path)?;
        if query.is_empty() {
            query = self.query;
        } else if !self.query.is_empty() {
            query.extend(["&", &self.query]);
        }
        Ok(Prepared {
            method,
            url: target::url(base, &path, &query)?,
            headers: self.headers,
            body: self.body,
        })
    }
}

/// A request as it is sent with every attempt, but for credentials.
pub(crate) struct Prepared {
    method: &'static Method,
    url: Url,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Bytes>,
}

impl Prepared {
    pub(crate) fn url(&self) -> &Url {
        &self.url
    }

    /// The HTTP request of one attempt.
    pub(crate) fn http(&self) -> reqwest::Request {
        let mut http = reqwest::Request::new(self.method.clone(), self.url.clone());
        // With room for credentials, `User-Agent` and what the HTTP client adds.
        let mut headers = HeaderMap::with_capacity(self.headers.len() + 5);
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        *http.headers_mut() = headers;
        *http.body_mut() = self.body.clone().map(Into::into);
        http
    }
}

/// Applies an encoder to a builder's field and names the parameter in what goes wrong.
fn parameter<T, U>(
    name: &str,
    value: &Result<T, String>,
    encode: impl FnOnce(&T) -> Result<U, parameter::Problem>,
) -> Result<U, String> {
    named("parameter", name, value, encode)
}

/// As above, for another kind of thing.
fn named<T, U>(
    kind: &str,
    name: &str,
    value: &Result<T, String>,
    encode: impl FnOnce(&T) -> Result<U, parameter::Problem>,
) -> Result<U, String> {
    match value {
        Ok(value) => encode(value).map_err(|problem| format!("{kind} `{name}` {problem}")),
        Err(message) => Err(format!("{kind} `{name}`: {message}")),
    }
}

/// Adds one pair to the text of a `Cookie` header.
pub(crate) fn push_cookie(cookies: &mut String, name: &str, value: &str) {
    if !cookies.is_empty() {
        cookies.push_str("; ");
    }
    cookies.extend([name, "=", value]);
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation.name)
            .field("method", &self.operation.method)
            .field("path", &self.operation.path)
            .finish_non_exhaustive()
    }
}
