"""The first response to what is new, by the first task of ``respond`` and by the trigger alike."""

from __future__ import annotations

from fenghuo import pipeline
from fenghuo.house import House
from fenghuo.orchestration.lingering import brief
from fenghuo.words import StepReport


def begin(house: House) -> list[StepReport]:
    """Judge what came in and send for a few seconds what that queued; what each step did."""
    reports = [pipeline.assess(house)]
    if reports[0].did:
        reports.append(pipeline.dispatch(brief(house)))
    return reports
