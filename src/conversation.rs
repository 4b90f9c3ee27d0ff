//! How keys are brought: a conversation between the verifier, which decides, and its host, which fetches and carries. Each
//! step tells the host one thing to do, and what came of it leads to the next (docs/abi.md, "Bringing keys"). With a
//! store, replicas fetch once for all of them: a look into it, then a lock, or the wait for the one who has it.

use crate::event::{FetchEnded, Watch};
use crate::fetched::{self, Document, Fetched};
use crate::json;
use crate::keyring::{self, Keyring, Offer};
use crate::limits;
use crate::record::{self, Record};
use crate::strict::{Fault, Fields};
use crate::time::UnixTime;
use crate::writer::ObjectWriter;

/// The place for records that replicas share, as far as the host has one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Store {
    /// None.
    #[default]
    Absent,
    /// One that gets and puts.
    Plain,
    /// One that locks, too.
    Locking,
}

/// What the host is to do next, and what it should know beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What to do.
    pub task: Task,
    /// Callers that wait may ask again now; the rest of the conversation concerns none of them.
    pub settled: bool,
    /// The first line of the record of the document that was just told.
    pub record: Option<String>,
    /// What was just loaded is the record to keep.
    pub keep: bool,
    /// Why what was just told brought nothing: a fixed word, and a line for a log.
    pub trouble: Option<(String, String)>,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// The conversation is over: `stored`, `failed`, `refused` or `shared`.
    Done(&'static str),
    /// GET this document.
    Fetch(Document, String),
    /// Get the value of this name from the store.
    Load(String),
    /// Take this lock of the store.
    Lock(String),
    /// No conversation may begin before these seconds are over.
    Nothing(u32),
    /// Wait.
    Pause,
    /// Put the record under this name into the store, for these seconds.
    Save(String, u32),
    /// Give this lock back.
    Unlock(String),
}

/// A conversation under way.
#[derive(Clone, Debug)]
pub(crate) struct Conversation {
    phase: Phase,
    /// What the keys are needed for, as in [`crate::KeysNeeded`].
    reason: &'static str,
    store: Store,
    locked: bool,
    /// What the host took for all steps so far, seconds.
    elapsed: f64,
    /// When the host was heard last.
    heard: UnixTime,
    /// Known as soon as callers need not wait any more.
    outcome: Option<&'static str>,
}

/// What the host was told to do last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Done,
    Fetch(Document),
    /// `again` with the lock, or while another replica has it: it may have put something there meanwhile.
    Load {
        again: bool,
    },
    Lock,
    Pause,
    /// The seconds that the record lives.
    Save(u32),
    Unlock,
}

/// Whom a conversation is about, and when.
pub(crate) struct Scene<'s> {
    pub(crate) keyring: &'s mut Keyring,
    pub(crate) watch: &'s mut Watch,
    /// When the store failed: it is left alone for a while.
    pub(crate) store_failed: &'s mut Option<UnixTime>,
    pub(crate) now: UnixTime,
    pub(crate) jitter: f64,
}

impl Conversation {
    /// Begins, unless nothing may be fetched now: then seconds until something may.
    pub(crate) fn begin(scene: &mut Scene<'_>, store: Store) -> Result<(Self, Step), u32> {
        let reason = scene.keyring.fetch_reason(scene.now);
        if !scene.keyring.fetch_started(scene.now) {
            return Err(scene.keyring.pause(scene.now));
        }
        let mut conversation = Self {
            phase: Phase::Done,
            reason,
            store,
            locked: false,
            elapsed: 0.0,
            heard: scene.now,
            outcome: None,
        };
        let first =
            if conversation.may_share(scene) { Phase::Load { again: false } } else { begin_fetch(scene) };
        let step = Step::only(conversation.enter(first, scene.keyring));
        Ok((conversation, step))
    }

    /// Seconds until its host counts as dead; none once it does, and none if the clock was set back.
    pub(crate) fn seconds_left(&self, now: UnixTime) -> Option<f64> {
        let silent = now.since(self.heard);
        (self.heard <= now && silent < limits::FETCH_LOST).then_some(limits::FETCH_LOST - silent)
    }

    /// The host gives up. What is not settled ends for the keyring too; the lock that is held is to be given back.
    pub(crate) fn abandon(self, keyring: &mut Keyring, now: UnixTime) -> Option<String> {
        if self.outcome.is_none() {
            keyring.fetch_abandoned(now);
        }
        self.locked.then(|| keyring.store_name("lock"))
    }

