//! What is shown of connections that cannot be built, and of calls that are not sent.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use rapid7_core::{
    AuthScheme, BuildError, CallEnd, CallReport, Connection, ConnectionBuilder, Credentials, Error,
    KeyPlacement, Operation, Refusal, Request, RetryPolicy, Stability,
};

use crate::canary::{CANARY, Checked, show};
use crate::pki::Authority;
use crate::server::{Server, reply};
use crate::{
    AUTH, CREATE, GET, HEADERS, LIST, Planted, WITHIN_SESSION, body, builder, fails, with_query,
};

static PROTOTYPE: Operation = Operation {
    stability: Stability::Prototype,
    ..GET
};

pub(crate) async fn show_refusals(checked: &mut Checked) {
    base_urls(checked);
    credentials(checked);
    settings(checked);
    certificates(checked);
    refusals(checked).await;
    call_ends(checked).await;
}

/// Shows a builder that fails, its error, and what that is about.
fn show_build(checked: &mut Checked, builder: ConnectionBuilder) -> BuildError {
    show!(checked, builder);
    let error = builder.build().unwrap_err();
    show!(checked, error);
    match &error {
        BuildError::Credentials { problem, .. } => show!(checked, *problem),
        BuildError::Identity(problem) => show!(checked, *problem),
        _ => {}
    }
    error
}

fn base_urls(checked: &mut Checked) {
    let all = format!("https://{CANARY}:{CANARY}@acme.example/{CANARY}?{CANARY}#{CANARY}");
    for url in [
        all.as_str(),
        CANARY,
        "https://c4nary:p c4nary@ :",
        "https://acme.example:c4nary",
        "https://acme.example/?c4nary",
        "ftp://c4nary",
        "http://c4nary.example",
    ] {
        show_build(checked, builder(url, Credentials::api_key(CANARY)));
    }
}

fn credentials(checked: &mut Checked) {
    let url = "https://acme.example";
    for given in [
        Credentials::api_key(format!("{CANARY}\n{CANARY}")),
        Credentials::api_key(format!("{CANARY}ß")),
        Credentials::login(CANARY, ""),
        Credentials::keys([("Api-Key", format!("{CANARY}\n{CANARY}"))]),
        Credentials::keys([(CANARY, CANARY)]),
        Credentials::bearer(CANARY),
        Credentials::basic(CANARY, CANARY),
    ] {
        show_build(checked, builder(url, given));
    }
    for (api_key, given) in [
        (KeyPlacement::Basic, Credentials::api_key(CANARY)),
        (
            KeyPlacement::Basic,
            Credentials::basic(format!("{CANARY}:{CANARY}"), CANARY),
        ),
        (
            KeyPlacement::Header("not a header"),
            Credentials::api_key(CANARY),
        ),
        (
            KeyPlacement::Cookie("not a cookie"),
            Credentials::api_key(CANARY),
        ),
        (KeyPlacement::None, Credentials::api_key(CANARY)),
    ] {
        let auth = AuthScheme { api_key, ..AUTH };
        show_build(checked, Connection::builder(auth, url, given));
    }
}

fn settings(checked: &mut Checked) {
    let builder = || with_query("https://acme.example");
    let error = show_build(checked, builder().user_agent(format!("{CANARY}\n{CANARY}")));
    assert!(matches!(error, BuildError::UserAgent));
    let foreign = format!("{CANARY}\n{CANARY}");
    let configured = builder().configure_http(|http| http.user_agent(foreign));
    let error = show_build(checked, configured);
    assert!(matches!(error, BuildError::HttpClient(_)), "{error:?}");
    let given = builder().http_client(reqwest::Client::new());
    show_build(
        checked,
        given.proxy(format!("http://{CANARY}:{CANARY}@{CANARY}")),
    );
    for proxy in ["://", "ftp://", "http:///", "http://:", "socks5://%20"] {
        let proxy = format!("{proxy}{CANARY}:{CANARY}@{CANARY}:{CANARY}");
        show_build(checked, builder().proxy(proxy));
    }
    show_build(
        checked,
        builder().proxy(format!("ftp://{CANARY}:{CANARY}@proxy.example")),
    );
}

