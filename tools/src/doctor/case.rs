//! What is known in one diagnosis: the documents, each parsed once, and the issuers whose documents they are.

use super::difference;
use super::request::{Fetched, Request, What};
use super::token::Seen;
use authn::UnixTime;
use authn::json::{self, JsonError, Object, Value};
use authn::limits;
use authn::policy::{IssuerPolicy, KeySource, Mode, Policy};
use authn::url;

/// Its lookups are called from everywhere, and kept out of line because the module is weighed in bytes.
pub(super) struct Case<'r> {
    pub(super) now: UnixTime,
    pub(super) policy: Option<&'r Policy>,
    pub(super) token: Option<&'r str>,
    /// The decoded token, if it is one.
    pub(super) seen: Option<&'r Seen<'r>>,
    pub(super) documents: Vec<Document<'r>>,
    pub(super) targets: Vec<Target<'r>>,
}

/// What one fetch brought.
pub(super) struct Document<'r> {
    pub(super) fetched: &'r Fetched<'r>,
    /// The body as an object, where there is a good one.
    pub(super) content: Result<Object<'r>, Unread>,
}

/// Why there is no content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    Failed,
    Html,
    NotJson(JsonError),
    Status,
    TooLarge,
}

/// One issuer whose keys are in question: an entry of the policy, or, without a policy, a name that was met.
pub(super) struct Target<'r> {
    pub(super) names: Vec<&'r str>,
    pub(super) policy: Option<&'r IssuerPolicy>,
    pub(super) index: usize,
    /// The configured address of the keys; without it the discovery document of the first name says.
    pub(super) jwks_uri: Option<&'r str>,
    /// Takes the documents that nobody says the origin of.
    first: bool,
    /// Its discovery documents by their index: the name at which each was asked for.
    asked: Vec<(usize, Option<&'r str>)>,
}

impl<'r> Case<'r> {
    pub(super) fn new(request: &'r Request<'r>, seen: Option<&'r Seen<'r>>) -> Self {
        let policy = request.policy.as_ref();
        let mut targets = match policy {
            Some(policy) => configured(policy),
            None => met(request, seen),
        };
        for target in &mut targets {
            target.asked = target.find_documents(&request.fetched);
        }
        let documents = request.fetched.iter().map(Document::new).collect();
        Self { now: request.now, policy, token: request.token, seen, documents, targets }
    }

    pub(super) fn insecure_hosts(&self) -> &'r [String] {
        self.policy.map_or(&[], |policy| &policy.insecure_hosts)
    }

    /// The documents found at the names of an issuer, with the name that was asked.
    pub(super) fn discoveries<'c>(
        &'c self,
        target: &'c Target<'r>,
    ) -> impl Iterator<Item = (Option<&'r str>, &'c Document<'r>)> {
        let found = target.asked.iter();
        found.filter_map(|(index, asked)| self.documents.get(*index).map(|document| (*asked, document)))
    }

    /// The document that the verifier relies on.
    #[inline(never)]
    pub(super) fn discovery<'c>(&'c self, target: &'c Target<'r>) -> Option<&'c Document<'r>> {
        let first = target.names.first().copied();
        self.discoveries(target).find(|(asked, _)| *asked == first).map(|(_, document)| document)
    }

    /// The key set of an issuer.
    #[inline(never)]
    pub(super) fn key_set<'c>(&'c self, target: &'c Target<'r>) -> Option<&'c Document<'r>> {
        let uri = self.jwks_uri(target);
        self.documents_of(What::KeySet).find(|document| {
            let fetched = document.fetched;
            fetched.url.is_some() && fetched.url == uri
                || fetched.issuer.is_some_and(|issuer| target.names.contains(&issuer))
                || fetched.is_of_nowhere() && target.first
        })
    }

    /// Where its keys are, as far as is known.
    #[inline(never)]
    pub(super) fn jwks_uri<'c>(&'c self, target: &'c Target<'r>) -> Option<&'c str> {
        target.jwks_uri.or_else(|| self.discovery(target)?.text("jwks_uri"))
    }

    /// The issuer that the token names.
    pub(super) fn target_of(&self, issuer: &str) -> Option<&Target<'r>> {
        self.targets.iter().find(|target| target.names.contains(&issuer))
    }

    fn documents_of(&self, what: What) -> impl Iterator<Item = &Document<'r>> {
        self.documents.iter().filter(move |document| document.fetched.what == what)
    }
}

impl<'r> Document<'r> {
    fn new(fetched: &'r Fetched<'r>) -> Self {
        Self { fetched, content: read(fetched) }
    }

