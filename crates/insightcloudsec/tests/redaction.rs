//! No public type of this crate shows a secret; those of `rapid7-core` and of the clients have tests of their own.

#![cfg(all(feature = "v2", feature = "v3", feature = "v4"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

#[allow(dead_code, reason = "the helpers of another crate's tests")]
#[path = "../../rapid7-core/tests/redaction/canary.rs"]
mod canary;
#[path = "../../rapid7-core/tests/redaction/exports.rs"]
mod exports;

use std::collections::BTreeSet;
use std::path::Path;

use insightcloudsec::{ApiVersion, Credentials, EnvError, InsightCloudSec};

use canary::{CANARY, Checked, show};
use exports::Exports;

/// A module of the runtime, whose own test covers its types.
const PAGING: &str = "paging";

/// Whole crates.
const CRATES: [&str; 4] = ["reqwest", "v2", "v3", "v4"];

fn show_all(checked: &mut Checked) {
    for credentials in [
        Credentials::api_key(CANARY),
        Credentials::session(CANARY),
        Credentials::login(CANARY, CANARY),
        Credentials::callback(|| async { Ok::<_, std::fmt::Error>(Credentials::api_key(CANARY)) }),
        Credentials::none(),
    ] {
        let builder = || InsightCloudSec::builder("https://acme.example", credentials.clone());
        show!(
            checked,
            builder().proxy(format!("http://{CANARY}:{CANARY}@proxy.example"))
        );
        show!(checked, builder().identity(CANARY).user_agent(CANARY));
        let ics = builder().build().unwrap();
        show!(checked, ics);
        // No public types of this crate, but made by it.
        assert_eq!(
            canary::leak(&format!("{:?}{:#?}", ics.v2(), ics.v2())),
            None
        );
        assert_eq!(
            canary::leak(&format!("{:?}{:#?}", ics.v3(), ics.v3())),
            None
        );
        assert_eq!(
            canary::leak(&format!("{:?}{:#?}", ics.v4(), ics.v4())),
            None
        );
    }
    let url = format!("https://{CANARY}:{CANARY}@acme.example/?{CANARY}");
    let builder = InsightCloudSec::builder(url, Credentials::api_key(CANARY));
    show!(checked, builder);
    let error = builder.build().unwrap_err();
    for error in [
        EnvError::NoUrl,
        EnvError::NoCredentials,
        EnvError::NoUsername,
        EnvError::NoPassword,
        EnvError::NotUnicode("INSIGHTCLOUDSEC_API_KEY"),
        EnvError::Build(error),
    ] {
        show!(checked, error);
    }
    for version in [ApiVersion::V2, ApiVersion::V3, ApiVersion::V4] {
        show!(checked, version);
    }
}

#[test]
fn no_public_type_shows_a_secret() {
    let mut checked = Checked::default();
    show_all(&mut checked);
    checked.print();

    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let exports = Exports::of(&folder.join("src"));
    let exported: BTreeSet<_> = exports.types.keys().cloned().collect();
    assert_eq!(exported, checked.types());
    for (name, variants) in exports
        .types
        .iter()
        .filter(|(_, variants)| !variants.is_empty())
    {
        assert_eq!(*variants, checked.variants(name), "{name}");
    }
    assert_eq!(exports.aliases, BTreeSet::new());

    let core = Exports::of(&folder.join("../rapid7-core/src"));
    let is_covered =
        |name: &&String| core.types.contains_key(*name) || core.foreign.contains(*name);
    let others: Vec<_> = exports
        .foreign
        .iter()
        .filter(|name| !is_covered(name) && *name != PAGING)
        .collect();
    assert_eq!(others, CRATES);
}