    /// The host did what the last step says: `told` is one line of JSON, the facts, and a body behind a line feed.
    pub(crate) fn told(&mut self, told: &[u8], scene: &mut Scene<'_>) -> Result<Step, Fault> {
        let end = told.iter().position(|byte| *byte == b'\n').unwrap_or(told.len());
        let (line, rest) = told.split_at_checked(end).unwrap_or((told, b""));
        let body = rest.get(1..).unwrap_or_default();
        let (_, object) = json::parse_object(line).map_err(|error| Fault {
            path: String::new(),
            message: format!("the first line told is not one strict JSON object ({})", error.reason()),
        })?;
        let facts = Fields { object: &object, path: String::new() };
        let Some(elapsed) = facts.number("elapsed")?.filter(|seconds| *seconds >= 0.0) else {
            return facts.fault("elapsed", "is not a number of seconds");
        };
        let mut step = Step::only(Task::Pause);
        let next = match self.phase {
            Phase::Fetch(document) => self.fetched(document, &facts, body, elapsed, &mut step, scene)?,
            Phase::Pause => Phase::Lock,
            Phase::Load { again } => match stored(&facts, "found")? {
                Ok(found) => self.loaded(again, found.then_some(body), elapsed, &mut step, scene),
                Err(reason) => self.store_failed(reason, scene),
            },
            Phase::Lock => match stored(&facts, "locked")? {
                Ok(locked) => {
                    self.locked = locked;
                    Phase::Load { again: true }
                }
                Err(reason) => self.store_failed(reason, scene),
            },
            Phase::Save(_) => match stored(&facts, "saved")? {
                Ok(_) => self.give_back(scene),
                Err(reason) => self.store_failed(reason, scene),
            },
            Phase::Unlock => match stored(&facts, "unlocked")? {
                Ok(_) => Phase::Done,
                Err(reason) => self.store_failed(reason, scene),
            },
            Phase::Done => Phase::Done,
        };
        self.heard = scene.now;
        self.elapsed += elapsed;
        step.settled = self.outcome.is_some();
        step.task = self.enter(next, scene.keyring);
        Ok(step)
    }

    fn enter(&mut self, phase: Phase, keyring: &Keyring) -> Task {
        self.phase = phase;
        match phase {
            Phase::Done => Task::Done(self.outcome.unwrap_or("failed")),
            Phase::Fetch(_) => match keyring.document() {
                Some((document, url)) => Task::Fetch(document, url.to_owned()),
                None => Task::Done("failed"),
            },
            Phase::Load { .. } => Task::Load(keyring.store_name("keys")),
            Phase::Lock => Task::Lock(keyring.store_name("lock")),
            Phase::Pause => Task::Pause,
            Phase::Save(seconds) => Task::Save(keyring.store_name("keys"), seconds),
            Phase::Unlock => {
                self.locked = false;
                Task::Unlock(keyring.store_name("lock"))
            }
        }
    }

    /// A document came, or did not.
    fn fetched(
        &mut self,
        document: Document,
        facts: &Fields<'_>,
        body: &[u8],
        duration: f64,
        step: &mut Step,
        scene: &mut Scene<'_>,
    ) -> Result<Phase, Fault> {
        let (now, jitter) = (scene.now, scene.jitter);
        let mut outcome = "ok";
        let mut next = Phase::Done;
        match fetched::judge(facts, now)? {
            Fetched::Failed(failure) => {
                outcome = "failed";
                scene.keyring.fetch_failed(now, failure.retry_after, jitter);
                step.trouble = Some((failure.error, failure.message));
            }
            Fetched::Document { max_age } => {
                let offer = match document {
                    Document::Discovery => scene.keyring.offer_discovery(body, now, jitter),
                    Document::KeySet => scene.keyring.offer_keys(body, now, max_age, jitter),
                };
                match offer {
                    Offer::Discovered => next = Phase::Fetch(Document::KeySet),
                    Offer::Refused(reason) => {
                        outcome = "refused";
                        step.trouble = Some((reason.to_owned(), scene.keyring.refusal(reason, body)));
                    }
                    Offer::Stored => {
                        self.outcome = Some("stored");
                        step.record = Some(record::line(scene.keyring.names(), now, max_age, body));
                        next = Phase::Save(keyring::life(max_age));
                    }
                }
            }
        }
        let reason = step.trouble.as_ref().map(|(error, _)| error.as_str());
        scene.watch.fetch_ended(scene.keyring, &FetchEnded { document, outcome, reason, duration });
        if let Some(error) = reason {
            scene.keyring.note_error(error);
            self.outcome = Some(outcome);
        }
        Ok(match next {
            Phase::Save(_) if self.may_share(scene) => next,
            Phase::Fetch(_) => next,
            _ => self.give_back(scene),
        })
    }

