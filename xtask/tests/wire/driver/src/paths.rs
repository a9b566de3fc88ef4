//! What goes into the path, and templates that no router would take.

use crate::wire::{ANY, Reply, Wire};
use wire_openapi30::{Client, operations as op, types};

pub async fn check(wire: &Wire, client: &Client) {
    values(wire, client).await;
    styles(wire, client).await;
    templates(wire, client).await;
    declarations(wire, client).await;
}

fn nothing() -> Reply {
    Reply::empty(204)
}

async fn values(wire: &Wire, client: &Client) {
    for (value, segment) in [
        ("plain-._~:@", "plain-._~:@"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("..a", "..a"),
        ("%2e%2E", "%252e%252E"),
        ("ä €", "%C3%A4%20%E2%82%AC"),
        ("?#&=+;", "%3F%23%26%3D%2B%3B"),
    ] {
        let (sent, answer) = wire
            .call(&op::BY_TEXT, nothing(), client.by_text().id(value).send())
            .await;
        sent.is(&format!("GET /api/v1/items/{segment}"), &[ANY], "");
        assert_eq!(answer.unwrap().status().as_u16(), 204);
    }
    for value in ["", ".", ".."] {
        wire.refused(&op::BY_TEXT, client.by_text().id(value).send())
            .await;
    }
    wire.refused(&op::BY_TEXT, client.by_text().send()).await;

    let (sent, answer) = wire
        .call(
            &op::BY_NUMBER,
            nothing(),
            client.by_number().id(-9_000_000_000_i64).send(),
        )
        .await;
    sent.is("GET /api/v1/numbers/-9000000000", &[ANY], "");
    answer.unwrap();

    let request = client.by_enum().level(types::Level::LtEq).flag(true);
    let (sent, answer) = wire.call(&op::BY_ENUM, nothing(), request.send()).await;
    sent.is("GET /api/v1/kinds/%3C%3D/true", &[ANY], "");
    answer.unwrap();
    let request = client.by_enum().level("brand/new").flag(false);
    let (sent, answer) = wire.call(&op::BY_ENUM, nothing(), request.send()).await;
    sent.is("GET /api/v1/kinds/brand%2Fnew/false", &[ANY], "");
    answer.unwrap();
}

async fn styles(wire: &Wire, client: &Client) {
    let request = client
        .by_simple()
        .ids(vec!["a,b".to_owned(), "..".to_owned()])
        .point(types::BySimplePoint::builder().x(1).y("/"))
        .exploded(types::BySimpleExploded::builder().x(2).y("="));
    let (sent, answer) = wire.call(&op::BY_SIMPLE, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/simple/a%2Cb,../x,1,y,%2F/x=2,y=%3D",
        &[ANY],
        "",
    );
    answer.unwrap();
    let request = client
        .by_simple()
        .ids(Vec::new())
        .point(types::BySimplePoint::builder().x(1))
        .exploded(types::BySimpleExploded::builder().x(2));
    wire.refused(&op::BY_SIMPLE, request.send()).await;

    let point = types::ByLabelPoint::builder().x(1).y("b");
    let request = client
        .by_label()
        .id("a")
        .ids(vec![1, 2])
        .each(vec![1, 2])
        .point(point);
    let (sent, answer) = wire.call(&op::BY_LABEL, nothing(), request.send()).await;
    sent.is("GET /api/v1/label/.a/.1,2/.1.2/.x=1.y=b", &[ANY], "");
    answer.unwrap();
    let point = types::ByLabelPoint::builder().x(1);
    let request = client
        .by_label()
        .id(".")
        .ids(vec![1])
        .each(vec![1])
        .point(point);
    wire.refused(&op::BY_LABEL, request.send()).await;

    let point = types::ByMatrixPoint::builder().x(1).y("b");
    let request = client
        .by_matrix()
        .id("a")
        .ids(vec![1, 2])
        .each(vec![1, 2])
        .point(point);
    let (sent, answer) = wire.call(&op::BY_MATRIX, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/matrix/;id=a/;ids=1,2/;each=1;each=2/;x=1;y=b",
        &[ANY],
        "",
    );
    answer.unwrap();
}

async fn templates(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(
            &op::TYPED_TEMPLATE,
            nothing(),
            client.typed_template().id(7).send(),
        )
        .await;
    sent.is("GET /api/v1/typed/7", &[ANY], "");
    answer.unwrap();

    let request = client.two_in_a_segment().name("a.b").extension("tar.gz");
    let (sent, answer) = wire
        .call(&op::TWO_IN_A_SEGMENT, nothing(), request.send())
        .await;
    sent.is("GET /api/v1/files/a.b.tar.gz", &[ANY], "");
    answer.unwrap();

    let request = client.two_side_by_side().a("x/").b("y");
    let (sent, answer) = wire
        .call(&op::TWO_SIDE_BY_SIDE, nothing(), request.send())
        .await;
    sent.is("GET /api/v1/pairs/x%2Fy", &[ANY], "");
    answer.unwrap();
    wire.refused(
        &op::TWO_SIDE_BY_SIDE,
        client.two_side_by_side().a(".").b(".").send(),
    )
    .await;

    let request = client.query_in_the_path().author("a&b").page(2);
    let (sent, answer) = wire
        .call(&op::QUERY_IN_THE_PATH, nothing(), request.send())
        .await;
    sent.is("GET /api/v1/fixed?kind=book&by=a%26b&page=2", &[ANY], "");
    answer.unwrap();

    let (sent, answer) = wire
        .call(
            &op::FRAGMENT_IN_THE_PATH,
            nothing(),
            client.fragment_in_the_path().send(),
        )
        .await;
    sent.is("POST /api/v1/act", &[ANY, "content-length: 0"], "");
    answer.unwrap();

    let (sent, answer) = wire
        .call(
            &op::ODDITIES_IN_THE_PATH,
            nothing(),
            client.oddities_in_the_path().send(),
        )
        .await;
    sent.is("GET /api/v1/with%20space/%C3%A4/a:b@c;d=(e)", &[ANY], "");
    answer.unwrap();
}

async fn declarations(wire: &Wire, client: &Client) {
    let request = client.template_disagrees().item_id("7");
    let (sent, answer) = wire
        .call(&op::TEMPLATE_DISAGREES, nothing(), request.send())
        .await;
    sent.is("GET /api/v1/renamed/7", &[ANY], "");
    answer.unwrap();

    let (sent, answer) = wire
        .call(
            &op::UNDECLARED,
            nothing(),
            client.undeclared().id("7").send(),
        )
        .await;
    sent.is("GET /api/v1/undeclared/7", &[ANY], "");
    answer.unwrap();

    let request = client.shared_parameters().id("7").shared("s").limit(3);
    let (sent, answer) = wire
        .call(&op::SHARED_PARAMETERS, nothing(), request.send())
        .await;
    sent.is("GET /api/v1/shared/7?shared=s&limit=3", &[ANY], "");
    answer.unwrap();

    let request = client.get_api_v1_no_id_by_id_parts().id("7");
    let (sent, answer) = wire
        .call(&op::GET_API_V1_NO_ID_BY_ID_PARTS, nothing(), request.send())
        .await;
    sent.is("GET /api/v1/no-id/7/parts", &[ANY], "");
    answer.unwrap();
}
