//! A planted secret appears in no text: not of a value, not of a request, not of an error.
//!
//! What has to be planted is read from the generated code, so that a new type or operation with a secret fails here
//! until it is listed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests say what they covered"
)]

use insightcloudsec_v2 as v2;
use insightcloudsec_v4 as v4;
use rapid7_core::{Access, AuthScheme, Body, Connection, Credentials, Error, RetryPolicy, Secret};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};
use tests::sample::sample;
use tests::server::{Reply, Server};
use tests::specs::{CRATES, secret_names};
use tests::surface::{Shape, Surface, Type};

/// Stands for every key, password, token and secret member.
const CANARY: &str = "c4nary";

/// What was checked, and how many texts of it.
#[derive(Default)]
struct Checked(BTreeMap<String, usize>);

impl Checked {
    fn text(&mut self, name: &str, text: &str) {
        assert!(!text.contains(CANARY), "{name} shows a secret: {text}");
        *self.0.entry(name.to_owned()).or_default() += 1;
    }

    fn debug(&mut self, name: &str, value: &impl Debug) {
        self.text(name, &format!("{value:?}"));
        self.text(name, &format!("{value:#?}"));
    }

    fn error(&mut self, name: &str, error: &impl StdError) {
        self.debug(name, error);
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            write!(text, " {cause} {cause:?} {cause:#?}").unwrap();
            source = cause.source();
        }
        self.text(name, &text);
    }

    fn print(&self) {
        for (name, texts) in &self.0 {
            println!("shows no secret: {name} ({texts} texts)");
        }
    }
}

fn connect(auth: AuthScheme, url: &str, credentials: Credentials) -> Connection {
    let builder = Connection::builder(auth, url, credentials);
    builder.retries(RetryPolicy::never()).build().unwrap()
}

fn client(url: &str) -> v2::Client {
    v2::Client::new(connect(v2::AUTH, url, Credentials::api_key(CANARY)))
}

/// A value of a generated type with secrets planted, and the proof that they are there.
fn planted<T: serde::Serialize + serde::de::DeserializeOwned>(surface: &Surface, name: &str) -> T {
    let value: T = serde_json::from_value(sample(surface, name, CANARY))
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let wire = serde_json::to_string(&value).unwrap();
    assert!(wire.contains(CANARY), "{name} loses its secret: {wire}");
    value
}

/// Checks values of types, and of those after `builders` the builders too; gives the names.
macro_rules! check_types {
    ($checked:ident, $api:ident, $surface:ident, [$($name:ident)*], builders [$($built:ident)*]) => {{
        $(
            let value: $api::types::$name = planted(&$surface, stringify!($name));
            $checked.debug(concat!(stringify!($api), "::types::", stringify!($name)), &value);
        )*
        $(
            let value: $api::types::$built = planted(&$surface, stringify!($built));
            $checked.debug(concat!(stringify!($api), "::types::", stringify!($built)), &value);
            let builder = $api::types::builder::$built::from(value);
            $checked.debug(concat!(stringify!($api), "::types::builder::", stringify!($built)), &builder);
        )*
        BTreeSet::from([$(stringify!($name),)* $(stringify!($built)),*])
    }};
}

#[test]
fn values_with_secrets_do_not_show_them() {
    let mut checked = Checked::default();
    let surface = Surface::of("insightcloudsec-v2");
    let listed = check_types!(
        checked, v2, surface,
        [
            ApiOnlyUser CloudCreationParams ConvertedUser LoginResult TwoFactorSecret User
            UserInfo UserList UserPage
        ],
        builders [
            AddCloudOrganizationRequest AddCloudRequest AwsKeyPairCloud AwsStsKeyPairCloud AzureCloud CreateUserRequest
            GoogleCloud GoogleServiceAccountKey LoginRequest
        ]
    );
    assert_eq!(listed, surface.types_with_secrets());

    let surface = Surface::of("insightcloudsec-v3");
    assert_eq!(surface.types_with_secrets(), BTreeSet::new());

    let surface = Surface::of("insightcloudsec-v4");
    let listed = check_types!(
        checked,
        v4,
        surface,
        [],
        builders[CreateAwsAccessKeyRequest]
    );
    assert_eq!(listed, surface.types_with_secrets());
    checked.print();
}

