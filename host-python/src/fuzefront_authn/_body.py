"""The body of an answer, unpacked while it arrives and never longer than it may be.

gzip and deflate as Node's `fetch` reads them, except that a stream must not end too early.
"""

from __future__ import annotations

import zlib
from typing import Optional

__all__ = ["MAX_BYTES", "PACKED", "Body"]

MAX_BYTES = 262144
"""The largest body that is read (docs/abi.md, "The host's part", 1)."""

PACKED = ("gzip", "x-gzip", "deflate")
"""The encodings that are unpacked (RFC 9110 §8.4.1)."""

# What is left of a piece is copied at the end of every member: large ones would be copied often.
_PIECE = 1024


class Body:
    """What was read of a body: never more than one byte above the limit, if packed."""

    def __init__(self, encoding: str) -> None:
        self.packed = encoding in PACKED
        self._deflate = encoding == "deflate"
        self._read = bytearray()
        self._received = 0
        self._stream: Optional[zlib._Decompress] = None
        self._over = False

    def takes(self, chunk: bytes) -> bool:
        """False: it is too large. Raises zlib.error for what is not packed as it says."""
        self._received += len(chunk)
        if self._received > MAX_BYTES:
            return False
        if not self.packed:
            self._read += chunk
            return True
        for start in range(0, len(chunk), _PIECE):
            self._unpack(chunk[start : start + _PIECE])
        return len(self._read) <= MAX_BYTES

    def whole(self) -> bytes:
        """All of it. Raises EOFError if a packed one ended too early."""
        if self._stream is not None and not self._stream.eof:
            raise EOFError("the packed body ends too early")
        return bytes(self._read)

    def _unpack(self, piece: bytes) -> None:
        while piece and not self._over and len(self._read) <= MAX_BYTES:
            if self._stream is None or self._stream.eof:
                self._begin(piece[0])
                continue
            # Never 0, which would mean no limit.
            room = MAX_BYTES + 1 - len(self._read)
            self._read += self._stream.decompress(piece, room)
            piece = self._stream.unused_data

    def _begin(self, first: int) -> None:
        # gzip may have several members (RFC 1952 §2.2), and zeros behind the last one.
        self._over = self._stream is not None and (self._deflate or first == 0)
        if not self._over:
            self._stream = zlib.decompressobj(wbits=self._format(first))

    def _format(self, first: int) -> int:
        if not self._deflate:
            return 16 + zlib.MAX_WBITS
        # RFC 1950 §2.2: 8 is its method. Some servers leave its header out (RFC 9110 §8.4.1.2).
        return zlib.MAX_WBITS if first & 0x0F == 8 else -zlib.MAX_WBITS
