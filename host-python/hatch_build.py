"""Puts `authn.wasm` and the family's contract into what is built.

In the repository `pkg/authn.wasm` and `docs/contract/` hold the only copies; a source distribution
carries them along.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PACKAGE = "fuzefront_authn"
CARRIED = {
    "authn.wasm": ("pkg/authn.wasm", "run `cargo xtask build` first"),
    "authn-tools.wasm": ("pkg/authn-tools.wasm", "run `cargo xtask build` first"),
    "fuzefront.v1.json": ("docs/contract/fuzefront.v1.json", "it belongs to the repository"),
}


class CarryHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs before a wheel or a source distribution is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Raises FileNotFoundError when something to be carried is missing."""
        root = Path(self.root)
        packaged = root / "src" / PACKAGE
        if (root / "PKG-INFO").is_file() and all((packaged / name).is_file() for name in CARRIED):
            return  # a source distribution, unpacked: the package folder is complete
        for name, (source, remedy) in CARRIED.items():
            path = root.parent / source
            if not path.is_file():
                raise FileNotFoundError(f"`{source}` is missing: {remedy}")
            if version != "editable":  # there the package finds them by itself
                folder = f"src/{PACKAGE}" if self.target_name == "sdist" else PACKAGE
                build_data["force_include"][str(path)] = f"{folder}/{name}"
