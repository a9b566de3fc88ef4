//! Calls of generated clients over real sockets: what is sent, and what becomes of the answers seen in the field.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

use insightcloudsec_v2 as v2;
use insightcloudsec_v3 as v3;
use insightcloudsec_v4 as v4;
use rapid7_core::{AuthScheme, Connection, Credentials, Error, RetryPolicy, Secret, StatusCode};
use serde_json::{Value, json};
use tests::server::{Reply, Server};

fn connect(auth: AuthScheme, url: &str, credentials: Credentials) -> Connection {
    let builder = Connection::builder(auth, url, credentials);
    builder.retries(RetryPolicy::never()).build().unwrap()
}

fn client_v2(server: &Server) -> v2::Client {
    v2::Client::new(connect(v2::AUTH, &server.url, Credentials::api_key("k3y")))
}

fn client_v3(server: &Server) -> v3::Client {
    v3::Client::new(connect(v3::AUTH, &server.url, Credentials::api_key("k3y")))
}

fn client_v4(server: &Server) -> v4::Client {
    v4::Client::new(connect(v4::AUTH, &server.url, Credentials::api_key("k3y")))
}

#[tokio::test]
async fn a_key_goes_in_its_header() {
    let server = Server::always(Reply::json(200, json!({"clouds": []}))).await;
    client_v2(&server).list_clouds().send().await.unwrap();
    let seen = server.last();
    assert_eq!(
        (seen.method.as_str(), seen.target.as_str()),
        ("GET", "/v2/public/clouds/list")
    );
    assert_eq!(seen.header("api-key"), Some("k3y"));
    assert_eq!(seen.header("x-auth-token"), None);
    assert_eq!(seen.header("accept"), Some("application/json"));
}

#[tokio::test]
async fn a_log_in_serves_the_clients_of_all_versions() {
    let server = Server::with(|seen| match seen.target.as_str() {
        "/v2/public/user/login" => Reply::json(200, json!({"session_id": "s3ssion"})),
        _ => Reply::json(200, json!({})),
    })
    .await;
    let connection = connect(v2::AUTH, &server.url, Credentials::login("ada", "pa55word"));
    v2::Client::new(connection.clone())
        .list_clouds()
        .send()
        .await
        .unwrap();
    v3::Client::new(connection.clone())
        .query_resources()
        .send()
        .await
        .unwrap();
    v4::Client::new(connection)
        .list_cloud_findings()
        .organization_service_id(7)
        .send()
        .await
        .unwrap();

    let seen = server.seen();
    let targets: Vec<&str> = seen.iter().map(|request| request.target.as_str()).collect();
    let expected = [
        "/v2/public/user/login",
        "/v2/public/clouds/list",
        "/v3/public/resource/query",
        "/v4/insights/findings-per-cloud/7",
    ];
    assert_eq!(targets, expected);
    assert_eq!(
        seen[0].json(),
        json!({"username": "ada", "password": "pa55word"})
    );
    assert_eq!(seen[0].header("x-auth-token"), None);
    for request in &seen[1..] {
        assert_eq!(
            request.header("x-auth-token"),
            Some("s3ssion"),
            "{}",
            request.target
        );
        assert_eq!(request.header("api-key"), None);
    }
}

#[tokio::test]
async fn a_download_takes_the_token_of_the_session_into_its_query() {
    let server = Server::always(Reply::new(
        200,
        &[("content-type", "text/csv")],
        "a,b\n1,2\n",
    ))
    .await;
    let client = v2::Client::new(connect(
        v2::AUTH,
        &server.url,
        Credentials::session("s3ssion"),
    ));
    let answer = client
        .download_resources_csv()
        .resource_type("instance")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.into_inner(), "a,b\n1,2\n");
    assert_eq!(
        server.last().target,
        "/v2/public/divvy/resources/instance/csv?X-Auth-Token=s3ssion"
    );

    let refused = client_v2(&server)
        .download_resources_csv()
        .resource_type("instance")
        .send()
        .await
        .unwrap_err();
    assert!(matches!(refused, Error::Refused { .. }), "{refused}");
    assert_eq!(
        server.seen().len(),
        1,
        "a key is no use there, so nothing is sent"
    );
}

#[tokio::test]
async fn the_login_operation_sends_no_credentials() {
    let server = Server::always(Reply::json(200, json!({"session_id": "s3ssion"}))).await;
    let body = v2::types::LoginRequest::builder()
        .username("ada")
        .password("pa55word");
    let answer = client_v2(&server).login().body(body).send().await.unwrap();
    assert_eq!(
        answer.session_id.as_ref().map(Secret::expose),
        Some("s3ssion")
    );
    assert_eq!(server.last().header("api-key"), None);
    assert_eq!(
        server.last().json(),
        json!({"username": "ada", "password": "pa55word"})
    );
}

