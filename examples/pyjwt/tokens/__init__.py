"""Judges access tokens by the token contract, version 1 (`docs/contract/v1.md`), with PyJWT.

The clauses of the contract are cited as (2.1). Nothing here reads a clock, a file or the network.
"""

from .answer import Accepted, Identity, KeysNeeded, Rejected, Verdict
from .keys import KeySet, KeySetRefused, read_key_set
from .policy import Entry
from .validator import validate, validate_request

__all__ = [
    "Accepted",
    "Entry",
    "Identity",
    "KeySet",
    "KeySetRefused",
    "KeysNeeded",
    "Rejected",
    "Verdict",
    "read_key_set",
    "validate",
    "validate_request",
]
