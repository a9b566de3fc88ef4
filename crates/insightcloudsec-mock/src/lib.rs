//! Unofficial embedded mock server of the Rapid7 `InsightCloudSec` API.
