//! What is tried with one operation.

use super::clients::Client;
use super::compare::{Authorization, compare};
use super::document::{Document, Operation};
use super::recorder::{Exchange, Recorder};
use super::requests::{Extent, Request, requests};
use super::{Part, Target};
use crate::server::Seen;
use rapid7_core::{Access, Credentials, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const KEY: Authorization<'static> = ("Api-Key", "made-up-key");
const SESSION: Authorization<'static> = ("X-Auth-Token", "made-up-session");

/// Each gives another generated answer, and the same in every run.
const SEEDS: [u64; 3] = [1, 2, 3];

/// The longest part of an answer that is shown.
const SHOWN_CHARS: usize = 400;

/// One API: its document, the recorder in front of its validator, and clients with either sort of credentials.
pub struct Trials {
    /// What the validator serves.
    pub document: Document,
    recorder: Recorder,
    with_key: Client,
    with_session: Client,
}

/// What was found wrong with an operation, and what was tried.
#[derive(Debug, Default)]
pub struct Verdict {
    /// By part; a part without faults is not there.
    pub faults: BTreeMap<Part, Vec<String>>,
    /// Requests that the client sent.
    pub sent: usize,
    /// Requests spoiled on purpose that the validator refused.
    pub refused: usize,
    /// Whether the document says what an answer holds.
    pub has_answer_body: bool,
    /// Whether a generated answer differed from the one made of examples.
    pub is_varied: bool,
}

impl Verdict {
    fn add(&mut self, part: Part, fault: String) {
        let faults = self.faults.entry(part).or_default();
        if !faults.contains(&fault) {
            faults.push(fault);
        }
    }
}

/// What the validator is to answer.
struct Wish {
    status: u16,
    /// Generate from the schema with this seed; else take examples.
    seed: Option<u64>,
}

impl Wish {
    fn part(&self) -> Part {
        self.seed.map_or(Part::Static, |_| Part::Dynamic)
    }

    fn preference(&self) -> String {
        let status = self.status;
        match self.seed {
            Some(seed) => format!("code={status}, dynamic=true, seed={seed}"),
            None => format!("code={status}, dynamic=false"),
        }
    }
}

impl Trials {
    /// Reads the document and starts the recorder.
    ///
    /// # Errors
    ///
    /// The document cannot be read, or there is no such crate.
    pub async fn start(target: &Target) -> Result<Self, String> {
        let text = std::fs::read(&target.document).map_err(|error| error.to_string())?;
        let root = serde_json::from_slice(&text).map_err(|error| error.to_string())?;
        let recorder = Recorder::start(&target.validator).await;
        let recorder = recorder.map_err(|error| error.to_string())?;
        let client = |credentials| Client::new(&target.crate_name, &recorder.url, credentials);
        Ok(Self {
            document: Document::new(root)?,
            with_key: client(Credentials::api_key(KEY.1))?,
            with_session: client(Credentials::session(SESSION.1))?,
            recorder,
        })
    }

    /// What the client has and the document has not, or the other way round.
    pub fn differences(&self) -> Vec<String> {
        let documented = self.document.operations.iter();
        let documented: Vec<(&str, &str, &str)> = documented
            .map(|known| {
                (
                    known.id.as_str(),
                    known.method.as_str(),
                    known.path.as_str(),
                )
            })
            .collect();
        let called = self.with_key.operations().iter();
        let called: Vec<(&str, &str, &str)> = called
            .map(|known| (known.id, known.method.as_str(), known.path))
            .collect();
        let missing = documented.iter().filter(|known| !called.contains(known));
        let missing = missing.map(|known| format!("the client has no {known:?}"));
        let extra = called.iter().filter(|known| !documented.contains(known));
        let extra = extra.map(|known| format!("the document has no {known:?}"));
        missing.chain(extra).collect()
    }

    /// Tries an operation: every request with a static answer, and every result, static and dynamic.
    pub async fn run(&self, operation: &Operation) -> Verdict {
        let mut verdict = Verdict::default();
        let wishes = wishes(operation, self.success(operation));
        let made = requests(&self.document, operation);
        let made = made.and_then(|requests| {
            let first = wishes.first().ok_or("no result is documented")?;
            Ok((requests, first))
        });
        let (requests, first) = match made {
            Ok(made) => made,
            Err(fault) => {
                verdict.add(Part::Request, fault);
                return verdict;
            }
        };
        let results = operation.answers.iter().filter(|(status, types)| {
            !types.is_empty() && wishes.iter().any(|wish| wish.status == *status)
        });
        verdict.has_answer_body = results.count() > 0;
        let access = self.access(operation);
        let needs_session = matches!(access, Access::Session | Access::SessionQuery(_));
        let mut full = None;
        for (index, mut request) in requests.into_iter().enumerate() {
            if let Access::SessionQuery(name) = access {
                request.sample.0["parameters"][name] = json!(SESSION.1);
            }
            let session = needs_session || index % 2 == 1;
            self.exchange(operation, &request, session, first, &mut verdict)
                .await;
            if request.extent == Extent::Full {
                full = Some(request);
            }
        }
        if let Some(full) = full {
            self.results(operation, &full, needs_session, &wishes, &mut verdict)
                .await;
        }
        verdict
    }

    /// Tries the request with each result.
    async fn results(
        &self,
        operation: &Operation,
        request: &Request,
        session: bool,
        wishes: &[Wish],
        verdict: &mut Verdict,
    ) {
        let mut of_examples = None;
        for wish in wishes {
            let sent = self
                .exchange(operation, request, session, wish, verdict)
                .await;
            let Some(sent) = sent else { continue };
            if wish.seed.is_none() {
                self.spoil(operation, &sent.request, verdict).await;
                of_examples = Some(sent);
            } else if let Some(static_one) = &of_examples {
                verdict.is_varied |= sent.body() != static_one.body();
            }
        }
    }

    fn known(&self, operation: &Operation) -> Option<&'static rapid7_core::Operation> {
        let known = self.with_key.operations().iter();
        known.copied().find(|known| known.id == operation.id)
    }

    fn access(&self, operation: &Operation) -> Access {
        self.known(operation)
            .map_or(Access::Credentials, |known| known.access)
    }

    fn success(&self, operation: &Operation) -> &'static [u16] {
        self.known(operation).map_or(&[], |known| known.success)
    }

    /// Sends the request through the client; none when the validator did not take it.
    async fn exchange(
        &self,
        operation: &Operation,
        request: &Request,
        session: bool,
        wish: &Wish,
        verdict: &mut Verdict,
    ) -> Option<Exchange> {
        let (client, authorization) = if session {
            (&self.with_session, SESSION)
        } else {
            (&self.with_key, KEY)
        };
        self.recorder.prefer(&wish.preference());
        let sample = &request.sample;
        let outcome = match request.extent {
            Extent::Minimal => client.call_minimal(&operation.id, sample).await,
            Extent::Full | Extent::Open => client.call(&operation.id, sample).await,
        };
        verdict.sent += 1;
        let of_request = match request.extent {
            Extent::Open => Part::Undeclared,
            Extent::Minimal | Extent::Full => Part::Request,
        };
        let exchange = match self.recorder.take() {
            Ok(exchange) => exchange,
            Err(fault) => {
                let cause = outcome.err().unwrap_or_default();
                verdict.add(of_request, format!("{fault}: {cause}"));
                verdict.add(wish.part(), "there is no answer".to_owned());
                return None;
            }
        };
        let authorization = authorizes(operation, authorization);
        for fault in compare(operation, sample, authorization, &exchange.request) {
            verdict.add(of_request, fault);
        }
        let violations = violations(&exchange);
        if !violations.of_request.is_empty() {
            for fault in violations.of_request {
                verdict.add(of_request, fault);
            }
            verdict.add(wish.part(), "the request was refused".to_owned());
            return None;
        }
        for fault in violations.of_answer {
            verdict.add(wish.part(), fault);
        }
        read_back(&exchange, wish, outcome, verdict);
        Some(exchange)
    }

    /// Whether the validator refuses the request without credentials, and with another body.
    async fn spoil(&self, operation: &Operation, good: &Seen, verdict: &mut Verdict) {
        let mut spoiled = Vec::new();
        let is_key = |name: &str| {
            [KEY, SESSION]
                .iter()
                .any(|key| key.0.eq_ignore_ascii_case(name))
        };
        if !operation.security.is_empty() && !operation.security.contains(&Vec::new()) {
            let mut request = good.clone();
            request.headers.retain(|(name, _)| !is_key(name));
            spoiled.push(("without credentials", request));
        }
        let body = operation.body.as_ref();
        let body = body.and_then(|body| self.document.resolve(&body.schema).ok());
        if body.is_some_and(|schema| schema["type"] == "object" || schema["type"] == "array") {
            let mut request = good.clone();
            request.body = b"\"spoiled\"".to_vec();
            let length = request.body.len().to_string();
            for (name, value) in &mut request.headers {
                if name == "content-length" {
                    value.clone_from(&length);
                }
            }
            spoiled.push(("with a text as its body", request));
        }
        for (how, request) in spoiled {
            match self.recorder.send(&request).await {
                Ok(exchange) if !violations(&exchange).of_request.is_empty() => {
                    verdict.refused += 1;
                }
                Ok(_) => {
                    let fault = format!("the validator takes the request {how}");
                    verdict.add(Part::Request, fault);
                }
                Err(fault) => verdict.add(Part::Request, fault),
            }
        }
    }
}

