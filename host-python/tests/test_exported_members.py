import importlib
import importlib.resources
import pkgutil
import types

import pytest

import fuzefront_authn


def test_all_lists_every_public_name_in_order():
    public = sorted(
        (
            name
            for name, value in vars(fuzefront_authn).items()
            if not name.startswith("_") and not isinstance(value, types.ModuleType)
        ),
    )
    listed = [name for name in fuzefront_authn.__all__ if name != "__version__"]
    assert listed == public
    assert fuzefront_authn.__all__ == sorted(fuzefront_authn.__all__)


MODULES = [info.name for info in pkgutil.iter_modules(fuzefront_authn.__path__)]


@pytest.mark.parametrize("module", MODULES)
def test_every_name_a_module_lists_exists(module):
    found = importlib.import_module(f"fuzefront_authn.{module}")
    assert found.__doc__
    for name in getattr(found, "__all__", []):
        assert hasattr(found, name), name


def test_typed_marker_lies_in_the_package():
    files = importlib.resources.files("fuzefront_authn")
    assert files.joinpath("py.typed").is_file()
