"""The ready-made file: what goes in comes out, and a stale or broken one is never used."""

from __future__ import annotations

import dataclasses
import runpy
import shutil
import sys
from array import array
from pathlib import Path

import pytest

from amlbot import Bot, KnowledgeBase, load, ready
from amlbot.knowledge.disk import defaults
from amlbot.knowledge.store import Records, Store, columns_of, pack, records_of
from amlbot.model import Lexicon

PARTS = {
    "numbers": array("f", [0.5, 2.0]),
    "wide": array("I", [7, 70_000]),
    "words": ["ä", "", "b c"],
    "bytes": b"\0\n\xff",
    "lines": ["a\n", "b"],
    "nothing": [],
    "data": {"word": ["ä", "\n"], "none": []},
}


def test_parts_come_back_as_they_were_packed() -> None:
    store = Store(pack(["key", "first words"], PARTS))
    assert {name: store[name] for name in PARTS} == PARTS


def test_the_same_parts_give_the_same_bytes() -> None:
    assert pack(["key"], PARTS) == pack(["key"], dict(PARTS))


@pytest.mark.parametrize("raw", [b"", b"\n", b"key\n\n", b"key\n\n[1]\n", b"\x80\x05pickle"])
def test_other_bytes_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not a file of parts"):
        Store(raw)


@pytest.mark.parametrize("raw", [pack(["key"], PARTS)[:-1], pack(["key"], PARTS) + b" "])
def test_half_a_file_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="not all of a file of parts"):
        Store(raw)


def test_records_are_made_when_they_are_asked_for() -> None:
    made: list[int] = []

    def make(data: int) -> int:
        made.append(data)
        return data * 10

    records = Records(["a", "b"], b"112", [2, 3], make)
    assert (list(records), len(records), made) == (["a", "b"], 2, [])
    assert (records["b"], records["b"], made) == (20, 20, [2])
    assert ("a" in records, "c" in records) == (True, False)
    assert (records.get("a"), records.get("c"), made) == (110, None, [2, 11])


def test_tables_come_back_as_they_were_packed() -> None:
    for table in ({"a": 1, "b": 0}, {"a": "x", "b": ""}, {}):
        assert Store(pack([], columns_of("table", table))).table("table") == table
    deep = {"a": {"x": [1]}, "b": {}}
    assert dict(Store(pack([], records_of("table", deep))).records("table", dict)) == deep


def test_knowledge_is_the_same_ready_made(bundled: KnowledgeBase) -> None:
    again = KnowledgeBase.from_store(Store(pack([], bundled.parts())))
    for name in ("intents", "sources", "entities", "glossary", "facts", "regions", "replies"):
        assert dict(getattr(again, name)) == dict(getattr(bundled, name))
    assert (again.lexicon, again.safety) == (bundled.lexicon, bundled.safety)
    assert again.cues == bundled.cues


def test_a_copy_with_other_wording_is_as_ready(bundled: KnowledgeBase) -> None:
    kb = KnowledgeBase.from_store(Store(pack([], bundled.parts())))
    assert kb.ready is not None
    assert dataclasses.replace(kb, replies={}, regions={}).ready is kb.ready
    assert dataclasses.replace(kb, intents=dict(kb.intents)).ready is None
    assert dataclasses.replace(kb, lexicon=Lexicon()).ready is None
    assert dataclasses.replace(kb, messages={}).ready is None


def test_what_was_made_of_something_else_is_not_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bundled: KnowledgeBase
) -> None:
    path = tmp_path / "ready"
    monkeypatch.setattr(ready, "PATH", str(path))
    assert ready.read() is None
    for stale in (b"half a fi", pack(["another key"], bundled.parts())):
        path.write_bytes(stale)
        assert ready.read() is None
    made = pack([ready.key(), "first", "words"], bundled.parts())
    path.write_bytes(made)
    read = ready.read()
    assert read
    assert read[:] == made
    begun = ready.begun()
    assert begun == made[: ready.HEAD]
    assert ready.head(begun) == ["first", "words"]
    assert ready.head(made[:8]) == []


def test_a_file_that_lost_its_end_is_not_used(
    monkeypatch: pytest.MonkeyPatch, bundled: KnowledgeBase
) -> None:
    made = pack([ready.key()], bundled.parts())
    for raw in (made[:-1], made[:200]):
        monkeypatch.setattr(ready, "read", lambda raw=raw: raw)
        regions = bundled.regions
        assert defaults.__wrapped__()["regions"] == regions


def test_a_changed_byte_changes_the_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    knowledge = tmp_path / "knowledge.yaml"
    monkeypatch.setattr(ready, "bundled", lambda: str(knowledge))
    knowledge.write_bytes(b"a: b")
    before = ready.key()
    knowledge.write_bytes(b"a: c")
    assert ready.key() != before


def test_the_command_writes_what_a_start_reads(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    small_file: Path,
) -> None:
    defaults()  # of the true bundled knowledge
    knowledge, path = tmp_path / "knowledge", tmp_path / "beside" / "ready"
    for folder in (knowledge, path.parent):
        folder.mkdir()
    for file in (small_file, Path(ready.bundled()) / "replies.yaml"):
        shutil.copy(file, knowledge)
    monkeypatch.setattr(ready, "PATH", str(path))
    monkeypatch.setattr(ready, "bundled", lambda: str(knowledge))
    monkeypatch.delitem(sys.modules, "amlbot.prepare", raising=False)
    runpy.run_module("amlbot.prepare", run_name="__main__")
    assert capsys.readouterr().out == f"{path}\n"
    assert list(path.parent.iterdir()) == [path]
    started, afresh = Bot(load()), Bot(load(knowledge))
    assert (started.kb.ready is None, afresh.kb.ready is None) == (False, True)
    for asked in ("waht is idh1", "how hihg is a fever", "hello", "crushing chest pain", "qwrtz"):
        assert started.ask(asked) == afresh.ask(asked)
