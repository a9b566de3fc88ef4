//! Where credentials go, and where they do not.

use rapid7_core::{
    Access, AuthScheme, BuildError, Connection, CredentialProblem, Credentials, Error,
    KeyPlacement, Operation, Refusal, Request, Style,
};

use crate::server::{Seen, Server, json};
use crate::{AUTH, GET, LIST, call, connect, connect_as};

async fn sent(placement: KeyPlacement, credentials: Credentials) -> Seen {
    let auth = AuthScheme {
        api_key: placement,
        session: None,
        uuid_keys_of: None,
    };
    let server = Server::always(json(200, "{}")).await;
    let connection = Connection::builder(auth, &server.url, credentials)
        .build()
        .unwrap();
    let request = Request::new(&LIST)
        .query("a", &Ok(1), Style::Form)
        .cookie("c", &Ok(2));
    call(&connection, request).await.unwrap();
    server.last()
}

#[tokio::test]
async fn every_placement() {
    let key = || Credentials::api_key(" k3y&\r\n");
    let header = sent(KeyPlacement::Header("Api-Key"), key()).await;
    assert_eq!(header.header("api-key"), Some("k3y&"));
    assert_eq!(header.header("authorization"), None);
    let query = sent(KeyPlacement::Query("key"), key()).await;
    assert_eq!(query.target(), "/v2/things?a=1&key=k3y%26");
    let cookie = sent(KeyPlacement::Cookie("key"), key()).await;
    assert_eq!(cookie.header("cookie"), Some("c=2; key=k3y&"));
    for bearer in [key(), Credentials::bearer("k3y&")] {
        let seen = sent(KeyPlacement::Bearer, bearer).await;
        assert_eq!(seen.header("authorization"), Some("Bearer k3y&"));
    }
    for basic in [
        Credentials::api_key("ada:p"),
        Credentials::basic("ada", "p\n"),
    ] {
        let seen = sent(KeyPlacement::Basic, basic).await;
        assert_eq!(seen.header("authorization"), Some("Basic YWRhOnA="));
    }
    let none = sent(KeyPlacement::Header("Api-Key"), Credentials::none()).await;
    assert_eq!(none.header("api-key"), None);
}

#[tokio::test]
async fn several_keys_go_together() {
    const HEADERS: KeyPlacement = KeyPlacement::All(&[
        KeyPlacement::Header("X-Api-Key"),
        KeyPlacement::Header("X-Application-Key"),
    ]);
    const MIXED: KeyPlacement = KeyPlacement::All(&[
        KeyPlacement::Query("app"),
        KeyPlacement::Cookie("id"),
        KeyPlacement::Bearer,
    ]);
    // In any order, and names of headers in any case.
    let keys = Credentials::keys([("x-application-key", " tw0\n"), ("X-Api-Key", "0ne")]);
    let seen = sent(HEADERS, keys).await;
    assert_eq!(seen.header("x-api-key"), Some("0ne"));
    assert_eq!(seen.header("x-application-key"), Some("tw0"));

    let keys = [("Authorization", "t0ken"), ("id", "1d"), ("app", "a&p")];
    let seen = sent(MIXED, Credentials::keys(keys)).await;
    assert_eq!(seen.target(), "/v2/things?a=1&app=a%26p");
    assert_eq!(seen.header("cookie"), Some("c=2; id=1d"));
    assert_eq!(seen.header("authorization"), Some("Bearer t0ken"));

    let single = KeyPlacement::Header("Api-Key");
    let seen = sent(single, Credentials::keys([("api-key", "k3y")])).await;
    assert_eq!(seen.header("api-key"), Some("k3y"));
    let none = sent(HEADERS, Credentials::none()).await;
    assert_eq!(none.header("x-api-key"), None);
}

#[test]
fn keys_that_do_not_fit_their_places_are_refused() {
    let auth = AuthScheme {
        api_key: KeyPlacement::All(&[KeyPlacement::Header("A"), KeyPlacement::Query("b")]),
        session: None,
        uuid_keys_of: None,
    };
    for credentials in [
        Credentials::api_key("s3cret"),
        Credentials::keys([("A", "s3cret")]),
        Credentials::keys([("A", "s3cret"), ("B", "s3cret")]),
        Credentials::keys([("A", "s3cret"), ("s3cret", "b")]),
        Credentials::keys([("A", "s3cret"), ("a", "s3cret"), ("b", "s3cret")]),
        Credentials::keys([("A", "s3cret"), ("b", "s3cret"), ("c", "s3cret")]),
    ] {
        let built = Connection::builder(auth, "https://acme.example", credentials).build();
        let error = built.unwrap_err();
        assert!(
            matches!(&error, BuildError::Keys { names } if names == "A, b"),
            "{error:?}"
        );
        assert!(!format!("{error} {error:?}").contains("s3cret"));
    }
    assert_eq!(
        refused(Credentials::keys([("Api-Key", " ")])),
        CredentialProblem::Empty
    );
}

