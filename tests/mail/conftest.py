"""The cast of mail: a house with a mailbox, and Postfix and Dovecot of these tests' own.

Both servers want root to start: elsewhere this folder is left out, and CI runs as root.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from delivery_cast import City
from mail_servers import HOUSE, MailServers, mail_servers
from pydantic import SecretStr
from sqlalchemy import Engine

from fenghuo.ledger import keys
from fenghuo.settings import Settings

collect_ignore = [] if os.getuid() == 0 else ["test_postfix_and_dovecot.py"]


@pytest.fixture
def city(engine: Engine) -> City:
    return City(engine)


@pytest.fixture(scope="session")
def servers() -> Iterator[MailServers]:
    with mail_servers() as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path, servers: MailServers) -> Settings:
    servers.clear()
    made = Settings(home=tmp_path, smtp_url=SecretStr(servers.smtp_url), mail_from=HOUSE,
                    imap_url=SecretStr(servers.imap_url))
    keys.signer(made, make=True)
    return made
