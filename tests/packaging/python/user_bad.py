"""A user's file that mypy --strict must refuse: each mistake with the error it deserves."""

from fuzefront_authn import AsyncVerifier, Identity, IssuerOptions, TokenFacts, Verifier, inspect

# An option that does not exist would be a check that is not made.
Verifier(issuer="https://id.example/", audiense="app")  # error: call-arg
# An entry's misspelt member, likewise.
entry: IssuerOptions = {"issuer": "i", "audiense": "app"}  # error: typeddict-unknown-key
verifier = Verifier(issuer="https://id.example/", audience="app")
result = verifier.check("token")
# A rejected token has no identity: `ok` must be asked first.
identity = result.identity  # error: union-attr
# Values are frozen.
verifier.verify("token").user_id = "other"  # error: misc
# A code that is not in the list is never equal.
assert result.ok or result.error.code == "EXPIRD"  # error: comparison-overlap


async def is_revoked(identity: Identity, token: TokenFacts) -> bool:
    return False


# The sync verifier cannot wait for an answer.
Verifier(issuer="i", audience="app", is_revoked=is_revoked)  # error: arg-type
# A contract fixes the audience; the app must be named.
Verifier.from_contract({}, app="a", audience="b")  # error: call-arg
Verifier.from_contract({})  # error: call-arg
# A hook that cannot be waited for, from a contract too.
Verifier.from_contract({}, app="a", is_revoked=is_revoked)  # error: arg-type
# What is unverified says so: it is not an identity.
subject: Identity = inspect("token")  # error: assignment
# A forgotten await.
name = AsyncVerifier(issuer="i", audience="app").verify("token").user_id  # error: attr-defined