/// Alternatives keep a value that is none of them, and that one may hold a secret as well.
#[test]
fn a_value_that_is_no_known_alternative_does_not_show_its_secrets() {
    let mut checked = Checked::default();
    let unknown = json!({"cloud_type": "MARS", "name": "prod", "api_key": CANARY, "keys": [{"secret_key": CANARY}]});
    if let Ok(value) = serde_json::from_value::<v2::types::CloudCreationParams>(unknown.clone()) {
        assert_eq!(
            serde_json::to_value(&value).unwrap(),
            unknown,
            "nothing is lost"
        );
        checked.debug("v2::types::CloudCreationParams of an unknown kind", &value);
    }
    checked.print();
}

/// Checks requests before they are sent and the errors of those that a server refuses; gives the names of the operations.
macro_rules! check_requests {
    ($checked:ident, $server:ident, $($operation:ident: $request:expr),* $(,)?) => {{
        $(
            let name = stringify!($operation);
            let request = $request;
            $checked.debug(&format!("request of {name}"), &request);
            let sent = $server.seen().len();
            let error = request.send().await.unwrap_err();
            assert_eq!(error.operation().name, name);
            $checked.error(&format!("error of {name}"), &error);
            let seen = $server.seen();
            assert_eq!(seen.len(), sent + 1, "{name} is sent: {error}");
            let last = seen.last().unwrap();
            let text = format!("{} {}", last.target, String::from_utf8_lossy(&last.body));
            assert!(text.contains(CANARY), "{name} sends its secret: {text}");
        )*
        BTreeSet::from([$(stringify!($operation)),*])
    }};
}

#[tokio::test]
async fn requests_with_secrets_do_not_show_them() {
    let mut checked = Checked::default();
    let server = Server::always(Reply::html(500, CANARY)).await;

    let surface = Surface::of("insightcloudsec-v2");
    let client = client(&server.url);
    let listed = check_requests!(
        checked, server,
        add_cloud: client.add_cloud().body(planted::<v2::types::AddCloudRequest>(&surface, "AddCloudRequest")),
        add_cloud_organization: client.add_cloud_organization()
            .body(planted::<v2::types::AddCloudOrganizationRequest>(&surface, "AddCloudOrganizationRequest")),
        create_user: client.create_user().body(planted::<v2::types::CreateUserRequest>(&surface, "CreateUserRequest")),
        login: client.login().body(planted::<v2::types::LoginRequest>(&surface, "LoginRequest")),
        update_cloud: client.update_cloud().cloud_id(1)
            .body(planted::<v2::types::CloudCreationParams>(&surface, "CloudCreationParams")),
    );
    assert_eq!(listed, surface.requests_with_secrets());

    let surface = Surface::of("insightcloudsec-v3");
    assert_eq!(surface.requests_with_secrets(), BTreeSet::new());

    let surface = Surface::of("insightcloudsec-v4");
    let client = v4::Client::new(connect(v4::AUTH, &server.url, Credentials::api_key(CANARY)));
    let listed = check_requests!(
        checked, server,
        create_aws_access_key: client.create_aws_access_key()
            .body(planted::<v4::types::CreateAwsAccessKeyRequest>(&surface, "CreateAwsAccessKeyRequest")),
    );
    assert_eq!(listed, surface.requests_with_secrets());
    checked.print();
}