#[tokio::test]
async fn lists_survive_nulls_missing_and_unknown_members() {
    let clouds = json!({
        "clouds": [
            {"id": 1, "name": "prod", "cloud_type_id": "AWS", "status": "DEFAULT", "failed_resource_types": []},
            {"id": 2, "name": null, "cloud_type_id": null, "failed_resource_types": null, "is_new_in_25": {"a": [1]}},
            {},
        ],
        "total_count": null,
        "next": "what no document mentions",
    });
    let server = Server::always(Reply::json(200, clouds)).await;
    let answer = client_v2(&server).list_clouds().send().await.unwrap();
    let ids: Vec<Option<i64>> = answer.clouds.iter().map(|cloud| cloud.id).collect();
    assert_eq!(ids, [Some(1), Some(2), None]);
    assert_eq!(
        answer.clouds[0].cloud_type_id,
        Some(v2::types::CloudTypeId::Aws)
    );
    assert_eq!(
        answer.clouds[1],
        serde_json::from_value(json!({"id": 2, "is_new_in_25": {"a": [1]}})).unwrap(),
        "null is as good as missing, and what is new is kept"
    );
    assert_eq!(answer.total_count, None);

    for clouds in [json!({}), json!({"clouds": null})] {
        let server = Server::always(Reply::json(200, clouds)).await;
        assert!(
            client_v2(&server)
                .list_clouds()
                .send()
                .await
                .unwrap()
                .clouds
                .is_empty()
        );
    }
}

#[tokio::test]
async fn unknown_values_of_an_enum_are_kept() {
    let server = Server::always(Reply::json(
        200,
        json!({"clouds": [{"cloud_type_id": "MARS_GOV"}]}),
    ))
    .await;
    let answer = client_v2(&server).list_clouds().send().await.unwrap();
    let kind = answer.clouds[0].cloud_type_id.as_ref().unwrap();
    assert_eq!(
        kind,
        &v2::types::CloudTypeId::Unknown("MARS_GOV".to_owned())
    );
    assert_eq!(kind.to_string(), "MARS_GOV");
    assert_eq!(serde_json::to_value(kind).unwrap(), "MARS_GOV");

    let server = Server::always(Reply::empty(200)).await;
    let client = client_v4(&server);
    client
        .list_iac_scans()
        .page(2)
        .sort("severity")
        .sort_dir(v4::types::SortDirection::Desc)
        .send()
        .await
        .unwrap();
    let target = server.last().target;
    let query = target.strip_prefix("/v4/iac/scans?").unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.sort_unstable();
    assert_eq!(pairs, ["page=2", "sort=severity", "sort_dir=desc"]);
}

fn scan() -> v3::types::builder::ScanIacRequest {
    v3::types::ScanIacRequest::builder()
        .author_name("ada")
        .config_name("default")
        .iac_provider("terraform")
        .scan_name("build 7")
        .scan_template("{}")
}

#[tokio::test]
async fn the_status_of_a_scan_is_its_verdict() {
    use v3::types::ScanIacAnswer::{Accepted, NotAcceptable, Ok};
    for status in [200, 202, 406] {
        let server = Server::always(Reply::json(
            status,
            json!({"build_id": 7, "success": status != 406}),
        ))
        .await;
        let answer = client_v3(&server)
            .scan_iac()
            .body(scan())
            .readable(true)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status().as_u16(), status);
        let scan = match (status, answer.into_inner()) {
            (200, Ok(scan)) | (202, Accepted(scan)) | (406, NotAcceptable(scan)) => scan,
            (_, other) => unreachable!("{status} gives {other:?}"),
        };
        assert_eq!(
            (scan.build_id, scan.success),
            (Some(7), Some(status != 406))
        );
        assert_eq!(server.last().target, "/v3/iac/scan?readable=true");
    }
    let server = Server::always(Reply::json(400, json!({"error_message": "no such config"}))).await;
    let error = client_v3(&server)
        .scan_iac()
        .body(scan())
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(
        error.answer().unwrap().error_message.as_deref(),
        Some("no such config")
    );
}

