//! Lists in pages, as clients read them, big ones too.

use std::collections::BTreeSet;

use crate::{Clients, connect, input, some, start};
use insightcloudsec_mock::{Faults, Mock, PageStyle, PagedList, Reply};
use insightcloudsec_v2 as v2;
use insightcloudsec_v3 as v3;
use rapid7_core::Credentials;
use rapid7_core::paging::PagingEnd;
use serde_json::{Value, json};

async fn start_with(resources: usize) -> (Mock, Clients) {
    let mock = Mock::builder().resources(resources).start().await.unwrap();
    let clients = connect(&mock, Credentials::api_key(mock.api_key()));
    (mock, clients)
}

/// The id of a resource in a query's answer.
fn id(item: &impl serde::Serialize) -> String {
    let item = serde_json::to_value(item).unwrap();
    let kind = item["resource_type"].as_str().unwrap();
    let id = item[kind]["common"]["resource_id"].as_str();
    id.unwrap().to_owned()
}

#[tokio::test]
async fn every_style_gives_the_same_resources_in_the_same_order() {
    let (mock, clients) = start_with(2345).await;
    let all: Vec<String> = mock.state(|state| state.resources().iter().map(id).collect());
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 2345);

    let by_cursor = clients.v3.query_resources().items().page_size(1000);
    let by_cursor = by_cursor.all(5000).await.unwrap();
    assert_eq!(by_cursor.iter().map(id).collect::<Vec<_>>(), all);

    let by_offset = clients.v2.query_resources().items().page_size(700);
    let by_offset = by_offset.concurrency(3).all(5000).await.unwrap();
    assert_eq!(by_offset.iter().map(id).collect::<Vec<_>>(), all);

    let body = input::<v2::types::SearchResourcesRequest>(json!({"search_string": ""}));
    let mut found = clients.v2.search_resources().body(body).items();
    found = found.page_size(1000);
    let mut ids = Vec::new();
    while let Some(one) = found.next().await {
        ids.push(some(&one.unwrap().resource_id));
    }
    assert_eq!(ids, all);
    assert_eq!(found.progress().total, Some(2345));
}

#[tokio::test]
async fn the_order_of_a_query_holds_over_its_pages() {
    let (_mock, clients) = start_with(500).await;
    let sorted = |order: &str| {
        // The one member has few values, so that most rows are equal.
        let body = input::<v3::types::QueryResourcesRequest>(json!({"order_by": order}));
        clients.v3.query_resources().body(body).items()
    };
    let regions = |items: Vec<v3::types::ResourceItem>| -> Vec<(String, String)> {
        let regions = items.iter().map(|item| {
            let common = item.value.as_ref().unwrap().common().unwrap();
            (some(&common.region), id(item))
        });
        regions.collect()
    };
    let small = regions(sorted("region ASC").page_size(7).all(1000).await.unwrap());
    let large = regions(
        sorted("region ASC")
            .page_size(1000)
            .all(1000)
            .await
            .unwrap(),
    );
    assert_eq!(small, large);
    assert!(small.is_sorted_by_key(|(region, _)| region.clone()));
    assert_eq!(small.len(), 500);
}

#[tokio::test]
async fn a_hundred_thousand_resources() {
    let (_mock, clients) = start_with(100_000).await;
    let body = input::<v2::types::QueryResourcesRequest>(json!({"offset": 99_500}));
    let mut last = clients.v2.query_resources().body(body).items();
    last = last.page_size(300);
    let mut ids = BTreeSet::new();
    while let Some(one) = last.next().await {
        ids.insert(id(&one.unwrap()));
    }
    assert_eq!((ids.len(), last.end()), (500, Some(PagingEnd::Complete)));

    let mut first = clients.v3.query_resources().items().page_size(1000);
    first = first.max_items(2500);
    while let Some(one) = first.next().await {
        ids.insert(id(&one.unwrap()));
    }
    assert_eq!((ids.len(), first.end()), (3000, Some(PagingEnd::Capped)));
}

#[tokio::test]
async fn page_sizes_have_limits() {
    let (_mock, clients) = start_with(1500).await;
    for (limit, rows) in [(1, Some(1)), (1000, Some(1000)), (0, None), (1001, None)] {
        let body = json!({"limit": limit});
        let v2 = clients.v2.query_resources();
        let v2 = v2.body(input::<v2::types::QueryResourcesRequest>(body.clone()));
        let v2 = v2.send().await.map(|page| page.resources.len());
        assert_eq!(v2.ok(), rows, "v2, {limit}");
        let v3 = clients.v3.query_resources();
        let v3 = v3.body(input::<v3::types::QueryResourcesRequest>(body));
        let v3 = v3.send().await.map(|page| page.resources.len());
        assert_eq!(v3.ok(), rows, "v3, {limit}");
    }
}

