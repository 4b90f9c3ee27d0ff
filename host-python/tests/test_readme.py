"""Every example of the README is run, against an issuer on loopback."""

import ast
import asyncio
import inspect
import re
import time
from pathlib import Path

import pytest

from .issuer import Issuer
from .minting import claims, key_set, signing_key


@pytest.fixture
def issuer(served):
    """On loopback: other processes ask it."""
    return served


README = Path(__file__).resolve().parents[1] / "README.md"
EXAMPLES = re.findall(r"```python\n(.*?)```", README.read_text("utf-8"), re.DOTALL)
AUDIENCE = "fuzekeys-oidc-client"


@pytest.mark.parametrize("example", EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_runs(example: str, issuer: Issuer, capsys: pytest.CaptureFixture[str]) -> None:
    issuer.publish(key_set(signing_key("k1")))
    token = signing_key("k1").sign(claims(issuer.url, now=time.time(), aud=AUDIENCE))
    names = {"token": token, "secret": b"0" * 32}
    source = example.replace("https://id.example/", issuer.url)
    code = compile(source, "README.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    running = eval(code, names)  # noqa: S307
    if inspect.iscoroutine(running):
        asyncio.run(_finish(running))
    if "identity" in names:
        assert names["identity"].user_id == "user-1"
    assert capsys.readouterr().out == ""


async def _finish(running: object) -> None:
    await running  # type: ignore[misc]


def test_there_are_examples_and_the_tree_is_the_real_one() -> None:
    from fuzefront_authn import _errors

    assert len(EXAMPLES) == 10
    drawn = [line.split()[1] for line in README.read_text("utf-8").splitlines() if "── " in line]
    assert _errors.__doc__
    assert drawn == [line.split()[1] for line in _errors.__doc__.splitlines() if "── " in line]


def test_links_lead_to_the_documents_they_name() -> None:
    links = re.findall(r"\[([^\]]+)\]\(([^)]+)\)", README.read_text("utf-8"))
    documents = [target for _, target in links if "/docs/" in target]
    assert documents
    for text, target in links:
        assert target.startswith("https://"), target  # a package page has no folders beside it
        assert not text.startswith("docs/") or target.endswith(text), (text, target)
    for target in documents:
        path = target.split("/blob/main/")[1].split("#")[0]
        assert (README.parents[1] / path).is_file(), target