#[test]
fn connections_do_not_show_their_credentials() {
    let mut checked = Checked::default();
    let all = [
        Credentials::api_key(CANARY),
        Credentials::session(CANARY),
        Credentials::login(CANARY, CANARY),
        Credentials::basic(CANARY, CANARY),
        Credentials::bearer(CANARY),
    ];
    for credentials in all {
        checked.debug("Credentials", &credentials);
        checked.text("Credentials", &credentials.to_string());
        let builder = Connection::builder(v2::AUTH, "https://acme.example", credentials);
        checked.debug("ConnectionBuilder", &builder);
        match builder.build() {
            Ok(connection) => {
                checked.debug("Connection", &connection);
                checked.debug("Client", &v2::Client::new(connection));
            }
            Err(error) => checked.error("BuildError", &error),
        }
    }
    let url = format!("https://{CANARY}:{CANARY}@acme.example");
    let builder = Connection::builder(
        v2::AUTH,
        url,
        Credentials::api_key(format!("{CANARY}\n{CANARY}")),
    );
    checked.debug("ConnectionBuilder", &builder);
    checked.error("BuildError", &builder.build().unwrap_err());
    checked.debug("Secret", &Secret::from(CANARY));
    checked.debug("Body", &Body::from(CANARY));
    checked.print();
}

#[tokio::test]
async fn answers_do_not_show_secrets() {
    let mut checked = Checked::default();
    let cookie = [("set-cookie", CANARY), ("content-type", "application/json")];

    let server = Server::always(Reply::new(200, &cookie, &json!(CANARY).to_string())).await;
    let body = v2::types::CreateApiKeyRequest::builder().user_id("7");
    let answer = client(&server.url)
        .create_api_key()
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.expose(), CANARY);
    checked.debug("Answer<Secret>", &answer);

    let session = json!({"session_id": CANARY, "user_id": 7});
    let server = Server::always(Reply::new(200, &cookie, &session.to_string())).await;
    let body = v2::types::LoginRequest::builder()
        .username("ada")
        .password(CANARY);
    let answer = client(&server.url).login().body(body).send().await.unwrap();
    assert_eq!(answer.session_id.as_ref().map(Secret::expose), Some(CANARY));
    checked.debug("Answer<LoginResult>", &answer);

    let server = Server::always(Reply::new(200, &cookie, CANARY)).await;
    let answer = client(&server.url).logout().send().await.unwrap();
    assert_eq!(answer.text(), CANARY);
    checked.debug("Answer<Body>", &answer);
    checked.print();
}

/// Compiles, since no failure's own text is part of this: what holds for one type of failures holds for those of all
/// operations.
fn debug_of_any<E>(error: &Error<E>) -> String {
    format!("{error:?} {error:#?}")
}

/// The error of a call to a server with this answer, by a client whose key is planted.
async fn list_clouds(reply: Reply) -> Error<v2::types::ApiError> {
    let server = Server::always(reply).await;
    client(&server.url).list_clouds().send().await.unwrap_err()
}

