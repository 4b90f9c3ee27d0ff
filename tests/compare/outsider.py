"""Runs the shared vectors through `examples/pyjwt`, which was written from the contract alone.

    python tests/compare/outsider.py [folder of vectors]

Needs `pyjwt[crypto]` and `fastapi`. Compares the kind of verdict, code, status, message, challenge
and identity. Cases with an `Authorization` header are also sent to the app, and counted once more.
Exits 1 when one differs, 2 when there is nothing to run.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "examples" / "pyjwt"))

import app  # noqa: E402
from tokens import (  # noqa: E402
    Accepted,
    Entry,
    KeySet,
    KeySetRefused,
    Rejected,
    Verdict,
    read_key_set,
    validate,
    validate_request,
)

SCHEMA = "fuzefront-authn-vectors-v2"
BESIDE = {"schema.json", "jwt-simple-deviations.json"}
"""What lies in the folder and holds no cases."""
SKIPPED = {
    "keyring": "a key set's life over time is not part of the example",
    "policy": "policies in JSON are not part of the example",
}
LISTS = "algorithms types authorized_parties required_claims kinds machine_clients required_scopes"


@dataclass
class Keys:
    """The key set of one entry, and whether another may be fetched."""

    in_force: KeySet | None = None
    failed_at: float | None = None

    def told(self, call: dict[str, Any]) -> None:
        """Facts of an answer, a line feed, the body: a key set."""
        facts, _, body = raw(call, "payload").partition(b"\n")
        directive = json.loads(facts)["headers"].get("cache-control", "")
        max_age = float(directive.removeprefix("max-age=")) if directive else None
        try:
            self.in_force = read_key_set(body, call["now"], max_age)
            self.failed_at = None
        except KeySetRefused:
            self.failed_at = call["now"]

    def may_fetch(self, now: float) -> bool:
        """One second after the first failure (8.10)."""
        return self.failed_at is None or now >= self.failed_at + 1


def raw(holder: dict[str, Any], name: str) -> bytes:
    if name in holder:
        return str(holder[name]).encode("utf-8")
    return base64.b64decode(holder[f"{name}_base64"])


def several(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ())


def entry_of(policy: dict[str, Any]) -> Entry:
    members: dict[str, Any] = {
        name: tuple(policy[name]) for name in LISTS.split() if name in policy
    }
    for name in ("leeway", "max_age", "claims"):
        if name in policy:
            members[name] = policy[name]
    values = policy.get("claim_values", {})
    members["claim_values"] = {name: tuple(given) for name, given in values.items()}
    if "secret" in policy:
        secret = policy["secret"]
        members["secret"] = base64.urlsafe_b64decode(secret + "=" * (-len(secret) % 4))
    audience = policy["audience"]
    audiences = None if audience is None else several(audience)
    return Entry(issuers=several(policy["issuer"]), audiences=audiences, **members)


def prepared(group: dict[str, Any]) -> tuple[list[Entry], list[Keys]]:
    policies = group["policy"]["issuers"]
    keys = [Keys() for _ in policies]
    for own, policy in zip(keys, policies):
        if "keys" in policy:
            own.in_force = read_key_set(json.dumps(policy["keys"]).encode("utf-8"))
    for call in group["calls"]:
        if call["operation"] == "told":
            keys[call["issuer"]].told(call)
    return [entry_of(policy) for policy in policies], keys


def shown(verdict: Verdict) -> dict[str, Any]:
    """A verdict in the words of the vectors."""
    if isinstance(verdict, Accepted):
        identity = verdict.identity
        members = {
            "userId": identity.user_id,
            "tenantId": identity.tenant_id,
            "roles": list(identity.roles),
            "email": identity.email,
            "authMode": identity.auth_mode,
            "issuedAt": identity.issued_at,
            "expiresAt": identity.expires_at,
            "issuer": identity.issuer,
            "claims": identity.claims,
        }
        optional = ("email", "issuedAt", "issuer")
        left_out = {name for name in optional if members[name] is None}
        kept = {name: value for name, value in members.items() if name not in left_out}
        return {"verdict": "accepted", "identity": kept}
    if isinstance(verdict, Rejected):
        answer = {"verdict": "rejected", "code": verdict.code, "status": verdict.status}
        return {**answer, "message": verdict.body["error"], "challenge": verdict.challenge}
    return {"verdict": "keys_needed"}


def judged(entries: list[Entry], keys: list[Keys], case: dict[str, Any]) -> dict[str, Any]:
    now = case["now"]
    sets = [own.in_force for own in keys]
    may_fetch = all(own.may_fetch(now) for own in keys)
    given = raw(case, "input")
    if case["form"] == "token":
        return shown(validate(entries, sets, given, now, may_fetch))
    return shown(validate_request(entries, sets, [given], now, may_fetch))


def over_http(entry: Entry, keys: KeySet, case: dict[str, Any]) -> dict[str, Any]:
    """What the app answers, in the words of the vectors."""
    header = (b"authorization", raw(case, "input"))
    scope = {"type": "http", "method": "GET", "path": "/me", "headers": [header]}
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    async def send(message: Any) -> None:
        sent.append(dict(message))

    service = app.create(entry, keys, lambda: float(case["now"]))
    asyncio.run(service({**scope, "query_string": b""}, receive, send))
    body = json.loads(sent[1]["body"])
    if sent[0]["status"] == 200:
        return {"verdict": "accepted", "body": body}
    challenge = dict(sent[0]["headers"]).get(b"www-authenticate")
    answer = {"verdict": "rejected", "status": sent[0]["status"], "body": body}
    return {**answer, "challenge": challenge and challenge.decode("ascii")}


def expected_over_http(verdict: dict[str, Any]) -> dict[str, Any]:
    if verdict["verdict"] == "accepted":
        shown = {name: verdict["identity"][name] for name in ("issuer", "userId", "roles")}
        return {"verdict": "accepted", "body": shown}
    body = {"error": verdict["message"], "code": verdict["code"]}
    answer = {name: verdict[name] for name in ("verdict", "status", "challenge")}
    return {**answer, "body": body}


def differences(group: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The id of each comparison with what differs, or with an empty text."""
    entries, keys = prepared(group)
    for case in group["cases"]:
        found = judged(entries, keys, case)
        expected = {name: case["verdict"].get(name) for name in found}
        yield case["id"], "" if found == expected else f"expected {expected}, found {found}"
        in_force = keys[0].in_force
        if case["form"] == "authorization" and len(entries) == 1 and in_force is not None:
            found = over_http(entries[0], in_force, case)
            expected = expected_over_http(case["verdict"])
            name = f"{case['id']} over HTTP"
            yield name, "" if found == expected else f"expected {expected}, found {found}"


def documents(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        if path.name not in BESIDE:
            yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def main(arguments: list[str]) -> int:
    passed = failed = skipped = 0
    for name, document in documents(Path(arguments[0]) if arguments else HERE.parent / "vectors"):
        if document.get("schema") != SCHEMA:
            print(f"failed: {name}: the schema is not `{SCHEMA}`")
            failed += 1
            continue
        if name in SKIPPED:
            print(f"skipped: {name}: {SKIPPED[name]}")
            skipped += 1
            continue
        found = [pair for group in document["groups"] for pair in differences(group)]
        for case, difference in found:
            if difference:
                print(f"failed: {case}: {difference}")
        failures = sum(1 for _, difference in found if difference)
        failed += failures
        passed += len(found) - failures
    print(f"outsider: {passed} passed, {failed} failed, {skipped} skipped")
    if failed:
        return 1
    return 0 if passed else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
