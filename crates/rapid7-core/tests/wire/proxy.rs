//! Proxies, given or of the environment: what goes through them and what they see.

use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rapid7_core::{
    BuildError, Connection, ConnectionBuilder, Credentials, Error, Request, RetryPolicy,
    StatusCode, TransportErrorKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::pki::{Authority, serve};
use crate::server::{Server, json, reply};
use crate::{AUTH, ApiError, LIST, call};

const KEY: &str = "k3y-of-the-api";

/// `ada:p@ss/w%rd` in Base64, and in a URL.
const BASIC: &str = "Basic YWRhOnBAc3MvdyVyZA==";
const IN_URL: &str = "ada:p%40ss%2Fw%25rd";

fn builder(url: &str) -> ConnectionBuilder {
    Connection::builder(AUTH, url, Credentials::api_key(KEY))
        .retries(RetryPolicy::never())
        .allow_insecure_http(true)
        .timeout(Duration::from_secs(10))
}

async fn request(builder: ConnectionBuilder) -> Result<(), Error<ApiError>> {
    let connection = builder.build().unwrap();
    call(&connection, Request::new(&LIST)).await.map(|_| ())
}

/// An HTTP proxy that takes every name for this machine, and answers `http://` itself.
struct HttpProxy {
    address: String,
    /// All bytes that clients sent, connection by connection.
    seen: Arc<Mutex<Vec<String>>>,
}

impl HttpProxy {
    /// Tunnels lead to this port. With `credentials`, others are answered with 407.
    async fn start(tunnel_to: u16, credentials: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = seen.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(carry(stream, tunnel_to, credentials, log.clone()));
            }
        });
        Self { address, seen }
    }

    fn seen(&self) -> Vec<String> {
        std::mem::take(&mut self.seen.lock().unwrap())
    }
}

async fn carry(
    mut client: TcpStream,
    tunnel_to: u16,
    credentials: Option<&str>,
    log: Arc<Mutex<Vec<String>>>,
) -> Option<()> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n\r\n") {
        bytes.push(client.read_u8().await.ok()?);
    }
    let head = String::from_utf8(bytes).unwrap();
    let connection = {
        let mut log = log.lock().unwrap();
        log.push(head.clone());
        log.len() - 1
    };
    let lower = head.to_ascii_lowercase();
    let given = lower.split("\r\nproxy-authorization: ").nth(1);
    let given = given.map(|rest| &head[head.len() - rest.len()..]);
    if credentials.is_some_and(|wanted| !given.is_some_and(|text| text.starts_with(wanted))) {
        let answer = reply(407, &[("proxy-authenticate", "Basic")], "");
        client.write_all(&answer).await.ok()?;
        return client.shutdown().await.ok();
    }
    if !head.starts_with("CONNECT ") {
        client.write_all(&json(200, "{}")).await.ok()?;
        return client.shutdown().await.ok();
    }
    let mut server = TcpStream::connect(("127.0.0.1", tunnel_to)).await.ok()?;
    client.write_all(b"HTTP/1.1 200 Ok\r\n\r\n").await.ok()?;
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let mut chunk = [0; 4096];
        while let Ok(read @ 1..) = from_client.read(&mut chunk).await {
            let text = String::from_utf8_lossy(&chunk[..read]);
            if let Some(entry) = log.lock().unwrap().get_mut(connection) {
                entry.push_str(&text);
            }
            to_server.write_all(&chunk[..read]).await.ok()?;
        }
        Some(())
    };
    // The server closes first.
    let down = tokio::io::copy(&mut from_server, &mut to_client);
    tokio::select! { _ = up => {}, _ = down => {} }
    Some(())
}

/// A TLS server that is `ics.example` for those who believe the proxy, and its authority.
async fn instance() -> (u16, String) {
    let authority = Authority::new("proxied");
    let port = serve(&authority.issue("ics.example"), None).await;
    (port, authority.pem())
}

#[tokio::test]
async fn https_goes_through_a_tunnel_that_shows_nothing() {
    let (port, pem) = instance().await;
    let proxy = HttpProxy::start(port, None).await;
    // The scheme may be missing, as in the environment.
    for url in [format!("http://{}", proxy.address), proxy.address.clone()] {
        let builder = builder("https://ics.example").add_root_certificate(&pem);
        request(builder.proxy(url)).await.unwrap();
        let seen = proxy.seen();
        assert_eq!(seen.len(), 1, "{seen:?}");
        assert!(
            seen[0].starts_with("CONNECT ics.example:443 HTTP/1.1\r\n"),
            "{seen:?}"
        );
        assert!(!seen[0].contains(KEY), "{seen:?}");
        assert!(!seen[0].to_lowercase().contains("proxy-authorization"));
    }
}

