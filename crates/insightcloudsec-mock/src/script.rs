//! Answers that a test prescribes.

use std::fmt;
use std::sync::Arc;

use crate::catalog::{Catalog, Operation};
use crate::exchange::Shared;
use crate::fault::{Fault, MakeReply, Predicate};
use crate::record::Recorded;
use crate::reply::Reply;

/// The operation that was named does not exist.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no operation is called `{name}`; give its id, `v3.` and its id, or method and path")]
pub struct UnknownOperation {
    name: String,
}

impl UnknownOperation {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
        }
    }
}

/// A scripted answer under construction; made by [`Mock::on`](crate::Mock::on) and
/// [`Mock::on_any`](crate::Mock::on_any).
///
/// Answers for a limited number of requests come first, in the order they were given. Then the last
/// unlimited one holds. With neither, the built-in behaviour answers.
#[must_use = "nothing is scripted until `respond` or `fault` is called"]
pub struct When<'a> {
    shared: &'a Shared,
    /// None is any request.
    target: Option<String>,
    uses: Option<usize>,
    only: Option<Predicate>,
}

impl<'a> When<'a> {
    pub(crate) fn new(shared: &'a Shared, target: Option<&str>) -> Self {
        Self {
            shared,
            target: target.map(str::to_owned),
            uses: None,
            only: None,
        }
    }

    /// For the next request only.
    pub fn once(self) -> Self {
        self.times(1)
    }

    /// For that many requests.
    pub fn times(mut self, requests: usize) -> Self {
        self.uses = Some(requests);
        self
    }

    /// For all requests from now on; the default.
    pub fn always(mut self) -> Self {
        self.uses = None;
        self
    }

    /// Only for requests that fit; others do not use it up. Of several predicates the last one holds. Status
    /// and `processed` of the request are not known yet. The predicate must not call the mock, which waits for it.
    ///
    /// ```
    /// use insightcloudsec_mock::{Mock, Reply};
    ///
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mock = Mock::builder().start_blocking()?;
    /// mock.on_any()
    ///     .only(|request| request.method == "DELETE")
    ///     .respond(Reply::status(503))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn only(mut self, fits: impl Fn(&Recorded) -> bool + Send + Sync + 'static) -> Self {
        self.only = Some(Arc::new(fits));
        self
    }

    /// Answers with `reply`, before credentials and request are looked at.
    ///
    /// # Errors
    ///
    /// [`UnknownOperation`] if no document has the operation.
    pub fn respond(self, reply: Reply) -> Result<(), UnknownOperation> {
        self.fault(Fault::before(reply))
    }

    /// Answers with what `reply` makes of the request. Its `status` is not known yet, and 0.
    ///
    /// # Errors
    ///
    /// [`UnknownOperation`] if no document has the operation.
    pub fn respond_with(
        self,
        reply: impl Fn(&Recorded) -> Reply + Send + Sync + 'static,
    ) -> Result<(), UnknownOperation> {
        self.fault(Fault::before_with(reply))
    }

    /// Lets something go wrong before or after the request is processed.
    ///
    /// # Errors
    ///
    /// [`UnknownOperation`] if no document has the operation.
    pub fn fault(self, fault: Fault) -> Result<(), UnknownOperation> {
        let target = match &self.target {
            Some(target) => Target::read(self.shared.catalog(), target)?,
            None => Target::Any,
        };
        self.shared.scripts().add(Script {
            target,
            uses: self.uses,
            only: self.only,
            fault,
        });
        Ok(())
    }
}

impl fmt::Debug for When<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("When")
            .field("target", &self.target)
            .field("uses", &self.uses)
            .finish_non_exhaustive()
    }
}

/// Which requests a script is for.
enum Target {
    Any,
    /// An id in any document.
    Id(String),
    /// An id in one document, `v3.query_resources`.
    Key(String),
    /// A method and a path or path template, known or not.
    Path(String, String),
}

impl Target {
    fn read(catalog: &Catalog, text: &str) -> Result<Self, UnknownOperation> {
        if let Some((method, path)) = text.split_once(' ') {
            return Ok(Self::Path(
                method.to_ascii_uppercase(),
                path.trim().to_owned(),
            ));
        }
        if catalog.operations.iter().any(|one| one.id == text) {
            return Ok(Self::Id(text.to_owned()));
        }
        if catalog.operations.iter().any(|one| one.key() == text) {
            return Ok(Self::Key(text.to_owned()));
        }
        Err(UnknownOperation::new(text))
    }

    fn fits(&self, request: &Recorded, operation: Option<&Operation>) -> bool {
        match self {
            Self::Path(method, path) if *method == request.method && *path == request.path => true,
            _ => operation.map_or(matches!(self, Self::Any), |one| self.is(one)),
        }
    }

    /// Whether an operation is meant, whatever the values of its parameters.
    fn is(&self, operation: &Operation) -> bool {
        match self {
            Self::Any => true,
            Self::Id(id) => operation.id == *id,
            Self::Key(key) => operation.key() == *key,
            Self::Path(method, path) => {
                operation.method.as_str() == method && operation.path == *path
            }
        }
    }
}

/// What a test has operations do in place of the mock's own behaviour.
#[derive(Default)]
pub(crate) struct Handlers(Vec<(Target, MakeReply)>);

impl Handlers {
    pub(crate) fn add(
        &mut self,
        catalog: &Catalog,
        operation: &str,
        answer: MakeReply,
    ) -> Result<(), UnknownOperation> {
        let target = Target::read(catalog, operation)?;
        // Of a path, only one that some operation has gets here.
        if !catalog.operations.iter().any(|one| target.is(one)) {
            return Err(UnknownOperation::new(operation));
        }
        self.0.push((target, answer));
        Ok(())
    }

    /// The latest for an operation.
    pub(crate) fn get(&self, operation: &Operation) -> Option<MakeReply> {
        let mut latest_first = self.0.iter().rev();
        let (_, answer) = latest_first.find(|(target, _)| target.is(operation))?;
        Some(MakeReply::clone(answer))
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

struct Script {
    target: Target,
    uses: Option<usize>,
    only: Option<Predicate>,
    fault: Fault,
}

impl Script {
    fn fits(&self, request: &Recorded, operation: Option<&Operation>) -> bool {
        self.target.fits(request, operation) && self.only.as_ref().is_none_or(|fits| fits(request))
    }
}

/// All scripted answers of a mock.
#[derive(Default)]
pub(crate) struct Scripts {
    limited: Vec<Script>,
    unlimited: Vec<Script>,
}

impl Scripts {
    fn add(&mut self, script: Script) {
        match script.uses {
            Some(_) => self.limited.push(script),
            None => self.unlimited.push(script),
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    /// The answer prescribed for a request, used up by it.
    pub(crate) fn take(
        &mut self,
        request: &Recorded,
        operation: Option<&Operation>,
    ) -> Option<Fault> {
        self.limited.retain(|script| script.uses != Some(0));
        let mut limited = self.limited.iter_mut();
        if let Some(script) = limited.find(|script| script.fits(request, operation)) {
            script.uses = script.uses.map(|uses| uses.saturating_sub(1));
            return Some(script.fault.clone());
        }
        let mut latest_first = self.unlimited.iter().rev();
        let script = latest_first.find(|script| script.fits(request, operation))?;
        Some(script.fault.clone())
    }
}
