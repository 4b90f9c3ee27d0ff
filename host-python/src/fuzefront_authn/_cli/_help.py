"""What `--help` and `--version` print."""

from __future__ import annotations

from ._digest import about

__all__ = ["HELP", "version_line"]


def version_line() -> str:
    """The package and its interface."""
    said = about()
    return f"{said['name']} {said['version']} (ABI {said['abi']})\n"


HELP = """\
authn: checks bearer tokens (signed JWTs)

Usage: authn COMMAND [TOKEN] [OPTIONS]

Commands
  verify               is this token accepted? prints the identity
  explain              every check, and the clause of the contract for it
  inspect              what a token says, unverified
  doctor               what is wrong between policy, issuer and token
  contract check [FILE|family]
                       is this contract sound?
  digest               which module and contract are installed

Token: an argument, - (standard input), --token-file FILE, or AUTHN_TOKEN

Policy, for verify, explain and doctor
  --issuer URL         allowed `iss`, byte for byte; may be repeated
  --audience ID        one of them must be in `aud`; may be repeated
  --jwks-uri URL       where the key set is; else the issuer's discovery says
  --keys FILE          a JWK Set: nothing is fetched
  --algorithms LIST    as RS256,ES256
  --leeway SECONDS     clock tolerance, 0 to 300
  --contract FILE      a contract instead; `family` is the one that is shipped
  --app NAME           the app in the contract
  --environment NAME   its environment
  --policy FILE        a whole policy instead of all of these

Other options
  --token-file FILE    the token
  --values             explain: show the values of claims
  --discovery FILE     doctor: a discovery document, instead of fetching it
  --key-set FILE       doctor: a key set, instead of fetching it
  --page URL           doctor: a page that loads the verifier
  --offline            doctor: fetch nothing
  --now SECONDS        seconds since the epoch, instead of the clock
  --json               one line of JSON
  --no-color           no colour
  --help, --version

Exit: 0 accepted, healthy; 1 rejected, findings; 2 usage; 3 keys unavailable
"""
