"""What an app does with the extra `fetch`: the keys come from the issuer's discovery document."""

import asyncio
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

from fuzefront_authn import AsyncVerifier, Verifier
from minting import Key

for name in ("http_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"):
    os.environ.pop(name, None)
key = Key()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        documents = {
            "/.well-known/openid-configuration": {"issuer": issuer, "jwks_uri": f"{issuer}jwks"},
            "/jwks": key.key_set(),
        }
        body = json.dumps(documents[self.path]).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""


server = HTTPServer(("127.0.0.1", 0), Handler)
issuer = f"http://127.0.0.1:{server.server_address[1]}/"
threading.Thread(target=server.serve_forever, daemon=True).start()
claims = {"iss": issuer, "aud": "app", "sub": "user-1", "exp": int(time.time()) + 60}
token = key.sign(claims)


async def main() -> None:
    async with AsyncVerifier(issuer=issuer, audience="app") as verifier:
        assert (await verifier.verify(token)).user_id == "user-1"


with Verifier(issuer=issuer, audience="app") as verifier:
    assert verifier.verify(token).user_id == "user-1"
    assert verifier.ready()[0].state == "fresh"
asyncio.run(main())
server.shutdown()
print("ok")
