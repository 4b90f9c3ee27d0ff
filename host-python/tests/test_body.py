"""Packed bodies, unpacked as Node's `fetch` does it; a stream that ends too early is a failure."""

import gzip
import tracemalloc
import zlib

import pytest

from fuzefront_authn._body import MAX_BYTES, Body

TEXT = b'{"keys":[{"kid":"one"},{"kid":"two"}]}'
GZIP, ZLIB, EMPTY = gzip.compress(TEXT), zlib.compress(TEXT), gzip.compress(b"")
MEMBERS = gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])


def raw(data, level=-1):
    packer = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpacked(encoding, packed, size=MAX_BYTES):
    """None for one that is too large."""
    body = Body(encoding)
    for start in range(0, len(packed), size):
        if not body.takes(packed[start : start + size]):
            return None
    return body.whole()


@pytest.mark.parametrize("size", [1, 7, MAX_BYTES])
@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", GZIP),
        ("x-gzip", GZIP),
        ("gzip", MEMBERS),
        ("gzip", EMPTY + GZIP),
        ("gzip", EMPTY * 5000 + MEMBERS),
        ("gzip", GZIP + bytes(2000)),
        ("gzip", GZIP + bytes(3) + GZIP),
        ("deflate", ZLIB),
        ("deflate", raw(TEXT)),
        ("deflate", raw(TEXT, level=0)),
        ("deflate", ZLIB + b"more"),
        ("deflate", raw(TEXT) + raw(TEXT)),
    ],
)
def test_it_is_unpacked_in_pieces_of_any_size(encoding, packed, size):
    assert unpacked(encoding, packed, size) == TEXT


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_nothing_is_nothing(encoding):
    assert unpacked(encoding, b"") == b""
    assert Body(encoding).takes(b"")


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", GZIP + b"  "),
        ("gzip", GZIP + b"more"),
        ("gzip", GZIP[:-8] + bytes(4) + GZIP[-4:]),
        ("gzip", ZLIB),
        ("gzip", raw(TEXT)),
        ("gzip", TEXT),
        ("gzip", bytes(3) + GZIP),
        ("deflate", GZIP),
        ("deflate", TEXT),
        ("deflate", ZLIB[:-4] + bytes(4)),
    ],
)
def test_what_is_not_packed_as_it_says_is_a_failure(encoding, packed):
    with pytest.raises(zlib.error):
        unpacked(encoding, packed)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [("gzip", GZIP), ("gzip", MEMBERS), ("deflate", ZLIB), ("deflate", raw(TEXT))],
)
def test_a_stream_may_end_nowhere_but_at_its_end(encoding, packed):
    ends = []
    for length in range(1, len(packed)):
        try:
            unpacked(encoding, packed[:length])
        except EOFError:
            continue
        ends.append(length)
    # Between two members there is an end as well.
    assert ends == ([len(gzip.compress(TEXT[:9]))] if packed is MEMBERS else [])


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw])
def test_the_largest_body_is_read_and_one_more_byte_is_not(pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    assert unpacked(encoding, pack(b" " * MAX_BYTES)) == b" " * MAX_BYTES
    assert unpacked(encoding, pack(b" " * (MAX_BYTES + 1))) is None


def test_the_limit_is_for_all_members_together_and_for_what_arrives():
    half = gzip.compress(b" " * (MAX_BYTES // 2))
    assert unpacked("gzip", half + half) == b" " * MAX_BYTES
    assert unpacked("gzip", half + half + EMPTY) == b" " * MAX_BYTES
    assert unpacked("gzip", half + half + gzip.compress(b" ")) is None
    assert unpacked("gzip", EMPTY * (MAX_BYTES // len(EMPTY) + 1)) is None
    assert unpacked("gzip", GZIP + bytes(MAX_BYTES), 1024) is None
    assert unpacked("deflate", ZLIB + bytes(MAX_BYTES)) is None


@pytest.mark.parametrize(
    "packed",
    [
        gzip.compress(bytes(64 * 1024 * 1024)),
        gzip.compress(bytes(MAX_BYTES // 2)) * 400,
        EMPTY * (MAX_BYTES // len(EMPTY)),
    ],
)
def test_a_bomb_takes_no_more_than_the_limit(packed):
    tracemalloc.start()
    try:
        unpacked("gzip", packed)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # What was unpacked, what it grew by at last, and the pieces.
    assert peak < 4 * MAX_BYTES


@pytest.mark.parametrize("encoding", ["", "identity"])
def test_what_is_not_packed_is_taken_as_it_is(encoding):
    assert unpacked(encoding, GZIP, 5) == GZIP
    assert unpacked(encoding, bytes(MAX_BYTES)) == bytes(MAX_BYTES)
    assert unpacked(encoding, bytes(MAX_BYTES + 1), 1024) is None
