//! Values that servers send in more than one form. Each keeps the form it came in.

mod flag;
mod integer_or_text;
mod percentage;
mod scalar;
mod timestamp;

pub use flag::Flag;
pub use integer_or_text::IntegerOrText;
pub use percentage::Percentage;
pub use timestamp::{Timestamp, TimestampError};
