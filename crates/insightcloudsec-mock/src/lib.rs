//! Unofficial embedded mock server of the Rapid7 `InsightCloudSec` API.

mod auth;
mod call;
mod catalog;
mod exchange;
mod mock;
mod random;
mod record;
mod reply;
mod router;
mod sampler;
mod script;
mod server;
mod state;
mod validate;

pub use mock::{Mock, MockBuilder, StartError};
pub use record::Recorded;
pub use reply::Reply;
pub use script::{UnknownOperation, When};
pub use state::State;
