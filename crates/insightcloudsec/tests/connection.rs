//! One connection for all versions, sessions, and what users do with errors, over the mock.

#![cfg(all(feature = "v2", feature = "v3", feature = "v4"))]
#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use insightcloudsec::{
    BuildError, Credentials, EnvError, Error, IdentityProblem, InsightCloudSec, LoginErrorKind,
    reqwest,
};
use insightcloudsec_mock::Mock;

async fn mock() -> Mock {
    Mock::start().await.unwrap()
}

fn connect(mock: &Mock, credentials: Credentials) -> InsightCloudSec {
    InsightCloudSec::builder(mock.url(), credentials)
        .build()
        .unwrap()
}

fn by_key(mock: &Mock) -> InsightCloudSec {
    connect(mock, Credentials::api_key(mock.api_key()))
}

fn by_login(mock: &Mock) -> InsightCloudSec {
    connect(mock, Credentials::login(mock.username(), mock.password()))
}

fn sent(mock: &Mock, operation: &str) -> usize {
    mock.requests_of(operation).len()
}

#[tokio::test]
async fn a_key_serves_all_versions() {
    let mock = mock().await;
    let ics = by_key(&mock);
    let clouds = ics
        .v2()
        .list_clouds()
        .send()
        .await
        .unwrap()
        .into_inner()
        .clouds;
    assert!(!clouds.is_empty());
    assert!(!ics.v3().list_iac_configs().send().await.unwrap().is_empty());
    ics.v4().list_aws_role_configs().send().await.unwrap();
    ics.login().await.unwrap();
    ics.logout().await.unwrap();
    assert_eq!(
        sent(&mock, "login") + sent(&mock, "logout"),
        0,
        "keys have no sessions"
    );
}

#[tokio::test]
async fn all_versions_and_clones_share_one_session() {
    let mock = mock().await;
    let ics = by_login(&mock);
    ics.logout().await.unwrap();
    assert!(mock.requests().is_empty(), "there was no session to end");

    ics.login().await.unwrap();
    ics.v2().list_clouds().send().await.unwrap();
    ics.clone().v3().list_iac_configs().send().await.unwrap();
    assert_eq!(sent(&mock, "login"), 1);

    ics.clone().logout().await.unwrap();
    ics.logout().await.unwrap();
    assert_eq!(sent(&mock, "logout"), 1);

    ics.v4().list_aws_role_configs().send().await.unwrap();
    assert_eq!(
        sent(&mock, "login"),
        2,
        "a call after the log-out logs in anew"
    );
}

#[tokio::test]
async fn a_wrong_password_is_told_by_login() {
    let mock = mock().await;
    let ics = connect(&mock, Credentials::login(mock.username(), "wr0ng"));
    let error = ics.login().await.unwrap_err();
    assert_eq!(error.kind(), LoginErrorKind::Refused);
    assert!(!format!("{error} {error:?} {ics:?}").contains("wr0ng"));
}

#[tokio::test]
async fn the_user_agent_names_program_and_crate() {
    let mock = mock().await;
    let builder = InsightCloudSec::builder(mock.url(), Credentials::api_key(mock.api_key()));
    let ics = builder.user_agent("inventory/1.2").build().unwrap();
    ics.v2().list_clouds().send().await.unwrap();
    by_key(&mock).v2().list_clouds().send().await.unwrap();
    let agents: Vec<String> = mock
        .requests()
        .iter()
        .map(|request| request.header("user-agent").unwrap().to_owned())
        .collect();
    assert!(
        agents[0].starts_with("inventory/1.2 insightcloudsec/"),
        "{agents:?}"
    );
    assert!(agents[1].starts_with("insightcloudsec/"), "{agents:?}");
}

#[tokio::test]
async fn settings_reach_the_connection() {
    let mock = mock().await;
    let builder = || InsightCloudSec::builder(mock.url(), Credentials::api_key(mock.api_key()));

    let ics = builder().max_answer_bytes(10).build().unwrap();
    let error = ics.v2().list_clouds().send().await.unwrap_err();
    assert!(
        error.to_string().contains("longer than 10 bytes"),
        "{error}"
    );

    let refused = builder().add_root_certificate("no certificate").build();
    assert!(matches!(refused, Err(BuildError::RootCertificate)));

    let refused = builder().identity("no certificate").build();
    assert!(matches!(
        refused,
        Err(BuildError::Identity(IdentityProblem::NoCertificate))
    ));
    let refused = builder().proxy("ftp://proxy.example").build();
    assert!(matches!(refused, Err(BuildError::ProxyScheme)));
    let ics = builder().proxy("ftp://proxy.example").no_proxy().build();
    ics.unwrap().v2().list_clouds().send().await.unwrap();
    let given = builder().http_client(reqwest::Client::new());
    assert!(matches!(
        given.danger_accept_invalid_certs(true).build(),
        Err(BuildError::HttpClientGiven {
            setting: "danger_accept_invalid_certs"
        })
    ));

    let far = || InsightCloudSec::builder("http://acme.example", Credentials::api_key("k"));
    assert!(matches!(far().build(), Err(BuildError::InsecureHttp)));
    assert!(far().allow_insecure_http(true).build().is_ok());

    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let ics = builder().http_client(client).build().unwrap();
    ics.v2().list_clouds().send().await.unwrap();
}

#[tokio::test]
async fn errors_pass_through_question_marks() {
    async fn count(ics: &InsightCloudSec) -> anyhow::Result<usize> {
        ics.login().await?;
        let scans = ics.v3().list_iac_scans().send().await?;
        let clouds = ics.v2().list_clouds().send().await?;
        ics.logout().await?;
        Ok(clouds.clouds.len() + scans.data.len())
    }
    let mock = mock().await;
    assert!(count(&by_login(&mock)).await.unwrap() > 0);

    let intruder = connect(&mock, Credentials::api_key("wr0ng"));
    let error = count(&intruder).await.unwrap_err();
    let typed = error.downcast_ref::<Error<insightcloudsec::v3::types::ApiError>>();
    assert!(typed.unwrap().is_unauthorized());
    assert!(!format!("{error} {error:?}").contains("wr0ng"));
    let _: anyhow::Error = EnvError::NoUrl.into();
}

#[test]
fn one_value_serves_many_tasks() {
    fn shared<T: Clone + Send + Sync + 'static>() {}
    fn sent_between_tasks<T: Send>(_: T) {}
    shared::<InsightCloudSec>();
    let credentials = Credentials::api_key("k");
    let ics = InsightCloudSec::builder("https://acme.example", credentials)
        .build()
        .unwrap();
    sent_between_tasks(ics.v2().list_clouds().send());
    sent_between_tasks(ics.logout());
}
