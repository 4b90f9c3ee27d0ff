"""What an app does with the extras `redis` and `otel`; the Redis is down."""

import json
import os
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import redis
from opentelemetry import metrics

from fuzefront_authn import Verifier
from fuzefront_authn.opentelemetry import otel_listener
from fuzefront_authn.redis import RedisStore
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


count = otel_listener(metrics.get_meter("app"))
heard = []


def on_event(event: object) -> None:
    count(event)
    heard.append(event.type)


with socket.socket() as unused:
    unused.bind(("127.0.0.1", 0))
    nobody = unused.getsockname()[1]
options = {"issuer": issuer, "audience": "app", "on_event": on_event}
store = RedisStore(redis.Redis(port=nobody))
with Verifier(**options, store=store) as verifier:
    assert verifier.verify(token).user_id == "user-1"
    snapshot = json.loads(json.dumps(verifier.snapshot()))
assert {"keys.store", "keys.fetch", "keys.state", "verify"} == set(heard), heard
server.shutdown()
with Verifier(**options, snapshot=snapshot) as verifier:
    assert verifier.health().status == "ready"
    assert verifier.verify(token).user_id == "user-1"
print("ok")
