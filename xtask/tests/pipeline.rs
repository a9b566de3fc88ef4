//! Tiny documents through the whole pipeline.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a helper that fails fails its test"
)]

mod pipeline {
    mod answers;
    mod calls;
    mod compile;
    mod features;
    mod forms;
    mod isolation;
    mod locks;
    mod paging;
    mod prose;
    mod replaced;
    mod requests;
    mod security;
    mod set_aside;
    mod support;
    mod types;
    mod values;
}
