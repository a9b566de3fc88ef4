//! Bodies of requests: JSON of every shape, and everything else.

use crate::wire::{ANY, JSON, OF_JSON, Reply, Wire};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wire_openapi30::{Client, operations as op, types};

pub async fn check(wire: &Wire, client: &Client) {
    structs(wire, client).await;
    sets(wire, client).await;
    unions(wire, client).await;
    values(wire, client).await;
    open_shapes(wire, client).await;
    raw(wire, client).await;
    forms(wire, client).await;
    choices(wire, client).await;
    unusual_methods(wire, client).await;
}

fn nothing() -> Reply {
    Reply::empty(204)
}

fn named() -> types::builder::NamedInput {
    types::NamedInput::builder().name("a")
}

async fn structs(wire: &Wire, client: &Client) {
    let item = types::ItemInput::builder()
        .name("a")
        .owner("ada")
        .pin("1234")
        .tags(vec!["x".to_owned()])
        .type_("t")
        .n2fa(true)
        .lt_eq(11.5)
        .since("yesterday");
    let reply = json!({ "id": 7, "name": "a", "owner": null, "<=": 1, "2fa": false, "tags": null, "unknown": [1] });
    let (sent, answer) = wire
        .call(
            &op::SEND_ITEM,
            Reply::json(201, reply),
            client.send_item().body(item).send(),
        )
        .await;
    let body = json!({
        "name": "a", "owner": "ada", "pin": "1234", "tags": ["x"], "type": "t", "2fa": true, "<=": 11.5, "since": "yesterday",
    });
    sent.is("POST /api/v1/bodies/item", &[JSON, OF_JSON], body);
    let answer = answer.unwrap();
    assert_eq!(answer.status().as_u16(), 201);
    assert_eq!(
        (answer.value().id, answer.value().lt_eq, answer.value().n2fa),
        (Some(7), Some(1.0), Some(false))
    );
    assert!(answer.value().owner.is_none() && answer.value().tags.is_empty());

    // A required member that may be null is null where it is not given, an optional one is left out.
    let item = types::ItemInput::builder().name("a").pin("1234");
    let (sent, answer) = wire
        .call(
            &op::SEND_ITEM,
            Reply::json(201, json!({})),
            client.send_item().body(item).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/item",
        &[JSON, OF_JSON],
        json!({ "name": "a", "owner": null, "pin": "1234" }),
    );
    answer.unwrap();
    wire.refused(
        &op::SEND_ITEM,
        client
            .send_item()
            .body(types::ItemInput::builder().owner("b"))
            .send(),
    )
    .await;
    wire.refused(&op::SEND_ITEM, client.send_item().send())
        .await;

    let reply = Reply::typed(
        200,
        "application/vnd.wire+json; version=1",
        r#"{"name":"b"}"#,
    );
    let (sent, answer) = wire
        .call(
            &op::SEND_PATCH,
            reply,
            client.send_patch().body(named()).send(),
        )
        .await;
    let headers = [
        "accept: application/vnd.wire+json; version=1",
        "content-type: application/merge-patch+json",
    ];
    sent.is(
        "PATCH /api/v1/bodies/patch",
        &headers,
        json!({ "name": "a" }),
    );
    assert_eq!(answer.unwrap().into_inner().name.as_deref(), Some("b"));

    let dog = types::DogInput::builder().name("Rex").kind("hound").bark(3);
    let body = json!({ "name": "Rex", "kind": "hound", "bark": 3 });
    let reply = Reply::json(200, body.clone());
    let (sent, answer) = wire
        .call(
            &op::SEND_COMPOSED,
            reply,
            client.send_composed().body(dog).send(),
        )
        .await;
    sent.is("PUT /api/v1/bodies/composed", &[JSON, OF_JSON], body);
    assert_eq!(answer.unwrap().into_inner().bark, Some(3));
}

