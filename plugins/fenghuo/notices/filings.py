"""Which texts are filed with which SMS gateway: ``rules/filings.csv``.

Gateways of mainland China send only texts whose template they approved. One row for each template
and gateway; a text whose row is missing is not filed. The file may be missing: then none is.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from fenghuo.documents import csv
from fenghuo.notices.samples import SAMPLES
from fenghuo.notices.texts import LANGUAGES, MAIL, file_of
from fenghuo.words import Refused

FILE = "rules/filings.csv"


class Filing(StrEnum):
    """How far the filing of a text has come."""

    not_filed = "not_filed"
    filed = "filed"
    approved = "approved"
    refused = "refused"


TEXTS = tuple(file_of(name, language) for name in SAMPLES if name not in MAIL
              for language in LANGUAGES)
"""The templates that are sent by SMS."""

_COLUMNS = {
    "template": csv.one_of(*TEXTS), "gateway": csv.WORD.or_empty(), "status": csv.one_of(*Filing),
    "code": csv.TEXT.or_empty(),
    "since": csv.Kind("[0-9]{4}-[0-9]{2}-[0-9]{2}", "a day such as 2026-06-08").or_empty(),
    "note": csv.TEXT.or_empty(),
}


def read(files: Mapping[str, bytes]) -> pd.DataFrame:
    """The rows: template, gateway, status, code (the gateway's number of it), since, note.

    Raises Refused with every fault of the file.
    """
    if FILE not in files:
        return pd.DataFrame(columns=list(_COLUMNS), dtype="str")
    table = csv.frame(FILE, files[FILE], _COLUMNS)
    begun = table["status"] != Filing.not_filed
    bad = [("template", table.duplicated(["template", "gateway"]), "each text of a gateway once"),
           ("gateway", begun & (table["gateway"] == ""), "the gateway it was filed with"),
           ("code", (table["status"] == Filing.approved) & (table["code"] == ""),
            "the number that the gateway gave the text"),
           ("since", begun & (table["since"] == ""), "the day since when")]
    refusals = [csv.refusal(FILE, table, int(line), column, expected)
                for column, wrong, expected in bad for line in table.index[wrong]]
    if refusals:
        raise Refused(refusals)
    return table[list(_COLUMNS)].reset_index(drop=True)


def unapproved(filings: pd.DataFrame) -> dict[str, Filing]:
    """The texts that no gateway approved, each with the furthest it has come."""
    furthest = (Filing.approved, Filing.filed, Filing.refused, Filing.not_filed)
    found = {name: set(filings.loc[filings["template"] == name, "status"]) for name in TEXTS}
    status = {name: next((one for one in furthest if one in reached), Filing.not_filed)
              for name, reached in found.items()}
    return {name: one for name, one in status.items() if one is not Filing.approved}
