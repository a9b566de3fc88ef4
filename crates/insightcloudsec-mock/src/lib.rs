//! Unofficial embedded mock server of the Rapid7 InsightCloudSec API, for tests and examples.
//!
//! A [`Mock`] listens on the loopback interface, answers all operations of the v2, v3 and v4 documents, and
//! keeps data that calls can list, change and delete. Tests of programs that use the API need no instance, no
//! key and no network.
//!
//! ```
//! use insightcloudsec_mock::{Mock, Reply};
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = Mock::start().await?;
//! // Give these to the program under test.
//! let (url, key) = (mock.url(), mock.api_key());
//!
//! // Data to meet, besides the ones that are there.
//! mock.add_cloud(json!({"name": "prod", "cloud_type_id": "AWS"}));
//!
//! // Trouble to meet.
//! mock.on("list_clouds").once().respond(Reply::status(503))?;
//!
//! // ... run the program, then see what it asked.
//! assert_eq!(mock.requests_of("list_clouds").len(), 0);
//! # Ok(())
//! # }
//! ```
//!
//! # What it does
//!
//! * **Credentials.** The header `Api-Key`, or `X-Auth-Token` after a login. Anything else gets a 401, keys of
//!   the Command Platform in `X-Api-Key` included. A user has one key; a new one replaces it.
//! * **Data.** Clouds with regions, badges and resources; insights with findings; packs, exemptions, bots,
//!   resource groups, users, groups, roles, organizations, scans. They are linked: a cloud that is deleted takes
//!   its resources along, an exemption lowers the counts of its insight.
//! * **The rest.** Operations without data of their own answer with plausible values by their schema, the same
//!   ones for the same request; [`operations`] says which those are. Where nobody knows the body, a read
//!   answers `{}` and a change nothing.
//! * **Refusals.** 404 for paths and ids that are not known, 405 for methods, 400 for requests that lack
//!   something or have it in another type, in the form of their version.
//!
//! # What it does not do
//!
//! It knows of the product what the documents say. Query filters (`divvy.query.*`) select nothing; scopes,
//! badges, tags and insights do. Rights are not checked but for the switch of organizations. Time does not pass:
//! created things are dated a second apart, so that runs are alike. Limits and messages are its own.
//!
//! # Two mocks of one seed
//!
//! hold the same data, keys included, and give things made later the same ids. Sessions, too, are made from the
//! seed, so never expose a mock beyond this machine.

mod auth;
mod call;
mod catalog;
#[cfg(test)]
mod conformance;
mod content;
mod control;
mod counters;
#[cfg(test)]
mod coverage;
mod delivery;
mod exchange;
mod fault;
mod limit;
mod mock;
mod random;
mod record;
mod reply;
mod router;
mod sampler;
mod script;
mod server;
mod sessions;
mod socket;
#[allow(
    clippy::unnecessary_wraps,
    reason = "handlers have one signature, those that never fail too"
)]
mod state;
mod validate;

#[doc = include_str!("../OPERATIONS.md")]
pub mod operations {}

pub use counters::Counters;
pub use fault::{Fault, Faults};
pub use limit::{RateLimit, RateLimitHeaders};
pub use mock::{Mock, MockBuilder, StartError};
pub use record::Recorded;
pub use reply::Reply;
pub use script::{UnknownOperation, When};
pub use state::State;
pub use state::setup::UnknownId;
