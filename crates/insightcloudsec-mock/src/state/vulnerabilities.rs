//! Pages of vulnerabilities, made up from the seed.

use serde_json::{Value, json};

use super::{Handlers, State, found};
use crate::call::Call;
use crate::catalog::Version;
use crate::reply::{Failure, Reply};
use crate::sampler::Sampler;

pub(super) const HANDLERS: Handlers = &[
    ("v3.list_vulnerabilities", |state, call| {
        state.sampled_page(call, "Vulnerability")
    }),
    ("v3.list_image_assessments", |state, call| {
        state.sampled_page(call, "ImageAssessment")
    }),
    ("v3.list_resource_vulnerabilities", |state, call| {
        state.resource(call.first_parameter())?;
        state.sampled_page(call, "ResourceVulnerability")
    }),
];

/// Rows in all; no multiple of common page sizes, so that there is a last page that is not full.
const TOTAL: usize = 42;

/// Rows of a page where the request does not say.
const DEFAULT_PAGE_SIZE: usize = 25;

/// The most rows of a page, as the product has it.
const MAX_PAGE_SIZE: usize = 100;

impl State {
    /// A page of records that depend on nothing but the seed, the path and their place.
    fn sampled_page(&self, call: &Call<'_>, schema: &str) -> Result<Reply, Failure> {
        let (number, size) = call.page(DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE)?;
        let first = number.saturating_sub(1).saturating_mul(size).min(TOTAL);
        let last = first.saturating_add(size).min(TOTAL);
        let rows = (first..last).map(|at| {
            let label = format!("{schema} {} {at}", call.first_parameter());
            Sampler::new(self.catalog, Version::V3, self.seed, &label).named(schema)
        });
        found(json!({
            "data": rows.collect::<Value>(),
            "page": number,
            "page_size": size,
            "total_count": TOTAL,
            "total_pages": TOTAL.div_ceil(size),
        }))
    }
}
