//! A function `call` for each client, which sends any operation by its id. `cargo xtask generate` writes them.

pub mod insightcloudsec_v2;
pub mod insightcloudsec_v3;
pub mod insightcloudsec_v4;
