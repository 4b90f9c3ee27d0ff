"""What an app does with the wheel alone: the family's contract, and the command line."""

import json
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from fuzefront_authn import ContractError, Verifier, family_contract, inspect
from minting import Key

ISSUER = "https://app.fuzefront.com/application/o/grafana/"

key = Key()
now = int(time.time())
claims = {"iss": ISSUER, "aud": "grafana", "azp": "grafana", "sub": "user-1", "exp": now + 60}
token = key.sign({**claims, "iat": now})
verifier = Verifier.from_contract(
    family_contract(), app="grafana", environment="production", keys=key.key_set()
)
assert verifier.verify(token).user_id == "user-1"
assert verifier.contract is not None
assert verifier.contract.name == "fuzefront"
assert inspect(token).unverified
try:
    Verifier.from_contract(family_contract(), app="nobody", environment="production")
except ContractError as error:
    assert error.path == "/app"
else:
    raise AssertionError("an app that is not in the contract got a verifier")


def authn(*command, stdin=""):
    ran = subprocess.run(  # noqa: S603
        [*command], input=stdin, capture_output=True, text=True, check=False
    )
    return ran.returncode, ran.stdout, ran.stderr


module = (sys.executable, "-m", "fuzefront_authn")
script = str(Path(sysconfig.get_path("scripts")) / "fuzefront-authn")
keys = Path(tempfile.mkdtemp()) / "keys.json"
keys.write_text(json.dumps(key.key_set()))
for command in (module, (script,)):
    code, out, err = authn(*command, "digest", "--json")
    assert (code, err) == (0, ""), err
    assert json.loads(out)["module_sha256"] == verifier.digest
    assert json.loads(out)["contract"]["sha256"] == sys.argv[1], "another contract was installed"
    policy = ("--contract", "family", "--app", "grafana", "--environment", "production")
    code, out, err = authn(*command, "verify", *policy, "--keys", str(keys), "--json", stdin=token)
    assert (code, err) == (0, ""), err
    assert json.loads(out)["identity"]["userId"] == "user-1"
    assert authn(*command, "verify", *policy, "--keys", str(keys), stdin=token[:-8])[0] == 1
    assert authn(*command, "verify")[0] == 2
print("ok")
