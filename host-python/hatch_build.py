"""Puts `authn.wasm` into what is built.

In the repository `pkg/authn.wasm` is the only copy; a source distribution carries it along.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGED = "src/fuzefront_authn/authn.wasm"


class WasmHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel or a source distribution is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises FileNotFoundError when there is no module to carry."""
        root = Path(self.root)
        if (root / "PKG-INFO").is_file() and (root / PACKAGED).is_file():
            return  # a source distribution, unpacked: the package folder is complete
        wasm = root.parent / "pkg" / "authn.wasm"
        if not wasm.is_file():
            raise FileNotFoundError("`pkg/authn.wasm` is missing: run `cargo xtask build` first")
        if version == "editable":
            return  # the package finds `pkg/authn.wasm` by itself
        target = PACKAGED if self.target_name == "sdist" else "fuzefront_authn/authn.wasm"
        build_data["force_include"][str(wasm)] = target
