//! One resource. What the seed made up is made again whenever it is asked for, so that a mock can have 100,000.

use std::borrow::Cow;
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::table::{Object, integer, members, plain, text};
use super::{time_after, words};
use crate::catalog::{Catalog, Version};
use crate::random::Random;
use crate::sampler::Sampler;

/// Kinds of resource that are made up, with the prefix and shape of their provider ids.
pub(super) const KINDS: [(&str, &str); 8] = [
    ("instance", "i-"),
    ("volume", "vol-"),
    ("storagecontainer", "bucket-"),
    ("privatenetwork", "vpc-"),
    ("resourceaccesslist", "sg-"),
    ("dbinstance", "db-"),
    ("serviceuser", "user-"),
    ("serverlessfunction", "fn-"),
];

/// A resource of a cloud.
#[derive(Debug, Clone)]
pub(super) struct Resource {
    pub(super) id: String,
    pub(super) kind: String,
    /// Number of the cloud.
    pub(super) cloud: i64,
    record: Record,
}

/// Members of the kind, and those of all kinds in `common`.
#[derive(Debug, Clone)]
enum Record {
    Made(Object),
    /// Follows from this; nothing was changed.
    Seeded(Seeded),
}

impl Resource {
    /// A resource whose record is kept. `common` overrides what is made up for all kinds, `own` the rest.
    pub(super) fn new(origin: &Origin, kind: &str, common: Object, own: Object) -> Self {
        let record = origin.record(kind, common, own);
        let id = record.get("common").map(|common| &common["resource_id"]);
        Self {
            id: id.map(plain).unwrap_or_default(),
            kind: kind.to_owned(),
            cloud: integer(&origin.cloud, "id"),
            record: Record::Made(record),
        }
    }

    /// A resource whose record is made when it is asked for.
    pub(super) fn seeded(seeded: Seeded, kind: &str) -> Self {
        let (id, ..) = seeded.origin.names(kind);
        Self {
            id,
            kind: kind.to_owned(),
            cloud: integer(&seeded.origin.cloud, "id"),
            record: Record::Seeded(seeded),
        }
    }

    fn record(&self) -> Cow<'_, Object> {
        match &self.record {
            Record::Made(record) => Cow::Borrowed(record),
            Record::Seeded(seeded) => Cow::Owned(seeded.record(&self.kind)),
        }
    }

    fn change(&mut self, change: impl FnOnce(&mut Object)) {
        let mut record = self.record().into_owned();
        change(&mut record);
        self.record = Record::Made(record);
    }

    fn common_member(&self, member: &str) -> Value {
        // Names and tags are asked for of many resources, and known without the rest.
        if let Record::Seeded(seeded) = &self.record
            && let Some(value) = seeded.settled().remove(member)
        {
            return value;
        }
        let record = self.record();
        let common = record.get("common");
        common
            .map(|common| common[member].clone())
            .unwrap_or_default()
    }

    /// A member that resources of all kinds have, as text.
    pub(super) fn common(&self, member: &str) -> String {
        plain(&self.common_member(member))
    }

    pub(super) fn set_common(&mut self, member: &str, value: Value) {
        self.change(|record| {
            let common = record.get_mut("common");
            if let Some(common) = common.and_then(Value::as_object_mut) {
                common.insert(member.to_owned(), value);
            }
        });
    }

    /// Sets a member of the kind.
    pub(super) fn set_own(&mut self, member: &str, value: Value) {
        self.change(|record| {
            record.insert(member.to_owned(), value);
        });
    }

    pub(super) fn tags(&self) -> Map<String, Value> {
        members(self.common_member("tags"))
    }

    /// The record under the name of its kind, as queries answer it.
    pub(super) fn item(&self) -> Value {
        json!({"resource_type": self.kind, &self.kind: *self.record()})
    }
}

/// What a record is made from: the same things make the same record.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) catalog: &'static Catalog,
    pub(super) seed: u64,
    /// Number of things that were made before, of which a resource counts as [`Self::THINGS`].
    pub(super) made: u32,
    /// As it was then.
    pub(super) cloud: Arc<Object>,
}

impl Origin {
    /// Names, and the rest.
    pub(super) const THINGS: u32 = 2;

    /// Resource id, region and provider id.
    fn names(&self, kind: &str) -> (String, &'static str, String) {
        let mut random = self.random("resource", 1);
        let region = random.pick(&super::clouds::regions(&text(&self.cloud, "cloud_type_id")));
        let prefix = KINDS
            .iter()
            .find(|(known, _)| *known == kind)
            .map_or("id-", |(_, prefix)| prefix);
        let provider_id = format!("{prefix}{}", random.hex(12));
        let number = integer(&self.cloud, "id");
        let id = format!("{kind}:{number}:{region}:{provider_id}:");
        (id, region, provider_id)
    }

    fn random(&self, label: &str, number: u32) -> Random {
        let made = self.made.saturating_add(number);
        Random::labelled(self.seed, &format!("{label} {made}"))
    }

    fn record(&self, kind: &str, common: Object, own: Object) -> Object {
        let (id, region, provider_id) = self.names(kind);
        let cloud = &self.cloud;
        let mut record = self.sample(kind);
        let mut all = members(record.remove("common").unwrap_or_default());
        all.extend(members(json!({
            "resource_id": id,
            "resource_type": kind,
            "cloud": cloud.get("cloud_type_id"),
            "account": cloud.get("name"),
            "account_id": cloud.get("account_id"),
            "account_status": cloud.get("status"),
            "organization_service_id": integer(cloud, "id"),
            "region": region,
            "availability_zone": format!("{region}a"),
            "namespace_id": provider_id,
            "noncompliance": [],
            "last_harvested_timestamp": time_after(self.made.saturating_add(Self::THINGS)),
        })));
        all.extend(common);
        // What is said twice is said alike.
        for (member, value) in [
            ("name", "resource_name"),
            (&format!("{kind}_id"), "namespace_id"),
        ] {
            if let Some(value) = all.get(value).filter(|_| record.contains_key(member)) {
                record.insert(member.to_owned(), value.clone());
            }
        }
        record.insert("common".to_owned(), Value::Object(all));
        record.extend(own);
        record
    }

    /// Members in the shape that the documents give for the kind.
    fn sample(&self, kind: &str) -> Object {
        let version = Version::V2;
        let schema = &self.catalog.schema(version, "ResourceItem")["properties"][kind];
        let made = self.made.saturating_add(Self::THINGS);
        let label = format!("{kind} {made}");
        let mut sampler = Sampler::new(self.catalog, version, self.seed, &label);
        let mut record = members(sampler.value(schema, kind));
        if !record.contains_key("common") {
            record.insert("common".to_owned(), sampler.named("ResourceCommon"));
        }
        record
    }
}

/// What a resource that the mock begins with is made from.
#[derive(Debug, Clone)]
pub(super) struct Seeded {
    pub(super) origin: Origin,
    /// Its place among those.
    pub(super) number: usize,
}

impl Seeded {
    /// Name and tags, which take the number before the origin's.
    fn settled(&self) -> Object {
        let mut random = self.origin.random("seeded resource", 0);
        let name = format!("{}-{:04}", words::name(&mut random), self.number);
        let mut tags = json!({
            "owner": random.pick(&["ada", "grace", "alan"]),
            "environment": random.pick(&["prod", "staging", "dev"]),
        });
        // Not all resources have tags in the cloud either.
        if random.one_in(5) {
            tags = json!({});
        }
        members(json!({"resource_name": name, "tags": tags}))
    }

    fn record(&self, kind: &str) -> Object {
        self.origin.record(kind, self.settled(), Object::new())
    }
}
