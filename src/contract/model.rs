//! A contract in memory.

use crate::json::Object;

/// A contract whose every app gets a policy in every environment, as far as its issuers are known.
pub(super) struct Contract<'j> {
    pub(super) name: &'j str,
    pub(super) version: &'j str,
    pub(super) tokens: &'j Object<'j>,
    pub(super) environments: Vec<Environment<'j>>,
    pub(super) issuers: Vec<Issuer<'j>>,
    pub(super) apps: Vec<App<'j>>,
}

/// Where issuers are reached.
pub(super) struct Environment<'j> {
    pub(super) name: &'j str,
    pub(super) hosts: Vec<Host<'j>>,
    pub(super) insecure_hosts: Vec<String>,
    pub(super) statuses: Vec<(&'j str, Status)>,
}

/// The origins behind one host label.
pub(super) struct Host<'j> {
    pub(super) label: &'j str,
    pub(super) issuer: Vec<String>,
    pub(super) keys: Option<&'j str>,
}

/// One issuer, without its origin.
pub(super) struct Issuer<'j> {
    pub(super) name: &'j str,
    pub(super) host: &'j str,
    pub(super) path: &'j str,
    pub(super) jwks_path: Option<&'j str>,
    pub(super) members: &'j Object<'j>,
}

/// One app.
pub(super) struct App<'j> {
    pub(super) name: &'j str,
    pub(super) client_id: Option<&'j str>,
    pub(super) audience: Vec<String>,
    pub(super) issuers: Vec<String>,
    pub(super) status: Status,
    pub(super) members: &'j Object<'j>,
}

/// What can be expected of an app's tokens (clause 1.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    Active,
    Deprecated,
    Planned,
    Symmetric,
}

impl Status {
    pub(super) const ALL: [Self; 4] = [Self::Active, Self::Deprecated, Self::Planned, Self::Symmetric];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Deprecated => "deprecated",
            Self::Planned => "planned",
            Self::Symmetric => "symmetric",
        }
    }

    /// Whether tokens of the app can be accepted today, so that its entry must be complete.
    pub(super) fn is_live(self) -> bool {
        matches!(self, Self::Active | Self::Deprecated)
    }
}

impl<'j> Contract<'j> {
    pub(super) fn only_environment(&self) -> Option<&Environment<'j>> {
        match self.environments.as_slice() {
            [environment] => Some(environment),
            _ => None,
        }
    }

    pub(super) fn issuers_of(&self, app: &App<'_>) -> Vec<&Issuer<'j>> {
        app.issuers.iter().filter_map(|name| self.issuers.iter().find(|issuer| issuer.name == name)).collect()
    }
}

impl<'j> Environment<'j> {
    pub(super) fn host(&self, label: &str) -> Option<&Host<'j>> {
        self.hosts.iter().find(|host| host.label == label)
    }
}

impl App<'_> {
    pub(super) fn status_in(&self, environment: &Environment<'_>) -> Status {
        let found = environment.statuses.iter().find(|(app, _)| *app == self.name);
        found.map_or(self.status, |(_, status)| *status)
    }
}