#[tokio::test]
async fn numbered_pages_lead_through_the_list() {
    let (_mock, clients) = start().await;
    let ids = |page_size| {
        let all = clients.v3.list_vulnerabilities().items();
        let all = all.page_size(page_size).concurrency(2).all(100);
        async move {
            let all = all.await.unwrap();
            let all = all.iter().map(|one| serde_json::to_value(one).unwrap());
            all.collect::<Vec<Value>>()
        }
    };
    let large = ids(100).await;
    assert_eq!(large.len(), 42);
    assert_eq!(ids(5).await, large);
}

#[tokio::test]
async fn a_resource_that_was_made_up_can_be_changed() {
    let (mock, clients) = start().await;
    let before = mock.state(|state| state.resources());
    let instance = before.iter().find(|one| one["resource_type"] == "instance");
    let body =
        json!({"resource_ids": [id(instance.unwrap())], "owner_resource_id": "divvyuser:2:"});
    let set = clients.v2.set_resource_owner();
    let set = set.body(input::<v2::types::SetResourceOwnerRequest>(body));
    set.send().await.unwrap();

    let mut expected = before.clone();
    let changed = expected
        .iter_mut()
        .find(|one| one["resource_type"] == "instance");
    changed.unwrap()["instance"]["common"]["owner_resource_id"] = json!("divvyuser:2:");
    let after = mock.state(|state| state.resources());
    assert!(after != before);
    assert_eq!(after, expected);
}

/// A list that an operation answers with, and what the client reads of it.
fn found(list: &PagedList, mock: &Mock) {
    let list = list.clone();
    let handled = mock.handle("v2.search_resources", move |request| list.answer(request));
    handled.unwrap();
}

#[tokio::test]
async fn a_paged_list_takes_the_place_of_an_operation() {
    let (mock, clients) = start_with(3).await;
    let search = || {
        let body = input::<v2::types::SearchResourcesRequest>(json!({"search_string": ""}));
        let found = clients.v2.search_resources().body(body).items();
        async {
            let all = found.page_size(700).all(5000).await;
            all.map(|all| all.iter().map(|one| some(&one.resource_id)).collect())
        }
    };
    let row = |id: u64| json!({"resource_id": id.to_string()});
    let list = PagedList::new(PageStyle::OffsetBody, "resources", 0..2345, row);
    found(&list, &mock);
    let ids: Vec<String> = search().await.unwrap();
    assert_eq!(ids, (0..2345).map(|id| id.to_string()).collect::<Vec<_>>());

    assert!(list.remove(7) && !list.remove(7) && list.insert(9999) && !list.insert(9999));
    let ids: Vec<String> = search().await.unwrap();
    let now: Vec<String> = list.ids().iter().map(u64::to_string).collect();
    assert_eq!(ids, now);

    // Faults come before the handler, scripts before the faults.
    mock.faults(Faults::seeded(1).rate(1.0).mix([Reply::status(404).into()]));
    assert!(search().await.is_err());
    mock.clear_faults();
    let other = Reply::json(200, json!({"resources": [], "total_count": 0}));
    mock.on("search_resources").once().respond(other).unwrap();
    assert_eq!(search().await.unwrap(), [""; 0]);
    mock.clear_handlers();
    assert_eq!(search().await.unwrap().len(), 3);

    let unknown = mock.handle("search_resource", |_| Reply::status(200));
    assert!(unknown.is_err());
    assert!(mock.handle("GET /nowhere", |_| Reply::status(200)).is_err());
}

#[tokio::test]
async fn a_paged_list_has_cursors_that_hold() {
    let (mock, clients) = start_with(3).await;
    let row = |id: u64| json!({"resource_type": "instance", "instance": {"common": {"resource_id": id.to_string()}}});
    let list = PagedList::new(
        PageStyle::CursorBody,
        "resources",
        (0..100).map(|id| id * 10),
        row,
    );
    let list = list.page_sizes(7, 7);
    let read = list.clone();
    let handled = mock.handle("v3.query_resources", move |request| {
        let answer = read.answer(request);
        // What is read is gone, and what is not gets more.
        let first = read.ids().first().copied().unwrap_or_default();
        read.remove(first);
        read.insert(first + 995);
        answer
    });
    handled.unwrap();
    let all = clients
        .v3
        .query_resources()
        .items()
        .all(1000)
        .await
        .unwrap();
    let ids: Vec<u64> = all.iter().map(|one| id(one).parse().unwrap()).collect();
    assert!(ids.is_sorted_by(|one, other| one < other), "none twice");
    let stayed = |id: &&u64| **id >= 500 && id.is_multiple_of(10);
    assert_eq!(ids.iter().filter(stayed).count(), 50);

    let foreign = input::<v3::types::QueryResourcesRequest>(json!({"cursor": "made up"}));
    let refused = clients.v3.query_resources().body(foreign).send().await;
    assert_eq!(refused.unwrap_err().status().unwrap(), 400);
}
