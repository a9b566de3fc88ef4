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
//! # Scripting faults
//!
//! What a test wants to go wrong is a [`Reply`], scripted with [`Mock::on`] for one operation or with
//! [`Mock::on_any`] for all, once, some times or always, for all requests or those that fit a predicate:
//!
//! * *connections*: [`Reply::reset`], [`Reply::close`], [`Reply::hang`]; any answer can be
//!   [`cut_after`](Reply::cut_after) some bytes;
//! * *time*: [`delayed`](Reply::delayed), [`trickled`](Reply::trickled);
//! * *bodies*: [`Reply::endless`], [`Reply::gzip_bomb`], [`gzipped`](Reply::gzipped), [`garbled`](Reply::garbled),
//!   of any status by [`with_status`](Reply::with_status);
//! * *what stands in between*: [`Reply::html_page`], [`Reply::redirect`], [`media_type`](Reply::media_type),
//!   [`Reply::rate_limited`].
//!
//! A [`Fault`] happens before the request is processed, which then changes nothing, or after it, when the data are
//! changed and the client does not learn it. [`Mock::faults`] lets faults happen at random, by a seed.
//! [`Mock::rate_limit`] holds clients to a limit, [`Mock::session_lifetime`] and [`Mock::session_calls`] end
//! sessions, and [`Mock::counters`] tells what came of it all.
//!
//! ```
//! use std::time::Duration;
//! use insightcloudsec_mock::{Fault, Faults, Mock, RateLimit, RateLimitHeaders, Reply};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let mock = Mock::start().await?;
//! // The first answer breaks off, the second is late; then a bot is created, and nobody learns it.
//! mock.on("list_clouds").once().fault(Fault::cut_answer())?;
//! let late = |answer: Reply| answer.delayed(Duration::from_millis(100));
//! mock.on("list_clouds").once().fault(Fault::after(late))?;
//! mock.on("create_bot").once().fault(Fault::lost_answer())?;
//! // All else fails now and then, and no more than 50 requests are served in a second.
//! mock.faults(Faults::seeded(7).rate(0.15));
//! mock.rate_limit(RateLimit::per(Duration::from_secs(1), 50).headers(RateLimitHeaders::RetryAfter));
//! # Ok(())
//! # }
//! ```
//!
//! First come scripted answers, then random faults, then the rate limit; what is left is answered as above.
//!
//! # Long lists
//!
//! [`MockBuilder::resources`] makes 100,000 resources as easily as 200, which queries page by offset and by cursor.
//! [`Mock::handle`] gives any operation a [`PagedList`], in any of the API's styles, that tests can change while it is
//! read, and whose pages they can falsify.
//!
//! # What it does not do
//!
//! It knows of the product what the documents say. Query filters (`divvy.query.*`) select nothing; scopes,
//! badges, tags and insights do. Rights are not checked but for the switch of organizations. Time does not pass
//! but for sessions and rate limits that a test sets: created things are dated a second apart, so that runs are
//! alike. Limits and messages are its own.
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
mod paged;
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
pub use paged::{PageStyle, PagedList};
pub use record::Recorded;
pub use reply::Reply;
pub use script::{UnknownOperation, When};
pub use state::State;
pub use state::setup::UnknownId;
