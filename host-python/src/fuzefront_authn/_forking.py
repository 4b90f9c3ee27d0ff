"""What a forked child must have anew: locks that a thread of its parent held would stay locked."""

from __future__ import annotations

import os
from typing import Protocol
from weakref import WeakSet

__all__ = ["Forkable", "renewed_in_children"]


class Forkable(Protocol):
    """What holds a lock."""

    def renew(self) -> None:
        """Called in a forked child, where no other thread runs: makes new locks."""


def renewed_in_children(holder: Forkable) -> None:
    """Has `holder` renewed in every forked child, as long as it lives."""
    _holders.add(holder)


def _renew() -> None:
    for holder in list(_holders):
        holder.renew()


_holders: WeakSet[Forkable] = WeakSet()

# Windows has no fork.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
