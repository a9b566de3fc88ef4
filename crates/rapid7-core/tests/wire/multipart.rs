//! Forms in parts, read by another implementation.

use std::collections::BTreeMap;

use rapid7_core::{Connection, Form, Part, Request, Style, given};
use serde::Serialize;

use crate::server::{Seen, Server, json};
use crate::{CREATE, call, connect};

/// A part as a server reads it: name, file name, content type, content.
type Read = (String, Option<String>, Option<String>, Vec<u8>);

async fn send(request: Request) -> Result<Seen, String> {
    let server = Server::always(json(200, "{}")).await;
    send_over(&connect(&server.url), request).await?;
    Ok(server.last())
}

async fn send_over(connection: &Connection, request: Request) -> Result<(), String> {
    let outcome = call(connection, request).await;
    outcome.map(drop).map_err(|error| error.to_string())
}

async fn read(seen: &Seen) -> Vec<Read> {
    let content_type = seen.header("content-type").unwrap();
    // The parser takes no other subtype.
    let boundary = multer::parse_boundary(content_type.replace("/mixed", "/form-data")).unwrap();
    let mut parser = multer::Multipart::with_reader(seen.body.as_slice(), boundary);
    let mut parts = Vec::new();
    while let Some(field) = parser.next_field().await.unwrap() {
        parts.push((
            field.name().unwrap().to_owned(),
            field.file_name().map(str::to_owned),
            field.content_type().map(ToString::to_string),
            field.bytes().await.unwrap().to_vec(),
        ));
    }
    parts
}

async fn parts(request: Request) -> Vec<Read> {
    read(&send(request).await.unwrap()).await
}

fn part(name: &str, file: Option<&str>, content_type: Option<&str>, content: &str) -> Read {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    (
        name.into(),
        owned(file),
        owned(content_type),
        content.into(),
    )
}

fn create() -> Request {
    Request::new(&CREATE)
}

#[derive(Clone, Serialize)]
struct Meta {
    title: &'static str,
    size: f32,
    tags: Vec<u8>,
}

const META: Meta = Meta {
    title: "a \"b\"",
    size: 0.1,
    tags: Vec::new(),
};

#[tokio::test]
async fn values_are_parts_by_what_they_are() {
    let request = create()
        .part("text", &Ok("é & \r\n"))
        .part("number", &Ok(Some(1.5)))
        .part("none", &Ok(None::<u8>))
        .part("list", &Ok(["x", "y"]))
        .part("object", &Ok(META))
        .part("objects", &Ok(vec![META]))
        .part_as("csv", &Ok("a,b"), "text/csv")
        .part_as("vendor", &Ok(META), "application/vnd.x+json")
        .part_styled("joined", &Ok(["x", "y"]), Style::Comma)
        .part_styled("deep", &Ok(BTreeMap::from([("k", 1)])), Style::DeepObject);
    let meta = r#"{"title":"a \"b\"","size":0.1,"tags":[]}"#;
    let json = Some("application/json");
    assert_eq!(
        parts(request).await,
        [
            part("text", None, None, "é & \r\n"),
            part("number", None, None, "1.5"),
            part("list", None, None, "x"),
            part("list", None, None, "y"),
            part("object", None, json, meta),
            part("objects", None, json, meta),
            part("csv", None, Some("text/csv"), "a,b"),
            part("vendor", None, Some("application/vnd.x+json"), meta),
            part("joined", None, None, "x,y"),
            part("deep[k]", None, None, "1"),
        ]
    );
}

