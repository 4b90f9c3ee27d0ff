"""A child that is forked while threads of its parent verify or fetch must not wait for them."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from pathlib import Path

import pytest

from fuzefront_authn import Verifier, _abi
from fuzefront_authn._background import background

from .minting import NOW, key_set

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here"),
    # Forking with threads is what is tested.
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),
]

CHILDREN, SECONDS = 20, 30
SOURCES = Path(__file__).resolve().parents[1] / "src"


def run(*arguments):
    """What a fresh interpreter prints; it ends by itself, or the test fails."""
    environment = {**os.environ, "PYTHONPATH": str(SOURCES)}
    command = [sys.executable, "-W", "ignore", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=True
    ).stdout


def answers(work):
    """Whether `work` is true in a forked child, within a few seconds."""
    child = os.fork()
    if child == 0:
        signal.alarm(SECONDS)
        try:
            os._exit(0 if work() else 1)
        finally:
            os._exit(2)
    return os.waitpid(child, 0)[1] == 0


@contextmanager
def held_elsewhere(lock):
    """`lock` is another thread's, until the end of the block."""
    has, over = threading.Event(), threading.Event()

    def hold():
        with lock:
            has.set()
            over.wait(2 * SECONDS)

    thread = threading.Thread(target=hold)
    thread.start()
    assert has.wait(SECONDS)
    try:
        yield
    finally:
        over.set()
        thread.join()


@contextmanager
def busy(work):
    """A thread that does `work` again and again, until the end of the block."""
    over = threading.Event()

    def run():
        while not over.is_set():
            work()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(SECONDS)


def test_children_verify_that_were_forked_from_a_busy_parent(issuer, key, good):
    issuer.publish(key_set(key))
    with Verifier(**issuer.options) as verifier:
        verifier.ready()
        with busy(lambda: verifier.check(good)):
            seen = [answers(lambda: verifier.check(good).ok) for _ in range(CHILDREN)]
        assert seen == [True] * CHILDREN
        # They knew the keys: nobody fetched again.
        assert set(issuer.hits.values()) == {1}


def test_a_child_does_not_go_on_in_an_instance_that_its_parent_was_in(static, token):
    verifier = static()
    session = verifier._session
    before = session._instance
    with held_elsewhere(session._lock):
        assert answers(lambda: verifier.check(token).ok and session._instance is not before)
    assert answers(lambda: verifier.check(token).ok and session._instance is before)


def test_a_call_that_forks_goes_on_in_the_child_which_enters_no_instance_twice(
    static, token, trapping
):
    verifier = static()
    inside = []

    def fork(operation, payload):
        if operation == _abi.VERIFY and not inside:
            inside.append(answers(lambda: verifier.check(token).error.details["reason"] == "busy"))
        return False

    trapping.trap = fork
    assert verifier.check(token).ok
    assert inside == [True]


def test_no_lock_of_the_parent_is_waited_for(issuer, key, good):
    issuer.publish(key_set(key))
    verifier = Verifier(**issuer.options, on_event=lambda event: None)
    with held_elsewhere(background._starting):
        assert answers(lambda: verifier.check(good).ok)
    verifier.close()


def test_a_child_does_not_wait_for_a_fetch_of_its_parent(issuer, key, good):
    issuer.publish(key_set(key))
    held = issuer.gate
    held.clear()
    now = [NOW]
    verifier = Verifier(**{**issuer.options, "clock": lambda: now[0]})
    caller = threading.Thread(target=verifier.check, args=(good,))
    caller.start()
    assert issuer.arrived.wait(SECONDS)
    # The first request waits on, others do not.
    issuer.gate = threading.Event()
    issuer.gate.set()

    def later():
        # By now the parent's fetch would hang.
        now[0] += 4
        result = verifier.check(good)
        return result.ok

    assert answers(later)
    held.set()
    caller.join(SECONDS)
    verifier.close()


def test_a_child_may_close_what_its_parent_fetches(issuer, key, good):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifier = Verifier(**issuer.options)
    caller = threading.Thread(target=verifier.check, args=(good,))
    caller.start()
    assert issuer.arrived.wait(SECONDS)
    assert answers(lambda: verifier.close() is None)
    issuer.gate.set()
    caller.join(SECONDS)
    assert verifier.check(good).ok
    verifier.close()


def test_a_listener_may_fork_in_the_thread_that_fetches(issuer, key, good):
    issuer.publish(key_set(key))
    seen = []

    def heard(event):
        if event.type == "keys.state":
            seen.append(
                (background.here(), answers(lambda: Verifier(**issuer.options).check(good).ok))
            )

    with Verifier(**issuer.options, on_event=heard) as verifier:
        assert verifier.check(good).ok
    assert seen == [(True, True)]


COMPILES = """
import os, signal, threading, time
from fuzefront_authn import Verifier, _engine

KEY = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}

def verifier():
    return Verifier(issuer="https://id.example/", audience="a", keys={"keys": [KEY]})

def child():
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        finished = _engine._shared._module is not None
        verifier()
        os._exit(finished)
    return {0: "compiled", 256: "found it compiled"}.get(os.waitpid(pid, 0)[1], "hung")
"""


def test_a_child_has_what_a_thread_of_its_parent_was_compiling():
    begun = """
thread = threading.Thread(target=verifier)
compiling = threading.Event()
make = _engine.wasmtime.Module
_engine.wasmtime.Module = lambda *given: (compiling.set(), make(*given))[1]
thread.start()
compiling.wait()
"""
    assert run("-c", f"{COMPILES}{begun}print(child())\nthread.join()") == "found it compiled\n"


def test_a_child_compiles_for_itself_after_its_parent_did():
    forgotten = "verifier()\n_engine._shared._module = None\n"
    assert run("-c", f"{COMPILES}{forgotten}print(child())") == "compiled\n"
