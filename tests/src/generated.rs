//! For each client a function `call`, which sends any operation by its id, and `call_minimal`, which does so without
//! what is optional. `cargo xtask generate` writes them.

pub mod insightcloudsec_v2;
pub mod insightcloudsec_v3;
pub mod insightcloudsec_v4;
