//! What the doctor wants to see next. It names only addresses that the verifier itself could fetch from; with a policy,
//! none that a token names.

use super::case::Case;
use super::request::What;
use authn::limits;
use authn::url;
use authn::writer::{self, ObjectWriter};

/// The documents that are still missing.
pub(super) struct Wanted {
    items: Vec<(What, String, String)>,
}

pub(super) fn by(case: &Case<'_>) -> Wanted {
    let mut wanted = Wanted { items: Vec::new() };
    for target in &case.targets {
        for name in &target.names {
            let has = case.discoveries(target).any(|(asked, _)| asked == Some(name));
            if !has {
                wanted.add(case, What::Discovery, name, &url::discovery(name));
            }
        }
        if let Some(alias) = target.alias() {
            wanted.add(case, What::Discovery, &alias, &url::discovery(&alias));
        }
        if case.key_set(target).is_none()
            && let Some(uri) = case.jwks_uri(target)
        {
            wanted.add(case, What::KeySet, target.subject(), uri);
        }
    }
    wanted
}

impl Wanted {
    pub(super) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    fn add(&mut self, case: &Case<'_>, what: What, issuer: &str, address: &str) {
        let known =
            |fetched: &super::request::Fetched<'_>| fetched.what == what && fetched.url == Some(address);
        if self.items.len() >= limits::WANTED
            || address.len() > limits::WANTED_URL_BYTES
            || !url::is_fetchable(address, case.insecure_hosts())
            || case.documents.iter().any(|document| known(document.fetched))
            || self.items.iter().any(|(other, _, url)| *other == what && url == address)
        {
            return;
        }
        self.items.push((what, issuer.to_owned(), address.to_owned()));
    }

    pub(super) fn to_json(&self) -> String {
        let items: Vec<String> = self
            .items
            .iter()
            .map(|(what, issuer, url)| {
                let what = if *what == What::Discovery { "discovery" } else { "key_set" };
                ObjectWriter::new().string("what", what).string("issuer", issuer).string("url", url).finish()
            })
            .collect();
        writer::array(&items)
    }
}
