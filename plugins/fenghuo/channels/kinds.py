"""The kinds of gateways: one row each.

``channel`` it serves; ``needs`` what its entry must say; ``limits`` by the provider's own pages;
``never`` the calling codes it must not be given, ``countries`` those it serves where its entry
names none; ``numbered`` whether the variables of its filed texts have numbers instead of names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fenghuo.channels.base import Limits
from fenghuo.words import Channel


@dataclass(frozen=True, slots=True)
class Kind:
    """One provider's interface."""

    channel: Channel
    limits: Limits = field(default_factory=Limits)
    needs: tuple[str, ...] = ()
    never: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    numbered: bool = False


_MAINLAND = Limits(templates=True, value_letters=35)
"""35 letters a variable of a notification (Aliyun,
https://help.aliyun.com/zh/sms/developer-reference/api-error-codes). Tencent lets new accounts
have 6 (https://cloud.tencent.com/document/product/382/39023); the console shows more."""

KINDS: Mapping[str, Kind] = {
    "smtp": Kind(Channel.email),
    "twilio": Kind(Channel.sms),
    "aliyun": Kind(Channel.sms, _MAINLAND, ("signature",), countries=("+86",)),
    "tencent": Kind(Channel.sms, replace(_MAINLAND, value_letters=6), ("sender", "signature"),
                    countries=("+86",), numbered=True),
    # one call a second unless they agree to more; none to mainland China since 2023-11-30
    # (support.twilio.com, article 360016488474)
    "twilio_voice": Kind(Channel.voice, Limits(per_second=1.0), never=("+86",)),
}
