//! From a request to its answer.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};
use serde_json::{Value, json};

use crate::call::Call;
use crate::catalog::{Catalog, Operation};
use crate::counters::Tally;
use crate::fault::{Fault, Plan};
use crate::limit::Limiter;
use crate::record::{Recorded, Records, query_pairs};
use crate::reply::{Failure, Reply};
use crate::router::{Route, route};
use crate::sampler::Sampler;
use crate::script::{Handlers, Scripts};
use crate::state::{State, handler};
use crate::validate;

/// What the server and the handle of a mock have in common.
pub(crate) struct Shared {
    catalog: &'static Catalog,
    state: Mutex<State>,
    scripts: Mutex<Scripts>,
    handlers: Mutex<Handlers>,
    faults: Mutex<Option<Plan>>,
    limiter: Mutex<Option<Limiter>>,
    records: Mutex<Records>,
    tally: Tally,
}

/// Data of a mock stay usable after a test's closure has panicked.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(crate) fn new(catalog: &'static Catalog, state: State) -> Self {
        Self {
            catalog,
            state: Mutex::new(state),
            scripts: Mutex::default(),
            handlers: Mutex::default(),
            faults: Mutex::default(),
            limiter: Mutex::default(),
            records: Mutex::default(),
            tally: Tally::default(),
        }
    }

    pub(crate) fn catalog(&self) -> &'static Catalog {
        self.catalog
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn scripts(&self) -> MutexGuard<'_, Scripts> {
        lock(&self.scripts)
    }

    pub(crate) fn handlers(&self) -> MutexGuard<'_, Handlers> {
        lock(&self.handlers)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Option<Plan>> {
        lock(&self.faults)
    }

    pub(crate) fn limiter(&self) -> MutexGuard<'_, Option<Limiter>> {
        lock(&self.limiter)
    }

    pub(crate) fn records(&self) -> MutexGuard<'_, Records> {
        lock(&self.records)
    }

    pub(crate) fn tally(&self) -> &Tally {
        &self.tally
    }

    /// Answers a request and records both.
    pub(crate) fn answer(&self, parts: &Parts, body: Bytes) -> Reply {
        let path = parts.uri.path();
        let route = route(self.catalog, &parts.method, path);
        let operation = route.operation();
        self.tally.count_request(operation);
        let mut recorded = record(parts, body, operation);
        let process = |request: &Recorded| self.process(route, &parts.headers, request);
        let reply = if let Some(fault) = self.fault(&recorded, operation) {
            fault.answer(&mut recorded, process)
        } else {
            let reply = process(&recorded);
            recorded.processed = Some(reply.code());
            reply
        };
        recorded.status = reply.code();
        self.records().push(recorded);
        reply
    }

    /// What goes wrong with a request: what is scripted for it, or else what chance has for it.
    fn fault(&self, request: &Recorded, operation: Option<&Operation>) -> Option<Fault> {
        if let Some(scripted) = self.scripts().take(request, operation) {
            return Some(scripted);
        }
        let struck = self.faults().as_mut()?.next(request)?;
        self.tally.lock().faults += 1;
        Some(struck)
    }

    /// The answer of a mock that nothing is scripted for.
    fn process(&self, route: Route<'_>, headers: &HeaderMap, request: &Recorded) -> Reply {
        let limited = self
            .limiter()
            .as_mut()
            .map(|limiter| limiter.admit(Instant::now()));
        let (standing, refusal) = limited.unzip();
        let reply = if let Some(refusal) = refusal.flatten() {
            self.tally.lock().rate_limited += 1;
            refusal
        } else {
            let version = route.operation().map(|one| one.version);
            self.built_in(route, headers, request)
                .unwrap_or_else(|failure| failure.into_reply(version))
        };
        match standing {
            Some(standing) => reply.standing(standing),
            None => reply,
        }
    }

    fn built_in(
        &self,
        route: Route<'_>,
        headers: &HeaderMap,
        recorded: &Recorded,
    ) -> Result<Reply, Failure> {
        let (operation, parameters) = match route {
            Route::Found {
                operation,
                parameters,
            } => (operation, parameters),
            Route::WrongMethod { allowed } => return Ok(wrong_method(&allowed)),
            Route::Unknown => {
                let message = format!("no operation has the path `{}`", recorded.path);
                return Err(Failure::new(404, "NotFound", message));
            }
        };
        let query = query_pairs(recorded.query.as_deref().unwrap_or_default());
        let mut state = self.state();
        let identity = state
            .access
            .identify(headers, query_token(operation, &query));
        let identity = if operation.open {
            identity.ok()
        } else {
            Some(identity?)
        };
        let body = read_body(operation, recorded)?;
        validate::check(self.catalog, operation, &query, &body)?;
        let given = self.handlers().get(operation);
        if let Some(answer) = given {
            // It may look at the data.
            drop(state);
            return Ok(answer(recorded));
        }
        let accept = recorded.header("accept").unwrap_or_default().to_owned();
        let call = Call {
            operation,
            parameters,
            query,
            body,
            identity,
            accept,
        };
        match handler(operation) {
            Some(handle) => handle(&mut state, &call),
            None => Ok(sampled(self.catalog, state.seed(), &call)),
        }
    }
}

