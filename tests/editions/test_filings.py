"""Which texts are filed: shipped honestly, counted by check, and a condition of going live."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fenghuo import editions
from fenghuo.cli import app
from fenghuo.notices import filings
from fenghuo.notices.filed import fault, filed, sample
from fenghuo.notices.texts import of
from fenghuo.words import Refused

ROOT = Path(__file__).parents[2]
SHIPPED = editions.files_on_disk(ROOT / "rules", ROOT / "contacts")
FLOOD = "rules/agreements/flood.yaml"
HEAD = "template,gateway,status,code,since,note\n"
FULL = "template,gateway,status,code,variables,since,note\n"
MAINLAND = ("gateways:\n  aliyun: {kind: aliyun, signature: 江门市应急管理局}\n"
            "  tencent: {kind: tencent, sender: \"1400006666\", signature: 江门市应急管理局}\n"
            "  smtp: {kind: smtp}\n").encode()
SIGNED = ("signed: yes\ndocument: {number: 江应急〔2026〕1号, date: 2026-01-05, scan_sha256: "
          + "a" * 64 + "}")


def read(rows: str) -> dict[str, filings.Filing]:
    return filings.unapproved(filings.read({filings.FILE: (HEAD + rows).encode()}))


def approved(but: str = "") -> str:
    return "".join(f"{name},twilio,approved,SMS_{nth},2026-05-01,\n"
                   for nth, name in enumerate(filings.TEXTS) if name != but)


def test_the_shipped_list_has_a_row_for_each_text_of_an_sms_and_claims_nothing() -> None:
    table = filings.read(SHIPPED)
    assert set(table["template"]) == set(filings.TEXTS) and (table["variables"] != "").all()
    assert set(table["status"]) == {"not_filed"} and (table["gateway"] == "").all()
    sent = {path.rpartition("/")[2] for path in SHIPPED if path.startswith("rules/messages/")}
    assert sent - set(filings.TEXTS) == {
        f"{name}{end}.j2" for name in ("mail", "subject", "alarm_mail", "checkpoint", "recovered",
                                     "voice")
        for end in ("", ".en")}


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
    ("recovered.j2,a,filed,,2026-05-01,\n", "2:1 template", "one of relay.j2"),
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


def refused(rows: str, **more: bytes) -> list[str]:
    """What is said of rows beside mainland gateways, each as ``place: expected``."""
    files = SHIPPED | {"rules/gateways.yaml": MAINLAND, filings.FILE: (FULL + rows).encode(),
                       **more}
    try:
        editions.read(files, "")
    except Refused as error:
        assert {one.source for one in error.refusals} == {filings.FILE}
        return [f"{one.place}: {one.expected}" for one in error.refusals]
    return []


GOOD = "issuer issued signal area start whom measures*2 reply duty"


def test_a_template_has_as_many_filed_texts_as_it_has_branches_that_are_said() -> None:
    assert refused(f"relay.j2,aliyun,approved,SMS_1,{GOOD},2026-05-01,\n"
                   f"relay.j2,aliyun,approved,SMS_2,{GOOD} detail,2026-05-01,\n"
                   f"relay.j2,aliyun,filed,,drill=yes {GOOD},2026-05-01,\n"
                   "risk.en.j2,aliyun,filed,,,2026-05-01,\n"
                   "reply.j2,aliyun,filed,,about=which code number,2026-05-01,\n"
                   "bundle.j2,aliyun,filed,,count briefs*2 rest reply duty,2026-05-01,\n") == []


@pytest.mark.parametrize(("row", "said"), [
    ("relay.j2,aliyun,approved,SMS_1,,2026-05-01,",
     "2:5 variables: the variables in the order in which the gateway approved them"),
    ("relay.j2,alyun,filed,,,2026-05-01,", "2:2 gateway: a gateway of rules/gateways.yaml"),
    ("relay.j2,twilio,filed,,,2026-05-01,", "2:2 gateway: a gateway of rules/gateways.yaml"),
    ("relay.j2,aliyun,filed,,issuer colour,2026-05-01,", "2:5 variables: no colour, but of "),
    ("relay.j2,aliyun,filed,,signature,2026-05-01,", "2:5 variables: no signature, but of "),
    ("relay.j2,aliyun,filed,,issuer;area,2026-05-01,", "2:5 variables: no `issuer;area`, but "),
    ("relay.j2,aliyun,filed,,issuer issuer,2026-05-01,", "2:5 variables: issuer once"),
    ("relay.j2,aliyun,filed,,issuer hazard,2026-05-01,",
     "2:5 variables: no hazard, which the text does not show then"),
    ("alarm.j2,aliyun,filed,,since,2026-05-01,",
     "2:5 variables: variables with which the text can be rendered"),
    ("bundle.j2,aliyun,filed,,count=many,2026-05-01,", "2:5 variables: a whole number for `many`"),
    ("fire.j2,tencent,filed,,at duty,2026-05-01,",
     "2:5 variables: no 11 letters in the variable at, 6 may be"),
])
def test_variables_that_a_template_or_a_gateway_does_not_give_are_refused(
        row: str, said: str) -> None:
    one, *_ = refused(row + "\n")
    assert one.startswith(said), one


def test_an_address_of_the_web_is_refused_as_a_variable() -> None:
    linked = SHIPPED["rules/messages/abort.j2"] + b"{{ fallback }}".replace(b"fallback", b"link")
    with pytest.raises(Refused) as caught:  # the house's own texts for SMS are given no link
        editions.read(SHIPPED | {"rules/messages/abort.j2": linked}, "")
    assert "'link' is undefined" in str(caught.value)
    texts = of({path: content.decode() for path, content in SHIPPED.items()
                if path.startswith("rules/messages/")})
    one = filed(texts, "alarm_mail.j2", "kind=feed_stale count=1 link")
    assert fault(sample(one, "alarm_mail.j2"), None) == (
        "an address of the web in the variable link")


def test_a_file_from_before_there_were_variables_is_still_read() -> None:
    assert (filings.read({filings.FILE: (HEAD + approved()).encode()})["variables"] == "").all()


def test_the_list_shows_each_text_as_its_provider_marks_variables(
        tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, content in (SHIPPED | {
            "rules/gateways.yaml": MAINLAND,
            filings.FILE: (FULL + "abort.j2,aliyun,filed,,drill=yes at code,2026-05-01,\n"
                           "abort.j2,tencent,filed,,drill=yes code at,2026-05-01,\n"
                           "risk.j2,,not_filed,,,,\n").encode().replace(
                               b"drill=yes code at", b"drill=yes code"),
            }).items():
        where = tmp_path / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_bytes(content)
    monkeypatch.setenv("FENGHUO_HOME", str(tmp_path))
    shown = CliRunner().invoke(app, ["filings"])
    assert shown.exit_code == 0, shown.output
    assert shown.output.splitlines() == [
        "abort.j2 aliyun filed",
        "    （演练）今日演练${at}中止，${code}不用再回。随后如收到不带“演练”的短信，均为真实情况，"
        "请立即照办。（演练）",
        "abort.j2 tencent filed",
        "    （演练）今日演练中止，{1}不用再回。随后如收到不带“演练”的短信，均为真实情况，"
        "请立即照办。（演练）",
        "risk.j2 not_filed", "    (name its variables in rules/filings.csv)"]
    only = CliRunner().invoke(app, ["filings", "--gateway", "tencent", "--json"])
    assert [json.loads(line)["template"] for line in only.output.splitlines()] == [
        "abort.j2", "risk.j2"]
