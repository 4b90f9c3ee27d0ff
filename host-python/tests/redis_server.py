"""A real redis-server on a loopback port of its own, nothing kept on disk."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MISSING = "no `redis-server` here; install it (Debian and Ubuntu: `apt install redis-server`)"


class RedisServer:
    """`url` says where it is."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self.port: int = unused.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        program = shutil.which("redis-server")
        assert program is not None
        command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(folder), "--logfile", str(folder / "log")]
        self._process = subprocess.Popen(command)
        self._wait()

    def pause(self) -> None:
        """From now on it answers nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        self.go_on()
        self._process.kill()
        self._process.wait(20)

    def _wait(self) -> None:
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                assert self._process.poll() is None, "redis-server ended"
                assert time.monotonic() < deadline, "redis-server does not answer"
                time.sleep(0.02)


@contextmanager
def running_redis(folder: Path) -> Iterator[RedisServer]:
    """The server, until the end of the block. Skips the test where there is none."""
    if shutil.which("redis-server") is None:
        pytest.skip(MISSING)
    server = RedisServer(folder)
    try:
        yield server
    finally:
        server.stop()
