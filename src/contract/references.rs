//! What the parts of a contract say of each other.

use super::model::{Contract, Environment};
use crate::json::pointer;
use crate::strict::Fault;

/// Every name that is used exists, and every app that is accepted is complete.
pub(super) fn check(contract: &Contract<'_>) -> Result<(), Fault> {
    check_names(contract)?;
    check_complete(contract)
}

fn check_names(contract: &Contract<'_>) -> Result<(), Fault> {
    for environment in &contract.environments {
        for issuer in &contract.issuers {
            if environment.host(issuer.host).is_none() {
                let message = format!("names no host of the environment `{}`", environment.name);
                return fault(format!("/issuers/{}/host", issuer.name), message);
            }
        }
        for (app, _) in &environment.statuses {
            if !contract.apps.iter().any(|known| known.name == *app) {
                let path = format!("/environments/{}/status/{}", environment.name, pointer(app));
                return fault(path, String::from("names no app of the contract"));
            }
        }
    }
    for app in &contract.apps {
        for (index, name) in app.issuers.iter().enumerate() {
            if !contract.issuers.iter().any(|known| known.name == name) {
                let message = String::from("names no issuer of the contract");
                return fault(format!("/apps/{}/issuers/{index}", app.name), message);
            }
        }
    }
    Ok(())
}

/// An app whose tokens are accepted has a client, an audience and an issuer.
fn check_complete(contract: &Contract<'_>) -> Result<(), Fault> {
    for app in &contract.apps {
        let live = |environment: &&Environment<'_>| app.status_in(environment).is_live();
        let Some(environment) = contract.environments.iter().find(live) else {
            continue;
        };
        let missing = [
            ("client_id", app.client_id.is_none()),
            ("audience", app.audience.is_empty()),
            ("issuers", app.issuers.is_empty()),
        ];
        if let Some((member, _)) = missing.into_iter().find(|(_, is_missing)| *is_missing) {
            let status = app.status_in(environment).name();
            let message = format!("is empty, but the app is {status} in `{}`", environment.name);
            return fault(format!("/apps/{}/{member}", app.name), message);
        }
    }
    Ok(())
}

fn fault<T>(path: String, message: String) -> Result<T, Fault> {
    Err(Fault { path, message })
}
