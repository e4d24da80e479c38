"""Which texts are filed: shipped honestly, counted by check, and a condition of going live."""

from __future__ import annotations

from pathlib import Path

import pytest

from fenghuo import editions
from fenghuo.notices import filings
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
SHIPPED = editions.files_on_disk(ROOT / "rules", ROOT / "contacts")
FLOOD = "rules/agreements/flood.yaml"
HEAD = "template,gateway,status,code,since,note\n"
SIGNED = ("signed: yes\ndocument: {number: 江应急〔2026〕1号, date: 2026-01-05, scan_sha256: "
          + "a" * 64 + "}")


def read(rows: str) -> dict[str, filings.Filing]:
    return filings.unapproved(filings.read({filings.FILE: (HEAD + rows).encode()}))


def approved(but: str = "") -> str:
    return "".join(f"{name},aliyun,approved,SMS_{nth},2026-05-01,\n"
                   for nth, name in enumerate(filings.TEXTS) if name != but)


def test_the_shipped_list_has_a_row_for_each_text_of_an_sms_and_claims_nothing() -> None:
    table = filings.read(SHIPPED)
    assert sorted(table["template"]) == sorted(filings.TEXTS)
    assert set(table["status"]) == {"not_filed"} and (table["gateway"] == "").all()
    sent = {path.rpartition("/")[2] for path in SHIPPED if path.startswith("rules/messages/")}
    assert sent - set(filings.TEXTS) == {
        f"{name}{end}.j2" for name in ("mail", "subject", "alarm_mail") for end in ("", ".en")}


def test_a_text_counts_by_the_furthest_that_a_gateway_went() -> None:
    found = read("risk.j2,a,refused,,2026-05-01,too long\nrisk.j2,b,filed,,2026-05-02,\n"
                 "relay.j2,a,approved,SMS_1,2026-05-01,\nlapse.j2,a,refused,,2026-05-01,\n")
    assert "relay.j2" not in found and len(found) == len(filings.TEXTS) - 1
    assert (found["risk.j2"], found["lapse.j2"], found["rung.j2"]) == (
        "filed", "refused", "not_filed")
    assert len(filings.unapproved(filings.read({}))) == len(filings.TEXTS)


@pytest.mark.parametrize(("rows", "place", "expected"), [
    ("risk.js,a,filed,,2026-05-01,\n", "2:1 template", "did you mean `risk.j2`?"),
    ("mail.j2,a,filed,,2026-05-01,\n", "2:1 template", "one of relay.j2"),
    ("risk.j2,a,aproved,x,2026-05-01,\n", "2:3 status", "did you mean `approved`?"),
    ("risk.j2,a,approved,,2026-05-01,\n", "2:4 code", "the number that the gateway gave"),
    ("risk.j2,a,filed,,,\n", "2:5 since", "the day since when"),
    ("risk.j2,,filed,,2026-05-01,\n", "2:2 gateway", "the gateway it was filed with"),
    ("risk.j2,a,filed,,2026-05-01,\n" * 2, "3:1 template", "each text of a gateway once"),
])
def test_a_wrong_row_is_refused_at_its_place(rows: str, place: str, expected: str) -> None:
    with pytest.raises(Refused) as caught:
        read(rows)
    assert any(one.place == place and expected in one.expected
               for one in caught.value.refusals), caught.value


def test_a_signed_agreement_is_refused_while_one_text_is_not_approved() -> None:
    signed = SHIPPED[FLOOD].decode().replace("signed: no", SIGNED, 1).encode()
    def files(rows: str) -> dict[str, bytes]:
        return SHIPPED | {FLOOD: signed, filings.FILE: (HEAD + rows).encode()}

    with pytest.raises(Refused) as caught:
        editions.read(files(approved(but="risk.en.j2")), "")
    fault, = caught.value.refusals
    assert fault.source == FLOOD and fault.place.endswith(" signed") and fault.found == "yes"
    assert fault.expected == ("no while 1 texts are approved by no SMS gateway "
                              "(rules/filings.csv: risk.en.j2)")
    assert any(one.signed for one in editions.read(files(approved()), "").agreements)