    #[inline(never)]
    pub(super) fn get(&self, name: &str) -> Option<&Value<'r>> {
        self.content.as_ref().ok()?.get(name)
    }

    #[inline(never)]
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_str)
    }

    /// The strings of a list; empty where there is none.
    #[inline(never)]
    pub(super) fn texts(&self, name: &str) -> Vec<&str> {
        self.get(name).and_then(Value::as_strings).unwrap_or_default()
    }
}

impl<'r> Target<'r> {
    /// What findings on it are about.
    pub(super) fn subject(&self) -> &'r str {
        self.names.first().copied().unwrap_or("issuer")
    }

    /// Whether the verifier needs the discovery document.
    pub(super) fn relies_on_discovery(&self) -> bool {
        self.jwks_uri.is_none()
    }

    fn find_documents(&self, fetched: &[Fetched<'_>]) -> Vec<(usize, Option<&'r str>)> {
        let addresses: Vec<String> = self.names.iter().map(|name| url::discovery(name)).collect();
        let by_name = |issuer: &str| self.names.iter().position(|name| *name == issuer);
        let by_url = |url: &str| addresses.iter().position(|address| address == url);
        let mut found = Vec::new();
        for (index, fetched) in
            fetched.iter().enumerate().filter(|(_, fetched)| fetched.what == What::Discovery)
        {
            if fetched.is_of_nowhere() {
                found.extend(self.first.then(|| (index, self.names.first().copied())));
            } else {
                let name = fetched.issuer.and_then(by_name).or_else(|| fetched.url.and_then(by_url));
                found.extend(name.map(|name| (index, self.names.get(name).copied())));
            }
        }
        found
    }

    /// Whether the verifier needs this very document.
    pub(super) fn relies_on(&self, document: usize) -> bool {
        let first = self.names.first().copied();
        self.relies_on_discovery() && self.asked.contains(&(document, first))
    }

    /// The issuer under the host that the keys come from, where that is another one (split DNS): its path on that host.
    pub(super) fn alias(&self) -> Option<String> {
        let issuer = self.names.first()?;
        let uri = self.jwks_uri?;
        let (origin, path) = (difference::origin(uri)?, difference::path(issuer)?);
        let under = path.len() > 1 && difference::path(uri)?.starts_with(path);
        let alias = format!("{origin}{path}");
        (under && !self.names.contains(&alias.as_str())).then_some(alias)
    }
}

/// The entries of a policy whose keys are fetched.
fn configured(policy: &Policy) -> Vec<Target<'_>> {
    let mut targets = Vec::new();
    for (index, entry) in policy.issuers.iter().enumerate() {
        let jwks_uri = match &entry.source {
            KeySource::JwksUri(uri) => Some(uri.as_str()),
            KeySource::Discovery => None,
            KeySource::Secret(_) | KeySource::Static(_) => continue,
        };
        if entry.mode == Mode::FederatedJwks {
            let names = entry.names.iter().map(String::as_str).collect();
            let first = targets.is_empty();
            targets.push(Target { names, policy: Some(entry), index, jwks_uri, first, asked: Vec::new() });
        }
    }
    targets
}

/// Without a policy: the token's issuer, and those whose documents were fetched.
fn met<'r>(request: &'r Request<'r>, seen: Option<&'r Seen<'r>>) -> Vec<Target<'r>> {
    let token = seen.and_then(Seen::issuer);
    let fetched = request.fetched.iter().filter(|fetched| fetched.what != What::Page);
    let has_documents = fetched.clone().next().is_some();
    let mut names: Vec<&str> = Vec::new();
    for name in token.into_iter().chain(fetched.filter_map(|fetched| fetched.issuer)) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let one =
        |names, first| Target { names, policy: None, index: 0, jwks_uri: None, first, asked: Vec::new() };
    if names.is_empty() && has_documents {
        return vec![one(Vec::new(), true)];
    }
    names.into_iter().enumerate().map(|(index, name)| one(vec![name], index == 0)).collect()
}

fn read<'r>(fetched: &'r Fetched<'r>) -> Result<Object<'r>, Unread> {
    match fetched.error {
        Some("too_large") => return Err(Unread::TooLarge),
        Some(_) => return Err(Unread::Failed),
        None => {}
    }
    // What was pasted has no status.
    if fetched.status.is_some_and(|status| status != 200.0) {
        return Err(Unread::Status);
    }
    let body = fetched.body.unwrap_or_default();
    if body.len() > limits::DIAGNOSIS_BODY_BYTES {
        return Err(Unread::TooLarge);
    }
    if body.trim_start().starts_with('<') {
        return Err(Unread::Html);
    }
    json::parse_object(body.as_bytes()).map(|(_, object)| object).map_err(Unread::NotJson)
}
