"""One message of EMSC's websocket, the record that ``emsc_fdsn`` lists.

Format: https://www.seismicportal.eu/realtime.html
"""

from fenghuo.feeds.formats.emsc_fdsn import message as parse

__all__ = ["parse"]
