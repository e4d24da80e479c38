"""What a robot writes into a chat group: the same words, no code, and where to answer."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Engine
from warning_cast import CONTACTS, Town, book, signal

from fenghuo.store import tables as t
from fenghuo.words import Channel, Level, Reason

PEOPLE = "\n".join(
    f"{line},{dict(person='chat', chen='chen-group').get(line.partition(',')[0], '')}"
    for line in CONTACTS["people"].strip().split("\n"))


def town_of(engine: Engine) -> Town:
    """The cast's town, whose agreements also tell by robots."""
    made = book(people=PEOPLE)
    also = tuple(one.model_copy(update={"release": {
        level: release.model_copy(update={"by": (*release.by, Channel.chat)})
        for level, release in one.release.items()}}) for one in made.agreements)
    return Town(engine, replace(made, agreements=also))


def test_the_group_reads_the_warning_but_nobodys_code(engine: Engine) -> None:
    town = town_of(engine)
    town.assess(signal(Level.red, districts=("440785112000",)))
    [group] = town.rows(t.notice, channel="chat")
    [text] = [row for row in town.rows(t.notice, channel="sms") if row["person"] == "chen"]
    assert (group["address"], group["person"], group["parts"], group["code"]) == (
        "chen-group", "chen", 1, None)
    assert text["code"] and text["code"] in text["text"] and text["code"] not in group["text"]
    head, asked = text["text"].split("1收到")[0], "请按短信或邮件回复，群内不收。"
    assert group["text"].startswith(head + asked)
    assert group["reason"] == Reason.first

