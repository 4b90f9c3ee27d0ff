import email.utils

import httpx
import pytest

from fuzefront_authn import _body, _engine, _flights, _http


@pytest.mark.parametrize(
    ("cache_control", "age", "expected"),
    [
        (None, None, None),
        ("no-store", None, 0),
        ("No-Cache, max-age=60", None, 0),
        ("x-no-store, max-age=60", None, 60),
        ("max-age=60", None, 60),
        ("public, MAX-AGE=60", None, 60),
        ('private,max-age="60",must-revalidate', None, 60),
        ("s-maxage=60", None, None),
        ("x-max-age=60", None, None),
        ("max-age=60", "15", 45),
        ("max-age=60", "61", 0),
        ("max-age=60", "-5", 60),
        ("max-age=60", "soon", 60),
        ("max-age=-60", None, None),
        ("max-age=1.5", None, None),
        ("max-age=99999999999", None, 2**31),
        ("max-age=", None, None),
    ],
)
def test_max_age(cache_control, age, expected):
    given = {"cache-control": cache_control, "age": age}
    headers = httpx.Headers({name: value for name, value in given.items() if value is not None})
    assert _http.max_age(headers) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("120", 120), ("0", 0), ("", None), ("-1", None), ("soon", None), ("1.5", None)],
)
def test_retry_after_in_seconds(value, expected):
    assert _http.retry_after(httpx.Headers({"retry-after": value})) == expected


@pytest.mark.parametrize(("later", "expected"), [(90, 90), (-90, 0)])
def test_retry_after_as_a_date_is_counted_from_the_server_s_own(later, expected):
    headers = httpx.Headers(
        {
            "date": email.utils.formatdate(1_700_000_000, usegmt=True),
            "retry-after": email.utils.formatdate(1_700_000_000 + later, usegmt=True),
        }
    )
    assert _http.retry_after(headers) == expected


def test_the_bounds_are_those_of_the_module():
    limits = _engine.shared_module().instance().ask("authn_about")["limits"]
    assert limits["key_set_bytes"] == _body.MAX_BYTES
    assert limits["fetch_timeout"] == _flights.FETCH_SECONDS
    assert limits["redirects"] == 0
