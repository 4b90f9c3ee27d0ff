//! Conversations in virtual time, as a host has them: through messages.

use crate::json::{self, Value};
use crate::limits;
use crate::{Head, Registry};

const T0: f64 = 1_700_000_000.0;
const URI: &str = "https://id.example/jwks";
const DOCUMENT: &str = r#"{"issuer":"https://id.example/","jwks_uri":"https://id.example/jwks"}"#;
const KEY_A: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
const KEY_B: &str =
    r#"{"keys":[{"kty":"OKP","crv":"Ed25519","kid":"b","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
const OK: &str = r#"{"status":200,"redirected":false,"elapsed":0.2}"#;

/// A host of one verifier.
struct Host {
    registry: Registry,
    /// Seconds after `T0`.
    now: f64,
    flags: u32,
}

impl Host {
    fn new(entry: &str, open_flags: u32) -> Self {
        let policy = format!(r#"{{"issuers":[{{"issuer":"https://id.example/","audience":"app"{entry}}}]}}"#);
        let mut host = Self { registry: Registry::new(), now: 0.0, flags: open_flags };
        let opened = host.call(1, policy.as_bytes());
        assert!(opened.starts_with(r#"{"verifier":1,"#), "{opened}");
        host.flags = 0;
        host
    }

    /// One whose issuer has its key set at a URL of the policy; `store` are the flags of `fetch`.
    fn by_uri(store: u32) -> Self {
        let mut host = Self::new(&format!(r#","jwks_uri":"{URI}""#), 1);
        host.flags = store;
        host
    }

    fn call(&mut self, operation: u32, payload: &[u8]) -> String {
        self.call_with(operation, 0, payload)
    }

    fn call_with(&mut self, operation: u32, attempt: u32, payload: &[u8]) -> String {
        let (flags, now) = (self.flags, T0 + self.now);
        let head = Head { operation, verifier: 1, flags, now, attempt, ..Head::default() };
        self.registry.call(&head.message(payload))
    }

    fn fetch(&mut self) -> String {
        self.call(6, b"")
    }

    fn told(&mut self, facts: &str, body: &str) -> String {
        let flags = std::mem::take(&mut self.flags);
        let step = self.call(7, format!("{facts}\n{body}").as_bytes());
        self.flags = flags;
        step
    }

    /// Tells facts without a body.
    fn says(&mut self, facts: &str) -> String {
        let flags = std::mem::take(&mut self.flags);
        let step = self.call(7, facts.as_bytes());
        self.flags = flags;
        step
    }

    fn plain(&mut self, operation: u32, payload: &[u8]) -> String {
        let flags = std::mem::take(&mut self.flags);
        let answer = self.call(operation, payload);
        self.flags = flags;
        answer
    }

    /// A record of what was fetched `ago` seconds before now.
    fn record(&self, ago: f64, body: &str) -> String {
        let fetched = crate::time::UnixTime::from_seconds(T0 + self.now - ago);
        let fetched = fetched.unwrap_or(crate::time::UnixTime::EPOCH);
        let line =
            crate::record::line(&[String::from("https://id.example/")], fetched, None, body.as_bytes());
        format!("{line}\n{body}")
    }
}

/// A member of an answer, as JSON; empty if it is not there.
fn member(answer: &str, name: &str) -> String {
    let (_, object) = json::parse_object(answer.as_bytes()).unwrap_or_default();
    object.get(name).map(crate::writer::value).unwrap_or_default()
}

/// What a step says to do.
fn task(step: &str) -> String {
    let (_, object) = json::parse_object(step.as_bytes()).unwrap_or_default();
    let of = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    format!("{} {}", of("do"), of("outcome")).trim_end().to_owned()
}

#[test]
fn a_key_set_is_fetched_and_the_record_of_it_restores_it_elsewhere() {
    let mut host = Host::by_uri(0);
    assert_eq!(
        host.fetch(),
        r#"{"do":"fetch","what":"key_set","url":"https://id.example/jwks","headers":{"accept":"application/json"},"report":["age","cache-control","date","retry-after"],"timeout":5,"max_bytes":262144}"#
    );
    host.now = 0.25;
    let done = host.told(OK, KEY_A);
    assert_eq!((task(&done).as_str(), member(&done, "settled").as_str()), ("done stored", "true"));
    let (_, object) = json::parse_object(done.as_bytes()).unwrap_or_default();
    let line = object.get("record").and_then(Value::as_str).unwrap_or_default();
    let mut other = Host::by_uri(0);
    other.now = 100.0;
    let restored = other.plain(10, format!("{line}\n{KEY_A}").as_bytes());
    assert!(restored.starts_with(r#"{"result":"stored","issuer":0,"generation":""#), "{restored}");
    host.now = 100.0;
    let (mine, theirs) = (host.plain(9, b""), other.plain(9, b""));
    let of_issuers = |status: &str| member(status, "issuers");
    assert_eq!(of_issuers(&mine), of_issuers(&theirs), "equal keys have an equal name, and one age");
    assert_eq!(member(&mine, "health"), r#""ready""#);
    assert_eq!(member(&mine, "due"), "140.25");
}

#[test]
fn a_discovery_document_leads_to_the_key_set_within_the_conversation() {
    let mut host = Host::new("", 1);
    let first = host.fetch();
    assert_eq!(member(&first, "url"), r#""https://id.example/.well-known/openid-configuration""#);
    let second = host.told(OK, DOCUMENT);
    assert_eq!((task(&second).as_str(), member(&second, "url")), ("fetch", format!("{URI:?}")));
    assert_eq!(member(&second, "settled"), "");
    assert_eq!(task(&host.told(OK, KEY_A)), "done stored");
    host.now = 300.0;
    assert_eq!(member(&host.fetch(), "what"), r#""key_set""#, "where it led to is remembered");
    assert_eq!(task(&host.says(r#"{"error":"dns","elapsed":0}"#)), "done failed");
    host.now = 302.0;
    assert_eq!(member(&host.fetch(), "what"), r#""discovery""#, "the key set may have moved");
}

#[test]
fn a_document_of_another_issuer_is_refused_in_words() {
    for (document, message) in [
        (
            r#"{"issuer":"https://id.example","jwks_uri":"https://id.example/jwks"}"#,
            "the issuer of the document is \"https://id.example\", not `https://id.example/`; only the slash at the end differs",
        ),
        (
            r#"{"issuer":"https://evil\u202e.example/"}"#,
            "the issuer of the document is \"https://evil\\u{202e}.example/\", not `https://id.example/`",
        ),
        ("{}", "the document names no issuer; it should name `https://id.example/`"),
    ] {
        let mut host = Host::new("", 1);
        host.fetch();
        let done = host.told(OK, document);
        assert_eq!(task(&done), "done refused");
        assert_eq!(member(&done, "error"), r#""issuer_mismatch""#);
        assert_eq!(member(&done, "message"), crate::writer::string(message));
    }
}

#[test]
fn a_failure_is_told_in_status_and_rejections_until_keys_come() {
    let mut host = Host::by_uri(0);
    host.fetch();
    let done = host.says(r#"{"status":503,"redirected":false,"headers":{"retry-after":"20"},"elapsed":0.1}"#);
    assert_eq!((task(&done).as_str(), member(&done, "error").as_str()), ("done failed", r#""http_503""#));
    let status = host.plain(9, b"");
    assert_eq!(member(&status, "health"), r#""not_ready""#);
    assert!(status.contains(r#""fetch":false,"error":"http_503""#), "{status}");
    assert_eq!(host.fetch(), r#"{"do":"nothing","retry_after":20}"#);
    host.now = 20.0;
    let last = host.call_with(3, 3, TOKEN.as_bytes());
    assert!(
        last.contains(
            r#""retry_after":1,"issuer":0,"details":{"issuer":"https://id.example/","error":"http_503"},"fetch":0"#
        ),
        "{last}"
    );
    assert_eq!(task(&host.fetch()), "fetch");
    assert_eq!(task(&host.told(OK, KEY_A)), "done stored");
    assert!(!host.plain(9, b"").contains("http_503"));
}

/// Signed by nobody.
const TOKEN: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImEifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUvIn0.AA";
/// The same, of a key `c`.
const OTHER: &str = "eyJhbGciOiJFZERTQSIsImtpZCI6ImMifQ.eyJpc3MiOiJodHRwczovL2lkLmV4YW1wbGUvIn0.AA";

#[test]
fn the_last_attempt_is_never_answered_keys_needed() {
    let mut host = Host::by_uri(0);
    for attempt in 0..limits::ATTEMPTS - 1 {
        let answer = host.call_with(3, attempt, TOKEN.as_bytes());
        assert_eq!(answer, r#"{"verdict":"keys_needed","issuer":0,"reason":"no_keys","wait":3}"#);
    }
    for attempt in [limits::ATTEMPTS - 1, u32::MAX] {
        let answer = host.call_with(3, attempt, TOKEN.as_bytes());
        assert_eq!(member(&answer, "code"), r#""JWKS_UNAVAILABLE""#);
        assert!(
            host.call_with(4, attempt, TOKEN.as_bytes()).starts_with(&format!(r#"{{"verdict":{answer}"#))
        );
    }
}

#[test]
fn one_conversation_at_a_time_until_its_host_is_silent_for_long() {
    let mut host = Host::by_uri(0);
    assert_eq!(task(&host.fetch()), "fetch");
    host.now = 2.0;
    assert_eq!(host.fetch(), r#"{"do":"nothing","retry_after":10}"#);
    assert!(host.plain(9, b"").contains(r#""fetch":false"#));
    host.now = limits::FETCH_LOST;
    assert_eq!(task(&host.fetch()), "fetch", "that host died with its fetch");
    host.now = -100.0;
    assert_eq!(task(&host.fetch()), "fetch", "a clock that was set back holds nothing up");
}

#[test]
fn what_was_given_up_is_no_failure_and_nothing_more_can_be_told() {
    let mut host = Host::by_uri(0);
    assert_eq!(host.plain(8, b""), r#"{"abandoned":false}"#);
    host.fetch();
    assert_eq!(host.plain(8, b""), r#"{"abandoned":true}"#);
    let refused = host.told(OK, KEY_A);
    assert!(refused.contains("INVALID_CALL") && refused.contains("no conversation is open"), "{refused}");
    assert!(host.plain(9, b"").contains(r#""failures":0"#));
    assert_eq!(task(&host.fetch()), "fetch");
}

#[test]
fn facts_of_another_shape_are_a_bug_of_the_host_and_change_nothing() {
    let mut host = Host::by_uri(0);
    host.fetch();
    for facts in [
        "",
        "[]",
        r#"{"status":200,"redirected":false}"#,
        r#"{"status":200,"redirected":false,"elapsed":-1}"#,
        r#"{"status":200,"redirected":false,"elapsed":"1"}"#,
        r#"{"status":200,"redirected":false,"elapsed":1,"colour":"red"}"#,
        r#"{"status":200,"redirected":0,"elapsed":1}"#,
        r#"{"status":200,"redirected":false,"elapsed":1,"headers":{"set-cookie":"x"}}"#,
        r#"{"found":true,"elapsed":1}"#,
    ] {
        assert!(host.told(facts, KEY_A).starts_with(r#"{"error":{"code":"INVALID_CALL""#), "{facts}");
    }
    assert_eq!(task(&host.told(OK, KEY_A)), "done stored");
}

#[test]
fn the_store_is_asked_before_the_issuer_and_gets_what_was_fetched() {
    let mut host = Host::by_uri(3);
    let load = host.fetch();
    assert_eq!(task(&load), "load");
    let name = member(&load, "key");
    assert!(name.starts_with(r#""fuzefront-authn:2:keys:"#) && name.len() == 23 + 64 + 2, "{name}");
    let lock = host.says(r#"{"found":false,"elapsed":0.01}"#);
    assert_eq!(
        (task(&lock).as_str(), member(&lock, "ttl").as_str(), member(&lock, "timeout").as_str()),
        ("lock", "5", "0.25")
    );
    assert_eq!(task(&host.says(r#"{"locked":true,"elapsed":0.01}"#)), "load");
    assert_eq!(task(&host.says(r#"{"found":false,"elapsed":0.01}"#)), "fetch");
    let save = host.told(
        r#"{"status":200,"redirected":false,"headers":{"cache-control":"max-age=900"},"elapsed":0.3}"#,
        KEY_A,
    );
    assert_eq!((task(&save).as_str(), member(&save, "settled").as_str()), ("save", "true"));
    assert_eq!((member(&save, "ttl").as_str(), member(&save, "key")), ("1125", name));
    let unlock = host.says(r#"{"saved":true,"elapsed":0.01}"#);
    assert_eq!(task(&unlock), "unlock");
    assert_eq!(task(&host.says(r#"{"unlocked":true,"elapsed":0.01}"#)), "done stored");
}

#[test]
fn what_another_replica_fetched_stands_for_a_fetch() {
    let mut host = Host::by_uri(3);
    host.fetch();
    let record = host.record(10.0, KEY_A);
    let done = host.told(r#"{"found":true,"elapsed":0.01}"#, &record);
    assert_eq!((task(&done).as_str(), member(&done, "keep").as_str()), ("done shared", "true"));
    assert!(done.contains(r#""document":"key_set","outcome":"shared","duration":0.01"#), "{done}");
}

#[test]
fn a_record_that_is_of_no_use_is_passed_over() {
    let other_issuer = |record: String| record.replacen("id.example", "evil.example", 1);
    let bare = Host::by_uri(1);
    for record in [
        String::from("nonsense"),
        bare.record(0.0, KEY_A).replace("\"kid\":\"a\"", "\"kid\":\"x\""),
        other_issuer(bare.record(0.0, KEY_A)),
        bare.record(1e6, KEY_A),
        bare.record(0.0, "{\"keys\":1}"),
    ] {
        let mut host = Host::by_uri(1);
        host.fetch();
        let step = host.told(r#"{"found":true,"elapsed":0.01}"#, &record);
        assert_eq!((task(&step).as_str(), member(&step, "keep").as_str()), ("fetch", ""), "{record}");
    }
    let mut host = Host::by_uri(1);
    host.fetch();
    let record = host.record(280.0, KEY_A);
    let step = host.told(r#"{"found":true,"elapsed":0.01}"#, &record);
    assert_eq!(
        (task(&step).as_str(), member(&step, "keep").as_str()),
        ("fetch", "true"),
        "in force, and aging"
    );
}

#[test]
fn an_unknown_key_wants_what_was_fetched_just_now() {
    for (ago, expected) in [(2.0, "done shared"), (2.5, "fetch")] {
        let mut host = Host::by_uri(1);
        host.fetch();
        host.says(r#"{"found":false,"elapsed":0}"#);
        assert_eq!(task(&host.told(OK, KEY_A)), "save");
        assert_eq!(task(&host.says(r#"{"saved":true,"elapsed":0}"#)), "done stored");
        host.now = 20.0;
        let record = host.record(ago, KEY_B);
        assert_eq!(task(&host.fetch()), "load");
        assert_eq!(task(&host.told(r#"{"found":true,"elapsed":0}"#, &record)), expected);
    }
}

#[test]
fn replicas_wait_for_the_one_who_has_the_lock_but_not_for_long() {
    let mut host = Host::by_uri(3);
    host.fetch();
    let mut step = host.says(r#"{"found":false,"elapsed":0}"#);
    let mut pauses = 0;
    while task(&step) == "lock" {
        step = host.says(r#"{"locked":false,"elapsed":0.05}"#);
        assert_eq!(task(&step), "load", "it may be there meanwhile");
        step = host.says(r#"{"found":false,"elapsed":0}"#);
        if task(&step) == "pause" {
            assert_eq!(member(&step, "seconds"), "0.05");
            step = host.says(r#"{"elapsed":0.05}"#);
            pauses += 1;
        }
    }
    assert_eq!(task(&step), "fetch");
    assert!((23..=26).contains(&pauses), "{pauses}: 2.5 s while callers wait");
    let done = host.told(OK, KEY_A);
    assert_eq!(task(&done), "save", "there is no lock to give back");
    assert_eq!(task(&host.says(r#"{"saved":true,"elapsed":0}"#)), "done stored");
    host.now = 250.0;
    host.fetch();
    step = host.says(r#"{"found":false,"elapsed":0}"#);
    step = if task(&step) == "lock" { host.says(r#"{"locked":false,"elapsed":4}"#) } else { step };
    assert_eq!(task(&step), "load");
    assert_eq!(task(&host.says(r#"{"found":false,"elapsed":0}"#)), "pause", "5 s while nobody waits");
}

#[test]
fn a_store_that_fails_is_left_alone_for_five_seconds() {
    let mut host = Host::by_uri(3);
    host.fetch();
    let step = host.says(r#"{"failed":"timeout","elapsed":0.25}"#);
    assert_eq!(task(&step), "fetch");
    assert!(step.contains(r#"{"type":"keys.store","outcome":"failed","reason":"timeout"}"#), "{step}");
    assert_eq!(task(&host.told(OK, KEY_A)), "done stored", "nothing is saved meanwhile");
    host.now = 4.9;
    assert_eq!(task(&host.fetch()), "fetch");
    host.plain(8, b"");
    host.now = 5.0;
    assert_eq!(task(&host.fetch()), "load");
}

#[test]
fn a_host_that_gives_up_learns_which_lock_to_give_back() {
    let mut host = Host::by_uri(3);
    host.fetch();
    host.says(r#"{"found":false,"elapsed":0}"#);
    host.says(r#"{"locked":true,"elapsed":0}"#);
    let abandoned = host.plain(8, b"");
    assert!(abandoned.starts_with(r#"{"abandoned":true,"unlock":"fuzefront-authn:2:lock:"#), "{abandoned}");
}

#[test]
fn events_are_told_once_and_only_to_those_who_want_them() {
    let mut host = Host::by_uri(0);
    host.fetch();
    let done = host.told(OK, KEY_A);
    assert_eq!(
        member(&done, "events"),
        r#"[{"type":"keys.fetch","issuer":"https://id.example/","document":"key_set","outcome":"ok","duration":0.2},{"type":"keys.state","issuer":"https://id.example/","from":"empty","to":"fresh"}]"#
    );
    host.now = 20.0;
    assert_eq!(
        member(&host.call_with(3, 0, OTHER.as_bytes()), "events"),
        r#"[{"type":"unknown_kid","issuer":"https://id.example/","outcome":"fetching"}]"#
    );
    assert_eq!(member(&host.call_with(3, 1, OTHER.as_bytes()), "events"), "");
    host.fetch();
    let done = host.told(OK, KEY_B);
    assert!(
        member(&done, "events")
            .contains(r#"{"type":"keys.rotated","issuer":"https://id.example/","generation":""#)
    );
    assert_eq!(
        member(&host.call_with(3, 1, OTHER.as_bytes()), "events"),
        r#"[{"type":"unknown_kid","issuer":"https://id.example/","outcome":"refused"}]"#
    );
    host.now = 270.0;
    assert_eq!(
        member(&host.plain(9, b""), "events"),
        r#"[{"type":"keys.state","issuer":"https://id.example/","from":"fresh","to":"aging"}]"#
    );
    assert_eq!(member(&host.plain(9, b""), "events"), "");
    let mut silent = Host::new(&format!(r#","jwks_uri":"{URI}""#), 0);
    silent.fetch();
    assert_eq!(member(&silent.told(OK, KEY_A), "events"), "");
}

#[test]
fn an_outage_of_a_token_whose_key_is_unknown_is_told() {
    let mut host = Host::by_uri(0);
    host.fetch();
    host.told(OK, KEY_A);
    host.now = 20.0;
    host.fetch();
    host.says(r#"{"error":"refused","elapsed":0}"#);
    let answer = host.call_with(3, 1, OTHER.as_bytes());
    assert_eq!(member(&answer, "code"), r#""JWKS_UNAVAILABLE""#);
    assert_eq!(
        member(&answer, "events"),
        r#"[{"type":"unknown_kid","issuer":"https://id.example/","outcome":"unavailable"}]"#
    );
}

#[test]
fn fixed_keys_are_never_fetched() {
    let mut host = Host::new(&format!(r#","keys":{KEY_A}"#), 0);
    assert_eq!(task(&host.fetch()), "nothing");
    let record = host.record(0.0, KEY_A);
    assert_eq!(
        host.plain(10, record.as_bytes()),
        r#"{"result":"refused","issuer":0,"reason":"keys_are_fixed"}"#
    );
}

/// A small generator (xorshift): the same histories in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % end
    }

    fn of<T: Copy + Default>(&mut self, items: &[T]) -> T {
        let end = u64::try_from(items.len()).unwrap_or(1);
        usize::try_from(self.below(end)).ok().and_then(|index| items.get(index)).copied().unwrap_or_default()
    }
}

/// Whatever a host tells and does in whatever order: each answer is one that the step before allows, a conversation ends
/// after a few fetches, and none is refused for longer than the back-off of the issuer.
#[test]
fn no_history_of_a_host_gets_a_conversation_stuck() {
    for seed in 1..=300 {
        let mut random = Random(seed);
        let store = random.of(&[0, 1, 3]);
        let mut host = if random.below(2) == 0 { Host::by_uri(store) } else { Host::new("", 1) };
        host.flags = store;
        for _ in 0..20 {
            let mut step = host.fetch();
            let mut fetches = 0;
            for _ in 0..400 {
                host.now += random.of(&[0.0, 0.05, 0.3, 4.0]);
                let body = random.of(&[KEY_A, KEY_B, DOCUMENT, "{}", "<html>"]);
                let record = host.record(random.of(&[0.0, 1.0, 260.0, 1e6]), body);
                step = match task(&step).split(' ').next().unwrap_or_default() {
                    "fetch" => {
                        fetches += 1;
                        let facts = random.of(&[
                            OK,
                            OK,
                            r#"{"error":"timeout","elapsed":5}"#,
                            r#"{"status":503,"redirected":false,"headers":{"retry-after":"3"},"elapsed":1}"#,
                            r#"{"status":200,"redirected":true,"elapsed":1}"#,
                        ]);
                        host.told(facts, body)
                    }
                    "load" => {
                        let facts = random.of(&[
                            r#"{"found":true,"elapsed":0.1}"#,
                            r#"{"found":false,"elapsed":0.1}"#,
                            r#"{"failed":"error","elapsed":0.2}"#,
                        ]);
                        host.told(facts, &record)
                    }
                    "lock" => host.says(random.of(&[
                        r#"{"locked":true,"elapsed":0}"#,
                        r#"{"locked":false,"elapsed":0.2}"#,
                        r#"{"locked":false,"elapsed":0.2}"#,
                        r#"{"failed":"timeout","elapsed":0.25}"#,
                    ])),
                    "pause" => host.says(r#"{"elapsed":0.05}"#),
                    "save" => host.says(
                        random.of(&[r#"{"saved":true,"elapsed":0}"#, r#"{"failed":"error","elapsed":0}"#]),
                    ),
                    "unlock" => host.says(r#"{"unlocked":true,"elapsed":0}"#),
                    _ => break,
                };
                assert!(!step.contains("INVALID_CALL"), "{seed}: {step}");
                if random.below(40) == 0 {
                    host.plain(8, b"");
                    step = String::from(r#"{"do":"done","outcome":"failed"}"#);
                }
            }
            let last = task(&step);
            assert!(last.starts_with("done") || last == "nothing", "{seed}: {step}");
            assert!(fetches <= 2, "{seed}: a discovery document and a key set");
            assert!(host.says(r#"{"elapsed":0}"#).contains("no conversation is open"), "{seed}: {step}");
            host.now += 5.0;
        }
        host.now += 60.0;
        assert_ne!(task(&host.fetch()), "nothing", "{seed}: the longest back-off is over");
    }
}
