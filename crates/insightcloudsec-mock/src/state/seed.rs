//! The data that a mock begins with.

use std::sync::Arc;

use serde_json::{Value, json};

use super::resource::{KINDS, Resource, Seeded};
use super::table::{Object, integer, text};
use super::{State, members};
use crate::auth::{KEY_LENGTH, make_key};
use crate::catalog::Catalog;
use crate::random::Random;
use crate::sampler::words;

/// What the first data depend on.
pub(crate) struct Seed {
    pub(crate) number: u64,
    pub(crate) clouds: usize,
    pub(crate) resources: usize,
    /// No data beyond what a login needs.
    pub(crate) is_empty: bool,
    pub(crate) api_key: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

/// Insights: name, severity, the kind of resource they assess.
const INSIGHTS: [(&str, u8, &str); 12] = [
    ("Instance with a public address", 3, "instance"),
    ("Instance without termination protection", 2, "instance"),
    ("Instance with an old metadata service", 4, "instance"),
    ("Volume without encryption", 4, "volume"),
    ("Volume without snapshot", 1, "volume"),
    ("Storage container open to the world", 5, "storagecontainer"),
    (
        "Storage container without versioning",
        2,
        "storagecontainer",
    ),
    ("Network without flow logs", 3, "privatenetwork"),
    ("Access list open to the world", 5, "resourceaccesslist"),
    ("Database open to the world", 5, "dbinstance"),
    ("User without second factor", 4, "serviceuser"),
    ("Function with an outdated runtime", 2, "serverlessfunction"),
];

/// Insights from this one on are custom.
const FIRST_CUSTOM: usize = 9;

/// Users: name, level, last login, which the product writes with and without fractions.
const PEOPLE: [(&str, &str, Option<&str>); 4] = [
    ("grace", "ORGANIZATION_ADMIN", Some("2024-03-14 08:12:55")),
    ("alan", "BASIC_USER", Some("2023-11-02 16:40:51.443796")),
    ("edsger", "DOMAIN_VIEWER", None),
    ("barbara", "BASIC_USER", None),
];

/// Works through the API only: a key and no console.
const WITH_KEY: &str = "barbara";

impl State {
    /// The data of a new mock; the same for the same seed and sizes.
    pub(crate) fn seeded(catalog: &'static Catalog, seed: &Seed) -> Self {
        let mut state = Self::new(catalog, seed.number);
        state.add_organization("Acme");
        state.seed_first_user(seed);
        state.add_strategy_row("default", "AWS");
        if !seed.is_empty {
            state.add_organization("Acme Labs");
            state.seed_people();
            state.seed_clouds(seed.clouds);
            state.seed_resources(seed.resources);
            state.seed_insights();
            state.seed_packs();
            state.seed_bots();
            state.seed_resource_groups();
            for template in ["{}", r#"{"acl": "public-read"}"#] {
                state.add_scan_row(&json!({
                    "scan_name": "nightly",
                    "author_name": "ci",
                    "config_name": "default",
                    "iac_provider": "terraform",
                    "scan_template": template,
                }));
            }
        }
        state
    }

    fn seed_first_user(&mut self, seed: &Seed) {
        let email = format!("{}@example.com", seed.username);
        let mut user = self.add_user_row(&seed.username, "First User", &email);
        user.insert("domain_admin".to_owned(), json!(true));
        user.insert("last_login_time".to_owned(), json!("2024-03-15 07:30:02"));
        user.insert("api_key_last_used".to_owned(), json!("2024-03-15 17:05:44"));
        let user_id = integer(&user, "user_id");
        self.access.set_password(user_id, seed.password.clone());
        self.access.set_key(user_id, seed.api_key.clone());
        self.users.push(user);
    }

    fn seed_people(&mut self) {
        for name in ["Security", "Operations"] {
            self.add_group_row(name);
        }
        let role = self.add_role_row(
            json!({"name": "Auditor", "description": "Reads everything", "view": true}),
        );
        for (username, level, last_login) in PEOPLE {
            let mut user =
                self.add_user_row(username, username, &format!("{username}@example.com"));
            user.insert(
                "organization_admin".to_owned(),
                json!(level == "ORGANIZATION_ADMIN"),
            );
            user.insert("domain_viewer".to_owned(), json!(level == "DOMAIN_VIEWER"));
            // A user who never logged in has no such member.
            if let Some(time) = last_login {
                user.insert("last_login_time".to_owned(), json!(time));
            }
            if username == WITH_KEY {
                self.seed_key(&mut user);
            }
            let id = text(&user, "resource_id");
            self.group_users
                .entry("divvyusergroup:1".to_owned())
                .or_default()
                .insert(id);
            self.users.push(user);
        }
        let role = text(&role, "resource_id");
        self.group_roles
            .entry("divvyusergroup:1".to_owned())
            .or_default()
            .insert(role);
    }

