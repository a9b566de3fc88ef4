//! One area of one version, as it is there with nothing else compiled in.
//!
//! ```sh
//! cargo test -p insightcloudsec --no-default-features --features v2-clouds
//! ```

#![cfg(any(feature = "v2", feature = "v2-clouds"))]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use insightcloudsec::{ApiVersion, Credentials, InsightCloudSec, find_operations, operations, v2};
use insightcloudsec_mock::Mock;

#[tokio::test]
async fn an_operation_of_the_tag_is_called() {
    let mock = Mock::builder().clouds(3).start().await.unwrap();
    let credentials = Credentials::api_key(mock.api_key());
    let ics = InsightCloudSec::builder(mock.url(), credentials)
        .build()
        .unwrap();
    let answer = ics.v2().list_clouds().send().await.unwrap();
    let clouds: &[v2::types::Cloud] = &answer.clouds;
    assert_eq!(clouds.len(), 3);
    // It describes its operation itself, without the feature of that operation.
    ics.logout().await.unwrap();
}

#[test]
fn the_table_has_what_is_compiled_in() {
    assert!(find_operations("list_clouds").any(|(version, _)| version == ApiVersion::V2));
    let of_v2 = operations().filter(|(version, _)| *version == ApiVersion::V2);
    assert_eq!(of_v2.count() == 180, cfg!(feature = "v2"));
}
