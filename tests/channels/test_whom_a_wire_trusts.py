"""Twilio over TLS: who has no good certificate is given nothing, whatever it would answer."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from delivery_cast import ACCOUNT, CHEN, SENDER, reply

from fenghuo.channels import Accepted, Ambiguous, Outgoing
from fenghuo.channels.sandbox_account import TOKEN
from fenghuo.channels.twilio_client import Lines
from fenghuo.channels.twilio_sms import TwilioSms
from fenghuo.words import Channel

OUT = Outgoing("a" * 32, Channel.sms, CHEN, "", "收到请回1", validity=3_600)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody vouches for, with its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)
    made = (x509.CertificateBuilder().subject_name(name).issuer_name(name)
            .public_key(key.public_key()).serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1)).not_valid_after(today + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName(
                [x509.IPAddress(ip_address("127.0.0.1"))]), False)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(key, SHA256()))
    path = tmp_path / "provider.pem"
    path.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return path


@pytest.fixture
def posts(certificate: Path) -> Iterator[tuple[str, list[bytes]]]:
    """A provider behind that certificate: its address and what it was posted."""
    taken: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

        def do_POST(self) -> None:
            taken.append(self.rfile.read(int(self.headers["Content-Length"])))
            reply(self, 201, f'{{"sid": "SM{"1" * 32}"}}')

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}", taken
        server.shutdown()
        thread.join()


def test_a_stranger_with_a_certificate_of_his_own_is_given_nothing(
        posts: tuple[str, list[bytes]]) -> None:
    url, taken = posts
    outcome = TwilioSms(Lines(ACCOUNT, TOKEN, 5.0, url), SENDER, "http://city.example").submit(OUT)
    assert outcome == Ambiguous("SSLError") and taken == []


def test_an_authority_that_the_environment_names_is_trusted(
        posts: tuple[str, list[bytes]], certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url, taken = posts
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    gateway = TwilioSms(Lines(ACCOUNT, TOKEN, 5.0, url), SENDER, "http://city.example")
    assert gateway.submit(OUT) == Accepted("SM" + "1" * 32) and len(taken) == 1