#[tokio::test]
async fn errors_do_not_show_secrets() {
    let mut checked = Checked::default();
    let json = |status, body: String| {
        Reply::new(
            status,
            &[("content-type", "application/json"), ("set-cookie", CANARY)],
            &body,
        )
    };

    let error = list_clouds(json(
        401,
        json!({"error_message": CANARY, "key": CANARY}).to_string(),
    ))
    .await;
    assert!(matches!(error, Error::Answer { .. }) && error.is_unauthorized());
    checked.error("Error::Answer", &error);
    let value = error
        .answer()
        .and_then(|answer| answer.error_message.as_deref());
    assert_eq!(value, Some(CANARY), "the accessor gives it");
    checked.text("Error::Answer of any type", &debug_of_any(&error));

    for reply in [
        Reply::html(401, CANARY),
        Reply::html(500, CANARY),
        json(502, format!("\"{CANARY}\"")),
    ] {
        let error = list_clouds(reply).await;
        assert!(matches!(error, Error::UnexpectedStatus { .. }), "{error}");
        checked.error("Error::UnexpectedStatus", &error);
    }

    let place = format!("https://{CANARY}@sso.example/{CANARY}?{CANARY}");
    let error = list_clouds(Reply::new(302, &[("location", &place)], "")).await;
    checked.error("Error::UnexpectedStatus (redirect)", &error);

    for body in [
        json!({"clouds": CANARY}),
        json!({"clouds": [{"id": {CANARY: CANARY}}]}),
        json!(CANARY),
    ] {
        let error = list_clouds(json(200, body.to_string())).await;
        assert!(error.is_decode() && error.raw_body().is_some());
        checked.error("Error::Decode", &error);
    }

    let error = list_clouds(Reply::garbage(CANARY)).await;
    assert!(matches!(error, Error::Transport { .. }));
    checked.error("Error::Transport", &error);
    let error = client("http://127.0.0.1:1")
        .list_clouds()
        .send()
        .await
        .unwrap_err();
    assert!(error.is_connect());
    checked.error("Error::Transport (connect)", &error);

    let body = v2::types::LoginRequest::builder().password(CANARY);
    let error = client("http://127.0.0.1:1")
        .login()
        .body(body)
        .send()
        .await
        .unwrap_err();
    assert!(error.is_invalid_input());
    checked.error("Error::InvalidInput", &error);

    // Here the token of the session is part of the address.
    for url in [
        Server::always(Reply::garbage(CANARY)).await.url,
        "http://127.0.0.1:1".to_owned(),
    ] {
        let client = v2::Client::new(connect(v2::AUTH, &url, Credentials::session(CANARY)));
        let request = client.download_resources_csv().resource_type("instance");
        let error = request.send().await.unwrap_err();
        assert!(matches!(error, Error::Transport { .. }), "{error}");
        checked.error("Error::Transport (token in the query)", &error);
    }
    let client = client("http://127.0.0.1:1");
    let error = client
        .download_resources_csv()
        .resource_type("instance")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Refused { .. }), "{error}");
    checked.error("Error::Refused", &error);

    for reply in [
        json(401, json!({"error_message": CANARY}).to_string()),
        json(200, json!({"session_id": [CANARY]}).to_string()),
    ] {
        let server = Server::always(reply).await;
        let connection = connect(v2::AUTH, &server.url, Credentials::login("ada", CANARY));
        let error = v2::Client::new(connection)
            .list_clouds()
            .send()
            .await
            .unwrap_err();
        assert!(matches!(error, Error::Login { .. }), "{error}");
        checked.error("Error::Login", &error);
    }
    checked.print();
}

/// `operations.toml` knows which members hold secrets; all of that name are taken for such, whichever type has them.
#[test]
fn members_named_as_secrets_are_secrets() {
    let names = secret_names();
    assert!(names.len() >= 10, "{names:?}");
    let is_text = |type_: &Type| type_.names().contains(&"String");
    let mut bare = Vec::new();
    let mut seen = BTreeSet::new();
    for crate_name in CRATES {
        let surface = Surface::of(crate_name);
        for (name, definition) in &surface.types {
            let Shape::Struct(members) = &definition.shape else {
                continue;
            };
            for member in members.iter().filter(|member| names.contains(&member.wire)) {
                seen.insert(member.wire.clone());
                if is_text(&member.type_) {
                    bare.push(format!("{crate_name} {name}.{}", member.name));
                }
            }
        }
        for (name, operation) in &surface.operations {
            for parameter in &operation.parameters {
                let Some(wire) = parameter.wire.as_ref().filter(|wire| names.contains(*wire))
                else {
                    continue;
                };
                seen.insert(wire.clone());
                if is_text(&parameter.type_) {
                    bare.push(format!("{crate_name} {name}({})", parameter.name));
                }
            }
        }
    }
    // The connection writes these itself.
    seen.extend(
        v2::OPERATIONS
            .iter()
            .filter_map(|operation| match operation.access {
                Access::SessionQuery(name) => Some(name.to_owned()),
                _ => None,
            }),
    );
    println!(
        "secret by name: {}",
        seen.iter().cloned().collect::<Vec<_>>().join(", ")
    );
    assert_eq!(bare, Vec::<String>::new());
    assert_eq!(
        seen, names,
        "every name in a `secrets` list is that of a member or parameter"
    );
}
