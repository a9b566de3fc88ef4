//! A request under construction.

mod pages;
mod parts;

use std::fmt;

use bytes::Bytes;
use reqwest::header::{
    ACCEPT, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue, InvalidHeaderValue,
};
use reqwest::{Method, Url};
use serde::Serialize;

use crate::base_url::BaseUrl;
use crate::body::RequestBody;
use crate::exchange::set_header;
use crate::given::Given;
use crate::operation::Operation;
use crate::parameter::{self, Node, Style, Written};
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
    /// Boxed, since every setter hands it on.
    draft: Box<Draft>,
}

#[derive(Clone)]
struct Draft {
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
            draft: Box::new(Draft {
                operation,
                path: Vec::new(),
                query: String::new(),
                headers: Vec::new(),
                cookies: String::new(),
                body: None,
                parts: Multipart::default(),
                problem: None,
            }),
        }
    }

    /// The operation this request is for.
    #[must_use]
    pub fn operation(&self) -> &'static Operation {
        self.draft.operation
    }

    /// Sets the path parameter `name`; a list or an object as with [`Style::Comma`].
    ///
    /// Everything but letters, digits and `-._~:@` is percent-encoded, so that a value stays one
    /// segment. Values that would call another path (empty, `.`, `..`) are refused.
    #[must_use]
    pub fn path<T: Serialize>(self, name: &'static str, value: &Given<T>) -> Self {
        self.path_as(name, value, Style::Comma)
    }

    /// Sets the path parameter `name` in another style.
    #[must_use]
    pub fn path_as<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Given<T>,
        style: Style,
    ) -> Self {
        self.set_path(name, node(value, style), style);
        self
    }

    fn set_path(&mut self, name: &'static str, node: Tree, style: Style) {
        let text = parameter(name, node, |node| parameter::path_text(name, node, style));
        if let Some(text) = self.keep(text) {
            self.draft.path.push((name, text));
        }
    }

    /// Appends the query parameter `name`; `None` and null add nothing.
    #[must_use]
    pub fn query<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Given<T>,
        style: Style,
    ) -> Self {
        self.push_query(name, node(value, style), Written::new(style));
        self
    }

    /// As [`query`](Self::query), with the characters `:/?@!$()*,;` sent as they are.
    #[must_use]
    pub fn query_reserved<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Given<T>,
        style: Style,
    ) -> Self {
        self.push_query(name, node(value, style), Written::reserved(style));
        self
    }

    fn push_query(&mut self, name: &'static str, node: Tree, written: Written) {
        let query = &mut self.draft.query;
        let done = parameter(name, node, |node| {
            parameter::push_query(query, name, node, written)
        });
        self.keep(done);
    }

    /// Sets the header `name`; `None` and null add nothing; a list or an object as with [`Style::Comma`].
    #[must_use]
    pub fn header<T: Serialize>(self, name: &'static str, value: &Given<T>) -> Self {
        self.header_as(name, value, Style::Comma)
    }

    /// Sets the header `name` in another style.
    #[must_use]
    pub fn header_as<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Given<T>,
        style: Style,
    ) -> Self {
        let text = parameter(name, node(value, style), |node| {
            parameter::header_text(node, style)
        });
        if let Some(Some(text)) = self.keep(text) {
            self.keep_header(name, &text);
        }
        self
    }

    /// Sends the cookie `name`; `None` and null add nothing.
    #[must_use]
    pub fn cookie<T: Serialize>(self, name: &'static str, value: &Given<T>) -> Self {
        self.cookie_as(name, value, Style::Comma)
    }

    /// Sends the cookie `name` in another style.
    #[must_use]
    pub fn cookie_as<T: Serialize>(
        mut self,
        name: &'static str,
        value: &Given<T>,
        style: Style,
    ) -> Self {
        if !is_token(name) {
            self.remember(format!("`{name}` is not a cookie name"));
        }
        let text = parameter(name, node(value, style), |node| {
            parameter::cookie_text(node, style)
        });
        if let Some(Some(text)) = self.keep(text) {
            push_cookie(&mut self.draft.cookies, name, &text);
        }
        self
    }

    /// Sends a JSON body; `None` and null send no body at all.
    #[must_use]
    pub fn json<T: Serialize>(self, value: &Given<T>) -> Self {
        self.json_as("application/json", value)
    }

    /// Sends a JSON body under another content type, such as `application/vnd.x+json`.
    #[must_use]
    pub fn json_as<T: Serialize>(self, content_type: &'static str, value: &Given<T>) -> Self {
        let text = match value {
            // The error's text is dropped, since it may quote the value.
            Ok(value) => serde_json::to_vec(value).map_err(|_| " cannot be written as JSON".into()),
            Err(message) => Err(format!(": {message}")),
        };
        self.encoded(
            content_type,
            text.map(|text| (text != b"null").then_some(text)),
        )
    }

    /// Sends an object as `application/x-www-form-urlencoded`; `None` and null send no body at all.
    ///
    /// An array becomes a pair for each element, and an object JSON.
    #[must_use]
    pub fn form<T: Serialize>(self, value: &Given<T>) -> Self {
        self.form_as(value, &[])
    }

    /// As [`form`](Self::form), with a style for some of the members.
    #[must_use]
    pub fn form_as<T: Serialize>(self, value: &Given<T>, styles: &[(&'static str, Style)]) -> Self {
        let text = node(value, Style::Form).and_then(|node| {
            let text = parameter::form_text(node, styles).map_err(tail)?;
            Ok(text.map(String::into_bytes))
        });
        self.encoded("application/x-www-form-urlencoded", text)
    }

    /// Sends bytes as they are, under the content type that the [`Body`](crate::Body) names or else this one.
    ///
    /// Takes a [`Body`](crate::Body) or an `Option` of one.
    #[must_use]
    pub fn raw<B: RequestBody>(mut self, content_type: &'static str, value: &Given<B>) -> Self {
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

    fn encoded(mut self, content_type: &str, text: Result<Option<Vec<u8>>, String>) -> Self {
        match text {
            Ok(None) => {}
            Ok(Some(text)) => self.set_body(content_type, text.into()),
            Err(tail) => self.remember(format!("body{tail}")),
        }
        self
    }

    fn set_body(&mut self, content_type: &str, bytes: Bytes) {
        self.insert_header(CONTENT_TYPE, HeaderValue::from_str(content_type));
        self.draft.body = Some(bytes);
    }

    fn keep_header(&mut self, name: &str, text: &str) {
        match HeaderName::from_bytes(name.as_bytes()) {
            Ok(name) => self.insert_header(name, HeaderValue::from_str(text)),
            Err(_) => self.remember(format!("`{name}` is not a header name")),
        }
    }

    fn insert_header(&mut self, name: HeaderName, value: Result<HeaderValue, InvalidHeaderValue>) {
        match value {
            Ok(value) => self.put_header(name, value),
            Err(_) => self.remember(unsendable(&name)),
        }
    }

    fn keep<T>(&mut self, outcome: Result<T, String>) -> Option<T> {
        outcome.map_err(|message| self.remember(message)).ok()
    }

    fn remember(&mut self, message: String) {
        self.draft.problem.get_or_insert(message);
    }

    fn put_header(&mut self, name: HeaderName, value: HeaderValue) {
        match self
            .draft
            .headers
            .iter_mut()
            .find(|(given, _)| *given == name)
        {
            Some((_, given)) => *given = value,
            None => self.draft.headers.push((name, value)),
        }
    }

    /// The request complete but for credentials; or the first problem.
    pub(crate) fn prepare(mut self, base: &BaseUrl) -> Result<Prepared, String> {
        if !self.draft.cookies.is_empty() {
            let cookies = std::mem::take(&mut self.draft.cookies);
            self.insert_header(COOKIE, HeaderValue::from_str(&cookies));
        }
        if let Some(problem) = self.draft.problem.take() {
            return Err(problem);
        }
        if self.draft.parts.is_sent() {
            let (content_type, body) = self.draft.parts.encode()?;
            self.set_body(&content_type, body);
        }
        let ready = Some(self.draft.ready(base)?);
        let draft = self.draft;
        Ok(Prepared { draft, ready })
    }
}

impl Draft {
    fn header_value(&self, name: &HeaderName) -> Option<&HeaderValue> {
        let mut named = self.headers.iter().filter(|(given, _)| given == name);
        named.next().map(|(_, value)| value)
    }

    fn ready(&self, base: &BaseUrl) -> Result<Ready, String> {
        Ok(Ready {
            url: target::url(base, self.operation.path, &self.path, &self.query)?,
            accept: self.accept()?,
        })
    }

    /// What the operation accepts, unless a parameter says so.
    fn accept(&self) -> Result<Option<HeaderValue>, String> {
        let accept = self.operation.accept;
        if accept.is_empty() || self.header_value(&ACCEPT).is_some() {
            return Ok(None);
        }
        let accept = HeaderValue::from_maybe_shared(Bytes::from_static(accept.as_bytes()));
        accept.map(Some).map_err(|_| unsendable(&ACCEPT))
    }
}

/// A request as it is sent with every attempt, but for credentials.
pub(crate) struct Prepared {
    draft: Box<Draft>,
    /// For the next attempt. The first takes it, and few calls make another.
    ready: Option<Ready>,
}

/// What is made of a draft for one attempt.
struct Ready {
    url: Url,
    accept: Option<HeaderValue>,
}

impl Prepared {
    /// The address of the next attempt.
    pub(crate) fn url(&mut self, base: &BaseUrl) -> Option<&Url> {
        if self.ready.is_none() {
            self.ready = self.draft.ready(base).ok();
        }
        self.ready.as_ref().map(|ready| &ready.url)
    }

    /// The HTTP request of the next attempt.
    pub(crate) fn http(&mut self, base: &BaseUrl) -> Option<reqwest::Request> {
        self.url(base)?;
        let Ready { url, accept } = self.ready.take()?;
        let method = self.draft.operation.method.clone();
        let is_write = matches!(method, Method::POST | Method::PUT | Method::PATCH);
        let mut http = reqwest::Request::new(method, url);
        for (name, value) in &self.draft.headers {
            set_header(&mut http, name.clone(), value.clone());
        }
        if let Some(accept) = accept {
            set_header(&mut http, ACCEPT, accept);
        }
        if let Some(body) = &self.draft.body {
            *http.body_mut() = Some(body.clone().into());
        } else if is_write {
            // Some servers answer 411 to a POST that does not state that its body is empty, and the HTTP
            // client leaves it unsaid (RFC 9110, section 8.6).
            set_header(&mut http, CONTENT_LENGTH, HeaderValue::from_static("0"));
        }
        Some(http)
    }
}

fn unsendable(header: &HeaderName) -> String {
    format!("`{header}` has characters that no header can hold")
}

/// A value to be written; or, where there is none, what goes behind the name of the parameter to say why.
type Tree = Result<Node, String>;

/// The field of a builder as a tree: the only part of a setter that is compiled for each type.
fn node<T: Serialize>(value: &Given<T>, style: Style) -> Tree {
    match value {
        Ok(value) => Node::styled(value, style).map_err(tail),
        Err(message) => Err(format!(": {message}")),
    }
}

#[cold]
fn tail(problem: parameter::Problem) -> String {
    format!(" {problem}")
}

/// Applies an encoder and names the parameter in what goes wrong.
fn parameter<T>(
    name: &str,
    node: Tree,
    encode: impl FnOnce(Node) -> Result<T, parameter::Problem>,
) -> Result<T, String> {
    named("parameter", name, node, encode)
}

/// As above, for another kind of thing.
fn named<T>(
    kind: &str,
    name: &str,
    node: Tree,
    encode: impl FnOnce(Node) -> Result<T, parameter::Problem>,
) -> Result<T, String> {
    let done = node.and_then(|node| encode(node).map_err(tail));
    done.map_err(|tail| format!("{kind} `{name}`{tail}"))
}

/// Adds one pair to the text of a `Cookie` header.
/// Whether a text can be the name of a cookie or a header (RFC 9110, section 5.6.2): a separator in it would begin another.
pub(crate) fn is_token(name: &str) -> bool {
    HeaderName::from_bytes(name.as_bytes()).is_ok()
}

pub(crate) fn push_cookie(cookies: &mut String, name: &str, value: &str) {
    if !cookies.is_empty() {
        cookies.push_str("; ");
    }
    cookies.extend([name, "=", value]);
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.draft.operation.name)
            .field("method", &self.draft.operation.method)
            .field("path", &self.draft.operation.path)
            .finish_non_exhaustive()
    }
}
