//! The handle of a running mock.

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::auth::{KEY_LENGTH, make_key};
use crate::catalog::Catalog;
use crate::exchange::Shared;
use crate::random::Random;
use crate::record::Recorded;
use crate::reply::Reply;
use crate::script::{UnknownOperation, When};
use crate::server::Server;
use crate::state::{Seed, State};

/// A running mock of an `InsightCloudSec` instance. It stops when dropped.
///
/// It listens on the loopback interface, in a thread of its own. Data can be changed while it runs, through
/// the API and through [`state`](Self::state).
pub struct Mock {
    server: Server,
    shared: Arc<Shared>,
    api_key: String,
    username: String,
    password: String,
}

impl Mock {
    /// Starts a mock with the defaults of [`MockBuilder`].
    ///
    /// # Errors
    ///
    /// [`StartError`] if there is no port or no thread to be had.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Settings of a mock to start.
    pub fn builder() -> MockBuilder {
        MockBuilder::default()
    }

    /// The base URL, such as `http://127.0.0.1:40123`, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address())
    }

    /// A key of the first user, who is a domain admin.
    #[must_use]
    pub fn api_key(&self) -> &str {
        &self.api_key
    }

    /// The name of the first user.
    #[must_use]
    pub fn username(&self) -> &str {
        &self.username
    }

    /// The password of the first user.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// All requests so far, in the order they were answered, as far as they are [kept](Self::keep_requests).
    #[must_use]
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.records().iter().cloned().collect()
    }

    /// The requests of one operation, by its id, so far and as far as they are [kept](Self::keep_requests).
    #[must_use]
    pub fn requests_of(&self, operation: &str) -> Vec<Recorded> {
        let records = self.shared.records();
        let of_it = |one: &&Recorded| one.operation.as_deref() == Some(operation);
        records.iter().filter(of_it).cloned().collect()
    }

    /// Keeps the latest requests only, so many of them; 0 is none. By default all are kept. What
    /// [`counters`](Self::counters) says does not depend on it.
    pub fn keep_requests(&self, requests: usize) {
        self.shared.records().keep(requests);
    }

    /// Forgets the requests so far. What a client sent and gave up may still arrive.
    pub fn clear_requests(&self) {
        self.shared.records().clear();
    }

    /// Scripts an answer for an operation.
    ///
    /// The operation is its id (`list_clouds`, which holds for all versions that have it), version and id
    /// (`v3.query_resources`), or a method and a path or path template, known or not
    /// (`GET /v2/public/clouds/list`).
    ///
    /// ```
    /// use insightcloudsec_mock::{Mock, Reply};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::start().await?;
    /// mock.on("list_clouds").once().respond(Reply::status(429).header("retry-after", "1"))?;
    /// assert!(mock.on("list_cluods").respond(Reply::status(200)).is_err());
    /// # Ok(())
    /// # }
    /// ```
    pub fn on(&self, operation: &str) -> When<'_> {
        When::new(&self.shared, Some(operation))
    }

    /// Scripts an answer for any request, paths that no operation has included.
    ///
    /// ```
    /// use std::time::Duration;
    /// use insightcloudsec_mock::{Fault, Mock, Reply};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::start().await?;
    /// // Whatever comes first meets a gateway that is down; then everything takes its time.
    /// mock.on_any().once().respond(Reply::html_page(502))?;
    /// mock.on_any().fault(Fault::after(|answer| answer.delayed(Duration::from_millis(20))))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_any(&self) -> When<'_> {
        When::new(&self.shared, None)
    }

    /// Forgets all scripted answers.
    pub fn clear_scripts(&self) {
        self.shared.scripts().clear();
    }

    /// Answers an operation with what `answer` makes of the request, in place of the mock's own behaviour: once the
    /// credentials are known and the request is valid, with random faults and the rate limit as for any other. What is
    /// scripted with [`on`](Self::on) still comes before. The operation is named as there, but for parameters in a path,
    /// which stand for all values. The latest handler holds.
    ///
    /// With a [`PagedList`](crate::PagedList) it gives a list of any length.
    ///
    /// # Errors
    ///
    /// [`UnknownOperation`] if no document has the operation.
    ///
    /// ```
    /// use insightcloudsec_mock::{Mock, Reply};
    /// use serde_json::json;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::start().await?;
    /// mock.handle("v4.list_cloud_findings", |request| {
    ///     let next = request.query_value("cursor").is_none().then_some("second");
    ///     Reply::json(200, json!({"results": [], "next_cursor": next}))
    /// })?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn handle(
        &self,
        operation: &str,
        answer: impl Fn(&Recorded) -> Reply + Send + Sync + 'static,
    ) -> Result<(), UnknownOperation> {
        let catalog = self.shared.catalog();
        let answer = Arc::new(answer);
        self.shared.handlers().add(catalog, operation, answer)
    }

    /// Lets all operations behave by themselves again.
    pub fn clear_handlers(&self) {
        self.shared.handlers().clear();
    }

    /// A request that this mock answers with a result, for tests that try operations by the dozen.
    ///
    /// The operation is its id (`list_clouds`; of several, that of the lowest version) or version and id
    /// (`v3.query_resources`). The answer has two members: `parameters`, with all path and query parameters by
    /// their names on the wire, each in the JSON type of its schema, and `body`, null where there is none.
    /// Optional parts are there; members that may be null now and then are. Ids are of things that the mock
    /// has, as long as it has some. The rest depends on `seed`.
    ///
    /// # Errors
    ///
    /// [`UnknownOperation`] if no document has the operation.
    ///
    /// ```
    /// use insightcloudsec_mock::Mock;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::start().await?;
    /// let request = mock.sample_request("set_insight_notes", 1)?;
    /// assert!(request["parameters"]["insight_id"].is_i64());
    /// assert!(request["body"]["notes"].is_string());
    /// # Ok(())
    /// # }
    /// ```
    pub fn sample_request(&self, operation: &str, seed: u64) -> Result<Value, UnknownOperation> {
        let found = self.shared.catalog().find(operation);
        let found = found.ok_or_else(|| UnknownOperation::new(operation))?;
        let mut request = self.state(|state| state.sample_request(found, seed));
        if found.id == "login" {
            request["body"] = json!({"username": self.username, "password": self.password});
        }
        Ok(request)
    }

    /// Looks at the data or changes them; no request is answered meanwhile.
    pub fn state<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.shared.state())
    }

    /// Adds a cloud account and returns it; see [`State::add_cloud`].
    #[allow(
        clippy::must_use_candidate,
        reason = "the cloud is added, whatever becomes of the answer"
    )]
    pub fn add_cloud(&self, members: Value) -> Value {
        self.state(|state| state.add_cloud(members))
    }
}

