"""What the answers of the Hong Kong Observatory's open data share.

Documentation: https://data.weather.gov.hk/weatherAPI/doc/HKO_Open_Data_API_Documentation.pdf (terms
of DATA.GOV.HK: free with attribution). A faulty request is answered with a plain English sentence
and HTTP 200. Times carry +08:00; those of tables are Hong Kong's without an offset.
"""

from __future__ import annotations

from datetime import timedelta, timezone

from fenghuo.feeds.event_codes import find
from fenghuo.observations.records import SignalAttributes
from fenghuo.words import Hazard

ISSUER = "香港天文台"
TERRITORY = ("810000000000",)
"""All of Hong Kong: no warning names a district."""
ZONE = timezone(timedelta(hours=8))
CANCEL = "CANCEL"


def signal(identifier: str, code: str, name: str, *, cancelled: bool, message: str = "Alert",
           description: str = "") -> SignalAttributes:
    """A warning's attributes by its code (``WRAINR``). A code that the table does not know is
    kept as it came, with hazard ``other``; level only where HKO's colour is one of ours."""
    row = find("hko", code)
    name = name or (row.zh if row else code)
    return SignalAttributes(
        identifier=identifier, hazard=row.hazard if row else Hazard.other, event_name=name,
        event_code=code, scheme="hko", level=row.level if row else None, issuer=ISSUER,
        message_type="Cancel" if cancelled else message,
        headline=f"{ISSUER}{'取消' if cancelled else '发出'}{name}", description=description,
        instruction="", districts=TERRITORY)
