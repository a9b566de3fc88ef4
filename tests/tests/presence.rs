//! What a caller sets is sent, and what it does not set is not: the full sets of the API are cleared by an empty list.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use insightcloudsec_v2::{AUTH, Client, types};
use rapid7_core::{Connection, Credentials};
use serde_json::{Value, json};
use tests::server::{Reply, Server};

/// A client, and the server that it talks to.
async fn client() -> (Client, Server) {
    let server = Server::always(Reply::json(200, "{}")).await;
    let key = Credentials::api_key("k3y");
    let connection = Connection::builder(AUTH, &server.url, key).build().unwrap();
    (Client::new(connection), server)
}

fn sent(server: &Server) -> Value {
    server.seen().last().unwrap().json()
}

const NONE: [String; 0] = [];

#[tokio::test]
async fn an_empty_list_takes_the_role_from_all_groups() {
    let (client, server) = client().await;
    let role = || client.set_role_groups().role_resource_id("role:1");
    let groups = types::SetRoleGroupsRequest::builder;

    let call = role().body(groups().group_resource_ids(NONE)).send().await;
    call.unwrap();
    assert_eq!(sent(&server), json!({ "group_resource_ids": [] }));

    role().body(groups()).send().await.unwrap();
    assert_eq!(sent(&server), json!({}));
}

#[tokio::test]
async fn an_empty_list_clears_badges_and_scopes() {
    let (client, server) = client().await;
    let none: [types::Badge; 0] = [];
    let badges = types::SetRoleBadgesRequest::builder().badges(none);
    let call = client.set_role_badges().role_resource_id("role:1");
    let call = call.badge_filter_operator(types::BadgeFilterOperator::Or);
    call.body(badges).send().await.unwrap();
    assert_eq!(sent(&server), json!({ "badges": [] }));

    let scopes = types::UpdateRoleScopesRequest::builder().resource_ids(NONE);
    let call = client.update_role_scopes().role_resource_id("role:1");
    call.body(scopes).send().await.unwrap();
    assert_eq!(sent(&server), json!({ "resource_ids": [] }));
}

#[test]
fn what_was_read_is_written_as_it_was() {
    for text in [
        json!({}),
        json!({ "resource_ids": [] }),
        json!({ "resource_ids": ["a"] }),
    ] {
        let scopes: types::UpdateRoleScopesRequest = serde_json::from_value(text.clone()).unwrap();
        assert_eq!(serde_json::to_value(&scopes).unwrap(), text);
    }
}
