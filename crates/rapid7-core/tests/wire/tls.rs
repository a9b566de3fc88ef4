//! Certificates: whom the client trusts, and what it shows.

use std::io::Write;
use std::sync::{Arc, Mutex};

use rapid7_core::{
    BuildError, Connection, ConnectionBuilder, Credentials, Error, IdentityProblem, Request,
    RetryPolicy, TransportErrorKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::pki::{Authority, serve, serve_with};
use crate::server::reply;
use crate::{AUTH, ApiError, LIST, call};

fn builder(port: u16) -> ConnectionBuilder {
    let url = format!("https://localhost:{port}");
    Connection::builder(AUTH, &url, Credentials::api_key("k3y")).retries(RetryPolicy::never())
}

async fn succeeds(builder: ConnectionBuilder) {
    let connection = builder.build().unwrap();
    let answer = call(&connection, Request::new(&LIST)).await.unwrap();
    assert_eq!(answer.text(), "{}");
}

async fn fails(builder: ConnectionBuilder) -> Error<ApiError> {
    let connection = builder.build().unwrap();
    call(&connection, Request::new(&LIST)).await.unwrap_err()
}

fn kind(error: &Error<ApiError>) -> TransportErrorKind {
    match error {
        Error::Transport { error, .. } => error.kind(),
        other => panic!("{other:?}"),
    }
}

/// Runs this for one connection after the other, on a port of its own.
async fn each_connection<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> u16
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            serve(stream).await;
        }
    });
    port
}

/// Fails for a reason of TLS, with one line that has these texts.
async fn fails_of_tls(builder: ConnectionBuilder, texts: &[&str]) {
    let error = fails(builder).await;
    assert_eq!(kind(&error), TransportErrorKind::Tls, "{error:?}");
    assert!(error.is_connect(), "{error:?}");
    let line = error.to_string();
    assert!(!line.contains('\n'), "{line}");
    for text in texts {
        assert!(line.contains(text), "{text} is not in: {line}");
    }
}

#[tokio::test]
async fn a_private_authority_is_trusted_once_added() {
    let (first, second) = (Authority::new("first"), Authority::new("second"));
    let port = serve(&second.issue("localhost"), None).await;
    let texts = [
        "invalid peer certificate: UnknownIssuer",
        "add_root_certificate",
    ];
    fails_of_tls(builder(port), &texts).await;
    fails_of_tls(builder(port).add_root_certificate(first.pem()), &texts).await;

    // A bundle of several, as organisations hand out.
    let bundle = format!("{}\n{}", first.pem(), second.pem());
    succeeds(builder(port).add_root_certificate(bundle)).await;
}

#[tokio::test]
async fn certificates_that_are_expired_or_of_another_host_are_refused() {
    let authority = Authority::new("first");
    let trusting = |port| builder(port).add_root_certificate(authority.pem());

    let expired = serve(&authority.issue_expired("localhost"), None).await;
    fails_of_tls(trusting(expired), &["certificate expired", "renewed"]).await;

    let elsewhere = serve(&authority.issue("acme.example"), None).await;
    let texts = ["not valid for name \"localhost\"", "check the base URL"];
    fails_of_tls(trusting(elsewhere), &texts).await;
}

#[tokio::test]
async fn what_is_no_tls_or_no_server_is_told_apart() {
    let plain = each_connection(|mut stream| async move {
        _ = stream.write_all(&reply(400, &[], "")).await;
        // Closing at once would reset the connection.
        _ = stream.shutdown().await;
        while stream.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    fails_of_tls(builder(plain), &["corrupt message", "port"]).await;

    let refused = fails(builder(1)).await;
    assert_eq!(kind(&refused), TransportErrorKind::Connect);
    assert!(refused.to_string().contains("refused"), "{refused}");
}

#[tokio::test]
async fn a_server_that_hangs_up_in_the_handshake_may_be_tried_again() {
    let port = each_connection(|stream| async move { drop(stream) }).await;
    let error = fails(builder(port)).await;
    assert_eq!(kind(&error), TransportErrorKind::Connect, "{error:?}");
}

#[tokio::test]
async fn a_client_certificate_is_shown_where_it_is_demanded() {
    let (servers, clients) = (Authority::new("servers"), Authority::new("clients"));
    let shown = servers.issue("localhost");
    for alpn in [&[][..], &["http/1.1"], &["h2"]] {
        let port = serve_with(&shown, Some(&clients), alpn).await;
        let trusting = || builder(port).add_root_certificate(servers.pem());
        let texts = ["identity", "CertificateRequired"];
        fails_of_tls(trusting(), &texts).await;
        // Also one of an authority that the server does not know, or out of date.
        for other in [
            servers.issue("inventory"),
            clients.issue_expired("inventory"),
        ] {
            fails_of_tls(trusting().identity(other.pem()), &["identity", "alert"]).await;
        }
        if alpn != ["h2"] {
            succeeds(trusting().identity(clients.issue("inventory").pem())).await;
        }
    }
}

#[test]
fn identities_are_checked() {
    let authority = Authority::new("first");
    let (first, second) = (authority.issue("first"), authority.issue("second"));
    let encrypted =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    let broken = "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----\n";
    let unknown = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (pem, expected) in [
        (String::new(), IdentityProblem::NoCertificate),
        (first.key_pem(), IdentityProblem::NoCertificate),
        (first.certificate_pem(), IdentityProblem::NoKey),
        (
            first.certificate_pem() + encrypted,
            IdentityProblem::EncryptedKey,
        ),
        (first.certificate_pem() + broken, IdentityProblem::NotPem),
        (first.certificate_pem() + unknown, IdentityProblem::Unusable),
        (
            first.certificate_pem() + &second.key_pem(),
            IdentityProblem::Unusable,
        ),
    ] {
        match builder(1).identity(&pem).build() {
            Err(BuildError::Identity(problem)) => assert_eq!(problem, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    let reversed = first.key_pem() + &first.certificate_pem();
    assert!(builder(1).identity(reversed).build().is_ok());
}

#[test]
fn root_certificates_that_hold_something_else_are_refused() {
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let refused = builder(1).add_root_certificate(pem).build();
    assert!(matches!(refused, Err(BuildError::RootCertificate)));
}

/// Collects what is logged while the builders run.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn build(&self, builder: ConnectionBuilder) -> Connection {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, || builder.build()).unwrap()
    }

    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn any_certificate_is_accepted_on_demand_and_each_time_with_a_warning() {
    let authority = Authority::new("first");
    let log = Log::default();
    for shown in [
        authority.issue("localhost"),
        authority.issue_expired("localhost"),
        authority.issue("acme.example"),
    ] {
        let port = serve(&shown, None).await;
        let connection = log.build(builder(port).danger_accept_invalid_certs(true));
        call(&connection, Request::new(&LIST)).await.unwrap();
        let logged = log.take();
        let expected = usize::from(cfg!(feature = "tracing"));
        for text in ["WARN", "danger_accept_invalid_certs"] {
            assert_eq!(logged.matches(text).count(), expected, "{logged}");
        }
    }
    // Neither by default nor once it is taken back.
    log.build(builder(1));
    let back = builder(1).danger_accept_invalid_certs(true);
    log.build(back.danger_accept_invalid_certs(false));
    assert_eq!(log.take(), "");
}
