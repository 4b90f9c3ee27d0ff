"""Asks the FastAPI app of an example for GET /me, with the token in the argument."""

import datetime
import sys
import warnings

warnings.simplefilter("ignore")

from fastapi.testclient import TestClient  # noqa: E402


class OldDatetime(datetime.datetime):
    """Reads dates as Python 3.9 and 3.10 do, whichever runs this."""

    @classmethod
    def fromisoformat(cls, text: str) -> "OldDatetime":
        if text.endswith("Z"):
            raise ValueError(f"Invalid isoformat string: {text!r}")
        return super().fromisoformat(text)


datetime.datetime = OldDatetime  # type: ignore[misc]

from example import app  # noqa: E402

headers = {"Authorization": f"Bearer {sys.argv[1]}"}
response = TestClient(app).get("/me", headers=headers)
body = response.json()
revoked = "REVOKED" if body.get("code") == "REVOKED" else ""
print(body.get("user") or f"{response.status_code} {revoked}".strip())
