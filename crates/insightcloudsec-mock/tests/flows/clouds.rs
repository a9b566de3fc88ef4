//! Clouds, their regions, badges and resources.

use crate::{input, some, start};
use insightcloudsec_v2::types;
use serde_json::{Value, json};

fn search(options: Value) -> types::SearchCloudsRequest {
    input(options)
}

#[tokio::test]
async fn clouds_come_and_go() {
    let (_mock, clients) = start().await;
    let params = json!({
        "cloud_type": "AWS", "authentication_type": "assume_role", "name": "audit",
        "account_number": "123456789012", "role_arn": "arn:aws:iam::123456789012:role/x",
        "api_key": "k3y", "secret_key": "s3cret", "duration": 3600, "session_name": "x",
    });
    let body = input::<types::AddCloudRequest>(json!({"creation_params": params}));
    let added = clients
        .v2
        .add_cloud()
        .body(body.clone())
        .send()
        .await
        .unwrap();
    assert_eq!(added.name.as_deref(), Some("audit"));
    let twice = clients.v2.add_cloud().body(body).send().await.unwrap_err();
    assert_eq!(twice.status().unwrap(), 400);

    let id = some(&added.resource_id);
    let status = json!({"resource_ids": [&id], "status": "PAUSED"});
    let status = input::<types::SetCloudStatusRequest>(status);
    clients
        .v2
        .set_cloud_status()
        .body(status)
        .send()
        .await
        .unwrap();
    let body = input::<types::SetResourceNameRequest>(json!({"name": "audit-2"}));
    clients
        .v2
        .set_resource_name()
        .resource_id(&id)
        .body(body)
        .send()
        .await
        .unwrap();
    let found = clients
        .v2
        .search_clouds()
        .body(search(json!({"search_string": "AUDIT"})));
    let found = found.send().await.unwrap().into_inner();
    assert_eq!(found.total_count, Some(1));
    assert_eq!(found.clouds[0].name.as_deref(), Some("audit-2"));
    assert_eq!(found.clouds[0].status.as_deref(), Some("PAUSED"));

    clients
        .v2
        .delete_cloud()
        .cloud_resource_id(&id)
        .send()
        .await
        .unwrap();
    let gone = clients
        .v2
        .delete_cloud()
        .cloud_resource_id(&id)
        .send()
        .await
        .unwrap_err();
    assert!(gone.is_not_found());
    assert_eq!(
        clients.v2.list_clouds().send().await.unwrap().total_count,
        Some(8)
    );
}

#[tokio::test]
async fn pages_of_clouds_make_up_the_list() {
    let (_mock, clients) = start().await;
    let mut names = Vec::new();
    for offset in [0, 3, 6, 9] {
        let options = json!({"limit": 3, "offset": offset, "order_by": "name ASC", "filters": []});
        let page = clients
            .v2
            .search_clouds()
            .body(search(options))
            .send()
            .await
            .unwrap();
        assert_eq!(page.total_count, Some(8));
        names.extend(page.clouds.iter().map(|cloud| some(&cloud.name)));
    }
    assert_eq!(names.len(), 8);
    assert!(names.is_sorted());
}

#[tokio::test]
async fn regions_are_switched_off_and_on() {
    let (_mock, clients) = start().await;
    let list = || {
        clients
            .v2
            .list_cloud_regions()
            .cloud_resource_id("divvyorganizationservice:1")
            .send()
    };
    let region = some(&list().await.unwrap().regions[0].resource_id);
    let disable = clients
        .v2
        .disable_cloud_region()
        .service_region_resource_id(&region);
    disable.send().await.unwrap();
    assert_eq!(
        list().await.unwrap().regions[0].status.as_deref(),
        Some("DISABLED")
    );
    let enable = clients
        .v2
        .enable_cloud_region()
        .service_region_resource_id(&region);
    enable.send().await.unwrap();
    assert_eq!(
        list().await.unwrap().regions[0].status.as_deref(),
        Some("DEFAULT")
    );
}

#[tokio::test]
async fn badges_are_added_once() {
    let (_mock, clients) = start().await;
    let id = "divvyorganizationservice:2";
    let badges = json!({"target_resource_ids": [id], "badges": [{"key": "team", "value": "blue"}]});
    let create = || {
        let body = input::<types::CreateBadgesRequest>(badges.clone());
        clients.v2.create_badges().body(body).send()
    };
    assert_eq!(create().await.unwrap().status(), 204);
    let twice = create().await.unwrap_err();
    assert_eq!(twice.status().unwrap(), 400);
    assert!(twice.server_message().unwrap().contains("team"));

    let list = || clients.v2.list_resource_badges().resource_id(id).send();
    assert_eq!(list().await.unwrap().len(), 2, "one came with the cloud");
    let wanted = json!({"badges": [{"key": "team", "value": "blue"}]});
    let by_badge = clients.v2.list_clouds_by_badge();
    let by_badge = by_badge
        .body(input::<types::ListCloudsByBadgeRequest>(wanted))
        .send();
    assert_eq!(by_badge.await.unwrap()[0].resource_id.as_deref(), Some(id));

    let body = input::<types::DeleteBadgesRequest>(badges.clone());
    clients.v2.delete_badges().body(body).send().await.unwrap();
    assert_eq!(list().await.unwrap().len(), 1);
    let body = input::<types::SetResourceBadgesRequest>(json!({"badges": []}));
    clients
        .v2
        .set_resource_badges()
        .resource_id(id)
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(list().await.unwrap().len(), 0);
}

/// The record of an instance.
fn instance(detail: &types::ResourceDetail) -> &types::InstanceResource {
    match detail.details.as_ref().unwrap().value.as_ref().unwrap() {
        types::ResourceItemValue::Instance(instance) => instance,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_resource_has_details_and_tags() {
    let (mock, clients) = start().await;
    let id = mock.state(|state| {
        let cloud = json!("divvyorganizationservice:1");
        let given = json!({"resource_name": "web", "tags": {"owner": "ada"}, "instance": {"state": "stopped"}});
        let added = state.add_resource(&cloud, "instance", given).unwrap();
        added["instance"]["common"]["resource_id"].as_str().unwrap().to_owned()
    });
    let get = || clients.v2.get_resource_detail().resource_id(&id).send();
    let detail = get().await.unwrap();
    assert_eq!(instance(&detail).state.as_deref(), Some("stopped"));
    let name = instance(&detail)
        .common
        .as_ref()
        .unwrap()
        .resource_name
        .as_deref();
    assert_eq!(name, Some("web"));
    let tags = clients
        .v2
        .list_resource_tags()
        .resource_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(tags.resource_tags[0].value.as_deref(), Some("ada"));

    clients
        .v2
        .start_instance()
        .instance_resource_id(&id)
        .send()
        .await
        .unwrap();
    assert_eq!(
        instance(&get().await.unwrap()).state.as_deref(),
        Some("running")
    );
    let unknown = clients
        .v2
        .get_resource_detail()
        .resource_id("instance:9:x:y:")
        .send()
        .await;
    assert!(unknown.unwrap_err().is_not_found());
}