fn record(parts: &Parts, body: Bytes, operation: Option<&Operation>) -> Recorded {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = parts.headers.iter();
    Recorded {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().map(str::to_owned),
        headers: headers
            .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
            .collect(),
        body,
        api: operation.map(|one| one.version.name()),
        operation: operation.map(|one| one.id.clone()),
        status: 0,
        processed: None,
    }
}

fn wrong_method(allowed: &[Method]) -> Reply {
    let allowed = allowed
        .iter()
        .map(Method::as_str)
        .collect::<Vec<_>>()
        .join(", ");
    let message = format!("the method is not allowed; allowed: {allowed}");
    Reply::error(405, "MethodNotAllowed", &message).header("allow", allowed)
}

/// One download takes the session as a query parameter.
fn query_token<'a>(operation: &Operation, query: &'a [(String, String)]) -> Option<&'a str> {
    const NAME: &str = "X-Auth-Token";
    let takes_one = operation
        .query
        .iter()
        .any(|parameter| parameter.name == NAME);
    let given = query.iter().find(|(name, _)| takes_one && name == NAME);
    given.map(|(_, token)| token.as_str())
}

/// The media type is not looked at: official samples send JSON as `text/plain`. Bodies that an operation
/// does not take are ignored, since samples send such ones too.
fn read_body(operation: &Operation, recorded: &Recorded) -> Result<Value, Failure> {
    if operation.body.is_none() || recorded.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&recorded.body)
        .map_err(|error| Failure::invalid(format!("the body is not JSON: {error}")))
}

/// An answer made from the document alone.
fn sampled(catalog: &Catalog, seed: u64, call: &Call<'_>) -> Reply {
    let operation = call.operation;
    let Some(result) = operation.results.first() else {
        return Reply::status(200);
    };
    let wanted = |(kind, _): &&(String, Value)| call.accept.contains(kind.as_str());
    let Some((kind, schema)) = result
        .content
        .iter()
        .find(wanted)
        .or(result.content.first())
    else {
        // Nobody has recorded these bodies; a read that answers nothing at all is less plausible.
        let is_read = operation.method == Method::GET;
        return if is_read {
            Reply::json(200, json!({}))
        } else {
            Reply::status(result.status)
        };
    };
    let label = format!("{} {:?}", operation.key(), call.parameters);
    let value = Sampler::new(catalog, operation.version, seed, &label).value(schema, &operation.id);
    match value {
        Value::String(text) if !kind.contains("json") => {
            Reply::status(result.status).body(kind, text)
        }
        value => Reply::json(result.status, value),
    }
}
