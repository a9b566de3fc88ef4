//! Query, headers, cookies and bodies as they arrive.

use std::collections::BTreeMap;

use rapid7_core::{Body, Request, Secret, Style};
use serde::Serialize;

use crate::server::{Seen, Server, json};
use crate::{CREATE, LIST, call, connect};

async fn send(request: Request) -> Result<Seen, String> {
    let server = Server::always(json(200, "{}")).await;
    call(&connect(&server.url), request)
        .await
        .map_err(|error| error.to_string())?;
    Ok(server.last())
}

async fn query<T: Serialize>(value: T, style: Style) -> Result<String, String> {
    let seen = send(Request::new(&LIST).query("q", &Ok(value), style)).await?;
    Ok(seen.target().trim_start_matches("/v2/things").to_owned())
}

#[derive(Clone, Serialize)]
struct Filter {
    name: &'static str,
    size: Option<f32>,
    tags: Vec<&'static str>,
}

const FILTER: Filter = Filter {
    name: "a b",
    size: None,
    tags: Vec::new(),
};

#[tokio::test]
async fn scalars_in_the_query() {
    assert_eq!(
        query("a&b=c d+é", Style::Form).await.unwrap(),
        "?q=a%26b%3Dc%20d%2B%C3%A9"
    );
    assert_eq!(query(Some(1.5), Style::Comma).await.unwrap(), "?q=1.5");
    assert_eq!(query(None::<u8>, Style::Form).await.unwrap(), "");
    assert_eq!(query("", Style::Form).await.unwrap(), "?q=");
    assert_eq!(
        query(u64::MAX, Style::Form).await.unwrap(),
        "?q=18446744073709551615"
    );
    assert!(
        query(f64::INFINITY, Style::Form)
            .await
            .unwrap_err()
            .contains("`q` must be a finite")
    );
}

#[tokio::test]
async fn arrays_in_the_query() {
    let items = [Some("1,2"), None, Some("3|4")];
    for (style, expected) in [
        (Style::Form, "?q=1%2C2&q=3%7C4"),
        (Style::DeepObject, "?q=1%2C2&q=3%7C4"),
        (Style::Comma, "?q=1%2C2,3%7C4"),
        (Style::Space, "?q=1%2C2%203%7C4"),
        (Style::Tab, "?q=1%2C2%093%7C4"),
        (Style::Pipe, "?q=1%2C2%7C3%7C4"),
    ] {
        assert_eq!(query(items, style).await.unwrap(), expected, "{style:?}");
        assert_eq!(query([0_u8; 0], style).await.unwrap(), "", "{style:?}");
        assert!(
            query([[1]], style).await.unwrap_err().contains("nested"),
            "{style:?}"
        );
    }
}

#[tokio::test]
async fn objects_in_the_query() {
    let filter = Filter {
        tags: vec!["x", "y"],
        ..FILTER
    };
    assert_eq!(
        query(&filter, Style::Form).await.unwrap(),
        "?name=a%20b&tags=x&tags=y"
    );
    assert_eq!(
        query(&filter, Style::DeepObject).await.unwrap(),
        "?q%5Bname%5D=a%20b&q%5Btags%5D=x&q%5Btags%5D=y"
    );
    assert!(
        query(&filter, Style::Comma)
            .await
            .unwrap_err()
            .contains("nested")
    );
    assert_eq!(
        query(BTreeMap::from([("k", 1)]), Style::Comma)
            .await
            .unwrap(),
        "?q=k,1"
    );
}

#[tokio::test]
async fn json_and_reserved_characters_in_the_query() {
    let json = query(["a", "&"], Style::Json).await.unwrap();
    assert_eq!(json, "?q=%5B%22a%22%2C%22%26%22%5D");
    assert_eq!(query(None::<u8>, Style::Json).await.unwrap(), "");
    let text = ":/?#[]@!$&'()*+,;=% é";
    let request = Request::new(&LIST).query_reserved("q", &Ok(text), Style::Form);
    assert_eq!(
        send(request).await.unwrap().target(),
        "/v2/things?q=:/?%23%5B%5D@!$%26%27()*%2B,;%3D%25%20%C3%A9"
    );
}

#[tokio::test]
async fn objects_in_forms() {
    let inner = BTreeMap::from([("b", 1)]);
    let form = BTreeMap::from([("deep", &inner), ("json", &inner)]);
    let request = Request::new(&CREATE).form_as(&Ok(form), &[("deep", Style::DeepObject)]);
    let seen = send(request).await.unwrap();
    assert_eq!(seen.text(), "deep%5Bb%5D=1&json=%7B%22b%22%3A1%7D");
    let lists = BTreeMap::from([("list", [&inner, &inner])]);
    let seen = send(Request::new(&CREATE).form(&Ok(lists))).await.unwrap();
    let pair = "list=%7B%22b%22%3A1%7D";
    assert_eq!(seen.text(), format!("{pair}&{pair}"));
}

#[tokio::test]
async fn several_parameters_keep_their_order() {
    let request = Request::new(&LIST)
        .query("b", &Ok(2), Style::Form)
        .query("none", &Ok(None::<u8>), Style::Form)
        .query("a", &Ok(Some(1)), Style::Form);
    assert_eq!(send(request).await.unwrap().target(), "/v2/things?b=2&a=1");
}