#[tokio::test]
async fn badges_are_created_with_or_without_a_body_in_the_answer() {
    let badge: v2::types::Badge = v2::types::Badge::builder()
        .key("env".to_owned())
        .value("prod".to_owned())
        .try_into()
        .unwrap();
    for reply in [Reply::empty(204), Reply::json(200, json!([]))] {
        let server = Server::always(reply).await;
        let body = v2::types::CreateBadgesRequest::builder()
            .badges(vec![badge.clone()])
            .target_resource_ids(vec!["divvyorganizationservice:1".to_owned()]);
        client_v2(&server)
            .create_badges()
            .body(body)
            .send()
            .await
            .unwrap();
        let expected = json!({
            "badges": [{"key": "env", "value": "prod"}],
            "target_resource_ids": ["divvyorganizationservice:1"],
        });
        assert_eq!(server.last().json(), expected);
        assert_eq!(
            server.last().header("content-type"),
            Some("application/json")
        );
    }
}

#[tokio::test]
async fn a_key_arrives_as_a_bare_string() {
    let server = Server::always(Reply::json(200, json!("n3w-key"))).await;
    let body = v2::types::CreateApiKeyRequest::builder().user_id("7");
    let answer = client_v2(&server)
        .create_api_key()
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.expose(), "n3w-key");
    assert_eq!(server.last().json(), json!({"user_id": "7"}));
}

#[tokio::test]
async fn an_undocumented_body_is_whatever_comes() {
    for (reply, text) in [
        (Reply::empty(200), ""),
        (Reply::empty(204), ""),
        (Reply::html(200, "<p>done"), "<p>done"),
        (
            Reply::json(200, json!({"status": "ok"})),
            r#"{"status":"ok"}"#,
        ),
    ] {
        let server = Server::always(reply).await;
        let body = v2::types::SetCloudStatusRequest::builder()
            .status(v2::types::CloudStatus::Paused)
            .resource_ids(vec!["divvyorganizationservice:1".to_owned()]);
        let answer = client_v2(&server)
            .set_cloud_status()
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.text(), text);
        assert_eq!(answer.is_empty(), text.is_empty());
        assert_eq!(answer.json::<Value>().ok(), serde_json::from_str(text).ok());
        assert_eq!(server.last().json()["status"], "PAUSED");
    }
}

#[tokio::test]
async fn an_answer_that_may_be_empty_is_optional() {
    for (reply, name) in [
        (Reply::empty(200), None),
        (Reply::json(200, json!({"name": "prod"})), Some("prod")),
    ] {
        let server = Server::always(reply).await;
        let cloud = json!({
            "account_number": "1", "api_key": "k", "authentication_type": "standard", "cloud_type": "AWS", "name": "prod",
            "secret_key": "s",
        });
        let body: v2::types::AwsKeyPairCloud = serde_json::from_value(cloud.clone()).unwrap();
        let answer = client_v2(&server)
            .update_cloud()
            .cloud_id(7)
            .body(body)
            .send()
            .await
            .unwrap();
        assert_eq!(
            answer.as_ref().and_then(|cloud| cloud.name.as_deref()),
            name
        );
        assert_eq!(server.last().target, "/v2/prototype/cloud/7/update");
        assert_eq!(server.last().json(), cloud);
    }
}

#[test]
fn alternatives_are_told_apart_by_what_they_hold() {
    let cloud = json!({
        "account_number": "1", "api_key": "k", "authentication_type": "assume_role", "cloud_type": "AWS", "name": "prod",
        "role_arn": "arn:aws:iam::1:role/r", "secret_key": "s", "session_name": "ics",
    });
    let read: v2::types::CloudCreationParams = serde_json::from_value(cloud.clone()).unwrap();
    assert!(
        matches!(read, v2::types::CloudCreationParams::AwsStsKeyPairCloud(_)),
        "{read:?}"
    );
    assert_eq!(
        serde_json::to_value(read).unwrap(),
        cloud,
        "the first that fits would lose members"
    );
}

