"""The console's words are complete in both languages and its pages are good HTML."""

from __future__ import annotations

import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
from console_cast import (
    OFFICER,
    VIEWER,
    Client,
    app_of,
    change_rules,
    fill_desk,
    settings_at,
    warn,
)
from jinja2 import Environment, nodes

from fenghuo import words as vocabulary
from fenghuo.acts.pasting import Verdict
from fenghuo.alarms import AlarmKind
from fenghuo.alarms.trust import Doubt
from fenghuo.changes import DraftState, Needs, Would
from fenghuo.console.asking import ACTS
from fenghuo.console.terms import TERMS
from fenghuo.console.words import WORDS
from fenghuo.feeds.standing import Standing
from fenghuo.notices import wording
from fenghuo.notices.letters import Kind
from fenghuo.store.engine import make_engine

TEMPLATES = Path(__file__).parents[2] / "plugins/fenghuo/console/templates"
NUMBERS = {"warnings": 7, "editions": 2}
PAGES = ["/", "/warnings/7", "/warnings/7?revision=1", "/silent", "/silent?warning=7", "/paste",
         "/sites/ep-pond", "/warnings/99", "/rules", "/rules/meteorological", "/rules/seismic",
         "/rules/no-such-99", "/drafts/1", "/drafts/99", *(
             f"/{family}/{NUMBERS.get(family, 1)}" + (f"/{name}" if name else "")
             + ("?notice=" + "a" * 32 if name == "resend" else "") for family, name in ACTS)]
VOID = {"meta", "link", "input", "br", "img", "hr"}
FAMILIES = {
    "measures": vocabulary.Measures, "state": vocabulary.NoticeState,
    "delivery": vocabulary.Delivery, "channel": vocabulary.Channel,
    "warning": vocabulary.WarningState, "change": vocabulary.Change, "answer": vocabulary.Answer,
    "kind": vocabulary.RuleKind, "draft": DraftState, "needs": Needs,
    "would": Would, "text": Kind, "alarm": AlarmKind, "doubt": Doubt,
    "reason": vocabulary.Reason, "verdict": Verdict}


class Strict(HTMLParser):
    """Every tag that opens closes in its order; an id stands once; no attribute twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), (tag, names)
        assert not [name for name in names if name.startswith("on")], (tag, names)
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name in ("href", "src", "action"):
                assert (value or "").startswith(("/fenghuo/", "#", "http://city")), value
        assert tag not in ("script", "img", "svg", "iframe", "object")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()


@pytest.fixture(scope="module")
def full(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Client:
    """A console in front of a full desk that nobody changes."""
    home = tmp_path_factory.mktemp("full") / "house"
    shutil.copytree(prepared, home)
    settings = settings_at(home)
    house = make_engine(settings.url)
    warn(house)
    fill_desk(house)
    change_rules(house, settings)
    house.dispose()
    return Client(app_of(settings))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_good_html_and_hostile_words_stay_words(
        full: Client, path: str, language: str) -> None:
    answer = full.get(path + ("&" if "?" in path else "?") + f"lang={language}",
                        headers=OFFICER)
    assert answer.status_code == (404 if "99" in path else 200)
    judge = Strict()
    judge.feed(answer.text)
    judge.close()
    assert judge.open == []
    assert len(judge.ids) == len(set(judge.ids))
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "None" not in answer.text


def test_a_viewers_pages_are_good_html_too(full: Client) -> None:
    for path in ("/", "/warnings/7", "/silent", "/rules", "/rules/flood", "/drafts/1"):
        judge = Strict()
        judge.feed(full.get(path, headers=VIEWER).text)
        assert judge.open == []


def test_every_word_is_there_in_both_languages() -> None:
    assert WORDS["zh"].keys() == WORDS["en"].keys()
    assert all(text.strip() for words in WORDS.values() for text in words.values())
    assert all(set(act.words) == {"zh", "en"} for act in ACTS.values())


def test_every_word_a_template_uses_is_in_the_table_and_none_is_left_over() -> None:
    used: set[str] = set()
    for path in TEMPLATES.glob("*.html"):
        tree = Environment().parse(path.read_text())
        used |= {one.attr for one in tree.find_all(nodes.Getattr)
                 if isinstance(one.node, nodes.Name) and one.node.name == "w"}
    assert used <= WORDS["zh"].keys()
    source = "".join(path.read_text() for path in (*TEMPLATES.glob("*.html"),
                                                   *TEMPLATES.parent.glob("*.py")))
    assert not [key for key in WORDS["zh"] if key not in used and f"'{key}'" not in source
                and f'"{key}"' not in source and not key.startswith("by_")
                and key not in vocabulary.ObligationStatus._value2member_map_
                and key not in (*Standing, *vocabulary.FeedOutcome, "silent", "open", "missing",
                                "persons")]
    assert {*Standing, *vocabulary.FeedOutcome} <= WORDS["zh"].keys()


@pytest.mark.parametrize("family", FAMILIES)
def test_every_word_of_the_house_has_its_chinese(family: str) -> None:
    assert set(TERMS[family]) == {word.value for word in FAMILIES[family]}


def test_hazards_and_handling_have_their_words() -> None:
    for language in ("zh", "en"):
        assert set(wording.HAZARD[language]) == set(vocabulary.Hazard)
        assert set(wording.HANDLING[language]) == set(vocabulary.Level)
