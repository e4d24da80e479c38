"""What the pages must say: every reason, alarm, setting, command and page of the console."""

from __future__ import annotations

import re
from typing import Any

import pytest
import typer
from docs_pages import PAGES, ROOT, anchors, inline, lines, links, prose, sections

from fenghuo.alarms.kinds import RINGS, AlarmKind
from fenghuo.alarms.trust import Doubt
from fenghuo.cli import app
from fenghuo.console.app import console_router
from fenghuo.console.terms import term
from fenghuo.feeds.config import PATH as FEEDS
from fenghuo.feeds.config import read as read_feeds
from fenghuo.settings import Settings
from fenghuo.words import Answer
from fenghuo.words.reasons import Reason

GUIDES = ("operator.md", "runbook.md", "rules.md")


def rows(page: str) -> dict[str, str]:
    """First and last cell of every table row whose first cell is code."""
    found = re.findall(r"^\| `([^`]+)` \|.*?([^|]+) \|$", prose(page), re.MULTILINE)
    return {name: meaning.strip() for name, meaning in found}


def commands() -> set[str]:
    """Every command by the words that are typed, groups left out."""
    def walk(words: str, one: Any) -> set[str]:
        below = getattr(one, "commands", None)
        if below is None:
            return {words}
        return {name for word, command in below.items()
                for name in walk(f"{words} {word}".strip(), command)}

    return walk("", typer.main.get_command(app))


@pytest.mark.parametrize("page", PAGES)
def test_every_relative_link_of_a_page_leads_somewhere(page: str) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (PAGES[page].parent / path).resolve() if path else PAGES[page]
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target.name), link


def test_every_reason_is_explained_and_no_other() -> None:
    told = sections("operator.md")["What the reasons mean"]
    found = dict(re.findall(r"^\| `(\w+)` \| (.+) \| .+ \|$", told, re.MULTILINE))
    assert found == {reason: term("reason", reason, "zh") for reason in Reason}


def test_every_kind_of_alarm_has_a_section_that_says_what_to_do() -> None:
    found = sections("runbook.md")
    assert set(AlarmKind) <= set(found)
    for kind in AlarmKind:
        for word in ("**Means**", "**The house**", "**You**", "**Ends**", "```sh"):
            assert word in found[kind], (kind, word)


def test_the_runbook_is_found_by_the_words_of_the_sms_and_of_the_console() -> None:
    found = {kind: words for *words, kind in re.findall(
        r"^\| (.+) \| (.+) \| (.+) \| \[(\w+)\]\(#\4\) \|$", prose("runbook.md"), re.MULTILINE)}
    assert {kind: words[2] for kind, words in found.items()} == {
        kind: term("alarm", kind, "zh") for kind in AlarmKind}
    for column, name in enumerate(("alarm.j2", "alarm.en.j2")):
        text = (ROOT / "rules" / "messages" / name).read_text()
        said = dict(re.findall(r'^ +"(\w+)": \["([^"]+)",', text, re.MULTILINE))
        listed = {kind: words[column] for kind, words in found.items()}
        assert {kind: word for kind, word in listed.items() if word != "–"} == said
    banner = sections("runbook.md")["The console's banner says that nothing can be trusted"]
    for doubt in Doubt:
        assert f"| {term('doubt', doubt, 'zh')} |" in banner


def test_a_section_says_by_day_only_where_its_alarm_waits_for_the_day() -> None:
    found = sections("runbook.md")
    waits = {kind for kind, ring in RINGS.items() if ring.waits}
    assert {kind for kind in AlarmKind if "by day only" in " ".join(found[kind].split())} == waits


def test_every_setting_is_listed_with_its_default() -> None:
    listed = rows("go-live.md")
    fields = {f"FENGHUO_{name.upper()}": field for name, field in Settings.model_fields.items()}
    assert {name for name in listed if name.startswith("FENGHUO_")} == set(fields)
    defaults = dict(re.findall(r"^\| `(FENGHUO_\w+)` \| `?([^|`]+)`? \|", prose("go-live.md"),
                               re.MULTILINE))
    for name in ("DATABASE_URL", "RULES", "CONTACTS", "ARCHIVE", "CHECKPOINTS", "SIGNING_KEY",
                 "TIMEZONE", "CLOCK", "MAIL_FROM", "TICK", "MACHINERY_DAYS", "HOT_DAYS",
                 "GATEWAY_TIMEOUT", "LEASE_SECONDS", "LEASE_MARGIN", "DISPATCH_BUDGET"):
        field = fields[f"FENGHUO_{name}"]
        default = field.default
        shown = f"{default:g}" if isinstance(default, int | float) else str(default)
        assert defaults[f"FENGHUO_{name}"] == shown, name


def test_every_setting_that_a_page_names_exists() -> None:
    feeds = read_feeds({FEEDS: (ROOT / FEEDS).read_bytes()})
    known = {f"FENGHUO_{name.upper()}" for name in Settings.model_fields} | {
        feed.key for feed in feeds.values() if feed.key}
    for page in PAGES:
        named = set(re.findall(r"\bFENGHUO_[A-Z_]+[A-Z]\b", PAGES[page].read_text()))
        assert named <= known, page


def test_every_command_stands_in_the_guides() -> None:
    said = [text for page in GUIDES for text in
            (*inline(page), *(line.command for line in lines(page)))]
    for name in commands():
        assert any(text == f"fenghuo {name}" or text.startswith(f"fenghuo {name} ")
                   for text in said), name


@pytest.mark.parametrize("page", PAGES)
def test_every_command_that_a_page_names_exists(page: str) -> None:
    known = commands()
    heads = {*known, *(name.split()[0] for name in known)}
    for text in inline(page):
        words = text.split()
        if words[:1] == ["fenghuo"] and len(words) > 1 and words[1] != "…":
            assert " ".join(words[1:3]) in heads or words[1] in heads, text


def test_every_page_of_the_console_stands_in_the_guide() -> None:
    routes = {route.path for route in console_router(Settings(), lambda: "x").routes}  # type: ignore[attr-defined]
    named = {text for text in inline("operator.md") if text.startswith("/")}
    assert routes - {"/console.css"} <= named


def test_the_recipient_is_told_of_every_answer_in_both_languages() -> None:
    chinese, _, english = PAGES["recipient.md"].read_text().partition("\n---\n")
    for half in (chinese, english):
        assert set(re.findall(r"^\| `(\d)` \|", half, re.MULTILINE)) == set(Answer)
        assert "K90-3 3 26" in half


def test_the_readme_leads_to_every_page() -> None:
    assert {f"docs/{page.name}" for page in PAGES.values() if page.parent != ROOT} <= set(
        links("README.md"))
