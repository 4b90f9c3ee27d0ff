"""Asks the FastAPI app of an example for GET /me, with the token in the argument."""

import sys
import warnings

warnings.simplefilter("ignore")

from example import app  # noqa: E402
from fastapi.testclient import TestClient  # noqa: E402

headers = {"Authorization": f"Bearer {sys.argv[1]}"}
response = TestClient(app).get("/me", headers=headers)
body = response.json()
revoked = "REVOKED" if body.get("code") == "REVOKED" else ""
print(body.get("user") or f"{response.status_code} {revoked}".strip())
