"""What both verifiers tell of their keys, and take in: status, health, snapshots. No I/O."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Callable, Optional

from ._answers import unavailable
from ._archive import Archive
from ._core import Core
from ._engine import Broken, InvalidCall
from ._errors import AuthError
from ._exchange import ClockError, Need, read_clock
from ._flights import FETCH_SECONDS
from ._health import Health, health_of
from ._keeper import REFUSED, Keeper
from ._observer import Observer
from ._sharing import Sharing
from ._snapshot import RestoreResult, Snapshot
from ._status import IssuerStatus

__all__ = ["READY_SECONDS", "KeyHolder"]

READY_SECONDS = FETCH_SECONDS + 0.25
"""How long `ready` waits: a fetch that takes its whole time has been told of by then."""

logger = logging.getLogger("fuzefront_authn")


class KeyHolder:
    """The keys of one verifier. Not to be used by itself."""

    _core: Core
    _clock: Callable[[], float]
    _observer: Observer
    _archive: Archive
    _keeper: Optional[Keeper] = None

    def status(self) -> tuple[IssuerStatus, ...]:
        """The keys of every issuer entry, in the order of the policy.

        Raises AuthError (`VERIFIER_UNAVAILABLE`) after `close`, or when there is no telling.
        """
        try:
            rows = self._core.status(read_clock(self._clock))["issuers"]
        except (Broken, ClockError, InvalidCall) as error:
            raise unavailable(self._core, error) from error
        return tuple(
            IssuerStatus.from_dict(row, self._observer.error(i)) for i, row in enumerate(rows)
        )

    def health(self) -> Health:
        """What a readiness probe asks: how it stands now. Never waits, never raises.

        What is due is fetched in the background, so that a verifier that gets no tokens finds its
        keys again; an AsyncVerifier does so only when an event loop runs here.
        """
        self._visit()
        try:
            health = health_of(self.status())
            for need in self._due():
                self._begin(need)
            return health
        except AuthError:
            return health_of(())

    def snapshot(self) -> Snapshot:
        """The key sets that were fetched, for a process that starts later: the option `snapshot`.

        It has a JSON form. Raises as `status`.
        """
        try:
            return self._archive.snapshot()
        except (Broken, ClockError, InvalidCall) as error:
            raise unavailable(self._core, error) from error

    def restore(self, snapshot: Mapping[str, Any]) -> tuple[RestoreResult, ...]:
        """Takes in the key sets that are newer than those in force; what became of each.

        Raises PolicyError for what is no snapshot, and as `status`.
        """
        try:
            restored = self._archive.restore(snapshot)
        except (Broken, ClockError, InvalidCall) as error:
            raise unavailable(self._core, error) from error
        for issuer, result in restored:
            if result.reason is None:
                self._observer.restored(issuer)
        self._watch()
        return tuple(result for _, result in restored)

    def _restore_at_start(self, snapshot: Mapping[str, Any]) -> None:
        """As `restore`; but nothing else than the shape may keep a service from starting."""
        try:
            results = self.restore(snapshot)
        except AuthError as error:
            logger.warning("the snapshot could not be restored: %s", error.details.get("reason"))
            return
        for result in results:
            if result.reason is not None:
                names = ", ".join(result.issuer)
                logger.warning("the snapshot of `%s` was refused: %s", names, result.reason)

    def _sharing(self, can_lock: bool) -> Sharing:
        # Before there are keys the module names where the first fetch of each entry begins. Later
        # ones may begin where a discovery document led to: the name in the store stays.
        rows = self._core.status(0.0)["issuers"]
        urls = [None if row["fetch"] is None else row["fetch"]["url"] for row in rows]
        return Sharing(self._archive, self._observer, urls, can_lock)

    def _fetches(self) -> bool:
        return any(row["keys"] in ("discovery", "jwks_uri") for row in self._core.issuers)

    def _begin(self, need: Need) -> None:
        raise NotImplementedError

    def _due(self, *, kept: bool = False) -> list[Need]:
        """The fetches that may be made now; `kept`: of keys that are there, and due."""
        epochs = [self._core.epoch(issuer) for issuer in range(len(self._core.issuers))]
        rows = enumerate(self.status())
        return [
            Need.of(row.fetch, epochs[i])
            for i, row in rows
            if row.fetch is not None and (row.due == 0.0 or not kept)
        ]

    def _seconds_to_due(self) -> Optional[float]:
        """Seconds until keys are to be fetched although no token asks, or to ask again."""
        try:
            return min((row.due for row in self.status() if row.due is not None), default=None)
        except AuthError:
            return REFUSED

    def _fetch_overdue(self) -> None:
        try:
            for need in self._due(kept=True):
                self._begin(need)
        except AuthError:
            return

    def _watch(self) -> None:
        if self._keeper is not None:
            self._keeper.watch()

    def _visit(self) -> None:
        if self._keeper is not None:
            self._keeper.visit()

    def _stop_keeping(self) -> None:
        if self._keeper is not None:
            self._keeper.stop()

    def _ready(self) -> tuple[IssuerStatus, ...]:
        rows = self.status()
        if not any(row.usable for row in rows):
            details = {"reason": "no_keys", "issuer": list(rows[0].issuer)}
            raise self._core.error("JWKS_UNAVAILABLE", details=details)
        return rows
