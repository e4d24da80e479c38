"""Every way to rewrite the log is found, by the stranger's check and with the owner's powers."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given
from hypothesis import strategies as st

from fenghuo.ledger.entries import canon
from fenghuo.ledger.keys import Signer
from fenghuo.ledger.notes import Key
from fenghuo.ledger.tree import leaf_hash, root_of
from fenghuo.ledger.verify import Entry, Log, Verdict, check

AT = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)


def _signer(seed: int) -> Signer:
    private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return Signer(Key("fenghuo.example/ledger", private.public_key().public_bytes_raw()), private)


SIGNER, THIEF = _signer(1), _signer(2)


@dataclass
class House:
    """A sealed log of ``sizes[-1]`` entries with a checkpoint at every size, and its file."""

    entries: list[Entry]
    sizes: list[int]
    notes: list[str]
    lines: list[bytes]

    def verdict(self, outside: bool = True) -> Verdict:
        log = Log(list(self.entries), [(note, True) for note in self.notes])
        return check(log, SIGNER.key, b"".join(self.lines) if outside else None, AT)

    def sign_again(self, signer: Signer = SIGNER) -> None:
        """What an owner with the database does: positions and checkpoints made to fit."""
        self.entries = [replace(entry, position=place) for place, entry in enumerate(self.entries)]
        leaves = [entry.leaf for entry in self.entries]
        self.notes = [signer.note(size, root_of(leaves[:size]))
                      for size in self.sizes if size <= len(leaves)]
        if self.entries and len(leaves) not in self.sizes:
            self.notes.append(signer.note(len(leaves), root_of(leaves)))


def _entry(number: int, place: int | None, said: str = "true") -> Entry:
    content = canon("answer.received", f"person:{number}", {"said": said}, AT)
    return Entry(place, content, leaf_hash(content))


def _house(sizes: list[int]) -> House:
    entries = [_entry(number, number) for number in range(sizes[-1])]
    leaves = [entry.leaf for entry in entries]
    notes = [SIGNER.note(size, root_of(leaves[:size])) for size in sizes]
    lines = []
    for before, size, note in zip([0, *sizes], sizes, notes, strict=False):
        added = [base64.b64encode(leaf).decode() for leaf in leaves[before:size]]
        lines.append(json.dumps({"leaves": added, "note": note}).encode() + b"\n")
    return House(entries, sizes, notes, lines)


SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=5).map(
    lambda steps: [sum(steps[:end + 1]) for end in range(len(steps))])


def _tamper(house: House, kind: str, data: st.DataObject) -> int:
    """Do it, with positions renumbered; returns the first position that is not what it was."""
    size = len(house.entries)
    place = data.draw(st.integers(0, size - 1), label="place")
    if kind == "changed":
        house.entries[place] = _entry(place, place, "false")
    elif kind == "removed":
        del house.entries[place]
    elif kind == "inserted":
        house.entries.insert(place, _entry(1000, place))
    elif kind == "reordered":
        other = data.draw(st.integers(0, size - 1), label="other")
        assume(other != place)
        one, two = house.entries[place], house.entries[other]
        house.entries[place], house.entries[other] = two, one
        place = min(place, other)
    elif kind == "truncated":
        del house.entries[place:]
    return place


KINDS = ("changed", "removed", "inserted", "reordered", "truncated")


@given(SIZES)
def test_an_honest_log_is_sound(sizes: list[int]) -> None:
    house = _house(sizes)
    assert house.verdict().sound
    assert house.verdict(outside=False).sound


@pytest.mark.parametrize("kind", KINDS)
@given(sizes=SIZES, data=st.data())
def test_the_first_bad_position_is_named(kind: str, sizes: list[int], data: st.DataObject) -> None:
    house = _house(sizes)
    first = _tamper(house, kind, data)
    house.entries = [replace(entry, position=place) for place, entry in enumerate(house.entries)]
    verdict = house.verdict()
    assert verdict.first_bad == first
    found = {fault.kind for fault in verdict.faults}
    # the last entry gone is a cut tail, whatever it was meant to be
    assert kind in found or (kind == "removed" and "truncated" in found)
    assert found <= {kind, "truncated"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("signer", [SIGNER, THIEF])
@given(sizes=SIZES, data=st.data())
def test_an_owner_who_signs_again_is_found_by_the_file_outside(
        kind: str, signer: Signer, sizes: list[int], data: st.DataObject) -> None:
    house = _house(sizes)
    first = _tamper(house, kind, data)
    house.sign_again(signer)
    verdict = house.verdict()
    assert not verdict.sound
    places = [fault for fault in verdict.faults if fault.kind in KINDS]
    assert min(fault.position for fault in places) == first
    if signer is THIEF and house.notes:
        assert "forged" in {fault.kind for fault in verdict.faults}


@pytest.mark.parametrize("kind", KINDS)
@given(sizes=SIZES, data=st.data())
def test_an_export_alone_shows_it_between_two_checkpoints(
        kind: str, sizes: list[int], data: st.DataObject) -> None:
    house = _house(sizes)
    first = _tamper(house, kind, data)
    house.entries = [replace(entry, position=place) for place, entry in enumerate(house.entries)]
    verdict = house.verdict(outside=False)
    assert not verdict.sound
    batch = max((size for size in sizes if size <= first), default=0)
    assert verdict.first_bad is not None and batch <= verdict.first_bad <= max(first, batch)


@given(SIZES, st.data())
def test_several_changed_entries_are_each_named(sizes: list[int], data: st.DataObject) -> None:
    house = _house(sizes)
    places = data.draw(st.sets(st.integers(0, sizes[-1] - 1), min_size=1))
    for place in places:
        house.entries[place] = _entry(place, place, "false")
    assert {fault.position for fault in house.verdict().faults} == places


def test_a_text_changed_without_its_leaf_is_named_even_without_the_file() -> None:
    house = _house([3, 8])
    house.entries[5] = replace(house.entries[5], canon=_entry(5, 5, "false").canon)
    faults = house.verdict(outside=False).faults
    assert [(fault.position, fault.kind) for fault in faults] == [(5, "changed")]


@pytest.mark.parametrize(("positions", "kind", "first"), [
    ([0, 1, 3, 4], "removed", 2), ([0, 1, 1, 2], "inserted", 2), ([1, 0, 2, 3], "removed", 0)])
def test_positions_that_do_not_count_up_are_a_fault(
        positions: list[int], kind: str, first: int) -> None:
    house = _house([4])
    house.entries = [replace(entry, position=place)
                     for entry, place in zip(house.entries, positions, strict=True)]
    assert [(fault.position, fault.kind) for fault in house.verdict().faults] == [(first, kind)]


def _two_branches(house: House) -> None:
    leaves = [*(entry.leaf for entry in house.entries[:3]), _entry(9, 3, "branch").leaf]
    added = [base64.b64encode(leaf).decode() for leaf in leaves[3:]]
    note = SIGNER.note(4, root_of(leaves))
    house.lines.append(json.dumps({"leaves": added, "note": note}).encode() + b"\n")


@pytest.mark.parametrize(("spoil", "kind"), [
    (_two_branches, "outside"),
    (lambda house: house.notes.append(SIGNER.note(8, b"\0" * 32)), "forked"),
    (lambda house: house.notes.append(THIEF.note(9, b"\0" * 32)), "forged"),
    (lambda house: house.notes.append("fenghuo.example/ledger\n8\nAA==\n\n— x y\n"), "forged"),
    (lambda house: house.notes.pop(), "outside"),
    (lambda house: house.lines.pop(0), "outside"),
    (lambda house: house.lines.pop(), "outside"),
    (lambda house: house.lines.clear(), "outside"),
    (lambda house: house.lines.insert(1, b"scribble\n"), "outside"),
    (lambda house: house.lines.reverse(), "outside"),
    (lambda house: house.entries.append(_entry(8, 8)), "inserted"),
    (lambda house: house.entries.extend([_entry(8, None), replace(_entry(9, None), canon=b"{}")]),
     "changed"),
])
def test_checkpoints_that_disagree_are_found(spoil: Callable[[House], object], kind: str) -> None:
    house = _house([3, 8])
    spoil(house)
    assert kind in {fault.kind for fault in house.verdict().faults}


def test_a_branch_of_a_signed_size_in_the_file_is_a_fork() -> None:
    house = _house([3, 8])
    note = SIGNER.note(8, b"\1" * 32)
    house.lines.append(json.dumps({"leaves": [], "note": note}).encode() + b"\n")
    assert "forked" in {fault.kind for fault in house.verdict().faults}


def test_a_line_written_twice_or_cut_off_at_the_end_is_no_fault() -> None:
    house = _house([3, 8])
    house.lines = [house.lines[0], house.lines[1][:40], b"\n", *house.lines[1:], house.lines[1]]
    house.lines.append(house.lines[0][:30])
    assert house.verdict().sound


def test_an_entry_left_unsealed_too_long_is_reported() -> None:
    house = _house([3])
    log = Log([*house.entries, _entry(3, None)], [(note, True) for note in house.notes])
    outside = b"".join(house.lines)
    early = check(log, SIGNER.key, outside, AT + timedelta(minutes=5))
    late = check(log, SIGNER.key, outside, AT + timedelta(minutes=6))
    assert (early.faults, early.unsealed) == ((), 1)
    assert [(fault.position, fault.kind) for fault in late.faults] == [(-1, "unsealed")]
    assert late.first_bad == -1


@pytest.mark.parametrize("line", ["", "no key", "a+00000000+AQ==", "a+b+!!!", SIGNER.key.line[1:]])
def test_a_line_that_is_no_public_key_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"public key: found|base64|padding"):
        Key.read(line)


def test_the_public_key_is_read_as_it_was_written() -> None:
    assert Key.read(SIGNER.key.line + "\n") == SIGNER.key
