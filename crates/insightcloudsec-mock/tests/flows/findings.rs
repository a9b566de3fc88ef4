//! Insights, packs, exemptions, and the queries that show what they find.

use crate::{Clients, input, some, start};
use insightcloudsec_v2::types;
use insightcloudsec_v3 as v3;
use serde_json::{Value, json};

/// All resources of a query, page after page.
async fn query_all(clients: &Clients, mut query: Value) -> Vec<Value> {
    let mut all = Vec::new();
    loop {
        let body = input::<v3::types::QueryResourcesRequest>(query.clone());
        let page = clients
            .v3
            .query_resources_for_export()
            .body(body)
            .send()
            .await
            .unwrap();
        all.extend(
            page.resources
                .iter()
                .map(|one| serde_json::to_value(one).unwrap()),
        );
        match &page.next_cursor {
            Some(cursor) => query["cursor"] = json!(cursor),
            None => return all,
        }
    }
}

/// The id of a resource, whatever its kind.
fn id(resource: &Value) -> String {
    let kind = resource["resource_type"].as_str().unwrap();
    resource[kind]["common"]["resource_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn cursors_lead_through_all_resources() {
    let (mock, clients) = start().await;
    let ids = |all: Vec<Value>| -> Vec<String> { all.iter().map(id).collect() };
    let all = mock.state(|state| state.resources());
    assert_eq!(
        ids(query_all(&clients, json!({"limit": 70})).await),
        ids(all)
    );
    let instances = query_all(
        &clients,
        json!({"limit": 10, "selected_resource_type": "instance"}),
    );
    assert_eq!(instances.await.len(), 25);

    let other = json!({"cursor": "0123", "limit": 10});
    let body = input::<v3::types::QueryResourcesRequest>(other);
    let refused = clients
        .v3
        .query_resources()
        .body(body)
        .send()
        .await
        .unwrap_err();
    assert_eq!(refused.status().unwrap(), 400);
    let body = input::<v3::types::QueryResourcesRequest>(json!({"limit": 1001}));
    let refused = clients
        .v3
        .query_resources()
        .body(body)
        .send()
        .await
        .unwrap_err();
    let body = String::from_utf8_lossy(refused.raw_body().unwrap()).into_owned();
    assert!(
        body.contains("messages") && body.contains("limit"),
        "{body}"
    );
}

#[tokio::test]
async fn scopes_and_badges_select() {
    let (_mock, clients) = start().await;
    let scope = json!({"scopes": ["divvyorganizationservice:1"], "limit": 1000});
    let in_cloud = query_all(&clients, scope).await;
    assert_eq!(in_cloud.len(), 25);
    let cloud = clients.v2.list_clouds().send().await.unwrap().clouds[0].clone();
    let badges = clients
        .v2
        .list_resource_badges()
        .resource_id(some(&cloud.resource_id));
    let badges = badges.send().await.unwrap().into_inner();
    let with_badge = json!({"badges": badges, "limit": 1000});
    let with_badge = query_all(&clients, with_badge).await;
    assert!(in_cloud.iter().all(|one| with_badge.contains(one)));
}

#[tokio::test]
async fn an_insight_finds_until_exempt() {
    let (_mock, clients) = start().await;
    let get = || {
        clients
            .v2
            .get_insight()
            .insight_id(1)
            .source("backoffice")
            .send()
    };
    let before = get()
        .await
        .unwrap()
        .counts
        .clone()
        .unwrap()
        .results
        .unwrap();
    assert!(before > 0, "the seed must have findings");
    let query = json!({"insight": "backoffice:1", "limit": 1000});
    let found = query_all(&clients, query.clone()).await;
    assert_eq!(i64::try_from(found.len()).unwrap(), before);

    let id = id(&found[0]);
    let violations = clients
        .v2
        .list_resource_violations()
        .resource_id(&id)
        .send()
        .await
        .unwrap();
    assert!(
        violations
            .iter()
            .any(|one| one.name.as_deref() == Some("Instance with a public address"))
    );
    let body = json!({
        "approver": "ada", "insight_id": 1, "insight_source": "backoffice", "resource_ids": [id],
        "resource_type": "instance", "start_date": "2030-01-31",
    });
    let body = input::<types::CreateExemptionsRequest>(body);
    let exemption = clients
        .v2
        .create_exemptions()
        .body(body)
        .send()
        .await
        .unwrap()[0]
        .clone();
    assert_eq!(
        get().await.unwrap().counts.clone().unwrap().results,
        Some(before - 1)
    );
    assert_eq!(query_all(&clients, query).await.len(), found.len() - 1);

    let list = || {
        let list = clients.v2.list_exemptions().page(1).page_size(10);
        list.body(input::<types::ListExemptionsRequest>(json!({})))
            .send()
    };
    assert_eq!(
        list().await.unwrap().data[0].resource_id.as_deref(),
        Some(id.as_str())
    );
    let body = json!({"exemption_ids": [exemption.exemption_id]});
    let body = input::<types::DeleteExemptionsRequest>(body);
    clients
        .v2
        .delete_exemptions()
        .body(body)
        .send()
        .await
        .unwrap();
    assert_eq!(list().await.unwrap().total_count, Some(0));
    assert_eq!(
        get().await.unwrap().counts.clone().unwrap().results,
        Some(before)
    );
}

#[tokio::test]
async fn insights_are_written_and_packed() {
    let (_mock, clients) = start().await;
    let insight = |name: &str, severity: i64| {
        input::<types::InsightInput>(json!({
            "name": name, "description": "", "severity": severity, "resource_types": ["volume"],
            "filters": [], "scopes": [],
        }))
    };
    let created = clients
        .v2
        .create_insight()
        .body(insight("Mine", 4))
        .send()
        .await
        .unwrap();
    let number = created.insight_id.unwrap();
    let edit = clients
        .v2
        .update_insight()
        .insight_id(number)
        .body(insight("Ours", 5));
    edit.send().await.unwrap();
    let worst = clients
        .v2
        .create_insight()
        .body(insight("Mine", 6))
        .send()
        .await
        .unwrap_err();
    assert_eq!(worst.status().unwrap(), 400);

    let pack = input::<types::PackInput>(json!({"name": "Mine", "custom": [number]}));
    let pack = clients.v2.create_pack().body(pack).send().await.unwrap();
    let pack = format!("custom:{}", pack.pack_id.unwrap());
    let listed = clients
        .v2
        .list_insights()
        .pack_ids(&pack)
        .send()
        .await
        .unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(
        (listed[0].name.as_deref(), listed[0].severity),
        (Some("Ours"), Some(5))
    );

    clients
        .v2
        .delete_insight()
        .insight_id(number)
        .send()
        .await
        .unwrap();
    let gone = clients
        .v2
        .get_insight()
        .insight_id(number)
        .source("custom")
        .send()
        .await;
    assert!(gone.unwrap_err().is_not_found());
    let built_in = clients
        .v2
        .delete_insight()
        .insight_id(1)
        .send()
        .await
        .unwrap_err();
    assert!(built_in.is_not_found(), "those of the vendor stay");
    assert_eq!(clients.v2.list_packs().send().await.unwrap().len(), 4);
}

#[tokio::test]
async fn findings_of_a_cloud_match_its_insights() {
    let (_mock, clients) = start().await;
    let page = clients
        .v4
        .list_cloud_findings()
        .organization_service_id(1)
        .send()
        .await
        .unwrap();
    let insights = clients.v2.list_insights().send().await.unwrap();
    let names: Vec<_> = insights.iter().map(|one| some(&one.name)).collect();
    assert!(!page.results.is_empty());
    assert!(
        page.results
            .iter()
            .all(|row| names.contains(&some(&row.insight_name)))
    );
    let unknown = clients
        .v4
        .list_cloud_findings()
        .organization_service_id(99)
        .send()
        .await;
    assert!(unknown.unwrap_err().is_not_found());
}

#[tokio::test]
async fn a_scorecard_has_a_section_for_each_pack() {
    let (_mock, clients) = start().await;
    let body = input::<types::ExportComplianceScorecardRequest>(json!({}));
    let export = clients
        .v2
        .export_compliance_scorecard()
        .pack_ids("backoffice:1")
        .body(body);
    let scorecard = export.send().await.unwrap();
    assert!(
        scorecard
            .scorecard
            .as_ref()
            .unwrap()
            .section
            .contains_key("Baseline")
    );
}

#[tokio::test]
async fn vulnerabilities_have_a_last_page() {
    let (_mock, clients) = start().await;
    let page = |number: i64| {
        let list = clients.v3.list_vulnerabilities().page(number).page_size(20);
        list.body(input::<v3::types::EmptyBody>(json!({}))).send()
    };
    assert_eq!(page(1).await.unwrap().data.len(), 20);
    let last = page(3).await.unwrap();
    assert_eq!((last.data.len(), last.total_pages), (2, Some(3)));
    assert!(page(0).await.is_err());
}
