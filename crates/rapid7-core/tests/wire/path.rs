//! A path parameter stays one segment of the path that the operation names.

use percent_encoding::percent_decode_str;
use proptest::prelude::*;
use rapid7_core::{Error, Given, Request, Style};
use serde::Serialize;

use crate::server::{Server, json};
use crate::{ApiError, THING, call, connect};

async fn target(id: impl Serialize) -> Result<String, Error<ApiError>> {
    let server = Server::always(json(200, "{}")).await;
    let outcome = call(
        &connect(&server.url),
        Request::new(&THING).path("id", &Ok(id)),
    )
    .await;
    assert_eq!(
        server.seen().len(),
        usize::from(outcome.is_ok()),
        "an error comes before sending"
    );
    outcome.map(|_| server.last().target().to_owned())
}

#[tokio::test]
async fn values_arrive_encoded() {
    let azure = "/subscriptions/1/resourceGroups/a b";
    for (id, segment) in [
        ("a", "a"),
        ("a/b", "a%2Fb"),
        ("a\\b", "a%5Cb"),
        ("../admin", "..%2Fadmin"),
        ("%2e", "%252e"),
        ("%2e%2e", "%252e%252e"),
        ("...", "..."),
        (azure, "%2Fsubscriptions%2F1%2FresourceGroups%2Fa%20b"),
        ("divvyuser:2:", "divvyuser:2:"),
        ("arn:aws:iam::1:user/x", "arn:aws:iam::1:user%2Fx"),
        ("ada@acme.example", "ada@acme.example"),
        ("a?b#c;d&e=f+g", "a%3Fb%23c%3Bd%26e%3Df%2Bg"),
        ("\r\nHost: evil", "%0D%0AHost:%20evil"),
        ("\t", "%09"),
        ("é{}", "%C3%A9%7B%7D"),
    ] {
        assert_eq!(
            target(id).await.unwrap(),
            format!("/v2/things/{segment}/parts"),
            "{id:?}"
        );
    }
}

#[tokio::test]
async fn scalars_of_all_kinds_are_written() {
    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Kind {
        Aws,
    }
    assert_eq!(target(-7_i64).await.unwrap(), "/v2/things/-7/parts");
    assert_eq!(target(true).await.unwrap(), "/v2/things/true/parts");
    assert_eq!(target(0.1_f32).await.unwrap(), "/v2/things/0.1/parts");
    assert_eq!(target(Kind::Aws).await.unwrap(), "/v2/things/aws/parts");
    assert_eq!(target(Some("x")).await.unwrap(), "/v2/things/x/parts");
}

#[tokio::test]
async fn lists_and_objects_in_each_style() {
    let server = Server::always(json(200, "{}")).await;
    let connection = connect(&server.url);
    let list = ["a,b", ".."];
    let object = std::collections::BTreeMap::from([("k", "v"), ("l", "/")]);
    for (style, of_list, of_object) in [
        (Style::Comma, "a%2Cb,..", "k,v,l,%2F"),
        (Style::Form, "a%2Cb,..", "k=v,l=%2F"),
        (Style::Label, ".a%2Cb,..", ".k,v,l,%2F"),
        (Style::LabelExploded, ".a%2Cb...", ".k=v.l=%2F"),
        (Style::Matrix, ";id=a%2Cb,..", ";id=k,v,l,%2F"),
        (Style::MatrixExploded, ";id=a%2Cb;id=..", ";k=v;l=%2F"),
        (
            Style::Json,
            "%5B%22a%2Cb%22%2C%22..%22%5D",
            "%7B%22k%22:%22v%22%2C%22l%22:%22%2F%22%7D",
        ),
    ] {
        let request = Request::new(&THING).path_as("id", &Ok(list), style);
        call(&connection, request).await.unwrap();
        let expected = format!("/v2/things/{of_list}/parts");
        assert_eq!(server.last().target(), expected, "{style:?}");
        let request = Request::new(&THING).path_as("id", &Ok(&object), style);
        call(&connection, request).await.unwrap();
        let expected = format!("/v2/things/{of_object}/parts");
        assert_eq!(server.last().target(), expected, "{style:?}");
    }
}

#[tokio::test]
async fn values_that_would_call_another_path_are_refused() {
    for id in ["", ".", ".."] {
        let error = target(id).await.unwrap_err();
        assert!(error.is_invalid_input(), "{id:?}");
        assert!(error.to_string().contains("another path"), "{error}");
    }
    for list in [&[][..], &[""], &["."], &[".."]] {
        assert!(target(list).await.unwrap_err().is_invalid_input());
    }
    assert!(
        target([["a"]])
            .await
            .unwrap_err()
            .to_string()
            .contains("`id` is nested")
    );
    assert!(target(f64::NAN).await.unwrap_err().is_invalid_input());
    assert!(target(None::<&str>).await.unwrap_err().is_invalid_input());
}

#[tokio::test]
async fn a_missing_argument_is_named_before_anything_is_sent() {
    let server = Server::always(json(200, "{}")).await;
    let connection = connect(&server.url);
    let id: Given<String> = Err("id was not initialized".into());
    let error = call(&connection, Request::new(&THING).path("id", &id))
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "get_thing (GET /v2/things/{id}/parts): invalid input: parameter `id`: id was not initialized"
    );
    let error = call(&connection, Request::new(&THING)).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("path parameter `id` has no value"),
        "{error}"
    );
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn a_prefix_of_the_base_url_is_kept() {
    let server = Server::always(json(200, "{}")).await;
    let connection = connect(&format!("{}/ics/prod//", server.url));
    call(&connection, Request::new(&THING).path("id", &Ok("a/b")))
        .await
        .unwrap();
    assert_eq!(server.last().target(), "/ics/prod/v2/things/a%2Fb/parts");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_value_is_one_segment_or_an_error(
        id in prop_oneof![any::<String>(), "[./\\\\%2eE:;?#@ ]{0,6}"],
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        match runtime.block_on(target(id.as_str())) {
            Ok(target) => {
                let segments: Vec<_> = target.split('/').collect();
                prop_assert_eq!(segments.len(), 5);
                prop_assert_eq!((segments[1], segments[2], segments[4]), ("v2", "things", "parts"));
                let decoded = percent_decode_str(segments[3]).decode_utf8().unwrap();
                prop_assert_eq!(&*decoded, &id);
            }
            Err(error) => {
                prop_assert!(error.is_invalid_input());
                prop_assert!(matches!(id.as_str(), "" | "." | ".."));
            }
        }
    }
}
