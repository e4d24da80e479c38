"""CSV: exactly the named columns, typed by pattern, every bad cell named by line and column."""

from __future__ import annotations

import math

import pytest

from fenghuo.documents import csv
from fenghuo.words import Refused

COLUMNS = {"id": csv.WORD, "name": csv.TEXT, "value": csv.NUMBER.or_empty(), "n": csv.COUNT}
HEADER = "id,name,value,n\n"


def refusals(content: str | bytes) -> list[str]:
    data = content.encode() if isinstance(content, str) else content
    with pytest.raises(Refused) as caught:
        csv.frame("c.csv", data, COLUMNS)
    return [f"{refusal.place} {refusal.found}" for refusal in caught.value.refusals]


def test_a_good_file_is_typed_and_keeps_its_lines() -> None:
    table = csv.frame("c.csv", b"\xef\xbb\xbf" + (HEADER + 'a,"x, y",1.5,3\r\n\r\nb,NO,,4\n')
                      .encode(), COLUMNS)
    assert list(table.index) == [2, 4]
    assert table["name"].tolist() == ["x, y", "NO"]
    assert table["value"].iloc[0] == 1.5 and math.isnan(table["value"].iloc[1])
    assert table["n"].tolist() == [3, 4]


def test_a_header_alone_is_an_empty_table() -> None:
    assert len(csv.frame("c.csv", HEADER.encode(), COLUMNS)) == 0


def test_a_template_in_a_name_is_plain_text() -> None:
    table = csv.frame("c.csv", (HEADER + "a,{{7*7}},1,1\n").encode(), COLUMNS)
    assert table["name"].tolist() == ["{{7*7}}"]


@pytest.mark.parametrize("number", [
    "NaN", "1e999", "inf", "1.38E+10", "1,5", "0x10", "１２", "--1"])
def test_numbers_other_than_plain_decimals_are_refused(number: str) -> None:
    assert refusals(HEADER + f'a,x,"{number}",1\n') == [f"2:3 value {number!r}"]


def test_every_bad_cell_is_named_at_once() -> None:
    assert refusals(HEADER + "A b,x,1,1\nb, x,y,-1\n") == [
        "2:1 id 'A b'", "3:2 name ' x'", "3:3 value 'y'", "3:4 n '-1'"]


def test_ragged_rows_are_named_by_line() -> None:
    assert refusals(HEADER + "a,x,1\nb,x,1,1\nc,x,1,1,1\n") == ["2:1 3 cells", "4:1 5 cells"]


def test_unknown_missing_and_doubled_columns_are_refused() -> None:
    assert refusals("id,id,nmae,value\n") == [
        "1:2 the column id again", "1:3 the column 'nmae'", "1:1 no column name", "1:1 no column n"]


def test_an_open_quote_and_an_empty_file_are_refused() -> None:
    assert refusals(HEADER + 'a,"x,1,1\n')[0].startswith("2:1 ")
    assert refusals("") == ["1:1 an empty file"]


def test_gbk_without_a_declaration_is_refused_and_named() -> None:
    found = refusals((HEADER + "a,恩平,1,1\n").encode("gbk"))
    assert found == ["2:3 byte 0xB6, not UTF-8 (it reads as GBK/GB18030)"]


def test_control_and_bidirectional_characters_are_refused() -> None:
    assert refusals(HEADER + "a,x\u202ey,1,1\nb,x\x00y,1,1\n") == [
        "2:4 U+202E RIGHT-TO-LEFT OVERRIDE", "3:4 U+0000 control character"]


def test_a_private_value_is_masked_in_the_error() -> None:
    with pytest.raises(Refused) as caught:
        csv.frame("c.csv", b"phone\n+86138000 00001\n", {"phone": csv.ADDRESS})
    assert "00001" not in str(caught.value) and "+86138****0001" in str(caught.value)