/// Each documented result: the first is the one that most requests are tried with.
fn wishes(operation: &Operation, success: &[u16]) -> Vec<Wish> {
    let mut wishes = Vec::new();
    for (status, _) in &operation.answers {
        if (200..300).contains(status) || success.contains(status) {
            let seeds = SEEDS.iter().map(|seed| Some(*seed));
            wishes.extend([None].into_iter().chain(seeds).map(|seed| Wish {
                status: *status,
                seed,
            }));
        }
    }
    wishes
}

/// The credentials, if the operation takes any.
fn authorizes<'a>(operation: &Operation, given: Authorization<'a>) -> Option<Authorization<'a>> {
    let taken = operation.security.iter().flatten();
    let mut taken = taken.filter(|name| name.eq_ignore_ascii_case(given.0));
    taken.next().map(|_| given)
}

/// Whether the answer is the one that was wished for, and the client could read it.
fn read_back(
    exchange: &Exchange,
    wish: &Wish,
    outcome: Result<StatusCode, String>,
    verdict: &mut Verdict,
) {
    match outcome {
        _ if exchange.status != wish.status => {
            let answer = shown(&exchange.answer);
            let fault = format!("asked for {}, answered {answer}", wish.status);
            verdict.add(wish.part(), fault);
        }
        Ok(status) if status.as_u16() != wish.status => {
            verdict.add(wish.part(), format!("{} was read as {status}", wish.status));
        }
        Ok(_) => (),
        Err(error) => verdict.add(wish.part(), error),
    }
}

/// What the validator says is wrong.
#[derive(Default)]
struct Violations {
    of_request: Vec<String>,
    of_answer: Vec<String>,
}

fn violations(exchange: &Exchange) -> Violations {
    let Some(text) = &exchange.violations else {
        return Violations::default();
    };
    let Ok(Value::Array(all)) = serde_json::from_str(text) else {
        return Violations {
            of_request: vec![format!("violations that cannot be read: {text}")],
            of_answer: Vec::new(),
        };
    };
    let of_answer = |violation: &Value| violation["location"][0] == "response";
    let (answer, request): (Vec<Value>, Vec<Value>) = all.into_iter().partition(of_answer);
    let print = |all: Vec<Value>| all.iter().map(|one| format!("violation: {one}")).collect();
    Violations {
        of_request: print(request),
        of_answer: print(answer),
    }
}

fn shown(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    let mut shown: String = text.chars().take(SHOWN_CHARS).collect();
    if shown.len() < text.len() {
        shown.push_str(" ...");
    }
    shown.replace("\r\n", " | ")
}