fn certificates(checked: &mut Checked) {
    let authority = Authority::new(CANARY);
    let (one, other) = (authority.issue("one"), authority.issue("other"));
    let pem = |label: &str, text: &str| {
        format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n")
    };
    for pem in [
        CANARY.to_owned(),
        format!("-----BEGIN {CANARY}-----"),
        pem("PRIVATE KEY", CANARY),
        pem("ENCRYPTED PRIVATE KEY", CANARY),
        pem("CERTIFICATE", CANARY),
        pem("CERTIFICATE", "AAAA") + &pem("PRIVATE KEY", &format!("{CANARY}AA")),
        pem("CERTIFICATE", "AAAA") + &pem("PRIVATE KEY", &format!("!{CANARY}")),
    ] {
        let builder = || with_query("https://acme.example");
        show_build(checked, builder().identity(&pem));
        show_build(checked, builder().add_root_certificate(&pem));
    }
    let mixed = one.certificate_pem() + &other.key_pem();
    show_build(checked, with_query("https://acme.example").identity(mixed));
}

async fn refusals(checked: &mut Checked) {
    let url = "http://127.0.0.1:1";
    for (builder, operation, expected) in [
        (with_query(url).read_only(true), &CREATE, Refusal::ReadOnly),
        (
            with_query(url).deny_prototype(true),
            &PROTOTYPE,
            Refusal::Prototype,
        ),
        (with_query(url), &WITHIN_SESSION, Refusal::SessionRequired),
    ] {
        let request = Request::new(operation).json(&Ok(CANARY));
        let error = fails(&builder.build().unwrap(), request).await;
        match &error {
            Error::Refused { reason, .. } => assert_eq!(*reason, expected),
            other => panic!("{other:?}"),
        }
        show!(checked, expected);
        show!(checked, error);
    }
    let error = held_back().await;
    assert!(
        error.is_rate_limited() && error.status().is_none(),
        "{error:?}"
    );
    show!(checked, error);
    let Error::Refused { reason, .. } = error else {
        panic!("{error:?}");
    };
    show!(checked, reason);
    // The send path keeps calls from these before they are sent; their text is theirs all the same.
    for reason in [
        Refusal::ForeignOrigin,
        Refusal::UnsendableCredentials,
        Refusal::SessionEnded,
    ] {
        show!(checked, reason);
        show!(
            checked,
            Error::<Planted>::Refused {
                operation: &LIST,
                reason
            }
        );
    }
}

/// The error of a call for which the server wants no requests, as another one has learned.
async fn held_back() -> Error<Planted> {
    let mut headers = HEADERS.to_vec();
    headers.push(("retry-after", "60"));
    let server = Server::always(reply(429, &headers, body())).await;
    let patient = with_query(&server.url)
        .retries(RetryPolicy::new())
        .timeout(Duration::from_secs(600))
        .build()
        .unwrap();
    let hurried = rapid7_core::CallOptions::new().timeout(Duration::from_secs(5));
    let hurried = patient.with_options(hurried);
    let waiting = tokio::spawn(async move { fails(&patient, Request::new(&LIST)).await });
    while server.seen().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // The answer is on its way; it is known once a call is held back.
    let error = loop {
        let error = fails(&hurried, Request::new(&LIST)).await;
        if error.status().is_none() {
            break error;
        }
    };
    waiting.abort();
    error
}

async fn call_ends(checked: &mut Checked) {
    let reports: Arc<Mutex<Vec<CallReport>>> = Arc::default();
    let observed = |builder: ConnectionBuilder| {
        let reports = Arc::clone(&reports);
        let builder = builder.on_call(move |report| reports.lock().unwrap().push(*report));
        builder.build().unwrap()
    };
    let server = Server::always(reply(500, &HEADERS, CANARY)).await;
    fails(&observed(with_query(&server.url)), Request::new(&LIST)).await;
    let unreachable = "http://127.0.0.1:1";
    fails(&observed(with_query(unreachable)), Request::new(&LIST)).await;
    fails(
        &observed(with_query(unreachable)),
        Request::new(&WITHIN_SESSION),
    )
    .await;
    let login = builder(&server.url, Credentials::login(CANARY, CANARY));
    fails(&observed(login), Request::new(&LIST)).await;
    let silent = Server::with_async(|_| Box::pin(std::future::pending())).await;
    let connection = observed(with_query(&silent.url));
    let call = fails(&connection, Request::new(&LIST));
    tokio::time::timeout(Duration::from_millis(50), call)
        .await
        .unwrap_err();

    let reports = reports.lock().unwrap();
    assert_eq!(reports.len(), 5);
    assert_eq!(reports[4].end(), CallEnd::Dropped);
    for report in reports.iter() {
        show!(checked, *report);
        show!(checked, report.end());
        show!(checked, report.effort());
    }
}
