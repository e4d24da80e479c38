"""Between 拟 and 审: the check, the rules' own tests, whose rules it touches, the past effect.

All of it outside of a transaction, for years of observations take minutes; what was found is
stored with the draft in one.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, update

from fenghuo import editions, ledger
from fenghuo.acts.refusing import NotPossible, named
from fenghuo.changes import drafts, freezing, proofs
from fenghuo.changes.drafts import TESTS
from fenghuo.changes.sensitivity import sensitivity
from fenghuo.changes.states import DraftState
from fenghuo.settings import Settings
from fenghuo.store import editions as kept
from fenghuo.store import tables as t
from fenghuo.store.engine import reading, writing
from fenghuo.words import Refused

LOOKED_AT = (DraftState.proposed, DraftState.checked)


def examine(engine: Engine, settings: Settings, draft_id: int, *, by: str, now: datetime,
            observations: Path | None = None) -> DraftState:
    """Check a draft and store every fault, red test and the past effect; returns its state.

    ``checked`` when the files have no fault, else ``proposed``: it may be examined again. A red
    test is an example that ends otherwise now: whoever approves it must have read it.
    ``observations`` names a folder or file of years to judge the past by, else what this house
    keeps is used. Raises NotPossible for one that was approved already, Refused for years that
    cannot be read.
    """
    by = named(by)
    with reading(engine) as connection:
        row = drafts.of(connection, draft_id)
        if row.state not in LOOKED_AT:
            raise NotPossible(f"draft {row.id} is {row.state}: it was checked before that")
        files = drafts.files_of(connection, draft_id)
        contacts = {path: content for path, content in kept.files_of(
            connection, drafts.in_force(connection)).items() if path.startswith("contacts/")}
        old = editions.load(connection, now)
    whole = {path: content for path, content in {**files, **contacts}.items()
             if not path.startswith(TESTS)}
    found: dict[str, object] = {"checked": now, "faults": [], "tests": {}, "effect": {},
                                "lessenings": [], "hazards": []}
    try:
        new = editions.read(whole, kept.digest_of(whole))
        run, failed = proofs.tests(files, new, settings)
    except Refused as refused:
        found["faults"] = [str(fault) for fault in refused.refusals]
    else:
        found |= {"tests": {"run": run, "failed": [one.brief for one in failed]},
                  "lessenings": [str(one) for one in sensitivity(old, new)],
                  "hazards": sorted(freezing.touched(old, new)),
                  "effect": proofs.effect(engine, settings, old, new, observations)}
    state = DraftState.proposed if found["faults"] else DraftState.checked
    with writing(engine) as connection:
        drafts.move(connection, row, LOOKED_AT, state=state.value)
        connection.execute(update(t.draft).where(t.draft.c.id == draft_id).values(**found))
        ledger.append(connection, f"draft.{'faulty' if found['faults'] else 'checked'}",
                      f"draft:{draft_id}", {
                          "by": by, "faults": len(found["faults"]),  # type: ignore[arg-type]
                          "tests": found["tests"], "lessenings": found["lessenings"],
                          "hazards": found["hazards"], "effect": found["effect"]}, now)
    return state
