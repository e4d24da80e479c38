"""Proofs, held to another implementation of RFC 6962 and to a stranger's eyes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InmemoryTree
from sqlalchemy import Engine, text

import fenghuo
from fenghuo import ledger
from fenghuo.ledger import tree
from fenghuo.ledger.keys import signer
from fenghuo.settings import Settings
from fenghuo.store.engine import reading, writing


@pytest.fixture
def house(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, public_url="https://fenghuo.example/fenghuo")


@pytest.fixture
def sealed(engine: Engine, house: Settings, now: datetime) -> Engine:
    """Three checkpoints of 4, 9 and 11 entries; entry 6 is an answer."""
    for count, start in ((4, 0), (5, 4), (2, 9)):
        with writing(engine) as connection:
            ledger.append_many(connection, [
                ("answer.received", f"person:{number}", {"answer": "1"})
                for number in range(start, start + count)], now)
        ledger.seal(engine, house, now)
    return engine


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=70), st.data())
def test_roots_and_paths_are_those_of_another_implementation(
        entries: list[bytes], data: st.DataObject) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for entry in entries:
        oracle.append_entry(entry)
    leaves = [tree.leaf_hash(entry) for entry in entries]
    size, root = len(leaves), tree.root_of(leaves)
    assert root == oracle.get_root()
    place = data.draw(st.integers(0, size - 1))
    path = tree.inclusions(leaves, [0, place, 0])[1]
    assert path == oracle.prove_inclusion(place + 1, size).path[1:]
    assert tree.included(leaves[place], place, size, path, root)
    assert not tree.included(tree.leaf_hash(b"\x00another"), place, size, path, root)
    assert not tree.included(leaves[place], place, size, [*path, root], root)
    assert not path or not tree.included(leaves[place], place, size, path[:-1], root)
    assert not tree.included(leaves[place], place + size, size, path, root)
    first = data.draw(st.integers(1, size))
    grown, old = tree.consistency(leaves, first), tree.root_of(leaves[:first])
    assert tree.consistent(first, old, size, root, grown)
    assert not tree.consistent(first, tree.leaf_hash(b"\x00other"), size, root, grown)
    assert not tree.consistent(first, old, size, root, [*grown, root])
    assert not grown or not tree.consistent(first, old, size, root, grown[:-1])


def test_a_recipient_can_prove_the_answer_with_the_public_key_alone(
        sealed: Engine, house: Settings, now: datetime) -> None:
    key = ledger.public_key(house)
    with reading(sealed) as connection:
        by_subject, by_place = ledger.prove(connection, "person:6"), ledger.prove(connection, 6)
    assert by_subject == by_place
    proof = json.loads(json.dumps(by_subject[0]))
    assert ledger.check_proof(proof, key) == {
        "at": now.isoformat(), "kind": "answer.received", "subject": "person:6",
        "facts": {"answer": "1"}}
    for changed in ({"canon": proof["canon"].replace('"1"', '"5"')}, {"position": 5},
                    {"path": proof["path"][:-1]}, {"path": proof["path"][::-1]},
                    {"note": proof["note"].replace("\n11\n", "\n12\n")}):
        with pytest.raises(ValueError, match=r"not in the signed tree|no good signature"):
            ledger.check_proof({**proof, **changed}, key)
    with pytest.raises(ValueError, match="expected position, canon, path, note"):
        ledger.check_proof({"canon": "{}"}, key)


def test_what_is_not_sealed_cannot_be_proved(sealed: Engine, now: datetime) -> None:
    with writing(sealed) as connection:
        ledger.append(connection, "answer.received", "person:99", {}, now)
        for unknown in ("person:99", 11, "nobody"):
            with pytest.raises(ledger.NotSealed):
                ledger.prove(connection, unknown)


@pytest.mark.parametrize("first", [4, 9, 11])
def test_a_later_checkpoint_is_proved_to_have_grown_out_of_an_earlier(
        sealed: Engine, house: Settings, first: int) -> None:
    key = ledger.public_key(house)
    with reading(sealed) as connection:
        proof = ledger.prove_growth(connection, first)
    assert ledger.check_growth(proof, key) == (first, 11)
    if first < 11:
        with pytest.raises(ValueError, match="did not grow out of"):
            ledger.check_growth({**proof, "path": proof["path"][1:]}, key)


def test_a_stranger_checks_the_export_with_cryptography_alone(
        sealed: Engine, house: Settings, now: datetime, tmp_path: Path) -> None:
    """The program runs where neither SQLAlchemy nor rfc8785 can be imported."""
    source = Path(fenghuo.__file__).parent
    stranger = tmp_path / "stranger"
    shutil.copytree(source / "ledger", stranger / "fenghuo" / "ledger",
                    ignore=shutil.ignore_patterns("__pycache__"))
    (stranger / "fenghuo" / "__init__.py").touch()
    for name in ("sqlalchemy", "rfc8785", "pydantic", "requests"):
        (stranger / f"{name}.py").write_text("raise ImportError('not on this machine')\n")
    key = tmp_path / "public"
    key.write_text(ledger.public_key(house).line)

    def check(*more: Path) -> tuple[int, str]:
        export = tmp_path / "export.jsonl"
        assert ledger.export(sealed, export, ledger.public_key(house), now) >= 11
        run = subprocess.run(
            [sys.executable, "-m", "fenghuo.ledger.verify", export, key, *more],
            cwd=stranger, capture_output=True, text=True, check=False, env={"PYTHONPATH": ""})
        return run.returncode, run.stdout + run.stderr

    def proved(line: str) -> tuple[int, str]:
        proof = tmp_path / "proof.jsonl"
        proof.write_text(line)
        run = subprocess.run([sys.executable, "-m", "fenghuo.ledger.proofs", proof, key],
                             cwd=stranger, capture_output=True, text=True, check=False,
                             env={"PYTHONPATH": ""})
        return run.returncode, run.stdout + run.stderr

    code, said = check(house.path(house.checkpoints))
    assert (code, said.split(",")[0]) == (0, "11 entries"), said
    assert check()[0] == 0
    kept = tmp_path / "kept"
    kept.write_text(signer(house, make=False).note(9, bytes(32)))
    code, said = check(house.path(house.checkpoints), kept)
    assert code == 1 and "forked: a witness kept another signed root of size 9" in said, said
    with reading(sealed) as connection:
        line = json.dumps(ledger.prove(connection, "person:6")[0])
    assert proved(line)[0] == 0 and "answer.received person:6" in proved(line)[1]
    assert proved(line.replace("person:6", "person:7"))[0] == 1
    with writing(sealed) as connection:  # a text may hold what other programs take for a line's end
        ledger.append(connection, "notice.enqueued", "notice:1", {"text": "a\u2028b\x85c"}, now)
    ledger.seal(sealed, house, now)
    with reading(sealed) as connection:
        odd = json.dumps(ledger.prove(connection, "notice:1")[0], ensure_ascii=False)
    assert proved(f"{odd}\n{odd}\n")[0] == 0
    with writing(sealed) as connection:
        connection.execute(text("UPDATE ledger_entry SET canon = CAST('{}' AS BLOB) "
                                "WHERE position = 6"))
    code, said = check()
    assert (code, said.split(":")[:2]) == (1, ["6", " changed"]), said
    key.write_text("not a key")
    assert check()[0] == 2
