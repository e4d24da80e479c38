from __future__ import annotations

import pytest

from fenghuo.notices.sms import parts


@pytest.mark.parametrize(("length", "count"), [(0, 1), (68, 1), (70, 1), (71, 2), (134, 2),
                                               (135, 3), (160, 3), (201, 3), (202, 4)])
def test_chinese_takes_70_alone_and_67_in_each_of_several(length: int, count: int) -> None:
    assert parts("雨" * length) == count


@pytest.mark.parametrize(("length", "count"), [(160, 1), (161, 2), (306, 2), (307, 3)])
def test_plain_english_takes_160_alone_and_153_in_each_of_several(length: int, count: int) -> None:
    assert parts("a" * length) == count


def test_an_extension_letter_counts_twice_and_is_never_split() -> None:
    assert parts("€" * 80) == 1
    assert parts("€" * 81) == 2
    assert parts("a" * 152 + "€" + "a" * 152) == 3


@pytest.mark.parametrize("letter", ["ç", "\t", "`", "\u00a0", "\u201c"])
def test_one_letter_outside_the_alphabet_makes_the_whole_text_long(letter: str) -> None:
    assert parts("a" * 70 + letter) == 2


def test_an_emoji_is_two_units_and_never_split() -> None:
    assert parts("😀" * 35) == 1
    assert parts("雨" * 66 + "😀" + "雨" * 66) == 3


def test_a_capital_c_cedilla_is_in_the_alphabet() -> None:
    assert parts("Ç" * 160) == 1