#[tokio::test]
async fn files_have_a_name_and_a_type() {
    let named = Part::bytes(vec![1]).file_name("é \"1\".png");
    let typed = Part::bytes("x").content_type("image/gif");
    let request = create()
        .file("plain", &Ok(Part::from(vec![0, 255])), None)
        .file("named", &Ok(Some(named)), Some("image/png"))
        .file("typed", &Ok(Some(vec![typed])), Some("image/png"))
        .file("text", &Ok(vec![Part::text("a"), Part::text("b")]), None)
        .file("none", &Ok(None::<Part>), None)
        .file("nothing", &Ok(None::<Vec<Part>>), None)
        .any_part("any", &Ok(Part::text("t")), None)
        .any_part("any", &Ok(Part::from(b"f")), Some("text/x"));
    let bytes = Some("application/octet-stream");
    let mut read = parts(request).await;
    assert_eq!(read.remove(0).3, [0, 255]);
    assert_eq!(
        read,
        [
            part("named", Some("é %221%22.png"), Some("image/png"), "\u{1}"),
            part("typed", Some("typed"), Some("image/gif"), "x"),
            part("text", Some("text"), bytes, "a"),
            part("text", Some("text"), bytes, "b"),
            part("any", None, None, "t"),
            part("any", Some("any"), Some("text/x"), "f"),
        ]
    );
}

#[tokio::test]
async fn a_form_of_the_caller() {
    let form = Form::new()
        .part("a", "text")
        .part("b", Part::bytes("x").file_name("x.bin"))
        .part("a", String::from("again"));
    assert_eq!(
        parts(create().part("first", &Ok(true)).parts(&form)).await,
        [
            part("first", None, None, "true"),
            part("a", None, None, "text"),
            part("b", Some("x.bin"), Some("application/octet-stream"), "x"),
            part("a", None, None, "again"),
        ]
    );
}

#[tokio::test]
async fn the_type_and_the_length_are_stated() {
    let seen = send(create().part("a", &Ok(1)).multipart("multipart/mixed"))
        .await
        .unwrap();
    let content_type = seen.header("content-type").unwrap();
    assert!(content_type.starts_with("multipart/mixed; boundary="));
    let length = seen.body.len().to_string();
    assert_eq!(seen.header("content-length"), Some(&*length));
    assert_eq!(read(&seen).await, [part("a", None, None, "1")]);
}

#[tokio::test]
async fn no_parts_are_no_body_unless_one_is_demanded() {
    let none = || create().part("a", &Ok(None::<u8>));
    let seen = send(none().multipart_if_any("multipart/form-data", &["a"]))
        .await
        .unwrap();
    assert_eq!((seen.header("content-type"), seen.body.len()), (None, 0));
    let seen = send(none().multipart("multipart/form-data")).await.unwrap();
    assert_eq!(read(&seen).await, []);
    assert!(seen.text().ends_with("--\r\n"), "{}", seen.text());
}

#[tokio::test]
async fn what_is_wrong_names_the_part() {
    let odd = Part::text("x").content_type("text/plain\r\nX-Other: 1");
    let missing = || given::required::<Part>();
    for (request, problem) in [
        (
            create().file("image", &missing(), None),
            "invalid input: part `image`: required and not given",
        ),
        (
            create().part("n", &Ok(f64::NAN)),
            "invalid input: part `n` must be a finite number",
        ),
        (
            create()
                .part("b", &Ok(1))
                .multipart_if_any("multipart/form-data", &["b", "a"]),
            "invalid input: part `a`: required and not given",
        ),
        (
            create().any_part("t", &Ok(odd), None),
            "invalid input: part `t` has characters in its content type that no header can hold",
        ),
    ] {
        let message = send(request).await.unwrap_err();
        assert!(message.ends_with(problem), "{message}");
    }
}

#[tokio::test]
async fn large_and_hostile_contents_arrive_whole() {
    let server = Server::always(json(200, "{}")).await;
    let connection = connect(&server.url);
    let mut content = vec![b'-'; 3_000_000];
    content.extend_from_slice(b"\r\n--boundary--\r\n\r\n--");
    let request = create().file("f", &Ok(Part::from(content.clone())), None);
    send_over(&connection, request).await.unwrap();
    let read = read(&server.last()).await;
    assert_eq!(read.len(), 1);
    assert!(read[0].3 == content, "the file arrived changed");
}

#[test]
fn debug_shows_no_contents() {
    let form = Form::new()
        .part("note", "c4nary")
        .part("file", Part::bytes("c4nary").file_name("a.png"));
    let text = format!("{form:?}");
    assert!(!text.contains("c4nary"), "{text}");
    assert!(text.contains("len: 6") && text.contains("a.png"), "{text}");
}
