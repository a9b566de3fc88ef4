//! The data of a mock, and what the operations do to them.

mod badges;
mod bots;
mod clouds;
mod compliance;
mod exemptions;
mod groups;
mod harvesting;
mod iac;
mod insights;
mod organizations;
mod packs;
mod query;
mod requests;
mod resource;
mod resource_groups;
mod resources;
mod roles;
mod seed;
mod select;
mod session;
pub(crate) mod setup;
mod table;
mod users;
mod vulnerabilities;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::OnceLock;

use serde_json::Value;

use crate::auth::Access;
use crate::call::Call;
use crate::catalog::{Catalog, Operation, Version};
use crate::random::Random;
use crate::reply::{Failure, Reply};
use crate::sampler::{Sampler, words};

pub(crate) use seed::Seed;
use table::{Object, Table, members};

/// What an operation does.
pub(crate) type Handler = fn(&mut State, &Call<'_>) -> Result<Reply, Failure>;

/// Handlers of one area, by version and operation id.
type Handlers = &'static [(&'static str, Handler)];

const AREAS: &[Handlers] = &[
    badges::HANDLERS,
    bots::HANDLERS,
    clouds::HANDLERS,
    compliance::HANDLERS,
    exemptions::HANDLERS,
    groups::HANDLERS,
    harvesting::HANDLERS,
    iac::HANDLERS,
    insights::HANDLERS,
    organizations::HANDLERS,
    packs::HANDLERS,
    query::HANDLERS,
    resource_groups::HANDLERS,
    resources::HANDLERS,
    roles::HANDLERS,
    session::HANDLERS,
    users::HANDLERS,
    vulnerabilities::HANDLERS,
];

/// The handler of an operation; none where the sampler answers.
pub(crate) fn handler(operation: &Operation) -> Option<Handler> {
    static HANDLERS: OnceLock<HashMap<&'static str, Handler>> = OnceLock::new();
    let all = HANDLERS.get_or_init(|| AREAS.iter().copied().flatten().copied().collect());
    all.get(operation.key().as_str()).copied()
}

/// The data of a mock: clouds, resources, insights and the rest.
///
/// Reached by [`Mock::state`](crate::Mock::state). Records are JSON objects in the shape of the API's answers;
/// members that are not given are made up.
pub struct State {
    catalog: &'static Catalog,
    seed: u64,
    /// Things made so far; gives each its own sequence of random numbers and its time.
    made: u32,
    numbers: BTreeMap<&'static str, i64>,
    pub(crate) access: Access,
    clouds: Table,
    /// The organization of each cloud, by resource id.
    cloud_organization: BTreeMap<String, i64>,
    regions: BTreeMap<String, Vec<Object>>,
    strategies: Table,
    event_driven_harvest: bool,
    resources: Vec<resource::Resource>,
    notes: BTreeMap<String, Vec<String>>,
    insights: Table,
    /// Resource ids by insight, as `custom:12`.
    findings: BTreeMap<String, BTreeSet<String>>,
    packs: Table,
    exemptions: Table,
    bots: Table,
    badges: BTreeMap<String, Vec<Object>>,
    resource_groups: Table,
    group_members: BTreeMap<String, BTreeSet<String>>,
    users: Table,
    groups: Table,
    /// Resource ids of the users of a group.
    group_users: BTreeMap<String, BTreeSet<String>>,
    /// Resource ids of the roles of a group.
    group_roles: BTreeMap<String, BTreeSet<String>>,
    roles: Table,
    organizations: Table,
    scans: Table,
}

impl State {
    fn new(catalog: &'static Catalog, seed: u64) -> Self {
        Self {
            catalog,
            seed,
            made: 0,
            numbers: BTreeMap::new(),
            access: Access::default(),
            clouds: Table::new("cloud", "resource_id"),
            cloud_organization: BTreeMap::new(),
            regions: BTreeMap::new(),
            strategies: Table::new("harvesting strategy", "id"),
            event_driven_harvest: false,
            resources: Vec::new(),
            notes: BTreeMap::new(),
            insights: Table::new("insight", insights::KEY),
            findings: BTreeMap::new(),
            packs: Table::new("pack", "pack_id"),
            exemptions: Table::new("exemption", "exemption_id"),
            bots: Table::new("bot", "resource_id"),
            badges: BTreeMap::new(),
            resource_groups: Table::new("resource group", "id"),
            group_members: BTreeMap::new(),
            users: Table::new("user", "resource_id"),
            groups: Table::new("group", "resource_id"),
            group_users: BTreeMap::new(),
            group_roles: BTreeMap::new(),
            roles: Table::new("role", "resource_id"),
            organizations: Table::new("organization", "resource_id"),
            scans: Table::new("scan", "build_id"),
        }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Random numbers for the next thing made.
    fn random(&mut self, label: &str) -> Random {
        self.made = self.made.saturating_add(1);
        Random::labelled(self.seed, &format!("{label} {}", self.made))
    }

    /// The next number of a kind, from 1.
    fn number(&mut self, kind: &'static str) -> i64 {
        let number = self.numbers.entry(kind).or_default();
        *number += 1;
        *number
    }

    /// The time of the mock, which goes on by a second with each thing made, so that runs are alike.
    fn now(&self) -> String {
        time_after(self.made)
    }

    /// A record of a v2 schema, made up but for the members of `settled`.
    fn make(&mut self, schema: &'static str, settled: Value) -> Object {
        self.make_of(Version::V2, schema, settled)
    }

    fn make_of(&mut self, version: Version, schema: &'static str, settled: Value) -> Object {
        self.made = self.made.saturating_add(1);
        let label = format!("{schema} {}", self.made);
        let sampled = Sampler::new(self.catalog, version, self.seed, &label).named(schema);
        let mut record = members(sampled);
        record.extend(members(settled));
        record
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("seed", &self.seed)
            .field("clouds", &self.clouds.rows().len())
            .field("resources", &self.resources.len())
            .field("insights", &self.insights.rows().len())
            .finish_non_exhaustive()
    }
}

/// The time when so many things have been made.
fn time_after(made: u32) -> String {
    let seconds = (17 * 3600 + 10 * 60 + 8 + u64::from(made)) % 86_400;
    format!(
        "2024-03-15 {:02}:{:02}:{:02}",
        seconds / 3600,
        seconds / 60 % 60,
        seconds % 60
    )
}

/// The answer of an operation that changes something and says nothing.
fn done() -> Result<Reply, Failure> {
    Ok(Reply::status(200))
}

/// A 200 with a JSON body.
fn found(body: impl Into<Value>) -> Result<Reply, Failure> {
    Ok(Reply::json(200, body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_handler_has_an_operation() {
        let catalog = Catalog::embedded().unwrap();
        let known: BTreeSet<String> = catalog.operations.iter().map(Operation::key).collect();
        let mut seen = BTreeSet::new();
        for (key, _) in AREAS.iter().copied().flatten() {
            assert!(known.contains(*key), "{key}");
            assert!(seen.insert(*key), "{key} twice");
        }
    }
}