    /// A key with a date of its own, and no console.
    fn seed_key(&mut self, user: &mut Object) {
        let mut random = Random::labelled(self.seed, "seeded api key");
        let key = make_key(&mut random, KEY_LENGTH);
        self.access.set_key(integer(user, "user_id"), key);
        user.insert("console_access_denied".to_owned(), json!(true));
        let last_used = json!("2024-03-15T04:00:09Z");
        user.insert("api_key_last_used".to_owned(), last_used);
    }

    fn seed_clouds(&mut self, clouds: usize) {
        for number in 1..=clouds {
            let mut random = self.random("cloud");
            let kind = random.pick(&["AWS", "AWS", "AZURE_ARM", "GCE"]);
            let stage = random.pick(&["prod", "staging", "dev"]);
            let settled = json!({
                "name": format!("{stage}-{}-{number:02}", words::word(&mut random)),
                "cloud_type_id": kind,
                "status": if random.one_in(8) { "PAUSED" } else { "DEFAULT" },
            });
            let cloud = self.add_cloud_row(1, settled);
            let badge =
                members(json!({"key": "environment", "value": stage, "auto_generated": false}));
            self.badges.insert(text(&cloud, "resource_id"), vec![badge]);
        }
    }

    fn seed_resources(&mut self, resources: usize) {
        let clouds: Vec<Arc<Object>> = self.clouds.rows().iter().cloned().map(Arc::new).collect();
        for (cloud, number) in clouds.iter().cycle().zip(0..resources) {
            // Shifted by a round, or a cloud would have one kind only.
            let (kind, _) = KINDS[(number + number / clouds.len()) % KINDS.len()];
            self.made = self.made.saturating_add(1);
            let origin = self.origin(Arc::clone(cloud));
            let resource = Resource::seeded(Seeded { origin, number }, kind);
            self.resources.push(resource);
        }
    }

    fn seed_insights(&mut self) {
        for (at, (name, severity, kind)) in INSIGHTS.iter().enumerate() {
            let source = if at < FIRST_CUSTOM {
                "backoffice"
            } else {
                "custom"
            };
            let settled = json!({
                "name": name,
                "description": format!("Finds: {name}."),
                "severity": severity,
                "resource_types": [kind],
                "tags": [kind, "seeded"],
            });
            let insight = self.add_insight_row(source, settled);
            let mut random = self.random("findings");
            let assessed = self.resources.iter().filter(|one| one.kind == *kind);
            let found = assessed
                .filter(|_| random.one_in(3))
                .map(|one| one.id.clone())
                .collect();
            let key = format!("{source}:{}", integer(&insight, "insight_id"));
            self.findings.insert(key, found);
        }
    }

    fn seed_packs(&mut self) {
        let numbers = |source: &str| -> Vec<i64> {
            let of_source = self
                .insights
                .rows()
                .iter()
                .filter(|one| text(one, "source") == source);
            of_source.map(|one| integer(one, "insight_id")).collect()
        };
        let (built_in, custom) = (numbers("backoffice"), numbers("custom"));
        let half = built_in.len() / 2;
        let packs: [(&str, Value); 3] = [
            (
                "backoffice",
                json!({"name": "Baseline", "backoffice": built_in}),
            ),
            (
                "backoffice",
                json!({"name": "Compute", "backoffice": built_in[..half]}),
            ),
            ("custom", json!({"name": "House rules", "custom": custom})),
        ];
        for (source, pack) in packs {
            self.add_pack_row(source, pack);
        }
    }

    fn seed_bots(&mut self) {
        for (name, state) in [
            ("Tag owners", "RUNNING"),
            ("Stop idle instances", "PAUSED"),
            ("Report", "RUNNING"),
        ] {
            self.add_bot_row(json!({
                "name": name,
                "state": state,
                "severity": "medium",
                "category": "Curation",
                "source": "backoffice",
                "insight_id": 1,
            }));
        }
    }

    fn seed_resource_groups(&mut self) {
        for name in ["Crown jewels", "Internet facing"] {
            let group = self.add_resource_group_row(name, "");
            let mut random = self.random("group members");
            let members = self.resources.iter().filter(|_| random.one_in(10));
            let members = members.map(|one| one.id.clone()).collect();
            self.group_members.insert(text(&group, "id"), members);
        }
    }
}