    /// The store was asked; `value` is what it has.
    fn loaded(
        &mut self,
        again: bool,
        value: Option<&[u8]>,
        elapsed: f64,
        step: &mut Step,
        scene: &mut Scene<'_>,
    ) -> Phase {
        let elapsed = self.elapsed + elapsed;
        if let Some(fetched) = value.and_then(|value| take(value, scene)) {
            step.keep = true;
            if scene.keyring.is_served(self.reason, fetched, scene.now) {
                let ended = FetchEnded {
                    document: Document::KeySet,
                    outcome: "shared",
                    reason: None,
                    duration: elapsed,
                };
                scene.watch.fetch_ended(scene.keyring, &ended);
                self.outcome = Some("shared");
                return self.give_back(scene);
            }
        }
        let patience = match self.reason {
            "refresh" => f64::from(limits::FETCH_TIMEOUT),
            _ => limits::STORE_PATIENCE,
        };
        match (again, self.store) {
            (false, Store::Locking) => Phase::Lock,
            (true, _) if !self.locked && elapsed < patience => Phase::Pause,
            _ => begin_fetch(scene),
        }
    }

    fn store_failed(&self, reason: &'static str, scene: &mut Scene<'_>) -> Phase {
        *scene.store_failed = Some(scene.now);
        scene.watch.store_failed(reason);
        if self.outcome.is_some() { Phase::Done } else { begin_fetch(scene) }
    }

    fn give_back(&self, scene: &Scene<'_>) -> Phase {
        if self.locked && self.may_share(scene) { Phase::Unlock } else { Phase::Done }
    }

    fn may_share(&self, scene: &Scene<'_>) -> bool {
        // A failure of the future is one from before the clock was set back.
        let rests = scene
            .store_failed
            .is_some_and(|failed| failed <= scene.now && scene.now.since(failed) < limits::STORE_REST);
        self.store != Store::Absent && !rests
    }
}

/// What a record from the store brought, if it is in force now: when it was fetched.
fn take(value: &[u8], scene: &mut Scene<'_>) -> Option<UnixTime> {
    let record = Record::read(value).ok().filter(|record| record.is_of(scene.keyring.names()))?;
    let (fetched, now) = (record.fetched_at, scene.now);
    match scene.keyring.restore_keys(record.body, now, fetched, record.max_age, scene.jitter) {
        Offer::Stored => Some(fetched),
        Offer::Discovered | Offer::Refused(_) => None,
    }
}

/// A record that was of no use ended the fetch for the keyring.
fn begin_fetch(scene: &mut Scene<'_>) -> Phase {
    scene.keyring.fetch_goes_on(scene.now);
    Phase::Fetch(scene.keyring.document().map_or(Document::KeySet, |(document, _)| document))
}

/// What the store answered, or `timeout` or `error`.
fn stored(facts: &Fields<'_>, answer: &str) -> Result<Result<bool, &'static str>, Fault> {
    facts.only(&["elapsed", "failed", answer])?;
    match (facts.string("failed")?, facts.flag(answer)?) {
        (Some("timeout"), _) => Ok(Err("timeout")),
        (Some(_), _) => Ok(Err("error")),
        (None, Some(yes)) => Ok(Ok(yes)),
        (None, None) => facts.fault(answer, "is missing, and so is `failed`"),
    }
}

impl Step {
    pub(crate) fn only(task: Task) -> Self {
        Self { task, settled: false, record: None, keep: false, trouble: None }
    }

    pub(crate) fn write(&self, json: &mut ObjectWriter) {
        self.task.write(json);
        if self.settled {
            json.raw("settled", "true");
        }
        json.optional("record", self.record.as_deref());
        if self.keep {
            json.raw("keep", "true");
        }
        if let Some((error, message)) = &self.trouble {
            json.string("error", error).string("message", message);
        }
    }
}

impl Task {
    fn write(&self, json: &mut ObjectWriter) {
        let timeout = limits::STORE_TIMEOUT;
        match self {
            Self::Done(outcome) => json.string("do", "done").string("outcome", outcome),
            Self::Fetch(document, url) => json
                .string("do", "fetch")
                .string("what", document.name())
                .string("url", url)
                .raw("headers", r#"{"accept":"application/json"}"#)
                .strings("report", &fetched::HEADERS)
                .number("timeout", f64::from(limits::FETCH_TIMEOUT))
                .raw("max_bytes", &limits::KEY_SET_BYTES.to_string()),
            Self::Load(key) => json.string("do", "load").string("key", key).number("timeout", timeout),
            Self::Lock(key) => json
                .string("do", "lock")
                .string("key", key)
                .number("ttl", f64::from(limits::FETCH_TIMEOUT))
                .number("timeout", timeout),
            Self::Nothing(seconds) => json.string("do", "nothing").number("retry_after", f64::from(*seconds)),
            Self::Pause => json.string("do", "pause").number("seconds", limits::STORE_POLL),
            Self::Save(key, seconds) => json
                .string("do", "save")
                .string("key", key)
                .number("ttl", f64::from(*seconds))
                .number("timeout", timeout),
            Self::Unlock(key) => json.string("do", "unlock").string("key", key).number("timeout", timeout),
        };
    }
}

#[cfg(test)]
mod tests;
