//! What is shown without a call.

use rapid7_core::{
    Access, AuthScheme, Body, CallOptions, Confidence, Connection, Credentials, Effect, Effort,
    Flag, Form, HeaderMap, IntegerOrText, KeyPlacement, Misfit, Paging, Part, Percentage, Received,
    Request, RetryPolicy, SessionScheme, Specification, SpecificationKind, Stability, StatusCode,
    Style, Timestamp, decode, given, object,
};
use serde::Deserialize;
use serde_json::json;
use std::cell::RefCell;

use crate::canary::{CANARY, Checked, show};
use crate::{AUTH, CREATE, GET};

pub(crate) fn show_values(checked: &mut Checked) {
    secrets(checked);
    credentials(checked);
    bodies(checked);
    descriptions(checked);
    scalars(checked);
    objects(checked);
}

fn secrets(checked: &mut Checked) {
    show!(checked, rapid7_core::Secret::from(CANARY));
    for text in [CANARY, "2022-c4nary", "2022-04-05 c4nary", "2022-13-45"] {
        let error = Timestamp::from(text).to_system_time().unwrap_err();
        show!(checked, error);
    }
    for value in [json!(CANARY), json!([CANARY]), json!({ CANARY: CANARY })] {
        let misfit: Misfit = decode::from_value::<u64>(&value).unwrap_err();
        show!(checked, misfit);
    }
}

/// Every place that an API may have keys in.
pub(crate) const PLACEMENTS: [KeyPlacement; 7] = [
    KeyPlacement::Header("Api-Key"),
    KeyPlacement::Query("key"),
    KeyPlacement::Cookie("key"),
    KeyPlacement::Bearer,
    KeyPlacement::Basic,
    KeyPlacement::All(&[KeyPlacement::Header("Api-Key"), KeyPlacement::Query("key")]),
    KeyPlacement::None,
];

/// All kinds, each made of nothing but the canary.
pub(crate) fn all_credentials() -> [Credentials; 10] {
    [
        Credentials::api_key(CANARY),
        Credentials::api_key(format!("{CANARY}:{CANARY}")),
        Credentials::keys([("Api-Key", CANARY), ("key", CANARY)]),
        Credentials::keys([(CANARY, "Api-Key")]),
        Credentials::bearer(CANARY),
        Credentials::session(CANARY),
        Credentials::login(CANARY, CANARY),
        Credentials::basic(CANARY, CANARY),
        Credentials::callback(|| async { Ok::<_, std::fmt::Error>(Credentials::api_key(CANARY)) }),
        Credentials::none(),
    ]
}

fn credentials(checked: &mut Checked) {
    for credentials in all_credentials() {
        show!(checked, credentials);
        for api_key in PLACEMENTS {
            show!(checked, api_key);
            let auth = AuthScheme { api_key, ..AUTH };
            show!(checked, auth);
            let builder = Connection::builder(auth, "https://acme.example", credentials.clone())
                .user_agent(CANARY)
                .identity(CANARY)
                .add_root_certificate(CANARY)
                .proxy(format!("http://{CANARY}:{CANARY}@proxy.example"));
            show!(checked, builder);
            let builder = Connection::builder(auth, "https://acme.example", credentials.clone());
            match builder.build() {
                Ok(connection) => show!(checked, connection),
                Err(error) => show!(checked, error),
            }
        }
    }
}

fn bodies(checked: &mut Checked) {
    let body = Body::from(CANARY);
    show!(checked, body);
    show!(checked, body.with_content_type(format!("text/{CANARY} x")));
    let part = Part::text(CANARY).content_type("text/plain");
    show!(checked, part);
    show!(
        checked,
        Form::new().part("a", part).part("b", Part::bytes(CANARY))
    );
    let request = Request::new(&CREATE)
        .path("id", &Ok(CANARY))
        .query("q", &Ok(CANARY), Style::Form)
        .header("X-Password", &Ok(CANARY))
        .cookie("c", &Ok(CANARY))
        .json(&Ok(CANARY));
    show!(checked, request);

    let mut headers = HeaderMap::new();
    headers.insert("set-cookie", CANARY.parse().unwrap());
    headers.insert("content-type", format!("text/{CANARY} x").parse().unwrap());
    show!(checked, Received::new(StatusCode::OK, headers, CANARY));
}

