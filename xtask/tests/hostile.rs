//! Documents with hostile texts in every place: what is made of them compiles, shows as text, and steers no terminal.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

#[path = "hostile/crates.rs"]
mod crates;
#[path = "hostile/document.rs"]
mod document;
#[path = "hostile/growth.rs"]
mod growth;
#[path = "hostile/html.rs"]
mod html;
#[path = "hostile/odd.rs"]
mod odd;
#[path = "hostile/terminal.rs"]
mod terminal;
