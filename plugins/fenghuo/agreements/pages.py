"""The page of an agreement, ``docs/agreements/<agreement>.md``, made from its file in both
languages: parties, annex table, each rule in words, release and feedback, what is unverified.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from fenghuo.agreements.annex import Annex, table
from fenghuo.agreements.annex_rows import Row
from fenghuo.agreements.schema import Agreement, Party, Release
from fenghuo.agreements.sentences import explain
from fenghuo.agreements.spoken import LANGUAGES, Spoken, label, spoken
from fenghuo.words import Level
from fenghuo.words.names import COLOUR, HAZARD

_SURE = "verified"


def page(source: str, content: bytes) -> str:
    """The page of one file as Markdown. Raises Refused with every fault of the file."""
    annex = table(source, content, "zh")
    agreement = annex.agreement
    return "\n".join([
        f"# {agreement.title.zh}", "", agreement.title.en, "",
        f"<!-- made from {source} by `fenghuo annex pages`: edit that file, not this page -->", "",
        *_signature(agreement), "",
        *_table(["", "现名 now", "签署时 signed as"],
                [_party("甲方 bureau", agreement.parties.bureau),
                 _party("乙方 partner", agreement.parties.partner)]), "",
        "## 附件：分级表 The annex, hazard by tier", "", *_annex(annex), "",
        "## 规则释义 The rules in words", "", *_rules(agreement),
        "## 发布与反馈 Release and feedback", "", *_procedure(agreement), "",
        "## 待核实 What is not verified", "", *_unverified(agreement), ""])


def _signature(agreement: Agreement) -> Iterator[str]:
    document = agreement.document
    if not agreement.signed or document is None:
        yield ("> **示例未签署** An unsigned sample: nothing is sent under it outside of the "
               "sandbox.")
    else:
        yield (f"> 已签署 Signed: {document.number}, {document.date}, scan SHA-256 "
               f"`{document.scan_sha256}`")


def _party(role: str, party: Party) -> list[str]:
    return [role, f"{party.now} {party.en or ''}".rstrip(), party.signed_as or party.now]


def _annex(annex: Annex) -> list[str]:
    heads = [f"{label(one, 'zh')} {one}" for one in annex.columns]
    return _table(["规则 rule", "灾种 hazard", "依据 measured", *heads, "条款 source",
                   "可信度 confidence"], [_row(annex, row) for row in annex.rows])


def _row(annex: Annex, row: Row) -> list[str]:
    cells = ["<br>".join(" ".join(map(str, line)) for line in row.cells.get(column, ()))
             for column in annex.columns]
    hazard = f"{HAZARD['zh'][row.hazard]} {HAZARD['en'][row.hazard]}"
    return [f"`{row.rule}`", hazard, row.measured, *cells, row.source, row.confidence]


def _rules(agreement: Agreement) -> Iterator[str]:
    for rule in agreement.rules:
        yield f"### {rule.id}"
        for language in LANGUAGES:
            yield from ("", explain(agreement, rule, language))
        yield ""


def _procedure(agreement: Agreement) -> list[str]:
    levels = [level for level in Level if level in agreement.release]
    return _table(
        ["", "告知 tells", "回复 answer", "措施 measures", "叫应 without an answer"],
        [[f"{COLOUR[level]} {level}", _released(agreement.release[level]),
          *_duties(agreement, level)] for level in levels])


def _released(release: Release) -> str:
    return _both(lambda said: [said.release(release)])


def _duties(agreement: Agreement, level: Level) -> list[str]:
    duty = agreement.feedback.get(level)
    if duty is None:
        return ["无 none", "", ""]
    def some(*names: str) -> str:
        return _both(lambda said: [words for name, words in said.feedback(duty).items()
                                   if name.split(".")[0] in names])
    return [some("answer"), some("started", "done", "progress"), some("ladder", "visit")]


def _both(say: Callable[[Spoken], Sequence[str]]) -> str:
    return "<br>".join(one for language in LANGUAGES for one in say(spoken(language)))


def _unverified(agreement: Agreement) -> list[str]:
    open_ = [rule for rule in agreement.rules if rule.source.confidence != _SURE]
    if not open_:
        return ["无。Nothing: every source was read."]
    return _table(["规则 rule", "可信度 confidence", "条款 source"],
                  [[f"`{rule.id}`", rule.source.confidence, rule.source.article]
                   for rule in open_])


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
    return [line(heads), line(["---"] * len(heads)), *map(line, rows)]


def pages(files: Mapping[str, bytes]) -> dict[str, str]:
    """The pages of ``rules/agreements/*.yaml`` by their names (``flood.md``).

    Raises Refused with every fault of the first file that has any.
    """
    return {f"{source.rpartition('/')[2].removesuffix('.yaml')}.md": page(source, content)
            for source, content in sorted(files.items())}
