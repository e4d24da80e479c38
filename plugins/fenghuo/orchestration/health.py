"""``python -m fenghuo.orchestration.health URL [COMPONENT]``: the health check of a service.

Exit 0 when the address answers well and, given a component, Airflow calls it healthy there. It
runs every few seconds for ever, so it loads nothing beyond the standard library.
"""

from __future__ import annotations

import json
import sys
import urllib.request

PATIENCE = 12.0


def healthy(url: str, component: str | None = None) -> bool:
    """Whether it is well. Never asks through a proxy."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=PATIENCE) as answer:
            said = json.load(answer) if component else None
    except (OSError, ValueError):
        return False
    return said is None or said.get(component, {}).get("status") == "healthy"


if __name__ == "__main__":
    sys.exit(0 if healthy(*sys.argv[1:3]) else 1)
