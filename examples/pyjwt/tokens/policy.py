"""What an app accepts of one issuer (1.3, 2.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jwt.algorithms import HMACAlgorithm

ASYMMETRIC = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA"),
)
"""The closed list (4.1)."""
FAMILY_TYPES = ("", "JWT", "at+jwt")


def folded(text: str) -> str:
    """Lower case of ASCII letters only, so that no foreign letter turns into one."""
    return "".join(c.lower() if c.isascii() else c for c in text)


def plain_type(text: str) -> str:
    """A media type as it is compared (5.8)."""
    text = folded(text)
    rest = text[len("application/") :]
    return rest if text.startswith("application/") and "/" not in rest else text


@dataclass(frozen=True)
class Entry:
    """One issuer entry. `secret` makes it an entry of mode `legacy-hs256` (4.5)."""

    issuers: tuple[str, ...]
    """Empty: tokens without `iss`; only with a secret."""
    audiences: tuple[str, ...] | None
    """None: not checked; only with a secret."""
    algorithms: tuple[str, ...] = ASYMMETRIC
    types: tuple[str, ...] = FAMILY_TYPES
    leeway: int | None = None
    max_age: int | None = None
    claims: Mapping[str, str] = field(default_factory=dict)
    authorized_parties: tuple[str, ...] = ()
    required_claims: tuple[str, ...] = ()
    claim_values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    machine_clients: tuple[str, ...] = ()
    required_scopes: tuple[str, ...] = ()
    secret: bytes | None = None

    def __post_init__(self) -> None:
        if self.secret is None and (not self.issuers or not self.audiences):
            raise ValueError("an issuer with published keys needs issuer and audience (3.1)")
        if self.secret is not None:
            if len(self.secret) < 32:
                raise ValueError("a shared secret has at least 32 bytes (4.5)")
            # Now and not with the first token: PyJWT refuses secrets that look like PEM.
            HMACAlgorithm(HMACAlgorithm.SHA256).prepare_key(self.secret)
        if self.secret is None and not set(self.algorithms) <= set(ASYMMETRIC):
            raise ValueError("an algorithm is not of the closed list (4.1)")
        if not 0 <= self.seconds_of_leeway <= 300:
            raise ValueError("leeway is from 0 to 300 seconds (7.4)")

    @property
    def allowed_algorithms(self) -> tuple[str, ...]:
        return self.algorithms if self.secret is None else ("HS256",)

    @property
    def seconds_of_leeway(self) -> int:
        if self.leeway is not None:
            return self.leeway
        return 60 if self.secret is None else 0

    @property
    def mode(self) -> str:
        return "federated-jwks" if self.secret is None else "legacy-hs256"

    def claim_of(self, member: str) -> str:
        """The claim that a member of the identity is read from (9.5)."""
        subject = "sub" if self.secret is None else "userId"
        names = {"subject": subject, "tenant": "tenantId", "roles": "roles", "email": "email"}
        return self.claims.get(member, names[member])

    def takes_type(self, typ: str | None) -> bool:
        """Whether a `typ` is one of this entry; None is an absent one (5.8)."""
        if typ is None:
            return "" in self.types
        plain = plain_type(typ)
        return plain != "" and plain in {plain_type(one) for one in self.types}
