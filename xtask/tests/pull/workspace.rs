//! A workspace with three small specification folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tempfile::TempDir;
use xtask::tasks::Exit;
use xtask::tasks::pull::{Arguments, pull_into};
use xtask::tasks::record::record_in;

/// Stands for a key, and must appear nowhere.
pub(crate) const CANARY: &str = "c4nary-key";

pub(crate) struct Workspace(TempDir);

/// A document with operations of a version.
pub(crate) fn document(version: &str, more: &str) -> String {
    format!(
        "openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths:\n  /{version}/things/{{id}}:\n    get:\n      operationId: findThing\n      \
         parameters: [{{name: id, in: path, required: true, schema: {{type: string}}}}]\n      responses: {{'204': {{description: none}}}}\n{more}"
    )
}

impl Workspace {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        for version in ["v2", "v3", "v4"] {
            let folder = root.path().join(format!("specs/x-{version}"));
            fs::create_dir_all(&folder).unwrap();
            let api = format!(
                "# ours\ncrate = \"x-{version}\"\ntitle = \"X {version}\"\nauth = \"insightcloudsec\"\n\n[provenance]\nkind = \"compiled\"\n"
            );
            fs::write(folder.join("api.toml"), api).unwrap();
            let known = format!(
                "[\"GET /{version}/things/{{}}\"]\nname = \"get_thing\"\neffect = \"read\"\nstability = \"other\"\n"
            );
            fs::write(folder.join("operations.toml"), known).unwrap();
            fs::write(folder.join("openapi.yaml"), document(version, "")).unwrap();
        }
        record_in(root.path(), &[], &mut Vec::new()).unwrap();
        Self(root)
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.path().join("specs").join(path)).unwrap()
    }

    /// All files below `specs/`.
    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        let mut files = BTreeMap::new();
        for folder in fs::read_dir(self.0.path().join("specs")).unwrap() {
            for file in fs::read_dir(folder.unwrap().path()).unwrap() {
                let path = file.unwrap().path();
                files.insert(path.display().to_string(), fs::read(&path).unwrap());
            }
        }
        files
    }

    pub(crate) fn pull(
        &self,
        change: impl FnOnce(&mut Arguments),
        key: Option<&str>,
    ) -> (Exit, String) {
        let mut arguments = Arguments {
            instance: None,
            published: false,
            from: None,
            docs: "docs".to_owned(),
            api: Vec::new(),
            dry_run: false,
            accept_errors: false,
        };
        change(&mut arguments);
        let mut out = Vec::new();
        let exit = pull_into(self.path(), &arguments, key, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(!text.contains(CANARY), "{text}");
        (exit, text)
    }

    pub(crate) fn pull_instance(&self, address: &str, key: Option<&str>) -> (Exit, String) {
        self.pull(
            |arguments| arguments.instance = Some(address.to_owned()),
            key,
        )
    }
}