/// An empty list or map that is set may mean "none of them", and is sent; one that is not set is not.
async fn sets(wire: &Wire, client: &Client) {
    let none: [String; 0] = [];
    let empty = types::SendSetsRequest::builder()
        .list(none.clone())
        .map(BTreeMap::new())
        .free(serde_json::Map::new())
        .nullable(none)
        .objects([
            types::Sets::builder()
                .list(Vec::<i64>::new())
                .matrix(Vec::<Vec<i64>>::new()),
            types::Sets::builder().matrix([vec![], vec![1_i64]]),
            types::Sets::builder(),
        ]);
    let (sent, answer) = wire
        .call(
            &op::SEND_SETS,
            nothing(),
            client.send_sets().body(empty).send(),
        )
        .await;
    let body = json!({
        "list": [], "map": {}, "free": {}, "nullable": [],
        "objects": [{ "list": [], "matrix": [] }, { "matrix": [[], [1]] }, {}],
    });
    sent.is("POST /api/v1/bodies/sets", &[ANY, OF_JSON], body);
    answer.unwrap();

    let unset = types::SendSetsRequest::builder();
    let (sent, answer) = wire
        .call(
            &op::SEND_SETS,
            nothing(),
            client.send_sets().body(unset).send(),
        )
        .await;
    sent.is("POST /api/v1/bodies/sets", &[ANY, OF_JSON], json!({}));
    answer.unwrap();
}

async fn unions(wire: &Wire, client: &Client) {
    let cat: types::CatInput = types::CatInput::builder()
        .kind("cat")
        .lives(9)
        .try_into()
        .unwrap();
    // Every member of a dog is there too: only the discriminator tells.
    let reply = json!([
        { "kind": "hound", "name": "Rex", "bark": 1, "lives": 1 },
        { "kind": "cat", "name": "Tom", "bark": 1, "lives": 9 },
        { "kind": "newt", "gills": 2 },
    ]);
    let request = client.send_union().body(types::PetInput::from(cat));
    let (sent, answer) = wire
        .call(&op::SEND_UNION, Reply::json(200, reply), request.send())
        .await;
    sent.is(
        "POST /api/v1/bodies/union",
        &[JSON, OF_JSON],
        json!({ "kind": "cat", "lives": 9 }),
    );
    match answer.unwrap().into_inner().as_slice() {
        [
            types::Pet::Dog(dog),
            types::Pet::Cat(cat),
            types::Pet::Other(other),
        ] => {
            assert_eq!((dog.bark, cat.lives), (Some(1), Some(9)));
            assert_eq!(other["gills"], 2);
        }
        other => panic!("{other:?}"),
    }

    let role: types::RoleInput = types::RoleInput::builder()
        .access("a")
        .role("r")
        .try_into()
        .unwrap();
    let reply =
        json!([{ "access": "a" }, { "access": "a", "role": "r" }, { "access": "a", "more": 1 }, 5]);
    let request = client.send_guessed().body(types::LoginInput::from(role));
    let (sent, answer) = wire
        .call(&op::SEND_GUESSED, Reply::json(200, reply), request.send())
        .await;
    sent.is(
        "POST /api/v1/bodies/guessed",
        &[JSON, OF_JSON],
        json!({ "access": "a", "role": "r" }),
    );
    let logins = answer.unwrap().into_inner();
    assert!(
        matches!(
            logins.as_slice(),
            [
                types::Login::Key(_),
                types::Login::Role(_),
                types::Login::Key(_),
                types::Login::Other(_)
            ]
        ),
        "{logins:?}"
    );
}

