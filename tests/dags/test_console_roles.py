"""The console behind Airflow's own sign-in: who may look, who may act."""

from __future__ import annotations

import json
import subprocess
import sys
from urllib.parse import parse_qs, urlsplit

PROGRAM = """
import json, sys
from airflow.api_fastapi.app import create_app
from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser
from fastapi.testclient import TestClient
from airflow import settings
from airflow.api_fastapi.app import get_auth_manager
from airflow.models.revoked_token import RevokedToken

RevokedToken.__table__.create(settings.engine)
app = create_app(apps="core")
found = {}
with TestClient(app, base_url="http://testserver") as web:
    for role in (None, "VIEWER", "USER", "OP", "ADMIN"):
        headers = {}
        if role:
            user = SimpleAuthManagerUser(username=role.lower(), role=role)
            headers["Authorization"] = "Bearer " + get_auth_manager().generate_jwt(user)
        found[str(role)] = [web.get(path, headers=headers).status_code
                            for path in ("/fenghuo/console.css", "/fenghuo/warnings/1/hold")]
    browser = {"headers": {"Accept": "text/html,*/*"}, "follow_redirects": False}
    led = web.get("/fenghuo/rules?lang=en", **browser)
    found["browser"] = [led.status_code, web.get(led.headers["location"], **browser)
                        .headers["location"]]
    found["openapi"] = web.get("/fenghuo/openapi.json").status_code
print(json.dumps(found))
"""


def test_a_viewer_may_look_and_only_an_operator_may_act(surroundings: dict[str, str]) -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=surroundings, capture_output=True,
                          text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.strip().splitlines()[-1])
    # the house has no database here: whoever may act is past the door, where it says so
    led, where = found.pop("browser")
    assert led == 303 and "/auth/login" in where
    assert parse_qs(urlsplit(where).query)["next"] == ["http://testserver/fenghuo/rules?lang=en"]
    assert found == {"None": [401, 401], "VIEWER": [200, 403], "USER": [200, 403],
                     "OP": [200, 503], "ADMIN": [200, 503], "openapi": 404}
