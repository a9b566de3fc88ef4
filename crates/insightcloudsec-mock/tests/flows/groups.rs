//! Bots, resource groups, user groups and roles.

use crate::{input, some, start};
use insightcloudsec_v2::types;
use serde_json::json;

#[tokio::test]
async fn a_bot_is_made_paused_and_archived() {
    let (_mock, clients) = start().await;
    let body = json!({
        "name": "Cleaner", "severity": "high", "category": "Security",
        "instructions": {"resource_types": ["instance"], "filters": [], "actions": []},
    });
    let body = input::<types::CreateBotRequest>(body);
    let id = some(
        &clients
            .v2
            .create_bot()
            .body(body)
            .send()
            .await
            .unwrap()
            .resource_id,
    );
    let get = || clients.v2.get_bot().bot_id(&id).send();
    clients.v2.pause_bot().bot_id(&id).send().await.unwrap();
    assert_eq!(get().await.unwrap().state, Some(types::BotState::Paused));
    clients.v2.resume_bot().bot_id(&id).send().await.unwrap();
    assert_eq!(get().await.unwrap().state, Some(types::BotState::Running));

    let list = || {
        let options = json!({"filters": [], "limit": 2, "offset": 2, "order_by": "name ASC"});
        clients
            .v2
            .list_bots()
            .body(input::<types::ListBotsRequest>(options))
            .send()
    };
    assert_eq!(
        (
            list().await.unwrap().bots.len(),
            list().await.unwrap().count
        ),
        (2, Some(4))
    );
    clients.v2.archive_bot().bot_id(&id).send().await.unwrap();
    assert_eq!(list().await.unwrap().count, Some(3));
    let unknown = clients
        .v2
        .get_bot_via_get()
        .bot_id("divvybot:9:9")
        .send()
        .await
        .unwrap_err();
    assert!(unknown.is_not_found());
}

#[tokio::test]
async fn resources_go_into_groups() {
    let (mock, clients) = start().await;
    let body = json!({"group_name": "Night shift", "group_owner_type": "organization"});
    let body = input::<types::CreateResourceGroupRequest>(body);
    let group = clients
        .v2
        .create_resource_group()
        .body(body)
        .send()
        .await
        .unwrap();
    let resource = mock.state(|state| state.resources()[0]["instance"]["common"].clone());
    let body = json!({"resource_ids": [resource["resource_id"]], "resource_group_ids": [group.id]});
    let body = input::<types::AddResourceGroupMembersRequest>(body);
    clients
        .v2
        .add_resource_group_members()
        .body(body)
        .send()
        .await
        .unwrap();
    let members = clients
        .v2
        .list_resource_group_members()
        .resource_group_id(some(&group.id));
    assert_eq!(members.send().await.unwrap().resources.len(), 1);
    let query = input::<types::QueryResourcesRequest>(json!({"scopes": [group.id]}));
    let found = clients
        .v2
        .query_resources()
        .body(query)
        .send()
        .await
        .unwrap();
    assert_eq!(found.resources.len(), 1);
}

#[tokio::test]
async fn groups_have_users_and_roles() {
    let (_mock, clients) = start().await;
    let body = input::<types::CreateGroupRequest>(json!({"group_name": "Night shift"}));
    let group = clients
        .v2
        .create_group()
        .body(body)
        .send()
        .await
        .unwrap()
        .into_inner();
    let id = some(&group.group.unwrap().resource_id);
    let body = input::<types::AddGroupUsersRequest>(json!({"user_resource_ids": ["divvyuser:2:"]}));
    let add = clients
        .v2
        .add_group_users()
        .group_resource_id(&id)
        .body(body);
    assert_eq!(
        add.send().await.unwrap().group.as_ref().unwrap().users,
        Some(1)
    );

    let role = input::<types::CreateRoleRequest>(json!({"name": "Viewer", "view": true}));
    let role = some(
        &clients
            .v2
            .create_role()
            .body(role)
            .send()
            .await
            .unwrap()
            .resource_id,
    );
    let body = input::<types::SetGroupRolesRequest>(json!({"resource_ids": [role]}));
    let set = clients
        .v2
        .set_group_roles()
        .group_resource_id(&id)
        .body(body);
    assert_eq!(
        set.send().await.unwrap().group.as_ref().unwrap().roles,
        Some(1)
    );
    let roles = clients
        .v2
        .list_group_roles()
        .group_resource_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(roles.roles[0].name.as_deref(), Some("Viewer"));

    clients
        .v2
        .delete_group()
        .group_resource_id(&id)
        .send()
        .await
        .unwrap();
    let gone = clients
        .v2
        .list_group_users()
        .group_resource_id(&id)
        .send()
        .await
        .unwrap_err();
    assert!(gone.is_not_found());
}