impl fmt::Debug for Mock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mock")
            .field("url", &self.url())
            .finish_non_exhaustive()
    }
}

/// Settings of a [`Mock`].
///
/// Mocks of the same settings hold the same data, keys included. `Debug` shows no credentials.
#[derive(Clone)]
#[must_use = "a mock does nothing until it is started"]
pub struct MockBuilder {
    port: u16,
    seed: u64,
    clouds: usize,
    resources: usize,
    is_empty: bool,
    api_key: Option<String>,
    username: String,
    password: String,
}

impl Default for MockBuilder {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            clouds: 8,
            resources: 200,
            is_empty: false,
            api_key: None,
            username: "admin".to_owned(),
            password: "made-up-password".to_owned(),
        }
    }
}

impl MockBuilder {
    /// The port to listen on. Default 0, which is any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What the made-up data depend on. Default 1.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Number of cloud accounts. Default 8.
    pub fn clouds(mut self, clouds: usize) -> Self {
        self.clouds = clouds;
        self
    }

    /// Number of resources, spread over the cloud accounts; none without one. Default 200.
    pub fn resources(mut self, resources: usize) -> Self {
        self.resources = resources;
        self
    }

    /// Begins with one user and one organization only, for tests that set up all data themselves.
    pub fn empty(mut self) -> Self {
        self.is_empty = true;
        self
    }

    /// The key of the first user. Default: one that depends on the seed, 51 characters.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Name and password of the first user. Default `admin` and `made-up-password`.
    pub fn user(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.username = username.into();
        self.password = password.into();
        self
    }

    /// Starts the mock; it answers as soon as this returns.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the port is taken or there is no thread to be had.
    #[allow(
        clippy::unused_async,
        reason = "leaves room for a start that waits; callers are async"
    )]
    pub async fn start(self) -> Result<Mock, StartError> {
        self.start_blocking()
    }

    /// Starts the mock from code that is not async.
    ///
    /// # Errors
    ///
    /// [`StartError`] if the port is taken or there is no thread to be had.
    pub fn start_blocking(self) -> Result<Mock, StartError> {
        let catalog = Catalog::embedded().map_err(StartError::Documents)?;
        let make = || make_key(&mut Random::labelled(self.seed, "api key"), KEY_LENGTH);
        let api_key = self.api_key.unwrap_or_else(make);
        let seed = Seed {
            number: self.seed,
            clouds: self.clouds,
            resources: self.resources,
            is_empty: self.is_empty,
            api_key: api_key.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
        };
        let shared = Arc::new(Shared::new(catalog, State::seeded(catalog, &seed)));
        let server =
            Server::start(self.port, Arc::clone(&shared)).map_err(|source| StartError::Listen {
                port: self.port,
                source,
            })?;
        Ok(Mock {
            server,
            shared,
            api_key,
            username: self.username,
            password: self.password,
        })
    }
}

impl fmt::Debug for MockBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockBuilder")
            .field("port", &self.port)
            .field("seed", &self.seed)
            .field("clouds", &self.clouds)
            .field("resources", &self.resources)
            .field("empty", &self.is_empty)
            .finish_non_exhaustive()
    }
}

/// Why a mock does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// No socket on that port, or no thread to serve it.
    #[error("cannot serve on port {port} of the loopback interface; is it taken?")]
    Listen {
        /// The port asked for; 0 is any free one.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The embedded documents cannot be read, which is a defect of this crate.
    #[error("the embedded API documents cannot be read: {0}")]
    Documents(&'static str),
}