#[tokio::test]
async fn a_path_parameter_stays_one_segment() {
    let server = Server::always(Reply::json(200, json!([]))).await;
    let client = client_v2(&server);
    for (id, segment) in [
        ("divvyuser:2:", "divvyuser:2:"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("%2e%2e", "%252e%252e"),
    ] {
        client
            .list_resource_badges()
            .resource_id(id)
            .send()
            .await
            .unwrap();
        assert_eq!(
            server.last().target,
            format!("/v2/public/badges/{segment}/list"),
            "{id:?}"
        );
    }
    let sent = server.seen().len();
    for id in ["..", ".", ""] {
        let error = client
            .list_resource_badges()
            .resource_id(id)
            .send()
            .await
            .unwrap_err();
        assert!(error.is_invalid_input(), "{id:?}");
        assert!(error.to_string().contains("resource_id"), "{error}");
    }
    assert_eq!(server.seen().len(), sent, "nothing is sent");
}

#[tokio::test]
async fn resources_round_trip_whatever_their_type() {
    let resources = json!([
        {"resource_type": "instance", "instance": {"instance_id": "i-1", "common": {"resource_name": "web", "tags": {"env": "prod"}}}},
        {"resource_type": "storagecontainer", "storagecontainer": {"common": {"resource_id": "storagecontainer:1"}}, "extra": [1]},
        {"resource_type": "wormhole", "wormhole": {"ends": 2}, "more": null},
        {"resource_type": "instance"},
        {"untyped": true},
    ]);
    let page = json!({"resources": resources, "counts": {"instance": 2}, "next_cursor": "c2"});
    let server = Server::always(Reply::json(200, page)).await;
    let body = v3::types::QueryResourcesRequest::builder()
        .limit(5)
        .selected_resource_type("instance".to_owned());
    let answer = client_v3(&server)
        .query_resources()
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(
        server.last().json(),
        json!({"limit": 5, "selected_resource_type": "instance"})
    );
    assert_eq!(
        (answer.next_cursor.as_deref(), answer.counts["instance"]),
        (Some("c2"), 2)
    );

    let Some(v3::types::ResourceItemValue::Instance(instance)) = &answer.resources[0].value else {
        unreachable!("{:?}", answer.resources[0])
    };
    assert_eq!(instance.instance_id.as_deref(), Some("i-1"));
    let keys: Vec<Option<&str>> = answer
        .resources
        .iter()
        .map(|item| item.value.as_ref().map(v3::types::ResourceItemValue::key))
        .collect();
    assert_eq!(
        keys,
        [
            Some("instance"),
            Some("storagecontainer"),
            Some("wormhole"),
            None,
            None
        ]
    );
    assert_eq!(serde_json::to_value(&answer.resources).unwrap(), resources);
}

#[tokio::test]
async fn a_value_of_a_known_type_in_another_shape_is_kept_as_it_came() {
    let resources =
        json!([{"resource_type": "instance", "instance": {"instance_id": ["not", "text"]}}]);
    let server = Server::always(Reply::json(200, json!({"resources": resources}))).await;
    let answer = client_v3(&server).query_resources().send().await.unwrap();
    assert!(
        matches!(&answer.resources[0].value, Some(v3::types::ResourceItemValue::Other(key, _)) if key == "instance")
    );
    assert_eq!(serde_json::to_value(&answer.resources).unwrap(), resources);
}

#[tokio::test]
async fn what_was_forgotten_is_named_before_sending() {
    let server = Server::always(Reply::empty(200)).await;
    let client = client_v2(&server);
    let named = |error: Error<v2::types::ApiError>, name: &str| {
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains(name), "{error}");
    };
    let body = v2::types::CreateBadgesRequest::builder().badges(Vec::<v2::types::Badge>::new());
    named(
        client.create_badges().body(body).send().await.unwrap_err(),
        "target_resource_ids",
    );
    named(client.login().send().await.unwrap_err(), "body");
    named(
        client.list_resource_badges().send().await.unwrap_err(),
        "resource_id",
    );
    named(
        client.download_resources_csv().send().await.unwrap_err(),
        "resource_type",
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn failures_that_no_document_describes_keep_status_and_body() {
    let server = Server::always(Reply::new(
        429,
        &[("content-type", "text/plain"), ("x-request-id", "r-1")],
        "slow down",
    ))
    .await;
    let error = client_v2(&server).list_clouds().send().await.unwrap_err();
    assert!(error.is_rate_limited() && error.answer().is_none());
    assert_eq!(
        error.raw_body().map(|body| &body[..]),
        Some(&b"slow down"[..])
    );
    assert_eq!(error.request_id(), Some("r-1"));
    assert!(!error.to_string().contains("slow down"), "{error}");

    let server = Server::always(Reply::html(401, "<html>Sign in")).await;
    let error = client_v2(&server).list_clouds().send().await.unwrap_err();
    assert!(error.is_unauthorized());
    assert!(matches!(error, Error::UnexpectedStatus { .. }));
    let text = error.to_string();
    assert!(
        text.starts_with("list_clouds (GET /v2/public/clouds/list): "),
        "{text}"
    );
    assert!(text.contains("401") && !text.contains("Sign in"), "{text}");
}

#[tokio::test]
async fn a_result_in_another_shape_says_where() {
    let server = Server::always(Reply::json(
        200,
        json!({"clouds": [{"id": 1}, {"id": {"was": "int"}}]}),
    ))
    .await;
    let error = client_v2(&server).list_clouds().send().await.unwrap_err();
    assert!(error.is_decode());
    assert_eq!(error.status(), Some(StatusCode::OK));
    assert!(error.to_string().contains("clouds[1].id"), "{error}");
    assert!(error.raw_body().is_some());
}
