"""What changed between two lots of agreements, in the words of ``sentences``.

Only meaning is compared: comments, order of keys, ``1d`` for ``24h`` and ``50.0`` for ``50`` are
no differences.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from fenghuo.agreements.rule import Rule
from fenghuo.agreements.schema import Agreement, Party
from fenghuo.agreements.sentences import explain, parts
from fenghuo.agreements.spoken import label, spoken
from fenghuo.words import Level

_WORDS = {
    "zh": {"from": "{place}：{part}由“{old}”改为“{new}”", "added": "{place}：新增{part}：{new}",
           "removed": "{place}：删除{part}：{old}", "note": "{place}：{part}：{note}"},
    "en": {"from": "{place}: {part} from “{old}” to “{new}”",
           "added": "{place}: {part} added: {new}", "removed": "{place}: {part} removed: {old}",
           "note": "{place}: {part}: {note}"},
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: where, of which part, before and after in words; "" where there was nothing.

    ``part`` is a word of the file (``orange``, ``clear``, ``release.red``). ``note`` is said in
    place of both where they are not to be shown.
    """

    place: str
    part: str
    old: str
    new: str
    note: str = ""

    def said(self, language: str) -> str:
        """The change in one line."""
        how = ("note" if self.note else "from" if self.old and self.new
               else "added" if self.new else "removed")
        part = " ".join(label(each, language) for each in self.part.split("."))
        return _WORDS[language][how].format(
            place=self.place, part=part, old=self.old, new=self.new, note=self.note)


def differences(old: Sequence[Agreement], new: Sequence[Agreement], language: str) -> list[str]:
    """Every change of meaning in one line each; none means that both say the same."""
    return [found.said(language) for found in compared(old, new, language)]


def compared(old: Sequence[Agreement], new: Sequence[Agreement],
             language: str) -> list[Difference]:
    """The same, each in its parts."""
    before = {one.agreement: one for one in old}
    after = {one.agreement: one for one in new}
    found: list[Difference] = []
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one is None or other is None:
            title = next(each.title for each in (one, other) if each)
            said = title.zh if language == "zh" else title.en
            found.append(Difference(name, "agreement", said if one else "", said if other else ""))
        else:
            found += _agreement(one, other, language)
    return found


def changed(place: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    """A difference for each part that is not said as before, in the order of the parts."""
    for part in dict.fromkeys([*old, *new]):
        if old.get(part, "") != new.get(part, ""):
            yield Difference(place, part, old.get(part, ""), new.get(part, ""))


def _agreement(old: Agreement, new: Agreement, language: str) -> Iterator[Difference]:
    yield from changed(old.agreement, _head(old, language), _head(new, language))
    before, after = _by_id(old), _by_id(new)
    for name in dict.fromkeys([*before, *after]):
        place = f"{old.agreement}/{name}"
        for one, other in zip_longest(before.get(name, ()), after.get(name, ())):
            if one is not None and other is not None:
                yield from changed(place, parts(one, language), parts(other, language))
            else:
                yield Difference(place, "rule", explain(old, one, language) if one else "",
                                 explain(new, other, language) if other else "")
    yield from changed(old.agreement, _procedure(old, language), _procedure(new, language))


def _head(agreement: Agreement, language: str) -> dict[str, str]:
    said = spoken(language)
    document = agreement.document
    return {"title": f"{agreement.title.zh} / {agreement.title.en}",
            "bureau": _party(agreement.parties.bureau),
            "partner": _party(agreement.parties.partner),
            "signed": said.SIGNED[agreement.signed],
            "document": f"{document.number}, {document.date}, {document.scan_sha256}"
                        if document else ""}


def _party(party: Party) -> str:
    names = [party.now, *filter(None, (party.signed_as, party.en))]
    return " / ".join(names)


def _by_id(agreement: Agreement) -> dict[str, list[Rule]]:
    """The rules by id, the editions of each by the day from which they count."""
    found: dict[str, list[Rule]] = {}
    for rule in sorted(agreement.rules, key=_starts):
        found.setdefault(rule.id, []).append(rule)
    return {rule.id: found[rule.id] for rule in agreement.rules}


def _starts(rule: Rule) -> date:
    return (rule.effective and rule.effective.starts) or date.min


def _procedure(agreement: Agreement, language: str) -> dict[str, str]:
    said = spoken(language)
    found = {f"release.{level}": said.release(agreement.release[level])
             for level in Level if level in agreement.release}
    return found | {f"feedback.{level}.{part}": words
                    for level in Level if level in agreement.feedback
                    for part, words in said.feedback(agreement.feedback[level]).items()}
