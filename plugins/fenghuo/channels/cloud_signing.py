"""How two clouds want a request signed: ACS3-HMAC-SHA256 (Aliyun) and TC3-HMAC-SHA256 (Tencent).

Sources: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature and
https://cloud.tencent.com/document/api/382/52072. Why not their own libraries: decision 0019.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import quote

_NOTHING = hashlib.sha256(b"").hexdigest()


@dataclass(frozen=True, slots=True)
class Key:
    """The two halves of a cloud's key: its id, which is sent, and its secret, which never is."""

    id: str
    secret: str = field(repr=False)


def query_of(values: Mapping[str, str]) -> str:
    """Parameters in their canonical form, in which they are sent too: sorted, RFC 3986."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}"
                    for name, value in sorted(values.items()))


def acs3(key: Key, host: str, action: str, version: str, query: str, at: datetime,
         nonce: str) -> dict[str, str]:
    """The headers of a POST without a body whose parameters are ``query``; ``at`` is aware."""
    headers = {
        "host": host, "x-acs-action": action, "x-acs-content-sha256": _NOTHING,
        "x-acs-date": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "x-acs-signature-nonce": nonce, "x-acs-version": version}
    names = ";".join(headers)
    lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
    asked = f"POST\n/\n{query}\n{lines}\n{names}\n{_NOTHING}"
    signature = hmac.new(key.secret.encode(), f"ACS3-HMAC-SHA256\n{_hex(asked)}".encode(),
                         hashlib.sha256).hexdigest()
    return headers | {"Authorization": f"ACS3-HMAC-SHA256 Credential={key.id},"
                                       f"SignedHeaders={names},Signature={signature}"}


def tc3(key: Key, host: str, service: str, action: str, version: str, region: str, body: bytes,
        at: float) -> dict[str, str]:
    """The headers of a POST of JSON at the machine instant ``at`` (epoch seconds)."""
    kind, stamp = "application/json", str(int(at))
    day = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d")
    asked = (f"POST\n/\n\ncontent-type:{kind}\nhost:{host}\n\ncontent-type;host\n"
             f"{hashlib.sha256(body).hexdigest()}")
    scope = f"{day}/{service}/tc3_request"
    secret = f"TC3{key.secret}".encode()
    for word in (day, service, "tc3_request"):
        secret = hmac.digest(secret, word.encode(), "sha256")
    signature = hmac.new(secret, f"TC3-HMAC-SHA256\n{stamp}\n{scope}\n{_hex(asked)}".encode(),
                         hashlib.sha256).hexdigest()
    return {"Content-Type": kind, "Host": host, "X-TC-Action": action, "X-TC-Timestamp": stamp,
            "X-TC-Version": version, "X-TC-Region": region,
            "Authorization": f"TC3-HMAC-SHA256 Credential={key.id}/{scope}, "
                             f"SignedHeaders=content-type;host, Signature={signature}"}


def _hex(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
