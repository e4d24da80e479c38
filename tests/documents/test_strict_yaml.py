"""YAML as strings only: what other readers would turn, unfold or hide is refused or kept."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from fenghuo.documents import yaml
from fenghuo.words import Refused


def refusals(content: str | bytes) -> list[str]:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(Refused) as caught:
        yaml.parse("rules/a.yaml", data)
    return [str(refusal) for refusal in caught.value.refusals]


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: str
    many: int


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    inner: list[Inner]


def test_an_unquoted_event_code_is_not_a_number() -> None:
    assert yaml.parse("a", b"code: 11E02\n").value == {"code": "11E02"}


def test_no_and_null_and_dates_stay_what_was_written() -> None:
    written = b"a: NO\nb: null\nc: 2026-06-08\nd: 0o17\ne: ~\nf: 1:30\n"
    assert yaml.parse("a", written).value == {
        "a": "NO", "b": "null", "c": "2026-06-08", "d": "0o17", "e": "~", "f": "1:30"}


def test_a_template_in_a_name_is_plain_text() -> None:
    assert yaml.parse("a", b"name: '{{7*7}}'\n").value == {"name": "{{7*7}}"}


def test_a_duplicate_key_is_refused_with_both_lines() -> None:
    assert refusals("a: 1\nb: 2\na: 3\n") == [
        "rules/a.yaml:3:1: found the key 'a' again, expected each key once (first on line 1)"]


def test_anchors_and_aliases_are_refused_before_a_bomb_can_unfold() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(['*' + chr(97 + n)] * 9)}]\n"
        for n in range(9))
    found = refusals(bomb)
    assert len(found) == 10 + 81
    assert found[0] == "rules/a.yaml:1:4: found the anchor &a, expected no anchors"
    assert found[2] == "rules/a.yaml:2:8: found the alias *a, expected no aliases"


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!mine", "!!str"])
def test_tags_are_refused(tag: str) -> None:
    assert "expected no tags" in refusals(f"a: {tag} x\n")[0]


def test_merge_keys_and_keys_of_several_parts_are_refused_together() -> None:
    found = refusals("<<: {a: 1}\n? [x, y]\n: 1\n")
    assert [place.split(": ")[0] for place in found] == ["rules/a.yaml:1:1", "rules/a.yaml:2:3"]


def test_deep_nesting_is_refused() -> None:
    assert "at most 24 levels" in refusals("[" * 5000)[0]


@pytest.mark.parametrize(("content", "said"), [
    ("", "an empty file"), ("# only a comment\n", "an empty file"),
    ("a: 1\n---\nb: 2\n", "a second document"), ("a: [1, 2\n", "expected readable YAML"),
    ("a: 'open\n", "expected readable YAML"), ("a:\n\t- 1\n", "expected readable YAML"),
])
def test_what_is_not_one_whole_document_is_refused(content: str, said: str) -> None:
    assert said in refusals(content)[0]


def test_a_file_over_the_cap_is_refused_unread() -> None:
    assert refusals(b"a: " + b"x" * yaml.SIZE_CAP)[0].endswith(f"at most {yaml.SIZE_CAP} bytes")


def test_gbk_bytes_are_refused_with_their_place() -> None:
    assert refusals("a: 1\nb: 恩平".encode("gbk")) == [
        "rules/a.yaml:2:4: found byte 0xB6, not UTF-8 (it reads as GBK/GB18030), "
        "expected UTF-8; save the file again as UTF-8"]


@pytest.mark.parametrize("mark", ["\u202e", "\u200b", "\u2066", "\x07", "\u2028"])
def test_characters_nobody_can_see_are_refused(mark: str) -> None:
    found = refusals(f"a: 1\nb: x{mark}y\n")
    assert found[0].startswith("rules/a.yaml:2:5: found U+")
    assert mark not in found[0]


def test_every_fault_of_every_field_is_named_at_its_line_and_path() -> None:
    written = b"nmae: x\ninner:\n  - {code: A, many: 1e999}\n  - {code: B, many: NaN, odd: 1}\n"
    with pytest.raises(Refused) as caught:
        yaml.model("rules/a.yaml", written, Outer)
    places = [(refusal.place, refusal.found) for refusal in caught.value.refusals]
    assert places == [
        ("1:1 name", "nothing"),
        ("3:21 inner.0.many", "'1e999'"),
        ("4:21 inner.1.many", "'NaN'"),
        ("4:26 inner.1.odd", "an unknown field"),
        ("1:1 nmae", "an unknown field"),
    ]
