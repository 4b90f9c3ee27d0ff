"""A signal handler in the midst of a call of the same thread never waits for that call."""

from __future__ import annotations

import os
import signal
import sys
import threading
from contextlib import contextmanager

import pytest

import fuzefront_authn
from fuzefront_authn import AsyncVerifier, Verifier, _abi

from .minting import AUDIENCE, NOW, key_set

SECONDS = 10
OURS = os.path.dirname(fuzefront_authn.__file__)


@pytest.fixture
def interrupted(trapping):
    """Has `handler` called, as that of a signal, while an instance is in `operation`."""

    @contextmanager
    def interrupt(handler, operation=_abi.VERIFY):
        answers, inside = [], []

        def called(number, frame):
            answers.append(handler())

        def enter(entered, payload):
            assert not inside, "an instance was entered twice"
            if entered == operation and not answers:
                inside.append(entered)
                signal.raise_signal(signal.SIGTERM)
                inside.pop()
            return False

        before = signal.signal(signal.SIGTERM, called)
        trapping.trap = enter
        try:
            yield answers
        finally:
            signal.signal(signal.SIGTERM, before)
        assert len(answers) == 1

    return interrupt


def busy(result):
    return (result.error.code, result.error.details["reason"]) == ("VERIFIER_UNAVAILABLE", "busy")


@pytest.mark.parametrize("method", ["check", "check_sync"])
def test_a_check_in_a_handler_is_refused_and_the_one_it_interrupts_goes_on(
    static, token, interrupted, method
):
    verifier = static()
    with interrupted(lambda: getattr(verifier, method)(token)) as answers:
        assert verifier.check(token).ok
    assert busy(answers[0])
    assert verifier.check(token).ok


def test_health_in_a_handler_answers(static, token, interrupted):
    verifier = static()
    with interrupted(verifier.health) as answers:
        assert verifier.check(token).ok
    assert answers[0].status == "not_ready"
    assert verifier.health().status == "ready"


def test_closing_in_a_handler_takes_effect(static, token, interrupted):
    verifier = static()
    with interrupted(verifier.close):
        assert verifier.check(token).ok
    assert verifier.check(token).error.details == {"reason": "closed"}
    assert verifier._session._instance is None
    assert verifier._session.policy == b""


def test_closing_while_keys_are_handed_in_leaves_none(interrupted, issuer, key, good, trapping):
    issuer.publish(key_set(key))
    options = issuer.options
    first = Verifier(**options)
    first.ready()
    snapshot = first.snapshot()
    first.close()
    verifier = Verifier(**options)
    with interrupted(verifier.close, _abi.RESTORE):
        verifier.restore(snapshot)
    assert verifier.check(good).error.details == {"reason": "closed"}
    assert verifier._session._records == {}
    assert verifier._session._instance is None


def test_closing_in_a_call_that_traps_makes_no_new_instance(static, token, trapping):
    verifier = static()

    def trap(operation, payload):
        if operation == _abi.VERIFY:
            verifier.close()
        return operation == _abi.VERIFY

    trapping.trap = trap
    assert verifier.check(token).error.details == {"reason": "trap"}
    assert verifier.check(token).error.details == {"reason": "closed"}
    assert verifier._session._instance is None


def test_an_async_verifier_answers_a_handler_too(key, token, interrupted):
    verifier = AsyncVerifier(
        issuer="https://id.example/", audience=AUDIENCE, keys=key_set(key), clock=lambda: NOW
    )
    with interrupted(lambda: (verifier.check_sync(token), verifier.health())) as answers:
        assert verifier.check_sync(token).ok
    checked, health = answers[0]
    assert busy(checked)
    assert health.status == "not_ready"


class Stepped:
    """Calls `handler` once in this thread, before the line of ours that comes as number `at`."""

    def __init__(self, at, handler):
        self.left = at
        self.handler = handler
        self.where = None

    def __enter__(self):
        sys.settrace(self._called)

    def __exit__(self, *_):
        sys.settrace(None)

    def _called(self, frame, event, argument):
        return self._line if frame.f_code.co_filename.startswith(OURS) else None

    def _line(self, frame, event, argument):
        if event == "line":
            self.left -= 1
            if self.left == 0:
                self.where = f"{os.path.basename(frame.f_code.co_filename)}:{frame.f_lineno}"
                self.handler()
        return self._line


HANDLERS = {
    "close": lambda verifier, token: verifier.close(),
    "health": lambda verifier, token: verifier.health(),
    "check": lambda verifier, token: verifier.check(token),
}


@pytest.mark.parametrize("name", [*HANDLERS])
@pytest.mark.parametrize(
    "stride", [pytest.param(11, id="first check"), pytest.param(0, id="close")]
)
def test_wherever_a_handler_comes_it_returns(issuer, key, good, name, stride):
    """In the check that fetches, at every few lines of it; then in closing."""
    issuer.publish(key_set(key))
    options = issuer.options

    def once(at):
        verifier = Verifier(**options, on_event=lambda event: None)
        stepped = Stepped(at, lambda: HANDLERS[name](verifier, good))
        if stride:
            with stepped:
                result = verifier.check(good)
            # With a handler that closes, the fetch may be over before its time.
            assert result.ok or name == "close" or result.error.status == 503
        with Stepped(-1, None) if stride else stepped:
            verifier.close()
        assert verifier.check(good).error.details == {"reason": "closed"}
        return stepped

    def walk():
        at = 1
        while (stepped := once(at)).where is not None:
            taken.add(stepped.where)
            at += stride or 3
        ended.append(True)

    taken, ended = set(), []
    thread = threading.Thread(target=walk, daemon=True)
    thread.start()
    thread.join(6 * SECONDS)
    assert ended, "a handler, or what it interrupted, hangs"
    assert len(taken) > 3