#[tokio::test]
async fn certificates_are_checked_through_a_tunnel_and_of_the_proxy_itself() {
    let (port, pem) = instance().await;
    let proxy = HttpProxy::start(port, None).await;
    let through_tunnel = builder("https://ics.example").proxy(&proxy.address);
    // Known to be `ics.example`, and asked for as `localhost`.
    let tls_proxy = builder("https://acme.example")
        .add_root_certificate(pem)
        .proxy(format!("https://localhost:{port}"));
    for (builder, cause) in [
        (through_tunnel, "UnknownIssuer"),
        (tls_proxy, "not valid for name \"localhost\""),
    ] {
        let error = request(builder).await.unwrap_err();
        assert!(
            matches!(&error, Error::Transport { error, .. }
                if error.kind() == TransportErrorKind::Tls && error.is_connect()),
            "{error:?}"
        );
        assert!(error.to_string().contains(cause), "{error}");
    }
}

#[tokio::test]
async fn http_goes_in_absolute_form() {
    let proxy = HttpProxy::start(1, None).await;
    let url = format!("http://{}", proxy.address);
    request(builder("http://ics.example").proxy(url))
        .await
        .unwrap();
    let seen = proxy.seen();
    assert!(
        seen[0].starts_with("GET http://ics.example/v2/things HTTP/1.1\r\n"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn a_proxy_gets_the_credentials_of_its_url() {
    let (port, pem) = instance().await;
    let proxy = HttpProxy::start(port, Some(BASIC)).await;
    let url = format!("http://{IN_URL}@{}", proxy.address);
    for base in ["http://ics.example", "https://ics.example"] {
        let builder = builder(base).add_root_certificate(&pem).proxy(&url);
        request(builder).await.unwrap();
    }
}

#[tokio::test]
async fn a_proxy_that_wants_credentials_is_named() {
    let proxy = HttpProxy::start(1, Some(BASIC)).await;
    for userinfo in ["", "ada:wrong@"] {
        let url = format!("http://{userinfo}{}", proxy.address);
        let plain = request(builder("http://ics.example").proxy(&url)).await;
        let plain = plain.unwrap_err();
        assert_eq!(
            plain.status(),
            Some(StatusCode::PROXY_AUTHENTICATION_REQUIRED)
        );
        let tunnel = request(builder("https://ics.example").proxy(&url)).await;
        let tunnel = tunnel.unwrap_err();
        assert!(
            matches!(&tunnel, Error::Transport { error, .. }
                if error.kind() == TransportErrorKind::ProxyCredentials && error.is_connect()),
            "{tunnel:?}"
        );
        for line in [plain.to_string(), tunnel.to_string()] {
            assert!(line.contains("the proxy wants"), "{line}");
            assert!(line.contains("http://user:password@host"), "{line}");
            assert!(!line.contains("wrong"), "{line}");
        }
    }
}

#[tokio::test]
async fn a_proxy_that_is_down_is_no_reason_to_go_without_it() {
    let (port, pem) = instance().await;
    let builder = builder(&format!("https://localhost:{port}"))
        .add_root_certificate(&pem)
        .proxy("http://127.0.0.1:1");
    let error = request(builder).await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
    assert!(error.to_string().contains("proxy"), "{error}");
}

#[test]
fn proxies_must_be_urls() {
    for (url, is_expected) in [
        (
            "http://ada:c4nary/@proxy",
            (|error| matches!(error, BuildError::ProxyUrl)) as fn(&_) -> bool,
        ),
        ("ftp://ada:c4nary@proxy", |error| {
            matches!(error, BuildError::ProxyScheme)
        }),
    ] {
        let error = builder("https://ics.example").proxy(url).build();
        let error = error.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("c4nary"));
    }
}

/// A SOCKS 5 proxy (RFC 1928, 1929) with one user, that takes every name for this machine.
async fn socks(tunnel_to: u16, userinfo: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(carry_socks(stream, tunnel_to, userinfo));
        }
    });
    address
}

async fn carry_socks(mut client: TcpStream, tunnel_to: u16, userinfo: &str) -> std::io::Result<()> {
    async fn counted(client: &mut TcpStream) -> std::io::Result<Vec<u8>> {
        let mut bytes = vec![0; client.read_u8().await?.into()];
        client.read_exact(&mut bytes).await?;
        Ok(bytes)
    }
    assert_eq!(client.read_u8().await?, 5);
    counted(&mut client).await?;
    client.write_all(&[5, 2]).await?;
    assert_eq!(client.read_u8().await?, 1);
    let mut given = counted(&mut client).await?;
    given.push(b':');
    given.extend(counted(&mut client).await?);
    let accepted = given == userinfo.as_bytes();
    client.write_all(&[1, u8::from(!accepted)]).await?;
    if !accepted {
        return Ok(());
    }
    let mut head = [0; 4];
    client.read_exact(&mut head).await?;
    assert_eq!(head, [5, 1, 0, 3], "a connection to a name");
    assert_eq!(counted(&mut client).await?, b"ics.example");
    assert_eq!(client.read_u16().await?, 443);
    client.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 0]).await?;
    let mut server = TcpStream::connect(("127.0.0.1", tunnel_to)).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