/// What describes an API is written in its client and holds no secret.
fn descriptions(checked: &mut Checked) {
    show!(checked, GET);
    show!(checked, CallOptions::new());
    show!(checked, RetryPolicy::new());
    show!(checked, Effort::default());
    let session = SessionScheme {
        login_path: "/login",
        header: "X-Auth-Token",
    };
    show!(checked, session);
    for effect in [Effect::Read, Effect::Idempotent, Effect::Write] {
        show!(checked, effect);
    }
    for stability in [Stability::Public, Stability::Prototype, Stability::Other] {
        show!(checked, stability);
    }
    for confidence in [Confidence::High, Confidence::Medium, Confidence::Low] {
        show!(checked, confidence);
    }
    for access in [
        Access::Credentials,
        Access::Anonymous,
        Access::Optional,
        Access::Session,
        Access::SessionQuery("session_id"),
    ] {
        show!(checked, access);
    }
    specification(checked);
    for style in [
        Style::Form,
        Style::Comma,
        Style::Space,
        Style::Tab,
        Style::Pipe,
        Style::DeepObject,
        Style::Label,
        Style::LabelExploded,
        Style::Matrix,
        Style::MatrixExploded,
        Style::Json,
    ] {
        show!(checked, style);
    }
    for paging in pagings() {
        show!(checked, paging);
    }
}

fn specification(checked: &mut Checked) {
    for kind in [
        SpecificationKind::Compiled,
        SpecificationKind::Instance,
        SpecificationKind::Published,
        SpecificationKind::File,
    ] {
        show!(checked, kind);
        let specification = Specification {
            kind,
            url: Some("https://acme.example/docs/v2.yaml"),
            retrieved: Some("2026-11-21"),
            sha256: "0a1b2c3d",
            overlay_sha256: None,
            generator_version: "0.1.0",
        };
        show!(checked, specification);
    }
}

fn pagings() -> [Paging; 5] {
    let (items, total, limit, total_pages) = (None, None, None, None);
    [
        Paging::OffsetBody {
            limit,
            offset: None,
            items,
            total,
        },
        Paging::PageQuery {
            page: None,
            page_size: None,
            items,
            total,
            total_pages,
        },
        Paging::CursorBody {
            cursor: None,
            limit,
            items,
            next: None,
            total,
        },
        Paging::CursorQuery {
            cursor: None,
            limit,
            items,
            next: None,
            total,
        },
        Paging::PageAnswer {
            page: None,
            items,
            total,
            total_pages,
        },
    ]
}

/// Data of an answer that is no secret, and is shown as it came: nothing is planted.
fn scalars(checked: &mut Checked) {
    show!(checked, Flag::from("yes"));
    show!(checked, IntegerOrText::from("7"));
    show!(checked, Percentage::from("7 %"));
    show!(checked, Timestamp::from("2022-04-05"));
}

thread_local! {
    /// Lent to the code that reads an object.
    static CHECKED: RefCell<Checked> = RefCell::default();
}

/// An object that shows what it is read from.
struct Shown;

impl object::Object for Shown {
    const NAME: &'static str = "Shown";
    const MEMBERS: &'static [&'static str] = &["a"];
    const KEEPS_ALL: bool = true;

    fn read<'de, A: object::MapAccess<'de>>(
        members: &mut object::Members<A>,
    ) -> Result<Self, A::Error> {
        let mut further = serde_json::Map::new();
        while let Some(index) = members.name()? {
            CHECKED.with_borrow_mut(|checked| show!(checked, *members));
            match index {
                0 => members.pass(),
                _ => members.further(&mut further),
            }?;
        }
        Ok(Self)
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: object::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        object::read(deserializer)
    }
}

/// What is read and written member by member, and what setters were given.
fn objects(checked: &mut Checked) {
    CHECKED.set(std::mem::take(checked));
    let _: Shown = serde_json::from_value(json!({ CANARY: CANARY, "a": CANARY })).unwrap();
    *checked = CHECKED.take();
    let mut writer = object::Writer::new(serde_json::value::Serializer);
    writer.member(CANARY, &CANARY);
    show!(checked, writer);
    let secret = given::value::<rapid7_core::Secret, _>(CANARY);
    let missing = given::required::<u8>();
    let problem = given::problem(&[
        ("password", secret.as_ref().err()),
        ("name", missing.as_ref().err()),
    ]);
    assert_eq!(problem.to_string(), "name: required and not given");
    show!(checked, problem);
}
