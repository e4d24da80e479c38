"""The mail gateway, against servers that behave and servers that do not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest

from fenghuo.channels import Accepted, Ambiguous, Outgoing, Rejected, Unsupported
from fenghuo.channels.smtp import SmtpMail
from fenghuo.words import Channel

OUT = Outgoing("b" * 32, Channel.email, "chen@example.org", "暴雨红色预警信号",
               "请立即停产撤人。码K47", language="zh", confirm_url="https://city.example/confirm/x")


@contextmanager
def server(answers: dict[str, str], mails: list[bytes], drop_after_dot: bool = False
           ) -> Iterator[str]:
    """A mail server of twenty lines; ``answers`` override its reply to a command."""
    listening = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as stream:
                def say(text: str, stream=stream) -> None:  # type: ignore[no-untyped-def]
                    stream.write(text.encode() + b"\r\n")
                    stream.flush()
                say("220 here")
                for command in stream:
                    verb = command[:4].decode().upper()
                    say(answers.get(verb, "354 go on" if verb == "DATA" else "250 good"))
                    if verb == "DATA" and verb not in answers:
                        mail = b""
                        for part in stream:
                            if part == b".\r\n":
                                break
                            mail += part
                        mails.append(mail)
                        if drop_after_dot:
                            break
                        say(answers.get("DOT", "250 taken"))
                    if verb == "QUIT":
                        break

    thread = threading.Thread(target=talk, daemon=True)
    thread.start()
    try:
        yield f"smtp://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(2)


def test_a_mail_says_that_it_is_automatic_and_can_be_merged_when_doubled() -> None:
    mails: list[bytes] = []
    with server({}, mails) as url:
        gateway = SmtpMail(url, "fenghuo@city.example", 1.0)
        outcomes = [gateway.submit(OUT), gateway.submit(OUT)]
    assert outcomes == [Accepted(f"<{'b' * 32}@city.example>")] * 2
    first, second = (message_from_bytes(mail, policy=default) for mail in mails)
    assert first["Message-ID"].strip() == second["Message-ID"].strip()
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["Subject"] == "暴雨红色预警信号"
    assert "请立即停产撤人" in first.get_content() and OUT.confirm_url in first.get_content()


@pytest.mark.parametrize(("replies", "reason", "permanent"), [
    ({"RCPT": "550 nobody here"}, "address", True), ({"RCPT": "450 later"}, "busy", False),
    ({"RCPT": "554 relay access denied"}, "unknown", True),
    ({"RCPT": "550 5.7.1 policy"}, "unknown", True),
    ({"MAIL": "553 not you"}, "setup", False), ({"MAIL": "451 later"}, "busy", False),
    ({"DATA": "554 no"}, "content", True), ({"DOT": "452 full"}, "busy", False),
    ({"DOT": "550 spam"}, "content", True),
])
def test_each_refusal_is_classed_by_where_it_was_said(
        replies: dict[str, str], reason: str, permanent: bool) -> None:
    with server(replies, []) as url:
        outcome = SmtpMail(url, "fenghuo@city.example", 1.0).submit(OUT)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.permanent) == (reason, permanent)


def test_a_line_lost_after_the_final_dot_is_ambiguous() -> None:
    mails: list[bytes] = []
    with server({}, mails, drop_after_dot=True) as url:
        outcome = SmtpMail(url, "fenghuo@city.example", 1.0).submit(OUT)
    assert isinstance(outcome, Ambiguous) and len(mails) == 1


def test_nobody_listening_is_a_clear_no_that_may_be_retried() -> None:
    outcome = SmtpMail("smtp://127.0.0.1:9", "fenghuo@city.example", 0.5).submit(OUT)
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.permanent) == ("unreachable", False)


def test_a_line_break_in_a_header_is_refused_before_anything_is_sent() -> None:
    for broken in (replace(OUT, subject="x\r\nBcc: all@example.org"),
                   replace(OUT, address="x@example.org\r\nBcc: all@example.org")):
        outcome = SmtpMail("smtp://127.0.0.1:9", "fenghuo@city.example", 0.5).submit(broken)
        assert isinstance(outcome, Rejected) and outcome.reason == "content" and outcome.permanent


def test_mail_cannot_be_asked_for() -> None:
    assert SmtpMail("smtp://127.0.0.1:9", "a@b.example", 1).lookup(OUT, 0.0) == Unsupported()
