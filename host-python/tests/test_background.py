"""The one thread that works in turn, and what may hang beside it. Time is given."""

import gc
import threading
import weakref

import pytest

from fuzefront_authn._background import LATE, Background

from .conftest import SECONDS, Time, until


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def background(time):
    return time.background


def test_work_is_done_in_turn_in_one_daemon_thread(background, time):
    done = []
    for number in range(100):
        background.post(lambda number=number: done.append((number, background.here())))
    time.barrier()
    assert done == [(number, True) for number in range(100)]
    assert not background.here()
    assert background._thread.daemon


def test_work_that_fails_leaves_the_rest(background, time):
    done = []

    def leave():
        raise SystemExit

    background.post(leave)
    background.post(lambda: 1 / 0)
    background.post(lambda: done.append(True))
    time.barrier()
    assert done == [True]


def test_a_timer_waits_for_its_time(background, time):
    done = []
    background.post(lambda: [background.later(s, lambda s=s: done.append(s)) for s in (20, 10)])
    time.go(9.9)
    assert done == []
    time.go(0.1)
    assert done == [10]
    time.go(100)
    assert done == [10, 20]


def test_a_cancelled_timer_does_nothing(background, time):
    done = []
    background.post(lambda: background.later(1, lambda: done.append(True)).cancel())
    time.go(2)
    assert done == []


def calling(background, seconds, function):
    """What `done` was given, in the list, once it was."""
    given = []
    background.post(lambda: background.call(seconds, function, given.append))
    return given


def test_a_call_gives_what_it_returns_or_raises(background):
    given = calling(background, 5, lambda: background.here())
    until(lambda: given)
    assert given == [False]
    given = calling(background, 5, lambda: 1 / 0)
    until(lambda: given)
    assert isinstance(given[0], ZeroDivisionError)


def test_a_call_that_hangs_is_late_and_its_answer_is_not_taken(background, time):
    gate = threading.Event()
    given = calling(background, 5, lambda: gate.wait(SECONDS))
    time.go(4.9)
    assert given == []
    time.go(0.1)
    assert given == [LATE]
    gate.set()
    time.go(100)
    assert given == [LATE]


def test_a_process_without_threads_left_fails_and_goes_on(background, time, monkeypatch):
    time.barrier()

    def none_left(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none_left)
    given = calling(background, 5, lambda: 1)
    until(lambda: given)
    assert isinstance(given[0], RuntimeError)
    assert Background().post(lambda: None) is False


def test_what_is_to_be_done_later_is_let_go_when_done(background, time):
    class Thing:
        pass

    thing = Thing()
    gone = weakref.ref(thing)
    background.post(lambda thing=thing: thing)
    background.post(lambda thing=thing: background.later(1, lambda: thing))
    del thing
    time.go(2)
    gc.collect()
    assert gone() is None


def test_a_post_within_a_post_is_no_deadlock(background, time):
    """A signal handler, or a finalizer, may come while the thread is being started."""
    done = []
    with background._starting:
        assert background.post(lambda: done.append(True)) is True
    time.barrier()
    assert done == [True]
