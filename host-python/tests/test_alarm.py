"""The thread that wakes others: one entry each, no end but with the last, no end by a failure."""

from __future__ import annotations

import gc
import os
import threading
import time

import pytest

from fuzefront_authn._alarm import Alarm

SECONDS = 10
LONG = 3600.0


class Sleeper:
    """Notes what it is woken with."""

    def __init__(self, fault=None):
        self.tickets = []
        self.woken = threading.Event()
        self.fault = fault

    def wake(self, ticket):
        self.tickets.append(ticket)
        self.woken.set()
        if self.fault is not None:
            raise self.fault


@pytest.fixture
def alarm():
    made = Alarm()
    yield made
    for entry in [*made._entries.values()]:
        made.drop(entry.sleeper())
    ended(made)


def ended(alarm):
    """Waits for the end of the thread."""
    thread = alarm._thread
    if thread is not None:
        thread.join(SECONDS)
        assert not thread.is_alive()


def test_the_earliest_is_woken_first_by_a_thread_that_then_ends(alarm):
    early, late = Sleeper(), Sleeper()
    order = []
    early.wake = lambda ticket: order.append(ticket)
    late.wake = lambda ticket: order.append(ticket)
    alarm.set(0.05, late, 2)
    alarm.set(0.0, early, 1)
    assert alarm._thread is None or alarm._thread.daemon
    ended(alarm)
    assert order == [1, 2]
    alarm.set(0.0, late, 3)
    ended(alarm)
    assert order == [1, 2, 3]


def test_there_is_one_entry_for_each_sleeper(alarm):
    sleeper = Sleeper()
    for ticket in range(1000):
        alarm.set(LONG, sleeper, ticket)
    assert [entry.ticket for entry in alarm._entries.values()] == [999]
    alarm.set(0.0, sleeper, 1000)
    ended(alarm)
    assert sleeper.tickets == [1000]


def test_an_earlier_ticket_that_comes_later_changes_nothing(alarm):
    sleeper = Sleeper()
    alarm.set(0.01, sleeper, 2)
    alarm.set(LONG, sleeper, 1)
    ended(alarm)
    assert sleeper.tickets == [2]


def test_the_thread_ends_at_once_when_the_last_is_dropped(alarm):
    one, other = Sleeper(), Sleeper()
    alarm.set(LONG, one, 1)
    alarm.set(LONG, other, 1)
    alarm.drop(one)
    assert alarm._thread.is_alive()
    alarm.drop(other)
    alarm.drop(other)
    ended(alarm)
    assert one.tickets == other.tickets == []


def test_the_thread_ends_at_once_when_the_last_is_collected(alarm):
    sleeper = Sleeper()
    alarm.set(LONG, sleeper, 1)
    thread = alarm._thread
    # Else it may be on its way to wait, and sees it only when it wakes.
    while thread.is_alive() and not alarm._changed._waiters:
        time.sleep(0)
    del sleeper
    gc.collect()
    thread.join(SECONDS)
    assert not thread.is_alive()


@pytest.mark.parametrize("fault", [ValueError("x"), SystemExit(), KeyboardInterrupt()])
def test_whatever_one_raises_the_others_are_woken(alarm, fault, caplog):
    bad, good = Sleeper(fault), Sleeper()
    alarm.set(0.0, bad, 1)
    alarm.set(0.05, good, 1)
    assert good.woken.wait(SECONDS)
    assert bad.tickets == [1]
    assert [record.getMessage() for record in caplog.records] == [
        f"what was to be done later failed: {type(fault).__name__}"
    ]


def test_a_thread_that_was_ended_from_outside_is_replaced(alarm, monkeypatch):
    class Ended(BaseException):
        pass

    def fail():
        raise Ended

    monkeypatch.setattr(threading, "excepthook", lambda arguments: None)
    monkeypatch.setattr(alarm, "_next", fail)
    sleeper = Sleeper()
    alarm.set(0.0, sleeper, 1)
    ended(alarm)
    monkeypatch.undo()
    alarm.set(0.0, sleeper, 2)
    assert sleeper.woken.wait(SECONDS)
    assert sleeper.tickets == [2]


def test_many_threads_lose_no_wake_up(alarm):
    sleepers = [Sleeper() for _ in range(8)]

    def work(sleeper):
        for ticket in range(200):
            sleeper.woken.clear()
            alarm.set(0.0, sleeper, ticket)
            assert sleeper.woken.wait(SECONDS)

    threads = [threading.Thread(target=work, args=(sleeper,)) for sleeper in sleepers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * SECONDS)
    assert [sleeper.tickets for sleeper in sleepers] == [[*range(200)]] * 8


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_child_has_nobody_to_wake_and_can_wake(alarm):
    sleeper = Sleeper()
    with alarm._changed:
        alarm.set(LONG, sleeper, 1)
        child = os.fork()
        if child == 0:
            empty = not alarm._entries
            alarm.set(0.0, sleeper, 1)
            os._exit(0 if empty and sleeper.woken.wait(SECONDS) else 1)
    assert os.waitpid(child, 0)[1] == 0
