"""Two SMS providers of mainland China at the network: they check signatures on the wire and count.

Written from the providers' pages, not from the gateways: what is signed is read off the request.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

from delivery_cast import reply

KEY_ID, SECRET = "LTAI-id", "clouds/secret"
Act = Callable[["Cloud", BaseHTTPRequestHandler, dict[str, Any]], None]


@dataclass
class Cloud:
    """A provider. ``plan`` holds what the next requests to send meet, an empty plan accepts;
    ``texts`` are what it took: number, template, variables, our id, its own. ``ends`` is the
    operator's word by our id, ``day`` the only one of Beijing on which it took any."""

    kind: str
    plan: list[Act] = field(default_factory=list)
    texts: list[dict[str, Any]] = field(default_factory=list)
    posts: list[dict[str, Any]] = field(default_factory=list)
    queries: list[dict[str, Any]] = field(default_factory=list)
    reported: bool = True
    ends: dict[str, str] = field(default_factory=dict)
    day: str | None = None
    deaf: bool = False
    url: str = ""

    def take(self, asked: dict[str, Any]) -> dict[str, Any]:
        if self.kind == "aliyun":
            text = {"number": asked["PhoneNumbers"], "template": asked["TemplateCode"],
                    "values": json.loads(asked["TemplateParam"]), "sign": asked["SignName"],
                    "ours": asked["OutId"], "id": f"9006{len(self.texts):05}^0"}
        else:
            text = {"number": asked["PhoneNumberSet"][0], "template": asked["TemplateId"],
                    "values": asked["TemplateParamSet"], "sign": asked["SignName"],
                    "ours": asked["SessionContext"], "id": f"5000:{len(self.texts):020}"}
        self.texts.append(text)
        return text

    def yes(self, text: dict[str, Any]) -> str:
        if self.kind == "aliyun":
            return json.dumps({"Code": "OK", "Message": "OK", "BizId": text["id"],
                               "RequestId": "819BE656"})
        return json.dumps({"Response": {"RequestId": "a0aabda6", "SendStatusSet": [
            {"SerialNo": text["id"], "PhoneNumber": text["number"], "Fee": 1, "Code": "Ok",
             "SessionContext": text["ours"], "Message": "send success", "IsoCode": "CN"}]}})

    def no(self, code: str, number: str = "+8613800000001") -> str:
        """A refusal of this number, in the provider's own form."""
        if self.kind == "aliyun":
            return json.dumps({"Code": code, "Message": "no", "RequestId": "1"})
        return json.dumps({"Response": {"RequestId": "1", "SendStatusSet": [
            {"SerialNo": "", "PhoneNumber": number, "Fee": 0, "SessionContext": "",
             "Code": code, "Message": "no", "IsoCode": ""}]}})

    def listed(self, asked: dict[str, Any]) -> str:
        """What it says of the texts to one number."""
        if self.kind == "aliyun":
            rows = [{"PhoneNum": asked["PhoneNumber"], "OutId": one["ours"],
                     "SendStatus": {"": 1, "DELIVERED": 3}.get(self.ends.get(one["ours"], ""), 2),
                     "ErrCode": self.ends.get(one["ours"], ""), "TemplateCode": one["template"],
                     "SendDate": "2026-06-08 12:00:00"}
                    for one in self.texts if one["number"].endswith(asked["PhoneNumber"])
                    and self.day in (None, asked["SendDate"])]
            return json.dumps({"Code": "OK", "TotalCount": len(rows),
                               "SmsSendDetailDTOs": {"SmsSendDetailDTO": rows}})
        rows = [{"PhoneNumber": one["number"], "SerialNo": one["id"],
                 "ReportStatus": "SUCCESS" if (
                     word := self.ends.get(one["ours"], "DELIVRD")) == "DELIVRD" else "FAIL",
                 "Description": word, "SessionContext": one["ours"], "CountryCode": "86"}
                for one in self.texts if self.reported and one["number"] == asked["PhoneNumber"]]
        return json.dumps({"Response": {"RequestId": "1", "PullSmsSendStatusSet": rows}})


def answers(status: int, body: str | bytes, headers: dict[str, str] | None = None) -> Act:
    """Take the text and answer with these bytes all the same."""
    def act(cloud: Cloud, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        cloud.take(asked)
        reply(handler, status, body, headers)
    return act


def refuses(code: str, status: int = 200) -> Act:
    def act(cloud: Cloud, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        reply(handler, status, cloud.no(code))
    return act


def hangs(seconds: float) -> Act:
    """Take the text and say nothing for so long."""
    def act(cloud: Cloud, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
        text = cloud.take(asked)
        time.sleep(seconds)
        reply(handler, 200, cloud.yes(text))
    return act


def resets(cloud: Cloud, handler: BaseHTTPRequestHandler, asked: dict[str, Any]) -> None:
    """Take the text and drop the line in the middle of the reply."""
    cloud.take(asked)
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"Code\": \"OK\"")
    handler.close_connection = True


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _signed(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
    """Whether the request as it came is signed with the provider's copy of the secret."""
    said = handler.headers["Authorization"]
    names = said.partition("SignedHeaders=")[2].partition(",")[0]
    got = said.rpartition("Signature=")[2]
    digest = hashlib.sha256(body).hexdigest()
    path, _, query = handler.path.partition("?")
    lines = "".join(f"{name}:{handler.headers[name]}\n" for name in names.split(";"))
    request = hashlib.sha256("\n".join(
        (handler.command, path, query, lines, names, digest)).encode()).hexdigest()
    if said.startswith("ACS3"):
        key = SECRET.encode()
        told = f"ACS3-HMAC-SHA256\n{request}"
        known = (f"Credential={KEY_ID}," in said
                 and handler.headers["x-acs-content-sha256"] == digest)
    else:
        scope = said.partition(f"Credential={KEY_ID}/")[2].partition(",")[0]
        key = f"TC3{SECRET}".encode()
        for word in scope.split("/"):
            key = _hmac(key, word)
        told = f"TC3-HMAC-SHA256\n{handler.headers['X-TC-Timestamp']}\n{scope}\n{request}"
        known = abs(int(handler.headers["X-TC-Timestamp"]) - time.time()) < 300
    return known and hmac.compare_digest(got, _hmac(key, told).hex())


@contextmanager
def cloud_at_work(kind: str) -> Iterator[Cloud]:
    """``aliyun`` or ``tencent`` on a free port of this machine."""
    cloud = Cloud(kind)
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            return None

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            aliyun = kind == "aliyun"
            action = self.headers["x-acs-action" if aliyun else "X-TC-Action"]
            asked = (dict(parse_qsl(self.path.partition("?")[2])) if aliyun
                     else json.loads(body))
            if not _signed(self, body):
                reply(self, 403 if aliyun else 200, json.dumps(
                    {"Code": "SignatureDoesNotMatch", "Message": "no"} if aliyun else
                    {"Response": {"Error": {"Code": "AuthFailure.SignatureFailure"}}}))
                return
            with lock:
                if action != "SendSms":
                    cloud.queries.append(asked)
                    reply(self, 503 if cloud.deaf else 200,
                          "<html>busy</html>" if cloud.deaf else cloud.listed(asked))
                    return
                cloud.posts.append(asked)
                act = cloud.plan.pop(0) if cloud.plan else None
            try:
                if act is None:
                    with lock:
                        text = cloud.take(asked)
                    reply(self, 200, cloud.yes(text))
                else:
                    act(cloud, self, asked)
            except OSError:
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    cloud.url = f"http://{{}}127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield cloud
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
