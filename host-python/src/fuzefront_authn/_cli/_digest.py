"""`digest`: which module and contract are installed. Services that agree print the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from .. import _engine
from .._contract import family_text
from ._ecmascript import stringify
from ._io import GOOD, Io, Outcome
from ._options import Line, refuse_more
from ._paper import rows

__all__ = ["about", "digest"]


def about() -> dict[str, Any]:
    """What the module says of itself."""
    return _engine.shared_module().instance().ask("authn_about")


def digest(_: Io, line: Line) -> Outcome:
    """Runs the command."""
    refuse_more(line, 0)
    said, module, family = about(), _engine.shared_module().digest, family_text()
    named = json.loads(family)
    contract = {
        "name": named["name"],
        "version": named["version"],
        "sha256": hashlib.sha256(family.encode()).hexdigest(),
    }
    facts = {name: said[name] for name in ("name", "version", "abi")}
    return Outcome(
        GOOD,
        stringify({**facts, "module_sha256": module, "contract": contract}),
        lambda paper: rows(
            paper,
            [
                ("package", f"{said['name']} {said['version']}"),
                ("interface", f"ABI {said['abi']}"),
                ("module", "authn.wasm, SHA-256"),
                ("", module),
                ("contract", f"{contract['name']} {contract['version']}, SHA-256"),
                ("", contract["sha256"]),
            ],
        ),
    )
