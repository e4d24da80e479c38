"""What a mail that came back is, by its bytes alone."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fenghuo.channels.mail_addresses import LOCAL, Addresses
from fenghuo.receipts.mail_reading import Sort, read

NOTICE = "0123456789abcdef" * 2
HOUSE = Addresses("Fenghuo <city@example.org>", b"k" * 32)


def mail(text: str = "1", subtype: str = "plain", **headers: str) -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "陈静 <Chen@Example.org>", "city@example.org", "Re"
    for name, value in headers.items():
        del made[name.replace("_", "-")]
        made[name.replace("_", "-")] = value
    made.set_content(text, subtype=subtype)
    return made.as_bytes()


def report(kind: str, *blocks: str) -> bytes:
    status = "\r\n\r\n".join(blocks)
    return (f"From: MAILER-DAEMON@mx.example.org\r\nTo: city@example.org\r\n"
            f'Content-Type: multipart/report; report-type={kind}; boundary="b"\r\n\r\n'
            f"--b\r\nContent-Type: text/plain\r\n\r\n1\r\n"
            f"--b\r\nContent-Type: message/{kind}\r\n\r\n{status}\r\n\r\n--b--\r\n").encode()


@pytest.mark.parametrize("text", [
    "1\n\n> 请停产撤人。3撤完9求助，码K47",
    "1\n\n在 2026年6月8日 周一 12:00，烽火 <x@y> 写道：\n3撤完",
    "1\n\nOn Mon, Jun 8, 2026 at 12:00 Fenghuo <x@y> wrote:\n3 done", "1\n发件人: 烽火\n9求助",
    "1\n-----Original Message-----\nReply 3 done 9 help", "1\n-- \n9 Chen Jing",
    "1\n发自我的iPhone 9",
    "1\n----------------- 原始邮件 ------------------\n9"])
def test_only_what_stands_above_the_quoted_mail_counts(text: str) -> None:
    assert read(mail(text)).text == "1"


def test_a_mail_in_html_alone_is_read_without_its_quote_and_its_hidden_parts() -> None:
    html = ("<html><head><style>p {9}</style></head><body><p>3&nbsp;26</p>"
            "<script>9</script><blockquote>9求助</blockquote></body></html>")
    assert read(mail(html, "html")).text == "3 26"


@pytest.mark.parametrize("headers", [
    {"Auto_Submitted": "auto-replied"}, {"Auto_Submitted": "auto-generated; x=y"},
    {"Precedence": "bulk"}, {"Precedence": "auto_reply"}, {"Return_Path": "<>"},
    {"X_Autoreply": "yes"}, {"X_Autorespond": "1"}, {"Subject": "自动回复：休假"},
    {"Subject": "Out of Office: Chen"}, {"Subject": "Automatic reply: x"}, {"Subject": "外出"}])
def test_what_an_automaton_wrote_is_no_reply(headers: dict[str, str]) -> None:
    assert read(mail("1 收到", **headers)).sort is Sort.automatic


def test_a_person_who_says_so_is_a_person() -> None:
    found = read(mail("1", Auto_Submitted="no"))
    assert (found.sort, found.sender) == (Sort.reply, "chen@example.org")


def test_a_bounce_tells_its_status_and_a_read_receipt_tells_nothing() -> None:
    failed = read(report("delivery-status", "Reporting-MTA: dns; mx",
                         "Final-Recipient: rfc822; x\r\nAction: failed\r\n"
                         "Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 no such"))
    assert (failed.sort, failed.action) == (Sort.report, "failed")
    assert failed.error == "5.1.1 smtp; 550 no such"
    relayed = read(report("delivery-status", "Action: relayed (to non-DSN-aware)"))
    assert relayed.action == "relayed"
    opened = read(report("disposition-notification", "Disposition: manual-action; displayed"))
    assert opened.sort is Sort.automatic and opened.action is None


def test_an_address_names_its_notice_also_in_capitals_and_no_other_purpose() -> None:
    for purpose in ("a", "b"):
        made = HOUSE.make(purpose, NOTICE)
        assert made is not None and len(made.partition("@")[0]) <= LOCAL
        assert HOUSE.read(f"To: <{made.upper()}>") == (purpose, NOTICE)
        assert HOUSE.read(made.replace(f"+{purpose}.", "+b." if purpose == "a" else "+a.")) is None
        assert Addresses(HOUSE.sender, b"x" * 32).read(made) is None


def test_a_mailbox_with_too_long_a_name_goes_without() -> None:
    assert Addresses(f"{'x' * 30}@example.org", b"k").make("a", NOTICE) is None


@given(st.text("+ab.@234567acdxyz \n<>", max_size=120))
def test_no_text_names_a_notice_by_chance(text: str) -> None:
    assert HOUSE.read(text) is None


@given(st.binary(max_size=400), st.sampled_from([
    b"", b"Subject: =?utf-8?b?\xff?=\n", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n",
    b"Content-Type: text/plain; charset=nonsense\n\n", b"From: =?x?y?z?=\n",
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
    b"Content-Type: message/delivery-status\n\n"]))
def test_no_bytes_break_the_reader(content: bytes, head: bytes) -> None:
    found = read(head + content)
    assert found.sort in Sort and len(found.text) <= 1600


def test_a_mail_of_a_thousand_nested_parts_is_read_in_bounded_time() -> None:
    nested = b"1"
    for level in range(1000):
        nested = (b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (level, level)
                  + nested + b"\r\n--b%d--" % level)
    assert read(nested).sort is Sort.reply
