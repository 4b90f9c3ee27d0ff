"""One instance must never be entered twice, whatever threads do."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from fuzefront_authn import AsyncVerifier, Verifier
from fuzefront_authn._engine import Instance

from .conftest import ISSUER
from .minting import claims, key_set

THREADS, CALLS = 16, 25


def watch_entries(monkeypatch):
    """Counts entries into every instance; the list collects the instances entered twice."""
    inside, overlaps, entries = {}, [], [0]
    guard = threading.Lock()
    call = Instance.call

    def watched(self, *arguments, **members):
        with guard:
            entries[0] += 1
            inside[id(self)] = inside.get(id(self), 0) + 1
            if inside[id(self)] > 1:
                overlaps.append(self)
        try:
            return call(self, *arguments, **members)
        finally:
            with guard:
                inside[id(self)] -= 1

    monkeypatch.setattr(Instance, "call", watched)
    return overlaps, entries


def test_the_watch_sees_a_double_entry(monkeypatch, static, token):
    overlaps, _ = watch_entries(monkeypatch)
    verifier = static()
    monkeypatch.setattr(verifier._session, "_lock", threading.Semaphore(THREADS))
    barrier = threading.Barrier(2, timeout=10)

    def slow(function):
        barrier.wait()
        return 1

    monkeypatch.setattr(verifier._session._instance, "_number", slow)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(verifier.check, [token] * 2))
    assert overlaps


def test_many_threads_share_one_verifier(monkeypatch, static, key):
    overlaps, entries = watch_entries(monkeypatch)
    verifier = static()
    tokens = {f"user-{i}": key.sign(claims(ISSUER, sub=f"user-{i}")) for i in range(THREADS)}
    barrier = threading.Barrier(THREADS, timeout=20)

    def work(subject):
        barrier.wait()
        answers = [verifier.check(tokens[subject]) for _ in range(CALLS)]
        answers.append(verifier.check("bad"))
        assert all(row.usable for row in verifier.status())
        return {a.identity.user_id if a.ok else a.error.code for a in answers}

    with ThreadPoolExecutor(THREADS) as pool:
        answers = dict(zip(tokens, pool.map(work, tokens)))
    # Nobody ever got the answer meant for another.
    assert answers == {subject: {subject, "MALFORMED"} for subject in tokens}
    assert overlaps == []
    assert entries[0] >= THREADS * (CALLS + 2)


def test_a_trap_in_one_thread_harms_no_other(monkeypatch, trapping, static, token):
    trapping.trap = lambda operation, payload: payload == b"poison"
    verifier = static()

    def work(i):
        return verifier.check("poison" if i % 5 == 0 else token)

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(work, range(100)))
    for i, answer in enumerate(answers):
        assert answer.ok == (i % 5 != 0)
        if not answer.ok:
            assert answer.error.code == "VERIFIER_UNAVAILABLE"


def test_loops_in_several_threads_share_one_async_verifier(monkeypatch, issuer, key):
    overlaps, _ = watch_entries(monkeypatch)
    issuer.publish(key_set(key))
    verifier = AsyncVerifier(**issuer.options)
    token = key.sign(claims(issuer.url))

    async def main():
        return await asyncio.gather(*(verifier.check(token) for _ in range(10)))

    with ThreadPoolExecutor(4) as pool:
        answers = [a for found in pool.map(lambda _: asyncio.run(main()), range(4)) for a in found]
    assert all(answer.ok for answer in answers)
    assert overlaps == []


def test_cold_threads_cause_one_fetch(issuer, key):
    issuer.publish(key_set(key))
    issuer.gate.clear()
    verifier = Verifier(**issuer.options)
    token = key.sign(claims(issuer.url))
    with ThreadPoolExecutor(THREADS) as pool:
        answers = [pool.submit(verifier.check, token) for _ in range(THREADS)]
        assert issuer.arrived.wait(10)
        issuer.gate.set()
        assert all(answer.result(10).ok for answer in answers)
    assert sum(issuer.hits.values()) == 2  # one discovery document, one key set