#[tokio::test]
async fn access_decides_what_is_sent() {
    static ANONYMOUS: Operation = Operation {
        access: Access::Anonymous,
        ..GET
    };
    static OPTIONAL: Operation = Operation {
        access: Access::Optional,
        ..GET
    };
    static SESSION: Operation = Operation {
        access: Access::Session,
        ..GET
    };
    let server = Server::always(json(200, "{}")).await;
    let key = connect_as(&server.url, Credentials::api_key("k3y"));

    call(&key, Request::new(&ANONYMOUS)).await.unwrap();
    assert_eq!(server.last().header("api-key"), None);
    call(&key, Request::new(&OPTIONAL)).await.unwrap();
    assert_eq!(server.last().header("api-key"), Some("k3y"));

    let error = call(&key, Request::new(&SESSION)).await.unwrap_err();
    assert!(
        matches!(
            error,
            Error::Refused {
                reason: Refusal::SessionRequired,
                ..
            }
        ),
        "{error:?}"
    );
    assert_eq!(server.seen().len(), 2);
    let session = connect_as(&server.url, Credentials::session("t0ken\n"));
    call(&session, Request::new(&SESSION)).await.unwrap();
    assert_eq!(server.last().header("x-auth-token"), Some("t0ken"));
    assert_eq!(server.last().header("api-key"), None);
}

fn refused(credentials: Credentials) -> CredentialProblem {
    match Connection::builder(AUTH, "https://acme.example", credentials).build() {
        Err(BuildError::Credentials { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[test]
fn credentials_that_cannot_be_sent_are_refused_when_building() {
    use CredentialProblem::{ControlCharacter, Empty, NotAscii};
    assert_eq!(refused(Credentials::api_key("")), Empty);
    assert_eq!(refused(Credentials::api_key(" \n")), Empty);
    assert_eq!(refused(Credentials::api_key("k3\ny")), ControlCharacter);
    assert_eq!(refused(Credentials::api_key("k3\u{7f}y")), ControlCharacter);
    assert_eq!(refused(Credentials::api_key("k\u{2013}y")), NotAscii);
    assert_eq!(refused(Credentials::session("t\0")), ControlCharacter);
    assert_eq!(refused(Credentials::login("", "p")), Empty);
    assert_eq!(refused(Credentials::login("ada", "\n")), Empty);
    assert_eq!(refused(Credentials::login("ada", "p\nq")), ControlCharacter);
    assert!(
        Connection::builder(
            AUTH,
            "https://acme.example",
            Credentials::login("ada", " pä ")
        )
        .build()
        .is_ok()
    );
}

#[test]
fn credentials_must_fit_the_scheme() {
    let build = |api_key, credentials| {
        let auth = AuthScheme {
            api_key,
            session: None,
            uuid_keys_of: None,
        };
        Connection::builder(auth, "https://acme.example", credentials)
            .build()
            .map(drop)
    };
    let header = KeyPlacement::Header("Api-Key");
    for (placement, credentials) in [
        (header, Credentials::session("t")),
        (header, Credentials::login("u", "p")),
        (header, Credentials::bearer("t")),
        (header, Credentials::basic("u", "p")),
        (KeyPlacement::None, Credentials::api_key("k")),
    ] {
        let error = build(placement, credentials).unwrap_err();
        assert!(
            matches!(error, BuildError::CredentialsKind { .. }),
            "{error}"
        );
    }
    let problem = |error| match error {
        BuildError::Credentials { problem, .. } => problem,
        other => panic!("{other}"),
    };
    let basic = KeyPlacement::Basic;
    assert_eq!(
        problem(build(basic, Credentials::api_key("k")).unwrap_err()),
        CredentialProblem::NotUserAndPassword
    );
    assert_eq!(
        problem(build(basic, Credentials::basic("a:b", "p")).unwrap_err()),
        CredentialProblem::ColonInUser
    );
    assert!(matches!(
        build(KeyPlacement::Header("Api Key"), Credentials::api_key("k")),
        Err(BuildError::HeaderName("Api Key"))
    ));
}

#[tokio::test]
async fn a_refused_key_of_another_product_is_said_to_be_one() {
    const UUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
    for answer in [json(401, r#"{"error_message":"no"}"#), json(401, "")] {
        let server = Server::always(answer).await;
        let error = |key| {
            let connection = connect_as(&server.url, Credentials::api_key(key));
            async move { call(&connection, Request::new(&LIST)).await.unwrap_err() }
        };
        let text = error(UUID).await.to_string();
        assert!(text.contains("a key of another product"), "{text}");
        assert!(!text.contains("0f8fad5b"), "{text}");
        let text = error("k3y").await.to_string();
        assert!(text.contains("the credentials were refused"), "{text}");
    }
    let server = Server::always(json(403, "{}")).await;
    let connection = connect_as(&server.url, Credentials::api_key(UUID));
    let error = call(&connection, Request::new(&LIST)).await.unwrap_err();
    assert!(!error.to_string().contains("another product"), "{error}");
}

/// A server would take what follows the separator for another cookie, or for another header.
#[tokio::test]
async fn names_of_cookies_that_hold_separators_are_refused() {
    for name in ["a;b", "a=b", "a b", "a,b", "", "a\"b", "a\r\nb", "é"] {
        let auth = AuthScheme {
            api_key: KeyPlacement::Cookie(name),
            ..AUTH
        };
        let builder =
            Connection::builder(auth, "https://acme.example", Credentials::api_key("k3y"));
        let error = builder.build().unwrap_err();
        assert!(
            matches!(error, BuildError::CookieName(_)),
            "{name}: {error}"
        );
        assert_eq!(error.to_string().lines().count(), 1);

        let server = Server::always(json(200, "{}")).await;
        let request = Request::new(&LIST).cookie(name, &Ok(1));
        let error = call(&connect(&server.url), request).await.unwrap_err();
        assert!(error.is_invalid_input(), "{name}: {error}");
        assert!(server.seen().is_empty());
    }
}