#[tokio::test]
async fn headers_and_cookies() {
    let request = Request::new(&LIST)
        .header("X-Trace", &Ok(Some("t 1")))
        .header("X-None", &Ok(None::<u8>))
        .header("X-List", &Ok([1, 2]))
        .cookie("flag", &Ok(true))
        .cookie("text", &Ok("a;b"));
    let seen = send(request).await.unwrap();
    assert_eq!(seen.header("x-trace"), Some("t 1"));
    assert_eq!(seen.header("x-none"), None);
    assert_eq!(seen.header("x-list"), Some("1,2"));
    assert_eq!(seen.header("cookie"), Some("flag=true; text=a%3Bb"));

    let split = Request::new(&LIST).header("X-Trace", &Ok("a\r\nApi-Key: other"));
    assert!(
        send(split)
            .await
            .unwrap_err()
            .contains("no header can hold")
    );
}

#[tokio::test]
async fn json_bodies() {
    let seen = send(Request::new(&CREATE).json(&Ok(FILTER))).await.unwrap();
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.text(), r#"{"name":"a b","size":null,"tags":[]}"#);

    let vendor = Request::new(&CREATE).json_as("application/vnd.x+json", &Ok(Secret::from("s")));
    let seen = send(vendor).await.unwrap();
    assert_eq!(seen.header("content-type"), Some("application/vnd.x+json"));
    assert_eq!(seen.text(), "\"s\"");

    let seen = send(Request::new(&CREATE).json(&Ok(None::<Filter>)))
        .await
        .unwrap();
    assert_eq!((seen.header("content-type"), seen.body.len()), (None, 0));
    assert_eq!(seen.header("content-length"), Some("0"));

    let missing = Err::<Filter, _>("value was not supplied for name".into());
    let problem = send(Request::new(&CREATE).json(&missing))
        .await
        .unwrap_err();
    assert!(
        problem.ends_with("invalid input: body: value was not supplied for name"),
        "{problem}"
    );
    let odd = Request::new(&CREATE).json(&Ok(BTreeMap::from([((1, 2), "hunter2")])));
    assert!(
        send(odd)
            .await
            .unwrap_err()
            .ends_with("body cannot be written as JSON")
    );
}

#[tokio::test]
async fn a_get_sends_its_body_too() {
    let seen = send(Request::new(&LIST).json(&Ok([1]))).await.unwrap();
    assert_eq!(
        (seen.head.split(' ').next(), seen.text()),
        (Some("GET"), "[1]")
    );
}

#[tokio::test]
async fn members_of_forms() {
    #[derive(Serialize)]
    struct Search {
        list: [&'static str; 2],
        comma: [&'static str; 2],
        pipe: [u8; 2],
        object: Filter,
        filter: Filter,
        rows: [Filter; 1],
    }
    let tagged = || Filter {
        tags: vec!["x"],
        ..FILTER
    };
    let search = Search {
        list: ["1", "2"],
        comma: ["1,2", "3"],
        pipe: [1, 2],
        object: FILTER,
        filter: tagged(),
        rows: [tagged()],
    };
    let styles = [
        ("comma", Style::Comma),
        ("pipe", Style::Pipe),
        ("filter", Style::DeepObject),
        ("rows", Style::Json),
    ];
    let seen = send(Request::new(&CREATE).form_as(&Ok(search), &styles))
        .await
        .unwrap();
    let decoded = percent_encoding::percent_decode_str(seen.text()).decode_utf8_lossy();
    assert_eq!(
        decoded,
        "list=1&list=2&comma=1,2,3&pipe=1|2&object={\"name\":\"a b\",\"size\":null,\"tags\":[]}\
         &filter[name]=a b&filter[tags][]=x&rows=[{\"name\":\"a b\",\"size\":null,\"tags\":[\"x\"]}]"
    );
    assert!(
        seen.text().contains("comma=1%2C2,3&pipe=1%7C2"),
        "{}",
        seen.text()
    );
}

#[tokio::test]
async fn forms_and_raw_bodies() {
    let seen = send(Request::new(&CREATE).form(&Ok(FILTER))).await.unwrap();
    assert_eq!(
        seen.header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen.text(), "name=a%20b");
    assert!(
        send(Request::new(&CREATE).form(&Ok(1)))
            .await
            .unwrap_err()
            .contains("an object")
    );

    let csv = Ok(Body::from("a,b"));
    let seen = send(Request::new(&CREATE).raw("text/csv", &csv))
        .await
        .unwrap();
    assert_eq!(
        (seen.header("content-type"), seen.text()),
        (Some("text/csv"), "a,b")
    );
    let typed = Ok(Some(Body::from("x").with_content_type("text/plain")));
    let seen = send(Request::new(&CREATE).raw("*/*", &typed))
        .await
        .unwrap();
    assert_eq!(seen.header("content-type"), Some("text/plain"));
    let seen = send(Request::new(&CREATE).raw("text/csv", &Ok(None::<Body>)))
        .await
        .unwrap();
    assert_eq!((seen.header("content-type"), seen.body.len()), (None, 0));
}
