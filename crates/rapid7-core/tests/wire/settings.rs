//! What the builder accepts and refuses.

use std::time::Duration;

use rapid7_core::{BuildError, Connection, ConnectionBuilder, Credentials, Request, RetryPolicy};

use crate::server::{Server, json};
use crate::{AUTH, LIST, call};

fn builder(url: &str) -> ConnectionBuilder {
    Connection::builder(AUTH, url, Credentials::api_key("k3y")).retries(RetryPolicy::never())
}

#[test]
fn base_urls_are_checked() {
    assert!(matches!(
        builder("acme.example").build(),
        Err(BuildError::BaseUrlWithoutScheme)
    ));
    assert!(matches!(
        builder("https://acme.example?a").build(),
        Err(BuildError::BaseUrlQuery)
    ));
    let userinfo = builder("https://ada:hunter2@acme.example")
        .build()
        .unwrap_err();
    assert!(matches!(userinfo, BuildError::BaseUrlUserinfo));
    assert!(!format!("{userinfo} {userinfo:?}").contains("hunter2"));
    let scheme = builder("acme.example").build().unwrap_err();
    assert!(scheme.to_string().contains("https://"), "{scheme}");
}

#[test]
fn http_is_for_this_machine_unless_allowed() {
    assert!(matches!(
        builder("http://acme.example").build(),
        Err(BuildError::InsecureHttp)
    ));
    assert!(
        builder("http://acme.example")
            .allow_insecure_http(true)
            .build()
            .is_ok()
    );
    for url in [
        "http://localhost:1",
        "http://127.0.0.1",
        "http://[::1]:8001",
        "https://acme.example",
    ] {
        assert!(builder(url).build().is_ok(), "{url}");
    }
}

#[tokio::test]
async fn the_user_agent_names_the_program_first() {
    let server = Server::always(json(200, "{}")).await;
    let connection = builder(&server.url)
        .user_agent("inventory/1.2")
        .build()
        .unwrap();
    call(&connection, Request::new(&LIST)).await.unwrap();
    let expected = format!("inventory/1.2 rapid7-core/{}", env!("CARGO_PKG_VERSION"));
    assert_eq!(server.last().header("user-agent"), Some(expected.as_str()));
    let refused = builder(&server.url).user_agent("a\nb").build();
    assert!(matches!(refused, Err(BuildError::UserAgent)));
}

#[test]
fn root_certificates_must_be_pem() {
    for pem in [
        "",
        "nonsense",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let refused = builder("https://acme.example")
            .add_root_certificate(pem)
            .build();
        assert!(matches!(refused, Err(BuildError::RootCertificate)), "{pem}");
    }
}

#[test]
fn settings_without_effect_are_refused() {
    let given = || builder("https://acme.example").http_client(reqwest::Client::new());
    let second = Duration::from_secs(1);
    for (builder, name) in [
        (given().connect_timeout(second), "connect_timeout"),
        (given().read_timeout(second), "read_timeout"),
        (given().add_root_certificate("x"), "add_root_certificate"),
        (given().identity("x"), "identity"),
        (
            given().danger_accept_invalid_certs(true),
            "danger_accept_invalid_certs",
        ),
        (given().proxy("x"), "proxy"),
        (given().no_proxy(), "no_proxy"),
        (given().configure_http(|http| http), "configure_http"),
    ] {
        match builder.build() {
            Err(BuildError::HttpClientGiven { setting }) => assert_eq!(setting, name),
            other => panic!("{name}: {other:?}"),
        }
    }
    let trusting = given().danger_accept_invalid_certs(false);
    assert!(trusting.timeout(second).build().is_ok());
}
