//! Parameters in query, headers and cookies.

use crate::wire::{ANY, Reply, Wire};
use wire_openapi30::{Client, operations as op, types};

pub async fn check(wire: &Wire, client: &Client) {
    scalars(wire, client).await;
    lists_and_objects(wire, client).await;
    contents(wire, client).await;
    names(wire, client).await;
    headers(wire, client).await;
    cookies(wire, client).await;
}

fn nothing() -> Reply {
    Reply::empty(204)
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

async fn scalars(wire: &Wire, client: &Client) {
    let (sent, answer) = wire
        .call(&op::QUERY_SCALARS, nothing(), client.query_scalars().send())
        .await;
    sent.is("GET /api/v1/query/scalars", &[ANY], "");
    answer.unwrap();

    let request = client
        .query_scalars()
        .text("a b&c=d+ä")
        .flag(false)
        .count(0)
        .ratio(0.1)
        .day("2024-02-30")
        .at("2024-01-01T00:00:00+02:00")
        .level("<=")
        .maybe("")
        .untyped("7");
    let (sent, answer) = wire
        .call(&op::QUERY_SCALARS, nothing(), request.send())
        .await;
    sent.is(
        "GET /api/v1/query/scalars?text=a%20b%26c%3Dd%2B%C3%A4&flag=false&count=0&ratio=0.1&day=2024-02-30\
         &at=2024-01-01T00%3A00%3A00%2B02%3A00&level=%3C%3D&maybe=&untyped=7",
        &[ANY],
        "",
    );
    answer.unwrap();
}

async fn lists_and_objects(wire: &Wire, client: &Client) {
    let request = client
        .query_form()
        .each(texts(&["a,b", "c d"]))
        .joined(texts(&["a,b", "c d"]))
        .members(types::QueryFormMembers::builder().x(1).y("&"))
        .point(types::QueryFormPoint::builder().x(1).y("&"))
        .levels(vec![types::Level::LtEq, types::Level::from("new")]);
    let (sent, answer) = wire.call(&op::QUERY_FORM, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/query/form?each=a%2Cb&each=c%20d&joined=a%2Cb,c%20d&x=1&y=%26&point=x,1,y,%26&levels=%3C%3D&levels=new",
        &[ANY],
        "",
    );
    answer.unwrap();
    let request = client.query_form().each(Vec::new()).joined(Vec::new());
    let (sent, answer) = wire.call(&op::QUERY_FORM, nothing(), request.send()).await;
    sent.is("GET /api/v1/query/form", &[ANY], "");
    answer.unwrap();

    let list = texts(&["a", "b c", "d|e"]);
    let request = client
        .query_delimited()
        .space(list.clone())
        .pipe(list.clone())
        .each(list);
    let (sent, answer) = wire
        .call(&op::QUERY_DELIMITED, nothing(), request.send())
        .await;
    sent.is(
        "GET /api/v1/query/delimited?space=a%20b%20c%20d%7Ce&pipe=a%7Cb%20c%7Cd%7Ce&each=a&each=b%20c&each=d%7Ce",
        &[ANY],
        "",
    );
    answer.unwrap();

    let size = types::QueryDeepFilterSize::builder().min(3);
    let filter = types::QueryDeepFilter::builder()
        .name("a b")
        .tags(texts(&["x", "y"]))
        .size(size);
    let (sent, answer) = wire
        .call(
            &op::QUERY_DEEP,
            nothing(),
            client.query_deep().filter(filter).send(),
        )
        .await;
    sent.is(
        "GET /api/v1/query/deep?filter%5Bname%5D=a%20b&filter%5Bsize%5D%5Bmin%5D=3&filter%5Btags%5D=x&filter%5Btags%5D=y",
        &[ANY],
        "",
    );
    answer.unwrap();
}

async fn contents(wire: &Wire, client: &Client) {
    let request = client
        .query_reserved()
        .path("/a?b=c&d#e:f@g")
        .plain("/a")
        .paths(texts(&["/a,b", "c;d"]));
    let (sent, answer) = wire
        .call(&op::QUERY_RESERVED, nothing(), request.send())
        .await;
    sent.is(
        "GET /api/v1/query/reserved?path=/a?b%3Dc%26d%23e:f@g&plain=%2Fa&paths=/a%2Cb,c;d",
        &[ANY],
        "",
    );
    answer.unwrap();

    let point = types::QueryJsonPoint::builder().x(1).y("b");
    let request = client.query_json().point(point).text("a").plain("a");
    let (sent, answer) = wire.call(&op::QUERY_JSON, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/query/json?point=%7B%22x%22%3A1%2C%22y%22%3A%22b%22%7D&text=%22a%22&plain=a",
        &[ANY],
        "",
    );
    answer.unwrap();
}

async fn names(wire: &Wire, client: &Client) {
    let request = client
        .query_names()
        .id("1")
        .id2("2")
        .type_("3")
        .self_("4")
        .new_("5")
        .send_("6")
        .page_size("7")
        .page_size2("8")
        .filter_a_b("9")
        .tags(texts(&["a", "b"]));
    let (sent, answer) = wire.call(&op::QUERY_NAMES, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/query/names/1?id=2&type=3&self=4&new=5&send=6&pageSize=7&page_size=8\
         &filter%5Ba%20b%5D=9&tags%5B%5D=a&tags%5B%5D=b",
        &[ANY],
        "",
    );
    answer.unwrap();
}

async fn headers(wire: &Wire, client: &Client) {
    let request = client
        .headers()
        .x_text("a, b")
        .x_list(vec![1, 2])
        .x_level("<=")
        .x_point(types::HeadersXPoint::builder().x(1).y("b"))
        .x_exploded(types::HeadersXExploded::builder().x(1).y("b"))
        .x_json(types::HeadersXJson::builder().x(1).y("b"));
    let (sent, answer) = wire.call(&op::HEADERS, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/headers",
        &[
            ANY,
            "x-text: a, b",
            "x-list: 1,2",
            "x-level: <=",
            "x-point: x,1,y,b",
            "x-exploded: x=1,y=b",
            r#"x-json: {"x":1,"y":"b"}"#,
        ],
        "",
    );
    answer.unwrap();
    wire.refused(&op::HEADERS, client.headers().send()).await;
    wire.refused(
        &op::HEADERS,
        client.headers().x_text("a\r\nx-evil: 1").send(),
    )
    .await;
}

async fn cookies(wire: &Wire, client: &Client) {
    let request = client
        .cookies()
        .theme("dark; x=y")
        .beta(true)
        .ids(vec![1, 2]);
    let (sent, answer) = wire.call(&op::COOKIES, nothing(), request.send()).await;
    sent.is(
        "GET /api/v1/cookies",
        &[ANY, "cookie: theme=dark%3B%20x%3Dy; beta=true; ids=1%2C2"],
        "",
    );
    answer.unwrap();
    let (sent, answer) = wire
        .call(&op::COOKIES, nothing(), client.cookies().send())
        .await;
    sent.is("GET /api/v1/cookies", &[ANY], "");
    answer.unwrap();
}
