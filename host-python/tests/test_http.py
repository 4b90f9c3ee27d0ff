"""One GET: its facts, its bounds, and bodies that are packed. Nothing goes over a network."""

import gzip
import ssl
import tracemalloc
import zlib

import httpx
import pytest

from fuzefront_authn import MissingExtraError, PolicyError, Verifier, _http
from fuzefront_authn._http import get

from .conftest import ISSUER
from .issuer import Pieces
from .minting import AUDIENCE

MOST = 262144
TEXT = b'{"keys":[{"kid":"one"},{"kid":"two"}]}'
GZIP, ZLIB, EMPTY = gzip.compress(TEXT), zlib.compress(TEXT), gzip.compress(b"")
MEMBERS = gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:])


def raw(data, level=-1):
    packer = zlib.compressobj(level, wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def got(answer, report=(), **options):
    """The facts without `elapsed`, and the body."""
    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        usual = {"headers": {}, "timeout": 5, "max_bytes": MOST, "client": client}
        facts, body = get("https://id.example/keys", report=report, **{**usual, **options})
    assert facts.pop("elapsed") >= 0
    return facts, body


def answering(body=b"", size=16384, status=200, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: httpx.Response(status, headers=named, stream=Pieces(body, size))


def test_the_facts_are_those_asked_for_and_the_body_comes_beside():
    answer = answering(TEXT, Cache_Control="max-age=900", Set_Cookie="a=b", Age="3")
    facts, body = got(answer, ["age", "cache-control", "date"])
    assert facts == {
        "status": 200,
        "redirected": False,
        "headers": {"age": "3", "cache-control": "max-age=900"},
    }
    assert body == TEXT


def test_no_credentials_are_sent_and_no_packing_is_asked_for():
    seen = []

    def answer(request):
        seen.append(dict(request.headers))
        return httpx.Response(200)

    got(answer, headers={"accept": "application/json"})
    del seen[0]["connection"]
    assert seen[0] == {
        "host": "id.example",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "fuzefront-authn",
    }


@pytest.mark.parametrize("status", [204, 301, 304, 404, 500])
def test_a_redirect_is_not_followed_and_no_other_body_is_read(status):
    facts, body = got(answering(TEXT, status=status, Location="/"), ["retry-after"])
    assert facts == {"status": status, "redirected": False, "headers": {}}
    assert body == b""


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (httpx.ConnectTimeout(""), "timeout"),
        (httpx.ReadTimeout(""), "timeout"),
        (httpx.ReadError(""), "network"),
        (httpx.RemoteProtocolError(""), "network"),
        (ConnectionRefusedError(), "refused"),
        (ssl.SSLError("certificate"), "tls"),
        (_http.socket.gaierror(), "dns"),
        (RuntimeError("anything"), "network"),
    ],
)
def test_an_error_is_a_word(error, word):
    def answer(request):
        if isinstance(error, httpx.HTTPError):
            raise error
        raise httpx.ConnectError("") from error

    assert got(answer)[0] == {"error": word}


def test_a_failure_within_the_body_leaves_the_headers():
    class Breaks(httpx.SyncByteStream):
        def __iter__(self):
            yield b"{"
            raise httpx.ReadError("reset")

    def answer(request):
        return httpx.Response(200, headers={"age": "1"}, stream=Breaks())

    assert got(answer, ["age"]) == ({"error": "network", "headers": {"age": "1"}}, b"")


@pytest.mark.parametrize("length", [MOST + 1, 10**19])
def test_a_body_that_says_it_is_too_large_is_not_read(length):
    facts, _ = got(answering(b"", Content_Length=str(length)))
    assert facts["error"] == "too_large"


@pytest.mark.parametrize("size", [1000, MOST, 2 * MOST])
def test_the_largest_body_is_read_and_one_more_byte_is_not(size):
    assert got(answering(bytes(MOST), size))[1] == bytes(MOST)
    facts, body = got(answering(bytes(MOST + 1), size))
    assert (facts["error"], body) == ("too_large", b"")


def test_it_stops_when_it_is_told_to():
    assert got(answering(TEXT, 1), stopped=lambda: True)[0]["error"] == "timeout"
    assert got(answering(TEXT, 1), timeout=-1)[0]["error"] == "timeout"


def test_an_encoding_that_is_not_known_is_refused():
    facts, _ = got(answering(TEXT, Content_Encoding="br"))
    assert facts["error"] == "content_encoding"
    assert got(answering(TEXT, Content_Encoding="identity"))[1] == TEXT


@pytest.mark.parametrize("size", [1, 7, MOST])
@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", GZIP),
        (" X-GZIP ", GZIP),
        ("gzip", MEMBERS),
        ("gzip", EMPTY + GZIP),
        ("gzip", GZIP + bytes(2000)),
        ("deflate", ZLIB),
        ("deflate", raw(TEXT)),  # without the header of RFC 1950
        ("deflate", raw(TEXT, level=0)),
        ("deflate", ZLIB + b"more"),
    ],
)
def test_a_body_that_is_packed_all_the_same_is_read_in_pieces_of_any_size(encoding, packed, size):
    facts, body = got(answering(packed, size, Content_Encoding=encoding))
    assert (facts["status"], body) == (200, TEXT)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", GZIP + b"more"),
        ("gzip", GZIP[:-8] + bytes(4) + GZIP[-4:]),
        ("gzip", GZIP[:-1]),
        ("gzip", MEMBERS[:-1]),
        ("gzip", ZLIB),
        ("gzip", TEXT),
        ("deflate", GZIP),
        ("deflate", ZLIB[:-1]),
        ("deflate", raw(TEXT)[:-1]),
    ],
)
def test_what_is_not_packed_as_it_says_is_a_failure(encoding, packed):
    assert got(answering(packed, Content_Encoding=encoding))[0]["error"] == "network"


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress, raw])
def test_the_limit_is_for_what_is_unpacked(pack):
    encoding = "gzip" if pack is gzip.compress else "deflate"
    assert got(answering(pack(bytes(MOST)), Content_Encoding=encoding))[1] == bytes(MOST)
    facts, _ = got(answering(pack(bytes(MOST + 1)), Content_Encoding=encoding))
    assert facts["error"] == "too_large"


@pytest.mark.parametrize(
    "packed", [gzip.compress(bytes(64 * 1024 * 1024)), gzip.compress(bytes(MOST // 2)) * 400]
)
def test_a_bomb_takes_no_more_than_the_limit(packed):
    got(answering(GZIP, Content_Encoding="gzip"))  # what is imported when first needed
    tracemalloc.start()
    try:
        facts, _ = got(answering(packed, Content_Encoding="gzip"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert facts["error"] == "too_large"
    assert peak < 4 * MOST


def test_without_httpx_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "httpx", None)
    for attempt in (
        lambda: get("https://x/", headers={}, report=[], timeout=1, max_bytes=1),
        lambda: Verifier(issuer=ISSUER, audience=AUDIENCE),
    ):
        with pytest.raises(MissingExtraError, match=r"fuzefront-authn\[fetch\]"):
            attempt()


def test_a_client_of_another_kind_is_refused():
    with pytest.raises(PolicyError, match=r"give an httpx\.Client"):
        Verifier(issuer=ISSUER, audience=AUDIENCE, http_client=httpx.AsyncClient())
    with pytest.raises(PolicyError, match=r"is not an httpx\.Client"):
        Verifier(issuer=ISSUER, audience=AUDIENCE, http_client=httpx)