async fn values(wire: &Wire, client: &Client) {
    let body = types::SendEnumsRequest::builder()
        .level(types::Level::LtEq)
        .number(3)
        .joined("down")
        .levels(vec![types::Level::B, types::Level::from("brand new")]);
    let reply = Reply::json(200, json!(["low", "later", "Ä b"]));
    let (sent, answer) = wire
        .call(
            &op::SEND_ENUMS,
            reply,
            client.send_enums().body(body).send(),
        )
        .await;
    let body =
        json!({ "level": "<=", "number": 3, "joined": "down", "levels": ["Ä b", "brand new"] });
    sent.is("POST /api/v1/bodies/enums", &[JSON, OF_JSON], body);
    let unknown = types::Level::Unknown("later".to_owned());
    assert_eq!(
        answer.unwrap().into_inner(),
        [types::Level::Low, unknown, types::Level::B]
    );

    let reply = Reply::json(200, json!(7));
    let (sent, answer) = wire
        .call(
            &op::SEND_SCALAR,
            reply,
            client.send_scalar().body("a\"b").send(),
        )
        .await;
    sent.is("PUT /api/v1/bodies/scalar", &[JSON, OF_JSON], r#""a\"b""#);
    assert_eq!(answer.unwrap().into_inner(), 7);

    let list: Vec<types::NamedInput> = vec![named().try_into().unwrap()];
    let (sent, answer) = wire
        .call(
            &op::SEND_LIST,
            nothing(),
            client.send_list().body(list).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/list",
        &[ANY, OF_JSON],
        json!([{ "name": "a" }]),
    );
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::SEND_LIST,
            nothing(),
            client.send_list().body(Vec::new()).send(),
        )
        .await;
    sent.is("POST /api/v1/bodies/list", &[ANY, OF_JSON], json!([]));
    answer.unwrap();
}

async fn open_shapes(wire: &Wire, client: &Client) {
    let map = BTreeMap::from([("a/b".to_owned(), 1_i64), (String::new(), 2)]);
    let reply = Reply::json(200, json!({ "x": { "name": "y" } }));
    let (sent, answer) = wire
        .call(&op::SEND_MAP, reply, client.send_map().body(map).send())
        .await;
    sent.is(
        "POST /api/v1/bodies/map",
        &[JSON, OF_JSON],
        json!({ "a/b": 1, "": 2 }),
    );
    assert_eq!(answer.unwrap().into_inner()["x"].name.as_deref(), Some("y"));

    let extra = BTreeMap::from([("b".to_owned(), "c".to_owned())]);
    let body = types::SendExtraRequest::builder().name("a").extra(extra);
    let (sent, answer) = wire
        .call(
            &op::SEND_EXTRA,
            nothing(),
            client.send_extra().body(body).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/extra",
        &[ANY, OF_JSON],
        json!({ "name": "a", "b": "c" }),
    );
    answer.unwrap();

    let leaf: types::TreeInput = types::TreeInput::builder().value(2).try_into().unwrap();
    let tree = types::TreeInput::builder().value(1).children(vec![leaf]);
    let reply = Reply::json(
        200,
        json!({ "value": 1, "children": [{ "children": [{ "value": 3 }] }] }),
    );
    let (sent, answer) = wire
        .call(&op::SEND_TREE, reply, client.send_tree().body(tree).send())
        .await;
    sent.is(
        "POST /api/v1/bodies/tree",
        &[JSON, OF_JSON],
        json!({ "value": 1, "children": [{ "value": 2 }] }),
    );
    assert_eq!(
        answer.unwrap().into_inner().children[0].children[0].value,
        Some(3)
    );

    let anything = json!({ "a": [1, null, { "b": 1.5 }] });
    let reply = Reply::json(200, anything.clone());
    let (sent, answer) = wire
        .call(
            &op::SEND_ANYTHING,
            reply,
            client.send_anything().body(anything.clone()).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/anything",
        &[JSON, OF_JSON],
        anything.clone(),
    );
    let value: Value = answer.unwrap().into_inner();
    assert_eq!(value, anything);
}

