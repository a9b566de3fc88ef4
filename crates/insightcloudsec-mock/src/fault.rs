//! Trouble: what kind, before or after a request is processed, and how often.

use std::fmt;
use std::sync::Arc;

use crate::random::Random;
use crate::record::Recorded;
use crate::reply::Reply;

pub(crate) type MakeReply = Arc<dyn Fn(&Recorded) -> Reply + Send + Sync>;
type ChangeReply = Arc<dyn Fn(Reply) -> Reply + Send + Sync>;
pub(crate) type Predicate = Arc<dyn Fn(&Recorded) -> bool + Send + Sync>;

/// Something that goes wrong with a request, before or after it is processed.
///
/// ```
/// use insightcloudsec_mock::{Fault, Mock, Reply};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mock = Mock::builder().start_blocking()?;
/// // Nothing is created.
/// mock.on("create_user").once().fault(Fault::before(Reply::status(503)))?;
/// // The user is created, and the client does not learn it.
/// mock.on("create_user").once().fault(Fault::lost_answer())?;
/// // So it is here: a proxy has given up waiting.
/// mock.on("create_user").once().fault(Fault::after(|_| Reply::html_page(504)))?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Fault(Kind);

#[derive(Clone)]
enum Kind {
    Before(MakeReply),
    After(ChangeReply),
}

impl Fault {
    /// Answers with `reply`; the request is not processed, and changes nothing.
    #[must_use]
    pub fn before(reply: Reply) -> Self {
        Self::before_with(move |_| reply.clone())
    }

    /// As [`before`](Self::before), with what `reply` makes of the request. Its `status` is not known yet, and 0.
    #[must_use]
    pub fn before_with(reply: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        Self(Kind::Before(Arc::new(reply)))
    }

    /// Processes the request, and answers with what `change` makes of the real answer.
    #[must_use]
    pub fn after(change: impl Fn(Reply) -> Reply + Send + Sync + 'static) -> Self {
        Self(Kind::After(Arc::new(change)))
    }

    /// Processes the request and resets the connection (TCP RST) instead of answering.
    #[must_use]
    pub fn lost_answer() -> Self {
        Self::after(|_| Reply::reset())
    }

    /// Processes the request and resets the connection (TCP RST) in the middle of the answer's body.
    #[must_use]
    pub fn cut_answer() -> Self {
        Self::after(Reply::cut_in_half)
    }

    /// Processes the request and spoils the second half of the answer's body; see [`Reply::garbled`].
    #[must_use]
    pub fn garbled_answer() -> Self {
        Self::after(Reply::garbled)
    }

    /// The answer, by way of what the mock makes of the request itself if it is processed.
    pub(crate) fn answer(
        &self,
        request: &mut Recorded,
        process: impl FnOnce(&Recorded) -> Reply,
    ) -> Reply {
        match &self.0 {
            Kind::Before(make) => make(request),
            Kind::After(change) => {
                let real = process(request);
                request.processed = Some(real.code());
                change(real)
            }
        }
    }
}

impl From<Reply> for Fault {
    /// [`Fault::before`].
    fn from(reply: Reply) -> Self {
        Self::before(reply)
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Before(_) => "Fault::before",
            Kind::After(_) => "Fault::after",
        })
    }
}

/// Random faults for a share of all requests; see [`Mock::faults`](crate::Mock::faults).
///
/// Which requests are hit, and by what, depends on the seed and on their number alone: the first request
/// after the faults were set has the number 0. Clients that call one after the other have the same trouble in
/// each run.
///
/// ```
/// use insightcloudsec_mock::{Fault, Faults, Reply};
///
/// let faults = Faults::seeded(7)
///     .rate(0.15)
///     .mix([Fault::before(Reply::reset()), Fault::cut_answer(), Reply::status(503).into()])
///     .only(|request| request.method == "GET");
/// println!("faults of seed {}", faults.seed());
/// ```
#[derive(Clone)]
#[must_use = "faults happen when a mock has them"]
pub struct Faults {
    seed: u64,
    rate: f64,
    mix: Vec<Fault>,
    only: Option<Predicate>,
}

impl Faults {
    /// Faults in one of ten requests: with equal shares a 500, a 502 in HTML, a 503, a connection that is reset
    /// before the request is processed, one that is reset after that, and one in the middle of the answer.
    pub fn seeded(seed: u64) -> Self {
        Self {
            seed,
            rate: 0.1,
            mix: vec![
                Reply::error(500, "InternalServerError", "an internal error").into(),
                Reply::html_page(502).into(),
                Reply::error(503, "ServiceUnavailable", "try again later").into(),
                Reply::reset().into(),
                Fault::lost_answer(),
                Fault::cut_answer(),
            ],
            only: None,
        }
    }

    /// Share of the requests that are hit, from 0 (none, as is NaN) to 1 (all). Default 0.1.
    pub fn rate(mut self, rate: f64) -> Self {
        self.rate = rate;
        self
    }

    /// The faults to choose from, with equal shares; one given twice has two. None: nothing happens.
    pub fn mix(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.mix = faults.into_iter().collect();
        self
    }

    /// Spares requests that do not fit; they do not count. Status and `processed` are not known yet. The
    /// predicate must not call the mock, which waits for it.
    pub fn only(mut self, fits: impl Fn(&Recorded) -> bool + Send + Sync + 'static) -> Self {
        self.only = Some(Arc::new(fits));
        self
    }

    /// What the choice depends on.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// What happens to the request of that number.
    fn draw(&self, number: u64) -> Option<&Fault> {
        let mut random = Random::labelled(self.seed, &format!("fault {number}"));
        let is_hit = random.fraction() < self.rate;
        if !is_hit {
            return None;
        }
        let faults = i64::try_from(self.mix.len()).ok()?;
        let at = random.between(0, faults.checked_sub(1)?);
        self.mix.get(usize::try_from(at).ok()?)
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Faults")
            .field("seed", &self.seed)
            .field("rate", &self.rate)
            .field("mix", &self.mix)
            .finish_non_exhaustive()
    }
}

/// Random faults at work.
pub(crate) struct Plan {
    faults: Faults,
    seen: u64,
}

impl Plan {
    pub(crate) fn new(faults: Faults) -> Self {
        Self { faults, seen: 0 }
    }

    /// What happens to this request.
    pub(crate) fn next(&mut self, request: &Recorded) -> Option<Fault> {
        if self.faults.only.as_ref().is_some_and(|fits| !fits(request)) {
            return None;
        }
        let number = self.seen;
        self.seen += 1;
        self.faults.draw(number).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(faults: &Faults) -> Vec<u64> {
        (0..1000).filter(|n| faults.draw(*n).is_some()).collect()
    }

    #[test]
    fn a_seed_decides_and_the_rate_holds() {
        let faults = |seed| Faults::seeded(seed).rate(0.15);
        assert_eq!(hit(&faults(7)), hit(&faults(7)));
        assert_ne!(hit(&faults(7)), hit(&faults(8)));
        assert!((100..200).contains(&hit(&faults(7)).len()));
    }

    #[test]
    fn any_rate_and_mix_will_do() {
        let hits = |rate| hit(&Faults::seeded(1).rate(rate)).len();
        assert_eq!([hits(0.0), hits(-1.0), hits(f64::NAN)], [0, 0, 0]);
        assert_eq!([hits(1.0), hits(2.0)], [1000, 1000]);
        assert_eq!(hit(&Faults::seeded(1).rate(1.0).mix([])).len(), 0);
    }
}