#[tokio::test]
async fn socks_proxies_carry_calls_and_check_credentials() {
    let (port, pem) = instance().await;
    let address = socks(port, "ada:p@ss/w%rd").await;
    let through = |userinfo| {
        builder("https://ics.example")
            .add_root_certificate(&pem)
            .proxy(format!("socks5h://{userinfo}@{address}"))
    };
    request(through(IN_URL)).await.unwrap();
    let error = request(through("ada:c4nary")).await.unwrap_err();
    assert!(
        matches!(&error, Error::Transport { error, .. }
            if error.kind() == TransportErrorKind::ProxyCredentials),
        "{error:?}"
    );
    assert!(!format!("{error} {error:?}").contains("c4nary"));
}

/// Makes one call with settings from variables and prints the outcome.
#[tokio::test]
#[ignore = "run by the tests below, in a process with variables of its own"]
#[allow(clippy::print_stdout, reason = "tells the outcome")]
async fn call_in_this_environment() {
    let set = |name| std::env::var(name).ok();
    let mut builder = builder(&set("WIRE_BASE_URL").expect("set by the tests below"));
    if let Some(pem) = set("WIRE_ROOT") {
        builder = builder.add_root_certificate(pem);
    }
    if let Some(url) = set("WIRE_PROXY") {
        builder = builder.proxy(url);
    }
    if set("WIRE_NO_PROXY").is_some() {
        builder = builder.no_proxy();
    }
    match request(builder).await {
        Ok(()) => println!("\noutcome: success"),
        Err(error) => println!("\noutcome: {error}"),
    }
}

/// The outcome of a call in a process that has these variables, and no others that tell of proxies.
async fn call_with(variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "proxy::call_in_this_environment"]);
    command.args(["--ignored", "--nocapture"]);
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name);
        command.env_remove(name.to_lowercase());
    }
    command.env_remove("REQUEST_METHOD");
    command.envs(variables.iter().copied());
    let output = tokio::task::spawn_blocking(move || command.output());
    let output = output.await.unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let outcome = text.lines().find_map(|line| line.strip_prefix("outcome: "));
    outcome.unwrap_or_else(|| panic!("{text}")).to_owned()
}

#[tokio::test]
async fn proxies_of_the_environment_are_used() {
    let (port, pem) = instance().await;
    let proxy = HttpProxy::start(port, Some(BASIC)).await;
    let url = format!("http://{IN_URL}@{}", proxy.address);
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"] {
        let variables = [
            ("WIRE_BASE_URL", "https://ics.example"),
            ("WIRE_ROOT", &pem),
            (name, &url),
        ];
        assert_eq!(call_with(&variables).await, "success", "{name}");
        assert_eq!(proxy.seen().len(), 1, "{name}");
    }
    let plain = [
        ("WIRE_BASE_URL", "http://ics.example"),
        ("HTTP_PROXY", &url),
    ];
    assert_eq!(call_with(&plain).await, "success");
    assert_eq!(proxy.seen().len(), 1);
}

#[tokio::test]
async fn the_environment_excludes_hosts_from_all_proxies() {
    let proxy = HttpProxy::start(1, None).await;
    let url = format!("http://{}", proxy.address);
    // A host that nobody resolves, so that a call without the proxy fails and leaves the machine alone.
    let base = ("WIRE_BASE_URL", "http://ics.invalid");
    for (name, url) in [("HTTP_PROXY", &url), ("WIRE_PROXY", &url)] {
        assert_eq!(call_with(&[base, (name, url)]).await, "success", "{name}");
        assert_eq!(proxy.seen().len(), 1, "{name}");
        for excluded in ["ics.invalid", ".invalid", "*"] {
            let variables = [base, (name, url), ("NO_PROXY", excluded)];
            let outcome = call_with(&variables).await;
            assert!(outcome.contains("could not connect"), "{name}: {outcome}");
            assert_eq!(proxy.seen().len(), 0, "{name}, {excluded}");
        }
        let variables = [base, (name, url), ("NO_PROXY", "acme.example")];
        assert_eq!(call_with(&variables).await, "success", "{name}");
        assert_eq!(proxy.seen().len(), 1, "{name}");
    }
}

#[tokio::test]
async fn proxies_of_the_environment_can_be_turned_off() {
    let proxy = HttpProxy::start(1, None).await;
    let url = format!("http://{}", proxy.address);
    let outcome = call_with(&[
        ("WIRE_BASE_URL", "http://ics.invalid"),
        ("ALL_PROXY", &url),
        ("WIRE_NO_PROXY", "1"),
    ])
    .await;
    assert!(outcome.contains("could not connect"), "{outcome}");
    assert_eq!(proxy.seen().len(), 0);
}

#[tokio::test]
async fn a_server_on_this_machine_is_not_looked_for_behind_a_proxy_of_the_environment() {
    let server = Server::always(json(200, "{}")).await;
    let proxy = HttpProxy::start(1, None).await;
    let url = format!("http://{}", proxy.address);
    let local = [("WIRE_BASE_URL", server.url.as_str()), ("ALL_PROXY", &url)];
    assert_eq!(call_with(&local).await, "success");
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 0));

    // One that is given is meant.
    let given = [("WIRE_BASE_URL", server.url.as_str()), ("WIRE_PROXY", &url)];
    assert_eq!(call_with(&given).await, "success");
    assert_eq!((server.seen().len(), proxy.seen().len()), (1, 1));
}
