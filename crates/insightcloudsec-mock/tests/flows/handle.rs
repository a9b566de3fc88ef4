//! The handle: scripts, records, settings.

use crate::{connect, start};
use insightcloudsec_mock::{Mock, Reply};
use rapid7_core::Credentials;
use serde_json::json;

#[tokio::test]
async fn scripts_run_out_and_the_mock_goes_on() {
    let (mock, clients) = start().await;
    let slow = Reply::status(429)
        .header("retry-after", "1")
        .text("slow down");
    mock.on("list_clouds").times(2).respond(slow).unwrap();
    for _ in 0..2 {
        assert!(
            clients
                .v2
                .list_clouds()
                .send()
                .await
                .unwrap_err()
                .is_rate_limited()
        );
    }
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().clouds.len(),
        8
    );

    let empty = Reply::json(200, json!({"clouds": [], "total_count": null}));
    mock.on("GET /v2/public/clouds/list")
        .respond(empty)
        .unwrap();
    mock.on("v2.list_clouds")
        .once()
        .respond(Reply::error(500, "Oops", "try again"))
        .unwrap();
    let failed = clients.v2.list_clouds().send().await.unwrap_err();
    assert_eq!(failed.server_message().unwrap(), "try again");
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        None
    );
    mock.clear_scripts();
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        Some(8)
    );
}

#[tokio::test]
async fn scripts_see_the_request_and_stand_for_paths_that_are_not_known() {
    let (mock, clients) = start().await;
    let echo = |request: &insightcloudsec_mock::Recorded| {
        let limit = request.json().and_then(|body| body["limit"].as_i64());
        Reply::json(200, json!({"clouds": [], "total_count": limit}))
    };
    mock.on("search_clouds").respond_with(echo).unwrap();
    let body = crate::input::<insightcloudsec_v2::types::SearchCloudsRequest>(json!({"limit": 7}));
    let answer = clients.v2.search_clouds().body(body).send().await.unwrap();
    assert_eq!(answer.total_count, Some(7));

    mock.on("GET /v2/public/resource/{resource_id}/detail")
        .respond(Reply::status(503))
        .unwrap();
    let error = clients
        .v2
        .get_resource_detail()
        .resource_id("any")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.status().unwrap(), 503);
    mock.on("get /v9/new").respond(Reply::status(200)).unwrap();
    let unknown = mock
        .on("list_cluods")
        .respond(Reply::status(200))
        .unwrap_err();
    assert!(unknown.to_string().contains("list_cluods"));
}

#[tokio::test]
async fn requests_are_recorded_without_secrets_in_sight() {
    let (mock, clients) = start().await;
    clients.v2.list_clouds().send().await.unwrap();
    clients
        .v2
        .get_resource_detail()
        .resource_id("a:b/c")
        .send()
        .await
        .unwrap_err();
    let requests = mock.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].operation.as_deref(), Some("list_clouds"));
    assert_eq!(requests[0].header("API-Key"), Some(mock.api_key()));
    assert_eq!(
        (requests[1].status, requests[1].path.contains("%2F")),
        (404, true)
    );
    assert!(!format!("{requests:?}").contains(mock.api_key()));
    assert_eq!(mock.requests_of("list_clouds").len(), 1);
    mock.clear_requests();
    assert!(mock.requests().is_empty());
}

#[tokio::test]
async fn settings_hold() {
    let mock = Mock::builder()
        .clouds(3)
        .resources(10)
        .api_key("k3y")
        .user("ada", "p4ss");
    assert!(!format!("{mock:?}").contains("p4ss"));
    let mock = mock.start().await.unwrap();
    let clients = connect(&mock, Credentials::api_key("k3y"));
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        Some(3)
    );
    let login = connect(&mock, Credentials::login("ada", "p4ss"));
    assert!(login.v2.list_users().send().await.is_ok());
    assert_eq!(mock.state(|state| state.resources().len()), 10);

    let empty = Mock::builder().empty().start().await.unwrap();
    let clients = connect(&empty, Credentials::api_key(empty.api_key()));
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        Some(0)
    );
    assert_eq!(
        clients.v2.list_users().send().await.unwrap().total_count,
        Some(1)
    );
}

#[tokio::test]
async fn a_dropped_mock_frees_its_port() {
    let mock = Mock::start().await.unwrap();
    let port = mock.url().rsplit(':').next().unwrap().parse().unwrap();
    let taken = Mock::builder().port(port).start().await.unwrap_err();
    assert!(taken.to_string().contains(&port.to_string()));
    let clients = connect(&mock, Credentials::api_key(mock.api_key()));
    drop(mock);
    assert!(
        clients
            .v2
            .list_clouds()
            .send()
            .await
            .unwrap_err()
            .is_connect()
    );
}
