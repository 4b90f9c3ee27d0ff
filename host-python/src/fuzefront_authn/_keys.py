"""Brings the keys of one verifier, by the conversations of docs/abi.md, and tells how they stand.

The module says what to do next; it is done in the thread of `_background`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Optional
from weakref import ref

from . import _abi
from ._background import Background, Timer
from ._engine import Broken, InvalidCall
from ._errors import PolicyError
from ._forking import renewed_in_children
from ._generated import LIMITS
from ._http import Requests
from ._session import OUTAGES, ClockError, Closed, Session
from ._status import Health, IssuerHealth, IssuerStatus, RestoreResult, Snapshot
from ._store import Asked

if TYPE_CHECKING:
    import httpx

__all__ = ["Keys"]

logger = logging.getLogger("fuzefront_authn")

Notify = Callable[[bool], object]

_UNLOCK_SECONDS = 0.25
"""How long a lock that no step gives back may take to be given back."""

_FAR = 60.0
"""An elapsed time that ends every patience, seconds."""


class Keys:
    """Any thread may call what has no underscore."""

    def __init__(
        self,
        session: Session,
        client: Optional[httpx.Client],
        store: Optional[Asked],
        background: Background,
        requests: Requests,
        *,
        keep: bool,
    ) -> None:
        self.session = session
        self.client = client
        self.store = store
        self.requests = requests
        self.background = background
        self.fetches = any(row["keys"] in ("discovery", "jwks_uri") for row in session.issuers)
        self._keep = keep and self.fetches
        self._ended = [0] * len(session.issuers)
        self.renew()
        self._lost = False
        renewed_in_children(self)

    def renew(self) -> None:
        """In a forked child: nothing is under way here."""
        self._open: dict[int, _Conversation] = {}
        self._timer: Optional[Timer] = None
        self._closing: Optional[Notify] = None
        self._lost = True

    def seen(self) -> tuple[int, ...]:
        """A mark for `bring`, taken before the module is asked."""
        return tuple(self._ended)

    def bring(
        self,
        issuer: int,
        seen: Optional[tuple[int, ...]] = None,
        notify: Notify = lambda coming: None,
    ) -> None:
        """Brings the keys of an entry, unless that was done since `seen`.

        `notify` is called in the background: True when asking again may help, False when no keys
        come now. A listener that asks there would wait for itself: False at once.
        """
        posted = self.background.post(lambda: self._join(issuer, seen, notify))
        if not posted or self.background.here():
            notify(False)

    def visit(self) -> None:
        """To be called with each check: in a forked child it watches again."""
        if self._lost:
            self._lost = False
            self.watch()

    def watch(self) -> None:
        """Fetches the keys when they are due although no token asks."""
        if self._keep:
            self.background.post(self._look)

    def status(self) -> tuple[IssuerStatus, ...]:
        """The keys of every entry. Raises OUTAGES."""
        return tuple(IssuerStatus.from_dict(row) for row in self.session.status()["issuers"])

    def health(self) -> Health:
        """How it stands now; what is due is fetched in the background. Never raises."""
        self.visit()
        seen = self.seen()
        try:
            status = self.session.status()
        except OUTAGES:
            return Health("not_ready", ())
        for issuer, row in enumerate(status["issuers"]):
            if row["fetch"]:
                self.bring(issuer, seen)
        names = ("state", "age", "keys", "failures")
        return Health(
            status["health"],
            tuple(
                IssuerHealth(
                    tuple(row["issuer"]),
                    error=row.get("error"),
                    **{name: row[name] for name in names},
                )
                for row in status["issuers"]
            ),
        )

    def wanted(self) -> list[int]:
        """The entries whose keys may be fetched now, or are being fetched. Raises OUTAGES."""
        rows = self.session.status()["issuers"]
        under_way = self._open.copy().items()
        fetching = {i for i, conversation in under_way if not conversation.settled}
        return [i for i, row in enumerate(rows) if row["fetch"] or i in fetching]

    def snapshot(self) -> Snapshot:
        """The key sets that were fetched. Raises OUTAGES."""
        return {"version": 2, "records": self.session.records()}

    def restore(self, snapshot: object) -> tuple[RestoreResult, ...]:
        """What became of each record. Raises PolicyError for another shape, and OUTAGES."""
        results = tuple(self._restore(record) for record in _records(snapshot))
        self.watch()
        return results

    def close(self, notify: Notify) -> bool:
        """No key is fetched any more; False where nothing is to be waited for.

        What was locked in the store is given back, and what is being put there gets there.
        """
        self.session.shut()
        if not self._open:
            self.session.close()
            return False
        posted = self.background.post(lambda: self._close(notify))
        return posted and self.store is not None and not self.background.here()

    def _restore(self, record: str) -> RestoreResult:
        try:
            answer = self.session.restore(record)
        except Broken:
            # A record that breaks the instance is not an outage: there is a new one already.
            answer = {"result": "refused", "reason": "trap"}
        issuer: Optional[int] = answer.get("issuer")
        names = () if issuer is None else tuple(self.session.issuers[issuer]["issuer"])
        if answer["result"] == "stored" and issuer is not None:
            self._ended[issuer] += 1
        return RestoreResult(names, answer["result"], answer.get("reason"))

    def _join(self, issuer: int, seen: Optional[tuple[int, ...]], notify: Notify) -> None:
        if seen is not None and self._ended[issuer] != seen[issuer]:
            notify(True)
            return
        conversation = self._open.get(issuer)
        if conversation is None:
            conversation = self._open[issuer] = _Conversation(self, issuer)
            conversation.waiting.append(notify)
            conversation.begin()
        elif conversation.settled:
            # What is left of it brings no keys: another one is begun after it.
            conversation.late.append(lambda: self._join(issuer, seen, notify))
        else:
            conversation.waiting.append(notify)

    def settled(self, issuer: int) -> None:
        """In the background: callers may ask again."""
        self._ended[issuer] += 1

    def over(self, issuer: int) -> None:
        """In the background: a conversation has ended."""
        self._open.pop(issuer, None)
        if self._closing is None:
            self._look()
        elif not self._open:
            self.session.close()
            self._closing(True)

    def _close(self, notify: Notify) -> None:
        self._closing = notify
        if not self._open:
            self.session.close()
            notify(True)
        for conversation in [*self._open.values()]:
            conversation.end("closed")

    def _look(self) -> None:
        """Sets the timer to when the keys are due."""
        if self._keep:
            try:
                self._wake_in(self.session.status()["due"])
            except Closed:
                self._wake_in(None)
            except OUTAGES:
                self._wake_in(LIMITS["background_retry"])

    def _wake(self) -> None:
        seen = self.seen()
        try:
            rows = self.session.status()["issuers"]
        except OUTAGES:
            self._look()
            return
        if all(row["due"] != 0 for row in rows):
            self._look()
            return
        # The end of a conversation looks again; this is for one that cannot begin.
        self._wake_in(LIMITS["background_retry"])
        for issuer, row in enumerate(rows):
            if row["due"] == 0 and row["fetch"]:
                self.bring(issuer, seen)

    def _wake_in(self, seconds: Optional[float]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        if seconds is None:
            return
        # The timer does not keep a verifier alive.
        keys = ref(self)

        def wake() -> None:
            awake = keys()
            if awake is not None:
                awake._wake()

        soon, late = LIMITS["background_least"], LIMITS["background_most"]
        self._timer = self.background.later(min(max(seconds, soon), late), wake)


class _Conversation:
    """One conversation about one entry, in the background."""

    def __init__(self, keys: Keys, issuer: int) -> None:
        self.waiting: list[Notify] = []
        self.late: list[Callable[[], None]] = []
        self.settled = False
        self._keys = keys
        self._session = keys.session
        self._issuer = issuer
        self._begun = 0.0
        self._turn = 0
        self._doing = ""
        self._ending: Optional[str] = None
        self._restarted = False
        self._url = ""

    def begin(self) -> None:
        """Asks for the first step, and goes on until the end."""
        store = self._keys.store
        flags = 0
        if store is not None:
            flags = _abi.HAS_STORE | (_abi.CAN_LOCK if store.can_lock else 0)
        self._take(lambda: self._session.fetch(self._issuer, flags))

    def end(self, word: str) -> None:
        """Brings no documents any more: fetching fails with `word`, and the rest is as ever."""
        self._ending = word
        if self._doing in ("fetch", "pause"):
            self._came(self._turn, self._cut_short())

    def _take(self, ask: Callable[[], dict[str, Any]]) -> None:
        try:
            self._follow(ask())
        except Closed:
            self._over(False)
        except (Broken, InvalidCall) as error:
            self._restart(error)
        except ClockError:
            self._abandon()
            self._over(False)
        except Exception as error:
            # Else callers would join it for ever. Only the class: the text may hold anything.
            logger.error("bringing keys failed: %s", type(error).__name__)
            self._over(False)

    def _follow(self, step: Mapping[str, Any]) -> None:
        do = step["do"]
        if "error" in step and self._ending is None:
            logger.warning("cannot fetch `%s`: %s", self._url, step.get("message", step["error"]))
        if step.get("settled") or do == "done":
            self._release(True)
        if do in ("done", "nothing"):
            self._over(do == "done")
        else:
            self._do(do, step)

    def _abandon(self) -> None:
        with suppress(*OUTAGES):
            key = self._session.abandon(self._issuer).get("unlock")
            if key is not None and self._keys.store is not None:
                step = {"do": "unlock", "key": key, "timeout": _UNLOCK_SECONDS}
                self._keys.store.ask(step, None, lambda facts, body: None)

    def _restart(self, error: Exception) -> None:
        """The instance is another one, which does not know of this conversation."""
        if self._restarted:
            self._over(False)
            return
        self._restarted = True
        if isinstance(error, Broken):
            # The document itself may be what broke it: the new one is told of a failure.
            logger.error("the answer of `%s` could not be handed in: %s", self._url, error)
            self._ending = self._ending or "trap"
        self.begin()

    def _do(self, do: str, step: Mapping[str, Any]) -> None:
        self._turn += 1
        came = partial(self._came, self._turn)
        self._doing = do
        self._begun = self._keys.background.monotonic()
        store = self._keys.store
        if self._ending is not None and do in ("fetch", "pause", "load", "lock"):
            came(self._cut_short())
        elif do == "fetch":
            self._url = step["url"]
            self._keys.requests.get(step, self._keys.client, lambda answer: came(*answer))
        elif do == "pause":
            self._keys.background.later(step["seconds"], lambda: came({}))
        elif store is None:
            raise InvalidCall(f"the module asks for `{do}`")
        else:
            store.ask(step, self._session.record(self._issuer), came)

    def _cut_short(self) -> dict[str, Any]:
        """What is told of a step that is not done any more."""
        if self._doing == "fetch":
            return {"error": self._ending}
        facts = {"load": {"found": False}, "lock": {"locked": False}}
        return {**facts.get(self._doing, {}), "elapsed": _FAR}

    def _came(self, turn: int, facts: dict[str, Any], body: Optional[bytes] = None) -> None:
        if turn == self._turn:  # else it was cut short before
            self._turn += 1
            elapsed = self._keys.background.monotonic() - self._begun
            facts = {"elapsed": max(0.0, elapsed), **facts}
            self._take(lambda: self._session.told(self._issuer, facts, body))

    def _release(self, coming: bool) -> None:
        if coming and not self.settled:
            self.settled = True
            self._keys.settled(self._issuer)
        waiting, self.waiting = self.waiting, []
        for notify in waiting:
            notify(coming)

    def _over(self, coming: bool) -> None:
        self._release(coming)
        self._keys.over(self._issuer)
        for join in self.late:
            join()


def _records(snapshot: object) -> list[str]:
    if not isinstance(snapshot, Mapping):
        raise PolicyError("is not an object", path="/snapshot")
    version, records = snapshot.get("version"), snapshot.get("records")
    if isinstance(version, bool) or version != 2:
        message = "is not 2, the version of snapshots that this host knows"
        raise PolicyError(message, path="/snapshot/version")
    if not isinstance(records, (list, tuple)):
        raise PolicyError("is not a list", path="/snapshot/records")
    for i, record in enumerate(records):
        if not isinstance(record, str):
            raise PolicyError("is not a string", path=f"/snapshot/records/{i}")
    return [*records]
