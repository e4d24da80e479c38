"""The provider's store of texts, outbound and inbound, in the provider's own words.

Format: Twilio's Message resource (OpenAPI ``api.v2010.account.message``). Its dates are RFC 2822
on the machine clock, because whoever asks for a lost text asks by machine time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

VERSION = "2010-04-01"


@dataclass(slots=True)
class Message:
    """One text; ``created``, ``updated`` and ``sent`` are epoch seconds."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    segments: int
    created: float
    updated: float
    callback: str | None = None
    service: str | None = None
    sent: float | None = None
    error: int | None = None

    def resource(self, account: str) -> dict[str, Any]:
        """As the REST side shows it."""
        uri = f"/{VERSION}/Accounts/{account}/Messages/{self.sid}"
        return {
            "account_sid": account, "api_version": VERSION, "body": self.body,
            "date_created": rfc2822(self.created), "date_updated": rfc2822(self.updated),
            "date_sent": None if self.sent is None else rfc2822(self.sent),
            "direction": self.direction, "error_code": self.error, "error_message": None,
            "from": self.sender, "messaging_service_sid": self.service, "num_media": "0",
            "num_segments": str(self.segments), "price": None, "price_unit": "USD",
            "sid": self.sid, "status": self.status, "to": self.to, "uri": f"{uri}.json",
            "subresource_uris": {"media": f"{uri}/Media.json"}}

    def form(self, account: str) -> dict[str, str]:
        """As a webhook tells it: a status callback, or an inbound text with its blank fields."""
        common = {"MessageSid": self.sid, "SmsSid": self.sid, "AccountSid": account,
                  "From": self.sender, "To": self.to, "ApiVersion": VERSION,
                  "SmsStatus": self.status}
        if self.direction == "inbound":
            return common | {"SmsMessageSid": self.sid, "Body": self.body, "NumMedia": "0",
                             "NumSegments": str(self.segments), "FromCity": "", "FromState": "",
                             "ToCountry": "US"}
        error = {} if self.error is None else {"ErrorCode": str(self.error)}
        return common | {"MessageStatus": self.status} | error


def rfc2822(seconds: float) -> str:
    """Epoch seconds as the provider writes dates."""
    return format_datetime(datetime.fromtimestamp(int(seconds), UTC))
