"""Which texts are filed with which SMS gateway: ``rules/filings.csv``.

Gateways of mainland China send only texts whose template they approved. One row for each filed
text: a template, its variables (``filed.py``) and a gateway; a text whose row is missing is not
filed. The file may be missing: then none is. Its column ``variables`` may be missing in a file that
was adopted before there was one.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum

import pandas as pd

from fenghuo.documents import csv
from fenghuo.documents.nearest import guided
from fenghuo.notices.filed import FILINGS, Filed, NotFiled, fault, filed, sample
from fenghuo.notices.samples import SAMPLES
from fenghuo.notices.texts import LANGUAGES, MAIL, VOICE, Texts, file_of
from fenghuo.words import Refusal, Refused

FILE = FILINGS


class Filing(StrEnum):
    """How far the filing of a text has come."""

    not_filed = "not_filed"
    filed = "filed"
    approved = "approved"
    refused = "refused"


TEXTS = tuple(file_of(name, language) for name in SAMPLES
              if name not in (*MAIL, VOICE, "recovered")
              for language in LANGUAGES)
"""The templates that are sent by SMS. That an alarm is over is a list of any length, which no filed
text can say: it goes by mail, and by gateways that take any text."""

_COLUMNS = {
    "template": csv.one_of(*TEXTS), "gateway": csv.WORD.or_empty(), "status": csv.one_of(*Filing),
    "code": csv.TEXT.or_empty(),
    "variables": csv.TEXT.or_empty(),
    "since": csv.Kind("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day such as 2026-06-08").or_empty(),
    "note": csv.TEXT.or_empty(),
}


def read(files: Mapping[str, bytes]) -> pd.DataFrame:
    """The rows by their lines: template, gateway, status, code (the gateway's number of it),
    variables, since, note.

    Raises Refused with every fault of the file.
    """
    if FILE not in files:
        return pd.DataFrame(columns=list(_COLUMNS), dtype="str")
    had = "variables" in files[FILE].partition(b"\n")[0].decode("utf-8", "replace")
    table = csv.frame(FILE, files[FILE], {name: kind for name, kind in _COLUMNS.items()
                                          if had or name != "variables"})
    if not had:
        table["variables"] = ""
    begun = table["status"] != Filing.not_filed
    bad = [("template", table.duplicated(["template", "gateway", "variables"]),
            "each text of a gateway once with the same variables"),
           ("gateway", begun & (table["gateway"] == ""), "the gateway it was filed with"),
           ("code", (table["status"] == Filing.approved) & (table["code"] == ""),
            "the number that the gateway gave the text"),
           ("since", begun & (table["since"] == ""), "the day since when")]
    refusals = [csv.refusal(FILE, table, int(line), column, expected)
                for column, wrong, expected in bad for line in table.index[wrong]]
    if refusals:
        raise Refused(refusals)
    return table[list(_COLUMNS)]


def approved(filings: pd.DataFrame, texts: Texts) -> dict[str, dict[str, tuple[Filed, ...]]]:
    """The texts that each gateway approved, by gateway and template, in the order of the file."""
    found: dict[str, dict[str, tuple[Filed, ...]]] = {}
    known = filings[(filings["status"] == Filing.approved) & (filings["variables"] != "")]
    for row in known.itertuples():
        template = str(row.template)
        with suppress(NotFiled):  # of an edition adopted before it was checked
            one = filed(texts, template, str(row.variables), str(row.code))
            of_gateway = found.setdefault(str(row.gateway), {})
            of_gateway[template] = (*of_gateway.get(template, ()), one)
    return found


def faults(filings: pd.DataFrame, texts: Texts,
           gateways: Mapping[str, tuple[bool, int | None]]) -> list[Refusal]:
    """What rows say that their template or gateway does not give. ``gateways`` tells of each
    whether it sends filed texts alone, and how many letters a variable of it may have."""
    found: list[Refusal] = []
    for line, row in zip(filings.index, filings.itertuples(), strict=True):
        def refuse(column: str, expected: str, line: int = int(line)) -> None:
            found.append(csv.refusal(FILE, filings, line, column, expected))

        template, gateway, variables = str(row.template), str(row.gateway), str(row.variables)
        if gateway and gateway not in gateways:
            refuse("gateway", guided("a gateway of rules/gateways.yaml", gateway, gateways))
        alone, longest = gateways.get(gateway, (False, None))
        if alone and row.status == Filing.approved and not variables:
            refuse("variables", "the variables in the order in which the gateway approved them")
        if not variables:
            continue
        try:
            wrong = fault(sample(filed(texts, template, variables), template), longest)
        except NotFiled as error:
            wrong = None
            refuse("variables", str(error))
        if wrong:
            refuse("variables", f"no {wrong}")
    return found


def unapproved(filings: pd.DataFrame) -> dict[str, Filing]:
    """The texts that no gateway approved, each with the furthest it has come."""
    furthest = (Filing.approved, Filing.filed, Filing.refused, Filing.not_filed)
    found = {name: set(filings.loc[filings["template"] == name, "status"]) for name in TEXTS}
    status = {name: next((one for one in furthest if one in reached), Filing.not_filed)
              for name, reached in found.items()}
    return {name: one for name, one in status.items() if one is not Filing.approved}