async fn raw(wire: &Wire, client: &Client) {
    let reply = Reply::typed(200, "text/plain; charset=utf-8", "ü");
    let (sent, answer) = wire
        .call(
            &op::SEND_TEXT,
            reply,
            client.send_text().body("a\nb").send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/text",
        &["accept: text/plain", "content-type: text/plain"],
        "a\nb",
    );
    assert_eq!(answer.unwrap().into_inner(), "ü");

    let reply = Reply::typed(200, "application/octet-stream", [0, 255]);
    let (sent, answer) = wire
        .call(
            &op::SEND_BYTES,
            reply,
            client.send_bytes().body(vec![7, 0]).send(),
        )
        .await;
    let headers = [
        "accept: application/octet-stream",
        "content-type: application/octet-stream",
    ];
    sent.is("PUT /api/v1/bodies/bytes", &headers, "\u{7}\0");
    assert_eq!(answer.unwrap().into_inner().bytes().as_ref(), [0, 255]);

    let (sent, answer) = wire
        .call(
            &op::SEND_XML,
            nothing(),
            client.send_xml().body("<a/>").send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/xml",
        &[ANY, "content-type: application/xml"],
        "<a/>",
    );
    answer.unwrap();
}

async fn forms(wire: &Wire, client: &Client) {
    let texts = || vec!["a,b".to_owned(), "c d".to_owned()];
    let form = types::SendFormRequest::builder()
        .user("ada&x=y")
        .remember(true)
        .each(texts())
        .joined(texts())
        .pipes(texts())
        .deep(types::SendFormRequestDeep::builder().x(1).y("b"))
        .json(types::SendFormRequestJson::builder().x(1).y("b"));
    let (sent, answer) = wire
        .call(
            &op::SEND_FORM,
            nothing(),
            client.send_form().body(form).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/form",
        &[ANY, "content-type: application/x-www-form-urlencoded"],
        "deep%5Bx%5D=1&deep%5By%5D=b&each=a%2Cb&each=c%20d&joined=a%2Cb,c%20d&json=%7B%22x%22%3A1%2C%22y%22%3A%22b%22%7D\
         &pipes=a%2Cb%7Cc%20d&remember=true&user=ada%26x%3Dy",
    );
    answer.unwrap();
}

async fn choices(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(
            &op::SEND_SEVERAL,
            nothing(),
            client.send_several().body(named()).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/several",
        &[ANY, OF_JSON],
        json!({ "name": "a" }),
    );
    answer.unwrap();
    let request = client.send_several().body_as("text/csv", "name\na\n");
    let (sent, answer) = wire
        .call(&op::SEND_SEVERAL, nothing(), request.send())
        .await;
    sent.is(
        "POST /api/v1/bodies/several",
        &[ANY, "content-type: text/csv"],
        "name\na\n",
    );
    answer.unwrap();

    let (sent, answer) = wire
        .call(&op::SEND_OPTIONAL, nothing(), client.send_optional().send())
        .await;
    sent.is(
        "POST /api/v1/bodies/optional",
        &[ANY, "content-length: 0"],
        "",
    );
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::SEND_OPTIONAL,
            nothing(),
            client.send_optional().body(named()).send(),
        )
        .await;
    sent.is(
        "POST /api/v1/bodies/optional",
        &[ANY, OF_JSON],
        json!({ "name": "a" }),
    );
    answer.unwrap();
}

async fn unusual_methods(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(
            &op::DELETE_WITH_BODY,
            nothing(),
            client.delete_with_body().body(named()).send(),
        )
        .await;
    sent.is(
        "DELETE /api/v1/bodies/deleted",
        &[ANY, OF_JSON],
        json!({ "name": "a" }),
    );
    answer.unwrap();
    let (sent, answer) = wire
        .call(
            &op::GET_WITH_BODY,
            nothing(),
            client.get_with_body().body(named()).send(),
        )
        .await;
    sent.is(
        "GET /api/v1/bodies/found",
        &[ANY, OF_JSON],
        json!({ "name": "a" }),
    );
    answer.unwrap();
}
