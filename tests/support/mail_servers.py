"""Postfix and Dovecot of the tests' own: free ports, one folder, nothing of the machine's.

Postfix takes mail for ``city.example`` and hands it to Dovecot by LMTP, plus-addresses included;
reports come back the same way. Both need root to start and lend themselves to their own users.
"""

from __future__ import annotations

import os
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

DOMAIN = "city.example"
HOUSE, CHEN = f"fenghuo@{DOMAIN}", f"chen@{DOMAIN}"
PASSWORD = "mailbox-of-a-test"

_DOVECOT = """
base_dir = {home}/run
log_path = {home}/dovecot.log
protocols = imap lmtp
ssl = no
disable_plaintext_auth = no
auth_username_format = %Ln
recipient_delimiter = +
mail_location = maildir:{home}/mail/%n
first_valid_uid = 1
lda_mailbox_autocreate = yes
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={home}/mail/%n allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {imap}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

_MAIN = """
compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
mail_owner = postfix
setgid_group = postdrop
myhostname = mx.{domain}
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
relay_domains =
virtual_mailbox_domains = {domain}
virtual_mailbox_maps = inline:{{ fenghuo@{domain}=x, chen@{domain}=x, full@{domain}=x }}
virtual_transport = lmtp:inet:127.0.0.1:{lmtp}
transport_maps = inline:{{ far.example=smtp:[127.0.0.1]:{far} }}
recipient_delimiter = +
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_reject_unlisted_recipient = yes
smtp_tls_security_level = none
smtp_dns_support_level = disabled
in_flow_delay = 0
maximal_queue_lifetime = 2s
bounce_queue_lifetime = 2s
minimal_backoff_time = 1s
maximal_backoff_time = 1s
queue_run_delay = 1s
"""

_MASTER = """
127.0.0.1:{smtp} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True, slots=True)
class MailServers:
    """Where they listen, and the folder that holds every mail."""

    home: Path
    smtp: int
    imap: int

    @property
    def smtp_url(self) -> str:
        return f"smtp://127.0.0.1:{self.smtp}"

    @property
    def imap_url(self) -> str:
        return f"imap://fenghuo:{PASSWORD}@127.0.0.1:{self.imap}/INBOX"

    def kill_postfix(self) -> None:
        """SIGKILL the mail server's master and all that it started; what it took stays queued."""
        master = int((self.home / "queue" / "pid" / "master.pid").read_text())
        os.killpg(os.getpgid(master), signal.SIGKILL)

    def start_postfix(self) -> None:
        """Again, on the same port and queue."""
        self.postfix("start")
        _await(self.smtp, self.home)

    def postfix(self, word: str, check: bool = True) -> None:
        with (self.home / "out").open("ab") as out:
            subprocess.run(["/usr/sbin/postfix", "-c", str(self.home / "postfix"), word],
                           check=check, stdout=out, stderr=out)

    def clear(self) -> None:
        """Empty every mailbox."""
        for folder in (self.home / "mail").iterdir():
            shutil.rmtree(folder)

    def mails(self, user: str) -> list[bytes]:
        """What lies in a user's mailbox, oldest first."""
        folder = self.home / "mail" / user
        found = [path for part in ("new", "cur") for path in (folder / part).glob("*")]
        return [path.read_bytes() for path in sorted(found, key=lambda path: path.name)]

    def wait(self, user: str, holding: bytes, seconds: float = 20.0) -> bytes:
        """The first mail of a user that holds some bytes; fails when it does not come."""
        until = time.monotonic() + seconds
        while True:
            for mail in self.mails(user):
                if holding in mail:
                    return mail
            assert time.monotonic() < until, (self.home / "postfix.log").read_text()[-3000:]
            time.sleep(0.05)

    def send(self, message: EmailMessage, sender: str, to: str) -> None:
        """A person's mail program sends a mail."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as server:
            server.send_message(message, sender, [to])


@contextmanager
def mail_servers() -> Iterator[MailServers]:
    """Both servers, stopped at the end."""
    home = Path(tempfile.mkdtemp(prefix="fenghuo-mail-"))
    home.chmod(0o755)
    smtp, imap, lmtp, far = _free_ports(4)
    names = {"home": home, "smtp": smtp, "imap": imap, "lmtp": lmtp, "far": far, "domain": DOMAIN,
             "password": PASSWORD}
    for folder, owner in (("mail", "nobody"), ("data", "postfix"), ("queue", "root"),
                          ("run", "root"), ("postfix", "root")):
        (home / folder).mkdir(mode=0o755)
        shutil.chown(home / folder, owner)
    dovecot = home / "dovecot.conf"
    dovecot.write_text(_DOVECOT.format(**names))
    (home / "postfix" / "main.cf").write_text(_MAIN.format(**names))
    (home / "postfix" / "master.cf").write_text(_MASTER.format(**names))
    made = MailServers(home, smtp, imap)
    with (home / "out").open("ab") as out:
        box = subprocess.Popen(["/usr/sbin/dovecot", "-F", "-c", str(dovecot)], stdout=out,
                               stderr=out)
        try:
            made.postfix("start")
            for port in (smtp, imap, lmtp):
                _await(port, home)
            yield made
        finally:
            made.postfix("stop", check=False)
            box.terminate()
            box.wait()
    shutil.rmtree(home, ignore_errors=True)


def _free_ports(count: int) -> list[int]:
    doors = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(door.getsockname()[1]) for door in doors]
    for door in doors:
        door.close()
    return ports


def _await(port: int, home: Path) -> None:
    until = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            logs = "\n".join(path.read_text() for path in (home / "out", home / "postfix.log",
                                                           home / "dovecot.log") if path.exists())
            assert time.monotonic() < until, logs[-3000:]
            time.sleep(0.05)
